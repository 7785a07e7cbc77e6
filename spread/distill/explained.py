"""What the agent said of a failure right then."""

import re
from typing import Final

from spread.distill.conceded import BACK, FLATLY, READ_CHARS, takes_back
from spread.distill.found import FOUND_CHARS, explanations
from spread.distill.rules_learned import kinds_of
from spread.distill.trial import Trial
from spread.distill.words import stems, stems_once
from spread.distillation_codec import shorten

_OF_TROUBLE: Final = ("@neg", "@fault", "@reason")  # kinds of words
_FIGURE: Final = re.compile(r"(?<![\w.])\d+(?![\w.]*\w)")
LEAST_NEW: Final = 3  # words of what was said of a failure that its own error has not
_OF_FAILURES: Final = frozenset(  # what may be said of any of them, cut as stems are
    ("there", "some", "these", "still", "fail", "fails", "failed", "failin", "test", "tests", "error", "errors", "issue", "issues",
     "proble")
)  # fmt: skip
# Says what is wrong, lacking, in the way or to be otherwise: what says nothing of that is the next thing that was found.
_WHY: Final = re.compile(
    r"\b(?:not?|cannot|never|only|just|but|still|yet|already|because|since|due|so|why|reason|instead|rather|unless|until|without|before|after|twice|again|too|"
    r"need\w*|has to|have to|lack\w*|stop\w*|wait\w*|assum\w*|comes? from|came from|in use|busy|taken|full|down|offline|must|should|requir\w*|expect\w*|want\w*|depend\w*|mean(?:s|t)|"
    r"wrong\w*|bad|stale|old|older|outdated|deprecated|differ\w*|invalid|incorrect\w*|corrupt\w*|malformed|empty|null|gone|closed|locked|hidden|absent|"
    r"stuck|slow|flak\w*|leftover|duplicate\w*|un(?:used|able|defined|known|supported|expected\w*|authori\w+|available|set|related|stable|tracked|committed)|"
    r"bugs?|err\w*|fail\w*|issues?|problems?|conflict\w*|limit\w*|restrict\w*|sandbox\w*|permissions?|typos?|syntax|quot\w+|escap\w+|"
    r"time(?:s|d)?[- ]?outs?|block\w*|refus\w*|reject\w*|den(?:y|ied|ies)|trigger\w*|flag\w*|complain\w*|objects?|catch\w*|caught|crash\w*|hang\w*|hung|"
    r"chok\w*|trip\w*|interfer\w*|collid\w*|clash\w*|overr?\w+|br(?:eak|oke)\w*|cause\w*|ignor\w*|skip\w*|drop\w*|los(?:es?|t)|forgot\w*|mis\w+|"
    r"expir\w*|exceed\w*|disabled|remov\w*|renam\w*|mov(?:ed|es)|chang\w*|hard-?cod\w*|default\w*|detect\w*|treat\w*|count\w*|return\w*|tri(?:es|ed)|turns?)\b|"
    r"n't\b|pre-?exist"
)
# Likewise, and no word that may as well tell what was done; of a report other words than these may be of its success.
_AMISS: Final = re.compile(
    r"\b(?:cannot|never|neither|weder|because|since|due|so|why|reason|unless|until|without|need\w*|wants?|was (?:re|un)?(?:named|moved|removed)|lack\w*|wait\w*|in use|busy|taken|full|down|offline|requir\w*|expect\w*|depend\w*|mean(?:s|t)|more than|too|"
    r"wrong\w*|bad|stale|outdated|differ\w*|invalid|incorrect\w*|corrupt\w*|malformed|locked|absent|stuck|flak\w*|un(?:able|defined|known|supported|expected\w*|authori\w+|available|related|stable)|"
    r"bugs?|err\w*|fail\w*|issues?|problems?|[ck]onfli\w*|limit\w*|restrict\w*|sandbox\w*|permissions?|typos?|time(?:s|d)?[- ]?outs?|block\w*|refus\w*|reject\w*|den(?:y|ied|ies)|complain\w*|"
    r"crash\w*|hang\w*|hung|chok\w*|trip\w*|interfer\w*|collid\w*|clash\w*|br(?:eak|oke)\w*|cause\w*|forgot\w*|mis(?!sing)\w+|(?:is|are|was|were) missing|expir\w*|exceed\w*|still|yet)\b|n't\b|pre-?exist"
)
_WORD: Final = re.compile(r"[\w']+")
_ENGLISH: Final = re.compile(
    r"\b(?:the|this|there|found|which|with|it)\b"
)  # of other tongues nothing is known
_FINDS: Final = re.compile(
    r"\W*i(?:'ve| have)? (?:now |also )?(?:found|located|confirmed|verified|checked|pulled|have)\b"
)
# What was done about it, behind what it came from.
_INTENT: Final = re.compile(
    r"(?:(?:[,;]| [\u2013\u2014-])(?: (?:so|and))?| (?:so|and)) (?:i(?:['\u2019]m|['\u2019]ll| am| will)|let me)\b",
    re.I,
)


