"""Events to a redacted distillation; same input, same output, no model.

Everything told is taken from the transcript with its line, and passes the redactor twice: as a whole
before it is shortened (half a secret is still one), and once more at the very end.
"""

import os
import re
from typing import Final

from spread.distill_document import Writer
from spread.distill_ledger import Ledger
from spread.distillation import Distillation
from spread.errors import TranscriptError
from spread.project import Project, resolve
from spread.redact import Redactor
from spread.transcript import Reader, check, open_lines
from spread.transcript_events import Call, Facts, Say

_SESSION: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOT_ASKED_FOR: Final = ("agent-acompact", "agent-aprompt_suggestion", "agent-aside_question")


def distill(
    path: str,
    *,
    machine: str,
    revision: int = 1,
    project: Project | None = None,
    last_message: str | None = None,
    redactor: Redactor | None = None,
) -> Distillation:
    """Return the distillation of the transcript at `path`.

    Args:
        project: Resolved from the session's own directory when None and that directory exists.
        last_message: What the agent said last, from the Stop payload; the file on disk lags behind it.

    Raises:
        TranscriptError: Unreadable, or no Claude Code transcript.
    """
    ledger, facts = fold(path)
    said = (last_message or "").strip()
    if said and (ledger.last_say is None or not said.endswith(ledger.last_say.text)):
        ledger.add(Say(facts.lines + 1, said))
    if project is None and facts.cwd and os.path.isdir(facts.cwd):
        project = resolve(facts.cwd, with_state=True)
    writer = Writer(ledger, facts, project, redactor or Redactor())
    return writer.write(session_of(path, facts), machine, revision)


def fold(path: str) -> tuple[Ledger, Facts]:
    """Return everything a transcript came to, sub-agents' work included.

    Raises:
        TranscriptError: Unreadable, or no Claude Code transcript.
    """
    reader, ledger = Reader(), Ledger()
    beside = agent_files(path)
    for raw in open_lines(path):
        for event in reader.feed(raw):
            ledger.add(event)
            if beside and isinstance(event, Call) and event.name in ("Task", "Agent"):
                agent = str(event.extra.get("agentId") or "")
                if agent in beside:
                    _add_agent(ledger, beside.pop(agent), event.result_line)
    check(reader.facts, path)
    for event in reader.finish():
        ledger.add(event)
    for agent in sorted(beside):
        _add_agent(ledger, beside[agent], reader.facts.lines)
    return ledger, reader.facts


def session_of(path: str, facts: Facts) -> str:
    """Return the session's id: the file's name where it is one, as `--resume` goes by it, else what the lines say."""
    stem = os.path.basename(path).removesuffix(".jsonl")
    if _SESSION.fullmatch(stem):
        return stem
    return re.sub(r"[^0-9A-Za-z._-]", "-", facts.session_id or stem)[:64].lstrip(".-") or "unknown"


def agent_files(path: str) -> dict[str, str]:
    """Return the sub-agents' own files beside a transcript, by agent id; only agents a person's session asked for."""
    folder, name = os.path.split(os.path.abspath(path))
    out: dict[str, str] = {}
    place = os.path.join(folder, name.removesuffix(".jsonl"), "subagents")
    try:
        names = sorted(os.listdir(place))
    except OSError:
        return out
    for found in names:
        if re.fullmatch(r"agent-[0-9A-Za-z_-]+\.jsonl", found) and not found.startswith(_NOT_ASKED_FOR):
            out[found[6:-6]] = os.path.join(place, found)
    return out


def _add_agent(ledger: Ledger, path: str, line: int) -> None:
    """Add what a sub-agent did, at the line of the session where its result came."""
    reader = Reader(agent=os.path.basename(path))
    try:
        for raw in open_lines(path):
            for event in reader.feed(raw):
                if isinstance(event, Call):
                    event.line = event.result_line = line
                    ledger.add(event)
    except TranscriptError:
        ledger.unread += 1  # said among the uncertainties; the session's own file is what counts
