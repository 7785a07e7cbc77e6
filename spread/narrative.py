"""What Claude tells of a session, merged into its deterministic distillation.

A narrative is JSON: `summary`, `next` and `context` are texts, `facts`, `rules`, `completed`, `decisions`, `failed` and
`uncertainties` lists of texts; each may be missing, and a text is taken for a list and the other way round. It adds to
the document and changes nothing in it: goal, files, validation, commits and all else that was read off the transcript
stay as they are, with their evidence; facts and context go with the summary, rules with the constraints. Every
sentence is held against them, and against the session's whole record where that can be read (`narrative_claims`,
`narrative_record`), and dropped where it claims more. What is kept is marked as the agent's.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from spread import distillation_narrative
from spread.claude import sanitise, visible
from spread.distillation import MAX_BYTES, Distillation
from spread.distillation_codec import map_text
from spread.distillation_fields import NONE, UNKNOWN
from spread.errors import DistillationError
from spread.narrative_claims import PASSED, Known
from spread.narrative_record import around, found
from spread.redact import Redactor
from spread.redact_known import MIN_ELSEWHERE, distinct

MAX_CHARS: Final = 32_000  # of the JSON; a good one has a quarter
MAX_ITEMS: Final = 40
MAX_ITEM_CHARS: Final = 1_200
MAX_TEXT_CHARS: Final = {"summary": 3_000, "next": 2_400, "context": 3_000}
# What a list is called in the narrative → the field of the document that it is added to.
LISTS: Final = {
    "rules": "constraints", "completed": "completed", "decisions": "decisions", "failed": "failed",
    "uncertainties": "uncertainties",
}  # fmt: skip
FACTS: Final = "facts"
# What is told of these stands on the page in place of what rules found, so it may say the same.
INSTEAD: Final = frozenset(("rules", "decisions", "failed", FACTS))
MARK: Final = distillation_narrative.MARK

_AROUND_WORDS: Final = "\"'`*_()[]{}<>\u00ab\u00bb\u201c\u201d\u201e\u2018\u2019.,:;!?"
_MARKER: Final = re.compile(r"\s*(?:[-*\u2022]|\d{1,2}[.)])\s+")
_PART: Final = re.compile(r"(?<=;)\s+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")


def parse(text: str) -> object:
    """Return the JSON in an answer, with or without a fence or words around it.

    Raises:
        DistillationError: There is none, or it is too large.
    """
    if len(text) > MAX_CHARS:
        raise _unused(f"it is longer than {MAX_CHARS} characters")
    start, end = text.find("{"), text.rfind("}")
    try:
        return json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        raise _unused("it is not one JSON object") from None


def merge(
    made: Distillation,
    narrative: object,
    *,
    redactor: Redactor | None = None,
    prompt: str = "",
    transcript: str = "",
    source: str = "",
    lines: Iterable[str] = (),
) -> tuple[Distillation, list[str]]:
    """Return the distillation with what holds of a narrative, and why what does not hold was dropped.

    Args:
        narrative: As `parse` returns it; may be anything.
        redactor: Takes secrets out of it; give one that knows this machine's, and what the session gave and said.
        prompt: What the narrator was told besides the document.
        transcript: The session's, for what the document does not tell; without one that counts as unknown.
        source: The file the narrative came in, which its session may have written: no word there proves itself.
        lines: Those of the session that the narrator was given, as `L123`: it may cite them.

    Raises:
        DistillationError: Nothing of it can be used: not an object, too large, an echo, nothing that holds.
        SpreadError: Redaction did not finish.
    """
    if not isinstance(narrative, dict):
        raise _unused("it is not one JSON object")
    if sum(map(len, _shallow(narrative))) > MAX_CHARS:
        raise _unused(f"it is longer than {MAX_CHARS} characters")
    redactor = redactor or Redactor()
    if transcript:  # what a tool printed with its name is told without
        redactor.texts([*around(transcript, distinct(_words(narrative)), source)])
    before = dict(redactor.counts)
    narrative = _cleared(narrative, redactor)
    known = Known(made, prompt, frozenset(lines))
    if transcript:
        told = [sanitise(one, 2 * MAX_ITEM_CHARS) for text in _shallow(narrative) for one in _sentences(text)]
        known.learn(found(transcript, known.unknown(told), source))
    sieve = _Sieve(known)
    texts = {name: sieve.text(name, narrative.get(name)) for name in MAX_TEXT_CHARS}
    lists = {
        field: tuple(
            MARK + item for item in sieve.items(name, narrative.get(name)) if item not in getattr(made, field)
        )
        for name, field in LISTS.items()
    }
    facts = sieve.items(FACTS, narrative.get(FACTS))
    texts["context"] = "\n".join(filter(None, (texts["context"], *facts)))
    if sieve.echoes * 2 > sieve.seen:
        raise _unused("it repeats what it was given")
    if not any((*texts.values(), *lists.values())):
        raise _unused(sieve.dropped[0] if sieve.dropped else "it says nothing")
    # a secret may go over two sentences
    merged = _joined(made, map_text(texts, redactor.text), map_text(lists, redactor.text))
    counts = {name: count - before.get(name, 0) for name, count in redactor.counts.items()}
    redactions = {
        name: made.redactions.get(name, 0) + counts.get(name, 0) for name in (*made.redactions, *counts)
    }
    merged = replace(
        merged, redactions={name: redactions[name] for name in sorted(redactions) if redactions[name]}
    )
    if len(merged.to_markdown().encode("utf-8")) > MAX_BYTES:
        raise _unused("the hand-off would be too large with it")
    return merged, sieve.dropped


class _Sieve:
    """Keeps what holds, and remembers why the rest does not."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.dropped: list[str] = []
        self.seen = self.echoes = 0

    def text(self, name: str, value: object) -> str:
        """Return the sentences of a text that hold, on one line."""
        kept = ""
        for sentence in (sentence for item in self._strings(name, value) for sentence in _sentences(item)):
            good = self._good(name, sentence)
            if good and len(kept) + len(good) >= MAX_TEXT_CHARS[name]:
                self._drop(name, "is too long")
                break
            kept += f" {good}" if good else ""
        return kept.strip()

    def items(self, name: str, value: object) -> list[str]:
        """Return the items of a list that hold, each once and on one line."""
        items = self._strings(name, value)
        if len(items) > MAX_ITEMS:
            self._drop(name, f"has more than {MAX_ITEMS} items")
        out: dict[str, None] = {}
        for item in items[:MAX_ITEMS]:
            good = ""
            for part in filter(None, (self._good(name, sentence) for sentence in _sentences(item))):
                if len(good) + len(part) >= MAX_ITEM_CHARS:
                    self._drop(name, "has an item that is too long")
                    break
                good = f"{good} {part}".strip()
            if good:
                out[good] = None
        return list(out)

    def _strings(self, name: str, value: object) -> list[str]:
        """Return the texts that stand for a field, whether one was given or a list."""
        given = value if isinstance(value, list) else [] if value is None else [value]
        texts = [item for item in given if isinstance(item, str)]
        if len(texts) < len(given):
            self._drop(name, "has something that is not a text")
        return texts

    def _good(self, name: str, sentence: str) -> str:
        """Return a sentence cleaned, or nothing if it must not be told."""
        text = sanitise(sentence, 2 * MAX_ITEM_CHARS)
        self.seen += 1
        self.echoes += self._known.is_echo(text)
        if name not in INSTEAD and self._known.is_told(text):
            self._drop(name, "repeats what is known")
            return ""
        objection = self._known.objection(text)
        self._drop(name, objection)
        if not objection or objection == PASSED:
            return "" if objection else text
        parts = [part for part in _cut(text, _PART) if not self._known.objection(part)]
        return re.sub(r";$", ".", " ".join(parts))

    def _drop(self, name: str, why: str) -> None:
        if why:
            self.dropped.append(f"{name} {why}")


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        marker = _MARKER.match(line)
        yield from _cut(line[marker.end() :] if marker else line, _SENTENCE)