def unheard(trials: dict[str, Trial], since: int) -> Trial | None:
    """Return the newest failure, if it was met after a line and nothing was done or said since."""
    trial = unexplained(trials, since)
    next(reversed(trials.values())).heard = False
    return trial


def unexplained(trials: dict[str, Trial], since: int) -> Trial | None:
    """Return that failure without taking it for heard of."""
    trial = next(reversed(trials.values()))
    wanted = (
        trial.heard
        and trial.last > since
        and not (trial.worked or trial.slip or trial.agent or trial.refused)
    )
    return trial if wanted else None


def met(trial: Trial) -> str:
    """Return what failed, and with which errors."""
    return f"{trial.what} {' '.join(trial.causes)}"


def why(trial: Trial, said: str, *, beside: bool = False, ends: bool = False) -> str:
    """Return the sentence of what was said right after a failure that says why, not what was found or done next.

    Args:
        beside: More ran at the same time, so that the words may be of that.
        ends: Nothing was done after it: a report, that may be of success all the same.
    """
    of = stems(met(trial))
    for at, (text, bare) in enumerate(explanations(said)):
        low = bare.lower().replace("\u2019", "'")
        if _FINDS.match(low) or (_ENGLISH.search(low) and not _WHY.search(low)):
            continue
        if ends and not _is_amiss(low):
            continue
        if (at or beside) and of and of.isdisjoint(stems(text)):
            continue
        return shorten(bare, FOUND_CHARS)
    return ""


def _is_amiss(low: str) -> bool:
    """Tell whether a sentence says in one of many languages that something is not so, or wrong."""
    if _AMISS.search(low):
        return True
    kinds = (kind for word in _WORD.findall(low) for each in kinds_of(word) for kind in each)
    return any(kind in _OF_TROUBLE for kind in kinds)


def without_plan(trial: Trial) -> str:
    """Return what the agent said of a failure without what it was going to do about it, where that tells anything."""
    said = trial.said
    found = _INTENT.search(said)
    return _telling(trial, f"{said[: found.start()]}.") if found else said


def explain(trial: Trial, said: str) -> None:
    """Take what the agent said of a failure, unless the error says that, too."""
    trial.said = _telling(trial, said)


def take_back(trials: dict[str, Trial], text: str, causes: list[tuple[str, str]], asked: int) -> None:
    """Let go of what the agent said of the last failure, where it now says, before that worked, that it was not so.

    Args:
        causes: What it found out now, by `found`.
        asked: The line of the last prompt, which a mere "no" behind it answers.
    """
    trial = next(reversed(trials.values()))
    if not trial.said or trial.worked or takes_back(text) not in (BACK, asked < trial.last and FLATLY):
        return
    if not stems_once(trial.said).isdisjoint(stems_once(text[:READ_CHARS]) - _OF_FAILURES):
        explain(trial, causes[0][1] if causes else why(trial, text))


def think(trial: Trial, thought: str) -> None:
    """Take what the agent thought of a failure, likewise; the last of it counts.

    Of one with figures that the failure does not show nobody knows where these are from.
    """
    shown = _FIGURE.findall(f"{met(trial)} {trial.output}") if any(map(str.isdigit, thought)) else ()
    if set(_FIGURE.findall(thought)) <= {*shown}:
        trial.thought = _telling(trial, thought) or trial.thought


def _telling(trial: Trial, words: str) -> str:
    new = stems_once(words) - stems_once(met(trial)) - _OF_FAILURES
    return words.replace("“", '"').replace("”", '"') if len(new) >= LEAST_NEW else ""
