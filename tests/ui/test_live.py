"""The stream of news: told on change, ended with us, and a code that nobody sees any more does not hold."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from spread.ui import live
from spread.ui.live import MAX_PAGES, Live

Made = tuple[Live, dict[str, Any], list[str]]


@pytest.fixture
async def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Made]:
    """One that watches a folder, the state it tells, and how often the last page has left."""
    monkeypatch.setattr(live, "LEFT_S", 0)
    state: dict[str, Any] = {"n": 0}
    left: list[str] = []
    news = Live([str(tmp_path)], [], lambda: dict(state), lambda: left.append("left"))
    news.start()
    yield news, state, left
    await news.close()


async def told(page: AsyncIterator[str]) -> Any:
    """Return the next news of a page."""
    async with asyncio.timeout(60):
        text = await anext(page)
    return json.loads(text.partition("data: ")[2])


async def test_a_page_hears_at_once_and_on_change(made: Made, tmp_path: Path) -> None:
    """First how things stand; then only what is another state, by a file's change or by a nudge."""
    news, state, _ = made
    page = news.page()
    assert await told(page) == {"n": 0}
    state["n"] = 1
    (tmp_path / "file").write_text("x")
    assert await told(page) == {"n": 1}
    news.nudge()
    state["n"] = 2
    assert await told(page) == {"n": 2}


async def test_a_page_that_is_behind_is_told_the_newest(made: Made) -> None:
    """What it has not taken yet makes way for what came after: nothing would tell it that later."""
    news, state, _ = made
    slow, quick = news.page(), news.page()
    await told(slow)
    await told(quick)
    for n in (1, 2):
        state["n"] = n
        news.nudge()
        while await told(quick) != {"n": n}:
            pass
    assert await told(slow) == {"n": 2}


async def test_nothing_older_is_told_after_a_page_has_opened(tmp_path: Path) -> None:
    """A look that began before it opened ends before it is told anything."""
    now, looks, gate = {"n": 0}, threading.Event(), threading.Event()
    gate.set()

    def state() -> dict[str, Any]:
        seen = dict(now)
        looks.set()
        gate.wait(60)
        return seen

    news = Live([str(tmp_path)], [], state, lambda: None)
    news.start()
    one, other = news.page(), news.page()
    await told(one)
    gate.clear()
    looks.clear()
    now["n"] = 1
    news.nudge()
    await asyncio.to_thread(looks.wait, 60)
    now["n"] = 2
    first = asyncio.create_task(told(other))
    await asyncio.sleep(0.05)
    gate.set()
    assert await first == {"n": 2}
    news.nudge()
    assert await told(other) == {"n": 2}
    await news.close()


async def test_streams_end_with_us(made: Made) -> None:
    """Every page's stream ends when we leave, and none begins after that."""
    news, _, _ = made
    pages = [news.page() for _ in range(3)]
    for page in pages:
        await told(page)
    news.leave()
    for page in pages:
        with pytest.raises(StopAsyncIteration):
            await told(page)
    assert not news.room()


async def test_only_so_many(made: Made) -> None:
    """A page that keeps opening streams is refused."""
    news, _, _ = made
    pages = [news.page() for _ in range(MAX_PAGES)]
    for page in pages:
        assert news.room()
        await told(page)
    assert not news.room()
    await pages[0].aclose()  # type: ignore[attr-defined]
    assert news.room()


async def test_the_last_page_leaves(made: Made) -> None:
    """It is told once nobody looks any more, not while another page does."""
    news, _, left = made
    one, other = news.page(), news.page()
    await told(one)
    await told(other)
    await one.aclose()  # type: ignore[attr-defined]
    for _ in range(3):
        await asyncio.sleep(0)
    assert left == []
    await other.aclose()  # type: ignore[attr-defined]
    for _ in range(3):
        await asyncio.sleep(0)
    assert left == ["left"]


async def test_a_state_that_cannot_be_had_is_told_later(tmp_path: Path) -> None:
    """A file that is just being written is no reason to end."""
    loop, failed = asyncio.get_running_loop(), asyncio.Event()
    fails = [False, True, False]

    def state() -> dict[str, Any]:
        if fails.pop(0) if fails else False:  # it looks by itself now and then
            loop.call_soon_threadsafe(failed.set)
            raise OSError("half written")
        return {"n": len(fails)}

    news = Live([str(tmp_path)], [], state, lambda: None)
    news.start()
    page = news.page()
    assert await told(page) == {"n": 2}
    news.nudge()
    await failed.wait()
    news.nudge()
    assert await told(page) == {"n": 0}
    await news.close()
