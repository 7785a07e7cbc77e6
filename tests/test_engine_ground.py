"""The engine when the ground moves: its home, its directories, clocks, open sessions, rules, damaged files."""

# ruff: noqa: ASYNC240 - small files on this machine; nothing is held up by them

import asyncio
import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from spread import (
    engine,
    engine_ground,
    engine_lock,
    engine_pulse,
    engine_sessions,
    engine_status,
    intake,
    peers,
    rules,
    store,
    store_damage,
    store_inbox,
    watch,
)
from spread.engine import Engine
from spread.paths import Paths
from tests.pairs import Home, handoff, paired
from tests.test_engine import GOAL, QUIET, _log, a_relay, ends, homes, owe, running, status, until

__all__ = ["_log", "homes"]  # fixtures


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hearts beat fast and retries come soon."""
    monkeypatch.setattr(engine_ground, "BEAT_S", 0.05)
    monkeypatch.setattr(engine_ground, "REST_S", 0.05)
    monkeypatch.setattr(engine, "RETRY_TURN_S", 0.1)


def ready(home: Home) -> bool:
    """Tell whether the home's engine has looked at everything."""
    return os.path.exists(home.paths.engine_ready)


def checkpoint(paths: Paths, session: str = "s", event: str = "Stop") -> None:
    """Leave what a hook leaves; its transcript is not there (yet)."""
    payload = {"session_id": session, "transcript_path": "/none.jsonl", "cwd": "/", "hook_event_name": event}
    Path(paths.checkpoints, f"{session}.{event}.json").write_text(json.dumps(payload) + "\n")


def problems(home: Home) -> dict[str, str]:
    """Return what the engine says is in the way."""
    found = status(home).get("problems", {})
    assert isinstance(found, dict)
    return found


# -- the home and its directories --------------------------------------------------------------------------


async def test_a_home_that_is_removed_ends_it(homes: tuple[Home, Home]) -> None:
    """It holds a lock that nobody can see any more: it leaves, and touches nothing of a new home's."""
    desk, _ = homes
    made = Engine(desk.paths, QUIET)
    with engine_lock.locked(desk.paths):
        task = asyncio.create_task(made.run())
        await until("it is ready", lambda: ready(desk))
        shutil.rmtree(desk.paths.home)
        desk.paths.make()
        Path(desk.paths.engine_pid).write_text("1\n")
        async with asyncio.timeout(60):
            await task
    assert made.evicted
    assert Path(desk.paths.engine_pid).read_text() == "1\n"


def identities(watching: watch.Watch) -> dict[str, tuple[int, int]]:
    """Return what the watched directories are now."""
    with contextlib.suppress(FileNotFoundError):
        return {folder: watch._identity(folder) for folder in watching._folders}
    return {}


async def test_a_directory_that_is_made_anew(homes: tuple[Home, Home]) -> None:
    """A watch on a removed directory is deaf; what comes into the new one is noticed all the same."""
    desk, laptop = homes
    async with a_relay(desk, laptop) as config, running(desk, config) as made, running(laptop, config):
        await until("both are ready", lambda: ready(desk) and ready(laptop))
        for _ in range(2):
            shutil.rmtree(desk.paths.outbox)
            await until("it is there again", lambda: os.path.isdir(desk.paths.outbox))
        await until("the watch is on the new one", lambda: made._watch._seen == identities(made._watch))
        owe(desk)
        await until("it has come", lambda: store.received(laptop.paths))


async def test_what_fails_is_told_and_passes(homes: tuple[Home, Home]) -> None:
    """A directory that cannot be read fails the turn and not the engine; when it can be, all goes on."""
    desk, laptop = homes
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("both are ready", lambda: ready(desk) and ready(laptop))
        os.rename(desk.paths.incoming, desk.paths.incoming + ".away")
        Path(desk.paths.incoming).write_bytes(b"")
        owe(desk)
        await until("it is told", lambda: "Not a directory" in problems(desk).get("engine", ""))
        os.unlink(desk.paths.incoming)
        os.rename(desk.paths.incoming + ".away", desk.paths.incoming)
        await until("it has come", lambda: store.received(laptop.paths))
        await until("nothing is told any more", lambda: problems(desk) == {})


