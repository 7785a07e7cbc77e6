"""The engine in this process, over loopback: when it acts, when it leaves, and what it survives."""

# ruff: noqa: ASYNC240 - small files on this machine; nothing is held up by them

import asyncio
import contextlib
import json
import logging
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spread import (
    engine,
    engine_lock,
    engine_log,
    engine_status,
    history,
    identity,
    peers,
    plan,
    rules,
    store,
    store_inbox,
    store_receipts,
    store_sent,
)
from spread.config import Config
from spread.courier import Courier
from spread.engine import Engine
from spread.engine_debts import Debts
from spread.errors import RouteError, StoreError
from spread.mailroom import Mailroom
from spread.net.server import Server
from spread.net.stores import MemoryStore
from spread.paths import Paths
from tests.pairs import Home, befriend, handoff, new_home, paired

GOAL = "a goal that no log may name"
QUIET = Config(relay="", lan=False, idle_s=0)


async def until(what: str, holds: Callable[[], object]) -> None:
    """Wait until something holds on disk."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(home: Home, config: Config = QUIET) -> AsyncIterator[Engine]:
    """Run a home's engine, as `spread sync` does, until the end of the block."""
    with engine_lock.locked(home.paths):
        made = Engine(home.paths, config)
        task = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            made.stop()
            async with asyncio.timeout(60):
                await task


@contextlib.asynccontextmanager
async def a_relay(*homes: Home) -> AsyncIterator[Config]:
    """Run a relay, tell the homes that they and their peers are there, and give the configuration for it."""
    server = Server(MemoryStore())
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    for home in homes:
        for peer in home.peers.values():
            peers.save(home.paths, replace(peer, relay=url, our_relay=url))
    try:
        yield replace(QUIET, relay=url)
    finally:
        await server.close()


@pytest.fixture(autouse=True)
def _log(tmp_path: Path) -> Iterator[None]:
    """Log, at the finest level, to one file for all engines of a test."""
    paths = Paths(tmp_path / "logged")
    paths.make()
    engine_log.start_log(paths, "debug")
    yield
    root = logging.getLogger("spread")
    for handler in root.handlers:
        handler.close()
    root.handlers.clear()
    root.propagate = True


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two paired machines."""
    return paired(tmp_path, now=time.time())


def owe(home: Home, session: str = "s", revision: int = 1, goal: str = GOAL) -> None:
    """Owe the one peer a hand-off."""
    peer = "laptop" if home.name == "desk" else "desk"
    store.put(home.paths, peer, session, revision, handoff(session, revision, goal=goal))


def status(home: Home) -> dict[str, object]:
    """Return what the engine last told."""
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(Path(home.paths.engine_status).read_text()))
    return {}


# Delivering


async def test_a_debt_is_delivered_and_paid(homes: tuple[Home, Home], tmp_path: Path) -> None:
    """It is in the inbox, the receipt unlinks it, and no log has a word of it."""
    desk, laptop = homes
    owe(desk)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it has come", lambda: store.received(laptop.paths))
        await until("it is paid for", lambda: not store.owed(desk.paths))
        await until("nothing is left to tell", lambda: not store_receipts.waiting(laptop.paths))
    log = Path(tmp_path, "logged", "log", "engine.log").read_text()
    assert "s revision 1 from desk: new" in log
    for told in (log, *(Path(home.paths.engine_status).read_text() for home in homes)):
        assert GOAL not in told


async def test_a_receipt_that_is_asked_for_again_goes_again(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same envelope comes once more just when its receipt has gone, before the engine has looked around."""
    desk, laptop = homes
    owe(desk)
    drop, sent = store_receipts.drop, 0

    def drop_and_owe(paths: Paths, peer: str, name: str) -> None:
        nonlocal sent
        drop(paths, peer, name)
        sent += name == "s.1.json"
        if sent == 1:
            store_receipts.put(paths, peer, "s", 1)

    monkeypatch.setattr(store_receipts, "drop", drop_and_owe)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it is told twice", lambda: sent == 2)
        await until("nothing is left to tell", lambda: not store_receipts.waiting(laptop.paths))


