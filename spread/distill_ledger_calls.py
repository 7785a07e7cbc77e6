"""What each tool call adds to what a session came to."""

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Final

from spread import distill_agents as helpers
from spread import (
    distill_asked,
    distill_background,
    distill_cmdlets,
    distill_documents,
    distill_inline,
    distill_issues,
    distill_machine,
    distill_net,
    distill_patched,
    distill_record,
    distill_reformed,
    distill_remote,
    distill_removed,
    distill_reworked,
    distill_ruled,
    distill_stale,
    distill_stands,
    distill_to_verify,
    distill_todos,
    distill_trials,
    distill_versions,
    distill_warned,
)
from spread import distill_own as own
from spread.distill_calls import LOOKING, acts_of, is_dull, only_looks, what_of
from spread.distill_edits import changes_of, comments, comments_of, is_test, runs
from spread.distill_effect import Effect
from spread.distill_errors import is_hidden
from spread.distill_files import absolute
from spread.distill_heard import (
    DECIDED,
    DECISION_CHARS,
    DENIED,
    EDITED,
    MESSAGE,
    RAN,
    RUN_CHARS,
    SUB_AGENT,
    TEXT,
    THE_PLAN,
    UNSENT,
    forget,
    keep,
    replaced,
    rewritten,
)
from spread.distill_ledger_fields import KEPT_ITEMS, KEPT_PROMPT_CHARS, Fields
from spread.distill_messages import message_of, unwrapped
from spread.distill_net import PROSE
from spread.distill_plans import KEPT_PLANS, READ_CHARS, is_plan, unnumbered
from spread.distill_resumed import still_left
from spread.distill_rules import rules
from spread.distill_shell import Simple, effects, host_of, split
from spread.distill_undone import follow
from spread.distill_unrun import ran
from spread.distill_validation import NEVER_RAN, Run, does, ends, run_of, says_bad, verdict
from spread.distillation_codec import shorten
from spread.distillation_fields import UNKNOWN
from spread.distillation_told import REFUSED_PLAN, TO_WRITE
from spread.transcript_events import Call

KEPT_PLAN_CHARS: Final = 20_000
KEPT_STARTED: Final = 20
KEPT_PROSE_CHARS: Final = 4_000
WRITES: Final = ("write", "append", "modify")
MAX_UNSHOWN: Final = 2
KEPT_RUNS: Final = 4  # of each kind; a run may turn out to have proved nothing
MAX_UNRUN: Final = 30
RECENT: Final = 80  # of what was heard, where an edit is looked for that another one replaces
_BAD: Final = ("fail", "FAIL", "Fail", "rror", "✗", "✖")
_SETTINGS: Final = re.compile(r"(?:[A-Z][A-Z0-9_]*=[^\s;]+ )+\S")  # of a command's environment
_whose: Final = itemgetter(2)
_STATUS: Final = re.compile(r"<status>\s*(\w+)\s*</status>")
_ENDED_WELL: Final = re.compile(r"exit code:? 0\b|<exit_code>0<")
_BANNER: Final = (
    "** WARNING: connection is not using a post-quantum"  # by OpenSSH 10.1 and later, at each call
)
_BANNERS: Final = re.compile(
    r"(?m)^\*\* (?:WARNING: connection is not|This session may be|The server may need).*\n?"
)
_SUMMARY: Final = re.compile(r"<summary>\s*([^<]+)")
_OUTPUT: Final = re.compile(r"<(?:output|stdout)>\s*([^<]+)")


