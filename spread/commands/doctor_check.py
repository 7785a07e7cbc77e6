"""What one check of `spread doctor` comes to, and how all of them run at once."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from spread.claude import sanitise
from spread.errors import SpreadError

LIMIT_S: Final = 5.0  # for a check; those that wait keep limits of their own below it
LONGEST: Final = 400

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Check:
    """An outcome: what was found, why that is, and what to do."""

    name: str
    status: Status
    what: str
    why: str = ""
    hint: str = ""

    def told(self) -> dict[str, str]:
        """Return the fields for output: one line each, without what could steer a terminal or be a password."""
        texts = {key: _tidy(text) for key, text in vars(self).items() if key != "status"}
        return {"name": texts.pop("name"), "status": self.status, **texts}


@dataclass(frozen=True)
class Probe:
    """A check to be made; it may come to several outcomes."""

    name: str
    work: Callable[[], Check | list[Check]]
    late: str = "see what holds it up, and run `spread doctor` again"


def ok(name: str, what: str, why: str = "") -> Check:
    """Return an outcome that needs nothing done."""
    return Check(name, "ok", what, why)


def warning(name: str, what: str, why: str, hint: str) -> Check:
    """Return an outcome that may be meant so, or will do for now."""
    return Check(name, "warning", what, why, hint)


def problem(name: str, what: str, why: str, hint: str) -> Check:
    """Return an outcome with which something does not work."""
    return Check(name, "problem", what, why, hint)


def failed(name: str, error: SpreadError) -> Check:
    """Return an expected failure as an outcome."""
    return Check(name, "problem", error.what, error.why, error.hint)


def run_all(probes: Sequence[Probe], limit_s: float = LIMIT_S) -> list[Check]:
    """Make all checks at once; one that fails or hangs costs only its own outcome.

    Each has a thread that nobody waits for at the end: a name that is looked up, or a file system that is away,
    cannot be given up from within.
    """
    found: list[list[Check] | None] = [None] * len(probes)

    def make(place: int, probe: Probe) -> None:
        found[place] = _made(probe)

    threads = [
        threading.Thread(target=make, args=(place, probe), daemon=True) for place, probe in enumerate(probes)
    ]
    end = time.monotonic() + limit_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    checks: list[Check] = []
    for probe, outcome in zip(probes, found, strict=True):
        late = problem(probe.name, f"no answer within {limit_s:g} s", "", probe.late)
        checks += [late] if outcome is None else outcome
    return checks


def _made(probe: Probe) -> list[Check]:
    try:
        outcome = probe.work()
    except SpreadError as error:
        outcome = failed(probe.name, error)
    except OSError as error:
        outcome = problem(
            probe.name, f"cannot use {error.filename or 'a file'}", error.strerror or type(error).__name__,
            "check its permissions and owner, and the disk's free space",
        )  # fmt: skip
    except Exception as error:  # ours; the other checks are still worth having
        outcome = problem(
            probe.name, "the check itself failed", type(error).__name__, "please report it as a bug"
        )
    return outcome if isinstance(outcome, list) else [outcome]


def _tidy(text: str) -> str:
    return re.sub(r"://[^/@\s]*@", "://", sanitise(text, LONGEST))


def ago(when: float, now: float) -> str:
    """Return how long ago something was, in words."""
    seconds = max(0.0, now - when)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
