"""Attacks by text that takes long to read: front matter, and whatever a pattern of ours looks at."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from spread import distillation
from spread.distillation import MAX_BYTES, Distillation
from spread.errors import DistillationError
from tests.attacks.harness import withstands

PATIENCE_S = 1.0  # CPU; what is in proportion takes a tenth


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what takes longer, in CPU time, with a TimeoutError; patterns and Python code can be stopped so."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def is_slow(work: Callable[[], object]) -> bool:
    """Tell whether something takes longer than it may."""
    try:
        with stopped_after(PATIENCE_S):
            work()
    except TimeoutError:
        return True
    return False


_FILL = MAX_BYTES - 1024
SLOW = {
    "escapes without an end": 'a = "' + '\\"' * (_FILL // 2),
    "a key of many parts": "a." * (_FILL // 2) + "a = 1",
    "a key in an inline table": "x = {" + "a." * (_FILL // 2) + "a = 1}",
    "a key behind a string": 'x = {b = "=", ' + "a." * (_FILL // 2) + "a = 1}",
    "a key between long strings": 'x = {s = """a"b""", ' + "a." * (_FILL // 2) + 'a = 1, t = """a"b"""}',
    "a key after a long string": 'x = {s = """\n""", ' + "a." * (_FILL // 2) + "a = 1}",
}


@pytest.mark.parametrize("which", SLOW)
def test_front_matter_that_is_slow_to_read(which: str) -> None:
    """A hand-off of the size that is allowed takes no longer than its size says, whatever stands in it."""

    def attack() -> bool:
        def read() -> None:
            with pytest.raises(DistillationError):
                Distillation.from_markdown(f"+++\n{SLOW[which]}\n+++\n")

        return is_slow(read)

    first = re.compile(r'"(?:[^"\\]|\\.)*(?P<end>")|(?P<rest>$)')  # the first version's
    if which.startswith("escapes"):
        withstands(attack, (distillation, "_QUOTED", first))
    else:
        withstands(attack, (distillation, "_readable", lambda front: None))
