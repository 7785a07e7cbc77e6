"""Whom we trust: files that are whole or not there, and names that mean one key."""

import fcntl
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spread import peers, store
from spread.errors import PairingError, StoreError
from spread.paths import Paths
from spread.peers import Peer
from tests.pairs import new_home, paired

NOW = 2_000_000_000.0


@pytest.fixture
def peer(tmp_path: Path) -> Peer:
    """A machine called `laptop`, as it is known after pairing."""
    desk, _ = paired(tmp_path / "others", now=NOW)
    return desk.peers["laptop"]


def path(home: Paths, name: str = "laptop") -> Path:
    """Return a peer's file."""
    return Path(home.peers, name + ".toml")


def test_peer_survives_its_file(home: Paths, peer: Peer) -> None:
    """A peer reads back as it was saved, every field of it."""
    full = replace(
        peer, relay="wss://relay.example", our_relay="ws://other.example", teammate=True, version="1.2"
    )
    peers.save(home, full)
    assert peers.load(home, "laptop") == full
    assert peers.load_all(home) == {"laptop": full}


def test_peer_file_is_private(home: Paths, peer: Peer) -> None:
    """The file holds a capability: only the user can read it."""
    os.rmdir(home.peers)
    peers.save(home, peer)
    assert stat.S_IMODE(os.stat(path(home)).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(home.peers).st_mode) == 0o700


def test_no_peers_yet(tmp_path: Path) -> None:
    """A home that was never made has no peers."""
    assert peers.load_all(Paths(tmp_path / "new")) == {}


def test_unknown_peer_names_the_known(home: Paths, peer: Peer) -> None:
    """Asking for a peer that is not there tells which are."""
    for known, names in (("none", []), ("desk, laptop", ["desk", "laptop"])):
        for name in names:
            peers.save(home, replace(peer, name=name))
        with pytest.raises(PairingError, match="no peer is called tower") as caught:
            peers.load(home, "tower")
        assert caught.value.why == f"known peers: {known}"
        assert "spread peers" in caught.value.hint


def test_unknown_peer_without_a_home(tmp_path: Path) -> None:
    """The same holds before anything was ever paired."""
    with pytest.raises(PairingError, match="no peer"):
        peers.load(Paths(tmp_path / "new"), "laptop")


@pytest.mark.parametrize("name", ["", "..", "a/b", "../identity", "a.b", "a b", "ä", "a\0", "²"])
def test_hostile_name_is_refused(home: Paths, peer: Peer, name: str) -> None:
    """A name that is no plain file name is no peer's, whoever asks."""
    with pytest.raises(PairingError, match="no peer's name"):
        peers.load(home, name)
    with pytest.raises(PairingError, match="no peer's name"):
        peers.save(home, replace(peer, name=name))


@pytest.mark.parametrize(
    "stray", ["laptop copy.toml", ".laptop.toml.7.tmp", ".hidden.toml", "notes.txt", ".toml"]
)
def test_stray_files_are_no_peers(home: Paths, peer: Peer, stray: str) -> None:
    """Copies, temporary and other files beside the peers keep nobody from working."""
    peers.save(home, peer)
    Path(home.peers, stray).write_text("identity = 5", encoding="utf-8")
    assert list(peers.load_all(home)) == ["laptop"]
    with pytest.raises(PairingError) as caught:
        peers.load(home, "tower")
    assert caught.value.why == "known peers: laptop"


@pytest.mark.parametrize(
    "change",
    [
        {"identity": "zz"}, {"identity": 5}, {"identity": "00"}, {"mailbox": None}, {"writer_seed": "00" * 31},
        {"grant": "00" * 63}, {"granted": ""}, {"prekey": None}, {"prekey": "x"}, {"relay": 5}, {"our_relay": []},
        {"teammate": "yes"}, {"paired_at": "now"}, {"paired_at": True}, {"name": "desk"}, {"later": 1},
    ],
)  # fmt: skip
def test_damaged_peer_is_told(home: Paths, peer: Peer, change: dict[str, Any]) -> None:
    """A file with a field missing, unknown or of a wrong kind is an error that names it and the way out."""
    import tomli_w

    fields = {key: v.hex() if isinstance(v, bytes) else v for key, v in vars(peer).items() if key != "name"}
    fields.update(change)
    text = tomli_w.dumps({key: value for key, value in fields.items() if value is not None})
    path(home).write_text(text, encoding="utf-8")
    for read in (lambda: peers.load(home, "laptop"), lambda: peers.load_all(home)):
        with pytest.raises(StoreError) as caught:
            read()
        assert str(path(home)) in caught.value.what
        assert caught.value.why
        assert "spread unpair laptop" in caught.value.hint
    assert peer.writer_seed.hex() not in "".join(caught.value.lines())


@pytest.mark.parametrize("raw", [b"\xff", b"= =", b"", b"x = " + b"[" * 5000])
def test_peer_that_is_no_toml_is_told(home: Paths, raw: bytes) -> None:
    """Bytes that are no peer at all are an error that names the file."""
    path(home).write_bytes(raw)
    with pytest.raises(StoreError) as caught:
        peers.load(home, "laptop")
    assert str(path(home)) in caught.value.what


