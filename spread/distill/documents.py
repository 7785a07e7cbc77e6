"""Documents that a session writes: their text as it stands after each edit, and what the newest ones say.

Where the last edits made prose rather than code, a document is what the session came to: then its statements have
room on the page.
"""

import math
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final

from spread.distill.plans import is_plan
from spread.distill.statements import Part, statements, stems
from spread.transcript_events import Call

READ_CHARS: Final = 20_000
KEPT: Final = 8
KEPT_CHARS: Final = 40_000  # of all of them
LAST_EDITS: Final = 24  # are looked at, to see what is being made
VERY_LAST: Final = 8  # of these, too
TOLD: Final = 3  # documents
LEAST_CHARS: Final = 400  # of one that is told
MAX_WORDS: Final = 400  # of all that is told
LEAST_ROOM: Final = 80  # below which none is told of
LEAST_WORDS: Final = 30  # of one document
OLDER: Final = 0.8  # what a document is worth against one that was written after it
USUAL: Final = 0.5  # part of the words of a text that any report of it lacks
_ENDINGS: Final = (".md", ".mdx", ".rst", ".adoc")
_FENCE_MARK: Final = "```"
_FENCED: Final = re.compile(r"(?m)^[^\S\n]*+```(\w*)")

# By path, the newest last: the line of the last edit, whether all of the text is known, what is known of it.
Documents = dict[str, tuple[int, bool, str]]


def is_document(path: str) -> bool:
    return path.endswith(_ENDINGS)


def note(documents: Documents, call: Call, path: str) -> str:
    """Keep what a document says after an edit; return it, or an empty string where only parts are known."""
    whole, text = _after(*documents.pop(path, (0, False, ""))[1:], call)
    documents[path] = (call.line, whole, text[:READ_CHARS])
    while len(documents) > KEPT or sum(len(each) for _, _, each in documents.values()) > KEPT_CHARS:
        del documents[next(iter(documents))]
    return text if whole else ""


def _after(whole: bool, text: str, call: Call) -> tuple[bool, str]:
    """Return what is known of a document after an edit: all of it, or what the edits wrote there."""
    content = call.input.get("content")
    if isinstance(content, str):
        return True, content
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    for edit in edits:
        old, new = edit.get("old_string"), edit.get("new_string")
        if not (isinstance(old, str) and isinstance(new, str)):
            continue
        if old and old in text:
            text = text.replace(old, new, -1 if edit.get("replace_all") else 1)
        elif len(text) < READ_CHARS:  # of what is beyond that nothing is known
            whole = False
            gone = {line.strip() for line in old.splitlines()} - {"", _FENCE_MARK}
            kept = [line for line in text.splitlines() if line.strip() not in gone]
            fence = _FENCED.search(new)  # one that only ends would turn code and text round
            ends = fence and not fence[1] and new.count(_FENCE_MARK) % 2
            text = "\n".join(kept if ends else [*kept, "", new])
    return whole, text


def room_for(paths: Collection[str], edits: list[str]) -> int:
    """Return how many words documents get: the more, the more of the last edits were theirs, and of the very last ones."""
    parts = [sum(path in paths for path in each) / max(len(each), 1) for each in (edits, edits[-VERY_LAST:])]
    room = int(MAX_WORDS * math.sqrt(max(2 * min(parts) - 1, 0.0)))
    return room if room >= LEAST_ROOM else 0


@lru_cache(64)  # the same documents are asked about at each revision
def _lines(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.splitlines()))


def chosen(
    documents: Documents, plan: tuple[int, str] | None, edited: dict[str, int]
) -> tuple[dict[str, tuple[int, str]], set[str]]:
    """Return line and text of the documents to tell of by their paths, the newest first, and the paths of all that say so.

    Args:
        plan: One that was approved, when nothing was changed since; it has no path.
        edited: Every changed path with the line of its last change.
    """
    out, known, paths = dict[str, tuple[int, str]](), set[str](), set[str]()
    standing = [
        (path, line, text)
        for path, (line, whole, text) in documents.items()
        if (whole or is_plan(path)) and edited.get(path) == line and len(text) >= LEAST_CHARS
    ]
    for path, line, text in [*standing, *([("", *plan)] if plan else [])][::-1]:
        lines = _lines(text)
        if 2 * len(lines & known) >= len(lines):
            paths.add(path)  # another copy
        elif not (out and is_plan(path)) and len(out) < TOLD:  # what an older plan meant was then written
            out[path] = line, text
            known |= lines
    return out, paths | out.keys()


def said(
    texts: dict[str, tuple[int, str]],
    edits: dict[str, dict[str, int]],
    room: int,
    told: str,
    safe: Callable[[str], str],
) -> list[tuple[str, list[Part]]]:
    """Return what the chosen documents say, in about so many words.

    Args:
        edits: By path, lines of text that edits wrote, each with the line of that edit.
        told: What the page tells elsewhere in the words of such documents.
        safe: Gives a text redacted.
    """
    shown = [(line, path, safe(text)) for path, (line, text) in texts.items()]
    words = _shares([text for _, _, text in shown], room, stems(told))
    return [
        (path, statements(text, line, edits.get(path, {}), told, share))
        for (line, path, text), share in zip(shown, words, strict=False)
    ]


_words: Final = lru_cache(8)(stems)  # of a document that nobody edits


def _shares(texts: list[str], room: int, told: frozenset[str]) -> list[int]:
    """Return the words that each document gets: longer ones more, older ones less, and what is told elsewhere less."""
    shares = list[float]()
    for at, text in enumerate(texts):
        words = _words(text)
        lacking = len(words - told) / max(len(words), 1)
        shares.append(math.sqrt(len(text)) * OLDER**at * max(lacking - USUAL, 0.0))
    while shares and (not shares[-1] or room * shares[-1] < LEAST_WORDS * sum(shares)):
        shares.pop()  # of one that brings nothing new, nothing
    return [int(room * share / sum(shares)) for share in shares]