@pytest.mark.parametrize("limit_s", [0.1, 1000.0])
async def test_what_we_owe_does_not_wait_for_much_mail(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch, limit_s: float
) -> None:
    """A peer whose hand-offs take long to read delays nobody else's; without the limit of a turn it would."""
    desk, laptop = homes
    many, taken, before = 12, 0, -1
    take, send = Mailroom.take, Courier.send

    def slow(self: Mailroom, *mail: Any) -> Any:
        nonlocal taken
        if self.paths == laptop.paths:
            taken += 1
            if taken == 1:
                owe(laptop, "ours")
            time.sleep(0.05)
        return take(self, *mail)

    async def noted(self: Courier, peer: Any, letter: Any, route: Any) -> None:
        nonlocal before
        if peer.name == "desk" and before < 0 and store.owed(laptop.paths):
            before = taken
        await send(self, peer, letter, route)

    monkeypatch.setattr(engine, "RECEIVE_S", limit_s)
    monkeypatch.setattr(Mailroom, "take", slow)
    monkeypatch.setattr(Courier, "send", noted)
    for number in range(many):
        owe(desk, f"s{number}")
    async with a_relay(desk, laptop) as config:
        async with running(desk, config) as made:
            await until("it runs", lambda: hasattr(made, "debts") and made.debts.owed)
            await until("all wait at the relay", lambda: not made.debts.unsafe())
        async with running(laptop, config):
            await until("all is taken", lambda: taken == many and before >= 0)
    assert (before < many) == (limit_s < 1)


async def test_what_went_where_is_written_down(homes: tuple[Home, Home]) -> None:
    """Held, sent, received and confirmed, once each, with the route and the title; both machines agree."""
    desk, laptop = homes
    owe(desk)
    Path(desk.paths.paused).touch()
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it is held", lambda: list(history.records(desk.paths)))
        os.unlink(desk.paths.paused)
        await until("it is paid for", lambda: not store.owed(desk.paths))
    went = sorted(history.records(desk.paths), key=lambda record: history.EVENTS.index(record.event))
    assert [(r.event, r.peer, r.id, r.route, r.why) for r in went] == [
        ("sent", "laptop", "s.1", "relay", ""), ("receipt", "laptop", "s.1", "relay", ""),
        ("held", "laptop", "s.1", "", "all is paused"),
    ]  # fmt: skip
    (came,) = history.records(laptop.paths)
    assert (came.event, came.peer, came.id, came.route) == ("received", "desk", "s.1", "relay")
    assert {(r.project, r.title) for r in (*went, came)} == {("example.org/us/it", f"{GOAL} [no change]")}
    assert [item.id for item in store_sent.kept(desk.paths)] == ["s.1"]


async def test_why_something_did_not_go_is_written_down_once(homes: tuple[Home, Home]) -> None:
    """However often it is tried."""
    desk, _ = homes
    owe(desk)

    class Broken:
        async def send(self, *_: object) -> None:
            raise RouteError("the peer is not on the LAN")

    broken: Any = Broken()
    report = engine_status.Report(desk.paths, 0.0)
    made = Debts(desk.paths, desk.mailroom, broken, report, lambda: desk.peers, lambda worked: None)
    send = plan.Send(plan.Debt("laptop", "s.1.md", 0.0), "lan")
    for _ in range(3):
        await made._send(send, ("laptop", "s.1.md", "lan"))
    (record,) = history.records(desk.paths)
    assert (record.event, record.route, record.why) == ("failed", "lan", "the peer is not on the LAN")


async def test_a_debt_that_comes_while_it_runs(homes: tuple[Home, Home]) -> None:
    """The file's event is enough: nothing is waited for; a newer revision replaces the older one."""
    desk, laptop = homes
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("both are ready", lambda: all(os.path.exists(home.paths.engine_ready) for home in homes))
        for revision in (1, 2):
            owe(desk, revision=revision)
            await until("it is paid for", lambda: not store.owed(desk.paths))
        assert [(item.session, item.revision) for item in store.received(laptop.paths)] == [("s", 2)]


async def test_a_peer_that_is_paired_while_it_runs(tmp_path: Path) -> None:
    """Its relay is connected to, and it is sent to, without a start anew."""
    desk, laptop = new_home(tmp_path, "desk"), new_home(tmp_path, "laptop")
    async with a_relay() as config, running(desk, config), running(laptop, config):
        await until(
            "both are ready", lambda: all(os.path.exists(h.paths.engine_ready) for h in (desk, laptop))
        )
        assert status(desk)["relays"] == {}
        befriend(desk, laptop, now=time.time())
        for home in (desk, laptop):
            for peer in home.peers.values():
                peers.save(home.paths, replace(peer, relay=config.relay, our_relay=config.relay))
        owe(desk)
        await until("it has come", lambda: store.received(laptop.paths))


