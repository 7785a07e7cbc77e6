"""Last words that ask for nothing are no request that was left unfinished."""

from pathlib import Path

import pytest

from spread.distill.closing import is_their_own, takes_leave
from tests.distill.lines import begun


@pytest.mark.parametrize(
    "said",
    [
        "fine i do it",
        "ok I'll open it myself",
        "no problem. we'll deploy that tomorrow",
        "danke, den rest mache ich selbst",
        "vale, lo subo yo",
        "merci, je m'en occupe",
    ],
)
def test_what_the_user_does_themselves_asks_for_nothing(tmp_path: Path, said: str) -> None:
    """Without an answer to them nothing is to be taken up."""
    lines = begun()
    lines.edit("/home/dev/app/lists.py")
    lines.say("The parser is mended. The request could not be opened.")
    line = lines.user(said)
    told = lines.distilled(tmp_path).next
    assert told.startswith(f"the user's last words ask for nothing: “{said}” (L{line})")
    assert "not finished" not in told


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("perfect", "Shall I push it?"),
        ("tak", "Mam to wypchnąć?"),
        ("thanks, now the same for the tables", ""),
        ("I'll do the tables, you do the docs", ""),
        ("i'll check that. please run the tests meanwhile", ""),
        ("i'll test it when you are done", ""),
        ("good, it works", ""),
        ("can i do it myself?", ""),
    ],
)
def test_what_may_ask_for_something_is_not_taken_for_an_end(said: str, question: str) -> None:
    """Assent, another thing to do, and what only says how it is leave the last request as it was."""
    assert not takes_leave(said, question)
    assert not is_their_own(said)
