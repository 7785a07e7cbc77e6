"""Sub-agents: what each was told to do, how it ended, what it reported and wrote."""

import re
from collections.abc import Callable
from functools import lru_cache
from textwrap import dedent
from typing import Final

import msgspec

from spread.distill.calls import AGENTS, EDITS, is_async, mate_of, task_of
from spread.distill.gist import gist
from spread.distill.reports import joined, points
from spread.distill.ruled import AT_LEAST
from spread.distill.ruled_text import LISTED, rules_of
from spread.distill.words import stems
from spread.distillation_codec import shorten
from spread.transcript_events import Call

KEPT_AGENTS: Final = 60
KEPT_ORDER_CHARS: Final = 1_500
KEPT_REPORT_CHARS: Final = 2_600
LOOKED_CHARS: Final = 1_500  # of one that only looked around: what counts of it the session then says itself
KEPT_FILES: Final = 20
MANY: Final = 4  # so many that only reported are told on one line

SHOWN_VERDICTS: Final = 3
TELLING: Final = 2  # words of a name that tell what it is of
VERDICT_READ: Final = 1_200
_VERDICT: Final = re.compile(
    r"(?m)^[#*_> ]*[A-Za-z][\w ]{2,30}[:：]\**\s+\**([A-Z][A-Z]+(?:[ -][A-Z]{2,}){0,4})\**[.!]?\s*$"  # noqa: RUF001 - both are used
)
_PARTED: Final = re.compile(r"(?i)\b(set|clean|back|start)[ -]up\b")  # which many write in one word
_ONLY_LOOK: Final = frozenset(("Explore", "Plan", "claude-code-guide"))
# An order that forbids to change anything at all; of a part of the files it says something else.
_FORBIDS: Final = re.compile(
    r"\b(?:do not|don't|never) (?:modify|edit|change|create|write)(?:(?:,| or|, or) \w+)* (?:any )?files?(?= *(?:[.;:!\n\u2014]|$))",
    re.I,
)
# A sentence of an order that says in what form to answer, which tells nothing of what is to be done.
_ANSWERS: Final = re.compile(
    r"(?:^|(?<=[.!?] ))(?:please )?(?:then )?(?:return|report|provide|respond with|end with)\b"
    r"[^.\n]{0,60}\b(?:summary|report|overview|\d+ words)\b[^.\n]{0,200}(?:\.|$)",
    re.I | re.M,
)
STATUS: Final = re.compile(r"<status>\s*(\w+)\s*</status>")
_RESULT: Final = re.compile(r"<(result|output)>\s*(.*?)\s*(?:</\1>|\Z)", re.S)
_NAMED: Final = re.compile(r"<summary>\s*Agent \"(.+?)\"")
LIMIT_CHARS: Final = 139  # of what an order forbids, of which
MOST_LIMITS: Final = 2  # are told
_FOOTERS: Final = ("agentId: ", "<usage>")
_FRAME: Final = "[Subagent hand-back] "  # begins the client's own words above a report, which it indents
_FRAME_ENDS: Final = "The report follows:\n"


class SubAgent(msgspec.Struct, array_like=True, gc=False):
    """One sub-agent; `end` is empty as long as no end was seen."""

    line: int
    id: str
    what: str
    order: str
    end: str = ""
    ended_at: int = 0
    report: str = ""
    files: list[str] = []
    kind: str = ""  # the type of agent that was asked for
    seen: bool = False  # whether anything that it did is in the record


def reported_on(agents: list[SubAgent], line: int, todo: str) -> int:
    """Return where the last sub-agent that by its name was told to do what a todo says came to its end after a line; else 0."""
    words = stems(_PARTED.sub(r"\1up", todo))
    for agent in reversed(agents):
        named = stems(_PARTED.sub(r"\1up", agent.what)) if agent.kind not in _ONLY_LOOK else set[str]()
        if len(named) >= TELLING and named <= words:
            return (
                agent.ended_at if agent.ended_at > line and agent.end == "completed" and agent.report else 0
            )
    return 0


def started(agents: list[SubAgent], call: Call) -> SubAgent:
    """Take in a call that started a sub-agent; one that runs on has no end so far."""
    what = str(call.input.get("description") or call.input.get("subagent_type") or "sub-agent")
    key = str(call.extra.get("agentId") or mate_of(call))
    made = SubAgent(call.line, key, shorten(what, 100), order_of(call))
    made.kind = str(call.input.get("subagent_type") or "")
    if not is_async(call):
        made.end, made.ended_at = "completed", call.result_line
        made.report = gist(_own_words(call.output), _kept(made))
    agents.append(made)
    del agents[:-KEPT_AGENTS]
    return made


def _kept(agent: SubAgent) -> int:
    return LOOKED_CHARS if agent.kind in _ONLY_LOOK else KEPT_REPORT_CHARS


def _own_words(report: str) -> str:
    """Return a report without what the client puts above and below it."""
    at = min(found for found in (*map(report.find, _FOOTERS), len(report)) if found >= 0)
    said = report[:at].removesuffix("\n") if at < len(report) else report
    _, framed, rest = said.partition(_FRAME)
    _, ends, own = rest.partition(_FRAME_ENDS)
    return dedent(own) if framed and ends else said


def ended(agents: list[SubAgent], task: str, line: int, text: str) -> str:
    """Take in what a notice, or asking for its output, says about a sub-agent; return its report, if that is new."""
    status, name = STATUS.search(text), _NAMED.search(text)
    if not task or not status or status[1] in ("running", "pending"):
        return ""
    known = next((agent for agent in reversed(agents) if agent.id == task), None)
    if known is None and name and task_of(text) == task:
        known = SubAgent(0, task, shorten(name[1], 100), "")
        agents.append(known)
    if known is None:
        return ""
    result, before = _RESULT.search(text), known.report
    known.end, known.ended_at = status[1], line
    known.report = gist(result[2], _kept(known)) if result else before
    return known.report if known.report != before else ""


