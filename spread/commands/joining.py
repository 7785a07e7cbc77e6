"""Finding and joining the room of a code, on both routes at once."""

import asyncio
import contextlib
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from spread.commands import routes, terminal
from spread.commands.common import Code
from spread.config import interfaces
from spread.errors import RoomError, RouteError, SpreadError, UsageError
from spread.net import meet
from spread.net.client import CONNECT_TIMEOUT_S, dial
from spread.protocol import room

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

LAN_SEARCH_S: Final = 4.0
LAN_HEARD_S: Final = 10.0  # once what we look for is announced, but does not answer: it may be held up
LAN_AGAIN_S: Final = 0.5  # until it is tried again
BUSY_S: Final = 15.0  # a room whose maker puts a joiner out that says nothing, after 10 s
BUSY_PAUSE_S: Final = 1.0
LAN_QUIET_S: Final = 0.8  # how long we listen for more shares once one was heard of
LAN_DIAL_S: Final = 2.0  # for one address of a listener to answer
HOST_PAUSE_S: Final = 0.1
TICK_S: Final = 0.25

Joined = tuple[meet.Channel, "ClientConnection", str]


async def join(
    purpose: str, code: Code | None, passphrase: str | None, *, use_lan: bool, relay: str, host: str = "",
    tries: meet.Tries | None = None,
) -> Joined:  # fmt: skip
    """Find the room on the LAN and on the relay, whichever answers first; return channel, connection, route.

    Our proof of the code goes out three times at most on both routes together. Anyone may pose as the other
    machine on the LAN: what fails there does not end the relay's try, and one is left for that.

    Args:
        code: None: any room of this purpose that is announced on the LAN.
        host: HOST:PORT to join directly, without mDNS.
        tries: Shared by all calls for one code; whoever breaks off a conversation must not earn more of them.

    Raises:
        RoomError: No such room, or a wrong code.
        RouteError: Nothing could be reached.
    """
    joiner = _Joiner(purpose, code.words if code else "", passphrase, tries or meet.Tries())
    if host:
        if code is None:
            raise UsageError("--host needs the room", hint="give --room ID, or the code")
        return await _join_host(joiner, f"ws://{host}", code.room)
    tasks: list[asyncio.Task[Joined]] = []
    by_relay: asyncio.Task[Joined] | None = None
    if relay and code is not None:
        by_relay = asyncio.create_task(joiner.until_free((relay,), code.room, "relay"))
        tasks.append(by_relay)
    if use_lan:
        tasks.append(asyncio.create_task(_join_lan(joiner, code, spare=routes.LAN_SPARE if by_relay else 0)))
    if not tasks:
        raise routes.no_way()

    def is_final(task: "asyncio.Task[Any]", problem: SpreadError) -> bool:
        return task is by_relay and isinstance(problem, room.WrongCodeError | room.BurnedError)

    try:
        winner: Joined = await routes.first_success(tasks, is_final)
    except RoomError as problem:
        raise _also(problem, by_relay) from None
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if not isinstance(outcome, BaseException) and outcome[1] is not winner[1]:
            await outcome[1].close()  # both routes led there: one conversation is enough
    return winner


def _also(problem: RoomError, by_relay: "asyncio.Task[Joined] | None") -> RoomError:
    """Return what says of a room that the LAN does not have that the relay could not be asked for it either."""
    told = by_relay is not None and by_relay.done() and not by_relay.cancelled() and by_relay.exception()
    if type(problem) is not RoomError or not isinstance(told, RouteError):
        return problem
    relay = told.what + (f" ({told.why})" if told.why else "")
    return RoomError(problem.what, why=f"{problem.why}; and from here: {relay}", hint=problem.hint)