def take(ledger: Fields, call: Call) -> None:
    """Add a call that has its result, or will get none."""
    if own.is_own(call):
        ledger.keep_secret(own.secret_in(call))
        return
    if call.name == "Bash" and _only_ours(ledger, call):
        return
    ledger.calls += 1
    ledger.stopped = None
    if ledger.left_before:
        given = "\n".join([value for value in call.input.values() if isinstance(value, str)])
        ledger.left_before = still_left(ledger.left_before, given)
    if call.agent:
        ledger.side = max(ledger.side, call.line)
        helpers.seen(ledger.agents, call.agent)
    if call.cwd and not call.agent and call.cwd != ledger.cwd:
        ledger.cwd = call.cwd
        here = absolute(call.cwd, "")
        ledger.root = here if not ledger.root or ledger.root.startswith(here + "/") else ledger.root
    if not call.agent and not ledger.ours and (call.ok is not None or call.line >= ledger.at):
        if call.ok is not None:
            ledger.end = "call"
        elif call.line > max(ledger.last_say.line if ledger.last_say else 0, _asked_at(ledger)):
            ledger.end = "open"  # what was said after a call that has no result answers all the same
    if call.ok is None and not call.agent and (asks := distill_asked.waiting(call)) and ledger.end == "open":
        ledger.end, ledger.waiting = "waits", (call.line, asks)
        _planned(ledger, call.line, distill_asked.plan_of(call), "")
        return
    if call.ok is None:
        if call.name == "Bash" and not call.agent:
            source = str(call.input.get("command") or "")
            distill_record.shell(ledger.record, call, source)
            if "git commit" in source and (message := message_of(source, split(source))):
                keep(ledger.heard, call.line, message, UNSENT)
        ledger.unfinished += 1
        ledger.unfinished_at = call.line
        acts = call.name in _ACTING and not only_looks(call)
        ledger.unfinished_what = what_of(call) if acts else ""
        if did := ledger.git.attempted(call):
            ledger.unfinished_what += f" (to {' and '.join(did)})"
        elif acts and (names := _unshown(call, ledger.unfinished_what)):
            ledger.unfinished_what += f" (to {TO_WRITE}{names})"
        return
    if call.denied:
        _denied(ledger, call)
        return
    if call.name not in _ASIDE:
        ledger.thoughts.clear()  # what the agent was about to do, it did
    if call.ok and ledger.refused and call.name in _ACTING:
        _done(ledger, acts_of(call), call)
    if call.name not in ("Bash", "PowerShell"):
        distill_trials.note(ledger.trials, call, "")
    if not call.agent:
        _reworked(ledger, call)
    _HANDLERS.get(call.name, _on_other)(ledger, call)


def _unshown(call: Call, shown: str) -> str:
    """Return the names of files that a shell call without a result was to write, where its cut line shows none."""
    source = call.input.get("command")
    if call.name != "Bash" or not isinstance(source, str):
        return ""
    paths = (effect.path for effect, _ in effects(split(source), ok=True) if effect.kind in WRITES)
    names = dict.fromkeys(path.rpartition("/")[2] for path in paths)
    return "" if any(map(shown.__contains__, names)) else ", ".join(list(names)[:MAX_UNSHOWN])


def _reworked(ledger: Fields, call: Call) -> None:
    path = _path(call)
    of = "" if path.endswith(PROSE) else path
    told = distill_reworked.note(ledger.work, call, of, _asked_at(ledger), ledger.last_say)
    if told and all(line != told[0] for line, _, _ in ledger.found[-2:]):
        ledger.found.append(told)


def _asked_at(ledger: Fields) -> int:
    return ledger.turns[-1].prompt.line if ledger.turns else 0


def _only_ours(ledger: Fields, call: Call) -> bool:
    """Tell whether a shell call is a command of ours and nothing that matters beside it."""
    source = call.input.get("command")
    if not isinstance(source, str) or not own.speaks_of_us(source):
        return False
    commands = split(source)
    left = own.foreign(commands)
    if len(left) == len(commands):
        return False
    for item in commands:
        if item.name in ("echo", "printf") and item not in left:  # the passphrase, against our advice
            ledger.keep_secret(own.secret_of(item.words[-1]))
    return all(item.name in LOOKING for item in left)


def _path(call: Call) -> str:
    given = call.input.get("file_path") or call.input.get("notebook_path") or call.input.get("path")
    return absolute(given, call.cwd) if isinstance(given, str) and given else ""


