"""What is kept and told of the reports of sub-agents."""

from collections.abc import Callable

from spread.distill.agents import KEPT_REPORT_CHARS, LOOKED_CHARS, SubAgent, started
from spread.distill.gist import gist
from spread.distill.heard import SUB_AGENT, Heard
from spread.distill.reports import pieces
from spread.distill.said import Log
from spread.distill.statements import statements
from spread.distill.turns import Turn
from spread.transcript_events import Call

ROWS = 40
FILES = "\n".join(f"- `src/parts/part_{at}.go` — helper number {at} of the package" for at in range(ROWS))
TRAP = (
    "The order took the launcher for the shell, which is not true: it fails on each local path, "
    "so `shell.go` asks git."
)
CHECKS = "## Checks\n\n- build: clean\n- vet: clean"
REPORT = f"Task 1 is complete.\n\n## Files created\n\n{FILES}\n\n{CHECKS}\n\n## Deviation\n\n{TRAP}"


def _nothing(turn: Turn, most: int, safe: Callable[[str], str]) -> str:
    return ""


def test_a_short_report_is_kept_as_it_is() -> None:
    """What fits is not touched."""
    assert gist("Done.\n\n- `a.go`", 100) == "Done.\n\n- `a.go`"


def test_of_a_long_report_its_reasons_are_kept() -> None:
    """Its beginning stays, and what it says below its lists, with its heading; a mark tells of what is not kept."""
    kept = gist(REPORT, 600)
    assert len(kept) <= 600
    assert kept.startswith("Task 1 is complete.\n\n## Files created")
    assert kept.endswith(f"## Deviation\n{TRAP}")
    assert "clean" not in kept


def test_headings_take_of_the_room() -> None:
    """Long ones count, too, so that the gist stays below its limit."""
    text = "\n".join(f"# {'long ' * 60}{at}\n- step {at} is not taken because it fails" for at in range(40))
    assert len(gist(text, 900)) <= 900


def test_lines_within_code_are_not_taken_for_text() -> None:
    """What looks like a sentence within a fence is none."""
    code = "```\nnot_this = because(it, fails)\n```"
    assert "not_this" not in gist(f"Begun.\n{code}\n{FILES}\n{code}\n{TRAP}", 600)


def test_who_only_looked_is_kept_shorter() -> None:
    """What counts of such a report the session then says itself."""
    text = "\n".join(
        f"- Step {at} is not taken because the lock of page {at} is still held" for at in range(90)
    )
    lengths = list[int]()
    for kind in ("Explore", "general-purpose"):
        given = {"description": "look", "prompt": "Look around.", "subagent_type": kind}
        agents = list[SubAgent]()
        made = started(agents, Call(3, "k", "Task", given, result_line=4, ok=True, output=text))
        lengths.append(len(made.report))
    assert lengths[0] <= LOOKED_CHARS < lengths[1] <= KEPT_REPORT_CHARS


def test_each_of_many_reports_is_heard() -> None:
    """Where there are many, not even the newest one, though it alone gives reasons, takes the room of the others."""

    def report(name: str, what: str) -> str:
        return " ".join(f"The {name}{at} page is {what} {name} lock {at}." for at in "abcdefgh")

    plain = [
        (at, report(name, "read with"), SUB_AGENT) for at, name in enumerate(("red", "blue", "green"), 3)
    ]
    heard: list[Heard] = [*plain, (6, report("grey", "not written because of"), SUB_AGENT)]
    said = Log([], heard).laid_out("", _nothing, str)(60)
    assert all(f"L{at}" in said for at, _, _ in heard)
    assert said.count("not written") == 2


def test_an_abbreviation_ends_no_sentence() -> None:
    """A point within a bracket's "e.g." splits nothing."""
    said = "The reader takes a bare name (e.g. `pwsh`) from its own folder."
    assert [piece.text for piece in pieces(said)] == [said]


def test_of_a_document_what_it_rules_out_comes_first() -> None:
    """Where there is room for one statement, it is the one that forbids."""
    plain = "the importer reads 12 pages from 3 folders"
    rule = "the importer never writes pages, only folders"
    text = f"# T\n\n## Import\n\n- {plain}\n- {rule}\n"
    assert [said for _, _, said in statements(text, 7, {}, "", 10)] == [rule]