async def test_a_teammates_hand_off_is_not_given_to_claude(tmp_path: Path) -> None:
    """It is in the inbox, and the index says that it is not our own."""
    desk, laptop = paired(tmp_path, now=time.time(), teammate=True)
    rules.limit(desk.paths, laptop.name, ["*"])
    owe(desk)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it has come", lambda: store.received(laptop.paths))
        await until("it is paid for", lambda: not store.owed(desk.paths))
    (entry,) = json.loads(Path(laptop.paths.inbox_index).read_text())["entries"].values()
    assert entry["own"] is False


async def test_mail_that_cannot_be_taken_in_is_kept(homes: tuple[Home, Home]) -> None:
    """While a file of ours is in the way it stays where it is and status says so; then it comes, by itself."""
    desk, laptop = homes
    ledger = Path(laptop.paths.ledger, "desk.json")
    ledger.mkdir()
    owe(desk)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it is said", lambda: "ledger" in str(status(laptop).get("inbox")))
        assert store.received(laptop.paths) == []
        assert len(store.owed(desk.paths)) == 1
        ledger.rmdir()
        await until("it has come", lambda: store.received(laptop.paths))
        await until("nothing is said any more", lambda: status(laptop).get("inbox") == "")
        await until("it is paid for", lambda: not store.owed(desk.paths))


async def test_a_day_old_sealing_key_is_replaced_and_told(tmp_path: Path) -> None:
    """Both peers learn each other's new one, and keep understanding each other."""
    desk, laptop = paired(tmp_path, now=time.time() - identity.PREKEY_AGE_S - 1)
    known = {home.name: identity.prekeys(home.paths)[0].prekey.to_dict() for home in (desk, laptop)}
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("desk's is known", lambda: laptop.peers["desk"].prekey != known["desk"])
        await until("laptop's is known", lambda: desk.peers["laptop"].prekey != known["laptop"])
        owe(laptop)
        await until("it is paid for", lambda: not store.owed(laptop.paths))
    assert laptop.peers["desk"].prekey == identity.prekeys(desk.paths)[0].prekey.to_dict()
    assert len(identity.prekeys(desk.paths)) == 2, "the old one still opens what waits at a relay"


async def test_a_restored_machine_gives_out_a_new_sealing_key(tmp_path: Path) -> None:
    """Mail that it cannot open any more makes it tell its peers another key, and it is sealed to that one."""
    desk, laptop = paired(tmp_path, now=time.time() - 2 * identity.LOST_AGE_S)
    newer = identity.current_prekey(laptop.paths, laptop.identity, time.time() - 600, 0)  # since the backup
    peers.update(desk.paths, desk.peers["laptop"], prekey=newer.prekey.to_dict())
    os.unlink(os.path.join(laptop.paths.prekeys, newer.prekey.id.hex() + ".json"))
    owe(desk)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("paid", lambda: not store.owed(desk.paths))
    assert [item.session for item in store.received(laptop.paths)] == ["s"]
    assert desk.peers["laptop"].prekey != newer.prekey.to_dict()


async def test_a_machine_that_lost_its_only_sealing_key_gives_out_a_new_one(tmp_path: Path) -> None:
    """As where the disk has damaged it on the day of the pairing: peers hear of another at once, not in an hour."""
    desk, laptop = paired(tmp_path, now=time.time() - 60)  # of two keys of one second peers keep the first
    for name in os.listdir(desk.paths.prekeys):
        os.truncate(os.path.join(desk.paths.prekeys, name), 0)
    owe(desk)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("paid", lambda: not store.owed(desk.paths))
    assert laptop.peers["desk"].prekey == identity.prekeys(desk.paths)[0].prekey.to_dict()


async def test_a_damaged_peer_stops_nobody_else(tmp_path: Path, homes: tuple[Home, Home]) -> None:
    """While it runs, a peer's file that is damaged leaves the others as they were."""
    desk, laptop = homes
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("both are ready", lambda: all(os.path.exists(home.paths.engine_ready) for home in homes))
        Path(desk.paths.peers, "broken.toml").write_text("identity = 1\n")
        owe(desk)
        await until("it is paid for", lambda: not store.owed(desk.paths))


# Coming and going


