"""The benches that are tests as well: what must hold whatever the machine, with generous bounds on time."""

import sys
from pathlib import Path

import pytest

from tests.bench import relay
from tests.conftest import need


@pytest.mark.parametrize("at", [1, 700])
def test_kill_during_puts(tmp_path: Path, at: int) -> None:
    """Every envelope acknowledged before kill -9, and after the restart, is there."""
    stored, missing = relay.killed(1_500, str(tmp_path), at)
    assert stored >= 1_500
    assert missing == 0


@pytest.mark.timeout(180)
def test_honest_users_under_attack() -> None:
    """While hundreds of connections attack in every way, honest pairs go on, memory is bounded, nothing dies."""
    need(sys.platform == "linux", "/proc")
    _, loud, exchanges, peak_mib = relay.under_attack(30.0, attackers=400, pairs=5)
    assert exchanges > 100
    assert loud < 5_000  # ms; a machine may be slow, but nobody is kept waiting without end
    assert peak_mib < 1024
