"""`spread relay`: a server for rooms and mailboxes that anyone can reach."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from spread.commands import common, relay_log, relay_redis, relay_settings, relay_tls
from spread.commands.relay_settings import Settings
from spread.errors import EXIT_DONE, EXIT_INTERRUPTED, RouteError, UsageError
from spread.net.server import Server
from spread.net.server_http import serve_metrics
from spread.net.stores import MemoryStore, Quota, Store
from spread.net.stores_sqlite import SQLiteStore
from spread.paths import Paths

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]  # asked for before it is used

DEFAULT_PORT: Final = 9784  # that of claudeSpread 1.x relays
ANYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - a relay is there to be reached

SPARE_FILES: Final = 100  # for the store, the ports and Python itself

LOOK_EVERY_S: Final = 5.0  # at the certificate's files
COLLECT_AFTER: Final = (1000, 4, 400)  # new objects, and collections of the younger
REPORT_TICKS: Final = 12  # of those: what was refused is told once a minute

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What the command line says; empty where it does not.

    Args:
        host: The address to listen on; "" for all of this machine's.
        port: None for RELAY_PORT from the environment, or 9784; 0 for any free one.
        store: `memory`, `sqlite:PATH` or `redis://HOST:PORT/DB`; "" for what RELAY_STORE or the file
            RELAY_STORE_FILE say, or SQLite in SPREAD_HOME.
        cert, key: PEM files; "" to speak plainly, as behind a proxy.
        metrics: `[HOST:]PORT` to serve metrics on; "" for none.
    """

    host: str = ""
    port: int | None = None
    store: str = ""
    cert: str = ""
    key: str = ""
    metrics: str = ""


def run(
    host: str | None = None, port: int | None = None, store: str | None = None, *,
    cert: str | None = None, key: str | None = None, metrics: str | None = None,
) -> int:  # fmt: skip
    """Serve until told to stop; the first line on stdout is `listening on ws://HOST:PORT` (`wss` with TLS).

    Raises:
        UsageError: No such port, store or address for metrics, or a certificate without a key.
        ConfigError: A RELAY_… variable, or the certificate, is not usable.
        RouteError: The port is taken or the host is not ours.
        StoreError: The store cannot be opened.
    """
    if port is not None and not 0 <= port <= common.MAX_PORT:
        raise UsageError(
            f"{port} is no port", why="a port is 0 (any free one) to 65535", hint="see `spread relay --help`"
        )
    options = Options(host or "", port, store or "", cert or "", key or "", metrics or "")
    settings = relay_settings.read(os.environ)
    for doubt in relay_settings.unknown(os.environ):
        relay_redis.warn(doubt)
    rules = replace(settings.policy, connections=room_for(settings.policy.connections))
    settings = replace(settings, policy=rules)
    if options.port is None:
        usual = relay_settings.number(os.environ, "RELAY_PORT", DEFAULT_PORT, int, 0, 65535)
        options = replace(options, port=usual)
    if bool(options.cert) != bool(options.key):
        raise UsageError("a certificate needs its key", hint="give both --cert FILE and --key FILE")
    certificate = relay_tls.Certificate(options.cert, options.key) if options.cert else None
    metrics_at = metrics_address(options.metrics) if options.metrics else None
    keep = open_store(relay_redis.named_store(options.store, os.environ), settings.quota)
    handler = relay_log.start()
    try:
        return asyncio.run(_serve(options, settings, keep, certificate, metrics_at))
    finally:
        relay_log.stop(handler)


def metrics_address(text: str) -> tuple[str, int]:
    """Return host and port of `[HOST:]PORT`; the host is this machine alone unless it is named."""
    host, given = common.split_address(text)
    if given is None:
        host, given = "", text
    port = common.port_of(given)
    if port is None:
        raise UsageError(f"no address for metrics: {text}", hint="give a port, or HOST:PORT")
    return host or "127.0.0.1", port


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


