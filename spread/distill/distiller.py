"""Events to a redacted distillation; same input, same output, no model.

Everything told is taken from the transcript with its line, and passes the redactor twice: as a whole
before it is shortened (half a secret is still one), and once more at the very end.
"""

import contextlib
import gc
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from spread import ignore
from spread.distill import agents as helpers
from spread.distill import rewound, versions
from spread.distill.calls import AGENTS, is_async, task_of
from spread.distill.claims import unmarked
from spread.distill.document import Writer
from spread.distill.ledger import Ledger
from spread.distill.state import forget, load, packed, save
from spread.distillation import Distillation
from spread.errors import TranscriptError
from spread.paths import read_plain
from spread.project import Project, resolve
from spread.redact import Redactor
from spread.transcript import Reader
from spread.transcript_events import Call, Event, Facts, Mark, Say
from spread.transcript_file import check, open_lines
from spread.transcript_rewinds import left_behind, seems_rewound

_SESSION: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_AGENT: Final = re.compile(r"agent-[0-9A-Za-z_-]+\.jsonl")
HEAD_BYTES: Final = 2_048  # `sessionId` stands before the message
# So much is read before what it tells is folded: turn about, line by line, each would drive the other's code and data
# out of the processor's caches.
READ_BYTES: Final = 1 << 20
_NOT_ASKED_FOR: Final = ("agent-acompact", "agent-aprompt_suggestion", "agent-aside_question")


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Let the cyclic collector rest: it would look again and again at thousands of objects that make no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:  # else another thread is at it, which turns it on again
            gc.freeze()  # and thaw: what was made is old, and not looked at right now, but with all else
            gc.unfreeze()
            gc.enable()


@_no_collector()
def distill(
    path: str,
    *,
    machine: str,
    revision: int = 1,
    project: Project | None = None,
    last_message: str | None = None,
    redactor: Redactor | None = None,
    state: str | None = None,
    places: set[str] | None = None,
    reach: set[str] | None = None,
    hand_on: bool = True,
) -> Distillation:
    """Return the distillation of the transcript at `path`.

    Args:
        project: Resolved from the session's own directory when None and that directory exists.
        last_message: What the agent said last, from the Stop payload; the file on disk lags behind it.
        state: The file that keeps where reading was left, for the next revision to go on from there; the
            result is the same with it and without.
        places: Takes the directories that the record names as those it was in.
        reach: Takes the projects of the hand-offs that the session was shown, one that cannot be told as `ELSEWHERE`.
        hand_on: Whether goal and rules of a hand-off that the session was given are told in turn.

    Raises:
        TranscriptError: Unreadable, or no Claude Code transcript.
        OSError: The project's `.spreadignore` cannot be read.
    """
    reading, redactor = _Reading(path), redactor or Redactor()
    if state:
        reading.resume(state)
    last = reading.read_on()
    kept = reading.kept() if state and reading.moved else None
    ledger, facts = reading.finish(last)
    if places is not None:
        places |= reading.reader.places - {""}
    if reach is not None:
        reach |= reading.reader.reach
    if not hand_on:
        ledger.handed.clear()
    said = (last_message or "").strip()
    if said and (ledger.last_say is None or not said.endswith(_as_said(ledger.last_say.text))):
        ledger.add(Say(facts.lines + 1, said))
    elif said:
        ledger.add(Mark(facts.lines, "ended", ""))
    if project is None and facts.cwd and os.path.isdir(facts.cwd):
        project = resolve(facts.cwd, with_state=True)
    reading.cleared |= redactor.cleared
    redactor.cleared = reading.cleared
    made = Writer(ledger, facts, project, redactor).write(session_of(path, facts), machine, revision)
    if state and reading.moved:
        save(state, path, reading.offset, kept, redactor.cleared, redactor.told)
    return ignore.load(project.root if project is not None else None).apply(made)


