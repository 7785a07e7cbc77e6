"""The event loops of the tests: what counts as time, and what does not."""

import asyncio
import time

from tests.steady import SteadyLoop


async def test_a_process_that_stands_still_loses_no_time() -> None:
    """Neither while it works nor while it waits; what was asked for meanwhile is not late."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SteadyLoop)
    late: list[str] = []
    loop.call_later(0.3, late.append, "late")
    began_s = loop.time()
    time.sleep(0.5)  # noqa: ASYNC251 - as if others had the processor
    await asyncio.sleep(0)
    assert late == []
    assert loop.time() - began_s < 0.3


async def test_waiting_is_time() -> None:
    """A limit ends what does not come."""
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(0.1):
            await asyncio.Event().wait()
    except TimeoutError:
        assert time.monotonic() - began_s >= 0.1
    else:
        raise AssertionError


async def test_work_is_time() -> None:
    """So does one that is passed by working."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + 0.05
    worked_s = time.thread_time()
    while loop.time() < end_s:  # noqa: ASYNC110 - that is the work
        await asyncio.sleep(0)
    assert time.thread_time() - worked_s >= 0.04
