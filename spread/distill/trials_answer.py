"""What answered the trials of a session: the calls that then worked, and what was done before they did."""

import re
import sys
from functools import lru_cache
from typing import Final

from spread.distill.builds import compiles
from spread.distill.calls import EDITS, SHELLS
from spread.distill.documents import is_document
from spread.distill.edits import gist_of, is_test, pairs, silencer_of
from spread.distill.looking import only_asks
from spread.distill.narrow import leaves_out, may_be
from spread.distill.operands import value_of
from spread.distill.shell import Simple
from spread.distill.stuck import Stuck
from spread.distill.trial import (
    CD,
    ENDED,
    KEPT_TRIALS,
    LATER,
    PART,
    SHOWN,
    SKIPS,
    THERE,
    Trial,
    add_since,
    choice_of,
    digest_of,
    is_verb,
    name_of,
    place_of,
    subject_of,
)
from spread.distillation_letters import Words
from spread.distillation_paths import bare_name
from spread.transcript_events import Call

NEAR_LINES: Final = 60  # so soon after a failure, a similar command that works is the answer to it
_TESTS: Final = ":test"  # ends where a check ran that is of tests alone
LONG_NAME: Final = 8  # characters, which stand in no other command line by chance
SILENCED: Final = 2  # words of an error that the comment has by which its linter is silenced
_SKIP_HINTS: Final = (
    "kip", ".todo", ".fixme", "xit(", "xdescribe(", "xtest(", "xfail", "[ignore", "@Disabled", "@Ignore"
)  # fmt: skip
_SKIP: Final = re.compile(
    r"\bt\.Skip|\b(?:it|test|describe|context)\.(?:skip|todo|fixme)\b|\bx(?:it|describe|test)\(|\bmark\.(?:skip|xfail)|\bpytest\.skip|"
    r"\bskipTest\(|@(?:unittest\.)?skip\b|#\[ignore|@(?:Disabled|Ignore)\b|XCTSkip|markTestSkipped|\bSkip = \""
)
# What carries a command to another host or container: it says nothing of what is done there.
_ELSEWHERE: Final = re.compile(r"\A(?:ssh [^\"'|&;]*|\w+ exec [^\"'|&;]* -l?c )[\"']")
_IMPORT: Final = re.compile(
    r"\+`(?:(?:import|use|using|from|#include)\b|[\"'][\w./@-]+[\"']`)"
)  # serves another line
_WORDS: Final = Words(r"[^\W\d]{4,}")
_NAMES: Final = re.compile(r"[^\W\d_]{3,}")
_CODE: Final = re.compile(r"`([^`\n]{2,80})`")
_MISSING: Final = re.compile(  # the name of a program that a shell did not find, or of a module that Python was to run
    r"(?:^|: )([\w.+-]+)(?:: command)? not found$|\bcommand not found: ([\w.+-]+)$|'([\w.+-]+)' is not recognized as|"
    r"python\S*: No module named (\w+)$"
)
_DULL_VERBS: Final = (
    "git add", "git commit", "git push", "git status", "git log", "git diff", "git show", "git branch", "git fetch",
    "gh pr", "gh api", "gh run"
)  # fmt: skip


_REMOVES: Final = re.compile(r"(?:^|[\s;&|(])rm ([^;&|\n]+)")
_LOOP: Final = re.compile(r"\bfor \w+ in (?P<items>[^;$`*?{]{3,300}); do (?P<body>.{3,600})")
_PLAIN: Final = re.compile(r"[A-Za-z][\w.-]+")
# Programs whose second word only says of what kind the next one is.
_DEED: Final = re.compile(
    r"\b(?:(?:npm|pnpm|yarn|bun|mise|uv|poetry|composer|deno) run|npm run-script|docker compose|docker-compose|"
    r"gh (?:pr|issue|run|release|repo|workflow)|git (?:stash|worktree|remote|submodule))(?: -\S+){0,3} ([a-z][\w:-]*)"
)
_JOINTS: Final = re.compile(r"[;&|]+")
_OF_LOOPS: Final = frozenset(
    ("done", "echo", "cd", "if", "then", "else", "fi", "do", "for", "in", "true", "ssh")
)
_OF_FILES: Final = frozenset(("git add", "git rm", "git mv", "git restore"))


