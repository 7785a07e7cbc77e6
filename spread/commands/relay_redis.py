"""What `spread relay` needs where its mail is in Redis: the URL, the store, and the other relays on it."""

import contextlib
import os
import stat
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from spread.commands.common import port_of, split_address
from spread.errors import ConfigError
from spread.net.server import Policy
from spread.net.siblings import Siblings
from spread.net.stores import MemoryStore, Quota, Store
from spread.net.stores_sqlite import SQLiteStore

if TYPE_CHECKING:
    from spread.net.redis_store import RedisStore

SCHEMES: Final = ("redis://", "rediss://")


def named_store(option: str | None, environment: Mapping[str, str]) -> str:
    """Return the store that `--store` names, or the environment, itself or in a file; "" if none does.

    Raises:
        ConfigError: There is no such file.
    """
    if option:
        if _has_password(option):
            warn("everyone here can read the password in --store; use RELAY_STORE or RELAY_STORE_FILE")
        return option
    path = environment.get("RELAY_STORE_FILE", "")
    if environment.get("RELAY_STORE") or not path:
        return environment.get("RELAY_STORE", "")
    try:
        with open(path, encoding="utf-8") as handle:
            store = handle.read().strip()
            open_to_all = os.name == "posix" and stat.S_IMODE(os.fstat(handle.fileno()).st_mode) & 0o007
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"cannot read RELAY_STORE_FILE {path}", why=why or "") from None
    if open_to_all and _has_password(store):
        warn(f"everyone here can read the password in {path}; chmod 600 it")
    return store


def open_redis(url: str, quota: Quota | None = None) -> "RedisStore":
    """Return the store at a Redis URL; nothing is connected yet.

    Raises:
        ConfigError: What it needs is not installed.
        UsageError: The URL is none.
    """
    try:
        from spread.net.redis_store import RedisStore
    except ImportError:
        raise ConfigError(
            "no mail can be kept in Redis",
            why="the Python package redis is not installed",
            hint="in a checkout of claude-spread: pip install '.[relay]'",
        ) from None
    return RedisStore(url, quota)


async def siblings_of(store: Store, rules: Policy, environment: Mapping[str, str]) -> Siblings | None:
    """Return the other relays, if the store is a Redis; warn of what that may lose.

    Raises:
        ConfigError: RELAY_SIBLINGS is no address.
        StoreError: Redis cannot be used.
    """
    if isinstance(store, MemoryStore | SQLiteStore):
        return None
    from spread.net.redis_siblings import RedisSiblings
    from spread.net.redis_store import RedisStore

    assert isinstance(store, RedisStore)
    host, port = inner_address(environment.get("RELAY_SIBLINGS", ""))
    for doubt in await store.check():
        warn(doubt)
    return RedisSiblings(store, rules, host, port)


def inner_address(text: str) -> tuple[str, int]:
    """Return where the other relays reach this one: a host, and a port or 0.

    Raises:
        ConfigError: It is neither HOST nor HOST:PORT nor [HOST]:PORT.
    """
    host, given = split_address(text.strip())
    port = 0 if given is None else port_of(given)
    if port is None:
        raise ConfigError(
            "RELAY_SIBLINGS in the environment is not usable",
            why=f"{text!r} is no address",
            hint="give one of this machine's private addresses, as HOST or HOST:PORT",
        )
    return host or "127.0.0.1", port


def _has_password(store: str) -> bool:
    with contextlib.suppress(ValueError):
        parts = urlsplit(store)
        return bool(parts.password) or "password=" in parts.query
    return False


def warn(what: str) -> None:
    sys.stderr.write(f"spread: warning: {what}\n")
