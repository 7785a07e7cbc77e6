"""`spread relay`: a server for rooms and mailboxes that anyone can reach."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from spread.commands import relay_redis
from spread.errors import EXIT_DONE, EXIT_INTERRUPTED, ConfigError, RouteError, UsageError
from spread.net.server import Policy, Server
from spread.net.stores import MemoryStore, SQLiteStore, Store
from spread.paths import Paths
from spread.protocol import wire

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

DEFAULT_PORT: Final = 9784  # that of claudeSpread 1.x relays
ANYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - a relay is there to be reached

SPARE_FILES: Final = 100  # for the store, the ports and Python itself

Number = TypeVar("Number", int, float)


def run(host: str | None = None, port: int | None = None, store: str | None = None) -> int:
    """Serve until told to stop; the first line on stdout is `listening on ws://HOST:PORT`.

    Args:
        host: The address to listen on; None or "" for all of this machine's.
        port: None for RELAY_PORT from the environment, or 9784; 0 for any free one.
        store: `memory`, `sqlite:PATH` or `redis://HOST:PORT/DB`; None or "" for what RELAY_STORE or the file
            RELAY_STORE_FILE say, or SQLite in SPREAD_HOME.

    Raises:
        UsageError: No such store.
        ConfigError: A RELAY_… variable is not a number it can be.
        RouteError: The port is taken or the host is not ours.
        StoreError: The store cannot be opened.
    """
    environment = os.environ
    chosen = port if port is not None else number(environment, "RELAY_PORT", DEFAULT_PORT, int, 0, 65535)
    hosts = [host] if host else everywhere()
    rules = policy(environment)
    rules = replace(rules, connections=room_for(rules.connections))
    return asyncio.run(_serve(hosts, chosen, rules, open_store(relay_redis.named_store(store, environment))))


def policy(environment: Mapping[str, str]) -> Policy:
    """Return the default policy as changed by the variables that 1.x relays know, and some of our own."""
    usual = Policy()
    message_bytes = number(
        environment, "RELAY_MAX_MSG_SIZE", usual.message_bytes, int, 1, usual.message_bytes
    )
    names = [name.strip() for name in environment.get("RELAY_NAMES", "").split(",")]
    return replace(
        usual,
        connections=number(environment, "RELAY_MAX_CONNECTIONS", usual.connections, int, 1, 10**6),
        per_address=number(environment, "RELAY_MAX_PER_ADDRESS", usual.per_address, int, 1, 10**6),
        rooms=number(environment, "RELAY_MAX_ROOMS", usual.rooms, int, 0, 10**9),
        room_ttl_s=number(environment, "RELAY_ROOM_TTL", usual.room_ttl_s, float, 0, 10**9),
        message_bytes=message_bytes,
        envelope_bytes=max(0, min(usual.envelope_bytes, message_bytes - 4 - wire.MAX_HEADER_BYTES)),
        audiences=tuple(name for name in names if name),
    )


def number(
    environment: Mapping[str, str],
    name: str,
    usual: Number,
    kind: Callable[[str], Number],
    least: int,
    most: int,
) -> Number:
    """Return a number from the environment, or `usual` where it says nothing.

    Raises:
        ConfigError: It is no number, or not within `least` and `most`.
    """
    text = environment.get(name, "").strip()
    if not text:
        return usual
    with contextlib.suppress(ValueError):
        value = kind(text)
        if least <= value <= most:
            return value
    raise ConfigError(
        f"{name} in the environment is not usable",
        why=f"{text!r} is not a number from {least} to {most}",
        hint=f"unset {name}, or give such a number",
    )


def room_for(connections: int) -> int:
    """Return how many connections the system lets us hold: `connections` if it can be made to, else fewer."""
    if resource is None:
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):  # macOS has another limit besides
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return connections if soft == resource.RLIM_INFINITY else max(1, min(connections, soft - SPARE_FILES))


def open_store(store: str | None) -> Store:
    """Return the store that `--store` names."""
    if not store:
        paths = Paths()
        os.makedirs(paths.home, mode=0o700, exist_ok=True)
        return SQLiteStore(paths.relay_store)
    kind, _, rest = store.partition(":")
    if store == "memory":
        return MemoryStore()
    if kind == "sqlite" and rest:
        return SQLiteStore(rest)
    if store.startswith(relay_redis.SCHEMES):
        return relay_redis.open_redis(store)
    hint = "use --store memory, --store sqlite:PATH or --store redis://HOST:PORT/DB"
    shown = f"{kind}:…" if "@" in store else store  # it may hold a password
    raise UsageError(f"no such store: {shown}", hint=hint)


def everywhere() -> list[str]:
    """Return the wildcard addresses this machine can listen on: IPv4's and, where there is IPv6, its own."""
    hosts = []
    for host, family in zip(ANYWHERE, (socket.AF_INET, socket.AF_INET6), strict=True):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as trial:
            if family == socket.AF_INET6:
                trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            trial.bind((host, 0))
            hosts.append(host)
    if not hosts:
        raise RouteError(
            "cannot listen anywhere", why="this machine has neither IPv4 nor IPv6", transient=False
        )
    return hosts


async def _serve(hosts: list[str], port: int, rules: Policy, store: Store) -> int:
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        server = Server(store, rules, await relay_redis.siblings_of(store, rules, os.environ))
        stack.push_async_callback(server.close)
        with _stop_signals() as stopped:
            await server.start(hosts, port)
            for host in hosts:
                shown = f"[{host}]" if ":" in host else host
                print(f"listening on ws://{shown}:{server.port}", flush=True)  # noqa: T201 - the result
            received = await stopped
    return EXIT_INTERRUPTED if received == signal.SIGINT else EXIT_DONE


@contextlib.contextmanager
def _stop_signals() -> Iterator[asyncio.Future[int]]:
    """Give a future that SIGTERM or SIGINT fulfils with its number."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not stopped.done():
            stopped.set_result(number)

    def caught(number: int, _: object) -> None:
        loop.call_soon_threadsafe(stop, number)  # `loop.add_signal_handler` is not there on Windows

    before = [(number, signal.signal(number, caught)) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        yield stopped
    finally:
        for number, handler in before:
            signal.signal(number, handler)