def _on_edit(ledger: Fields, call: Call) -> None:
    path = _path(call)
    if call.ok and path:
        ledger.files.write(path, call.line, created=call.created)
        distill_removed.made(ledger.removed, path)
        distill_ruled.edited(ledger.ruled, path, call)
        distill_record.wrote(ledger.record, call, path)
        distill_stale.note(ledger.stale, ledger.turns, call)
        distill_net.edited(ledger.files.net, path, call, prose=path.endswith(PROSE))
        new = call.input.get("new_string")
        if isinstance(call.input.get("content"), str):
            rewritten(ledger.heard, label(path))
        if path.endswith(PROSE) and isinstance(new, str):
            who = f"in {label(path)}"
            replaced(ledger.heard, who, str(call.input.get("old_string") or ""), new)
            keep(ledger.heard, call.line, new[:KEPT_PROSE_CHARS], who)
        ledger.edits.append(path)
        del ledger.edits[: -distill_documents.LAST_EDITS]
        text = ""
        if distill_documents.is_document(path):
            text = distill_documents.note(ledger.documents, call, path)
        if is_plan(path):  # after an edit the steps that were there before may be others
            _planned(ledger, call.line, text or str(call.input.get("content") or ""), path.rpartition("/")[2])
        elif not path.endswith(PROSE) and not is_test(path):
            _coded(ledger, call, label(path))
        if not path.endswith(PROSE):
            follow(ledger.names, ledger.undone, ledger.became, call)
        if call.agent:
            helpers.wrote(ledger.agents, call.agent, path)
        if call.created and runs(path, str(call.input.get("content") or "")):
            ledger.unrun[path] = call.line
            if len(ledger.unrun) > MAX_UNRUN:
                del ledger.unrun[next(iter(ledger.unrun))]


def label(path: str) -> str:
    """Return the name of a file with its folder, which is told where another file has that name too."""
    return "/".join(path.split("/")[-2:])


def _coded(ledger: Fields, call: Call, name: str) -> None:
    """Keep what an edit of code tells; of what it replaces nothing."""
    before, after = call.input.get("old_string"), call.input.get("new_string")
    of = f"comment in {name}"
    if isinstance(before, str) and isinstance(after, str) and of in map(_whose, ledger.heard):
        forget(ledger.heard, of, comments(before, after))
    if said := comments_of(call):
        keep(ledger.heard, call.line, said, of)
    who, old, heard = f"{EDITED} {name}", call.input.get("old_string"), ledger.heard
    if isinstance(old, str):
        since = max(len(heard) - RECENT, 0)
        whose = [*map(_whose, heard[since:])]
        for at in range(len(heard) - 1, since - 1, -1) if who in whose else ():
            if whose[at - since] == who and heard[at][1].rpartition(" → `")[2][:-1] in old:
                del heard[at]
    for change in changes_of(call):
        keep(ledger.heard, call.line, change, who)


def _on_read(ledger: Fields, call: Call) -> None:
    path = _path(call)
    if call.ok and path:
        ledger.files.saw(path, call.line)
        if is_plan(path):
            _planned(ledger, call.result_line, unnumbered(call.output), path.rpartition("/")[2])
        distill_ruled.looked(ledger.ruled, path, call)
    distill_record.looked(ledger.record, call)


def _on_search(ledger: Fields, call: Call) -> None:
    if call.name == "Grep" and call.input.get("output_mode") == "content" and (path := _path(call)):
        distill_ruled.looked(ledger.ruled, path, call)
    distill_record.looked(ledger.record, call)


def _started(ledger: Fields, line: int, source: str) -> None:
    """Keep how a thing is to be started; started again, perhaps with other settings, the last way counts."""
    what = distill_background.program(source)
    before = ledger.started.pop(what, 0)
    ledger.heard[:] = [it for it in ledger.heard if it[0] != before or it[2] != RAN]
    ledger.started[what] = line
    while len(ledger.started) > KEPT_STARTED:
        del ledger.started[next(iter(ledger.started))]
    keep(ledger.heard, line, shorten(source, RUN_CHARS), RAN)


