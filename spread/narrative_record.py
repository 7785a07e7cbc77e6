"""Which claims and words of a narrative stand in the record of its session: the transcript and its sub-agents' files.

What was said, typed, run and answered counts; ids, times, token counts, images and the agent's thoughts do not, nor
does the narrative itself, which its session may have written just before. The files are read once, line by line, and
a line is parsed only if its bytes hold what a claim is looked for by.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from spread.distill import agent_files
from spread.errors import TranscriptError
from spread.transcript_file import open_lines

MAX_CLAIMS: Final = 400  # a good narrative has half of them
MAX_PLACES: Final = 8  # of one word, of which what stands around is told
AROUND_CHARS: Final = 400
MAX_WORK_BYTES: Final = 4_000_000_000  # bytes read, times claims looked for; some seconds

# Lines with these are our own doing: the skill's text, the file it has the narrative written to, the command.
_OWN: Final = (b"spread-told.", b"--narrative-file")
_PROGRESS: Final = b'"type":"progress","data":'  # tells again what others tell
_UNTOLD: Final = frozenset(
    ("id", "uuid", "agentId", "taskId", "task_id", "sessionId", "session_id", "messageId", "tool_use_id",
     "toolUseId", "requestId", "timestamp", "usage", "signature", "base64", "data")
)  # fmt: skip
# How files are shown: the line's number, then the line.
_NUMBERED: Final = re.compile(r"(?m)^\s*\d+(?:\u2192|\t)")
_RUN: Final = re.compile(r"[A-Za-z0-9]+")  # what JSON writes as it is
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True)
class Claim:
    """One thing to look for: `kind` is path, commit, number, line (of a file), word or folder."""

    kind: str
    value: str


def found(transcript: str, claims: Iterable[Claim], own: str = "") -> set[Claim]:
    """Return the claims that the session's record has; all others are unknown.

    Args:
        own: The file that the narrative came in.
    """
    left = {claim: _Search(claim) for claim in sorted(set(claims), key=repr)[:MAX_CLAIMS]}
    wanted, work = set(left), 0
    ours = _Own(own)
    for raw in _lines(transcript) if left else ():
        work += len(raw) * len(left)
        if work > MAX_WORK_BYTES:
            break
        near = [search for search in left.values() if search.is_near(raw)]
        if not near or _PROGRESS in raw[:1_500] or ours.is_in(raw):
            continue
        for text in _texts_of(raw):
            near = [search for search in near if not search.is_in(text)]
        left = {claim: search for claim, search in left.items() if not search.done}
        if not left:
            break
    return wanted - left.keys()


def around(transcript: str, words: Iterable[str], own: str = "") -> Iterator[str]:
    """Yield what stands around words, with them, where the session's record has each: its first MAX_PLACES places.

    Args:
        own: The file that the narrative came in.
    """
    wanted = [*dict.fromkeys(words)][:MAX_CLAIMS]
    left = {word: max(_RUN.findall(word), key=len, default="").encode() for word in wanted}
    ours, work, seen = _Own(own), 0, dict.fromkeys(left, 0)
    for raw in _lines(transcript) if left else ():
        work += len(raw) * len(left)
        if work > MAX_WORK_BYTES:
            break
        near = [word for word, run in left.items() if run in raw]
        if not near or _PROGRESS in raw[:1_500] or ours.is_in(raw):
            continue
        for text in _texts_of(raw):
            for word in near:
                at = text.find(word)
                if at >= 0 and seen[word] < MAX_PLACES:
                    seen[word] += 1
                    yield text[max(0, at - AROUND_CHARS) : at + len(word) + AROUND_CHARS]
        left = {word: run for word, run in left.items() if seen[word] < MAX_PLACES}


class _Own:
    """Which lines are of the narrative itself: told a file, those of it, and commands that only name it."""

    def __init__(self, source: str) -> None:
        quoted = [json.dumps(each, ensure_ascii=False)[1:-1].encode("utf-8", "replace") for each in
                  (source, os.path.basename(source)) if each]  # fmt: skip
        self._marks, self._names = (*_OWN, *quoted[:1]), quoted[1:]

    def is_in(self, raw: bytes) -> bool:
        return any(mark in raw for mark in self._marks) or (
            b'"tool_use"' in raw and any(name in raw for name in self._names)
        )


class _Search:
    """How one claim is looked for: by some bytes first, then by its pattern."""

    def __init__(self, claim: Claim) -> None:
        self.done = False
        self._is_line = claim.kind == "line"
        self._parts, pattern = _PLANS[claim.kind](claim.value)
        self._parts = tuple(part for part in self._parts if part)
        self._pattern = re.compile(pattern)

    def is_near(self, raw: bytes) -> bool:
        return any(part in raw for part in self._parts)

    def is_in(self, text: str) -> bool:
        """Tell whether a text has it; `done` from then on."""
        if not self._is_line and ("\u2192" in text or "\t" in text):
            text = _NUMBERED.sub("", text)
        self.done = self._pattern.search(text.replace("\\", "/")) is not None
        return self.done


def _path(path: str) -> tuple[tuple[bytes, ...], str]:
    """A path ends where its last name does; one that is not absolute may be the end of a longer one."""
    longest = max(path.split("/"), key=len).encode("utf-8", "replace")
    before = r"(?<![\w.@~+/-])" if path.startswith("/") else r"(?<![\w.@~+-])"
    own = re.escape(path)
    if path.startswith("~/"):
        own = (
            rf"(?:~|\$HOME|\$\{{HOME\}}|(?:[A-Za-z]:)?/(?:Users|home)/[^/\s\"']+|/root){re.escape(path[1:])}"
        )
    return (longest,), rf"{before}{own}(?![\w@~+-]|\.\w)"


def _commit(commit: str) -> tuple[tuple[bytes, ...], str]:
    return (commit.encode(), commit.upper().encode()), rf"(?i)(?<![0-9a-z_-]){commit}[0-9a-f]*(?![0-9a-z_-])"


def _number(number: str) -> tuple[tuple[bytes, ...], str]:
    """A number is a whole one, not digits of another, of a name or of a commit; `v`, signs and units may touch it.

    One with a point may be rounded.
    """
    whole, dot, rest = number.partition(".")
    groups = f"{int(whole):,}".split(",") if whole.isdigit() and not whole.startswith("0") else [whole]
    own = ",?".join(map(re.escape, groups)) + re.escape(dot + rest)
    parts = {number, ",".join(groups) + dot + rest}
    pattern = r"(?:(?<![\w.])|(?<![A-Za-z\d_.]v)(?<=v))(?<!\d[,:])" + own
    if dot:
        pattern = r"(?<![\d_.])(?<!\d[,:])" + own  # a version may touch its name
        if rest.isdigit() and whole.isdigit():
            below = f"{(int(whole + rest) - 1) / 10 ** len(rest):.{len(rest)}f}"
            pattern = rf"(?:{pattern}|(?<![\w.])(?<!\d[,:])(?:{own}[0-4]\d*|{re.escape(below)}[5-9]\d*))"
            parts |= {below}
    after = r"(?!\d|_|,\d{3}|[A-Za-z]+\d)" + ("" if dot else r"(?!\.\d)")
    return tuple(part.encode() for part in sorted(parts)), pattern + after


def _line(number: str) -> tuple[tuple[bytes, ...], str]:
    return (number.encode(),), rf"(?m)^\s*{number}(?:\u2192|\t|[:-])"


def _word(word: str) -> tuple[tuple[bytes, ...], str]:
    return (word[1:].encode(),), rf"(?i)(?<!\w){re.escape(word)}(?!\w)"


def _folder(word: str) -> tuple[tuple[bytes, ...], str]:
    return (word.encode(),), rf"(?<![\w.-]){re.escape(word)}/[\w.]"


_PLANS: Final = {
    "path": _path, "commit": _commit, "number": _number, "line": _line, "word": _word, "folder": _folder
}  # fmt: skip


# What of a line counts


def _lines(transcript: str) -> Iterator[bytes]:
    for path in (transcript, *agent_files(transcript).values()):
        try:
            yield from open_lines(path)
        except TranscriptError:
            continue


def _texts_of(raw: bytes) -> Iterator[str]:
    """Yield what a line of a transcript tells; several objects may stand on it, and broken ones."""
    text, at = raw.decode("utf-8", "replace").strip(), 0
    while at < len(text):
        try:
            entry, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(entry, dict):
            yield from _told(entry)


def _told(entry: dict[str, Any]) -> Iterator[str]:
    kind, message, attached = entry.get("type"), entry.get("message"), entry.get("attachment")
    if kind in ("user", "assistant") and isinstance(message, dict):
        content = message.get("content")
        for block in content if isinstance(content, list) else [content]:
            if isinstance(block, dict):
                yield from _strings(block.get("input"), numbers=True)
                yield from _strings(block.get("text"))
                yield from _strings(block.get("content"))
            else:
                yield from _strings(block)
        yield from _strings(entry.get("toolUseResult"))
    elif kind == "queue-operation":
        yield from _strings(entry.get("content"))
    elif kind == "attachment" and isinstance(attached, dict):
        yield from _strings(attached.get("prompt"))


def _strings(value: object, *, numbers: bool = False) -> Iterator[str]:
    """Yield the texts in a value of JSON, wherever they stand, but for what tells nothing; never deep in recursion."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += [inner for name, inner in item.items() if name not in _UNTOLD]
        elif isinstance(item, list):
            waiting += item
        elif numbers and isinstance(item, (int, float)) and not isinstance(item, bool):
            yield str(item)
