# ruff: noqa: E501  (a table of cases folded over lines is harder to read than a long line)
"""How one item of a list is cut."""

import pytest

from spread.distillation_also import brief
from spread.distillation_parts import ITEM
from spread.distillation_tight import tight


@pytest.mark.parametrize(
    ("item", "most", "told"),
    [
        # an option's name stays, the letter's question and the explanation go
        (
            "- What should the document look like, where should it live, and who may change it? → “a” = Single file — agents read the whole of it (not: A folder; Several files) (L8)",
            120,
            "- What should the document look like… → Single file (not: A folder; Several files) (L8)",
        ),
        # why it was taken and what was not come before the end of a long question
        (
            "- Should the lock be added as part of this work, or be treated as a separate concern of another issue? → “Add it”: two hooks write at once (not: Another issue; A retry) (L8)",
            150,
            "- lock be added as part of this work, or be… → “Add it”: two hooks write at once (not: Another issue; A retry) (L8)",
        ),
        # what was asked in general need not be told
        ("- Does this section look right so far? → “it should live in the other folder” (L9)", 200, "- user: “it should live in the other folder” (L9)"),
        ("- Do you want me to implement the change now? → “it should live in the other folder” (L9)", 200, "- user: “it should live in the other folder” (L9)"),
        # what was offered to one who answered in other words takes room
        ("- Which boat? → “none of them is good enough for me” (offered: The blue; The red) (L9)", 420, "- Which boat? → “none of them is good enough for me” (offered: The blue; The red) (L9)"),
        ("- Which boat? → “none of them is good enough for me” (offered: The blue; The red) (L9)", 240, "- Which boat? → “none of them is good enough for me” (L9)"),
        # where an answer takes one of two ways, something of both stays, unless the other one is none or stands beside it
        (
            "- Do you want me to just keep the colours of the hulls on paper, or do you want a proper `/hulls` page? → “the first does seem like a decent path forward for now, though I would improve it in the end” (L9)",
            115,
            "- just keep the colours of the…, or proper `/hulls` page? → “the first does seem like a decent path forward for now, though I would improve it in the end” (L9)",
        ),
        (
            "- Do you want me to just keep the colours of the hulls on paper, or is there anything to look at before? → “the first does seem like a decent path forward for now, though I would improve it” (L9)",
            115,
            "- just keep the colours of the hulls on… → “the first does seem like a decent path forward for now, though I would improve it” (L9)",
        ),
        # of a wish of the user's own more stays, as nothing else says what it was
        (
            "- their wish: paint all of the boats in the harbour that nobody has used for years now → “but then nobody could tell which of them is ours, and which the town's” (L9)",
            115,
            "- their wish: paint all of the boats in the harbour that nobody… → “but then nobody could tell which of them is ours, and which the town's” (L9)",
        ),
        ("- Does this section look right so far? → “no” (L9)", 200, "- Does this section look right so far? → “no” (L9)"),
        # of a quotation the statement stays
        (
            "- agent noted: “what does reset do in that case, and why is it there at all? the lock has to be dropped before anything is written to the file” (L5)",
            130,
            "- agent noted: “…the lock has to be dropped before anything is written to the file” (L5)",
        ),
        # what a person says in few words is not cut
        (
            "- plan rejected; user: “what does reset do in that case, and why is it there at all? the lock has to be dropped before anything is written to the file” (L5)",
            130,
            "- plan rejected; user: “what does reset do in that case, and why is it there at all? the lock has to be dropped before anything is written to the file” (L5)",
        ),
        (
            "- `tool run the whole of the suite with every option that there is` failed: Error: it is not there, and what comes after that is long too, so that it is cut; then worked: `tool run` (L7) (L5)",
            120,
            "- `tool run the whole of the suite with every option that…` failed: Error: it is not there, and what comes after that is long too, so that it is…; then worked: `tool run` (L7) (L5)",
        ),
        # a rule that was lifted never reads as one that binds
        (
            "- rule “never commit anything at all to the main branch without that I have said so before, and never with a merge commit” (L1) no longer holds, as the user said: “ok commit” (L9)",
            130,
            "- rule “never commit anything at all to the main branch without that I have said…” (L1) no longer holds, as the user said: “ok commit” (L9)",
        ),
    ],
)  # fmt: skip
def test_an_item_is_cut_in_its_parts(item: str, most: int, told: str) -> None:
    """Each part keeps what it tells, and the line stays."""
    assert tight(item, most) == told


@pytest.mark.parametrize(
    ("item", "text", "at"),
    [
        ("- the port is 7 (L3) now (L12)", "the port is 7 (L3) now", " (L12)"),
        ("- the port is 7 (L3) (L12)", "the port is 7 (L3)", " (L12)"),
        ("- the port  is 7(L3)", "the port  is 7(L3)", None),
        ("-  (L3)", "", " (L3)"),
        ("- two\nlines (L3) ", "two\nlines (L3) ", None),
        ("- ", "", None),
    ],
)
def test_only_what_an_item_ends_with_is_its_line(item: str, text: str, at: str | None) -> None:
    """The number of a line within the text is of what was said."""
    found = ITEM.match(item)
    assert found is not None
    assert (found["text"], found["at"]) == (text, at)


def test_a_short_objection_keeps_what_it_answers() -> None:
    """It says nothing alone."""
    answered = "The file holds all of the records of the session, and the list shows them to anyone who asks"
    item = f"- user objected: “still no” (to: {answered}) (L3)"
    assert tight(item, 100) == item.replace(" who asks", "…")


def test_of_options_not_taken_none_is_lost() -> None:
    """The user's words are shortened before the options are."""
    item = (
        "- Which storage do you prefer? → “I think A) is fine, let's add it to the file of settings for now” = Keep it in the struct of settings"
        " (not: Keep it in a separate file beside the settings; Generate it on demand only, never keep it) (L59)"
    )
    told = tight(item, 150)
    assert "Keep it in a separate file" in told
    assert "Generate it on demand" in told


def test_of_options_taken_none_is_lost() -> None:
    """One of them alone would say that it was all, however little room there is."""
    item = (
        "- Which first? → “please build 1. and 2. here and now, with all that belongs to them, as you said” = "
        "Start with the checks of the store, no file; Write it as one file with a lock (not: a service) (L6)"
    )
    for most in (170, 120, 60):
        assert "checks of the store, no file; Write it as one file with a lock (not: a service)" in tight(
            item, most
        )
    assert "; Write it" in brief(item)
