"""What a relay's operator may set: RELAY_… variables, read into the server's policy."""

import contextlib
import difflib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from spread.errors import ConfigError
from spread.net.addresses import HEADERS, Proxies, networks
from spread.net.server import Policy
from spread.net.stores import Quota
from spread.protocol import wire

Number = TypeVar("Number", int, float)

DRAIN_S: Final = 10.0
MOST: Final = 10**9
ADDRESSES: Final = 40  # so many it takes to fill the relay in a day

# Variable, the policy's field, its kind, the least and the most it may be.
_LIMITS: Final[tuple[tuple[str, str, type[int] | type[float], float, float], ...]] = (
    ("RELAY_MAX_CONNECTIONS", "connections", int, 1, 10**6),
    ("RELAY_MAX_PER_ADDRESS", "per_address", int, 1, 10**6),
    ("RELAY_MAX_CONNECTS", "connects_per_minute", int, 1, MOST),
    ("RELAY_MAX_MESSAGES_S", "messages_per_s", float, 0, MOST),
    ("RELAY_MAX_BYTES_S", "bytes_per_s", float, 0, 10**12),
    ("RELAY_HELD_BACK_S", "held_back_s", float, 0, MOST),
    ("RELAY_MAX_MEMORY", "memory_bytes", int, 1024 * 1024, 10**13),
    ("RELAY_MAX_ERRORS", "errors_per_minute", int, 1, MOST),
    ("RELAY_MAX_ROOMS", "rooms", int, 0, MOST),
    ("RELAY_MAX_WAITING", "waiting_rooms", int, 0, MOST),
    ("RELAY_MAX_WAITING_PER_ADDRESS", "waiting_per_address", int, 0, MOST),
    ("RELAY_ROOM_TTL", "room_ttl_s", float, 0, MOST),
    ("RELAY_MAX_JOINS", "joins_per_minute", int, 1, MOST),
    ("RELAY_MAX_JOINS_PER_ROOM", "joins_per_room", int, 1, MOST),
    ("RELAY_MAX_MAILBOXES_PER_ADDRESS", "mailboxes_per_address", int, 0, MOST),
    ("RELAY_MAX_BYTES_PER_ADDRESS", "bytes_per_address", int, 0, 10**15),
    ("RELAY_MAX_REVOCATIONS_PER_ADDRESS", "revocations_per_address", int, 0, MOST),
    ("RELAY_HANDSHAKE_S", "handshake_s", float, 0.1, 3600),
    ("RELAY_IDLE_S", "idle_s", float, 0.1, MOST),
    ("RELAY_SEND_S", "send_s", float, 0.1, 3600),
    ("RELAY_MAIL_AGE", "age_s", int, 1, MOST),
)
PREFIX: Final = "RELAY_"
_KNOWN: Final = (
    *(name for name, *_ in _LIMITS), "RELAY_DRAIN_S", "RELAY_LOG_ADDRESSES", "RELAY_MAX_DISK",
    "RELAY_MAX_MAILBOX_BYTES", "RELAY_MAX_MAILBOX_ENVELOPES", "RELAY_MAX_MSG_SIZE", "RELAY_MAX_WRITER_BYTES",
    "RELAY_MAX_WRITER_ENVELOPES", "RELAY_NAMES", "RELAY_PORT", "RELAY_PROXY_HEADER", "RELAY_SIBLINGS", "RELAY_STORE",
    "RELAY_STORE_FILE", "RELAY_TOKEN_FILE", "RELAY_TRUSTED_PROXIES",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """All that the environment says."""

    policy: Policy
    quota: Quota
    drain_s: float
    log_addresses: bool


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings; what the environment does not say is as usual.

    Raises:
        ConfigError: A variable cannot be what it is.
    """
    rules, usual = policy(environment), Quota()
    total = number(environment, "RELAY_MAX_DISK", usual.total_bytes, int, 0, 10**15)
    if not environment.get("RELAY_MAX_BYTES_PER_ADDRESS", "").strip():
        rules = replace(rules, bytes_per_address=max(total // ADDRESSES, 2 * rules.envelope_bytes))
    return Settings(
        rules,
        Quota(
            age_s=rules.age_s,
            mailbox_bytes=number(environment, "RELAY_MAX_MAILBOX_BYTES", usual.mailbox_bytes, int, 0, 10**13),
            mailbox_envelopes=number(
                environment, "RELAY_MAX_MAILBOX_ENVELOPES", usual.mailbox_envelopes, int, 0, MOST
            ),
            writer_bytes=number(environment, "RELAY_MAX_WRITER_BYTES", usual.writer_bytes, int, 0, 10**13),
            writer_envelopes=number(
                environment, "RELAY_MAX_WRITER_ENVELOPES", usual.writer_envelopes, int, 0, MOST
            ),
            total_bytes=total,
        ),
        number(environment, "RELAY_DRAIN_S", DRAIN_S, float, 0, 3600),
        environment.get("RELAY_LOG_ADDRESSES", "") not in ("", "0"),
    )


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Return what to say of variables that look like ours and are none: their names, never what they hold."""
    said = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in _KNOWN:
            longer = [known for known in _KNOWN if known.startswith(name)]
            near = longer or difflib.get_close_matches(name, _KNOWN, n=1, cutoff=0.0)
            said.append(f"{name} in the environment sets nothing; did you mean {near[0]}?")
    return said


def policy(environment: Mapping[str, str]) -> Policy:
    """Return the usual policy as changed by the environment."""
    usual = Policy()
    message_bytes = number(
        environment, "RELAY_MAX_MSG_SIZE", usual.message_bytes, int, 1, usual.message_bytes
    )
    names = [name.strip() for name in environment.get("RELAY_NAMES", "").split(",")]
    limits = {
        field: number(environment, name, getattr(usual, field), kind, least, most)
        for name, field, kind, least, most in _LIMITS
    }
    return replace(
        usual,
        **limits,
        message_bytes=message_bytes,
        envelope_bytes=max(0, min(usual.envelope_bytes, message_bytes - 4 - wire.MAX_HEADER_BYTES)),
        audiences=tuple(name for name in names if name),
        proxies=_proxies(environment),
        token=_token(environment.get("RELAY_TOKEN_FILE", "")),
    )


def number(
    environment: Mapping[str, str],
    name: str,
    usual: Number,
    kind: Callable[[str], Number],
    least: float,
    most: float,
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


def _proxies(environment: Mapping[str, str]) -> Proxies | None:
    header = environment.get("RELAY_PROXY_HEADER", "").strip().lower() or HEADERS[0]
    if header not in HEADERS:
        raise ConfigError(
            "RELAY_PROXY_HEADER in the environment is not usable",
            why=f"{header!r} is not one of {', '.join(HEADERS)}",
            hint="name the one header that your proxy sets",
        )
    try:
        trusted = networks(environment.get("RELAY_TRUSTED_PROXIES", ""))
    except ValueError as error:
        raise ConfigError(
            "RELAY_TRUSTED_PROXIES in the environment is not usable",
            why=str(error),
            hint="list addresses or networks, as in 127.0.0.1,10.0.0.0/8",
        ) from None
    return Proxies(trusted, header) if trusted else None


def _token(path: str) -> bytes | None:
    """Return the access token in a file; None if there is no file to be read."""
    if not path:
        return None
    hint = "write one line of random text into it, as `openssl rand -hex 32` makes, and chmod 600 it"
    try:
        with open(path, "rb") as file:
            open_to_all = os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o007
            token = file.read(1024).strip()
    except OSError as error:
        raise ConfigError(
            f"cannot read the access token in {path}", why=error.strerror or "", hint=hint
        ) from None
    if open_to_all:
        raise ConfigError(
            f"the access token in {path} is no secret", why="everyone can read the file", hint=hint
        )
    if len(token) < 16 or not token.isascii() or not token.decode().isprintable() or b" " in token:
        raise ConfigError(
            f"the access token in {path} is not usable", why="it is too short, or no text", hint=hint
        )
    return token
