"""Attacks on a machine's state: stolen, cloned, restored, its clock set wrong, poisoned."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from spread import engine_lock, mailroom_watch, store_inbox, store_receipts
from spread import identity as keys
from spread import mailroom as mailroom_module
from spread.config import Config
from spread.engine import Engine
from spread.errors import EnvelopeError, SpreadError
from spread.mailroom import Mailroom
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import envelope, wire
from tests.attacks.harness import hostile, weakened, withstands, withstands_too
from tests.attacks.mail import (
    DAY_S,
    NOW,
    Fresh,
    Weak,
    at,
    held,
    owe,
    owed,
    receipt,
    take,
)
from tests.attacks.mail import fresh as fresh
from tests.pairs import Home


def test_a_stolen_state_directory_opens_no_old_mail(fresh: Fresh) -> None:
    """Of a machine's recorded mail, what was sealed to keys older than fifteen days stays closed for ever."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raw = owe(desk, laptop)
        for day in range(1, 18):
            keys.current_prekey(laptop.paths, laptop.identity, NOW + day * DAY_S)
        return envelope.prekey_id(raw) in [key.prekey.id for key in keys.prekeys(laptop.paths)]

    withstands(attack, (keys, "PREKEY_KEPT_S", float("inf")))


def test_what_a_stolen_state_directory_opens(fresh: Fresh) -> None:
    """It opens mail of the last days; it does not open what its owner sent, nor others' mail, nor speak for others."""
    desk, laptop, evil = fresh()
    waiting, sent, others = owe(desk, laptop), owe(laptop, desk), owe(desk, evil)

    def thief() -> list[str]:
        files = [path.read_bytes() for path in Path(laptop.paths.home).rglob("*") if path.is_file()]
        stolen = b"\n".join(files)
        secrets = [key for key in keys.prekeys(laptop.paths) if key.private.hex().encode() in stolen]
        opens = []
        for name, raw, to in (("waiting", waiting, laptop), ("sent", sent, desk), ("others", others, evil)):
            for secret in secrets:
                with contextlib.suppress(EnvelopeError):
                    envelope.unseal(raw, secret, to.identity.public)
                    opens.append(name)
        if desk.identity.seed.hex().encode() in stolen or desk.identity.mailbox_seed.hex().encode() in stolen:
            opens.append("desk's keys")
        return opens

    assert thief() == ["waiting"]
    # the twin: a machine that has its peers' secrets too (as where one key serves a pair, both ways)
    for key in keys.prekeys(desk.paths):
        shutil.copy(os.path.join(desk.paths.prekeys, key.prekey.id.hex() + ".json"), laptop.paths.prekeys)
    assert thief() == ["waiting", "sent"]


@pytest.mark.parametrize("state", ["cloned", "restored"])
def test_nonce_reuse_after_clone_and_restore(fresh: Fresh, tmp_path: Path, state: str) -> None:
    """Two copies of a machine seal different things under one number; no key and nonce are used twice."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        copy = tmp_path / os.urandom(4).hex()
        shutil.copytree(desk.paths.home, copy)
        raws = [owe(desk, laptop, goal="weeks are seven days")]
        if state == "restored":
            shutil.rmtree(desk.paths.home)
            shutil.copytree(copy, desk.paths.home)
            again = desk
        else:
            again = Home("desk", Paths(copy), desk.identity)
        raws.append(owe(again, laptop, goal="what nobody may know"))
        return raws[0][13:77] == raws[1][13:77]

    withstands(attack, (envelope, "_suite", Weak))


@pytest.mark.parametrize("year", [-365 * DAY_S, 365 * DAY_S])
@pytest.mark.parametrize("whose", ["sender", "receiver"])
def test_a_clock_off_by_a_year(fresh: Fresh, year: float, whose: str) -> None:
    """Whoever sets a machine's clock wrong stops no hand-off and no receipt."""
    real = envelope.Prekey.from_dict

    def recent_only(data: Any, identity: bytes) -> envelope.Prekey:
        key = real(data, identity)
        if abs(key.created - time.time()) > DAY_S:
            raise EnvelopeError("too old")
        return key

    def attack() -> bool:
        desk, laptop, _ = fresh()
        clock = {"sender": NOW + year if whose == "sender" else NOW}
        clock["receiver"] = NOW + year if whose == "receiver" else NOW
        try:
            with at(clock["receiver"]):
                keys.current_prekey(laptop.paths, laptop.identity, clock["receiver"])
                contact = laptop.mailroom.seal_receipt(
                    laptop.peers["desk"], store_receipts.CONTACT, {}
                ).envelope
            with at(clock["sender"]):
                take(desk, contact)
                raw = owe(desk, laptop)
            with at(clock["receiver"]):
                take(laptop, raw)
                back = receipt(laptop, desk)
            with at(clock["sender"]):
                take(desk, back)
        except SpreadError:
            return True
        return held(laptop) != [("desk", "s", 1)] or owed(desk) != []

    withstands(attack, (envelope.Prekey, "from_dict", staticmethod(recent_only)))


