"""The benches that are tests as well: what must hold whatever the machine, with generous bounds on time."""

import sys
from pathlib import Path

import pytest

from tests.bench import relay, relay_attack
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
    found = relay_attack.under_attack(30.0, attackers=400, pairs=5)
    assert len(found.loud) > 100
    assert (
        relay_attack.percentile(found.loud, 0.99) < 5_000
    )  # ms; machines may be slow, but nobody waits without end
    assert found.peak_mib < 1024


@pytest.mark.parametrize("kind", ["puts", "flood"])
def test_strangers_get_a_share_of_the_time(kind: str) -> None:
    """While pairs talk, strangers that never stop leave most of the relay's time alone."""
    need(sys.platform == "linux", "/proc, and addresses of loopback")
    found = relay_attack.under_attack(2.0, attackers=200, pairs=3, kinds=(kind,), begun_s=1.0)
    assert len(found.loud) > 20
    assert found.cpu < 0.6  # else they take all there is