def _on_shell(ledger: Fields, call: Call) -> None:
    source = call.input.get("command")
    if not isinstance(source, str):
        return
    if _BANNER in call.output:
        call.output = _BANNERS.sub("", call.output)
    if not call.ok and call.output.startswith(NEVER_RAN):
        _tried(ledger, call, split(source))
        return
    distill_record.shell(ledger.record, call, source)
    distill_versions.printed(ledger.versions, call.line, call.output)
    if call.name == "Bash" and not call.agent:
        ledger.shell = distill_stands.follow(ledger.shell, call, source)
    if ledger.unrun:
        ran(ledger.unrun, call, source)
    task = distill_background.task_of(call)
    if call.ok and (task or ("A" <= source[:1] <= "Z" and _SETTINGS.match(source))):
        _started(ledger, call.line, source)
    if call.ok and not call.agent and not only_looks(call) and not source.startswith("git "):
        distill_warned.note(ledger.warned, ledger.record, call, source)
    if task:
        distill_background.begun(ledger.background, call.line, task, source)
    if call.ok and "kill " in source:
        distill_stale.killed(ledger.stale, call, split(source))
    if call.ok and not task and distill_machine.may_act(source):
        distill_machine.note(ledger.machine, call.line, split(source), call.output)
    if call.ok and not task and distill_inline.may_write(source):
        for effect, here in distill_inline.written(source, split(source), call.output):
            _affected(ledger, call, effect, here, source)
    if call.ok and not task and distill_stands.edits_blindly(source):
        ledger.files.last_change = ledger.files.moved = call.line
    distill_reformed.note(ledger.files, call, source)
    if call.ok and not task and ledger.files.deleted:
        _made_anew(ledger, call)
    if call.ok and is_dull(call):
        answers = ledger.trials and distill_trials.may_answer(ledger.trials, call)
        if answers or is_hidden(source, call.output):
            _tried(ledger, call, split(source))
        return
    commands = split(distill_cmdlets.spelled(source) if call.name == "PowerShell" else source)
    commands = own.foreign(commands) if own.speaks_of_us(source) else commands
    run = run_of(call, commands)
    if run is not None:
        distill_record.checked(ledger.record, call.line)
        for kind in run.kinds:
            kept = ledger.runs.setdefault(kind, [])
            kept.append(run)
            del kept[:-KEPT_RUNS]
    for item in commands:
        if item.name in ("gh", "glab") and item.words[1:2] == ["issue"]:
            distill_issues.typed(ledger.issues, item.words, call)
        if item.name == "ssh" and (host := host_of(item.words)):
            ledger.hosts[host] = (call.line, ledger.hosts.pop(host, (0, 0))[1] + 1)
            if call.ok:
                distill_remote.follow(ledger.remote, item, call.line)
    distill_removed.follow(ledger.removed, call, commands)
    reached = run.commands[min(run.places)].start if run and run.places[0] >= 0 and says_bad(run) else -1
    errors = distill_patched.refused(call.output)
    for effect, here in effects(commands, ok=bool(call.ok), reached=reached):
        if errors and distill_patched.speaks_of(errors, effect.path):
            continue
        if not call.ok and reached < 0 and effect.path in call.output:
            continue  # the error speaks of it
        _affected(ledger, call, effect, here, source)
    if call.ok and not task:
        for effect, here in distill_patched.changed(source, commands, call.output):
            _affected(ledger, call, effect, here, source)
    if "git" in source or "commit" in source or "gh pr" in source:
        if distill_stands.moves(commands, call, ledger.root, ledger.files):
            later = run and distill_stands.moves(
                run.commands[max(run.places) + 1 :], call, ledger.root, ledger.files
            )
            ledger.files.last_change = ledger.files.moved = call.result_line if later else call.line
        ledger.git.add(call, commands, ledger.root)
        if call.ok and (message := message_of(source, commands)):
            keep(ledger.heard, call.line, message, MESSAGE if "git commit" in source else TEXT)
    if call.ok and not task and ledger.files.deleted:
        _made_anew(ledger, call)
    _tried(ledger, call, commands, run)


