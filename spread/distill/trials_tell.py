"""What is told of trials: grouped by what went wrong, with how often, and what worked in the end."""

import posixpath
import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import Final

from spread.distill import errors as errors
from spread.distill.calls import EDITS, SHELLS
from spread.distill.explained import without_plan
from spread.distill.failure import EXIT
from spread.distill.reports import CUT
from spread.distill.trial import ALIKE, CD, ENDED, LATER, PART, SHOWN, SKIPS, THERE, Trial, brings
from spread.distillation_codec import command
from spread.distillation_parts import is_barred
from spread.distillation_told import CARRIERS, LOOKS, OTHERWISE, SAID, THOUGHT
from spread.transcript_words import INTERRUPTED

WHAT_CHARS: Final = 90
STOPPED: Final = "was stopped by the user"
ERROR_CHARS: Final = 120
ANSWER_CHARS: Final = 70  # of what then worked
LOOK_CHARS: Final = 50  # of a call that only asked something
WHY_CHARS: Final = 72  # of why that failed
SHORT_CHARS: Final = 40  # of it, which are told whole
WHOLE_CHARS: Final = 400  # of it are read
NEVER: Final = "never seen to pass"  # of a validation, as far as one can tell
# What only carries the command to where it runs, and the command.
_INNER: Final = re.compile(
    rf"((?:{CARRIERS})\b(?: [^\s\"']+)*?(?: (?:ba|z)?sh -l?c)?|(?:ba|z|da)?sh -l?c) [\"'](.{{12,}})",
    re.S,
)
_CARRIER: Final = re.compile(rf"(?:{CARRIERS})\b[^:]*?\S: |\w*sh -l?c: ")
KEPT_WORDS: Final = 2  # of each command
_JOINTS: Final = ("|", "&&", "||", ";")
_MESSAGE: Final = ' -m "'  # begins one
_QUOTES: Final = "\"'"
_FOREIGN: Final = "mcp__"


def told(trials: dict[str, Trial], most: int) -> list[tuple[int, str]]:
    """Return (line, text) of the trials that matter most: unanswered and repeated ones first, in order of lines.

    Those with the same error are told as one, as an error of the environment would hide all others.
    """
    found = [(trial, trial.causes) for trial in trials.values()]
    noise, main = _noise(found)
    groups: dict[str, list[tuple[Trial, str]]] = {}
    for at, (trial, lines) in enumerate(found):
        cause = errors.telling(lines, noise)
        kind = _kind(cause)
        groups.setdefault(main.get(kind, f"{at}"), []).append((trial, cause))
    ranked = sorted(groups.values(), key=_rank)
    newest = dict[str, int]()
    for trial in trials.values():
        newest[trial.what] = max(newest.get(trial.what, 0), trial.last)
    return sorted((group[-1][0].last, _group(group, newest)) for group in ranked[-most:])


@lru_cache(1_000)  # most come again at the next revision
def _kind(cause: str) -> str:
    """Return what is the same in two errors of one kind; of what a test asserts nothing is but the whole."""
    return cause if "ssert" in cause else errors.signature(cause)


def _noise(found: list[tuple[Trial, list[str]]]) -> tuple[dict[str, int], dict[str, str]]:
    """Return how often each error was met that several trials share, and the commonest it comes together with."""
    counts, kinds = defaultdict[str, int](int), defaultdict[str, int](int)
    met = [(set(map(_kind, lines)) - {""}, trial) for trial, lines in found]
    for each, trial in met:
        for kind in each:
            counts[kind] += trial.count + trial.others
            kinds[kind] += 1 + bool(trial.others)
    noise = {kind: count for kind, count in counts.items() if count >= ALIKE and kinds[kind] > 1}
    main = {kind: kind for kind in noise}
    for each, _ in met:
        shared = sorted(each & noise.keys())
        for kind in shared:
            main[kind] = max(main[kind], *shared, key=lambda it: (noise[it], it))
    return noise, main


def _rank(group: list[tuple[Trial, str]]) -> tuple[bool, bool, int, int]:
    open_ = not all([trial.worked for trial, _ in group])
    first, cause = group[0]
    return (
        not (first.slip or (first.looks and not is_barred(cause))),
        open_,
        min(sum([trial.count for trial, _ in group]), 3),
        max([trial.last for trial, _ in group]),
    )


def _group(group: list[tuple[Trial, str]], newest: dict[str, int]) -> str:
    group.sort(key=lambda pair: pair[0].last)
    trial, cause = next((pair for pair in reversed(group) if not pair[0].worked), group[-1])
    count = sum(each.count + each.others for each, _ in group)
    if len(group) == 1 and not trial.others:
        return _text(trial, cause, newest[trial.what])
    worked = sum(each.others_worked + (each.count if each.worked else 0) for each, _ in group)
    refused = all(each.refused for each, _ in group)
    since = min(each.line for each, _ in group)
    later = f", {worked} later worked" if worked else ""  # before the error, as no cut must take it
    text = f"{count} calls {'were refused' if refused else 'failed'} alike since L{since}{later}: {errors.told(cause, ERROR_CHARS)}"
    # The line at the end is that of the last one, and must not be taken for that of the example.
    at = f" (L{trial.last}), the last" if trial.last != group[-1][0].last else ""
    return f"{text}; e.g. {named(trial.what)}{at}"


