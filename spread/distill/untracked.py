"""What the agent said of files that a status listed as untracked: whether they are to be left out."""

from typing import Final

from spread.distill.heard import AGENT
from spread.distill.ledger import Ledger
from spread.distill.words import sentences
from spread.distillation_codec import shorten

SHOWN: Final = 2
SAID_CHARS: Final = 150
MIN_NAME_CHARS: Final = 6  # a shorter one may be a word
MIN_WORDS: Final = 5


def said_of(ledger: Ledger) -> list[tuple[int, str]]:
    """Return (line, text) of the newest sentence of the agent that names an untracked file nobody made here."""
    made = {path.rpartition("/")[2] for path in ledger.files.born}
    out = list[tuple[int, str]]()
    for it in ledger.git.repos.places.values():
        for path in it.new:
            name = path.rstrip("/").rpartition("/")[2]
            if len(name) < MIN_NAME_CHARS or "." not in name or name in made:
                continue
            if found := _newest(ledger, name):
                line, said = found
                out.append(
                    (
                        line,
                        f"the agent of the untracked {name}, which no call seen makes: “{shorten(said, SAID_CHARS)}”",
                    )
                )
    return sorted(out)[-SHOWN:]


def _newest(ledger: Ledger, name: str) -> tuple[int, str] | None:
    """Return the line and the sentence, where it says more than the name."""
    for line, words, who in reversed(ledger.heard):
        if who != AGENT or name not in words:
            continue
        said = next((each for each in sentences(words, lambda part: name in part)), "")
        if len(said.split()) >= MIN_WORDS:
            return line, said
    return None
