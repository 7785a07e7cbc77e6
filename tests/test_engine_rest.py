"""The rest of an engine that has nothing to do: who is told of all that moves need not look."""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from spread import courier, engine_ground, engine_lock, plan
from spread.courier_lan import LanRoutes
from spread.engine import Engine
from spread.engine_ground import Ground
from spread.engine_pulse import Beat
from tests.pairs import Home
from tests.test_engine import QUIET, _log, homes, owe, running, until

__all__ = ["_log", "homes"]  # fixtures

BEAT_S = 0.05
LONG_S = 20 * BEAT_S


@dataclass
class Network:
    """Says that the network has changed when the test does."""

    heard: bool = False
    listening: list[Callable[[], None]] = field(default_factory=list)
    silent: bool = False  # the system says nothing

    def changed(self) -> bool:
        before, self.heard = self.heard, False
        return before or self.silent

    def listen(self, on_change: Callable[[], None]) -> bool:
        self.listening = [on_change]
        return not self.silent

    def tell(self) -> None:
        self.heard = True
        told, self.listening = self.listening, []
        for on_change in told:
            on_change()

    def close(self) -> None:
        pass


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """What the system says of the network."""
    made = Network()
    monkeypatch.setattr(courier, "Links", lambda: made)
    return made


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the ground was looked at; a rest is longer than the test."""
    found: list[float] = []
    right = Ground.look

    async def look(ground: Ground) -> Beat:
        found.append(time.monotonic())
        return await right(ground)

    monkeypatch.setattr(Ground, "look", look)
    monkeypatch.setattr(engine_ground, "BEAT_S", BEAT_S)
    monkeypatch.setattr(engine_ground, "REST_S", 1000.0)
    return found


async def rests(looks: list[float]) -> None:
    """Wait until nothing was looked at for long."""
    await until("it rests", lambda: looks and time.monotonic() - looks[-1] > LONG_S)


async def test_it_rests_until_something_is_told(
    homes: tuple[Home, Home], network: Network, looks: list[float]
) -> None:
    """Of the network, or of files; what has just moved is looked at again soon, and then it rests again."""
    desk, _ = homes
    async with running(desk):
        for tell in (network.tell, lambda: owe(desk)):
            await rests(looks)
            before = len(looks)
            tell()
            await until("it looks", lambda: len(looks) > before)  # noqa: B023
        await rests(looks)
        before = len(looks)
        network.tell()
        network.tell()
        await until("it looks again, as more may come", lambda: len(looks) > before + 1)


async def test_it_looks_where_nothing_is_told(
    homes: tuple[Home, Home], network: Network, looks: list[float]
) -> None:
    """On other systems, of the network."""
    network.silent = True
    async with running(homes[0]):
        await until("it looks again and again", lambda: len(looks) > 5)


async def test_it_leaves_when_the_settings_are_others(
    homes: tuple[Home, Home], network: Network, looks: list[float]
) -> None:
    """They are asked for at each look, soon again while they are only just written, and when a file says so."""
    desk, _ = homes
    answers: list[bool | None] = [None, None, False]
    asked: list[int] = []

    def outdated() -> bool | None:
        asked.append(len(answers))
        return answers.pop(0) if len(answers) > 1 else answers[0]

    made = Engine(desk.paths, QUIET, outdated=outdated)
    with engine_lock.locked(desk.paths):
        task = asyncio.create_task(made.run())
        await rests(looks)
        assert asked[:3] == [3, 2, 1]
        answers[:] = [True]
        with open(desk.paths.config, "wb"):  # noqa: ASYNC230
            pass
        async with asyncio.timeout(60):
            await task
    assert not made.evicted
    assert not made.ended


async def test_who_has_no_rest_looks_all_the_same(
    homes: tuple[Home, Home], network: Network, looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much there is to do, and however long it goes on."""
    desk, _ = homes
    right = Engine._turn

    async def turn(engine: Engine) -> float | None:
        wake_at = await right(engine)
        engine._news.set()
        return wake_at

    monkeypatch.setattr(Engine, "_turn", turn)
    async with running(desk):
        await until("it looks again and again", lambda: len(looks) > 5)
        assert min(after - before for before, after in itertools.pairwise(looks)) > BEAT_S


async def test_a_network_that_does_not_work_is_tried_again(
    homes: tuple[Home, Home], network: Network, looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it does, also if nothing is told of it."""
    tried: list[bool] = []

    async def find(routes: LanRoutes, _: object) -> bool:
        tried.append(len(tried) >= 2)
        routes.works = tried[-1]
        return routes.works

    monkeypatch.setattr(plan, "backoff", lambda failures, spread: 4 * BEAT_S)
    monkeypatch.setattr(LanRoutes, "find", find)
    async with running(homes[0]):
        await until("it works", lambda: tried == [False, False, True])
        await rests(looks)
        assert len(tried) == 3
