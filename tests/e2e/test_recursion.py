"""Enrichment in the real client, whose hooks are ours: one run at a time, none leads to another, none is left."""

# ruff: noqa: ASYNC240 - small files on this machine; nothing is held up by them

import asyncio
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spread import engine_lock, enrich, resources, store
from spread.config import Config
from spread.engine import Engine
from spread.paths import Paths
from tests.e2e.world import make_checkout
from tests.harness.client import Sandbox
from tests.pairs import Home, paired

SESSIONS = int(os.environ.get("SPREAD_TEST_SESSIONS", "10"))
AT_ONCE = 2
LIMIT = 1  # of clients that enrich
MARK = "MARK_OF_TEST"
TOLD = json.dumps({"decisions": ["A table was chosen because it is easier to read."]})


class Census:
    """Counts the client's processes that carry a mark until closed: a person's sessions', and those that enrich."""

    def __init__(self, mark: str) -> None:
        self._mark = f"{MARK}={mark}".encode()
        self._over = threading.Event()
        self.most_enriching = self.most_sessions = self.looks = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.01):
            found = self.now()
            self.most_enriching = max(self.most_enriching, found.count(True))
            self.most_sessions = max(self.most_sessions, found.count(False))
            self.looks += 1

    def now(self) -> list[bool]:
        """Return, for each client alive at one moment, whether it enriches; what one has forked, not exec'd, is none.

        Looked at twice, because a look takes time: what both looks found lived between them, all at once,
        and a process read while it ended (its arguments are empty then) is found by neither.
        """
        first, second = self._look(), self._look()
        return [
            enriches
            for number, (parent, enriches) in second.items()
            if number in first and parent not in first
        ]

    def _look(self) -> dict[str, tuple[str, bool]]:
        found: dict[str, tuple[str, bool]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environ = (folder / "environ").read_bytes().split(b"\0")
                if self._mark in environ and "claude" in os.path.basename(os.readlink(folder / "exe")):
                    parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                    arguments = (folder / "cmdline").read_bytes()
                    if arguments:
                        found[folder.name] = (parent, b"--safe-mode" in arguments.split(b"\0"))
            except OSError:
                continue
        return found

    def close(self) -> None:
        self._over.set()
        self._thread.join()


@pytest.fixture
def census(monkeypatch: pytest.MonkeyPatch) -> Iterator[Census]:
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    made = Census(mark)
    yield made
    made.close()


@pytest.fixture
def desk(
    tmp_path: Path, claude_box: Sandbox, bundle: Path, census: Census, monkeypatch: pytest.MonkeyPatch
) -> Home:
    """A machine whose engine finds the real client on its PATH, and whose client has our hooks."""
    home, _ = paired(tmp_path, now=time.time())
    resources.remember(home.paths)
    claude_box.settings(json.loads((bundle / "settings.example.json").read_text()))
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "claude").symlink_to(claude_box.client)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SPREAD_HOME", home.paths.home)
    monkeypatch.setenv("TMPDIR", str(claude_box.tmp))
    monkeypatch.setattr("tempfile.tempdir", None)
    mark = os.environ[MARK]
    for name, value in claude_box.env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(MARK, mark)
    monkeypatch.setattr(enrich, "QUIET_S", 0.0)
    monkeypatch.setattr(enrich, "INTERVAL_S", 0.0)
    make_checkout(claude_box.project, dict(os.environ))
    claude_box.reply_with({"default": "It is done.", "side": TOLD})
    return home


async def until(what: str, holds: Callable[[], object], within_s: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.02)


def runs_of(paths: Paths) -> int:
    return int(json.loads(Path(paths.enrich_spent).read_text())["count"])


def files(folder: str) -> list[str]:
    return [name for name in os.listdir(folder) if not name.startswith(".")] if os.path.isdir(folder) else []


@pytest.mark.timeout(180 + 6 * SESSIONS)
async def test_many_sessions_never_make_more_clients_than_one(
    desk: Home, claude_box: Sandbox, census: Census
) -> None:
    """However many sessions end, enrichment asks one client at a time, and its runs are nobody's sessions."""
    paths, config = desk.paths, Config(
        relay="", lan=False, idle_s=0, enrich="claude", enrich_daily=4 * SESSIONS
    )  # fmt: skip
    env = {"SPREAD_HOME": paths.home, MARK: os.environ[MARK]}

    def session(number: int) -> int:
        return claude_box.run("-p", f"goal {number}", env=env).returncode

    with engine_lock.locked(paths), ThreadPoolExecutor(AT_ONCE) as pool:
        made = Engine(paths, config)
        running = asyncio.create_task(made.run())
        await until("the engine runs", lambda: os.path.exists(paths.engine_ready))
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        ended = await asyncio.gather(
            *(loop.run_in_executor(pool, session, number) for number in range(SESSIONS))
        )
        assert ended == [0] * SESSIONS
        await until("all is distilled", lambda: not files(paths.checkpoints))
        await until("all is enriched", lambda: files(paths.enrich) == ["spent.json"], 60 + 2 * SESSIONS)
        # A run reads the transcript before its client begins.
        await until("each run asked", lambda: len(claude_box.requests("side")) == runs_of(paths))
        await until("no client is left", lambda: census.now() == [])
        print(f"{SESSIONS} sessions in {time.monotonic() - started:.1f} s; looks {census.looks}")
        made.stop()
        async with asyncio.timeout(60):
            await running
    runs = runs_of(paths)
    print(f"{runs} runs; at most {census.most_enriching} enriching, {census.most_sessions} sessions")
    assert SESSIONS <= runs <= 2 * SESSIONS, "a session ends a turn, and then itself"
    assert census.most_enriching == LIMIT
    assert census.most_sessions <= AT_ONCE
    assert len(claude_box.requests("side")) == runs
    assert len(claude_box.requests()) == SESSIONS
    assert len(claude_box.transcripts()) == SESSIONS
    assert len(list(Path(paths.sessions).glob("*.json"))) == SESSIONS
    assert any("A table was chosen" in text_of(paths, debt) for debt in store.owed(paths))
    assert census.now() == []


def text_of(paths: Paths, debt: store.Owed) -> str:
    return (store.read_owed(paths, debt) or b"").decode()