def test_a_clock_that_was_ahead_for_a_moment(fresh: Fresh) -> None:
    """A sealing key made while somebody had set the clock a year ahead does not stay in use for that year."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        wrong = keys.current_prekey(laptop.paths, laptop.identity, NOW + 365 * DAY_S).prekey
        made = [keys.current_prekey(laptop.paths, laptop.identity, NOW + day * DAY_S) for day in range(20)]
        with at(NOW + 19 * DAY_S):
            take(
                desk, laptop.mailroom.seal_receipt(laptop.peers["desk"], store_receipts.CONTACT, {}).envelope
            )
        rotates = len({key.prekey.id for key in made}) == 20
        taken = desk.peers["laptop"].prekey == made[-1].prekey.to_dict()
        gone = wrong.id not in [key.prekey.id for key in keys.prekeys(laptop.paths)]
        return not (rotates and taken and gone)

    withstands(attack, (keys, "PREKEY_KEPT_S", 1e12))


def test_mail_that_meets_a_bug_of_ours(fresh: Fresh) -> None:
    """Poison that some parser of ours is not ready for is dropped: it does not stop the engine, over and over."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        poison, good = owe(desk, laptop, session="p"), owe(desk, laptop)
        real = store_inbox.accept

        def unready(*arguments: Any, **more: Any) -> bool:
            if more["expected"][0] == "p":
                raise RecursionError
            return real(*arguments, **more)

        with weakened((store_inbox, "accept", unready)), contextlib.suppress(RecursionError):
            for raw in (poison, good):
                take(laptop, raw)
        return held(laptop) != [("desk", "s", 1)]

    withstands(attack, (Mailroom, "take", _without_a_net))


def test_mail_over_which_an_engine_hangs(fresh: Fresh) -> None:
    """Poison that no code of ours can break off ends the process by itself, and the next one puts it aside."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        poison, good = owe(desk, laptop, session="p"), owe(desk, laptop)
        for opened, limit_s in (([poison], 0.2), ([poison, good], 5.0)):  # the good one is not to be late
            with weakened(
                (store_inbox, "accept", _at_poison(store_inbox.accept, _hang)),
                (mailroom_watch, "OPEN_S", limit_s),
            ):
                _in_a_process(lambda mail=opened: [take(laptop, raw) for raw in mail])  # type: ignore[misc]
        put_aside = [name for name in os.listdir(laptop.paths.quarantine) if name.endswith(".env")]
        return held(laptop) != [("desk", "s", 1)] or len(put_aside) != 1

    withstands(attack, (mailroom_watch, "HUNG", b"nothing of the kind"))


def test_an_engine_that_is_killed_while_it_opens_mail(fresh: Fresh) -> None:
    """However often, the mail is not to blame: it is opened by the one that lives."""
    desk, laptop, _ = fresh()
    raw = owe(desk, laptop, session="p")
    with weakened((store_inbox, "accept", _at_poison(store_inbox.accept, lambda: os._exit(9)))):
        for _start in range(3):
            _in_a_process(lambda: take(laptop, raw))
    take(laptop, raw)
    assert held(laptop) == [("desk", "p", 1)]


def _in_a_process(work: Callable[[], object]) -> None:
    """Do it in a child, with machinery of its own that knows nothing of earlier ones."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            work()
        os._exit(0)
    end = time.monotonic() + 60
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.02)


def _hang() -> None:
    re.match(r"(a+)+$", "a" * 40 + "b")  # for years, and nothing else of the process runs