def _made_anew(ledger: Fields, call: Call) -> None:
    for path in distill_patched.made_anew(call.output, ledger.files.deleted):
        ledger.files.write(path, call.line, created=False)


def _affected(ledger: Fields, call: Call, effect: Effect, here: str, source: str) -> None:
    """Take over what a command did to a file, `here` relative to where it began."""
    place = absolute(here, call.cwd) if here else call.cwd
    if effect.kind == distill_inline.BLIND:
        ledger.files.last_change = ledger.files.moved = call.line
        return
    if effect.kind == distill_inline.MANIFEST:
        path = distill_inline.nearest(effect.path, absolute(place, ""), ledger.files)
        effect = Effect("modify", path)
        if not path:
            return
    if ledger.shell[0] == call.cwd and effect.kind in ("append", "modify", "delete"):
        effect.path = distill_stands.found(absolute(effect.path, place), ledger.shell, ledger.files)
    if effect.kind in ("write", "append", "modify"):
        anew = effect.kind == "write"
        distill_net.written(ledger.files.net, absolute(effect.path, place), source, anew=anew)
    ledger.files.apply(effect, place, call.line)


def _tried(ledger: Fields, call: Call, commands: list[Simple], run: Run | None = None) -> None:
    words = next((item.words for item in commands if item.words and item.name not in LOOKING), [])
    key = " ".join(words[:2])
    if run is None:
        if not (
            call.ok and distill_background.task_of(call)
        ):  # of what only began nobody knows whether it works
            distill_trials.note(ledger.trials, call, key)
        return
    done = does(run, commands)
    program = (done[1] or key).partition(" ")[0]
    distill_trials.note(ledger.trials, call, key, _outcome(ledger, call, program, run), done)


def _outcome(ledger: Fields, call: Call, program: str, run: Run) -> str:
    """Return what a validation came to, where a failure is to be told or waits for an answer; to judge takes long."""
    hidden = any(map(run.source.__contains__, "|;\n")) and any(map(run.output.__contains__, _BAD))
    if call.ok and not hidden and not distill_trials.waits(ledger.trials, call, program):
        return UNKNOWN
    return verdict(run)[0]


def _on_ask(ledger: Fields, call: Call) -> None:
    for told in distill_asked.answers(call):
        _decided(ledger, call.result_line, told)
    for answer in distill_asked.own_words(call):
        for text in rules(answer):
            ledger.constraints.append((call.result_line, text))


def _on_plan(ledger: Fields, call: Call) -> None:
    if call.ok:
        plan = distill_asked.plan_of(call)
        title = distill_asked.title_of(plan)
        ledger.plan = (call.result_line, plan[:KEPT_PROMPT_CHARS])
        _planned(ledger, call.result_line, plan, "")
        ledger.planning = 0
        ledger.to_verify = call.result_line, distill_to_verify.steps_of(plan)
        keep(ledger.heard, call.result_line, plan[:KEPT_PLAN_CHARS], THE_PLAN)
        ledger.decisions.append((call.result_line, f"approved the plan “{shorten(title, 160)}”"))


def _planned(ledger: Fields, line: int, plan: str, name: str) -> None:
    """Keep what a plan says now; after an edit of its document nobody knows that, until it is read again."""
    ledger.plans.pop(name, None)
    if plan:
        ledger.plans[name] = (line, plan[:READ_CHARS])
        if len(ledger.plans) > KEPT_PLANS:
            del ledger.plans[next(iter(ledger.plans))]


