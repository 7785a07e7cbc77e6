"""The ground that the product stands on, made unsafe: clocks that jump, disks that fill, a death at any write."""

import asyncio
import os
import random
import shutil
import sys
import time
import types
from collections.abc import Callable
from typing import Any, Final

import pytest

from spread.protocol import envelope

WRITES: Final = ("open", "write", "fsync", "replace", "unlink", "link", "rmdir", "mkdir", "utime")
CHANGES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Crash(BaseException):
    """The process is dead: nothing it would still do gets done."""


class Ground:
    """What one machine's processes stand on; `Loader` gives it to the product while they run."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.offset = 0.0  # of the wall clock
        self.pid = 0
        self.fuse: int | None = None  # the process dies at its n-th change of the disk
        self.dead = False
        self.full = False

    def change(self, name: str) -> None:
        """One change of the disk is to be made."""
        if self.dead:
            raise Crash
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse, self.dead = None, True
                raise Crash
        if self.full and name in ("write", "mkdir"):
            raise OSError(28, "No space left on device")


class World:
    """The time, and whose turn it is."""

    def __init__(self) -> None:
        self.elapsed = 1000.0  # monotonic
        self.here: Ground | None = None

    @property
    def wall(self) -> float:
        return 1_700_000_000.0 + self.elapsed + (self.here.offset if self.here else 0.0)


def install(patch: pytest.MonkeyPatch, world: World, *, cheap: bool = False) -> None:
    """Let all of the product stand on the ground of whoever's turn it is.

    Args:
        cheap: Seal by a stand-in that costs nothing and hides nothing; for very long runs.
    """
    stand_ins = {"os": _Os(world), "time": _Time(world), "shutil": _Shutil(world)}
    for name, module in list(sys.modules.items()):
        if name == "spread" or name.startswith("spread."):
            for attribute, stand_in in stand_ins.items():
                if isinstance(getattr(module, attribute, None), types.ModuleType):
                    patch.setattr(module, attribute, stand_in)

    async def inline(function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    patch.setattr(asyncio, "to_thread", inline)
    if cheap:
        patch.setattr(envelope, "seal", _seal)
        patch.setattr(envelope, "unseal", _unseal)


class _Os:
    def __init__(self, world: World) -> None:
        self._world = world
        for name in WRITES:
            setattr(self, name, self._wrapped(name))

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def _wrapped(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            here = self._world.here
            if here is None or (name == "open" and not arguments[1] & CHANGES):
                return real(*arguments, **named)
            if name == "write":  # a death in the middle of a write leaves half of it
                return self._write(here, *arguments)
            here.change(name)
            done = real(*arguments, **named)
            if name == "replace":
                os.utime(arguments[1], (self._world.wall, self._world.wall))
            return done

        return call

    @staticmethod
    def _write(here: Ground, handle: int, data: Any) -> int:
        try:
            here.change("write")
        except BaseException:
            if len(data) > 1 and not here.full:
                os.write(handle, data[: len(data) // 2])
            raise
        return os.write(handle, data)

    def makedirs(self, path: str, mode: int = 0o777, exist_ok: bool = False) -> None:
        if not (exist_ok and os.path.isdir(path)):
            if self._world.here is not None:
                self._world.here.change("mkdir")
            os.makedirs(path, mode, exist_ok)

    def getpid(self) -> int:
        return self._world.here.pid if self._world.here else os.getpid()

    def urandom(self, size: int) -> bytes:
        return self._world.here.random.randbytes(size) if self._world.here else os.urandom(size)


class _Time:
    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def time(self) -> float:
        return self._world.wall

    def time_ns(self) -> int:
        self._world.elapsed += 1e-6  # no two moments are the same
        return int(self._world.wall * 1e9)

    def monotonic(self) -> float:
        return self._world.elapsed


class _Shutil:
    """`rmtree` by steps, so that a death in the middle of it is one."""

    def __init__(self, world: World) -> None:
        self._os = _Os(world)

    def __getattr__(self, name: str) -> Any:
        return getattr(shutil, name)

    def rmtree(self, path: str, ignore_errors: bool = False) -> None:
        for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
            self._os.unlink(os.path.join(path, name))
        if os.path.isdir(path):
            self._os.rmdir(path)


def _seal(
    content: bytes, *, kind: str, id: str, revision: int, sequence: int, sender_seed: bytes, recipient: bytes,
    prekey: envelope.Prekey,
) -> bytes:  # fmt: skip
    from spread.protocol import crypto

    head = envelope.MAGIC + bytes([prekey.suite]) + prekey.id
    fields = (kind, id, str(revision), str(sequence), crypto.public_key(sender_seed).hex(), recipient.hex())
    return head + "\n".join(fields).encode() + b"\n" + content


def _unseal(sealed: bytes, secret: envelope.SecretPrekey, recipient: bytes) -> envelope.Opened:
    from spread.errors import EnvelopeError

    body = sealed[len(envelope.MAGIC) + 1 + len(secret.prekey.id) :]
    kind, id_, revision, sequence, sender, to, content = body.split(b"\n", 6)
    if to.decode() != recipient.hex():
        raise EnvelopeError("an envelope is for somebody else")
    return envelope.Opened(
        sender=bytes.fromhex(sender.decode()), kind=kind.decode(), id=id_.decode(), revision=int(revision),
        sequence=int(sequence), content=content,
    )  # fmt: skip