def test_new_machine_gets_its_name(home: Paths, peer: Peer) -> None:
    """A machine met for the first time is stored under the name it gives."""
    assert peers.add(home, peer) == peer
    assert peers.load(home, "laptop") == peer


def test_changed_key_under_a_known_name_is_refused(home: Paths, peer: Peer, tmp_path: Path) -> None:
    """A known name with a new key is refused loudly, and what is known stays."""
    peers.add(home, peer)
    other = replace(peer, identity=new_home(tmp_path, "other").identity.public)
    with pytest.raises(PairingError, match="another machine is already paired as laptop") as caught:
        peers.add(home, other)
    assert "key" in caught.value.why
    assert "spread unpair laptop" in caught.value.hint
    assert peers.load_all(home) == {"laptop": peer}


def test_same_machine_keeps_its_name(home: Paths, peer: Peer) -> None:
    """A known machine paired again under a new name keeps the old one, with its new keys."""
    peers.add(home, peer)
    again = replace(peer, name="notebook", writer_seed=os.urandom(32), relay="wss://relay.example")
    assert peers.add(home, again).name == "laptop"
    assert peers.load_all(home) == {"laptop": replace(again, name="laptop")}


def test_same_machine_cannot_take_anothers_name(home: Paths, peer: Peer, tmp_path: Path) -> None:
    """A known machine that comes under another peer's name keeps its own and leaves the other alone."""
    desk = replace(peer, name="desk", identity=new_home(tmp_path, "other").identity.public)
    peers.add(home, peer)
    peers.add(home, desk)
    assert peers.add(home, replace(peer, name="desk")) == peer
    assert peers.load_all(home) == {"laptop": peer, "desk": desk}


def test_vet_changes_nothing(home: Paths, peer: Peer) -> None:
    """Vetting a machine stores nothing."""
    assert peers.vet(home, peer) == peer
    assert peers.load_all(home) == {}


def test_remove(home: Paths, peer: Peer) -> None:
    """A removed peer is gone, and is told once more to whoever must clean up after it."""
    peers.add(home, peer)
    assert peers.remove(home, "laptop") == peer
    assert peers.load_all(home) == {}
    with pytest.raises(PairingError, match="no peer"):
        peers.remove(home, "laptop")


def test_damaged_peer_can_be_removed(home: Paths) -> None:
    """A damaged file does not keep its peer from being removed."""
    path(home).write_bytes(b"\xff")
    assert peers.remove(home, "laptop") is None
    assert peers.load_all(home) == {}


# -- changed and removed at once ---------------------------------------------------------------------------


def fresh(peer: Peer, seconds: int) -> dict[str, Any]:
    """Return a sealing key that is so much younger than the one known."""
    return {**peer.prekey, "created": peer.prekey["created"] + seconds}


def test_update(home: Paths, peer: Peer) -> None:
    """A younger sealing key is noted with what came along; an older one, or the same, changes nothing."""
    peers.add(home, peer)
    peers.update(home, peer, prekey=fresh(peer, 1), relay="wss://new.example")
    changed = replace(peer, prekey=fresh(peer, 1), relay="wss://new.example")
    assert peers.load(home, "laptop") == changed
    for seconds in (1, 0, -5):
        peers.update(home, peer, prekey=fresh(peer, seconds), relay="wss://old.example")
        assert peers.load(home, "laptop") == changed


def test_update_keeps_what_changed_since(home: Paths, peer: Peer) -> None:
    """An update changes its own fields only, whatever else was changed after the peer was read."""
    peers.add(home, peer)
    peers.save(home, replace(peer, teammate=True))
    peers.update(home, peer, prekey=fresh(peer, 1), relay="")
    assert peers.load(home, "laptop") == replace(peer, teammate=True, prekey=fresh(peer, 1))


def test_update_brings_nobody_back(home: Paths, peer: Peer, tmp_path: Path) -> None:
    """A peer that was removed, or whose name is another machine's now, is not changed."""
    with pytest.raises(PairingError, match="no peer"):
        peers.update(home, peer, prekey=fresh(peer, 1), relay="")
    assert peers.load_all(home) == {}
    other = replace(peer, identity=new_home(tmp_path, "other").identity.public)
    peers.add(home, other)
    with pytest.raises(PairingError, match="another machine"):
        peers.update(home, peer, prekey=fresh(peer, 1), relay="")
    assert peers.load_all(home) == {"laptop": other}


def test_locked_keeps_others_out(home: Paths) -> None:
    """While one program changes peers no other can, and the lock is no peer."""
    with peers.locked(home):
        handle = os.open(home.peers_lock, os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
    assert peers.load_all(home) == {}


def test_new_machine_gets_nothing_of_its_namesake(home: Paths, peer: Peer) -> None:
    """What was left for an earlier machine of that name is not for a new one; the same one keeps its debts."""
    store.put(home, "laptop", "s", 1, "text")
    peers.add(home, peer)
    assert store.owed(home) == []
    store.put(home, "laptop", "s", 1, "text")
    peers.add(home, peer)
    assert len(store.owed(home)) == 1


def test_removed_machine_is_owed_nothing(home: Paths, peer: Peer) -> None:
    """With a peer goes what is owed to it."""
    peers.add(home, peer)
    store.put(home, "laptop", "s", 1, "text")
    peers.remove(home, "laptop")
    assert store.owed(home) == []
