"""Last words that ask for nothing are no request that was left unfinished."""

from pathlib import Path

import pytest

from spread.distill.closing import asks_nothing
from tests.distill.lines import begun


@pytest.mark.parametrize(
    "said",
    [
        "thanks, that's all for today",
        "perfect, bye",
        "fine i do it",
        "ok I'll open it myself",
        "no problem. we'll deploy that tomorrow",
        "danke, den rest mache ich selbst",
        "vale, lo subo yo",
        "merci, je m'en occupe",
    ],
)
def test_thanks_and_what_the_user_does_themselves_ask_for_nothing(tmp_path: Path, said: str) -> None:
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
        ("thanks, now the same for the tables", ""),
        ("I'll do the tables, you do the docs", ""),
        ("i'll check that. please run the tests meanwhile", ""),
        ("i'll test it when you are done", ""),
        ("good, it works", ""),
        ("can i do it myself?", ""),
    ],
)
def test_what_may_ask_for_something_is_not_taken_for_an_end(said: str, question: str) -> None:
    """Leave, another thing to do, and what only says how it is leave the last request as it was."""
    assert not asks_nothing(said, question)