def only_looks(agent: SubAgent) -> bool:
    """Tell whether a sub-agent is of a type that changes nothing, or was told to change nothing."""
    return agent.kind in _ONLY_LOOK or _forbids(agent.order)


def may_edit(call: Call) -> bool:
    """Tell whether a call edits files, or starts a sub-agent that may."""
    if call.name not in AGENTS:
        return call.name in EDITS
    return str(call.input.get("subagent_type")) not in _ONLY_LOOK and not _forbids(order_of(call))


def order_of(call: Call) -> str:
    """Return what a call tells a sub-agent to do, an empty string for any other."""
    return str(call.input.get("prompt") or "")[:KEPT_ORDER_CHARS] if call.name in AGENTS else ""


@lru_cache(2 * KEPT_AGENTS)  # asked again and again for each document
def _forbids(order: str) -> bool:
    return _FORBIDS.search(order) is not None


def unseen(agents: list[SubAgent]) -> list[SubAgent]:
    """Return the sub-agents that may have changed files, of whose work there is no record."""
    return [
        agent
        for agent in agents
        if not (agent.seen or not agent.line or agent.kind in _ONLY_LOOK or _forbids(agent.order))
    ]


def seen(agents: list[SubAgent], name: str) -> None:
    """Note that a call of the sub-agent with this id, or with this file of its own, is in the record."""
    for known in reversed(agents):
        if known.id and name in (known.id, f"agent-{known.id}.jsonl"):
            known.seen = True
            return


def wrote(agents: list[SubAgent], agent: str, path: str) -> None:
    """Note a file that the sub-agent with this id, or with this file of its own, has written."""
    for known in reversed(agents):
        if known.id and agent in (known.id, f"agent-{known.id}.jsonl"):
            if path not in known.files and len(known.files) < KEPT_FILES:
                known.files.append(path)
            return


def told(
    agents: list[SubAgent],
    safe: Callable[[str], str],
    most: int,
    chars: int,
    edited_at: Callable[[str], int | None] = lambda _: None,
) -> list[tuple[int, str]]:
    """Return (line, text) for each of the newest sub-agents.

    Args:
        safe: Gives a text redacted.
        chars: For the report of one.
        edited_at: Where a file was edited last.
    """
    shown = agents[-most:]
    plain = [agent for agent in shown if agent.end == "completed" and not agent.files]
    if len(plain) < MANY:
        plain = []
    out = [
        (agent.ended_at or agent.line, f"{_text(agent, safe, chars)}{_since(agent, edited_at)}")
        for agent in shown
        if agent not in plain
    ]
    if plain:  # what they reported stands in the log as far as it counts
        names = "; ".join(f"“{safe(agent.what)}” (L{agent.ended_at})" for agent in plain)
        out.append((plain[-1].ended_at, f"sub-agents that reported: {names}"))
    return out


def verdicts(agents: list[SubAgent], since: int) -> list[tuple[int, str]]:
    """Return (line, text) of what sub-agents after a line put in capitals behind a name: a verdict, a grade."""
    out = list[tuple[int, str]]()
    for agent in agents[::-1]:
        recent = agent.end == "completed" and agent.ended_at > since
        found = _VERDICT.search(agent.report, 0, VERDICT_READ) if recent else None
        if found and len(out) < SHOWN_VERDICTS:
            out.append((agent.ended_at, f"“{agent.what}”: {found[1]}"))
    told = ", ".join(f"{text} (L{line})" for line, text in out)
    return [(out[0][0], f"by sub-agents on the code as it is, unchecked: {told}")] if out else []


def _text(agent: SubAgent, safe: Callable[[str], str], chars: int) -> str:
    end = "" if agent.end == "completed" else f" {agent.end or 'its end was not seen'}"
    text = f"sub-agent “{agent.what}”{f' (L{agent.line})' if agent.line else ''}{end}"
    if told_so := _ordered(safe(agent.order), chars > 300):
        text += f"; its order: “{told_so}”"
    if agent.report:
        report = safe(agent.report)
        text += f"; reported: {points(report, chars) or shorten(report, min(chars, 200))}"
    if agent.files:
        text += f"; wrote {', '.join(path.rpartition('/')[2] for path in agent.files)}"
    return text


def _since(agent: SubAgent, edited_at: Callable[[str], int | None]) -> str:
    """Return whether what a sub-agent wrote is another now, of which its report does not tell."""
    if not (agent.report and agent.end == "completed"):
        return ""
    later = [path for path in agent.files if (edited_at(path) or 0) > agent.ended_at]
    names = ", ".join(path.rpartition("/")[2] for path in later)
    some = f"{names} " if len(later) < len(agent.files) else ""
    return f" ({some}edited since)" if later else ""


@lru_cache(64)  # those of the newest are told again at the next revision
def _ordered(order: str, at_length: bool) -> str:
    """Return what an order asks for, where there is room for that, and what it forbids."""
    order = _ANSWERS.sub("", order)
    limits = [
        rule for value, rule in rules_of(order) if AT_LEAST <= value < LISTED and len(rule) <= LIMIT_CHARS
    ]
    asked = points(order, 180) if at_length else ""
    return joined(
        dict.fromkeys(
            [*([asked] if asked else []), *(each for each in limits[:MOST_LIMITS] if each not in asked)]
        )
    )