def _cured(waiting: list[Trial], change: str, silencer: str, did: str) -> None:
    """Take an edit for the cure of each, unless an earlier one shares more words with the error.

    Args:
        silencer: The comment in it by which a linter is silenced: of what that speaks of, nothing else is the cure.
        did: The edit as an entry of what was done since.
    """
    words = frozenset((*_WORDS.of(change), *_NAMES.findall(change)))
    silenced = frozenset(_WORDS.of(silencer))
    serves = _IMPORT.match(change) is not None
    for trial in waiting:
        if trial.telling is None:
            code = " ".join(_CODE.findall(trial.said))  # what the agent named as to blame, or as lacking
            trial.telling = frozenset((*_WORDS.of(" ".join(trial.causes[:1])), *_NAMES.findall(code)))
        if silenced and (shares := len(silenced & trial.telling)) >= SILENCED:
            trial.cure, trial.mends, trial.shares = silencer, did, shares
        elif words.isdisjoint(trial.telling):
            if not trial.shares and not (trial.cure and serves):
                trial.cure, trial.mends = change, did
        elif (shares := len(words & trial.telling)) >= trial.shares:
            trial.cure, trial.mends, trial.shares = change, did, shares


def between(trials: dict[str, Trial], call: Call, key: str) -> None:
    """Note what was done while failures wait for an answer: the name of an edited file, or a command that acts."""
    name = bare_name(subject_of(call).replace("\\", "/")) if call.name in EDITS else ""
    if call.name in EDITS:
        did = f"{SKIPS if _skips(call) else 'editing '}{name}" if name else ""
    elif call.name in SHELLS and is_verb(key) and not key.startswith(_DULL_VERBS):
        did = f"`{key}`"
    else:
        return
    line = call.line
    waiting = [it for it in trials.values() if not it.worked and it.last <= line and not it.slip]
    if not waiting or not did:
        return
    if name and (change := gist_of(call)):
        # A document tells of the remedy in the words of the error; it is one itself where that names it.
        own = [it for it in waiting if name in " ".join(it.causes)] if is_document(name) else waiting
        _cured(own, change, silencer_of(call), did)
    for trial in waiting:
        add_since(trial, did)


def written(trials: dict[str, Trial], names: list[str], line: int) -> None:
    """Note the names of files that a shell changed while failures wait for an answer."""
    for trial in trials.values():
        for name in names if not (trial.worked or trial.slip) and trial.last <= line else ():
            add_since(trial, f"editing {name}")


def removed(trials: dict[str, Trial], source: str) -> None:
    """Take over that a command removed files: to edit them first was no remedy."""
    gone = {word.rpartition("/")[2] for given in _REMOVES.findall(source) for word in given.split()}
    did = {f"editing {name}" for name in gone}
    for trial in trials.values() if gone else ():
        if not trial.worked and not did.isdisjoint(trial.since):
            trial.since = [each for each in trial.since if each not in did]
            trial.cure, trial.mends, trial.shares = "", "", 0


def _skips(call: Call) -> bool:
    """Tell whether an edit put in that tests are left out: what passes then was not mended."""
    return is_test(subject_of(call)) and any(
        any(map(new.__contains__, _SKIP_HINTS)) and len(_SKIP.findall(new)) > len(_SKIP.findall(old))
        for old, new in pairs(call)
    )


def worked(
    trials: dict[str, Trial], call: Call, key: str, does: tuple[str, str], *, checked: bool = False
) -> None:
    """Take a call that worked for the answer to the trials that it does again, or does something like.

    Args:
        checked: It is a validation that passed.
    """
    line, shell = call.line, call.name in SHELLS
    subject, verb = subject_of(call), ""
    since = line - NEAR_LINES if shell else sys.maxsize
    # It must be about the same, or follow soon; given before the failure was known, it answers nothing.
    near_by = [
        (name, trial)
        for name, trial in trials.items()
        if (trial.last > since or trial.subject == subject)
        and trial.last <= line
        and (not trial.worked or trial.changed == LATER or trial.left or _is_back(call, trial))
    ]
    shown = " ".join(call.output[:4_000].split()) if near_by and shell and not checked else ""
    for name, trial in near_by:
        if trial.left:
            if shell and _one_by_one(subject, trial):
                trial.left = _not_named(subject, trial.left)
            continue
        if shown and trial.causes and trial.causes[0] in shown:
            continue  # it failed again, and only its exit code is gone
        trial.ended_well |= checked and may_be(does[1], trial.does)
        if checked and _leaves_out(call, does, trial):
            continue
        verb = verb or (key if is_verb(key) else "")
        tool = name.partition(" ")[0]
        if shell:
            near = line - trial.last < NEAR_LINES and (
                _checks(does, subject, trial) if checked else _again(verb, subject, trial)
            )
            alike = tool in SHELLS and (near or trial.subject == subject or _has_it(subject, trial))
        else:
            both = call.name in EDITS and tool in EDITS
            alike = (tool == call.name or both) and trial.subject == subject
        if alike:
            trial.worked, trial.worked_at = name_of(call), call.line
            trial.elsewhere = _elsewhere(call, trial)
            trial.changed = "=" if digest_of(call) == trial.given else _change(trial.choice, choice_of(call))
            if shell and not trial.changed and (loop := _loop(trial)):
                items = loop["items"].split()
                trial.left = _not_named(subject, items)
                trial.changed = PART if 0 < len(trial.left) < len({*items}) else ""
                trial.left = trial.left if trial.changed else []
        elif shell and trial.looks and not trial.worked and _asks_so(subject, trial) and only_asks(call):
            trial.worked, trial.worked_at, trial.changed = name_of(call), line, ""
        elif (
            checked
            and trial.checked
            and not trial.worked
            and (
                _program(does, key) == _program((trial.where, trial.does), trial.key) != "git"
                or compiles(does, trial)
            )
        ):
            trial.worked, trial.worked_at, trial.changed = name_of(call), call.line, LATER
            trial.elsewhere = _elsewhere(call, trial)


