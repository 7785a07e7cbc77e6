"""Where the user went back in the conversation: the client keeps the lines, and goes on behind an earlier one.

What it notes of files at each prompt tells which of those edited from there on it has put back as they were.
"""

import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import msgspec

from spread.transcript_events import Event, Mark
from spread.transcript_file import open_lines
from spread.transcript_known import KEY_CHARS
from spread.transcript_lines import Block, Message, decode
from spread.transcript_values import blocks_of

EDITS: Final = ("Edit", "Write", "MultiEdit", "NotebookEdit")
_HISTORY: Final = b'{"type":"file-history-'
_FOLLOWS: Final = b'{"parentUuid":"'  # begins a line that follows another one
_BY_USER: Final = b'"type":"user"'
_RESULT: Final = b'"tool_use_id":"'
HEAD_BYTES: Final = 600  # of a line: it says there of what kind it is,
CONTENT_BYTES: Final = 1_500  # and there that it is a result
MOST_COPIES: Final = 500  # files of which it is known which copy the client has
HISTORY_BYTES: Final = 200_000  # of what it notes at one prompt
_FAULTS: Final = (msgspec.MsgspecError, ValueError, RecursionError)


# By the names of files, the copy the client has of one, None where it was not there, and the folder it was in.
Copies = dict[str, tuple[str | None, str]]