def open_store(store: str | None, quota: Quota | None = None) -> Store:
    """Return the store that `--store` names."""
    if not store:
        paths = Paths()
        os.makedirs(paths.home, mode=0o700, exist_ok=True)
        return SQLiteStore(paths.relay_store, quota)
    kind, _, rest = store.partition(":")
    if store == "memory":
        return MemoryStore(quota)
    if kind == "sqlite" and rest:
        return SQLiteStore(rest, quota)
    if store.startswith(relay_redis.SCHEMES):
        return relay_redis.open_redis(store, quota)
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


async def _serve(
    options: Options,
    settings: Settings,
    store: Store,
    certificate: relay_tls.Certificate | None,
    metrics_at: tuple[str, int] | None,
) -> int:
    hosts = [options.host] if options.host else everywhere()
    tls = certificate.context if certificate else None
    assert options.port is not None
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        siblings = await relay_redis.siblings_of(store, settings.policy, os.environ)
        server = Server(store, settings.policy, tls, siblings)
        stack.push_async_callback(server.close)
        stopped = stack.enter_context(_stop_signals())
        if metrics_at is not None:
            await _serve_metrics(server, metrics_at, stack)
        await server.start(hosts, options.port)
        for host in hosts:
            shown = f"[{host}]" if ":" in host else host
            scheme = "wss" if certificate else "ws"
            print(f"listening on {scheme}://{shown}:{server.port}", flush=True)  # noqa: T201 - the result
        log.info(
            "started", extra={"fields": {"port": server.port, "hosts": len(hosts), "tls": bool(certificate)}}
        )
        _collect_seldom()
        watching = asyncio.create_task(_watch(server, certificate, settings.log_addresses))
        received = await stopped
        server.let_nobody_in()
        log.info("stopping")
        await server.drain(settings.drain_s if received == signal.SIGTERM else 0)
        watching.cancel()
    log.info("stopped")
    return EXIT_INTERRUPTED if received == signal.SIGINT else EXIT_DONE


def _collect_seldom() -> None:
    """Have Python look for garbage less often: to go through thousands of connections keeps all of them waiting.

    Of a connection that is gone nothing large waits for it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def _serve_metrics(server: Server, at: tuple[str, int], stack: contextlib.AsyncExitStack) -> None:
    try:
        listening = await serve_metrics(server.metrics, server.health.answer, *at)
    except OSError as error:
        raise RouteError(
            f"cannot serve metrics on {at[0]} port {at[1]}", why=os.strerror(error.errno or 0),
            hint="choose another with --metrics HOST:PORT", transient=False,
        ) from None  # fmt: skip
    await stack.enter_async_context(listening)
    log.info("metrics", extra={"fields": {"port": listening.sockets[0].getsockname()[1]}})


async def _watch(server: Server, certificate: relay_tls.Certificate | None, addresses: bool) -> None:
    """Read the certificate again when it changes or SIGHUP comes, and tell what was refused."""
    told: dict[str, int] = {}
    hung_up = asyncio.Event()
    if hasattr(signal, "SIGHUP"):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hung_up.set)
    if addresses:
        server.on_refusal = _tell_refusal
    ticks = 0
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hung_up.wait(), LOOK_EVERY_S)
        if certificate is not None and (certificate.changed() or hung_up.is_set()):
            why = certificate.reload()
            if why:
                log.warning("certificate not read", extra={"fields": {"why": why}})
            else:
                log.info("certificate read")
        hung_up.clear()
        ticks += 1
        if ticks % REPORT_TICKS == 0:
            told = _report(server, told)


def _report(server: Server, told: dict[str, int]) -> dict[str, int]:
    """Log what was refused since the last time, if anything was."""
    metrics = server.metrics
    now = {
        f"{name}.{reason}": count
        for name, counts in (
            ("turned_away", metrics.turned_away), ("refused", metrics.refused), ("closed", metrics.closed)
        )
        for reason, count in counts.items()
    }  # fmt: skip
    new = {name: count - told.get(name, 0) for name, count in now.items() if count != told.get(name, 0)}
    if new:
        log.info("refusals", extra={"fields": new})
    return now


def _tell_refusal(address: str, reason: str) -> None:
    log.info("refusal", extra={"fields": {"address": address, "reason": reason}})


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