def _is_back(call: Call, trial: Trial) -> bool:
    """Tell whether a call runs where one failed that so far worked elsewhere only."""
    return trial.elsewhere != "" and place_of(call) == trial.place


def _elsewhere(call: Call, trial: Trial) -> str:
    """Return the directory that a call ran in where that is not the one of what failed."""
    here = place_of(call) if trial.place else ""
    return here if here != trial.place else ""


def _asks_so(subject: str, trial: Trial) -> bool:
    """Tell whether a command line asks for what a tool was refused: it names the same thing by its long name."""
    return any(len(name) >= LONG_NAME and name in subject for name in trial.choice.values())


_GIVES_UP: Final = (
    "--abort",
    "--quit",
    "--hard",
    "--merge",
)  # what does so did not work, though it went well


def went_on(trials: dict[str, Trial], at: Stuck, call: Call, how: str) -> None:
    """Take the command that ends what stopped at a conflict for the answer to that, and to nothing else that failed."""
    line, verb, _ = at
    gives_up = any(map(how.endswith, _GIVES_UP))
    for trial in trials.values():
        is_open = not trial.worked or (gives_up and trial.worked_at == call.line)
        if trial.line <= line <= trial.last and is_open and f"git {verb}" in trial.what:
            trial.worked, trial.worked_at, trial.changed = f"{call.name} `{how}`", call.line, ENDED


_ENDED: Final = "Exit code "  # begins the output of what ran and failed, unlike what was denied or stopped
_HIDES: Final = ("2>", "&>", "||")  # in a command: that a program was not found need not show


def is_there(trials: dict[str, Trial], call: Call, commands: list[Simple]) -> None:
    """Take the run of a program for the answer to trials that did not find it, whatever it came to."""
    if not (call.ok or call.output.startswith(_ENDED)):
        return
    if any(map(str(call.input.get("command")).__contains__, _HIDES)):
        return
    waiting = [it for it in trials.values() if not it.worked and it.causes and _lacks(it.causes[0])]
    if not waiting or _lacks(call.output):
        return
    # Where a line failed, nobody knows whether what follows an `&&` ran; a `cd` that failed says so.
    sure = ("cd",) * ("cd: " not in call.output)
    stops = (at for at, it in enumerate(commands) if it.joint == "&&" and not call.ok and it.name not in sure)
    ran = [item for item in commands[: 1 + next(stops, len(commands))] if not item.unsure]
    names = {item.name for item in ran} | {value_of(item.words, ("-m",)) for item in ran}
    for trial in waiting:
        found = _MISSING.search(trial.causes[0]) if trial.last <= call.line else None
        if found and names.intersection(found.groups()):
            trial.worked, trial.worked_at, trial.changed = name_of(call), call.line, THERE


def _lacks(said: str) -> bool:
    """Tell quickly whether an output may say that a program is not there."""
    return "not found" in said or "not recognized" in said or "No module named" in said


def ended_well(trials: dict[str, Trial], call: Call, key: str) -> None:
    """Take note of a check that ended without an error though nothing says that it passed: that may be all it says."""
    subject = subject_of(call)
    for trial in trials.values():
        if trial.checked and not trial.worked and (trial.subject == subject or trial.key == key):
            trial.ended_well = True
        elif not (trial.checked or trial.worked) and _has_it(subject, trial):
            trial.worked, trial.worked_at, trial.changed = name_of(call), call.line, ""


def _change(before: dict[str, str], now: dict[str, str]) -> str:
    """Return the short inputs that a call has and the one before it had not."""
    return ", ".join(f"{name} `{value}`" for name, value in now.items() if before.get(name) != value)[:120]


