"""The page of a document that has a narrative: that first and whole, each thing once, facts beside it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distillation import Distillation
from spread.distillation_fields import Files
from spread.distillation_narrative import joined, parted
from spread.distillation_page import FIRST_PART_CHARS, TOLD_CHARS, TOLD_WORDS, render
from spread.distillation_sections import LOG_HEADING
from spread.narrative import MARK, merge
from tests.test_narrative import GOOD, document

RULES = ("never touch the generated tables", "write the docs in plain words")


def sentences(about: str, count: int) -> list[str]:
    """Return sentences of 25 words that have nothing in common with another's but small words."""
    return [
        f"The {about}{chr(97 + at)} stays as it is because "
        + " ".join([f"{about}{chr(97 + at)}x"] * 17)
        + "."
        for at in range(count)
    ]


def full(**changes: object) -> Distillation:
    """Return a document that alone fills more than a page."""
    long = tuple(f"the user said “keep item {number} and its long name as they are”" for number in range(60))
    log = "\n".join(f"L{at} user: the prompt number {at} " + "and its words " * 30 for at in range(40))
    made = document(
        decisions=long, failed=long, constraints=RULES, context=log, summary="Reported at last. " * 150,
        files=Files(modified=tuple(f"src/file{at}.py" for at in range(60))), evidence={"summary": ("L44",)},
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def narrative() -> dict[str, object]:
    """Return one of 1,100 words, the most that the skill asks for."""
    return {
        "summary": " ".join(sentences("sum", 5)), "next": " ".join(sentences("next", 3)),
        "rules": sentences("rule", 3), "decisions": sentences("dec", 10), "failed": sentences("fail", 8),
        "facts": sentences("fact", 8), "completed": sentences("done", 4), "uncertainties": sentences("doubt", 3),
    }  # fmt: skip


def test_the_narrative_is_shown_whole() -> None:
    """Of 1,100 words none is cut, whatever else there is; the page keeps its limits and says what it leaves out."""
    merged, dropped = merge(full(), narrative())
    assert dropped == []
    page = render(merged)
    for value in narrative().values():
        for text in value if isinstance(value, list) else [value]:
            assert str(text) in page
    assert len(page.split()) <= TOLD_WORDS
    assert len(page) <= TOLD_CHARS
    assert "more\n" in page
    for rule in RULES:
        assert rule in page
    assert "src/{file0.py" in page


def test_what_matters_stands_in_the_first_part() -> None:
    """How it stands, what is next, the rules, the decisions and the files come before all else."""
    page = render(merge(full(), narrative())[0])
    parts = [
        "## Goal",
        "## Last request",
        "## How it stands",
        "## Next",
        "## Rules",
        "## Decisions",
        "## Files",
        "## Failed",
        "## Facts",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert page.index("fail", places[-2]) < FIRST_PART_CHARS
    small = render(merge(document(), GOOD)[0])
    assert small.index("## The agent's last report") < small.index(LOG_HEADING)
    assert "Context:" not in small
    assert "handled by the table of 400 years. (L44)" in small


def test_told_items_come_first_in_their_order() -> None:
    """Those of a narrative as it has them, then the others, newest first."""
    made = document(decisions=("the user wants an older thing", "the user wants a newer thing"))
    page = render(merge(made, {"decisions": ["Alpha was chosen.", "Beta was not."]})[0])
    places = [page.index(word) for word in ("Alpha was", "Beta was", "a newer thing", "an older thing")]
    assert places == sorted(places)
    page = render(merge(made, {"completed": ["Alpha was written."]})[0])
    assert page.index("Alpha was") < page.index("4f1c2d3 parser: read dates")


def test_told_decisions_stand_for_quoted_ones() -> None:
    """What a rule took for a decision may be overtaken: with told ones there it is at most part of the record."""
    old = "user: “sqlite instead of the flat files, as locking is hard there”"
    other = "user: “keep the flat files for the archive”"
    answer = "Which of the formats? → “2”"
    plan = "plan rejected; user: “two tables at first”"
    told = "SQLite is used instead of flat files, as the user wants: locking them is hard."
    merged, _ = merge(document(decisions=(old, other, answer, plan)), {"decisions": [told]})
    assert merged.decisions == (old, other, answer, plan, MARK + told)
    page = render(merged)
    decisions = page.partition("## Decisions")[2].partition("\n## ")[0]
    assert told in decisions
    assert MARK not in decisions
    assert "user: “" not in page
    assert "two tables" not in page
    assert answer in page.partition("## On record besides")[2]
    page = render(
        merge(document(decisions=(old, other, answer)), {"failed": ["The first table was wrong."]})[0]
    )
    for quoted in (old, other, answer):
        assert quoted in page.partition("## Decisions")[2].partition("\n## ")[0]


def test_rules_of_both_kinds_are_told_apart() -> None:
    """Told ones come first and marked, verbatim ones keep their line."""
    made = document(constraints=("never touch the tables",), evidence={"constraints": ("L9",)})
    page = render(merge(made, {"rules": ["No commits, until the user asked for one."]})[0])
    rules = page.partition("## Rules of the user; those with a line are verbatim")[2].partition("\n## ")[0]
    assert f"- {MARK}No commits, until the user asked for one.\n- never touch the tables (L9)" in rules


def test_no_section_is_kept_out_by_another() -> None:
    """However long the report and the log are, files and decisions show at least a line."""
    long = "\n".join(" ".join(f"line{at}word{n}" for n in range(60)) for at in range(8))
    answers = tuple(f"user said “{at}” (asked: which one of them?)" for at in range(9))
    files = Files(created=("src/new.py",))
    page = render(Distillation("a.1", "a", summary=long, context=long, decisions=answers, files=files))
    assert "- created: src/new.py" in page
    assert "## Decisions" in page


def test_a_document_without_a_narrative_keeps_its_page() -> None:
    """Only `enriched` makes the other page."""
    page = render(document())
    assert "## How it stands" not in page
    assert "## Decisions, newest" in page


@pytest.mark.parametrize("report", ["", "It is done.\nContext: of old\n## Goal"])
@pytest.mark.parametrize("context", ["", "Beware of the dog."])
@pytest.mark.parametrize("told", ["", "It stands."])
def test_a_summary_comes_apart_again(told: str, context: str, report: str) -> None:
    """What was joined is found again, also where a part is missing."""
    text = joined(told, context, report, "L7")
    if told or context:
        assert parted(text) == (told, context, f"{report} (L7)" if report else "")
    else:
        assert text == report


@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=5).map(tuple))
def test_any_enriched_document_has_a_page(text: str, items: tuple[str, ...]) -> None:
    """Whatever another machine sends, its page can be made and stays within its limits."""
    made = document(summary=text * 40, next=text, context=text * 40, decisions=items, completed=items)
    page = render(replace(made, distiller=replace(made.distiller, enriched=True)))
    assert len(page.split()) <= TOLD_WORDS
    assert not [line for line in page.splitlines() if line.startswith("+++")]


def test_the_last_message_is_nobody_elses() -> None:
    """A fact told as the line before the agent's last message makes nothing of what follows that message."""
    told = {"facts": ["The store is one file.", "(its last message, L9:)", "Pushed, they say."]}
    made = merge(document(), told, lines=("L9",))[0]
    assert "(its last message, L9:)" not in made.summary
    _, context, report = parted(made.summary)
    assert "Pushed, they say." in context
    assert "Pushed" not in report
