"""Our own secret keys on disk, mode 0600.

The identity signs what we say, the mailbox key opens our mailbox, the prekeys open what is sealed for us. A
prekey is replaced daily; a replaced one is kept as long as mail sealed to it may still wait at a relay.
"""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from spread.errors import StoreError
from spread.paths import Paths, sync_directory, write_atomic
from spread.protocol import crypto, envelope

PREKEY_AGE_S: Final = 24 * 3600
# Restored from a backup, we lack one that peers use: replaced sooner, and not for every lie.
LOST_AGE_S: Final = 3600.0
PREKEY_KEPT_S: Final = 15 * 24 * 3600  # a relay's mailbox lifetime (14 days) plus a day


@dataclass(frozen=True)
class Identity:
    """This machine's long-term keys (32-byte Ed25519 seeds)."""

    seed: bytes
    mailbox_seed: bytes

    @property
    def public(self) -> bytes:
        return crypto.public_key(self.seed)

    @property
    def mailbox(self) -> bytes:
        return crypto.public_key(self.mailbox_seed)


def load(paths: Paths) -> Identity:
    """Return this machine's identity, made on first use.

    Raises:
        StoreError: The file is there but cannot be used.
    """
    try:
        with open(paths.identity, "rb") as handle:
            data = json.load(handle)
        identity = Identity(bytes.fromhex(data["seed"]), bytes.fromhex(data["mailbox_seed"]))
        if len(identity.seed) == len(identity.mailbox_seed) == crypto.SEED_BYTES:
            return identity
        problem = "it holds keys of a wrong size"
    except FileNotFoundError:
        return _create(paths)
    except OSError as error:
        problem = error.strerror or "it cannot be read"
    except (ValueError, KeyError, TypeError, RecursionError):
        problem = "it is not what we wrote"
    raise StoreError(
        f"cannot use {paths.identity}", why=problem,
        hint="restore it from a backup, or move it away and pair again with every machine",
    )  # fmt: skip


def _create(paths: Paths) -> Identity:
    identity = Identity(secrets.token_bytes(crypto.SEED_BYTES), secrets.token_bytes(crypto.SEED_BYTES))
    paths.make()
    data = json.dumps({"seed": identity.seed.hex(), "mailbox_seed": identity.mailbox_seed.hex()})
    fresh = os.path.join(paths.home, f".identity.{os.getpid()}.tmp")
    write_atomic(fresh, data.encode("ascii"))
    try:
        os.link(fresh, paths.identity)  # unlike a rename it replaces nothing: engine and `pair` may race
    except FileExistsError:
        return load(paths)
    except OSError:  # a file system without hard links
        write_atomic(paths.identity, data.encode("ascii"))
    finally:
        os.unlink(fresh)
    sync_directory(paths.home)
    return identity


def prekeys(paths: Paths) -> list[envelope.SecretPrekey]:
    """Return our prekeys, newest first; files that are not what we wrote are passed over.

    Raises:
        OSError: One cannot be read now; what is sealed to it must not be taken for undecipherable.
    """
    names = sorted(os.listdir(paths.prekeys)) if os.path.isdir(paths.prekeys) else []
    found = [
        _read_prekey(paths, name) for name in names if name.endswith(".json") and not name.startswith(".")
    ]
    return sorted(
        (secret for secret in found if secret is not None),
        key=lambda secret: secret.prekey.created,
        reverse=True,
    )


def find_prekey(paths: Paths, id: bytes) -> envelope.SecretPrekey | None:
    """Return the prekey with this id; raises as `prekeys`."""
    return _read_prekey(paths, id.hex() + ".json")


def _read_prekey(paths: Paths, name: str) -> envelope.SecretPrekey | None:
    try:
        with open(os.path.join(paths.prekeys, name), "rb") as handle:
            data = json.load(handle)
        key = envelope.Prekey(
            int(data["suite"]),
            bytes.fromhex(data["public"]),
            int(data["created"]),
            bytes.fromhex(data["signature"]),
        )
        return envelope.SecretPrekey(key, bytes.fromhex(data["private"])) if name == _file_name(key) else None
    except (
        FileNotFoundError, IsADirectoryError, ValueError, KeyError, TypeError, OverflowError, RecursionError
    ):  # fmt: skip
        return None


def current_prekey(
    paths: Paths, identity: Identity, now: float, age_s: float = PREKEY_AGE_S
) -> envelope.SecretPrekey:
    """Return the prekey to give to peers, making a new one when the newest is a day (or `age_s`) old.

    One that was made while the clock was far ahead would be the newest until then. It is replaced too, by one that
    says it is newer still, as peers take no other.
    """

    def made(secret: envelope.SecretPrekey) -> float:
        at: float = secret.prekey.created
        if at > now + PREKEY_KEPT_S:
            with contextlib.suppress(FileNotFoundError):
                at = os.stat(os.path.join(paths.prekeys, _file_name(secret.prekey))).st_mtime
        return at

    known = prekeys(paths)
    if known and -PREKEY_KEPT_S <= now - made(known[0]) < age_s:
        return known[0]
    fresh = envelope.new_prekey(
        identity.seed, max(int(now), *(key.prekey.created + 1 for key in known[:1]), 0)
    )
    data = {**fresh.prekey.to_dict(), "private": fresh.private.hex()}
    os.makedirs(paths.prekeys, mode=0o700, exist_ok=True)
    path = os.path.join(paths.prekeys, _file_name(fresh.prekey))
    write_atomic(path, json.dumps(data).encode("ascii"))
    os.utime(path, (now, now))
    for newer, old in pairwise(known):
        if now - made(newer) > PREKEY_KEPT_S:  # replaced so long ago
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(paths.prekeys, _file_name(old.prekey)))
    return fresh


def _file_name(key: envelope.Prekey) -> str:
    return key.id.hex() + ".json"