def _has_it(subject: str, trial: Trial) -> bool:
    """Tell whether a line that worked did, as a part of it, just what failed: at its end, or before what more had to follow."""
    failed = CD.sub("", trial.subject)
    if not failed or failed not in subject:
        return False
    before, _, after = subject.partition(failed)
    begins = not before.strip() or before.rstrip(" ").endswith(("&&", ";", "\n"))
    return begins and (not after.strip() or after.lstrip(" ").startswith("&&"))


def _checks(does: tuple[str, str], subject: str, trial: Trial) -> bool:
    """Tell whether a validation that passed checks what one that failed did, in the same place."""
    if not does[1] or not trial.does:
        return _covers(subject, trial.subject)
    return does[0].partition(":")[0] == trial.where.partition(":")[0] and _covers(does[1], trial.does)


def _leaves_out(call: Call, does: tuple[str, str], trial: Trial) -> bool:
    """Tell whether a test run may not have run what failed in another."""
    if not (does[0].endswith(_TESTS) and trial.where.endswith(_TESTS) and does[1] and trial.does):
        return False
    return leaves_out(does[1], call.output, trial.does, trial.failed)


def _program(does: tuple[str, str], key: str) -> str:
    """Return the program that checks, with what carries it elsewhere and the kinds of its checks."""
    words = does[1].split(" ")
    # To put files in shape is not to check what stands in them, though one program does both.
    name = " ".join(words[: 1 + (words[1:2] in (["format"], ["fmt"]))])
    return f"{does[0]} {name}".strip() if name else key.split(" ")[0]


def _covers(one: str, other: str) -> bool:
    """Tell whether one validation does all that another does; where its output goes counts for nothing."""
    mine, theirs = _done(one), _done(other)
    return not mine.isdisjoint(theirs) and (mine <= theirs or theirs <= mine)


@lru_cache(4 * KEPT_TRIALS)
def _done(subject: str) -> frozenset[str]:
    """Return the words that say what a command line runs, without its options."""
    return frozenset([word for word in SHOWN.sub("", CD.sub("", subject)).split() if word[0] != "-"])


def _again(verb: str, subject: str, trial: Trial) -> bool:
    """Tell whether a command does what failed, or something like it; what git does to files it must do to one of the same."""
    if trial.key in _OF_FILES:
        own = _words(subject) & _words(trial.subject)
        return verb == trial.key and not own.issubset((*verb.split(" "), "&&", "-f", "-A"))
    same = bool(verb and trial.key == verb)
    like = (same or alike(subject, trial.subject)) and not _does_another(same, subject, trial)
    return like or _one_by_one(subject, trial)


def _does_another(same: bool, subject: str, trial: Trial) -> bool:
    """Tell whether a command runs another script, or does another thing to pull requests and the like."""
    mine, theirs = _deeds(subject), _deeds(trial.subject)
    # `git stash` and `git remote -v` have no third word.
    known = (mine and theirs) or ((mine or theirs) and same and trial.key.startswith("git "))
    return bool(known) and mine.isdisjoint(theirs)


@lru_cache(4 * KEPT_TRIALS)
def _deeds(subject: str) -> frozenset[str]:
    """Return what a command line does as its third words say it: `npm run lint`, `gh pr view`, `git stash pop`."""
    return frozenset(_DEED.findall(subject))


def _one_by_one(subject: str, trial: Trial) -> bool:
    """Tell whether a command does to several things by their names what a loop over them was to do."""
    loop = _loop(trial)
    if loop is None:
        return False
    words = _words(subject)
    does = [
        frozenset(filter(_PLAIN.fullmatch, each.split())) - _OF_LOOPS for each in _JOINTS.split(loop["body"])
    ]
    return sum(_named(words, loop)) > 1 and any(each and each <= words for each in does)


def _not_named(subject: str, items: list[str]) -> list[str]:
    """Return those of some things that a command does not name."""
    words = _words(subject)
    return [item for item in items if not any(item in word for word in words)]


def _loop(trial: Trial) -> re.Match[str] | None:
    return _LOOP.search(trial.subject) if "; do" in trial.subject else None


def _named(words: frozenset[str], loop: re.Match[str]) -> list[bool]:
    """Return of each thing that a loop names whether it stands among words."""
    return [any(item in word for word in words) for item in set(loop["items"].split())]


def alike(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    both = len(mine & theirs)
    return both > 1 and 2 * both >= max(len(mine), len(theirs))


@lru_cache(4 * KEPT_TRIALS)  # each failure is held against many later calls
def _words(subject: str) -> frozenset[str]:
    return frozenset(word.strip("\"'") for word in _ELSEWHERE.sub("", CD.sub("", subject)).split())