def _on_agent(ledger: Fields, call: Call) -> None:
    if call.ok:
        distill_ruled.ordered(ledger.ruled, call.line, str(call.input.get("prompt") or ""))
        made = helpers.started(ledger.agents, call)
        made.seen = ledger.side > call.line
        if made.report:
            ledger.git.reported(made.report, made.order)
            keep(ledger.heard, made.ended_at, made.report, SUB_AGENT)
        if not made.end:
            ledger.background[made.id or call.id] = (call.line, f"{distill_background.HELPER}{made.what}")


def _on_output(ledger: Fields, call: Call) -> None:
    task = call.input.get("task_id") or call.input.get("bash_id") or call.input.get("shell_id")
    if not isinstance(task, str):
        return
    settle(ledger, task, call.result_line, call.output)
    found = _OUTPUT.search(call.output) if task in ledger.background else None
    if found and not ledger.background[task][1].startswith(distill_background.HELPER):
        distill_versions.printed(ledger.versions, call.line, found[1])
        distill_record.ran_on(ledger.record, call.line, ledger.background[task][1], found[1])


def _on_kill(ledger: Fields, call: Call) -> None:
    task = call.input.get("task_id") or call.input.get("shell_id") or call.input.get("bash_id")
    if (known := ledger.background.pop(str(task), None)) and call.ok:
        if not known[1].startswith(distill_background.HELPER):
            distill_record.stopped(ledger.record, call.line, known[1])
        helpers.ended(ledger.agents, str(task), call.line, "<status>stopped</status>")


def _on_other(ledger: Fields, call: Call) -> None:
    if "pull_request" in call.name or "merge_request" in call.name:
        ledger.git.tried.add("pull request")
        body = call.input.get("body") or call.input.get("description")
        if call.ok and isinstance(body, str):
            keep(ledger.heard, call.line, unwrapped(body[:KEPT_PROSE_CHARS]), TEXT)
    elif "issue" in call.name.lower():
        distill_issues.note(ledger.issues, call)
    distill_record.other(ledger.record, call)


def settle(ledger: Fields, task: str, line: int, text: str) -> None:
    """A background task told how it stands; a validation among them gets its outcome from that."""
    status = _STATUS.search(text)
    if not status or status[1] in ("running", "pending") or line < ledger.settled.get(task, (0, ""))[0]:
        return
    if report := helpers.ended(ledger.agents, task, line, text):
        order = next((agent.order for agent in ledger.agents if agent.id == task), "")
        ledger.git.reported(report, order)
        keep(ledger.heard, line, report, SUB_AGENT)
    _, source = ledger.background.pop(task, (0, ""))
    if not any(agent.id == task for agent in ledger.agents):
        distill_record.ended(ledger.record, line, source, _told_by(text))
        if source and _ENDED_WELL.search(text):
            distill_machine.note(ledger.machine, line, split(source), text)
    ledger.settled[task] = (line, ends(text))


def _told_by(notice: str) -> str:
    """Return what a notice says of how a task ended, or what it printed."""
    found = _SUMMARY.search(notice) or _OUTPUT.search(notice)
    return found[1] if found else ""


def _done(ledger: Fields, acts: list[str], call: Call) -> None:
    """Forget what was denied without a word and then done all the same; of an edit tell that."""
    done = set(acts)
    edits = call.name not in ("Bash", "PowerShell")
    for line, left in [
        item for item in ledger.refused.items() if not item[1] or not done.isdisjoint(item[1])
    ]:
        ledger.refused[line] = [act for act in left if act not in acts]
        if ledger.denied and ledger.denied[0] == line and set(left) & done:
            ledger.denied = line, f"Bash `{'; '.join(ledger.refused[line])}`"
        if not ledger.refused[line]:
            del ledger.refused[line]
            later = f"; the file was edited all the same later (L{call.line})" if edits else ""
            ledger.rejected = [
                (at, f"{text}{later}" if at == line else text)
                for at, text in ledger.rejected
                if at != line or edits
            ]


