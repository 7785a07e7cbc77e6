"""Checks that talk: to our own listener, by mDNS to ourselves, and to the relays."""

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from spread import engine_lock
from spread.commands import doctor_engine
from spread.commands.doctor_check import Check, ok, problem, warning
from spread.config import DEFAULT_RELAY, Config, interfaces
from spread.errors import RouteError
from spread.net import lan
from spread.net.client import MAX_MAIL_MESSAGE_BYTES, Connection, dial, is_near_relay
from spread.net.client_tokens import use_token
from spread.net.reach import advice
from spread.paths import Paths
from spread.protocol import crypto

LISTENER_S: Final = 3.0
MDNS_S: Final = 3.0
DIAL_S: Final = 2.5
GREET_S: Final = 1.5
PURPOSE: Final = "doctor"  # of the rooms we announce; nobody joins them
CLOCK_WARNING_S: Final = 60.0
CLOCK_PROBLEM_S: Final = 600.0
UNREAD: Final = "not checked", "the configuration cannot be read", "mend it first"


# On this network


def listener(paths: Paths, settings: Config | None) -> Check:
    """Our engine's listener answers as one, at every address it listens on."""
    if settings is None:
        return warning("listener", *UNREAD)
    if not settings.lan:
        return ok("listener", "off (lan = false)")
    if not engine_lock.is_running(paths):
        return ok("listener", "there is none while no engine runs")
    told = doctor_engine.told(paths)
    port, addresses = told.get("port"), told.get("addresses")
    if not isinstance(port, int) or not port or not isinstance(addresses, list):
        return problem(
            "listener", "the engine does not listen", str(told.get("lan") or "it has just started"),
            "see `listen_port` in config.toml; SPREAD_INTERFACES counts for an engine that starts anew",
        )  # fmt: skip
    problems = asyncio.run(_call([str(ip) for ip in addresses], port))
    if problems:
        return problem(
            "listener", f"port {port} does not answer", "; ".join(problems),
            f"allow TCP port {port} in this machine's firewall (`listen_port` in config.toml fixes it)",
        )  # fmt: skip
    return ok("listener", f"answers on {', '.join(str(ip) for ip in addresses)} port {port}")


async def _call(addresses: list[str], port: int) -> list[str]:
    async def one(ip: str) -> str:
        url = f"ws://[{ip}]:{port}" if ":" in ip else f"ws://{ip}:{port}"
        try:
            connection = await Connection.open(url, LISTENER_S / 2)
        except RouteError as error:
            return f"{error.what}: {error.why}" if error.why else error.what
        await connection.close()
        return ""

    return [found for found in await asyncio.gather(*(one(ip) for ip in addresses)) if found]


def mdns(settings: Config | None) -> Check:
    """What we announce is heard by ourselves, on every interface we may use and on no other."""
    if settings is None:
        return warning("mdns", *UNREAD)
    if not settings.lan:
        return ok("mdns", "off (lan = false)")
    ips = lan.addresses(interfaces())
    silent = [text for text in asyncio.run(_hear(ips)) if text]
    hint = "allow UDP port 5353 in this machine's firewall; or name other interfaces in SPREAD_INTERFACES"
    if len(silent) == len(ips):
        return problem(
            "mdns",
            "nothing announced is heard",
            "; ".join(silent),
            f"{hint}; or use a relay alone: lan = false",
        )
    if silent:
        return warning("mdns", "not heard on every interface", "; ".join(silent), hint)
    return ok("mdns", f"we hear ourselves on {', '.join(ips)}")


async def _hear(ips: list[str]) -> list[str]:
    return list(await asyncio.gather(*(_hear_on(ip) for ip in ips)))


async def _hear_on(ip: str) -> str:
    """Announce a room and listen for it; return what is wrong."""
    room = os.urandom(3).hex()
    heard = asyncio.Event()
    ear = lan.Lan([ip], heard.set, lambda found: found.is_room(PURPOSE, room))
    mouth = lan.Lan([ip])
    try:
        async with asyncio.timeout(MDNS_S):
            await ear.start()
            await mouth.start()
            await mouth.announce(9, {"room": room, "for": PURPOSE})  # the port of "discard": nobody listens
            await heard.wait()
    except TimeoutError:
        return f"{ip}: not within {MDNS_S:g} s"
    except RouteError as error:
        return f"{ip}: {error.why or error.what}"
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.gather(mouth.close(), ear.close())
    return ""


# Relays


@dataclass
class Answer:
    """What a relay is like; `ahead_s` is how far this machine's clock is ahead of its, if it tells the time."""

    error: RouteError | None = None
    mailboxes: bool = False
    ahead_s: float | None = None


