"""Whom we trust: one file a peer, `peers/<name>.toml`, mode 0600."""

import contextlib
import fcntl
import functools
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import tomli_w

from spread import farewells, sequences, store, store_inbox, store_ledger, store_revocations
from spread.config import is_relay
from spread.errors import PairingError, StoreError
from spread.paths import Paths, write_atomic

_KEY_BYTES: Final = {"identity": 32, "mailbox": 32, "writer_seed": 32, "grant": 64, "granted": 32}
MAX_VERSION: Final = 32
NO_RELAY: Final = "the relay it named is no address that may be used; it has none until it names another"
_KINDS: Final = {
    "prekey": dict,
    "relay": str,
    "our_relay": str,
    "teammate": bool,
    "paired_at": int,
    "version": str,
    "gone": bool,
}


@dataclass(frozen=True)
class Peer:
    """A machine we are paired with.

    `writer_seed` and `grant` are our capability to write to its mailbox; `granted` is the writer key whose
    capability for ours it holds. `relay` is where its mailbox is, `our_relay` where it looks for ours. `version` is
    what it said it runs, if it did. One that is `gone` has unpaired us: it is sent nothing and nothing of it is taken.
    """

    name: str
    identity: bytes
    mailbox: bytes
    writer_seed: bytes
    grant: bytes
    granted: bytes
    prekey: dict[str, Any]
    relay: str = ""
    our_relay: str = ""
    teammate: bool = False
    paired_at: int = 0
    version: str = ""
    gone: bool = False


def load_all(paths: Paths) -> dict[str, Peer]:
    """Return the peers by name; a file that cannot be read is an error that names it.

    Raises:
        StoreError: A peer's file is damaged.
    """
    return {name: load(paths, name) for name in _listed(paths)}


def load_usable(paths: Paths) -> tuple[dict[str, Peer], dict[str, str]]:
    """Return the peers whose files can be used, and by name what is wrong: with the others, or with a relay."""
    found, damaged = {}, {}
    for name in _listed(paths):
        try:
            found[name] = load(paths, name)
            if not found[name].relay and _named_relay(paths, name):
                damaged[name] = f"{name}: {NO_RELAY}"
        except StoreError as problem:
            damaged[name] = f"{problem.what}: {problem.why}; {problem.hint}"
        except PairingError:  # unpaired meanwhile
            continue
    return found, damaged