class Rewind(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The line of a prompt that another one took the place of, and that of this one; and the ids of both."""

    began: int
    line: int
    began_id: str
    id: str


class Left(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was left behind by going back: the lines from `began` up to `line`, and the files edited on them."""

    began: int
    line: int
    back: list[str]  # as they were before
    stay: list[str]  # as they were edited
    unknown: list[str]
    settled: bool  # the client told all that it tells of these


class Rewinds(msgspec.Struct, array_like=True, gc=False):
    """Finds where a prompt takes the place of an earlier one, as it follows the same message.

    Of one that takes the place of the first prompt only its number tells, and a line that says that the user went
    somewhere; clients number prompts since 2.1.332.
    """

    found: list[Rewind] = []
    follows: dict[str, tuple[int, str]] = {}  # by the message, the prompt that follows it
    numbers: list[tuple[int, int, str]] = []  # of the prompts that stand
    perhaps: Rewind | None = None
    went: bool = False
    newest: int = 0  # the line of the last prompt
    own: str = ""  # and its id
    copies: Copies = {}  # of the files that the client edited

    def prompt(self, line: int, uuid: object, parent: object, position: object) -> None:
        """Take note of a prompt."""
        own = uuid[:KEY_CHARS] if isinstance(uuid, str) else ""
        place: tuple[int, str] | None = None
        if isinstance(parent, str) and parent:
            place = self.follows.get(parent[:KEY_CHARS])
            self.follows[parent[:KEY_CHARS]] = line, own
        number = position.get("turnIndex") if isinstance(position, dict) else None
        same: tuple[int, str] | None = None
        if type(number) is int:
            while self.numbers and self.numbers[-1][0] >= number:
                same = self.numbers.pop()[1:]
            self.numbers.append((number, line, own))
        self.perhaps, self.newest, self.own = None, line, own
        if place:
            self.found.append(Rewind(*_place(place, line, own)))
        elif same and self.went:
            self.found.append(Rewind(*_place(same, line, own)))
        elif same:
            self.perhaps = Rewind(*_place(same, line, own))
        self.went = False

    def goes(self) -> None:
        """Take note that the user went somewhere; it is told beside the prompt."""
        if self.perhaps:
            self.found.append(self.perhaps)
            self.perhaps = None
        else:
            self.went = True

    def noted(self, line: int, raw: bytes, root: str) -> list[Event]:
        """Return which files are not there at a prompt, or as they were at the one before, where the client notes that.

        Each stands on a line of its own, behind a `-` or a `=`. Older clients do not say in which folder a file is, and
        took a copy of what was edited for one of what was there before.
        """
        if not raw.startswith(_HISTORY) or len(raw) > HISTORY_BYTES or not (told := _copies(raw)):
            return []
        (prompt, files, anew), before = told, self.copies
        if not anew:
            for name, told_of in files.items():
                if not (prompt and name in before):
                    before[name] = told_of
            for name in [*islice(before, max(len(before) - MOST_COPIES, 0))]:
                del before[name]
            return []
        self.copies = dict([*files.items()][-MOST_COPIES:])
        out = list[str]()
        for name, (copy, folder) in self.copies.items():
            path = _joined(root, name)
            same = name in before and before[name][0] == copy
            if folder == posixpath.dirname(path) and (copy is None or same):
                out.append(f"{'-' if copy is None else '='}{path}")
        # The line may be written after what came of the prompt.
        return [Mark(self.newest if prompt == self.own else line, "copies", "\n".join(out))]

    def begin(self) -> None:
        """Forget the numbers: another session counts anew."""
        self.numbers.clear()


def _place(of: tuple[int, str], line: int, own: str) -> tuple[int, int, str, str]:
    return of[0], line, of[1], own


def seems_rewound(path: str) -> bool:
    """Tell whether two prompts seem to follow the same message: a look at bytes, which costs next to nothing.

    Raises:
        TranscriptError: The file cannot be read.
    """
    start, end = len(_FOLLOWS), len(_FOLLOWS) + KEY_CHARS
    followed = set[bytes]()
    for raw in open_lines(path):
        if not raw.startswith(_FOLLOWS) or raw.find(_BY_USER, 0, HEAD_BYTES) < 0:
            continue
        if raw.find(_RESULT, 0, CONTENT_BYTES) < 0:
            if raw[start:end] in followed:
                return True
            followed.add(raw[start:end])
    return False


def left_behind(path: str, until: int, rewinds: Rewinds, root: str) -> list[Left]:
    """Return what was left behind, as far as the lines of a transcript up to a byte offset tell.

    Args:
        root: The directory that the session began in, which names of files rest on.

    Raises:
        TranscriptError: The file cannot be read.
    """
    history, edited, found = _History(), dict[int, set[str]](), rewinds.found
    for number, raw in _numbered(path, until):
        if raw.startswith(_HISTORY):
            history.note(number, raw)
        elif b'"tool_use"' in raw:
            for at, it in enumerate(found):
                if it.began <= number < it.line:
                    edited.setdefault(at, set()).update(_edited(raw, root))
    return [
        _judged(it, sorted(edited.get(at, ())), history, root, rewinds.newest) for at, it in enumerate(found)
    ]


def _numbered(path: str, until: int) -> Iterator[tuple[int, bytes]]:
    read = 0
    for number, raw in enumerate(open_lines(path), 1):
        read += len(raw)
        if read > until:
            return
        yield number, raw


def _edited(raw: bytes, root: str) -> Iterator[str]:
    try:
        message = decode(raw).message
    except _FAULTS:
        return
    for block in blocks_of(message.content) if isinstance(message, Message) else ():
        given = block.input if isinstance(block, Block) and block.name in EDITS else None
        name = given.get("file_path") or given.get("notebook_path") if isinstance(given, dict) else None
        if isinstance(name, str):
            yield _joined(root, name)


def _joined(root: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(root, name))


def _copies(raw: bytes) -> tuple[str, Copies, bool] | None:
    """Return what the client notes of files in a line: the prompt it is of, their copies, and whether of all anew.

    No prompt where it is of a file before its first edit; None where the line tells nothing.
    """
    try:
        told = msgspec.json.decode(raw)
        first = "trackingPath" in told
        kept = {told["trackingPath"]: told["backup"]} if first else told["snapshot"]["trackedFileBackups"]
        files = {
            str(name): (copy["backupFileName"], str(copy.get("realParentDir", "")))
            for name, copy in kept.items()
            if isinstance(copy["backupFileName"], str | None)
        }
        return (
            "" if first else str(told["messageId"])[:KEY_CHARS],
            files,
            not (first or told.get("isSnapshotUpdate")),
        )
    except (*_FAULTS, KeyError, TypeError, AttributeError):
        return None


class _History:
    """Which copies the client kept of the files it edited, by the prompt before which it made them."""

    def __init__(self) -> None:
        self.at: dict[str, tuple[int, dict[str, Any]]] = {}  # by the beginning of a prompt's id
        self.first: list[tuple[int, str, Any]] = []  # of a file that was not edited before

    def note(self, line: int, raw: bytes) -> None:
        """Read a line of it; the copy of a file that was not there has no name."""
        if told := _copies(raw):
            prompt, files, _ = told
            if prompt:
                known = self.at.get(prompt, (line, {}))
                self.at[prompt] = known[0], {**known[1], **{name: copy for name, (copy, _) in files.items()}}
            else:
                self.first += [(line, name, copy) for name, (copy, _) in files.items()]

    def before(self, it: Rewind) -> dict[str, Any]:
        """Return the copies of files as they were where the user went back to."""
        out = {name: copy for line, name, copy in reversed(self.first) if it.began <= line < it.line}
        return {**out, **self.at.get(it.began_id, (0, {}))[1]}

    def last(self, it: Rewind) -> dict[str, Any]:
        """Return the newest copies that were made before the user went back."""
        out = {name: copy for line, name, copy in reversed(self.first) if line < it.line}
        return {**out, **self.at.get(self._newest(it), (0, {}))[1]}

    def is_last(self, it: Rewind) -> bool:
        """Tell whether none were made since the prompt that the user went back to."""
        return self._newest(it) == it.began_id

    def _newest(self, it: Rewind) -> str:
        known = {own: line for own, (line, _) in self.at.items() if own != it.id and line < it.line}
        return max(known, key=lambda own: known[own], default="")


def _judged(it: Rewind, edited: list[str], history: _History, root: str, newest: int) -> Left:
    """Tell which of the edited files are as they were: where one is and none is not, the client put all back."""
    before, last = history.before(it), history.last(it)
    now = history.at.get(it.id, (0, {}))[1]
    names = {_joined(root, name): name for name in now}
    back, stay, unknown = list[str](), list[str](), list[str]()
    for path in edited:
        name = names.get(path)
        if name is None or name not in before:
            unknown.append(path)
        elif now[name] == before[name]:
            back.append(path)
        elif now[name] is not None and (
            before[name] is None or now[name] == last.get(name) or history.is_last(it)
        ):  # of what is as it was in the last copy no other one is made
            stay.append(path)
        else:
            unknown.append(path)
    if back and not stay:
        put = [path for path in unknown if path in names]
        back, unknown = sorted({*back, *put}), [path for path in unknown if path not in names]
    elif stay:
        stay, unknown = sorted({*stay, *unknown}), []
    # What it notes at a prompt is there before the next one.
    return Left(it.began, it.line, back, stay, unknown, it.id in history.at or newest > it.line)
