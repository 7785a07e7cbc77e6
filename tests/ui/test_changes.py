"""What changed between two revisions, and that it takes no time to say."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread.distillation import Distillation
from spread.distillation_fields import Files, Rename, Todo, Validation
from spread.ui.changes import MAX_ITEMS, MAX_WORDS, changes, pieces

OLD = Distillation(id="s.1", session_id="s", goal="let it parse weeks and days", state="failing")


def test_nothing() -> None:
    """The same content in another revision is no change."""
    assert (
        changes(OLD, replace(OLD, id="s.2", revision=2, ended_at="later", evidence={"goal": ("L9",)})) == []
    )


def test_a_word() -> None:
    """Within a text that stays alike, what went and what came."""
    found = pieces(
        "we let the parser take weeks and days, as asked", "we let the parser take months and days, as asked"
    )
    assert found == [
        ("=", "we let the parser take "), ("-", "weeks"), ("+", "months"), ("=", " and days, as asked"),
    ]  # fmt: skip


def test_what_became_another_text() -> None:
    """Two texts that only share small words are not woven into each other."""
    old, new = "collect the units that are seen", "ask whether the sign is one of them"
    assert pieces(old, new) == [("-", old), ("+", new)]


def test_lists_files_todos_and_validation() -> None:
    """Items by item; a status or a kind that changed is a change."""
    new = replace(
        OLD, state="validated", files=Files(created=("a.py",), renamed=(Rename("b", "c"),)),
        todos=(Todo("x", "completed"),),
        validation=Validation("pytest", "passed", 0), decisions=("use ints",),
    )  # fmt: skip
    found = {
        one["label"]: one.get("items") or one["pieces"]
        for one in changes(replace(OLD, todos=(Todo("x"),)), new)
    }
    assert found == {
        "State": [("-", "failing"), ("+", "validated")],
        "Last validation": [("-", "none observed"), ("+", "pytest: passed, exit code 0")],
        "Files": [("+", "created a.py"), ("+", "renamed b → c")],
        "Todos": [("-", "[pending] x"), ("+", "[completed] x")],
        "Decisions": [("+", "use ints")],
    }
    assert list(found)[:2] == ["State", "Last validation"]


@settings(max_examples=40)
@given(st.text(max_size=80), st.text(max_size=80))
def test_the_pieces_are_the_texts(old: str, new: str) -> None:
    """What is kept and went is the old text, what is kept and came the new one."""
    found = pieces(old, new)
    assert "".join(text for kind, text in found if kind in "=-") == old
    assert "".join(text for kind, text in found if kind in "=+") == new
    assert all(text for _, text in found)


@settings(max_examples=20)
@given(st.lists(st.sampled_from("ab"), max_size=30), st.lists(st.sampled_from("ab"), max_size=30))
def test_alike_means_no_change(old: list[str], new: list[str]) -> None:
    """A change is told if and only if there is one."""
    found = changes(replace(OLD, goal=" ".join(old)), replace(OLD, goal=" ".join(new)))
    assert bool(found) == (" ".join(old) != " ".join(new))


@pytest.mark.parametrize("text", ["a " * 20_000, "a b " * (MAX_WORDS // 4), "x" * 200_000])
def test_hostile_lengths(text: str) -> None:
    """However the texts are made, comparing them takes less than a second of CPU."""
    began = time.process_time()
    lists = tuple(f"{number}" for number in range(MAX_ITEMS * 20))
    new = replace(OLD, goal=text + "end", decisions=lists)
    assert changes(replace(OLD, goal=f"begin {text}", decisions=lists[::-1]), new)
    assert time.process_time() - began < 1


def test_two_texts_that_are_slow_to_compare() -> None:
    """One word in every second place of both costs as often as it is there, each time; it is not even tried."""
    old, new = (
        " ".join("a" if place % 2 else f"{mark}{place}" for place in range(MAX_WORDS)) for mark in "xy"
    )
    began = time.process_time()
    assert pieces(old, new) == [("-", old), ("+", new)]
    assert time.process_time() - began < 0.2


def test_a_long_text_is_compared() -> None:
    """Words as often as a text of that length has them do not count as slow."""
    words = [("the", "of", "a", "to")[place % 4] if place % 3 else f"word{place}" for place in range(400)]
    old, new = " ".join(words), " ".join([*words[:200], "new", *words[201:]])
    assert len(pieces(old, new)) == 4
