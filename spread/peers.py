"""Whom we trust: one file a peer, `peers/<name>.toml`, mode 0600."""

import os
import tomllib
from dataclasses import dataclass, replace
from typing import Any, Final

import tomli_w

from spread.errors import PairingError, StoreError
from spread.paths import Paths, write_atomic

_BYTES: Final = ("identity", "mailbox", "writer_seed", "grant", "granted")


@dataclass(frozen=True)
class Peer:
    """A machine we are paired with.

    `writer_seed` and `grant` are our capability to write to its mailbox; `granted` is the writer key whose
    capability for ours it holds. `relay` is where its mailbox is, `our_relay` where it looks for ours.
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


def load_all(paths: Paths) -> dict[str, Peer]:
    """Return the peers by name; a file that cannot be read is an error that names it.

    Raises:
        StoreError: A peer's file is damaged.
    """
    found = {}
    for entry in sorted(os.listdir(paths.peers)) if os.path.isdir(paths.peers) else []:
        if entry.endswith(".toml") and not entry.startswith("."):
            found[entry[:-5]] = load(paths, entry[:-5])
    return found


def load(paths: Paths, name: str) -> Peer:
    """Return one peer.

    Raises:
        PairingError: There is no such peer.
        StoreError: Its file is damaged.
    """
    path = _path(paths, name)
    try:
        with open(path, "rb") as handle:
            data = tomllib.load(handle)
        fields: dict[str, Any] = {
            key: bytes.fromhex(value) if key in _BYTES else value for key, value in data.items()
        }
        return Peer(name=name, **fields)
    except FileNotFoundError:
        known = ", ".join(entry[:-5] for entry in sorted(_listed(paths)))
        raise PairingError(
            f"no peer is called {name}", why=f"known peers: {known or 'none'}", hint="see `spread peers`"
        ) from None
    except (OSError, ValueError, TypeError):
        raise StoreError(
            f"cannot use {path}", why="it is not what we wrote",
            hint=f"run `spread unpair {name}` and pair again",
        ) from None  # fmt: skip


def _listed(paths: Paths) -> list[str]:
    return [n for n in os.listdir(paths.peers) if n.endswith(".toml")] if os.path.isdir(paths.peers) else []


def _path(paths: Paths, name: str) -> str:
    if not name or any(not (c.isascii() and (c.isalnum() or c == "-")) for c in name):
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

    Raises:
        PairingError: As `vet`.
    """
    peer = vet(paths, peer)
    save(paths, peer)
    return peer


def remove(paths: Paths, name: str) -> Peer | None:
    """Forget a peer's keys; return what was known of it, None if its file was damaged.

    Raises:
        PairingError: There is no such peer.
    """
    try:
        peer = load(paths, name)
    except StoreError:
        peer = None
    os.unlink(_path(paths, name))
    return peer
