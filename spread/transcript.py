"""Transcript lines to events; survives everything real files contain.

A transcript is Claude Code's JSONL file of one session. Two rules hold here: file order is the only
order (parents may be missing, timestamps go backwards), and nothing unknown is fatal: such lines are
counted and left out.
"""

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from spread.claude import OPENING
from spread.distillation_fields import ELSEWHERE
from spread.distillation_reach import LISTED, SIGN, reach_of
from spread.transcript_events import DENIED_TO_AGENT, Call, Event, Facts, Mark, Prompt, Say, Thought
from spread.transcript_file import check, open_lines
from spread.transcript_known import Known
from spread.transcript_lines import (
    Attachment,
    Block,
    Data,
    Entry,
    Message,
    Nested,
    converted,
    decode,
    is_withdrawn,
    objects,
)
from spread.transcript_rewinds import Rewinds
from spread.transcript_values import SILENT, blocks_of, end_of, joined, output_of, shown_in, task_of, text_of
from spread.transcript_words import BROKE_OFF, INTERRUPTED, apart, is_human, previewed, words_of

TYPES: Final = frozenset(("user", "assistant", "system", "summary", "queue-operation", "last-prompt"))
DENIED: Final = "The user doesn't want to proceed with this tool use"
# What a hand-off of ours holds, with its frame and without, wherever it is cut or wrapped.
OURS: Final = (
    "claude-spread",
    "and-off of an earlier",
    "hand-off; everything quoted",
    ": transcript line 12",
)
SERVERS: Final = ("mcp__", "ReadMcp", "ListMcp")  # begin the names of the tools that they answer
MAX_HELD: Final = 100  # prompts that wait; each that comes is looked for among them
SAID: Final = "he user said:\n"  # as `the` and, to a sub-agent, as `The`
REASON: Final = "provided the following reason for the rejection:"

# What a sub-agent does in lines copied into its parent; the rest of it is told by its report.
_COPIED: Final = frozenset(
    ("Edit", "Write", "MultiEdit", "NotebookEdit", "Bash", "TaskCreate", "TaskUpdate", "TaskList")
)
# Lines that tell nothing, some of them large; the others of that kind are not worth a look at their bytes.
_IGNORED: Final = (
    b'{"type":"file-history-', b'{"type":"api-request', b'{"type":"atis-latch"', b'{"type":"tools-used"',
    b'{"type":"cost-state"', b'{"type":"mode"', b'{"type":"permission-mode"', b'{"type":"agent-name"',
)  # fmt: skip
_WHOLE: Final = (b"}", b"}\n", b"}\r\n")
_GLUED: Final = (
    b'}{"'  # where a newline is missing the next object begins; in a string its quote would be escaped
)
_OWN: Final = ('{"parentUuid":', '{"type":"')
# Lines of progress: what of a sub-agent's they copy matters, these tell nothing.
_PROGRESS: Final = b'"type":"progress","data":{'
_IDLE: Final = (
    b'"type":"hook_progress"', b'"type":"bash_progress"', b'"type":"mcp_progress"', b'"type":"query_update"',
    b'"type":"search_results_received"', b'"type":"waiting_for_task"',
)  # fmt: skip
_COPIED_RESULT: Final = b'"message":{"type":"user"'
HEAD_BYTES: Final = 500  # the type of a line stands there


