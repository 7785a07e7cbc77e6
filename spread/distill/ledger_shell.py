"""What shell calls add to what a session came to."""

import re
from typing import Final

from msgspec.structs import replace

from spread.distill import (
    background,
    blindly,
    ci,
    cmdlets,
    diffed,
    editors,
    generated,
    got_to,
    inline,
    issues,
    logged,
    machine,
    named,
    nameless,
    own,
    own_scripts,
    parsed,
    patched,
    printed,
    put_aside,
    record,
    reformed,
    remote,
    removed,
    saved,
    stale,
    stands,
    tasks,
    trials,
    variables,
    versions,
    viewed,
    warned,
)
from spread.distill.calls import LOOKING, is_dull, only_looks
from spread.distill.effect import Effect
from spread.distill.errors import is_hidden
from spread.distill.git_commands import in_loops, is_mute
from spread.distill.git_files import take_gone, unquoted
from spread.distill.heard import MESSAGE, RAN, RUN_CHARS, TEXT, keep
from spread.distill.hooks import is_blocked
from spread.distill.ledger_edits import on_written
from spread.distill.ledger_fields import Fields
from spread.distill.messages import message_of
from spread.distill.narrow import kept
from spread.distill.newest import drop_oldest
from spread.distill.proof import unechoed
from spread.distill.runs import NEVER_RAN, Run, asks_hooks, checked, does, of_kinds, run_of, still_refused
from spread.distill.shell import Simple, effects, is_placed, split
from spread.distill.spelling import absolute, folder_of, is_pattern
from spread.distill.stuck import ended_by
from spread.distill.there import acts
from spread.distill.unrun import ran
from spread.distill.user_ran import is_proven
from spread.distill.validation import judged, verdict
from spread.distillation_codec import shorten
from spread.distillation_fields import UNKNOWN
from spread.transcript_events import Call

KEPT_STARTED: Final = 20
KEPT_RUNS: Final = 4  # of each kind; a run may turn out to have proved nothing
_BAD: Final = ("fail", "FAIL", "Fail", "rror", "✗", "✖")
# Settings of a command's environment, which stand before it.
_SETTINGS: Final = re.compile(r"(?:[A-Z][A-Z0-9_]*=(?!\"?\$\()[^\s;]+ )++(?!git |&)\S")


def is_only_ours(ledger: Fields, call: Call) -> bool:
    """Tell whether a shell call is a command of ours and nothing that matters beside it."""
    source = call.input.get("command")
    if not isinstance(source, str) or not own.speaks_of_us(source):
        return False
    commands = split(source)
    left = own.foreign(commands)
    if len(left) == len(commands):
        return False
    for secret in own.echoed(commands, left):
        ledger.keep_secret(secret)
    return all(item.name in LOOKING for item in left)


def _started(ledger: Fields, line: int, source: str) -> None:
    """Keep how a thing is to be started; started again, perhaps with other settings, the last way counts."""
    what = background.program(source)
    before = ledger.started.pop(what, 0)
    ledger.heard[:] = [it for it in ledger.heard if it[0] != before or it[2] != RAN]
    ledger.started[what] = line
    drop_oldest(ledger.started, KEPT_STARTED)
    keep(ledger.heard, line, shorten(source, RUN_CHARS), RAN)


def on_shell(ledger: Fields, call: Call) -> None:
    source = call.input.get("command")
    if isinstance(source, str):
        _ran(ledger, call, source)
        if call.agent and (ledger.strayed or "cd " in source):
            sure = ledger.astray or stands.is_missing(call, source, ledger.files)
            ledger.strayed = stands.strayed(ledger.strayed, call, source)
            ledger.astray = bool(ledger.strayed) and sure


def _ran(ledger: Fields, call: Call, source: str) -> None:
    if remote.BANNER in call.output:
        call.output = remote.BANNERS.sub("", call.output)
    if "git" in source:
        call.output = unquoted(call.output)
    if not call.ok and call.output.startswith(NEVER_RAN):
        _tried(ledger, call, split(source))
        return
    if call.ok and "git" in source and is_blocked(call.output) and asks_hooks(split(source)):
        call.ok = False  # whatever hid that
    logged.follow(ledger.logs, ledger.runs, call, source)
    _noted(ledger, call, source)
    diff = diffed.found(call, ledger.files) if "bashEditDiff" in call.extra else {}
    if call.ok and not diff and is_dull(call):
        answers = ledger.trials and trials.may_answer(ledger.trials, call)
        if answers or is_hidden(source, call.output):
            _tried(ledger, call, split(source))
        return
    commands = split(cmdlets.spelled(source) if call.name == "PowerShell" else source)
    commands = own.foreign(commands) if own.speaks_of_us(source) else commands
    run = run_of(call, commands, ledger.runs.get("lint", ()))
    _checked(ledger, call, source, commands, run)
    at = ledger.git.conflict
    _elsewhere(ledger, call, commands)
    _changed(ledger, call, source, commands, run)
    if diff:
        diffed.take(ledger.files, diff, call.line, commands, source, checks=run is not None)
    if "git" in source or "commit" in source or "gh " in source:
        _versioned(ledger, call, source, commands, run)
    if _is_done(call):
        generated.made_anew(ledger.files, call)
    _tried(ledger, call, commands, run)
    if how := ended_by(at, ledger.git.conflict, commands):
        trials.went_on(ledger.trials, at, call, how)


