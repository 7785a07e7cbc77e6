"""Both routes at once: whichever leads there first."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from spread.errors import RoomError, SpreadError, UsageError
from spread.protocol import room

LAN_SPARE: Final = 1  # tries at a code that are left for the relay


def secret_of(words: str, passphrase: str | None, room_id: str) -> bytes:
    """Return what goes into the key exchange."""
    if passphrase is not None:
        return room.passphrase_secret(passphrase, room_id)
    return room.code_secret(words)


def weight(problem: SpreadError) -> int:
    """Return how much a failure tells compared with those of other routes."""
    kinds = (room.BurnedError, room.WrongCodeError, RoomError, SpreadError)
    return -next(place for place, kind in enumerate(kinds) if isinstance(problem, kind))


async def first_success(
    tasks: list["asyncio.Task[Any]"], is_final: Callable[["asyncio.Task[Any]", SpreadError], bool]
) -> Any:
    """Return the first result; a failure that `is_final` ends the wait, others only their own route.

    Raises:
        SpreadError: What was most telling among the failures.
    """
    pending, problems = set(tasks), []
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in sorted(done, key=lambda task: task.exception() is not None):
            try:
                return task.result()
            except SpreadError as problem:
                if is_final(task, problem):
                    raise
                problems.append(problem)
    raise max(problems, key=weight)


def no_way() -> UsageError:
    """Return the error for a machine that has no route at all."""
    return UsageError(
        "there is no way to meet", why="the LAN is turned off and no relay is configured",
        hint="give --relay URL, or set lan = true",
    )  # fmt: skip