class Reader(Known):
    """Turn lines into events, one at a time, so that a file can be read on from where it was left."""

    # What is kept between two readings of one file.
    STATE: Final = (
        "facts", "agent", "pending", "_begun", "seen", "_late", "_fresh", "_many", "_here", "_nested", "_held",
        "_injected", "_expands", "places", "reach", "rewinds",
    )  # fmt: skip

    facts: Facts
    agent: str
    pending: dict[str, Call]
    places: set[str]  # where the session was, its sub-agents too, as its lines name it
    reach: set[str]  # the projects of hand-offs that it was shown
    rewinds: Rewinds
    _expands: bool  # a slash command's text comes next
    _begun: bool  # another session goes on in the same file
    _here: tuple[Any, ...]
    _nested: set[str]  # sub-agents' calls, told in progress lines, without a result so far
    _held: list[Prompt]  # queued prompts not yet seen as user lines
    _injected: list[str]  # queued prompts already told; a later copy is no new prompt

    def __init__(self, agent: str = "") -> None:
        super().__init__()
        self.facts, self.agent = Facts(), agent
        self.pending, self._expands, self._begun = {}, False, False
        self._here, self._nested = (), set()
        self._held, self._injected, self.rewinds = [], [], Rewinds()
        self.places, self.reach, self._at = set(), set(), ""

    def feed(self, raw: bytes) -> list[Event]:
        """Return the events of the next physical line."""
        facts = self.facts
        facts.lines += 1
        if (
            raw.startswith(_IGNORED)
            or ((at := raw.find(_PROGRESS, 0, HEAD_BYTES)) >= 0 and self._is_idle(raw, at + len(_PROGRESS)))
        ) and _GLUED not in raw:
            facts.known += 1
            facts.broken += not raw.endswith(_WHOLE)  # what was cut off, or broken apart, shows at its end
            return self.rewinds.noted(facts.lines, raw, facts.first_cwd)
        if SIGN in raw or LISTED in raw:  # whatever kind of line shows it, and whoever reads it
            self.reach |= reach_of(raw.decode("utf-8", "replace"))
        try:
            return self._entry(decode(raw))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            # lone surrogates, numbers beyond JSON, broken bytes, two objects on a line
            entries, broken = objects(text := raw.decode("utf-8", "replace"))
            facts.broken += broken
            facts.known += broken and (text.startswith(_OWN) or '"sessionId":"' in text)
        return [event for entry in entries for event in self._entry(converted(entry))]

    def _is_idle(self, raw: bytes, at: int) -> bool:
        """Tell whether a line of progress copies nothing of a sub-agent's, or a result that nobody waits for."""
        return raw.startswith(_IDLE, at) or (not self._nested and raw.startswith(_COPIED_RESULT, at))

    def finish(self) -> list[Event]:
        """Return what never got an answer: calls without a result, prompts still queued."""
        held = [prompt for prompt in self._held if is_human(prompt.text)]
        told = [Mark(it.line, "notice", it.text) for it in self._held if it.text.startswith("<task-")]
        events: list[Event] = [*held, *told, *self.pending.values()]
        return sorted(events, key=lambda event: event.line)

    def _entry(self, entry: Entry[Any]) -> list[Event]:
        if entry.cwd is not None and entry.cwd != self._at:
            self._at = text_of(entry.cwd)
            self.places.add(self._at)
        kind = entry.type if isinstance(entry.type, str) else ""
        if kind == "user" or kind == "assistant":
            message = entry.message
            if not isinstance(message, Message):
                self.facts.known += entry.sessionId is not None
                return []
            self.facts.known += 1
            return self._message(entry, message)
        if entry.sessionId is not None or (kind in TYPES and entry.leafUuid is not None):
            self.facts.known += 1
        line = self.facts.lines
        if kind == "progress":
            return self._progress(entry)
        if kind == "queue-operation":
            return self._queue(entry)
        if kind == "attachment" and isinstance(entry.attachment, Attachment):
            return self._attachment(entry.attachment)
        if kind == "custom-title" or kind == "ai-title":
            title = text_of(entry.customTitle or entry.aiTitle)
            if title and (kind == "custom-title" or not self.facts.title):
                self.facts.title = title
        elif kind == "last-prompt" and entry.explicit is True:
            self.rewinds.goes()
        elif kind == "pr-link":
            return [Mark(line, "link", text_of(entry.prUrl))]
        elif kind == "system":
            if entry.subtype == "away_summary":
                return [Mark(line, "recap", text_of(entry.content))]
            if entry.subtype == "compact_boundary":
                return [Mark(line, "compacted", "")]
            if entry.subtype in ("turn_duration", "stop_hook_summary") and not entry.isSidechain:
                return [Mark(line, "ended", "")]
        return []

    def _message(self, entry: Entry[Any], message: Message[Any]) -> list[Event]:
        if self.agent or not entry.isSidechain:
            self._note(entry)
        if self.repeats(entry.uuid):
            return []
        agent = self.agent or (text_of(entry.agentId) or "sub-agent" if entry.isSidechain else "")
        began, self._begun = self._begun, False
        told = self._assistant if entry.type == "assistant" else self._user
        events = told(entry, message, agent)
        if began:
            self.rewinds.begin()
        if entry.type == "user" and any(type(event) is Prompt for event in events):
            self.rewinds.prompt(self.facts.lines, entry.uuid, entry.parentUuid, entry.turnPosition)
        return [Mark(self.facts.lines, "session", ""), *events] if began else events

    def _note(self, entry: Entry[Any]) -> None:
        """Keep what a main-session line says about the session."""
        facts, stamp = self.facts, text_of(entry.timestamp)
        if stamp > facts.ended_at:
            facts.ended_at = stamp
        here = (entry.sessionId, entry.version, entry.gitBranch, entry.cwd)
        if here == self._here and facts.started_at:
            return
        self._here = here
        session, version, branch, cwd = map(text_of, here)
        if session and facts.session_id and session != facts.session_id:
            self._begun, self._many, facts.title = True, True, ""
        facts.session_id = session or facts.session_id
        facts.version = version or facts.version
        if branch and branch != facts.branch:
            facts.branch, facts.went = branch, facts.lines
        facts.cwd = cwd or facts.cwd
        facts.first_cwd = facts.first_cwd or facts.cwd
        facts.started_at = facts.started_at or stamp

    def _assistant(self, entry: Entry[Any], message: Message[Any], agent: str) -> list[Event]:
        out: list[Event] = []
        facts, model = self.facts, message.model
        line = facts.lines
        if model != facts.model:
            model = text_of(model)
            if model and model != "<synthetic>" and not agent:
                facts.model = model
        for block in blocks_of(message.content):
            if not isinstance(block, Block):
                continue
            kind = block.type
            if kind == "tool_use":
                given, key = block.input, text_of(block.id)
                given = given if isinstance(given, dict) else {}
                self.pending[key] = Call(line, key, text_of(block.name), given, self._at, agent)
            elif kind == "text" and not agent and (text := text_of(block.text).strip()):
                if model != "<synthetic>" and entry.isApiErrorMessage is not True:
                    thought, text = apart(text)
                    out += [Thought(line, end_of(thought))] if thought else []
                    out += [Say(line, text, message.stop_reason == "tool_use")] if text else []
                elif text != "No response requested.":
                    out.append(Mark(line, "api-error", text))
            elif kind == "thinking" and not agent and (thought := end_of(text_of(block.thinking))):
                out.append(Thought(line, thought))
        return out

    def _user(self, entry: Entry[Any], message: Message[Any], agent: str) -> list[Event]:
        out: list[Event] = []
        texts: list[str] = []
        shows = False
        for block in blocks_of(message.content):
            if not isinstance(block, Block):
                continue
            if block.type == "tool_result":
                came = self._result(block, entry.toolUseResult, entry.gitBranch, entry.toolDenialKind)
                out += came or ([] if agent else [Mark(self.facts.lines, "orphan", "")])
            elif block.type == "text":
                texts.append(text_of(block.text))
            else:
                shows = True
        if agent:
            return out
        if shows and not texts and entry.isMeta is not True and (shown := shown_in(message.content)):
            return [*out, Prompt(self.facts.lines, shown, "shown")]
        return out + self._words(entry, texts) if texts else out

    def _words(self, entry: Entry[Any], texts: list[str]) -> list[Event]:
        out: list[Event] = []
        line = self.facts.lines
        if entry.isCompactSummary is True:
            if not self.facts.model and not self.agent:  # of what is not on record nobody knows where it was
                self.reach.add(ELSEWHERE)
            return [Mark(line, "compacted", "\n".join(texts))]
        if entry.isMeta is True:
            if texts[0].startswith("Base directory"):
                return [Mark(line, "skill", "\n".join(texts))]
            expands = self._expands and not texts[0].startswith(("<", "Caveat:"))
            return [Mark(line, "expansion", "\n".join(texts))] if expands else []
        origin = entry.origin
        machine = entry.promptSource == "system" or (
            isinstance(origin, dict) and origin.get("kind") not in (None, "human")
        )
        for event in words_of(line, texts, machine):
            self._expands = isinstance(event, Prompt) and event.kind == "command"
            if not isinstance(event, Prompt) or event.kind in ("shell", "memory"):
                if self._held and isinstance(event, Mark):  # a notice that was queued came
                    self._held = [held for held in self._held if held.text != event.text]
                broke = entry.interruptedMessageId and isinstance(event, Mark) and event.kind == "interrupted"
                out.append(Mark(line, "interrupted", BROKE_OFF) if broke else event)
                continue
            kind = event.kind if entry.planContent is None else "plan"
            out += self._prompt(replace(event, kind=kind, planning=entry.permissionMode == "plan"))
        return out

    def _prompt(self, prompt: Prompt) -> list[Event]:
        if queued := next((held.line for held in self._held if held.text == prompt.text), 0):
            prompt = replace(prompt, queued=queued)
        self._held = [held for held in self._held if held.text != prompt.text]
        if prompt.text in self._injected:
            self._injected.remove(prompt.text)
            return []
        return [prompt]

    def _result(
        self, block: Block[Any], twin: object, branch: object = None, denial: object = None
    ) -> list[Event]:
        call = self.pending.pop(text_of(block.tool_use_id), None)
        if call is None:
            return []
        call.result_line, call.ok = self.facts.lines, block.is_error is not True
        call.output, call.branch = output_of(call, block), branch if isinstance(branch, str) else None
        if call.ok and call.name in SILENT:
            return [call]
        if isinstance(twin, dict):
            call.extra = twin
            call.created = twin.get("type") == "create"
        call.created = call.created or call.output.startswith("File created successfully")
        if call.ok or (call.name.startswith(SERVERS) and denial is None and self.facts.says_denials()):
            return [call]
        if call.output.startswith((DENIED, DENIED_TO_AGENT)):
            call.words = (call.output.partition(SAID)[2] or call.output.partition(REASON)[2]).strip()
            call.denied = bool(call.words) or call.output.startswith(DENIED)
        if INTERRUPTED in call.output[:200]:
            return [call, Mark(call.result_line, "interrupted", INTERRUPTED)]
        return [call]

    def _queue(self, entry: Entry[Any]) -> list[Event]:
        """Follow the queue of prompts typed while the agent worked; told without content, so first in, first out."""
        operation, content = text_of(entry.operation), text_of(entry.content).strip()
        if operation == "enqueue" and content.startswith('{"'):
            return []  # a task of the client's, never taken out again: it would be taken for the first in
        if operation == "enqueue":
            self._held.append(Prompt(self.facts.lines, content, "queued"))
            del self._held[:-MAX_HELD]
        elif operation == "popAll":  # back in the editor: comes again as a prompt or was given up
            self._held.clear()
        elif operation == "remove" and self._held:
            named = (at for at, held in enumerate(self._held) if held.text == content)
            prompt = self._held.pop(next(named, 0))
            if is_human(prompt.text) and not is_withdrawn(entry):
                self._injected.append(prompt.text)
                del self._injected[:-MAX_HELD]
                return [prompt]
        return []

    def _attachment(self, value: Attachment) -> list[Event]:
        if value.type == "nested_memory":
            held = value.content.get("content") if isinstance(value.content, dict) else None
            return [Mark(self.facts.lines, "memory", f"{text_of(value.path)}\n{text_of(held)}")]
        if value.type in ("plan_mode", "plan_mode_exit") and not value.isSubAgent:
            return [Mark(self.facts.lines, text_of(value.type), "")]
        if value.type == "edited_text_file":
            return [Mark(self.facts.lines, "changed", text_of(value.filename))]
        if value.type == "hook_success" and value.hookEvent == "SessionStart":
            printed = previewed(text_of(value.content))
            # A hand-off of ours is what another machine told, so nothing in it rules here.
            ruling = printed and not any(map(printed.__contains__, OURS))
            return [Mark(self.facts.lines, "hook", printed)] if ruling else []
        if value.type == "hook_additional_context" and value.hookEvent == "SessionStart":
            added = value.content if isinstance(value.content, list) else []
            # Each is what another hook says: none of them goes on with ours.
            ours = [text for text in added if isinstance(text, str) and text.startswith(OPENING)]
            return [Mark(self.facts.lines, "handed", text) for text in ours[:1]]
        if value.type == "task_reminder" and isinstance(value.content, list):
            return [Mark(self.facts.lines, "tasks", "\n".join(map(task_of, value.content)))]
        if value.type != "queued_command":
            return []
        text = joined(value.prompt).strip()
        if not text and (shown := shown_in(value.prompt)):
            return [Prompt(self.facts.lines, shown, "shown")]
        if text.startswith("<task-notification>"):
            return [Mark(self.facts.lines, "notice", text)]
        return self._prompt(Prompt(self.facts.lines, text, "queued")) if is_human(text) else []

    def _progress(self, entry: Entry[Any]) -> list[Event]:
        """Take a sub-agent's calls from the copies of its lines that 2.1.9 to 2.1.81 wrote into the parent."""
        data = entry.data
        nested = data.message if isinstance(data, Data) else None
        message = nested.message if isinstance(nested, Nested) else None
        if not isinstance(data, Data) or not isinstance(nested, Nested) or not isinstance(message, Message):
            return []
        self.places.add(text_of(nested.cwd))
        out: list[Event] = []
        agent = text_of(data.agentId) or "sub-agent"
        for block in blocks_of(message.content):
            if not isinstance(block, Block):
                continue
            if block.type == "tool_use" and (name := text_of(block.name)) in _COPIED:
                given = block.input
                call = Call(self.facts.lines, text_of(block.id), name, {}, agent=agent)
                call.input = given if isinstance(given, dict) else {}
                call.cwd = text_of(nested.cwd) or text_of(entry.cwd)
                self.pending[call.id] = call
                self._nested.add(call.id)
            elif block.type == "tool_result" and text_of(block.tool_use_id) in self._nested:
                self._nested.discard(text_of(block.tool_use_id))
                out.extend(self._result(block, None))
        return out


def read(path: str, offset: int = 0) -> tuple[list[Event], Facts]:
    """Return all events of a transcript from a byte offset, and what it says of the session.

    Raises:
        TranscriptError: Unreadable, or no Claude Code transcript at all.
    """
    reader, events = Reader(), list[Event]()
    for raw in open_lines(path, offset):
        events.extend(reader.feed(raw))
    check(reader.facts, path)
    return events + reader.finish(), reader.facts