def typed(ledger: Fields, call: Call, source: str) -> None:
    """Take over a command that the user ran: what it checked, did to files and with git; not that it failed else."""
    commands = split(source)
    run = run_of(call, commands)
    if run is not None and not is_proven(call, run):
        run = replace(run, stopped=True)
    _checked(ledger, call, source, commands, run)
    _changed(ledger, call, source, commands, run)
    if ("git" in source or "gh pr" in source) and not is_mute(source, call.output):
        if call.ok and call.output.strip():
            moved(ledger, call, commands)
        ledger.git.add(call, commands, ledger.root)
    if run is not None:
        _tried(ledger, call, commands, run)


def _checked(ledger: Fields, call: Call, source: str, commands: list[Simple], run: Run | None) -> None:
    """Keep a run of checks."""
    ci.passed_there(ledger.runs, call, commands)
    if run is not None and checked(run):
        unsent = ci.is_unsent(run, commands, ledger.record, ledger.git, ledger.files)
        run = replace(run, stopped=True) if unsent else run
        # What was found on other contents, to compare or in search of a cause, is not how the work stands.
        aside = "git " in source and stands.visits(run.commands, max(run.places))
        older = ci.is_of_older(run, ledger.record, ledger.git, ledger.files)
        if not (aside or older):  # else nothing but the record tells of it
            record.checked(ledger.record, call.line)
        for kind in () if aside or older else run.kinds:
            ledger.runs[kind] = kept([*ledger.runs.get(kind, ()), run], KEPT_RUNS)
        logged.note(ledger.logs, call, run, commands)


def _is_done(call: Call) -> bool:
    """Tell whether a call did all that it was to do: it worked and does not go on in the background."""
    return bool(call.ok) and not background.task_of(call)


def _noted(ledger: Fields, call: Call, source: str) -> None:
    """Take over what the line as a whole tells, before its commands are looked at."""
    record.shell(ledger.record, call, source)
    viewed.note(ledger, call, source)
    named.note(ledger, call)
    if call.ok:
        strays = stands.stood(ledger.shell, ledger.strayed, call)
        generated.note(ledger.generated, call, ledger.root, sure=not strays)
    versions.printed(ledger.versions, call.line, call.output)
    if call.name == "Bash" and not call.agent:
        ledger.shell = stands.follow(ledger.shell, call, source)
    if ledger.unrun:
        ran(ledger.unrun, call, source)
    ledger.parsed = parsed.note(ledger.parsed, call, source)
    task = background.task_of(call)
    if call.ok and (task or ("A" <= source[:1] <= "Z" and _SETTINGS.match(source))):
        _started(ledger, call.line, source)
    if call.ok and not call.agent and not only_looks(call) and not source.startswith("git "):
        warned.note(ledger.warned, ledger.record, call, source)
    if call.ok and "compose" in source:
        background.contained(ledger.background, call.line, split(source))
    if task:
        background.begun(ledger.background, call.line, task, source)
    if "=" in call.output and not only_looks(call):
        stale.printed(ledger.stale, ledger.turns, call)
    if call.ok and "kill " in source:
        stale.killed(ledger.stale, call, split(source))
    if call.ok and not task and machine.may_act(source):
        machine.note(ledger.machine, call.line, split(source), call.output, cwd=call.cwd, root=ledger.root)
    if call.ok and tasks.reads_whole(source):
        tasks.read(ledger.settled, source, unechoed(split(source), call.output))
    named_some = _wrote(ledger, call, source, task)
    if call.ok and not task and stands.edits_blindly(source):
        ledger.files.last_change = ledger.files.moved = call.line
        blindly.note(ledger.files, call, source, ledger.git.changed, ledger.git.changed_at)
    reformed.note(ledger.files, call, source, named_some=named_some)
    if call.ok and not task:
        blindly.sweep(ledger.files, call, source)
        generated.made_anew(ledger.files, call)


