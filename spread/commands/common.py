"""What several commands share: codes, passphrases, rooms on both routes."""

import asyncio
import contextlib
import getpass
import secrets
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from websockets.asyncio.client import ClientConnection

from spread.commands import terminal
from spread.config import interfaces
from spread.errors import RoomError, RouteError, SpreadError, UsageError
from spread.net import lan, meet
from spread.net.client import CONNECT_TIMEOUT_S, dial
from spread.net.server import LISTENER, Server
from spread.protocol import room
from spread.protocol.words import WORDS, pick

ROOM_CHARS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
ROOM_LENGTH: Final = 6
ROOM_TTL_S: Final = 1800.0
LAN_SEARCH_S: Final = 4.0
LAN_QUIET_S: Final = 0.8  # how long we listen for more shares once one was heard of
LAN_SPARE: Final = 1  # tries at a code that are left for the relay
LAN_DIAL_S: Final = 2.0  # for one address of a listener to answer
MIN_PASSPHRASE: Final = 8
MAX_PASSPHRASE: Final = 1024


@dataclass(frozen=True)
class Code:
    """A parsed code: `<room>-<word>-<word>-<word>`; words may be missing when a passphrase is used."""

    room: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.room}-{self.words}" if self.words else self.room


def new_words() -> str:
    """Return three fresh words (at least 31 bits)."""
    return "-".join(pick(3, secrets.token_bytes))


def new_room() -> str:
    """Return a random room id for a listener of ours."""
    return "".join(secrets.choice(ROOM_CHARS) for _ in range(ROOM_LENGTH))


def parse_code(text: str) -> Code:
    """Return a code as typed: case, blanks and stray separators do not matter.

    Raises:
        UsageError: It cannot be one.
    """
    parts = [part for part in text.strip().lower().replace(" ", "-").replace("_", "-").split("-") if part]
    if not parts or len(parts[0]) != ROOM_LENGTH or any(c not in ROOM_CHARS for c in parts[0]):
        raise UsageError(
            "that is no code", why="a code begins with six letters or digits",
            hint="it looks like a7f3b2-amber-tiger-lamp",
        )  # fmt: skip
    unknown = [word for word in parts[1:] if word not in WORDS]
    if len(parts) not in (1, 4) or unknown:
        why = "one of its words is none of ours" if unknown else "it has three words after the first part"
        raise UsageError("that is no code", why=why, hint="it looks like a7f3b2-amber-tiger-lamp")
    return Code(parts[0], "-".join(parts[1:]))


def given_code(text: str) -> Code:
    """Return a code as given: itself, or `-` for the first line of stdin, where no list of processes shows it.

    Raises:
        UsageError: It cannot be one.
    """
    if text != "-":
        return parse_code(text)
    if sys.stdin.isatty():
        terminal.say("type the code:")
    return parse_code(sys.stdin.readline(MAX_PASSPHRASE))


def read_passphrase(source: str | None, prompt: str = "") -> str | None:
    """Return the passphrase from a file, from stdin (`-`), or typed by a person if `prompt` is given.

    Raises:
        UsageError: It is missing, too short or too long.
    """
    if source is None:
        if not prompt or not sys.stdin.isatty():
            return None
        text = getpass.getpass(prompt)
    elif source == "-":
        text = sys.stdin.readline()
    else:
        try:
            with open(source, encoding="utf-8") as handle:
                text = handle.readline(MAX_PASSPHRASE + 2)
        except (OSError, UnicodeDecodeError) as problem:
            raise UsageError(
                "cannot read the passphrase file", why=getattr(problem, "strerror", "") or "it is not text",
                hint="give a file whose first line is the passphrase, or - for standard input",
            ) from None  # fmt: skip
    text = text.rstrip("\r\n")
    if not MIN_PASSPHRASE <= len(text) <= MAX_PASSPHRASE:
        raise UsageError(
            "that passphrase cannot be used", why=f"it must have {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters",
            hint="choose a longer one, or none at all: a code is then made for you",
        )  # fmt: skip
    return text


def secret_of(words: str, passphrase: str | None, room_id: str) -> bytes:
    """Return what goes into the key exchange."""
    if passphrase is not None:
        return room.passphrase_secret(passphrase, room_id)
    return room.code_secret(words)


