"""A section, and the room it gets on the page."""

from dataclasses import replace

from spread.distillation_room import Room, Section, show


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


def test_a_last_item_without_room_is_shown_with_the_others_cut() -> None:
    """A list whose items were cut to more words than the characters of the page allow leaves none of them out."""
    said = "was never written to the long list of all that there is to be made in the house, "
    items = [f"- agent's diagnosis: “The {name} {said * 3}” (L7)" for name in ("inkwell", "quill", "paper")]
    section = Section("Failed", items, words=200, rest=True)
    section.fit(200)
    room = Room(200, sum(map(len, items[:2])) + 20)
    while section.grow(room, 3):
        pass
    assert section.shown == 2
    section.squeeze(room)
    assert section.shown == len(section.items) == 3
    assert room.chars > 0


def test_items_of_another_kind_do_not_count_as_more_of_the_first() -> None:
    """Who reads of so many more takes them for what stands above."""
    section = Section(
        "Ticked off", ["- Tar the hull (L1)", "- Wash the sails (L2)", "- sub-agent “Ropes” (L3)"]
    )
    section.other, section.shown = "sub-agent", 1
    assert show(section).endswith("- Tar the hull (L1)\n- …1 more\n")
    section.shown = 2
    assert show(section).endswith("- Wash the sails (L2)\n- …sub-agents besides\n")
    section.shown = 3
    assert "…" not in show(section)