async def test_what_it_leaves_while_and_after_it_runs(homes: tuple[Home, Home]) -> None:
    """pid and ready while it runs; neither after; all of it for the owner only."""
    paths = homes[0].paths
    async with running(homes[0]):
        await until("it is ready", lambda: os.path.exists(paths.engine_ready))
        assert Path(paths.engine_pid).read_text() == f"{os.getpid()}\n"
        assert engine_lock.is_running(paths)
        for name in (paths.engine_pid, paths.engine_ready, paths.engine_status, paths.engine_lock):
            assert stat.S_IMODE(os.stat(name).st_mode) == 0o600, name
    assert not os.path.exists(paths.engine_pid)
    assert not os.path.exists(paths.engine_ready)
    assert not engine_lock.is_running(paths)


async def ends(made: Engine, within_s: float = 60) -> None:
    """Run an engine until it leaves by itself."""
    with engine_lock.locked(made.paths):
        async with asyncio.timeout(within_s):
            await made.run()


async def test_it_leaves_when_idle(homes: tuple[Home, Home]) -> None:
    """With nothing to do for `idle_s` it goes."""
    await ends(Engine(homes[0].paths, replace(QUIET, idle_s=0.1)))


async def test_it_stays_while_it_alone_holds_a_debt(homes: tuple[Home, Home]) -> None:
    """What no relay keeps would be lost with this machine asleep; what a relay keeps need not be waited for."""
    desk, laptop = homes
    owe(desk)
    with pytest.raises(TimeoutError):
        await ends(Engine(desk.paths, replace(QUIET, idle_s=0.05)), within_s=0.5)
    async with a_relay(desk, laptop) as config:
        await ends(Engine(desk.paths, replace(config, idle_s=0.1)))
    assert len(store.owed(desk.paths)) == 1


async def test_once_hands_over_and_leaves(homes: tuple[Home, Home]) -> None:
    """`once` needs no idle time, fetches what waits, and knows what is safe."""
    desk, laptop = homes
    owe(desk)
    async with a_relay(desk, laptop) as config:
        made = Engine(desk.paths, config, once=True)
        await ends(made)
        assert made.debts.unsafe() == []
        assert len(made.debts.owed) == 1
        await ends(Engine(laptop.paths, config, once=True))
        assert len(store.received(laptop.paths)) == 1
        last = Engine(desk.paths, config, once=True)
        await ends(last)
        assert (last.debts.owed, store.owed(desk.paths)) == ([], [])


async def test_once_tells_why_not(homes: tuple[Home, Home]) -> None:
    """Without a route the debt is named as unsafe, with the reason."""
    desk, _ = homes
    owe(desk)
    made = Engine(desk.paths, QUIET, once=True)
    await ends(made)
    assert [debt.peer for debt in made.debts.unsafe()] == ["laptop"]
    assert made.debts.reason() == "laptop: no route to it (the LAN is turned off; it has no relay)"


async def test_paused_it_receives_only(homes: tuple[Home, Home]) -> None:
    """Debts stay while receipts go; resumed, all goes."""
    desk, laptop = homes
    owe(desk)
    owe(laptop)
    Path(desk.paths.paused).touch()
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it has come", lambda: store.received(desk.paths))
        await until("it is paid for", lambda: not store.owed(laptop.paths))
        assert len(store.owed(desk.paths)) == 1
        assert store.received(laptop.paths) == []
        os.unlink(desk.paths.paused)
        owe(desk, session="t")
        await until("all is paid for", lambda: not store.owed(desk.paths))
    assert {item.session for item in store.received(laptop.paths)} == {"s", "t"}


async def test_the_last_receipt_outlives_the_engine(tmp_path: Path) -> None:
    """The next engine tells it too; not what it was told of an earlier machine of that name."""
    desk, _ = paired(tmp_path, now=1_000)
    status = Path(desk.paths.engine_status)
    for text, known in (
        ('{"peers": {"laptop": {"last_receipt": 1001.5}, "former": {"last_receipt": 2000}}}', 1001.5),
        ('{"peers": {"laptop": {"last_receipt": 999}}}', None),
        ('{"peers": {"laptop": {"last_receipt": "soon"}}}', None),
        ('{"peers": []}', None), ("{", None),
    ):  # fmt: skip
        status.write_text(text)
        async with running(desk):
            await until("it tells", lambda: "addresses" in status.read_text())
            told = json.loads(status.read_text())
        assert told["peers"]["laptop"]["last_receipt"] == known
        assert list(told["peers"]) == ["laptop"]