def _wrote(ledger: Fields, call: Call, source: str, task: str) -> bool:
    """Take over what programs wrote that are none of the shell's own: scripts on the line, formatters, generators.

    Return whether a formatter named files that it changed.
    """
    named_some = False
    if not task and inline.may_write(source):
        commands = split(source)
        past = not call.ok and inline.came_past(commands, run_of(call, commands), call.output)
        does = inline.written_before if past else inline.written if call.ok else inline.perhaps_written
        for effect, here in does(source, commands, call.output):
            _affected(ledger, call, effect, here, source)
    for effect, here in (
        own_scripts.ran(ledger.files, call, source) if ledger.files.scripts and _is_done(call) else ()
    ):
        _affected(ledger, call, effect, here, source)
    if printed.may_tell(source, call.output) and not own.speaks_of_us(source):
        for effect, here in printed.told(split(source), call.output, ok=_is_done(call)):
            named_some = named_some or effect.kind == "listed"
            _affected(ledger, call, effect, here, source)
    return named_some


def _elsewhere(ledger: Fields, call: Call, commands: list[Simple]) -> None:
    """Take over issues that were opened, hosts that were gone to, and what was done there."""
    for item in commands:
        if item.name in ("gh", "glab") and item.words[1:2] == ["issue"]:
            issues.typed(ledger.issues, item.words, call)
        hosts = remote.hosts_of(item, commands) if item.name == "ssh" else []
        for host in (each for each in hosts if not remote.out_of_reach(each, call.output)):
            ledger.hosts[host] = (call.line, ledger.hosts.pop(host, (0, 0))[1] + 1)
            ledger.acted = ledger.acted or acts(remote.line_of(item.words))
            if call.ok and remote.follow(ledger.remote, host, item, call.line) and ci.ran_there(ledger.runs):
                ledger.files.last_change = ledger.files.moved = call.line


def _changed(ledger: Fields, call: Call, source: str, commands: list[Simple], run: Run | None) -> None:
    """Take over what the commands did to files."""
    removed.follow(ledger.removed, call, commands)
    reached = got_to.start_of(commands, run, call.output, failed=not call.ok)
    errors: list[str] | None = None
    spelled = variables.spelled(source, commands, call.output if call.ok else "")
    partly = not call.ok and spelled and spelled[0].name == "rm" and patched.only_rm(call.output)
    loud, done = not call.ok and patched.is_loud(call.output, spelled), bool(call.ok or partly)
    spelled = spelled[:1] if partly else spelled
    early = got_to.changes_before(run, spelled, call.output) if run and call.ok else None
    if diffs := call.ok and "git diff" in source and ">" in source:
        saved.keep(ledger.files, call, spelled)
    found = effects(spelled, ok=done, reached=reached, output=call.output, loud=loud)
    for at, (effect, here) in enumerate(found):
        if errors is None:  # most commands change no file
            errors = patched.refused(call.output)
        if errors and patched.speaks_of(errors, effect.path):
            continue
        if effect.kind == "write" and patched.not_fetched(source, call.output, effect.path):
            continue
        if not (done or loud) and reached < 0 and effect.path in call.output:
            continue  # the error speaks of it
        late = early is not None and at >= early and effect.kind in got_to.BEHIND
        _affected(ledger, replace(call, line=call.result_line) if late else call, effect, here, source)
    if _is_done(call):
        edited = editors.edited(source, spelled, call.output)
        for effect, here in (*patched.changed(source, commands, call.output), *edited):
            _affected(ledger, call, effect, here, source)
        if diffs:
            saved.keep(ledger.files, call, spelled)
        saved.apply(ledger.files, call, spelled)


def _versioned(ledger: Fields, call: Call, source: str, commands: list[Simple], run: Run | None) -> None:
    """Take over what git and gh did."""
    moved(ledger, call, commands, run)
    if call.agent:
        ledger.git.repos.goes_on(call.line)
    ledger.git.add(call, in_loops(source, commands), ledger.root)
    if call.ok and (ledger.files.blind or ledger.files.swept or ledger.files.nameless):
        blindly.told(ledger.git, call, source)
    if ledger.files.reformed[0] and call.ok and "git status" in source:
        committed = (max(it.commit, it.other, it.quiet) for it in ledger.git.repos.places.values())
        reformed.looked(ledger.files, call, commands, max(committed, default=0))
    if (ledger.files.doubted or ledger.files.gone) and "status" in source and call.ok:
        take_gone(ledger.files, call.output, call.line, absolute(call.cwd, ""), ledger.root)
    if _is_done(call) and ledger.runs.get("hooks"):
        ledger.runs["hooks"] = still_refused(ledger.runs["hooks"], commands, refused=ledger.git.refused)
    if call.ok and (message := message_of(source, commands)):
        keep(ledger.heard, call.line, message, MESSAGE if "git commit" in source else TEXT)