def load(paths: Paths, name: str) -> Peer:
    """Return one peer.

    Raises:
        PairingError: There is no such peer.
        StoreError: Its file is damaged.
    """
    path = _path(paths, name)
    try:
        with open(path, "rb") as handle:
            return Peer(name=name, **_parsed(handle.read()))
    except FileNotFoundError:
        known = ", ".join(_listed(paths))
        raise PairingError(
            f"no peer is called {name}", why=f"known peers: {known or 'none'}", hint="see `spread peers`"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise StoreError(
            f"cannot use {path}", why="it is not what we wrote",
            hint=f"run `spread unpair {name}` and pair again",
        ) from None  # fmt: skip


@functools.lru_cache(maxsize=64)
def _parsed(raw: bytes) -> dict[str, Any]:
    """Return a peer's fields; every turn of the engine reads the same files, and their long keys are slow to parse."""
    return {key: _field(key, value) for key, value in tomllib.loads(raw.decode("utf-8")).items()}


def _field(key: str, value: Any) -> Any:
    """Return a field as `Peer` has it; anything but what `save` writes is a ValueError, TypeError or KeyError."""
    if key in _KEY_BYTES:
        raw = bytes.fromhex(value)
        if len(raw) != _KEY_BYTES[key]:
            raise ValueError("a key of a wrong size")
        return raw
    if type(value) is not _KINDS[key]:
        raise TypeError("a field of a wrong kind")
    return "" if key == "relay" and not is_relay(value) else value


def _named_relay(paths: Paths, name: str) -> str:
    """Return the relay that a peer's file has, of use or not."""
    with contextlib.suppress(OSError), open(_path(paths, name), "rb") as handle:
        return _relay_in(handle.read())
    return ""  # unpaired meanwhile


@functools.lru_cache(maxsize=64)
def _relay_in(raw: bytes) -> str:
    return str(tomllib.loads(raw.decode("utf-8")).get("relay", ""))


def said_version(text: object) -> str:
    """Return what a machine says it runs, if that can be a version; else nothing."""
    fits = isinstance(text, str) and 0 < len(text) <= MAX_VERSION and text.isascii()
    return str(text) if fits and all(c.isalnum() or c in ".+-" for c in str(text)) else ""


def _listed(paths: Paths) -> list[str]:
    """Return the peers' names; a file that is not named like a peer's is none."""
    entries = os.listdir(paths.peers) if os.path.isdir(paths.peers) else []
    return sorted(entry[:-5] for entry in entries if entry.endswith(".toml") and _is_name(entry[:-5]))


def _is_name(text: str) -> bool:
    return text != "" and all(c.isascii() and (c.isalnum() or c == "-") for c in text)


def _path(paths: Paths, name: str) -> str:
    if not _is_name(name):
        raise PairingError(f"{name!r} is no peer's name", hint="see `spread peers`")
    return os.path.join(paths.peers, name + ".toml")


def save(paths: Paths, peer: Peer) -> None:
    """Write a peer's file whole or not at all."""
    data = {
        key: value.hex() if isinstance(value, bytes) else value
        for key, value in vars(peer).items()
        if key != "name"
    }
    os.makedirs(paths.peers, mode=0o700, exist_ok=True)
    write_atomic(_path(paths, peer.name), tomli_w.dumps(data).encode("utf-8"))


@contextlib.contextmanager
def locked(paths: Paths) -> Iterator[None]:
    """Let nobody else change peers meanwhile: the engine notes a new sealing key, `unpair` must still win."""
    os.makedirs(paths.engine, mode=0o700, exist_ok=True)
    handle = os.open(paths.peers_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def vet(paths: Paths, peer: Peer) -> Peer:
    """Return a freshly met machine under the name it may have here.

    The same machine paired again keeps the name it has.

    Raises:
        PairingError: A known name comes with a new key: somebody else, or a machine set up anew.
    """
    known = load_all(paths)
    for other in known.values():
        if other.identity == peer.identity:
            return replace(peer, name=other.name)
    if peer.name in known:
        raise PairingError(
            f"another machine is already paired as {peer.name}",
            why="its key is not the one we know: another machine of that name, or the same one set up anew",
            hint=f"if you expect this, run `spread unpair {peer.name}` and pair again, "
            f"or give the other machine another name with `spread pair --name`",
        )
    return peer


def add(paths: Paths, peer: Peer) -> Peer:
    """Store a freshly paired machine; return it under the name it got.

    What is left of another machine that once had this name is not for this one. What a pairing before this one let it
    write with is revoked.

    Raises:
        PairingError: As `vet`.
    """
    with locked(paths):
        peer = vet(paths, peer)
        before = load_all(paths).get(peer.name)
        if before is None:
            store_inbox.drop_peer(paths, peer.name)
            store_ledger.recall(paths, peer.name, peer.identity)
        elif before.granted != peer.granted:
            revoke(paths, before.granted.hex(), before.our_relay, peer.our_relay)
        sequences.forget(paths, peer.name)  # the other side begins anew, too
        save(paths, peer)
        farewells.drop_for(paths, peer.identity)
    return peer


def still(paths: Paths, peer: Peer) -> Peer:
    """Return a peer as it is known now.

    Raises:
        PairingError: It is not a peer any more.
    """
    now = load(paths, peer.name)
    if now.identity != peer.identity or now.gone:
        raise PairingError(f"{peer.name} is another machine now, or gone")
    return now


def update(paths: Paths, peer: Peer, **changed: Any) -> None:
    """Change what is known of a peer, if it is still the same machine and its sealing key is older.

    Raises:
        PairingError: It is not a peer any more.
    """
    with locked(paths):
        now = still(paths, peer)
        if int(changed["prekey"]["created"]) > int(now.prekey.get("created", 0)):
            save(paths, replace(now, **changed))


def end(paths: Paths, peer: Peer) -> int:
    """Note that a peer has unpaired us: nothing is owed to it any more; return how much it was.

    Raises:
        PairingError: It is not a peer any more, or was paired anew meanwhile.
    """
    with locked(paths):
        now = load(paths, peer.name)
        if (now.identity, now.granted) != (peer.identity, peer.granted):
            raise PairingError(f"{peer.name} is paired anew")
        save(paths, replace(now, gone=True))
        return store.drop_debts(paths, peer.name)


def revoke(paths: Paths, writer: str, *relays: str) -> None:
    """Have our relays refuse a writer (hex) from now on."""
    if _is_hex(writer, 32):
        store_revocations.put(paths, writer, {relay for relay in relays if relay})


def _is_hex(text: str, size: int) -> bool:
    return len(text) == 2 * size and all(c in "0123456789abcdef" for c in text)


def granted(paths: Paths, name: str) -> tuple[str, str]:
    """Return what a peer may write with (hex) and at which relay of ours, as its file says, damaged or not."""
    with contextlib.suppress(OSError), open(_path(paths, name), encoding="utf-8", errors="replace") as handle:
        fields = dict(line.partition(" = ")[::2] for line in handle.read(65_536).splitlines())
        return fields.get("granted", "").strip('"'), fields.get("our_relay", "").strip('"')
    return "", ""


def remove(paths: Paths, name: str, relay: str = "") -> Peer | None:
    """Forget a peer's keys; return what was known of it, None if its file was damaged.

    Args:
        relay: Our relay now; it is told to refuse the peer, as is the one that the pairing names.

    Raises:
        PairingError: There is no such peer.
    """
    with locked(paths):
        try:
            peer = load(paths, name)
        except StoreError:
            peer = None
        if peer is not None:
            store_ledger.keep(paths, name, peer.identity)
        # first, so that a crash leaves nobody with a capability whom we have forgotten
        writer, named = granted(paths, name)
        revoke(paths, writer, relay, named)
        os.unlink(_path(paths, name))
        store_inbox.drop_peer(paths, name)
    return peer