class Meeting:
    """One room, offered on the LAN and on relays at once under one code; used as a context manager.

    Args:
        purpose: "share" or "pair".
        relay: A relay to make the room on, or "".
        use_lan: Whether to offer it on the LAN.
        relay_required: Whether failing to reach the relay is an error; else it is told and done without.
    """

    def __init__(self, purpose: str, relay: str, *, use_lan: bool, relay_required: bool) -> None:
        self.room_id = ""
        self.port = 0
        self._purpose = purpose
        self._relay = relay
        self._use_lan = use_lan
        self._required = relay_required
        self._hosts: list[tuple[str, meet.Host]] = []
        self._speaker: lan.Lan | None = None
        self._server: Server | None = None

    async def __aenter__(self) -> "Meeting":
        if not self._relay and not self._use_lan:
            raise _no_way()
        try:
            if self._relay:
                await self._open_relay()
            self.room_id = self.room_id or new_room()
            if self._use_lan:
                await self._open_lan()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _open_relay(self) -> None:
        host = meet.Host(self._relay, self._purpose)
        try:
            self.room_id = await host.create(timeout_s=5.0 if self._required else 1.5)
            self._hosts.append(("relay", host))
        except RouteError as problem:
            await host.close()
            if self._required or not self._use_lan:
                raise
            terminal.say(
                f"spread: note: {problem.what} ({problem.why}); only machines on this network can join"
            )

    async def _open_lan(self) -> None:
        token = secrets.token_hex(16)
        ips = lan.addresses(interfaces())
        policy = replace(LISTENER, room_id=self.room_id, room_token=token, room_ttl_s=ROOM_TTL_S)
        self._server = Server(None, policy)
        await self._server.start(ips)
        self.port = self._server.port
        host_part = f"[{ips[0]}]" if ":" in ips[0] else ips[0]
        host = meet.Host(f"ws://{host_part}:{self.port}", self._purpose, token)
        await host.create()
        self._hosts.append(("lan", host))

    async def announce(self) -> None:
        """Let the LAN know; apart from opening, so that the code can be shown before."""
        if self._server is None:
            return
        self._speaker = lan.Lan(lan.addresses(interfaces()))
        try:
            await self._speaker.start()
            await self._speaker.announce(self.port, {"room": self.room_id, "for": self._purpose})
        except RouteError as problem:
            if len(self._hosts) < 2:
                raise
            terminal.say(f"spread: note: {problem.what} ({problem.why})")

    async def serve(self, secret: bytes, talk: Callable[[meet.Channel, str], Awaitable[bool]]) -> None:
        """Answer joiners on every route until `talk(channel, route)` returns True.

        Anyone on the LAN can join there without a code: what is tried there leaves one try for the relay.

        Raises:
            BurnedError: Three wrong codes were tried.
            RouteError: The room is gone on every route.
        """
        tries = meet.Tries()

        by_relay = any(route == "relay" for route, _ in self._hosts)

        async def one(route: str, host: meet.Host) -> None:
            spare = LAN_SPARE if route == "lan" and by_relay else 0
            try:
                await host.serve(secret, lambda channel: talk(channel, route), tries, spare)
            except room.BurnedError:
                await host.close()
                if spare:
                    terminal.say(
                        "spread: note: wrong codes were tried on this network; only by the relay it can go on"
                    )
                raise

        tasks = [asyncio.create_task(one(route, host)) for route, host in self._hosts]
        try:
            await first_success(
                tasks,
                lambda _, problem: isinstance(problem, room.BurnedError) and tries.used >= room.MAX_TRIES,
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def __aexit__(self, *_: object) -> None:
        for _route, host in self._hosts:
            await host.close()
        if self._speaker is not None:
            await self._speaker.close()
        if self._server is not None:
            await self._server.close()


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


Joined = tuple[meet.Channel, ClientConnection, str]


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
        return await joiner.at((f"ws://{host}",), code.room, "lan")
    tasks: list[asyncio.Task[Joined]] = []
    by_relay: asyncio.Task[Joined] | None = None
    if relay and code is not None:
        by_relay = asyncio.create_task(joiner.at((relay,), code.room, "relay"))
        tasks.append(by_relay)
    if use_lan:
        tasks.append(asyncio.create_task(_join_lan(joiner, code, spare=LAN_SPARE if by_relay else 0)))
    if not tasks:
        raise _no_way()

    def is_final(task: "asyncio.Task[Any]", problem: SpreadError) -> bool:
        return task is by_relay and isinstance(problem, room.WrongCodeError | room.BurnedError)

    try:
        winner: Joined = await first_success(tasks, is_final)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if not isinstance(outcome, BaseException) and outcome[1] is not winner[1]:
            await outcome[1].close()  # both routes led there: one conversation is enough
    return winner


def _no_way() -> UsageError:
    return UsageError(
        "there is no way to meet", why="the LAN is turned off and no relay is configured",
        hint="give --relay URL, or set lan = true",
    )  # fmt: skip


class _Joiner:
    """Joins rooms with one code or passphrase: its tries, and the secrets made of it."""

    def __init__(self, purpose: str, words: str, passphrase: str | None, tries: meet.Tries) -> None:
        self.purpose = purpose
        self.tries = tries
        self._words = words
        self._passphrase = passphrase
        self._secrets: dict[str, asyncio.Future[bytes]] = {}

    async def at(
        self, urls: Iterable[str], room_id: str, route: str, spare: int = 0, timeout_s: float = CONNECT_TIMEOUT_S
    ) -> Joined:  # fmt: skip
        """Join at the first of a server's addresses that answers; what it answers is then its last word.

        But where others keep us out, it may let us in at its next address, where we have another one ourselves.
        """
        secret = await self._secret(room_id)
        problem: SpreadError = RouteError("the other machine gives no address")
        for url in urls:
            try:
                ws = await dial(url, timeout_s)
            except RouteError as failed:
                problem = failed if isinstance(problem, RouteError) else problem
                continue
            try:
                return *await meet.enter(ws, url, self.purpose, room_id, secret, self.tries, spare), route
            except (meet.BusyError, meet.CrowdedError) as failed:
                problem = failed
        raise problem

    async def _secret(self, room_id: str) -> bytes:
        if room_id not in self._secrets:
            making = asyncio.to_thread(secret_of, self._words, self._passphrase, room_id)
            self._secrets[room_id] = asyncio.ensure_future(making)
        return await asyncio.shield(self._secrets[room_id])


async def _join_lan(joiner: _Joiner, code: Code | None, spare: int) -> Joined:
    changed = asyncio.Event()
    room_id = code.room if code else ""
    speaker = lan.Lan(
        lan.addresses(interfaces()), changed.set, lambda found: found.is_room(joiner.purpose, room_id)
    )
    problem: SpreadError = RoomError(
        "nothing is offered on this network" if code is None else "no such room on this network",
        why="the other machine does not offer it now, is on another network, or mDNS is blocked between the two",
        hint="check that it still waits, or use --relay on both sides",
    )
    tried: set[str] = set()
    try:
        await speaker.start()
        loop = asyncio.get_running_loop()
        end = loop.time() + LAN_SEARCH_S
        while (left := end - loop.time()) > 0 and joiner.tries.used + spare < room.MAX_TRIES:
            rooms = speaker.rooms(joiner.purpose, room_id)
            found = next((each for each in rooms if each.name not in tried), None)
            if found is None:
                changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await changed.wait()
                continue
            tried.add(found.name)
            if code is None:
                end = min(end, loop.time() + LAN_QUIET_S)
            try:
                return await joiner.at(found.urls, found.room, "lan", spare, LAN_DIAL_S)
            except SpreadError as failed:
                telling = isinstance(problem, room.WrongCodeError | room.BurnedError)
                problem = max(problem, failed, key=weight) if telling else failed
            if isinstance(problem, room.WrongCodeError | room.BurnedError):
                end = min(end, loop.time() + LAN_QUIET_S)  # most likely it was mistyped
        raise problem if joiner.tries.used + spare < room.MAX_TRIES else meet.no_tries_left()
    finally:
        await speaker.close()
