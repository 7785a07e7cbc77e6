"""A section, and the room it gets on the page."""

from dataclasses import replace

from spread.distillation_room import Room, Section


def test_a_last_item_that_tells_of_many_is_cut_to_the_room() -> None:
    """Whole parts of it go, and are counted; it is not left out."""
    section = Section("Failed", ["- also: one thing; and more (L1); another (L2); a third (L3)"], last=3)
    assert section.grow(Room(10, 400), 1)
    assert (section.items, section.last, section.hidden) == (
        ["- also: one thing; and more (L1); another (L2)"],
        2,
        1,
    )
    small = replace(section, items=["- also: one thing; and more (L1)"], shown=0, last=1, hidden=0)
    assert not small.grow(Room(3, 400), 1)