class _Reading:
    """A transcript as far as it was read; the sub-agents' files at the lines where their results came."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.reader, self.ledger = Reader(), Ledger()
        self.offset = 0
        self.moved = False
        self.files = agent_files(path)
        self.taken: dict[str, int] = {}  # sub-agents whose result came: size of their file, -1 without one
        self.cleared: set[bytes] = set()  # marks of texts that the redactor found nothing in

    def kept(self) -> Any:
        """Return all that is wanted to read on, as it is now."""
        self.ledger.settle()
        self.reader.leave()
        return packed(self.reader, self.ledger, self.taken)

    def resume(self, state: str) -> None:
        """Take over what a state keeps, unless the transcript or a sub-agent's file is not what was read then."""
        found = load(state, self.path)
        if found is None:
            return
        offset, (reader, ledger, taken), cleared = found
        sizes = {agent: _size(file) for agent, file in self.files.items()}
        if any([sizes.get(agent, -1) != size for agent, size in taken.items()]):
            forget(state)
            return
        self.offset, self.reader, self.ledger, self.taken, self.cleared = (
            offset,
            reader,
            ledger,
            taken,
            cleared,
        )

    def read_on(self) -> bytes:
        """Fold every whole line that was not read so far; return what follows the last newline.

        Where the user went back in the conversation, all is read anew, without what was left behind.
        """
        ahead = not self.offset and seems_rewound(
            self.path
        )  # what is read to learn what was left is folded once
        last, began = self._read(fold=not ahead), self.offset
        rewinds, left = self.reader.rewinds, self.ledger.left
        if ahead or len(rewinds.found) > len(left) or (left and not left[-1].settled):
            left = left_behind(self.path, began, rewinds, self.reader.facts.first_cwd)
            if ahead or left != self.ledger.left:
                self.reader, self.ledger, self.taken, self.offset = Reader(), Ledger(), {}, 0
                self.ledger.left = left
                last = self._read()
                self.moved = True
        return last

    def _read(self, *, fold: bool = True) -> bytes:
        feed, offset = self.reader.feed, self.offset
        found, left = self.reader.rewinds.found, len(self.ledger.left)
        last, told, folded = b"", list[Event](), offset
        for raw in open_lines(self.path, offset):
            if raw[-1] != 10:
                last = raw
                break
            offset += len(raw)
            if events := feed(raw):
                told += events
                # A sub-agent's file is held against the lines up to here, and no others.
                if not fold or len(found) > left:  # all is read anew, once we know what else was left behind
                    told.clear()
                elif offset - folded > READ_BYTES or (self.files and any(map(_may_bring, events))):
                    self._fold(told)
                    told, folded = [], offset
        self._fold(told)
        self.moved, self.offset = offset > self.offset, offset
        return last

    def _fold(self, events: list[Event]) -> None:
        for event in events:
            self._put(event)
            if type(event) is Mark or (type(event) is Call and event.name in AGENTS):
                self._agents(event)

    def _put(self, event: Event) -> None:
        """Add an event to the ledger, unless it was left behind."""
        left = self.ledger.left
        if left and event.line <= left[-1].line:  # they are in order
            if not rewound.stays(event, left, self.ledger.cwd):
                return
            rewound.goes_on(self.ledger, event)
        self.ledger.add(event)

    def _agents(self, event: Event) -> None:
        """Take over a sub-agent's file when its result comes: with the call's, or told later by a notice."""
        if isinstance(event, Call):
            if event.name in AGENTS and not is_async(event):
                self._take(str(event.extra.get("agentId") or ""), event.result_line)
                if event.ok:
                    self._reported(str(event.extra.get("agentId") or ""), event.output, event.result_line)
        elif isinstance(event, Mark) and event.kind == "notice":
            self._take(task_of(event.text), event.line)
            self._reported(task_of(event.text), event.text, event.line)

    def _reported(self, agent: str, report: str, line: int) -> None:
        """Take over the files a sub-agent reports, when its own transcript cannot tell."""
        seen = any(known.seen for known in self.ledger.agents if known.id == agent and agent)
        if agent not in self.files and not seen:
            self.ledger.files.reported(report, self.ledger.cwd, line)

    def _take(self, agent: str, line: int) -> None:
        if agent and agent not in self.taken:
            path = self.files.get(agent)
            self.taken[agent] = _size(path)
            if path:
                helpers.seen(self.ledger.agents, agent)
                self._add(path, line)

    def _add(self, path: str, line: int) -> None:
        """Add what a sub-agent did, at the line of the session where its result came."""
        reader = Reader(os.path.basename(path))
        reader.copied = self.reader.known()
        try:
            for raw in open_lines(path):
                for event in reader.feed(raw):
                    if isinstance(event, Call):
                        event.line = event.result_line = line
                        self._put(event)
        except TranscriptError:
            self.ledger.unread += 1  # said among the uncertainties; the session's own file is what counts
        self.reader.places |= reader.places
        self.reader.reach |= reader.reach

    def finish(self, last: bytes) -> tuple[Ledger, Facts]:
        """Add a last line without a newline and what never got an answer; nothing can be read on after it."""
        if last or self.files.keys() - self.taken.keys():  # may edit what rested, which is kept, too
            self.ledger.files.net = deepcopy(self.ledger.files.net)
        for event in self.reader.feed(last) if last else ():
            self._put(event)
            self._agents(event)
        check(self.reader.facts, self.path)
        for event in self.reader.finish():
            self._put(event)
        for agent in sorted(self.files.keys() - self.taken.keys()):
            self._add(self.files[agent], self.reader.facts.lines)
        return self.ledger, self.reader.facts


def _may_bring(event: Event) -> bool:
    """Tell whether an event may be the result of a sub-agent."""
    return type(event) is Mark or (type(event) is Call and event.name in AGENTS)


def _as_said(text: str) -> str:
    """Return a report without the marks that were put in it."""
    return versions.unmarked(unmarked(text))


def _size(path: str | None) -> int:
    try:
        return os.path.getsize(path) if path else -1
    except OSError:
        return -1


def session_of(path: str, facts: Facts) -> str:
    """Return the session's id: the file's name where it is one, as `--resume` goes by it, else what the lines say."""
    stem = os.path.basename(path).removesuffix(".jsonl")
    if _SESSION.fullmatch(stem):
        return stem
    return re.sub(r"[^0-9A-Za-z._-]", "-", facts.session_id or stem)[:64].lstrip(".-") or "unknown"


def agent_files(path: str) -> dict[str, str]:
    """Return the sub-agents' own files of a transcript, by agent id; only agents a person's session asked for.

    They stand below the session's own folder, in older versions beside the session, each naming it.
    """
    folder, name = os.path.split(os.path.abspath(path))
    session = name.removesuffix(".jsonl")
    out = {}
    if _SESSION.fullmatch(session):
        out = {agent: file for agent, file in _agents_in(folder) if _names(file, session)}
    return {**out, **dict(_agents_in(os.path.join(folder, session, "subagents")))}


def _agents_in(folder: str) -> list[tuple[str, str]]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    fits = (name for name in names if _AGENT.fullmatch(name) and not name.startswith(_NOT_ASKED_FOR))
    return [(name[6:-6], os.path.join(folder, name)) for name in fits]


def _names(path: str, session: str) -> bool:
    """Tell whether the first line of a sub-agent's file is of this session."""
    try:
        head = read_plain(path, HEAD_BYTES)
        return f'"sessionId":"{session}"'.encode("ascii") in head.split(b"\n", 1)[0]
    except OSError:
        return False
