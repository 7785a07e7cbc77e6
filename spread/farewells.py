"""What former peers are still to be told, and what is withdrawn from peers.

`farewells/<writer>.json`, mode 0600, each ready to be put.

The peer's own file has gone by then; here is only what it takes to put one envelope, and no longer than mail lives.
"""

import contextlib
import json
import os
import time
from dataclasses import dataclass
from typing import Any, Final

from spread.config import is_relay
from spread.paths import Paths, write_atomic

KEPT_S: Final = 14 * 24 * 3600.0  # a peer that was away for longer finds its sealing key gone anyway


@dataclass(frozen=True)
class Farewell:
    """One sealed farewell and how to put it; `writer` (hex) names the pairing that it ends.

    It goes under `id`, and at the relay under `others` too: what waits there under these, unread, it replaces.
    One that only withdraws such, as its peer may not have it any more, ends nothing.
    """

    writer: str
    name: str
    identity: bytes
    mailbox: bytes
    writer_seed: bytes
    grant: bytes
    relay: str
    id: bytes
    envelope: bytes
    since: float
    others: tuple[bytes, ...] = ()
    withdraws: bool = False


def put(paths: Paths, farewell: Farewell) -> None:
    """Keep a farewell until it is delivered."""
    os.makedirs(paths.farewells, mode=0o700, exist_ok=True)
    data = {key: value.hex() if isinstance(value, bytes) else value for key, value in vars(farewell).items()}
    data["others"] = [id.hex() for id in farewell.others]
    write_atomic(_path(paths, farewell.writer), json.dumps(data).encode("ascii"))


def load_all(paths: Paths) -> list[Farewell]:
    """Return those not delivered yet; one that is too old goes, one that is damaged is passed over."""
    found = []
    for name in sorted(os.listdir(paths.farewells)) if os.path.isdir(paths.farewells) else []:
        if not name.endswith(".json") or name.startswith("."):
            continue
        try:
            with open(os.path.join(paths.farewells, name), "rb") as handle:
                data = json.load(handle)
            farewell = _read(data)
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            continue
        if time.time() - farewell.since > KEPT_S:
            drop(paths, farewell.writer)
        else:
            found.append(farewell)
    return found


def _read(data: Any) -> Farewell:
    def raw(key: str) -> bytes:
        return bytes.fromhex(data[key])

    relay = str(data["relay"])
    return Farewell(
        str(data["writer"]), str(data["name"]), raw("identity"), raw("mailbox"), raw("writer_seed"), raw("grant"),
        relay if is_relay(relay) else "", raw("id"), raw("envelope"), float(data["since"]),
        tuple(bytes.fromhex(id) for id in data["others"]), data.get("withdraws") is True,
    )  # fmt: skip


def untold(paths: Paths) -> list[str]:
    """Return the names of the machines that do not know yet that they were unpaired."""
    return sorted(each.name for each in load_all(paths) if not each.withdraws)


def drop(paths: Paths, writer: str) -> None:
    """A farewell is delivered, or not wanted any more."""
    with contextlib.suppress(
        OSError, ValueError
    ):  # gone already, or a damaged file names what can be no file
        os.unlink(_path(paths, writer))


def drop_for(paths: Paths, identity: bytes) -> None:
    """We are paired with this machine again: what ended before need not be said."""
    for farewell in load_all(paths):
        if farewell.identity == identity:
            drop(paths, farewell.writer)


def _path(paths: Paths, writer: str) -> str:
    return os.path.join(paths.farewells, writer + ".json")