async def test_a_paused_projects_debts_stay(homes: tuple[Home, Home]) -> None:
    """What was owed of it before the pause does not go either, other projects' does; resumed, all goes."""
    desk, laptop = homes
    owe(desk, "s")
    store.put(desk.paths, "laptop", "t", 1, handoff("t", 1, project="git.example/acme/other"))
    store.put(desk.paths, "laptop", "u", 1, "damaged, and nobody's")
    Path(desk.paths.paused_projects).write_text("example.org/us/it\n")
    async with a_relay(desk, laptop) as config:
        once = Engine(desk.paths, config, once=True)
        await ends(once)
        assert once.debts.held == {("laptop", "s.1.md")}
        assert once.debts.unsafe() == []
        async with running(desk, config), running(laptop, config):
            await until("the other has come", lambda: store.received(laptop.paths))
            await until("it is paid for", lambda: len(store.owed(desk.paths)) == 1)
            assert [item.session for item in store.received(laptop.paths)] == ["t"]
            os.unlink(desk.paths.paused_projects)
            owe(desk, session="v")
            await until("all has come", lambda: len(store.received(laptop.paths)) == 3)
    assert {item.session for item in store.received(laptop.paths)} == {"s", "t", "v"}


async def test_what_sessions_were_told_is_forgotten_in_time(homes: tuple[Home, Home]) -> None:
    """A new engine deletes the notes of sessions that ended long ago, and no others."""
    desk, _ = homes
    old, new = Path(desk.paths.inbox_told, "old"), Path(desk.paths.inbox_told, "new")
    for path in (old, new):
        path.touch()
    then = time.time() - store_inbox.TOLD_S - 60
    os.utime(old, (then, then))
    async with running(desk):
        await until("it has looked", lambda: not old.exists())
    assert new.exists()


# The lock and the log


HOLDER = """
import fcntl, os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("word", ["sync", "other"])
def test_stop_ends_a_stubborn_engine_and_nobody_else(
    home: Paths, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ignores SIGTERM is killed, however late we are; a process that is no engine is not, whatever a file says."""
    assert not engine_lock.stop(home)
    if word == "sync":
        monkeypatch.setattr(time, "sleep", lambda seconds, sleep=time.sleep: sleep(0.3))
    program = [sys.executable, "-c", HOLDER, home.engine_lock, word]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        Path(home.engine_pid).write_text(f"{holder.pid}\n")
        try:
            if word == "sync":
                assert engine_lock.stop(home, wait_s=0.1)
                assert holder.wait(10) == -signal.SIGKILL
            else:
                with pytest.raises(StoreError, match="does not end"):
                    engine_lock.stop(home, wait_s=0.1)
                assert holder.poll() is None
        finally:
            holder.kill()


def test_one_lock_a_home(home: Paths) -> None:
    """A second engine is refused with the first one's process; a lock file alone is no engine."""
    assert not engine_lock.is_running(home)
    with engine_lock.locked(home):
        assert engine_lock.is_running(home)
        Path(home.engine_pid).write_text("4711\n")
        with pytest.raises(StoreError) as caught, engine_lock.locked(home):
            pass
    assert "4711" in caught.value.why
    assert os.path.exists(home.engine_lock)
    assert not engine_lock.is_running(home)


@pytest.mark.parametrize("text", [None, b"", b"\xff\xfe"])
def test_a_pid_that_cannot_be_read(home: Paths, text: bytes | None) -> None:
    """The refusal does not depend on it."""
    if text is not None:
        Path(home.engine_pid).write_bytes(text)
    with engine_lock.locked(home), pytest.raises(StoreError), engine_lock.locked(home):
        pass


def test_the_log_does_not_grow_without_end(tmp_path: Path) -> None:
    """At most two megabytes are kept, in two files."""
    logging.getLogger("spread").setLevel("INFO")
    for _ in range(60):
        engine.log.info("x" * 50_000)
        engine.log.debug("not at this level")
    files = sorted(Path(tmp_path, "logged", "log").glob("engine.log*"))
    assert [path.name for path in files] == ["engine.log", "engine.log.1"]
    assert all(path.stat().st_size <= 1_000_000 for path in files)
    assert "not at this level" not in files[0].read_text()
