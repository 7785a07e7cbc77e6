"""A version that the agent reports is held against the one that a program printed of itself."""

from pathlib import Path

import pytest

from spread.distill import distill, versions
from spread.distill.versions import KEPT, Versions, marked, printed, shown_later, unmarked
from tests.distill.lines import Lines

SAID = "I made the app with Next.js 14 and Python 3.11, on Tailwind 3."


def _known() -> Versions:
    known: Versions = {}
    printed(known, 7, "> next dev\n\n   \u25b2 Next.js 15.5.2\n   - Local: http://localhost:3000\n")
    printed(known, 9, "Python 3.11.5\n")
    return known


def test_a_version_that_was_not_printed_so_is_marked_once() -> None:
    """The first mention gets it, and it comes off again without a trace."""
    known = _known()
    told = marked(f"{SAID} Next.js 14 is old.", known)
    assert told == f"{SAID} Next.js 14 is old.".replace("14", "14 [15.5.2 by the output of L7]", 1)
    assert unmarked(told) == f"{SAID} Next.js 14 is old."


@pytest.mark.parametrize(
    "said", ["Next.js 15 runs.", "Next.js 15.5.2 runs.", "Chapter 3 of Python is read.", ""]
)
def test_nothing_is_marked_that_agrees_or_is_none(said: str) -> None:
    """A shorter form of the same version is no other one."""
    assert marked(said, _known()) == said


@pytest.mark.parametrize(
    "said",
    [
        "Measured with Python 3.10 to 3.13.",
        "There is no Python 3.9 on this machine.",
        "That call needs Python 3.13; it is not here.",
        "It needs Python 3.9+.",
        "It needs Python 3.9 or newer.",
        "The same on Python 3.9, 3.10 and 3.12.",
        "Python 3.9 und 3.12 sind gleich schnell.",
        "Python 3.8/3.9 are dropped.",
        "Next.js 13-14 had it.",
    ],
)
def test_one_of_several_versions_is_no_claim_of_the_one_that_runs(said: str) -> None:
    """A range, a list, or the least that is needed."""
    assert marked(said, _known()) == said


@pytest.mark.parametrize("said", ["Next.js 14, 3 pages.", "Next.js 14 and 2 plugins."])
def test_a_number_of_things_is_no_version_beside_it(said: str) -> None:
    """The claim is held against what was printed all the same."""
    assert marked(said, _known()) == said.replace("14", "14 [15.5.2 by the output of L7]")


def test_only_so_many_are_kept() -> None:
    """The oldest go."""
    known: Versions = {}
    for at in range(KEPT + 3):
        printed(known, at, f"Tool{chr(65 + at)} 1.{at}\n")
    assert len(known) == KEPT
    assert "ToolA" not in known


def test_the_report_of_a_session_is_marked(tmp_path: Path) -> None:
    """Also when the last message is given, and that is told once."""
    lines = Lines()
    lines.user("make the app")
    line = lines.bash("npx next dev", " \u25b2 Next.js 15.5.2\n")
    lines.say(SAID)
    path = lines.save(tmp_path)
    assert f"Next.js 14 [15.5.2 by the output of L{line}] and" in distill(path, machine="box").summary
    assert "14 [15.5.2 by" in distill(path, machine="box", last_message=SAID).summary
    assert distill(path, machine="box", last_message=SAID).summary.count("Next.js") == 1


def test_a_package_is_held_against_what_is_shown_of_it_later() -> None:
    """Not before: a report of a new version is true though an old one was shown."""
    known: Versions = {}
    printed(known, 7, '{ "name": "lamp-kit", "version": "1.2.0" }')
    printed(known, 8, "Name: oil\nVersion: 3.1\nSummary: burns")
    assert shown_later("`lamp-kit` 1.3.0 is there.", 5, known) == " [1.2.0 by the output of L7]"
    assert shown_later("lamp-kit@1.3.0 is there.", 5, known) == " [1.2.0 by the output of L7]"
    for said in (
        "`lamp-kit` 1.2.0 is there.",
        "lamp-kit needs ^1.3.0.",
        "old-lamp-kit 1.3.0",
        "kit 1.3.0",
        "",
    ):
        assert shown_later(said, 5, known) == ""
    assert shown_later("`lamp-kit` 1.3.0 is there.", 9, known) == ""
    assert (
        marked("lamp-kit 1.3.0 is out, and so is oil 3.2.", known)
        == "lamp-kit 1.3.0 is out, and so is oil 3.2."
    )


def test_the_log_of_a_page_tells_what_was_shown_later(tmp_path: Path) -> None:
    """Right behind the version, not behind another one of the same sentence."""
    lines = Lines()
    lines.user("which lamp-kit is there?")
    lines.say("The one installed is `lamp-kit` 1.3.0, while the house asks for oil 3.1 at least.")
    line = lines.bash(
        "cat node_modules/lamp-kit/package.json", '{\n  "name": "lamp-kit",\n  "version": "1.2.0"\n}'
    )
    lines.user("and is that enough for the wick?")
    lines.say("It is, the wick needs no more than that.")
    assert f"`lamp-kit` 1.3.0 [1.2.0 by the output of L{line}], while the house" in lines.page(tmp_path)


def test_a_package_is_looked_for_only_where_it_was_shown_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pattern takes long, and most words are newer than what was shown of the packages they name."""
    known: Versions = {}
    printed(known, 7, '{"name": "lamp-kit", "version": "1.2.0"}')
    monkeypatch.setattr(versions, "_OF_PACKAGE", None)
    assert shown_later("`lamp-kit` 1.3.0 is there.", 9, known) == ""
    assert shown_later("`lamp-shade` 1.3.0 is there.", 5, known) == ""
