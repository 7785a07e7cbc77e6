"""Unpairing between engines, over loopback: told, revoked, destroyed, and by whichever way."""

# ruff: noqa: ASYNC240 - small files on this machine; nothing is held up by them

import asyncio
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from spread import farewells, peers, store, store_revocations
from spread.commands.peers import limit, unpair
from spread.config import Config
from spread.engine import ONCE_PATIENCE_S, Engine
from spread.net.server import Server
from spread.net.stores import MemoryStore, Revoked
from spread.protocol import crypto
from tests.pairs import Home, befriend, handoff, new_home, paired
from tests.ports import free_port
from tests.test_engine import QUIET, _log, owe, running, until

__all__ = ["_log"]


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two paired machines."""
    return paired(tmp_path, now=time.time())


class Relay:
    """A relay whose store a test looks into; all homes and their peers are there."""

    def __init__(self, *homes: Home) -> None:
        self.store = MemoryStore()
        self.server = Server(self.store)
        self.config = QUIET
        self._homes = homes

    async def __aenter__(self) -> "Relay":
        await self.server.start(["127.0.0.1"], free_port())  # nobody else's when it has gone
        url = f"ws://127.0.0.1:{self.server.port}"
        self.config = replace(QUIET, relay=url)
        for home in self._homes:
            for peer in home.peers.values():
                peers.save(home.paths, replace(peer, relay=url, our_relay=url))
            Path(home.paths.config).write_text(f'relay = "{url}"\nlan = false\n')
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.close()

    async def waiting(self, home: Home) -> list[bytes]:
        """Return what waits for a home."""
        return [mail.body for mail in await self.store.waiting(home.identity.mailbox)]


async def once(home: Home, config: Config) -> None:
    """Run a home's engine as `spread sync --once` does."""
    async with asyncio.timeout(60):
        await Engine(home.paths, config, once=True).run()


def has_gone(home: Home, name: str) -> bool:
    """Tell whether a peer counts as gone."""
    return home.peers[name].gone


async def test_the_other_side_is_told_by_the_relay(homes: tuple[Home, Home]) -> None:
    """Asleep, it finds a farewell there; it owes nothing more, takes nothing more, and is refused."""
    desk, laptop = homes
    async with Relay(*homes) as relay:
        theirs, ours = desk.peers["laptop"].granted, crypto.public_key(desk.peers["laptop"].writer_seed)
        owe(laptop)
        late = laptop.mailroom.seal_debt(laptop.peers["desk"], store.owed(laptop.paths)[0])
        assert late is not None
        unpair(desk.paths, "laptop")
        assert desk.peers == {}  # at once, whoever can be reached
        assert [each.name for each in farewells.load_all(desk.paths)] == ["laptop"]
        await once(desk, relay.config)
        assert farewells.load_all(desk.paths) == []
        assert await relay.store.is_revoked(desk.identity.mailbox, theirs)
        with pytest.raises(Revoked):
            await relay.store.put(desk.identity.mailbox, theirs, late.id, late.envelope)
        assert len(await relay.waiting(laptop)) == 1
        async with running(laptop, relay.config):
            await until("it is gone", lambda: has_gone(laptop, "desk"))
            await until("revoked", lambda: not store_revocations.waiting(laptop.paths))
        assert store.owed(laptop.paths) == []
        assert await relay.store.is_revoked(laptop.identity.mailbox, ours)
        assert await relay.waiting(laptop) == []
        assert "has unpaired this machine; 1 owed to it dropped" in log_of(laptop)


def log_of(home: Home) -> str:
    """Return what the engines have logged."""
    return (Path(home.paths.home).parent / "logged" / "log" / "engine.log").read_text()


async def test_the_other_side_is_told_on_the_lan(homes: tuple[Home, Home]) -> None:
    """While both run it takes a moment, and what was on its way is not sent."""
    desk, laptop = homes
    lan = replace(QUIET, lan=True)
    Path(desk.paths.config).write_text('relay = ""\n')
    async with running(desk, lan), running(laptop, lan):
        owe(laptop)
        await until("delivered", lambda: not store.owed(laptop.paths))
        unpair(desk.paths, "laptop")
        await until("it is gone", lambda: has_gone(laptop, "desk"))
        await until("told", lambda: not farewells.load_all(desk.paths))
        await until("its debts are dropped", lambda: not Path(laptop.paths.outbox, "desk").exists())
        owe(laptop, "t")
        status = Path(laptop.paths.engine_status)
        await until("not a peer", lambda: json.loads(status.read_text())["peers"] == {})
    assert [item.session for item in store.received(desk.paths)] == ["s"]


async def test_what_waits_for_it_is_destroyed(homes: tuple[Home, Home]) -> None:
    """A hand-off that waits at the relay is replaced: who holds the laptop's keys now cannot read it any more."""
    desk, laptop = homes
    async with Relay(*homes) as relay:
        owe(desk, "s")
        owe(desk, "t")
        await once(desk, relay.config)
        secret = await relay.waiting(laptop)
        assert len(secret) == 2
        unpair(desk.paths, "laptop")
        await once(desk, relay.config)
        left = await relay.waiting(laptop)
        assert len(left) == 3
        assert not set(left) & set(secret)
        await once(laptop, relay.config)
        assert has_gone(laptop, "desk")
        assert store.received(laptop.paths) == []


