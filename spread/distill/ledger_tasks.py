"""What calls of sub-agents and of tasks in the background add, and how these ended."""

import re
from typing import Final

from spread.distill import agents as helpers
from spread.distill import background, machine, record, remote, ruled, trials, versions
from spread.distill.calls import LOOKING
from spread.distill.heard import SUB_AGENT, keep
from spread.distill.ledger_fields import Fields
from spread.distill.remote import host_of
from spread.distill.runs import ends
from spread.distill.shell import split
from spread.distill.tasks import forget, is_shown
from spread.transcript_events import Call

_ENDED_WELL: Final = re.compile(r"exit code:? 0\b|<exit_code>0<")
_CODE: Final = re.compile(r"(?:exit code:? |<exit_code>\s*)([1-9]\d*)\b")
_SIGNALS: Final = ("130", "137", "143")  # exit codes of what somebody stopped
_KILLED: Final = re.compile(r"failed with exit code (130|137|143)\b")
_SUMMARY: Final = re.compile(r"<summary>\s*([^<]+)")
_OUTPUT: Final = re.compile(r"<(?:output|stdout)>\s*([^<]+)")


def on_agent(ledger: Fields, call: Call) -> None:
    if call.ok:
        ruled.ordered(ledger.ruled, call.line, str(call.input.get("prompt") or ""))
        made = helpers.started(ledger.agents, call)
        made.seen = ledger.side > call.line
        if made.report:
            _committed(ledger, made)
            keep(ledger.heard, made.ended_at, made.report, SUB_AGENT)
        if not made.end:
            ledger.background[made.id or call.id] = (call.line, f"{background.HELPER}{made.what}")


def _committed(ledger: Fields, agent: helpers.SubAgent) -> None:
    if not helpers.only_looks(agent):
        ledger.git.reported(agent.report, agent.order)


def on_output(ledger: Fields, call: Call) -> None:
    task = call.input.get("task_id") or call.input.get("bash_id") or call.input.get("shell_id")
    if not isinstance(task, str):
        return
    settle(ledger, task, call.result_line, call.output)
    found = _OUTPUT.search(call.output) if task in ledger.background else None
    if found and not ledger.background[task][1].startswith(background.HELPER):
        versions.printed(ledger.versions, call.line, found[1])
        record.ran_on(ledger.record, call.line, ledger.background[task][1], found[1])


def on_kill(ledger: Fields, call: Call) -> None:
    task = call.input.get("task_id") or call.input.get("shell_id") or call.input.get("bash_id")
    if (known := ledger.background.pop(str(task), None)) and call.ok:
        if not known[1].startswith(background.HELPER):
            record.stopped(ledger.record, call.line, known[1])
        helpers.ended(ledger.agents, str(task), call.line, "<status>stopped</status>")


def settle(ledger: Fields, task: str, line: int, text: str) -> None:
    """A background task told how it stands; a validation among them gets its outcome from that."""
    status = helpers.STATUS.search(text)
    if not status or status[1] in ("running", "pending") or line < ledger.settled.get(task, (0, ""))[0]:
        return
    if report := helpers.ended(ledger.agents, task, line, text):
        for agent in [agent for agent in ledger.agents if agent.id == task][:1]:
            _committed(ledger, agent)
        keep(ledger.heard, line, report, SUB_AGENT)
    _, source = ledger.background.pop(task, (0, ""))
    if not any(agent.id == task for agent in ledger.agents):
        record.ended(ledger.record, line, source, _told_by(text))
        if not source:
            ended_unseen(ledger)
        if "ssh: " in text:
            _unreached(ledger, source, text)
        if source and _ENDED_WELL.search(text):
            machine.note(ledger.machine, line, split(source), text)
        elif source and status[1] == "failed":
            _failed(ledger, task, line, source, text)
    begun = next((run.line for each in ledger.runs.values() for run in each if run.task == task), line)
    # What was edited while it ran it may have seen or not: it counts as of before that.
    begun = begun if begun < ledger.files.last_change else line
    known = ledger.settled.get(task, (0, ""))[1]  # a notice that comes later shows no output
    ledger.settled[task] = begun, known if is_shown(known) and not is_shown(text) else ends(text)
    forget(ledger.settled, ledger.runs)


def _failed(ledger: Fields, task: str, line: int, source: str, notice: str) -> None:
    """Take a command in the background that failed for a trial, as it would be in the foreground; checks are told else."""
    code = _CODE.search(notice)
    if (
        code is None
        or code[1] in _SIGNALS
        or any(it.task == task for each in ledger.runs.values() for it in each)
    ):
        return
    words = next((item.words for item in split(source) if item.words and item.name not in LOOKING), [])
    printed = _OUTPUT.search(notice)
    output = f"Exit code {code[1]}\n{printed[1] if printed else ''}"
    call = Call(line, task, "Bash", {"command": source}, result_line=line, ok=False, output=output)
    trials.note(ledger.trials, call, " ".join(words[:2]))


def ended_unseen(ledger: Fields) -> int:
    """Take over from a notice how a command ended whose result cannot be read; return its line, 0 where there is none."""
    begun = 0
    if found := record.joined(ledger.record):
        begun, end = found
        if _ENDED_WELL.search(end.said) and machine.may_act(end.what):
            seen = (item for item in ledger.record if begun < item.line <= end.line)
            logs = [item.said for item in seen if "/tasks/" in item.what]
            machine.note(ledger.machine, end.line, split(end.what), "\n".join(logs))
    return begun


def _unreached(ledger: Fields, source: str, text: str) -> None:
    """Take back that a command went to another host which it did not reach."""
    for item in split(source):
        host = host_of(item.words) if item.name == "ssh" else ""
        if host in ledger.hosts and remote.out_of_reach(host, text):
            line, count = ledger.hosts.pop(host)
            if count > 1:
                ledger.hosts[host] = line, count - 1


def _told_by(notice: str) -> str:
    """Return what a notice says of how a task ended, or what it printed."""
    found = _SUMMARY.search(notice) or _OUTPUT.search(notice)
    return _KILLED.sub(r"was stopped (exit code \1)", found[1]) if found else ""