async def _join_host(joiner: "_Joiner", url: str, room_id: str) -> Joined:
    """Join at an address; a share shows its code a moment before it listens."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LAN_DIAL_S
    while True:
        try:
            return await joiner.until_free((url,), room_id, "lan")
        except RouteError:
            if joiner.tries.used or loop.time() > end:
                raise
        await asyncio.sleep(HOST_PAUSE_S)


class _Joiner:
    """Joins rooms with one code or passphrase: its tries, and the secrets made of it."""

    def __init__(self, purpose: str, words: str, passphrase: str | None, tries: meet.Tries) -> None:
        self.purpose = purpose
        self.tries = tries
        self._words = words
        self._passphrase = passphrase
        self._waits = False
        self._secrets: dict[str, asyncio.Future[bytes]] = {}

    async def at(
        self, urls: Iterable[str], room_id: str, route: str, spare: int = 0, timeout_s: float = CONNECT_TIMEOUT_S
    ) -> Joined:  # fmt: skip
        """Join at the first of a server's addresses that answers; what it answers is then its last word.

        But where others keep us out, it may let us in at its next address, where we have another one ourselves.
        """
        # A passphrase is stretched at length: not for whoever only announces a room.
        making = self._making(room_id) if self._passphrase is None else None
        problem: SpreadError = RouteError("the other machine gives no address")
        for url in urls:
            try:
                ws = await dial(url, timeout_s)
            except RouteError as failed:
                problem = failed if isinstance(problem, RouteError) else problem
                continue
            try:
                secret = await asyncio.shield(making or self._making(room_id))
            except BaseException:
                await ws.close()
                raise
            try:
                return *await meet.enter(ws, url, self.purpose, room_id, secret, self.tries, spare), route
            except (meet.BusyError, meet.CrowdedError) as failed:
                problem = failed
        raise problem

    async def until_free(self, urls: Iterable[str], room_id: str, route: str) -> Joined:
        """Join as soon as nobody else is in the room, if that is so in a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + BUSY_S
        while True:
            try:
                return await self.at(urls, room_id, route)
            except meet.BusyError as problem:
                if loop.time() > end:
                    raise
                self.wait_for_it(problem)
            await asyncio.sleep(BUSY_PAUSE_S)

    def wait_for_it(self, problem: meet.BusyError) -> None:
        """Tell the user, once, why nothing happens."""
        if not self._waits:
            self._waits = True
            terminal.say(f"{problem.what}: {problem.why}; waiting")

    def _making(self, room_id: str) -> "asyncio.Future[bytes]":
        """Return the secret of a room as it is made on a thread: until then, the server has time to answer."""
        if room_id not in self._secrets:
            self._secrets[room_id] = asyncio.ensure_future(asyncio.to_thread(self._make, room_id))
        return self._secrets[room_id]

    def _make(self, room_id: str) -> bytes:
        room.load()
        return routes.secret_of(self._words, self._passphrase, room_id)


async def _join_lan(joiner: _Joiner, code: Code | None, spare: int) -> Joined:
    from spread.net import lan  # not needed where there is a relay only, and slow to load

    changed = asyncio.Event()
    room_id = code.room if code else ""
    speaker = lan.Lan(
        lan.addresses(interfaces()), changed.set, lambda found: found.is_room(joiner.purpose, room_id)
    )
    problem: SpreadError = RoomError(
        "nothing is offered on this network" if code is None else "no such room on this network",
        why="the other machine does not offer it any more (a code serves once), is on another network, or mDNS is "
        "blocked between the two",
        hint="check that it still waits, or use `--relay URL` on both sides",
    )
    again: dict[str, float] = {}  # when a listener is tried again
    search = _Search()
    try:
        await speaker.start()
        await speaker.ask()
        room.load()  # while the answers are on their way
        search.begin()
        while (left := search.left_s()) > 0 and joiner.tries.used + spare < room.MAX_TRIES:
            rooms = speaker.rooms(joiner.purpose, room_id)
            found = min(rooms, key=lambda each: again.get(each.name, 0.0), default=None)
            pause_s = 0.0 if found is None else again.get(found.name, 0.0) - search.now()
            if found is None or pause_s > 0:
                changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(left, pause_s) if found else left):
                        await changed.wait()
                continue
            if code is None:
                search.end_in(LAN_QUIET_S)
            try:
                return await joiner.at(found.urls, found.room, "lan", spare, LAN_DIAL_S)
            except SpreadError as failed:
                again[found.name] = math.inf
                if isinstance(failed, RouteError) and failed.transient:
                    again[found.name] = search.now() + LAN_AGAIN_S
                    if code is not None:
                        search.last(LAN_AGAIN_S + LAN_DIAL_S, LAN_HEARD_S)
                elif isinstance(failed, meet.BusyError) and code is not None:
                    joiner.wait_for_it(failed)
                    again[found.name] = search.now() + BUSY_PAUSE_S
                    search.last(BUSY_PAUSE_S + LAN_DIAL_S, BUSY_S)
                telling = isinstance(problem, room.WrongCodeError | room.BurnedError)
                problem = max(problem, failed, key=routes.weight) if telling else failed
            if isinstance(problem, room.WrongCodeError | room.BurnedError):
                search.end_in(LAN_QUIET_S)  # most likely it was mistyped
        raise problem if joiner.tries.used + spare < room.MAX_TRIES else meet.no_tries_left()
    finally:
        search.close()
        await speaker.close()


class _Search:
    """How long a search goes on: what counts is time in which this process ran, not in which it was held up."""

    def __init__(self) -> None:
        self.now = asyncio.get_running_loop().time
        self._held_s = 0.0
        self._began = self._end = self.now()
        self._ticking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to count."""
        self._began = self.now()
        self._end = self._began + LAN_SEARCH_S
        self._ticking = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            due = self.now() + TICK_S
            await asyncio.sleep(TICK_S)
            self._held_s += late if (late := self.now() - due) > TICK_S else 0.0

    def left_s(self) -> float:
        """Return how long it still goes on."""
        return self._end + self._held_s - self.now()

    def end_in(self, seconds: float) -> None:
        """Go on for so long at most."""
        self._end = min(self._end, self.now() - self._held_s + seconds)

    def last(self, seconds: float, most_s: float) -> None:
        """Go on for so long at least; but not for longer than `most_s` in all."""
        self._end = max(self._end, min(self._began + most_s, self.now() - self._held_s + seconds))

    def close(self) -> None:
        """Count no more."""
        if self._ticking is not None:
            self._ticking.cancel()