def never_allowed(trials: dict[str, Trial]) -> Trial | None:
    """Return the last call that was refused more than once and never worked."""
    found = (it for it in trials.values() if it.refused and it.count > 1 and not it.worked and not it.agent)
    return max(found, key=lambda it: it.last, default=None)


def failed_last(trials: dict[str, Trial], at: int) -> str:
    """Return that a call failed, where its result is the last thing on record, at a line; empty where it is not.

    Of a check that did not pass, what git did not do, and what only asked something, the page tells elsewhere; not of what
    the user stopped.
    """
    trial = next((it for it in trials.values() if it.last == at), None)
    if trial is None or trial.worked or trial.agent:
        return ""
    if INTERRUPTED in trial.output[:200]:
        return f"{named(trial.what)} {STOPPED}"
    if trial.checked or trial.looks or trial.key.startswith("git "):
        return ""
    error = errors.told(next(iter(trial.causes), ""), ERROR_CHARS)
    how = "was refused" if trial.refused else "failed"
    return f"{named(trial.what)} {how}{': ' if error else ''}{error}"


def overcome(trials: dict[str, Trial]) -> dict[str, int]:
    """Return what the agent said of failures of calls that only ask, with the line where another did: nobody needs that."""
    found = [it for it in trials.values() if it.looks and it.said and it.worked]
    return {it.said.removesuffix(CUT): it.worked_at for it in found}


def named(what: str) -> str:
    """Return a call's name for a list: of a shell call only the command, of a tool from elsewhere no server."""
    return _called(what, WHAT_CHARS)


@lru_cache(200)  # nearly all are told again at the next revision
def _called(what: str, most: int) -> str:
    tool = what.partition(" ")[0]
    if tool.startswith(_FOREIGN):
        tool = tool.rpartition("__")[2]
    return f"{'' if tool in SHELLS else f'{tool} '}`{_input(what, most)}`"


def _look(trial: Trial, cause: str) -> str:
    """Return in short what a call that only asked something failed for; what did it instead only where that is needed."""
    error = errors.told(cause, WHY_CHARS)
    if not error and (code := EXIT.match(trial.output)):
        error = f"exit code {code[1]}"
    barred = is_barred(cause)
    text = f"{_called(trial.what, LOOK_CHARS)} failed{_times(trial)}{'' if barred else LOOKS}{': ' if error else ''}{error}"
    if trial.said and error and (barred or not trial.worked):
        text += _said(trial)
    if not trial.worked:
        return text
    return (
        f"{text}; {_answer(trial) if barred or trial.changed else 'a later try worked'} (L{trial.worked_at})"
    )


def _said(trial: Trial) -> str:
    """Return what the agent said of a failure; what it was to do about it is told by what then worked."""
    said = without_plan(trial) if trial.worked else trial.said
    return f"{SAID}{said}”" if said else ""


def _times(trial: Trial) -> str:
    """Say where, how often and since when it failed."""
    times = f" {trial.count} times since L{trial.line}" if trial.count > 1 else ""
    times += f" (between them it worked, L{trial.between})" if trial.between else ""
    return f"{' in a sub-agent' if trial.agent else ''}{times}"


def _text(trial: Trial, cause: str, newest: int) -> str:
    stopped = INTERRUPTED in trial.output[:200]
    if trial.looks and not stopped:
        return _look(trial, cause)
    error = "" if stopped else errors.told(cause, ERROR_CHARS)
    if trial.tests and not error.startswith(f"{trial.tests}: "):
        bare = error.lstrip("- ").startswith(("FAIL", "---"))
        error = f"tests {trial.tests}" + ("" if bare or not error else f"; {error}")
    if not error and (code := EXIT.match(trial.output)):
        error = f"exit code {code[1]}"
    how = STOPPED if stopped else "was refused" if trial.refused else "failed"
    text = f"{named(trial.what)} {how}{_times(trial)}{': ' if error else ''}{error}"
    if trial.said and error:
        text += _said(trial)
    elif trial.thought and error and trial.worked:  # what nothing bore out may be a wrong guess
        text += f"{THOUGHT}{trial.thought}”"
    if trial.before and error:
        text += f"; before that {' and '.join(trial.before)}"
    same = trial.changed == "=" or _same(trial.what, trial.worked)
    if same and trial.last < newest < trial.worked_at:  # what was mended last was that
        return f"{text}; then another error, L{newest}; the same later worked{_place(trial)} (L{trial.worked_at})"
    if not trial.worked:
        if trial.refused or stopped or not trial.checked:
            return f"{text}; never allowed" if trial.refused and trial.count > 1 else text
        settled = trial.ended_well or trial.key.startswith("git ")  # another commit is no answer to it
        if newest > trial.last:  # what was told of this error no longer stands in the way
            return f"{text}{OTHERWISE}, L{newest}"
        return text if settled else f"{text}; {NEVER}"
    return f"{text}; {_answer(trial)}{_place(trial)} (L{trial.worked_at})"