def moved(ledger: Fields, call: Call, commands: list[Simple], run: Run | None = None) -> None:
    """Take over that git put other contents into the work tree."""
    if not stands.moves(commands, call, ledger.root, ledger.files):
        return
    rest = run.commands[max(run.places) + 1 :] if run else []
    later = stands.moves(rest, call, ledger.root, ledger.files)
    stood = (ledger.files, ledger.runs, ledger.git.branch)
    if not put_aside.follow(ledger.aside, call, commands, *stood, late=later):
        ledger.files.last_change = ledger.files.moved = call.result_line if later else call.line


def _affected(ledger: Fields, call: Call, effect: Effect, here: str, source: str) -> None:
    """Take over what a command did to a file, `here` relative to where it began."""
    place, spelled = folder_of(here, call.cwd), effect.path
    if effect.kind == inline.BLIND:
        nameless.by_script(ledger.files, call.line)
        ledger.files.last_change = ledger.files.moved = call.line
        return
    if effect.kind == inline.MANIFEST:
        path = inline.nearest(effect.path, absolute(place, ""), ledger.files)
        effect = Effect("modify", path) if path else Effect(inline.LATER, effect.path)
    if effect.kind == inline.LATER:
        blindly.expect(ledger.git, absolute(effect.path, place), call.line, effect.by)
        return
    if effect.kind == "modify" and is_pattern(effect.path):
        blindly.expect(ledger.git, absolute(effect.path, place), call.line)
        for path in nameless.matching(ledger.files, absolute(effect.path, place), call.line, effect.by):
            _affected(ledger, call, Effect("modify", path), here, source)
        return
    unsure = _is_unsure(ledger, call, effect.path, here)
    if unsure and ledger.astray:
        place = folder_of(here, ledger.strayed)
    elif unsure:
        effect.path = stands.found(absolute(effect.path, place), (call.cwd, ledger.strayed), ledger.files)
        if effect.kind == "rename" or not stands.is_known(effect.path, ledger.files):
            return  # it may be in either directory
    elif ledger.shell[0] == call.cwd and effect.kind in ("append", "modify", "delete"):
        effect.path = stands.found(absolute(effect.path, place), ledger.shell, ledger.files)
    path = absolute(effect.path, place)
    ledger.files.apply(effect, place, call.line)
    if effect.kind in ("write", "append", "modify"):
        on_written(ledger, call, effect, path, source, spelled)
    if effect.kind != "append":
        ledger.ruled.pop(absolute(effect.other, place) if effect.kind == "copy" else path, None)


def _is_unsure(ledger: Fields, call: Call, path: str, here: str) -> bool:
    """Tell whether a path that a sub-agent's command names may be in another directory than the record's.

    One that goes to the same directory again did not stay there.
    """
    at = ledger.strayed if call.agent else ""
    if at in ("", absolute(call.cwd, "")) or is_placed(path, None) or is_placed(here, None):
        return False
    return not here or not f"{at}/".endswith(f"/{here.rstrip('/')}/")


def _tried(ledger: Fields, call: Call, commands: list[Simple], run: Run | None = None) -> None:
    if ledger.trials:
        trials.is_there(ledger.trials, call, commands)
        trials.written(ledger.trials, got_to.changed_by(ledger.files, call, commands, run), call.line)
    words = next((item.words for item in commands if item.words and item.name not in LOOKING), [])
    key = " ".join(words[:2])
    if run is None or ci.is_look_of(run):  # how it stands at a server is told by itself
        if not (call.ok and background.task_of(call)):  # what only began may not work
            trials.note(ledger.trials, call, key)
        return
    done = does(run, commands)
    program = (done[1] or key).partition(" ")[0]
    outcome = _outcome(ledger, call, program, run)
    if outcome == "passed" and not call.ok:  # git failed behind it, see `verdict`
        trials.worked(ledger.trials, call, key, done, checked=True)
        outcome, done = "", ("", "")
        key = next(" ".join(item.words[:2]) for item in reversed(commands) if item.name == "git")
    if outcome == "failed" and len(run.kinds) > 1:
        # What of it passed answers earlier failures, and does not wait for an answer with the rest.
        passed = {check.kind for check in judged(run, {}) if check.outcome == "passed"}
        if passed:
            trials.worked(ledger.trials, call, key, does(of_kinds(run, passed), commands), checked=True)
            done = does(of_kinds(run, {*run.kinds} - passed), commands)
    trials.note(ledger.trials, call, key, outcome, done)


def _outcome(ledger: Fields, call: Call, program: str, run: Run) -> str:
    """Return what a validation came to, where a failure is to be told or waits for an answer; to judge takes long."""
    hidden = any(map(run.source.__contains__, "|;\n")) and any(map(run.output.__contains__, _BAD))
    if call.ok and not hidden and not trials.waits(ledger.trials, call, program):
        return UNKNOWN
    return verdict(run)[0]
