"""When `engine/ready` is written: after the mailboxes, and after peers on the LAN had their chance."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spread import engine_ready
from spread.engine_ready import LAN_PATIENCE_S, LAN_SILENCE_S, MAILBOX_PATIENCE_S, Readiness
from spread.paths import Paths

BEGAN = 100.0
PEERS: Any = {
    name: SimpleNamespace(name=name, mailbox=name.encode(), our_relay="") for name in ("desk", "phone")
}


class Routes:
    """A courier: who is announced, whom a relay serves, whether the relays were looked at."""

    def __init__(self) -> None:
        self.looked = True
        self.there: set[bytes] = set()
        self.by_relay: set[str] = set()
        self.lan = SimpleNamespace(is_there=lambda mailbox: mailbox in self.there)

    def is_lan_alone(self, peer: Any) -> bool:
        return peer.name not in self.by_relay


@pytest.fixture
def routes() -> Routes:
    """Nobody is there."""
    return Routes()


def readiness(routes: Any, home: Path = Path("unused")) -> Readiness:
    """Return that of an engine that has just started."""
    return Readiness(Paths(home), routes, BEGAN)


def test_mailboxes_come_first(routes: Routes) -> None:
    """A relay that is not connected yet is waited for, however long the LAN has had."""
    routes.looked = False
    assert readiness(routes).at(PEERS, BEGAN + 2) == BEGAN + MAILBOX_PATIENCE_S


def test_peers_with_a_relay_of_ours_are_not_waited_for(routes: Routes) -> None:
    """What they owe is there; without a peer there is nobody to wait for either."""
    routes.by_relay = {"desk", "phone"}
    assert readiness(routes).at(PEERS, BEGAN) == BEGAN
    assert readiness(Routes()).at({}, BEGAN) == BEGAN


def test_who_does_not_show_up_is_waited_for_so_long(routes: Routes) -> None:
    """And no longer, whoever else came."""
    made = readiness(routes)
    assert made.at(PEERS, BEGAN) == BEGAN + LAN_PATIENCE_S
    routes.there = {b"desk"}
    assert made.at(PEERS, BEGAN + 0.1) == BEGAN + LAN_PATIENCE_S


def test_who_is_there_has_a_moment_to_deliver(routes: Routes) -> None:
    """From when the last of them came, and again from each mail; never beyond the patience for the LAN."""
    made = readiness(routes)
    made.at(PEERS, BEGAN)
    routes.there = {b"desk", b"phone"}
    assert made.at(PEERS, BEGAN + 0.1) == BEGAN + 0.1 + LAN_SILENCE_S
    assert made.at(PEERS, BEGAN + 0.2) == BEGAN + 0.1 + LAN_SILENCE_S
    made.came("desk", BEGAN + 0.3)
    assert made.at(PEERS, BEGAN + 0.3) == BEGAN + 0.3 + LAN_SILENCE_S
    made.came("phone", BEGAN + 0.9)
    assert made.at(PEERS, BEGAN + 0.9) == BEGAN + LAN_PATIENCE_S


def test_who_delivers_is_there(routes: Routes) -> None:
    """It heard of us before we heard of it."""
    made = readiness(routes)
    made.at(PEERS, BEGAN)
    for name in PEERS:
        made.came(name, BEGAN + 0.1)
    assert made.at(PEERS, BEGAN + 0.15) == BEGAN + 0.15 + LAN_SILENCE_S


def test_it_is_written_once(routes: Routes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is so, and not again when peers come later."""
    clock = SimpleNamespace(monotonic=lambda: BEGAN, time=lambda: 1e9)
    monkeypatch.setattr(engine_ready, "time", clock)
    made = readiness(routes, tmp_path)
    ready = Path(made._paths.engine_ready)
    ready.parent.mkdir(parents=True)
    assert made.look(PEERS) == BEGAN + LAN_PATIENCE_S
    assert not ready.exists()
    clock.monotonic = lambda: BEGAN + LAN_PATIENCE_S
    assert made.look(PEERS) == float("inf")
    ready.unlink()
    routes.looked = False
    assert made.look(PEERS) == float("inf")
    assert not ready.exists()
