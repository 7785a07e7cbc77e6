"""Time limits that have to pass, on machines of any speed."""

from collections.abc import Awaitable, Callable


async def with_more_time(attempt: Callable[[float], Awaitable[None]], *limits_s: float) -> None:
    """Try with one limit after the other: what is to be done before it ends takes longer on a busy machine.

    What fails with the last one as well fails.
    """
    for limit_s in limits_s[:-1]:
        try:
            return await attempt(limit_s)
        except Exception:
            continue
    return await attempt(limits_s[-1])
