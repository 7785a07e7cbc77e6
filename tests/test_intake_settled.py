"""Whether a transcript has all of a turn."""

import json
from pathlib import Path

import pytest

from spread.intake_settled import SAID_CHARS, TAIL_BYTES, is_settled


def user(prompt_id: str) -> str:
    """Return the line of a prompt."""
    return json.dumps({"promptId": prompt_id, "type": "user"}, separators=(",", ":")) + "\n"


def said(text: str) -> str:
    """Return the line of an answer, as the client writes it."""
    return json.dumps({"message": {"content": [{"text": text}]}}, ensure_ascii=False) + "\n"


ODD = 'a "quoted" path\\with\n\ttabs, é and \U0001f642' + "x" * SAID_CHARS


@pytest.mark.parametrize(
    ("lines", "prompt_id", "last", "settled"),
    [
        ([], "p1", "Done.", False),
        ([user("p1")], "p1", "Done.", False),
        ([user("p1"), said("Done.")], "p1", "Done.", True),
        ([user("p1"), said("Done.")], "p2", "Done.", False),
        ([user("p1"), said("Done."), user("p2")], "p2", "Done.", False),
        ([user("p1"), said("Done."), user("p2"), said("Done.")], "p2", " Done.\n", True),
        ([said("Done.")], "", "Done.", True),
        ([said("Do")], "", "Done.", False),
        ([user("p1"), said(ODD)], "p1", ODD, True),
        ([user("p1"), said(ODD[:-1])], "p1", ODD, True),
        ([user("p1")], "p1", None, True),
        ([user("p1")], "p1", " \n", True),
        ([user("p1"), said("x" * TAIL_BYTES), user("p1"), said("Done.")], "p1", "Done.", True),
        ([user("p1"), said("\ufffd")], "p1", "\ud800", False),
    ],
)
def test_settled(tmp_path: Path, lines: list[str], prompt_id: str, last: str | None, settled: bool) -> None:
    """The answer has to stand after its own prompt; where there is none, nothing is waited for."""
    path = tmp_path / "t.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    assert is_settled(str(path), prompt_id, last) is settled


def test_no_transcript_is_not_settled(tmp_path: Path) -> None:
    """At a first turn the file itself may come late."""
    assert not is_settled(str(tmp_path / "none"), "p1", "Done.")