async def test_heard_on_the_lan_what_waits_is_destroyed_all_the_same(homes: tuple[Home, Home]) -> None:
    """The relay is away: the farewell goes by the LAN, and the relay's part is still to be done."""
    desk, laptop = homes
    async with Relay(*homes):
        pass  # it has gone again
    owe(desk)
    url = desk.peers["laptop"].relay
    unpair(desk.paths, "laptop")
    lan = replace(QUIET, lan=True, relay=url)
    async with running(desk, lan), running(laptop, lan):
        await until("it is gone", lambda: has_gone(laptop, "desk"))
        await until("noted", lambda: [each.id for each in farewells.load_all(desk.paths)] == [b""])
    assert len(farewells.load_all(desk.paths)[0].others) == 1


async def test_an_old_farewell_ends_no_new_pairing(homes: tuple[Home, Home]) -> None:
    """Paired again, a replayed one is of no use; and what was not delivered yet is not delivered any more."""
    desk, laptop = homes
    unpair(desk.paths, "laptop")
    (old,) = farewells.load_all(desk.paths)
    befriend(desk, laptop, now=time.time())
    assert farewells.load_all(desk.paths) == []
    assert laptop.mailroom.take(old.envelope, laptop.peers) is None
    assert not has_gone(laptop, "desk")


async def test_only_the_peer_itself_says_farewell(homes: tuple[Home, Home], tmp_path: Path) -> None:
    """Another peer cannot end the pairing, although it may know the writer's public key."""
    desk, laptop = homes
    mallory = new_home(tmp_path, "mallory")
    befriend(mallory, laptop, now=time.time())
    peer = replace(mallory.peers["laptop"], writer_seed=desk.peers["laptop"].writer_seed)
    forged = mallory.mailroom.seal_farewell(peer)
    assert laptop.mailroom.take(forged.envelope, laptop.peers) is None
    assert not any(each.gone for each in laptop.peers.values())


async def test_who_is_gone_is_not_heard(homes: tuple[Home, Home]) -> None:
    """Mail that it had sent before, or sends all the same, is dropped; paired again, it is heard."""
    desk, laptop = homes
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    letter = desk.mailroom.seal_debt(desk.peers["laptop"], store.owed(desk.paths)[0])
    assert letter is not None
    farewell = desk.mailroom.seal_farewell(desk.peers["laptop"])
    taken = laptop.mailroom.take(farewell.envelope, laptop.peers)
    assert taken is not None
    assert (taken.kind, taken.peer) == ("farewell", "desk")
    assert laptop.mailroom.take(letter.envelope, laptop.peers) is None
    assert laptop.mailroom.take(farewell.envelope, laptop.peers) is None  # twice is no harm
    befriend(desk, laptop, now=time.time())
    assert not has_gone(laptop, "desk")
    assert laptop.mailroom.take(letter.envelope, laptop.peers) is not None


async def test_once_does_not_wait_for_whom_it_cannot_reach(homes: tuple[Home, Home]) -> None:
    """The farewell stays; nothing is held up."""
    desk, _ = homes
    Path(desk.paths.config).write_text('relay = ""\n')
    unpair(desk.paths, "laptop")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await once(desk, QUIET)
    assert loop.time() - began < ONCE_PATIENCE_S - 2  # three seconds, in which the LAN may be heard
    assert len(farewells.load_all(desk.paths)) == 1
    assert os.listdir(desk.paths.peers) == []


async def test_what_it_may_not_have_any_more_is_withdrawn(homes: tuple[Home, Home]) -> None:
    """Of a peer that may have less now, what waits of the rest at its relay is replaced; the pairing goes on."""
    desk, laptop = homes
    async with Relay(*homes) as relay:
        owe(desk, "s")
        await once(desk, relay.config)
        secret = await relay.waiting(laptop)
        assert len(secret) == 1
        limit(desk.paths, "laptop", ["example.org/another"])
        assert store.owed(desk.paths) == []
        (kept,) = farewells.load_all(desk.paths)
        assert kept.withdraws
        await once(desk, relay.config)
        assert farewells.load_all(desk.paths) == []
        left = await relay.waiting(laptop)
        assert len(left) == 1
        assert not set(left) & set(secret)
        await once(laptop, relay.config)
        assert store.received(laptop.paths) == []
        assert not has_gone(laptop, "desk")
        limit(desk.paths, "laptop", ["all"])
        owe(desk, "s")
        await once(desk, relay.config)
        await once(laptop, relay.config)
        assert [item.session for item in store.received(laptop.paths)] == ["s"]


async def test_withdrawn_twice(homes: tuple[Home, Home]) -> None:
    """What could not be withdrawn so far is with what comes to it; it is nobody's farewell."""
    desk, _ = homes
    async with Relay(*homes):
        owe(desk, "s")
        limit(desk.paths, "laptop", ["none"])
        peer = desk.peers["laptop"]
        first = farewells.load_all(desk.paths)[0].others
        again = desk.mailroom.seal_withdrawal(peer, ["t"]).others
        assert set(first) < set(again)
        assert len(again) == 2
