"""Every target for a moment, always the same search; the long one is `python -m tests.fuzz --inputs 10000000`."""

import logging
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz import file_targets, protocol_targets
from tests.fuzz.mutator import Corpus
from tests.fuzz.target import MAX_GROWTH_BYTES, MAX_INPUT_S, Search, Target, peak_bytes

SECONDS = 1.0  # of CPU for each target
HOME = file_targets.Home()
TARGETS = {each.name: each for each in (*protocol_targets.targets(), *file_targets.targets(HOME))}


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """What is passed over is logged, too often for a report."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", TARGETS)
def test_target(name: str) -> None:
    """Nothing but the documented errors, no growth beyond 64 MB, no input that takes seconds."""
    search = Search(TARGETS[name])
    search.go(10**9, SECONDS)
    search.measure()
    assert search.found.failures == {}
    assert search.found.is_good, search.found.line()
    assert search.found.inputs > 100


def test_search_finds_errors_that_are_not_documented() -> None:
    """A parser that raises something else does not pass, and the input is told."""

    def fragile(data: bytes) -> object:
        return data.index(b"{"), data.decode("utf-8")

    search = Search(Target("fragile", (b'{"a": 1}',), fragile, (UnicodeDecodeError,)))
    search.go(2_000, 5.0)
    assert not search.found.is_good
    assert [what.partition(" at ")[0] for what in search.found.failures] == [
        "ValueError: subsection not found"
    ]
    assert all(b"{" not in data for data in search.found.failures.values())


def test_search_finds_what_grows() -> None:
    """Memory beyond the limit is noticed."""
    kept: list[bytes] = []

    def greedy(data: bytes) -> None:
        if len(data) > 1:
            now = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
            below = peak_bytes() - now  # earlier tests of this process may have had more at a time
            kept.append(b"x" * (MAX_GROWTH_BYTES + below + (32 << 20)))

    search = Search(Target("greedy", (b"x",), greedy))
    while not kept:
        search.go(1, 5.0)
    search.measure()
    kept.clear()
    assert not search.found.is_good
    assert search.found.growth_bytes > MAX_GROWTH_BYTES


def test_search_finds_what_is_slow() -> None:
    """So is an input that takes too long."""
    search = Search(Target("slow", (b"x",), lambda data: None))
    assert search.found.is_good
    search.found.slowest_s = MAX_INPUT_S + 0.1
    assert not search.found.is_good


def test_inputs_are_the_same_for_a_seed() -> None:
    """A failure can be had again."""
    one, same, other = (Corpus((b'{"a": [1, 2, "x"]}', b"+++"), seed) for seed in (1, 1, 2))
    first = [one.next() for _ in range(200)]
    assert first == [same.next() for _ in range(200)]
    assert first != [other.next() for _ in range(200)]
