"""What the agent said of a failure right then."""

import re
from typing import Final

from spread.distill.conceded import READ_CHARS, takes_back
from spread.distill.found import explanation
from spread.distill.trial import Trial
from spread.distill.words import stems_once

_FIGURE: Final = re.compile(r"(?<![\w.])\d+(?![\w.]*\w)")
LEAST_NEW: Final = 3  # words of what was said of a failure that its own error has not
_OF_FAILURES: Final = frozenset(  # what may be said of any of them, cut as stems are
    ("there", "some", "these", "still", "fail", "fails", "failed", "failin", "test", "tests", "error", "errors", "issue", "issues",
     "proble")
)  # fmt: skip


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


def explain(trial: Trial, said: str) -> None:
    """Take what the agent said of a failure, unless the error says that, too."""
    trial.said = _telling(trial, said)


def take_back(trials: dict[str, Trial], text: str, causes: list[tuple[str, str]]) -> None:
    """Let go of what the agent said of the last failure, where it now says, before that worked, that it was not so.

    Args:
        causes: What it found out now, by `found`.
    """
    trial = next(reversed(trials.values()))
    if not trial.said or trial.worked or not takes_back(text):
        return
    if not stems_once(trial.said).isdisjoint(stems_once(text[:READ_CHARS]) - _OF_FAILURES):
        explain(trial, causes[0][1] if causes else explanation(text))


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