async def test_a_bug_of_ours_does_not_end_it(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told by kind and place, and the next look is made."""
    desk, _ = homes
    right = store.owed
    broken = [True, True, False]
    monkeypatch.setattr(store, "owed", lambda paths: right(paths) if ready(desk) or broken.pop() else 1 // 0)
    async with running(desk):
        await until(
            "it is told",
            lambda: "ZeroDivisionError at test_engine_ground.py" in problems(desk).get("engine", ""),
        )
        await until("it is ready", lambda: ready(desk))


# -- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump_s", [100_000.0, -100_000.0])
async def test_a_clock_that_jumps(homes: tuple[Home, Home], jump_s: float) -> None:
    """After a sleep, or a clock set anew, all goes on: also debts that are from the future now."""
    desk, laptop = homes
    async with a_relay(desk, laptop) as config, running(desk, config) as made, running(laptop, config):
        await until("both are ready", lambda: ready(desk) and ready(laptop))
        made._ground.pulse.wall -= jump_s
        owe(desk)
        when = time.time() + jump_s
        with contextlib.suppress(FileNotFoundError):  # gone already
            os.utime(os.path.join(desk.paths.outbox, "laptop", "s.1.md"), (when, when))
        await until("it is paid for", lambda: not store.owed(desk.paths))
        await asyncio.sleep(0.2)
        owe(desk, "t")
        await until("it is paid for, too", lambda: not store.owed(desk.paths))
        assert len(store.received(laptop.paths)) == 2


# -- open sessions, and half a checkpoint ------------------------------------------------------------------


async def test_it_stays_while_a_session_is_open(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its first turn to its end; one that only fell silent is given up after a while."""
    desk, _ = homes
    checkpoint(desk.paths)
    made = Engine(desk.paths, replace(QUIET, idle_s=0.2))
    with engine_lock.locked(desk.paths):
        task = asyncio.create_task(made.run())
        await asyncio.sleep(1.0)
        assert not task.done()
        checkpoint(desk.paths, event="SessionEnd")
        async with asyncio.timeout(60):
            await task
    monkeypatch.setattr(engine_sessions, "OPEN_S", 0.3)
    checkpoint(desk.paths)
    await ends(Engine(desk.paths, replace(QUIET, idle_s=0.2)))


async def test_half_a_checkpoint_keeps_nobody_busy(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at now and then, not all the time."""
    desk, _ = homes
    looks = []
    right = intake.take_all

    def counted(*given: object, **more: object) -> bool:
        looks.append(1)
        return right(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "take_all", counted)
    Path(desk.paths.checkpoints, "s.json").write_text('{"session_id": ')
    began = time.monotonic()
    async with running(desk):
        await until("it is ready", lambda: ready(desk))
        await asyncio.sleep(1.0)
        took_s = time.monotonic() - began
    assert 1 <= len(looks) <= 5 + took_s / engine.RETRY_TURN_S


# -- rules -------------------------------------------------------------------------------------------------


async def test_a_paused_peer_gets_nothing_until_it_is_resumed(homes: tuple[Home, Home]) -> None:
    """What is owed is held and told; `resume` is noticed by itself."""
    desk, laptop = homes
    rules.write_lines(desk.paths.paused_peers, {"laptop"})
    owe(desk)
    owe(laptop)
    async with a_relay(desk, laptop) as config, running(desk, config) as made, running(laptop, config):
        await until("what it sends comes", lambda: store.received(desk.paths))
        await until("it is paid for", lambda: not store.owed(laptop.paths))
        assert made.debts.held == {("laptop", "s.1.md")}
        assert store.received(laptop.paths) == []
        rules.write_lines(desk.paths.paused_peers, set())
        await until("it has come", lambda: store.received(laptop.paths))


async def test_a_limited_peer_gets_its_projects_only(homes: tuple[Home, Home]) -> None:
    """Also of what was owed before the limit."""
    desk, laptop = homes
    store.put(desk.paths, "laptop", "mine", 1, handoff("mine", 1, goal=GOAL, project="git.example/me/x"))
    store.put(desk.paths, "laptop", "ours", 1, handoff("ours", 1, goal=GOAL, project="git.example/us/x"))
    rules.limit(desk.paths, "laptop", ["git.example/us/*"])
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it has come", lambda: store.received(laptop.paths))
        await until("it is paid for", lambda: len(store.owed(desk.paths)) == 1)
        assert [item.session for item in store.received(laptop.paths)] == ["ours"]


async def test_rules_that_cannot_be_read_hold_all(homes: tuple[Home, Home]) -> None:
    """Nothing is sent, checkpoints wait, and it is told; mended, all goes."""
    desk, laptop = homes
    Path(desk.paths.limits).write_bytes(b"laptop = ")
    owe(desk)
    checkpoint(desk.paths)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it is told", lambda: desk.paths.limits in problems(desk).get("rules", ""))
        await until("both are ready", lambda: ready(desk) and ready(laptop))
        assert len(os.listdir(desk.paths.checkpoints)) == 1
        assert store.received(laptop.paths) == []
        os.unlink(desk.paths.limits)
        await until("it has come", lambda: store.received(laptop.paths))
        await until("the checkpoint is taken", lambda: not os.listdir(desk.paths.checkpoints))


# -- damaged files -----------------------------------------------------------------------------------------


def garble(path: str) -> Callable[[Home], str]:
    """Return what puts garbage at a path of a home."""

    def put(home: Home) -> str:
        target = os.path.join(home.paths.home, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).write_bytes(b"\x00\xffgarbage\n")
        return target

    return put


@pytest.mark.parametrize(
    "path",
    [
        "outbox/laptop/x.1.md", "outbox/stray", "outbox/nobody/x.1.md", "inbox/new/laptop.x.1.md",
        "inbox/seen/laptop.x.1.md", "inbox/index.json",
        "inbox/arrived", "inbox/told/x", "ledger/laptop.json", "receipts/laptop/x.1.json",
        "receipts/laptop/contact.json", "revocations/00.json", "prekeys/x.json", "peers/broken.toml", "sessions/x.json",
        "sessions/x.state", "checkpoints/x.json", "incoming/0.env", "engine/status.json", "engine/pid", "engine/ready",
        "quarantine/x.why", "enrich/x.md", "log/engine.log", "interpreter",
    ],
)  # fmt: skip
async def test_garbage_anywhere_is_never_fatal(homes: tuple[Home, Home], path: str) -> None:
    """Whatever file of ours is garbage, at the start and while it runs: hand-offs come and go."""
    desk, laptop = homes
    async with contextlib.AsyncExitStack() as stack:
        config = await stack.enter_async_context(a_relay(desk, laptop))
        garble(path)(desk)
        for home in homes:
            await stack.enter_async_context(running(home, config))
        owe(desk)
        owe(laptop)
        await until("it has come", lambda: store.received(laptop.paths))
        await until("the other one, too", lambda: any(i.session == "s" for i in store.received(desk.paths)))
        garble(path)(desk)
        for home in homes:
            owe(home, "t")
        await until("it has come, too", lambda: len(store.received(laptop.paths)) == 2)
        await until("and there", lambda: any(i.session == "t" for i in store.received(desk.paths)))
        await until("both are paid for", lambda: all(
            not any(debt.session in ("s", "t") for debt in store.owed(home.paths)) for home in homes
        ))  # fmt: skip


@pytest.mark.parametrize("path", ["outbox/laptop/x.1.md", "inbox/new/laptop.x.1.md", "ledger/laptop.json"])
async def test_garbage_is_kept_and_told(homes: tuple[Home, Home], path: str) -> None:
    """It lies in quarantine with what is wrong."""
    desk, laptop = homes
    target = garble(path)(desk)
    owe(laptop)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("it is kept", lambda: store_damage.kept(desk.paths))
    (kept,) = store_damage.kept(desk.paths)
    assert Path(desk.paths.quarantine, kept.name).read_bytes() == b"\x00\xffgarbage\n"
    assert "damaged" in kept.what
    assert not os.path.exists(target) or path.startswith("ledger"), "a ledger is made anew"


async def test_a_damaged_peer_at_the_start(homes: tuple[Home, Home]) -> None:
    """The others are served, and what to do is told."""
    desk, laptop = homes
    owe(desk)
    async with a_relay(desk, laptop) as config, running(laptop, config):
        Path(desk.paths.peers, "broken.toml").write_text("identity = 1\n")
        async with running(desk, config):
            await until("it is paid for", lambda: not store.owed(desk.paths))
            assert "spread unpair broken" in problems(desk)["peers"]
            os.unlink(os.path.join(desk.paths.peers, "broken.toml"))
            await until("nothing is told any more", lambda: problems(desk) == {})


# -- what is told ------------------------------------------------------------------------------------------


async def test_the_next_engine_remembers_the_last_receipt(homes: tuple[Home, Home]) -> None:
    """And by which route; garbage in the status file is passed over."""
    desk, laptop = homes
    owe(desk)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until(
            "it is told",
            lambda: engine_status.read(desk.paths).get("peers", {}).get("laptop", {}).get("last_receipt"),
        )
    before = engine_status.read(desk.paths)["peers"]["laptop"]
    async with running(desk):
        await until("it is ready", lambda: ready(desk))
        after = engine_status.read(desk.paths)["peers"]["laptop"]
    assert (after["last_receipt"], after["last_route"]) == (before["last_receipt"], "relay")
    for text in ('{"peers": {"laptop": 1}}', '{"peers": {"laptop": {"last_receipt": "x", "last_route": 1}}}'):
        Path(desk.paths.engine_status).write_text(text)
        report = engine_status.Report(desk.paths, 0.0)
        report.recall({"laptop": 0})
        assert report.of("laptop") == engine_status.Facts()


async def test_why_a_route_is_missing(homes: tuple[Home, Home]) -> None:
    """For each peer: not seen on the LAN, and what the relay says."""
    desk, _ = homes
    for peer in desk.peers.values():
        peers.save(desk.paths, replace(peer, relay="ws://127.0.0.1:1"))
    async with running(desk, replace(QUIET, relay="ws://127.0.0.1:1")):
        await until("it is told", lambda: "connection refused" in str(status(desk).get("peers")))
    assert engine_status.read(desk.paths)["peers"]["laptop"]["missing"] == {
        "lan": "the LAN is turned off",
        "relay": "relay ws://127.0.0.1:1: cannot reach ws://127.0.0.1:1 (connection refused)",
    }


async def test_a_full_inbox_is_told_and_then_not(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a peer sends too much of stays with it, told on this side; the rest goes on."""
    desk, laptop = homes
    monkeypatch.setattr(store_inbox, "MAX_INBOX_FILES", 1)
    owe(desk, "a")
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await until("the first has come", lambda: store.received(laptop.paths))
        owe(desk, "b")
        await until("it is told", lambda: "more than may wait" in str(status(laptop).get("peers")))
        await until("the first is paid for", lambda: [it.session for it in store.owed(desk.paths)] == ["b"])


def test_the_beat_is_short() -> None:
    """A network that comes back is noticed within seconds."""
    assert engine_pulse.BEAT_S <= 2


async def test_mail_does_not_wait_for_a_long_transcript(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a checkpoint is being taken, hand-offs come in."""
    desk, laptop = paired(tmp_path, now=time.time())
    going, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    right = intake.take_all

    def slow(paths: Paths, *given: object, **more: object) -> bool:
        if paths.home == laptop.paths.home:
            loop.call_soon_threadsafe(going.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
        return right(paths, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "take_all", slow)
    checkpoint(laptop.paths)
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        await going.wait()
        owe(desk)
        await until("it has come", lambda: store.received(laptop.paths))
        await until("it is paid for", lambda: not store.owed(desk.paths))
        go_on.set()


def test_another_users_process_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command line may say anything, and it cannot be ended; asked in the home directory, too."""
    other = {"cmdline": b"python\0-c\0import sys; from spread.cli import main\0sync", "environ": b""}
    monkeypatch.setattr(engine_lock, "_proc", lambda pid, what: other[what] if pid == "2" else b"")
    monkeypatch.setattr(os, "listdir", lambda path: ["2"])
    monkeypatch.chdir(tmp_path)
    assert not engine_lock._engines(Paths(tmp_path / ".spread"))