def _at_poison(real: Callable[..., bool], harm: Callable[[], object]) -> Callable[..., bool]:
    def accept(*arguments: Any, **more: Any) -> bool:
        if more["expected"][0] == "p":
            harm()
        return real(*arguments, **more)

    return accept


def _without_a_net(self: Mailroom, sealed: bytes, peers: dict[str, Peer]) -> mailroom_module.Taken | None:
    opened, peer = self._open(sealed, peers)
    return self._take_distillation(opened, peer)


def test_mail_to_unknown_keys(fresh: Fresh) -> None:
    """A relay that makes mail up costs us a look for one file each time, and one new sealing key a day."""
    read = keys._read_prekey
    looks: list[str] = []

    def counting(paths: Paths, name: str) -> Any:
        looks.append(name)
        return read(paths, name)

    class Forgetful(Engine):
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, 0.0 if name == "_lose_again_at" else value)

    def attack(kind: type[Engine]) -> list[str]:
        desk, *_ = fresh()
        now = NOW + 10 * DAY_S
        for day in range(1, 10):
            keys.current_prekey(desk.paths, desk.identity, NOW + day * DAY_S)
        made = kind(desk.paths, Config(relay="", lan=False))
        made._mailroom, made._peers = desk.mailroom, desk.peers
        made.debts = SimpleNamespace(try_anew=lambda _: None)  # type: ignore[assignment]
        before = len(keys.prekeys(desk.paths))
        looks.clear()
        assert made._mailroom.take(envelope.MAGIC + b"\x01" + os.urandom(1000), desk.peers) is None
        worked = ["all keys are read"] if len(looks) > 1 else []
        for hour in range(20):
            made._mailroom.lost_key = True
            made._refresh_contacts(now + 2 * hour * keys.LOST_AGE_S)
        more = len(keys.prekeys(desk.paths)) - before
        assert more, "a restored machine gets another key"
        return worked + (["keys without end"] if more > 3 else [])

    def any_of_all(paths: Paths, id: bytes) -> Any:
        return next((secret for secret in keys.prekeys(paths) if secret.prekey.id == id), None)

    with weakened((keys, "_read_prekey", counting)):
        with weakened((keys, "find_prekey", any_of_all)):
            assert attack(Forgetful) == ["all keys are read", "keys without end"]
        assert attack(Engine) == []


async def test_made_up_mail_keeps_no_engine(fresh: Fresh) -> None:
    """An engine that has nothing to do leaves, whatever a relay sends to keys that we do not have."""
    desk, *_ = fresh()

    async def talk(ws: ServerConnection) -> None:
        async def flood() -> None:
            for seq in range(10_000):
                body = envelope.MAGIC + b"\x01" + os.urandom(100)
                await ws.send(wire.encode(wire.Message("MAIL", {"id": bytes(16).hex(), "seq": seq}, body)))
                await asyncio.sleep(0.02)

        with contextlib.suppress(ConnectionClosed):
            await ws.recv()
            welcome = {"version": 1, "features": ["mailboxes"], "nonce": bytes(32).hex()}
            await ws.send(wire.encode(wire.Message("WELCOME", welcome)))
            await ws.recv()
            await ws.send(wire.encode(wire.Message("OPENED", {"waiting": 0})))
            flooding = asyncio.create_task(flood())
            try:
                while True:
                    await ws.send(wire.encode(wire.Message("DELETED", wire.decode(await ws.recv()).fields)))
            finally:
                flooding.cancel()
                await asyncio.gather(flooding, return_exceptions=True)

    async def attack() -> bool:
        async with hostile(talk) as url:
            made = Engine(desk.paths, Config(relay=url, lan=False, idle_s=1.0))
            with engine_lock.locked(desk.paths):
                task = asyncio.create_task(made.run())
                done, _ = await asyncio.wait([task], timeout=3 if Mailroom.take is of_use else 60)
                made.stop()
                await task
        return not done

    take_it = Mailroom.take

    def of_use(self: Mailroom, sealed: bytes, peers: dict[str, Peer], route: str = "") -> Any:
        return take_it(self, sealed, peers, route) or mailroom_module.Taken("contact", next(iter(peers)))

    await withstands_too(attack, (Mailroom, "take", of_use))
