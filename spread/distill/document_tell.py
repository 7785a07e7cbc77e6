"""How a document tells something: redacted, cleaned, shortened, and with the lines it rests on."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, Final

from spread.distill.ledger import Ledger
from spread.distill.prompts import asks_openly, assents, is_short_reply
from spread.distill.said import asked
from spread.distill.turns import Turn
from spread.distill.words import is_typed, sentences, stems, unframed
from spread.distillation_codec import clean_again, shorten, texts_of
from spread.distillation_fields import OURS
from spread.distillation_told import WONDERED
from spread.redact import Redactor

MARGIN_CHARS: Final = 800  # redacted beyond what is shown, so that no secret is cut in half first
MOST_READ: Final = 64_000  # of a text that is shown in a few hundred
CUT_SHORT: Final = " … [cut]"  # ends a text that was
MAX_ITEMS: Final = 40
MAX_DECISIONS: Final = 80
WHOLE: Final = 700  # characters of a prompt that is shown for itself
KEPT_BEFORE: Final = 500  # texts out of which something was taken


_TYPED: Final = re.compile(r"[\w\s.,;:!?'\u2019()/-]+")
MIN_SPACES: Final = 3  # in a sentence
NEW_WORDS: Final = 4  # of a reply that may be a request of its own
_PLACEHOLDER: Final = re.compile(r"\[redacted:([a-z0-9-]+)\]")
_OF_REDACTION: Final = ("redact", "scrub", "anonymis", "anonymiz", "censor")
_MASKS: Final = re.compile(r"mask(?:ed|ing|s)\b")
MIN_OF_REDACTION: Final = 6  # words of it, for a session to be about redaction itself


_BLANKS: Final = re.compile(
    r"\s{40,}"
)  # told as one; a text of nothing else would be at its end before it has said a word
_short: Final = lru_cache(1_000)(shorten)  # nearly all is told again at the next revision


# How texts were told out of which something was taken: at the next revision, a document begins with these.
_before: Final[dict[str, str]] = {}


class Teller:
    """Gathers what is told, to be redacted in one go, and the evidence."""

    def __init__(self, redactor: Redactor, ledger: Ledger) -> None:
        self.redactor = redactor
        redactor.given.update(dict.fromkeys(ledger.secrets))
        self.turns, self.heard = ledger.turns, ledger.heard
        self.evidence: dict[str, tuple[str, ...]] = {}
        self.shown = dict(_before)  # how each text is told
        self.changed = set[str]()  # texts that are told otherwise since redaction last saw them
        self.parts: dict[str, tuple[Any, list[str]]] = {}  # each with the texts it tells
        self.used: list[str] = []  # by what is no such part
        self.clear = False  # nothing is taken out of what is told
        self._counts, self._found = dict(redactor.counts), dict(redactor.found)

    def seen(self) -> list[str]:
        """Return the texts told since `begin`, each once."""
        return [*dict.fromkeys(chain(self.used, *(used for _, used in self.parts.values())))]

    def begin(self) -> None:
        """Begin to tell the whole document."""
        self.used = []

    def is_settled(self, more: list[str]) -> bool:
        """Tell whether all texts since `begin` are told as redaction leaves them; henceforth they are.

        What is found and counted depends on these texts and on what was said, never on what was told before.

        Args:
            more: Texts that did not come through `tell`; what is a secret in them is one in the others.
        """
        self.redactor.counts, self.redactor.found = dict(self._counts), dict(self._found)
        seen = self.seen()
        known = dict.fromkeys([*seen, *more])
        texts, beside = [*known], [text for text in dict.fromkeys(self._said()) if text not in known]
        self.clear = self.cleared(texts, beside) == texts  # in one go: nearly always it is all
        self.redactor.counts = dict(self._counts)
        told = seen if self.clear else self.cleared(seen)
        shown = self.shown
        self.changed = {text for text, now in zip(seen, told, strict=True) if shown[text] != now}
        for text, now in zip(seen, told, strict=True) if self.changed else ():
            shown[text] = now
        if not self.clear:
            _before.update((text, now) for text, now in zip(seen, told, strict=True) if text != now)
            for old in [*_before][:-KEPT_BEFORE]:
                _before.pop(old, None)
        return not self.changed

    def cleared(self, texts: list[str], beside: Iterable[str] = ()) -> list[str]:
        """Return texts redacted, also of what is a secret in those `beside` them."""
        every = [*texts, *beside]
        told = self.redactor.texts(every)
        return self.redactor.elsewhere(told[: len(texts)])

    def _said(self) -> list[str]:
        """Return what was said in full: a part of it, or all on one line, does not always show what is a secret in it."""
        said = [each.text for turn in self.turns for each in (turn.prompt, turn.last, turn.longest) if each]
        return [*said, *[words for _, words, _ in self.heard]]

    def about_redaction(self, told: Any) -> bool:
        """Tell whether marks of ours stand in what is told and could pass for what the session itself took out."""
        if not any(self.redactor.counts.values()):
            return False
        text = "\n".join(texts_of(told))
        if not _PLACEHOLDER.search(text) or _PLACEHOLDER.search("\n".join(self.seen())):
            return False
        low = _PLACEHOLDER.sub("", text).lower()
        count = sum(map(low.count, _OF_REDACTION)) + len(_MASKS.findall(low) if "mask" in low else ())
        return count >= MIN_OF_REDACTION

    def part(self, name: str, made: Callable[[], Any]) -> Any:
        """Return a part of the document; made again only when redaction took something out of what it tells."""
        kept, used = self.parts.get(name, (None, None))
        if used is None or not self.changed.isdisjoint(used):
            before, self.used = self.used, []
            kept = made()
            self.parts[name] = kept, self.used
            self.used = before
        return kept

    def tell(self, text: str, most: int, margin: int = MARGIN_CHARS) -> str:
        """Return `text` redacted and cleaned, then shortened to one line."""
        return _short(self.safe(text if len(text) <= most else begun(text, most, margin)), most)

    def safe(self, text: str) -> str:
        """Return `text` redacted and cleaned, as far as redaction has seen it."""
        text = clean_again(text)
        self.used.append(text)
        return self.shown.setdefault(text, text)

    def tell_lines(self, text: str, most: int) -> str:
        """Return `text` redacted and cleaned, its lines kept, cut at `most` characters with a note."""
        text = self.safe(text).strip()
        text = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
        return text if len(text) <= most else text[:most].rsplit(None, 1)[0] + CUT_SHORT

    def cite(self, name: str, lines: list[int]) -> None:
        """Note the lines that a field rests on."""
        if lines:
            self.evidence[name] = tuple([f"L{line}" for line in lines])

    def listed(self, name: str, items: list[tuple[int, str]], most: int) -> tuple[str, ...]:
        """Return the newest items told, and note their lines."""
        kept = items[-(MAX_DECISIONS if name == "decisions" else MAX_ITEMS) :]
        self.cite(name, [line for line, _ in kept])
        # What `tell` does, of all of them in a fraction of the time.
        texts = [clean_again(text if len(text) <= most else begun(text, most)) for _, text in kept]
        self.used += texts
        return tuple(map(_short, map(self.shown.setdefault, texts, texts), repeat(most)))


def begun(text: str, most: int, margin: int = MARGIN_CHARS) -> str:
    """Return the beginning of a text, with a margin; long runs of blanks count for little in it."""
    return text if len(text) <= most + margin else _BLANKS.sub(_few, text[:MOST_READ])[: most + margin]


def _few(blanks: re.Match[str]) -> str:
    return "\n" if "\n" in blanks[0] else " "


def own_marks(text: str) -> str:
    """Return a text whose marks say that we took something out which stood in clear in the session."""
    return _PLACEHOLDER.sub(rf"{OURS}\1]", text) if "[redacted:" in text else text


def resolved(turn: Turn, most: int, safe: Callable[[str], str]) -> str:
    """Return a prompt on one line, made safe; a short reply together with what it answers."""
    if safe is clean_again:
        return _as_it_stands(turn.prompt.text, turn.asked, turn.picked, most)
    return _resolved(turn.prompt.text, turn.asked, turn.picked, most, safe)


@lru_cache(500)  # nearly all come again at the next revision
def _as_it_stands(prompt: str, question: str, picked: str, most: int) -> str:
    return _resolved(prompt, question, picked, most, clean_again)


def _resolved(prompt: str, question: str, picked: str, most: int, safe: Callable[[str], str]) -> str:
    said = unframed(safe(prompt))
    text = asked(said, most) if most < WHOLE else ends(said, most)
    if not is_short_reply(prompt):
        return text
    if picked:
        return f"{text} (picks: {shorten(safe(picked), 200)})"
    if not question or asks_openly(question) or _is_of_another(said, question):
        return text
    named = "?" not in question or question.startswith(WONDERED)  # what the question was about
    to = "" if named else "the agent's question: "
    return f"{text} (to {to}{shorten(safe(question), 220)})"


def _is_of_another(said: str, question: str) -> bool:
    """Tell whether a reply says so much, and nothing of a question, that it asks for another thing."""
    words = stems(said)
    return len(words) >= NEW_WORDS and not assents(said) and not words & stems(question)


def ends(said: str, most: int) -> str:
    """Return a prompt on one line: of a long one its beginning, and its last line, which often says what is to be done;
    where that is long, too, and all is typed, its last sentences.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if len(said) <= most or not lines:
        return shorten(said, most)
    if len(lines) == 1 or len(lines[-1]) > most // 2 or not _typed(lines[-1]):
        last = _last_sentences(said, most * 2 // 5) if is_typed(said) else ""
        return f"{shorten(said, most - len(last))} […] {last}" if last else shorten(said, most)
    is_output = sum(map(_typed, lines[1:-1])) * 2 < len(lines) - 2
    return f"{shorten(said, most // 2 if is_output else most - len(lines[-1]))} […] {lines[-1]}"


def _last_sentences(said: str, most: int) -> str:
    """Return as many of the last sentences of a text as have room, on one line."""
    out = ""
    for each in reversed([*sentences(said)]):
        longer = f"{each.strip()} {out}".strip()
        if len(longer) > most:
            break
        out = longer
    return " ".join(out.split())


def _typed(line: str) -> bool:
    """Tell whether a line is a sentence, and nothing that a program printed."""
    return line.count(" ") >= MIN_SPACES and bool(_TYPED.fullmatch(line))