def _cut(text: str, where: re.Pattern[str]) -> Iterator[str]:
    """Yield the parts of a text that stand or fall alone; code between backticks stays in one piece."""
    held, paired = "", text.count("`") % 2 == 0
    for part in where.split(text):
        held = f"{held} {part}".strip()
        if held and not (paired and held.count("`") % 2):
            yield held
            held = ""


def _joined(made: Distillation, texts: dict[str, str], lists: dict[str, tuple[str, ...]]) -> Distillation:
    """Return the document with the narrative added: first in texts, last in lists, where no evidence shifts."""
    ahead = MARK + texts["next"] if texts["next"] else ""
    if ahead and made.next not in (NONE, UNKNOWN, ""):
        ahead += f"\n{made.next}"
    changed: dict[str, Any] = {name: (*getattr(made, name), *items) for name, items in lists.items()}
    line = next(iter(made.lines_of("summary")), "")
    return replace(
        made,
        summary=distillation_narrative.joined(texts["summary"], texts["context"], made.summary, line),
        next=ahead or made.next,
        distiller=replace(made.distiller, enriched=True),
        **changed,
    )


def _shallow(narrative: dict[Any, Any]) -> tuple[str, ...]:
    """Return the texts of a narrative, not deeper than it may have any."""
    found: list[str] = []
    for value in narrative.values():
        found += [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
    return tuple(found)


def _cleared(narrative: dict[Any, Any], redactor: Redactor) -> dict[Any, Any]:
    """Return a narrative without secrets, nor what is one anywhere in it or in the session."""
    texts = [*dict.fromkeys(map(visible, _shallow(narrative)))]
    told = dict(zip(texts, redactor.elsewhere(redactor.texts(texts)), strict=True))

    def clean(value: object) -> object:
        return told[visible(value)] if isinstance(value, str) else value

    return {
        name: [*map(clean, value)] if isinstance(value, list) else clean(value)
        for name, value in narrative.items()
    }


def _words(narrative: dict[Any, Any]) -> Iterator[str]:
    """Yield the words of a narrative that are long enough to be a secret anywhere."""
    for text in _shallow(narrative):
        for word in text.split():
            if len(word) >= MIN_ELSEWHERE:
                yield word.strip(_AROUND_WORDS)


def _unused(why: str) -> DistillationError:
    return DistillationError("the narrative is not used", why=why, hint="the hand-off is complete without it")
