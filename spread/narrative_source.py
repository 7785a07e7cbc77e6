"""What a narrator is given of a session: what the person said, what its agents said, and the names of tools.

No output of a tool and no input of one is in it, but for what speaks: questions with their options and answers, plans,
orders to sub-agents and their reports. A session of hundreds of megabytes says some hundred kilobytes.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from spread import ignore
from spread.claude import visible
from spread.distill import own
from spread.distill.calls import AGENTS
from spread.project import root_of
from spread.redact import Redactor
from spread.redact_known import secrets_around
from spread.transcript import Reader
from spread.transcript_events import Call, Event, Mark, Prompt, Say
from spread.transcript_file import open_lines

MAX_CHARS: Final = 200_000  # some 50,000 tokens: all that is said in most long sessions
MAX_TEXT_CHARS: Final = 8_000  # of one message; a longer prompt was pasted
REPORT_CHARS: Final = 3_000  # of a sub-agent's report
ORDER_CHARS: Final = 1_500  # of what a sub-agent was asked
USER, AGENT, SUB_AGENT = "user", "agent", "sub-agent"
_CUT: Final = " […]"
# What stands before a message; in one it would make its own words another's.
_HEAD: Final = re.compile(r"(?m)^(?= *(?:\| *)*(?:L\d+ (?:user|agent|sub-agent)\b|\[(?:tools|left out): ))")
_NO_HEAD: Final = "> "
_QUESTIONS: Final = "AskUserQuestion"
_PLAN: Final = "ExitPlanMode"


class _Told(msgspec.Struct):
    """A message: its line, whose it is, its text, how much of that is told, and what it went on with."""

    line: int
    who: str
    text: str
    most: int = MAX_TEXT_CHARS
    tools: str = ""
    passing: bool = False  # another one of the same answer followed

    @property
    def size(self) -> int:
        return min(len(self.text), self.most) + len(self.tools)


class Source(NamedTuple):
    """What was said in a session, one message a paragraph, oldest first, and where.

    `lines` are those that it cites, as `L123`, `roots` the tops of the work trees that the session was in, `redactor`
    knows their secrets, and what the session gave and said.
    """

    text: str
    lines: tuple[str, ...]
    roots: tuple[str, ...]
    redactor: Redactor


def source_of(transcript: str, size: int | None = None, directory: str = "") -> Source:
    """Return what was said in a session, with secrets taken out.

    Of more than MAX_CHARS what the agent said on the way is left out first, the oldest first, then the oldest messages
    but for the first; what is left out is counted. What a `.spreadignore` names stands as `[left out]`.

    Args:
        size: How many of its bytes are read; None: all. A line beyond is none.
        directory: Another one that the session was in, of which the transcript may not tell.

    Raises:
        TranscriptError: Unreadable.
        SpreadError: Redaction did not finish.
        OSError: A `.spreadignore` cannot be read.
    """
    reader, told, used, given = Reader(), list[_Told](), Counter[str](), dict[str, None]()
    for event in _events(reader, transcript, size):
        given |= dict.fromkeys(filter(None, own.secrets_of(event)))
        _add(told, used, event)
    _tools(told, used)
    roots = roots_of((directory, reader.facts.first_cwd, reader.facts.cwd, *sorted(reader.places)))
    redactor, ignored = redactor_of(roots), [ignore.load(root) for root in roots]
    kept, gone = _fitting(told)
    redactor.given |= given

    def clean(text: str) -> str:
        """Return a text without what must not be told, as it will be shown: what cannot be seen could hide it."""
        text = redactor.text(visible(text))
        for each in ignored:
            text = each.text(text)
        return text

    # Each is cleaned whole, as what is cut is not known any more; then all, as a secret may go over several.
    lines = [
        f"L{it.line} {it.who}: {_HEAD.sub(_NO_HEAD, _shortened(clean(it.text).strip(), it.most))}{it.tools}"
        for it in kept
    ]
    if gone:
        lines.insert(1, f"[left out: {gone} of {len(told)} messages]")
    return Source(clean("\n\n".join(lines)), tuple([f"L{it.line}" for it in kept]), roots, redactor)


def _events(reader: Reader, transcript: str, size: int | None) -> Iterator[Event]:
    """Yield what happened, up to the last line that ends within so many bytes."""
    at = 0
    for raw in open_lines(transcript):
        if size is not None and at + len(raw.rstrip()) > size:
            break
        at += len(raw)
        yield from reader.feed(raw)
    yield from reader.finish()


def roots_of(places: Iterable[str]) -> tuple[str, ...]:
    """Return the tops of the work trees that some directories are in, as far as they are there."""
    there = [place for place in dict.fromkeys(places) if place and os.path.isdir(place)]
    return tuple(dict.fromkeys(root for place in there if (root := root_of(place))))


def redactor_of(roots: Iterable[str]) -> Redactor:
    """Return what takes out the secrets of this machine and of some work trees."""
    known = secrets_around(os.environ, None)
    for root in roots:
        for name, value in secrets_around(os.environ, root).items():
            known[name if known.get(name, value) == value else f"{name}_{len(known)}"] = value
    return Redactor(known)


def _add(told: list[_Told], used: Counter[str], event: Event) -> None:
    """Add what an event says; calls that say nothing are counted."""
    said = [*_said(event)]
    if isinstance(event, Call) and not said:
        used[event.name] += 1
        return
    for it in said:
        _tools(told, used)
        if it.text.strip():
            if told and told[-1].who == it.who == AGENT:
                told[-1].passing = True
            told.append(it)


def _tools(told: list[_Told], used: Counter[str]) -> None:
    """Tell which tools were called, behind the message before."""
    if told and used:
        names = ", ".join(f"{name} {count}" if count > 1 else name for name, count in used.items())
        told[-1].tools += f"\n[tools: {names}]"
    used.clear()


def _said(event: Event) -> Iterator[_Told]:
    if isinstance(event, Prompt):
        if own.given_to_us(event) is None:
            yield _Told(event.line, USER, event.text)
    elif isinstance(event, Say):
        yield _Told(event.line, AGENT, event.text)
    elif isinstance(event, Mark):
        if event.kind == "interrupted":
            yield _Told(event.line, USER, "[interrupted the agent]")
        elif event.kind == "compacted" and event.text:
            yield _Told(event.line, AGENT, f"[its summary of what came before:] {event.text}")
    elif isinstance(event, Call) and not event.agent:
        yield from _of_call(event)


def _of_call(call: Call) -> Iterator[_Told]:
    if call.name == _QUESTIONS:
        asked = ["[asks the user:]", *_questions(call.input.get("questions"))]
        yield _Told(call.line, AGENT, "\n".join(asked))
        if call.ok:
            yield _Told(call.result_line, USER, f"[answers:] {call.output}")
    elif call.name == _PLAN:
        if isinstance(plan := call.input.get("plan"), str):
            yield _Told(call.line, AGENT, f"[proposes a plan:] {plan}")
        if call.ok:
            yield _Told(call.result_line, USER, "[approves the plan]")
    elif call.name in AGENTS:
        if isinstance(order := call.input.get("prompt"), str):
            yield _Told(call.line, AGENT, f"[asks a sub-agent:] {order}", ORDER_CHARS)
        if call.ok and call.output:
            yield _Told(call.result_line, SUB_AGENT, call.output, REPORT_CHARS)
    if call.denied:
        words = f" and says: {call.words}" if call.words else ""
        yield _Told(call.result_line or call.line, USER, f"[refuses the agent's call of {call.name}{words}]")


def _questions(questions: object) -> Iterator[str]:
    for question in questions if isinstance(questions, list) else ():
        if isinstance(question, dict):
            yield str(question.get("question") or "")
            options = question.get("options")
            for option in options if isinstance(options, list) else ():
                if isinstance(option, dict):
                    yield f"- {option.get('label') or ''}: {option.get('description') or ''}"


def _fitting(told: list[_Told]) -> tuple[list[_Told], int]:
    """Return the messages that there is room for, and how many others there were."""
    over = sum(it.size for it in told) - MAX_CHARS
    rules: list[Callable[[_Told], bool]] = [lambda it: it.passing, lambda it: it.who != USER, lambda _: True]
    gone = set[int]()
    for rule in rules:
        for it in told[1:]:
            if over <= 0:
                break
            if id(it) not in gone and rule(it):
                gone.add(id(it))
                over -= it.size
    return [it for it in told if id(it) not in gone], len(gone)


def _shortened(text: str, most: int) -> str:
    """Return a text, of a longer one its two ends."""
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return f"{text[:head]}{_CUT} {text[len(text) - (most - head) :]}"
