"""What a session was about before its record began."""

from pathlib import Path

from spread.distill import distill
from spread.distill_resumed import BEFORE, in_short, request_of
from tests.distill_lines import Lines

SUMMARY = (
    "This session is being continued from a previous conversation that ran out of context.\n\nAnalysis:\n"
    "1. Initial request: the user came by.\n\nSummary:\n1. **Primary Request and Intent:**\n\n"
    "The parser learns weeks.\n"
    "- read them\n- **write** them, too\n\n2. **Key Technical Concepts:**\n- ISO 8601\n"
)


def test_request_of_a_summary() -> None:
    assert request_of(SUMMARY) == "The parser learns weeks.\nread them\nwrite them, too"
    assert request_of("1. Primary Request and Intent:\n   Weeks.") == "Weeks."
    assert request_of("It was long.") == ""


def test_a_long_request_is_told_by_its_ends() -> None:
    text = " ".join(f"word{number}" for number in range(400))
    told = in_short(text)
    assert told.startswith("word0 word1 ")
    assert " […] " in told
    assert told.endswith(" word399")
    assert in_short("a  b\nc") == "a b c"


def test_a_record_that_begins_with_a_summary_has_its_goal(tmp_path: Path) -> None:
    """One that is compacted on the way tells its goal itself."""
    for first in (True, False):
        lines = Lines()
        if not first:
            lines.user("please let the parser read weeks")
            lines.say("It does.")
        at = lines.user(SUMMARY, isCompactSummary=True)
        lines.user("go on with the days, please")
        lines.say("It reads days.")
        goal = distill(lines.save(tmp_path), machine="box").goal
        assert (f"{BEFORE}The parser learns weeks. read them write them, too (L{at})" in goal) == first