def relays(settings: Config | None, theirs: dict[str, list[str]], ours: Sequence[str] = ()) -> list[Check]:
    """Our relay and our peers': reachable, and what each can do; and our clock beside theirs.

    Args:
        theirs: The names of the peers that are reached at a relay, by its address.
        ours: Those that were named here, at a pairing.
    """
    if settings is None:
        return [warning("relay", *UNREAD), warning("clock", *UNREAD)]
    urls = list(dict.fromkeys([settings.relay, *theirs]))
    if not any(urls):
        return [ok("relay", "none is configured"), ok("clock", "no relay to compare it with")]
    use_token(settings.relay, settings.relay_token)
    answers = {url: answer for url, answer in zip(urls, asyncio.run(_ask(urls, ours)), strict=True) if url}
    checks = [
        _relay(
            "relay" if url == settings.relay else f"relay of {', '.join(theirs[url])}",
            url,
            answer,
            bool(theirs),
        )
        for url, answer in answers.items()
    ]
    if not settings.relay:
        checks.insert(0, ok("relay", "none is configured"))
    told = [answer.ahead_s for answer in answers.values() if answer.ahead_s is not None]
    return [*checks, _clock(told[0] if told else None)]


async def _ask(urls: list[str], ours: Sequence[str]) -> list[Answer]:
    """Ask our relay, which is the first, and our peers'; as the engine does, on this machine if one of ours is."""
    near = any(map(is_near_relay, (urls[0], *ours)))
    return list(await asyncio.gather(*(_answer(url, near or not n) for n, url in enumerate(urls))))


async def _answer(url: str, near: bool) -> Answer:
    if not url:
        return Answer()
    try:
        await _resolved(url)
        asked = time.time()
        ws = await dial(url, DIAL_S, MAX_MAIL_MESSAGE_BYTES, near=near)
    except RouteError as error:
        return Answer(error)
    here = (asked + time.time()) / 2
    date = ws.response.headers.get("Date") if ws.response else None
    answer = Answer(ahead_s=_ahead(here, date))
    try:
        asked = time.time()
        connection = await Connection.over(ws, url, GREET_S)
    except RouteError as error:
        answer.error = error if error.transient else None
        return answer
    answer.mailboxes = True
    if connection.server_time is not None:
        answer.ahead_s = (asked + time.time()) / 2 - connection.server_time
    answer.error = await _opens(connection)
    await connection.close()
    return answer


async def _opens(connection: Connection) -> RouteError | None:
    """Return why a relay opens no mailbox; tried with the empty one of a key that nobody else has."""
    seed = os.urandom(crypto.SEED_BYTES)
    try:
        async with asyncio.timeout(GREET_S):
            await connection.open_mailbox(seed, crypto.public_key(seed), lambda: None)
    except TimeoutError:
        return RouteError(f"{connection.url} opens no mailbox", why="no answer in time")
    except RouteError as error:
        return error
    return None


async def _resolved(url: str) -> None:
    """Look the host's name up apart from connecting, in a thread that nothing waits for at the end.

    Raises:
        RouteError: There is no such name, or nobody knows in time.
    """
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    found: asyncio.Future[str] = loop.create_future()

    def answer(why: str) -> None:
        if not found.done():
            found.set_result(why)

    def look_up() -> None:
        try:
            socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
            why = ""
        except OSError as error:
            why = error.strerror or "its name is not known"
        with contextlib.suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(answer, why)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        async with asyncio.timeout(DIAL_S):
            why = await found
    except TimeoutError:
        why = "its name was not looked up in time"
    if why:
        raise RouteError(
            f"cannot reach {url}", why=why, hint="check the name, and this machine's connection and DNS"
        )


def _ahead(here: float, date: str | None) -> float | None:
    try:
        return here - parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError):
        return None


def _relay(name: str, url: str, answer: Answer, paired: bool) -> Check:
    if answer.error is not None and url == DEFAULT_RELAY:  # nobody chose it, and no hand-off goes through it
        return warning(
            name, answer.error.what, answer.error.why,
            'on one network nothing needs it, and relay = "" in config.toml does without; else '
            f"{_hint(url, answer.error)}",
        )  # fmt: skip
    if answer.error is not None:
        return problem(name, answer.error.what, answer.error.why, _hint(url, answer.error))
    if answer.mailboxes:
        return ok(name, f"{url} has rooms and mailboxes")
    what = f"{url} has rooms and keeps no mail"
    if not paired:
        return ok(name, what, "enough for `spread share` and `spread pair`")
    return warning(
        name, what, "a machine that is away gets nothing through it",
        "host one with `spread relay`, and pair again with: spread pair --relay URL",
    )  # fmt: skip


def _hint(url: str, error: RouteError) -> str:
    return advice(url, error.why) or error.hint


def _clock(ahead_s: float | None) -> Check:
    """This machine's clock is about right: mail is sealed to keys that age, and certificates do too."""
    if ahead_s is None:
        return warning("clock", "not compared", "no relay told the time", "see the check of the relay")
    off = abs(ahead_s)
    what = f"{off:.0f} s {'ahead of' if ahead_s > 0 else 'behind'} the relay's"
    why = "one of the two is wrong; keys and mail have ages"
    if off > CLOCK_PROBLEM_S:
        return problem("clock", what, why, "set this machine's clock: timedatectl set-ntp true")
    if off > CLOCK_WARNING_S:
        return warning("clock", what, why, "set this machine's clock: timedatectl set-ntp true")
    return ok("clock", f"agrees with the relay's to {max(1, round(off))} s")