def _decided(ledger: Fields, line: int, told: str) -> None:
    ledger.decisions.append((line, told))
    keep(ledger.heard, line, shorten(told, DECISION_CHARS), DECIDED)


def _name(call: Call) -> str:
    """Name a denied call: what an edit would have written, what was asked."""
    if call.name == "ExitPlanMode":
        return "the plan"
    if call.name == "AskUserQuestion":
        asked = call.input.get("questions")
        first = asked[0] if isinstance(asked, list) and asked and isinstance(asked[0], dict) else {}
        return f"the question “{shorten(str(first.get('question') or ''), 140)}”"
    path, new = call.input.get("file_path"), call.input.get("new_string")
    if not isinstance(path, str):
        return what_of(call)
    known = {line.strip() for line in str(call.input.get("old_string") or "").splitlines()}
    lines = (line.strip() for line in (new if isinstance(new, str) else "").splitlines())
    added = next((line for line in lines if len(line) > 2 and line not in known), "").replace("`", "")
    parts = path.replace("\\", "/").split("/")
    name = path if len(parts) < 3 else "/".join(["…", *parts[-2:]])
    return f"{call.name} `{name}`" + (f" to write `{shorten(added, 80)}`" if added else "")


def _denied(ledger: Fields, call: Call) -> None:
    what = _name(call)
    if not call.words and call.name in _ACTING and (acts := acts_of(call)):
        ledger.denied, ledger.refused[call.result_line] = (call.result_line, what_of(call)), acts
        if len(ledger.refused) > KEPT_ITEMS:
            del ledger.refused[min(ledger.refused)]
    if call.name == "AskUserQuestion":
        for told in distill_asked.put_back(call.words):
            _decided(ledger, call.result_line, told)
        if not call.words:
            ledger.rejected.append((call.result_line, f"denied by the user: {what}"))
    elif call.words:
        kind = REFUSED_PLAN if call.name == "ExitPlanMode" else f"{DENIED}{what}"
        _decided(ledger, call.result_line, f"{kind}; user: “{shorten(call.words, 480)}”")
        for text in rules(call.words):
            ledger.constraints.append((call.result_line, text))
    else:
        ledger.stopped = (call.result_line, what)
        ledger.rejected.append((call.result_line, f"denied by the user: {what}"))


def worded(ledger: Fields, words: str) -> None:
    """Take words that follow a denial for its reason."""
    if ledger.stopped is not None:
        line, what = ledger.stopped
        ledger.rejected = [item for item in ledger.rejected if item[0] != line]
        _decided(ledger, line, f"{DENIED}{what}; user then: “{shorten(words, 300)}”")


_ASIDE: Final = frozenset(  # calls that may come between a thought and what it is about
    ("Read", "NotebookRead", "Grep", "Glob", "LS", "TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "ToolSearch")
)  # fmt: skip
_ACTING: Final = frozenset(
    ("Bash", "PowerShell", "Edit", "Write", "MultiEdit", "NotebookEdit", "Task", "Agent")
)
_HANDLERS: Final[dict[str, Callable[[Fields, Call], None]]] = {
    **dict.fromkeys(("Edit", "Write", "MultiEdit", "NotebookEdit"), _on_edit),
    **dict.fromkeys(("Read", "NotebookRead"), _on_read),
    **dict.fromkeys(("Grep", "Glob", "LS"), _on_search),
    **dict.fromkeys(("Bash", "PowerShell"), _on_shell),
    **dict.fromkeys(("Task", "Agent"), _on_agent),
    **dict.fromkeys(("TaskOutput", "BashOutput", "AgentOutputTool"), _on_output),
    **dict.fromkeys(("KillShell", "KillBash", "TaskStop"), _on_kill),
    "TodoWrite": distill_todos.written,
    "TaskCreate": distill_todos.created,
    "TaskUpdate": distill_todos.updated,
    "TaskList": distill_todos.listed,
    "AskUserQuestion": _on_ask,
    "ExitPlanMode": _on_plan,
}