def _place(trial: Trial) -> str:
    """Return the other directory that it worked in, so that it says little of the first one."""
    if not trial.elsewhere:
        return ""
    there = posixpath.relpath(trial.elsewhere, trial.place)
    return f", in {posixpath.basename(trial.elsewhere) if there.endswith('..') else there}"


def _after(trial: Trial) -> str:
    """Say after what it worked in the end."""
    # Skips last, else files would seem to belong to that; before them what is cured, which is told behind it.
    did = sorted(trial.since, key=lambda each: (each.startswith(SKIPS), each == trial.mends))
    since = ", ".join(
        each if before[:1] in ("", "`") else each.removeprefix("editing ")
        for before, each in pairwise(("", *did))
    )
    after = f" after {since}" if since else ""
    # After other edits nobody knows whether these mended it.
    if SKIPS in since and not any(each.startswith("editing ") for each in did):
        after = f" only by {since[since.index(SKIPS) :]}"
    # Else what was brought in may have helped.
    cured = SKIPS not in since and (bool(trial.shares) or not any(map(brings, did)))
    if after and trial.cure and cured and since.rpartition("editing ")[2].count("`") == 0:
        after += f" ({trial.cure})"
    return after


def _answer(trial: Trial) -> str:
    """Say what worked in the end: the same, the same with another choice, or something like it; and after what."""
    after, what = _after(trial), _input(trial.what)
    worked = _worked(trial, what)
    same = _same(trial.what, trial.worked)
    if trial.slip and not trial.worked.startswith(SHELLS):
        return f"then worked: `{command(worked, ANSWER_CHARS)}`" if worked != what else "a later try worked"
    if trial.changed == "=" or same:
        return f"passed{after}" if trial.checked and after else f"the same later worked{after}"
    if trial.changed == ENDED:
        return f"ended with `{command(worked, 60)}`"
    if trial.changed == THERE:
        return "later it was there"
    if trial.changed == PART:
        how = "in part" if trial.left else "one by one"
        return f"then worked {how}: `{command(worked, 60)}`"
    if trial.changed == LATER:
        return f"later passed{after}: `{command(worked, 60)}`"
    if trial.changed:
        return f"then worked with {trial.changed}"
    if worked == what:
        return "another edit of it then worked" if trial.worked.startswith(EDITS) else "a later try worked"
    if trial.checked and after:
        return f"later passed{after}: `{command(worked, 60)}`"
    return f"then worked: `{command(worked, ANSWER_CHARS)}`"


def _same(one: str, other: str) -> bool:
    """Tell whether two shell calls do the same and only show their output otherwise."""
    if not one.startswith(SHELLS) or not other.startswith(SHELLS):
        return False
    mine, theirs = (SHOWN.sub("", CD.sub("", it.partition(" ")[2].strip("`"))) for it in (one, other))
    return bool(mine) and mine == theirs and "…" not in mine


def _worked(trial: Trial, what: str) -> str:
    """Return what worked: without where it ran, which is said already, and what else it shares with what failed."""
    worked = _input(trial.worked, WHOLE_CHARS)
    found = _CARRIER.match(worked)
    if found and what.startswith(found[0]):
        worked, found = worked[found.end() :], None
    shares = trial.changed in ("", LATER) and "; do " not in worked and not found
    return _other_words(worked, f"{what} {trial.subject}") if shares and len(worked) > SHORT_CHARS else worked


def _other_words(worked: str, failed: str) -> str:
    """Return a command line without the runs of words that it shares with one that failed, if it has any other."""
    known = {word.strip(_QUOTES) for word in failed.split()}
    words, out, run, since = worked.partition(_MESSAGE)[0].split(), list[str](), list[str](), 0
    if all(word.strip(_QUOTES) in known for word in words):
        return worked
    for word in [*words, ""]:
        since = 0 if word in _JOINTS else since + 1  # a program and its verb stay, to be known by
        if word and since > KEPT_WORDS and word.strip(_QUOTES) in known:
            run.append(word)
            continue
        out += ["…"] if len(run) > 1 else run
        out, run = [*out, *filter(None, (word,))], []
    return " ".join(out)


def _input(what: str, most: int = WHAT_CHARS) -> str:
    """Return what a call was given, without the directory it changed to; of a long path the end."""
    given = CD.sub("", what.partition(" ")[2].strip("`")) or what
    if found := _INNER.match(given):
        given = f"{found[1]}: {CD.sub('', found[2].strip()).rstrip(chr(34) + chr(39))}"
    if len(given) > 60 and " " not in given and given.count("/") > 3:
        return "…/" + "/".join(given.split("/")[-3:])
    return command(given, most)
