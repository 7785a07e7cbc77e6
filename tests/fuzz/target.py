"""What a fuzz target is, and the search itself."""

import resource
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from spread.errors import SpreadError
from tests.fuzz.mutator import Corpus

MAX_GROWTH_BYTES: Final = 64 << 20
MAX_INPUT_S: Final = 2.0  # of CPU for one input of at most 64 KiB
MAX_OUTCOMES: Final = 5_000
CHECK_EVERY: Final = 64


@dataclass(frozen=True)
class Target:
    """One parser: inputs to begin with, what to do with one, and which errors it may raise.

    `run` returns something that tells outcomes apart; what is new makes an input worth keeping.
    """

    name: str
    seeds: tuple[bytes, ...]
    run: Callable[[bytes], object]
    documented: tuple[type[BaseException], ...] = ()


@dataclass
class Found:
    """What one run over a target has shown."""

    name: str
    inputs: int = 0
    cpu_s: float = 0.0
    slowest_s: float = 0.0
    slowest: bytes = b""
    growth_bytes: int = 0
    outcomes: set[str] = field(default_factory=set)
    failures: dict[str, bytes] = field(default_factory=dict)  # traceback's end -> the input

    @property
    def is_good(self) -> bool:
        """Tell whether nothing but documented errors came, in bounded memory and time."""
        return not self.failures and self.growth_bytes <= MAX_GROWTH_BYTES and self.slowest_s <= MAX_INPUT_S

    def line(self) -> str:
        """Return one line for people."""
        rate = self.inputs / self.cpu_s if self.cpu_s else 0.0
        return (
            f"{self.name:<14} {self.inputs:>10,} inputs  {self.cpu_s:>8.1f} s CPU  {rate:>9,.0f}/s  "
            f"{len(self.outcomes):>5} outcomes  slowest {self.slowest_s * 1000:>7.1f} ms  "
            f"+{self.growth_bytes >> 10:,} KiB  {'ok' if self.is_good else 'FAILED'}"
        )


def outcome_of(target: Target, data: bytes) -> str:
    """Run one input and name what came of it; an error that is not documented goes through."""
    try:
        return f"{target.run(data)!s:.60}"
    except SpreadError as problem:
        if not isinstance(problem, target.documented):
            raise
        return f"{type(problem).__name__} {problem.what:.40} {problem.why:.40}"
    except target.documented as problem:
        return f"{type(problem).__name__} {str(problem).partition(':')[0]:.40}"


class Search:
    """A search over one target that can be stopped and gone on with."""

    def __init__(self, target: Target, seed: int = 0) -> None:
        self.found = Found(target.name)
        self._target = target
        self._corpus = Corpus(target.seeds, seed)
        for item in target.seeds:
            self._try(item)
        self._base = peak_bytes()

    def go(self, inputs: int, seconds: float) -> None:
        """Try so many inputs more, or as many as fit into so many seconds of CPU."""
        begin = time.process_time()
        for number in range(inputs):
            self._try(self._corpus.next())
            if number % CHECK_EVERY == 0 and time.process_time() - begin > seconds:
                break
        self.found.cpu_s += time.process_time() - begin

    def measure(self) -> None:
        """Note by how much the process has grown; call right after `go`, before another target runs."""
        now = peak_bytes()
        self.found.growth_bytes += max(0, now - self._base)
        self._base = now

    def rebase(self) -> None:
        """Leave out what other targets have used meanwhile."""
        self._base = peak_bytes()

    def _try(self, data: bytes) -> None:
        found = self.found
        found.inputs += 1
        begin = time.process_time()
        try:
            outcome = outcome_of(self._target, data)
        except Exception as problem:
            frames = traceback.extract_tb(problem.__traceback__)[-3:]
            where = " < ".join(
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[::-1]
            )
            found.failures.setdefault(f"{type(problem).__name__}: {problem!s:.120} at {where}", data)
            return
        took = time.process_time() - begin
        if took > found.slowest_s:
            found.slowest_s, found.slowest = took, data
        if outcome not in found.outcomes and len(found.outcomes) < MAX_OUTCOMES:
            found.outcomes.add(outcome)
            self._corpus.keep(data)


def peak_bytes() -> int:
    """Return the most memory this process has ever had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
