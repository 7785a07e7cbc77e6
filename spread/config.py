"""Settings from `config.toml` into a frozen `Config`.

Every command begins here, so what only some need is loaded when they do.
"""

import os
import re
from dataclasses import dataclass, fields
from typing import Any, Final

from spread.errors import ConfigError
from spread.paths import Paths, write_atomic

MAX_RELAY: Final = 200  # characters of an address
_RELAY: Final = re.compile(r"wss?://[A-Za-z0-9.:/_~%\[\]-]+")
_PORT: Final = re.compile(r"wss?://[^/]+:([0-9]+)(?:/|$)")
DEFAULT_RELAY: Final = "wss://relay.fireamulet.com"  # the public relay of the first claudeSpread


@dataclass(frozen=True)
class Config:
    """What the user may set; every key has a default."""

    name: str = ""  # this machine's name as peers see it; "" is the host name
    relay: str = DEFAULT_RELAY  # "" is no relay
    lan: bool = True  # listen and announce on the local network
    listen_port: int = 0  # 0 is any free port
    idle_s: float = 600.0  # the engine leaves after so many seconds without work
    log_level: str = "info"  # debug, info, warning, error
    enrich: str = ""  # "claude": an isolated `claude -p`, on your account, adds a narrative; "": nothing does
    enrich_daily: int = 20  # at most so many narratives a day
    announce: bool = True  # tell a running session in one line what has come; `hook_inbox` reads it by itself
    relay_token: str = ""  # the access token of `relay`, if it is private; shown to no other

    @property
    def machine(self) -> str:
        """Return this machine's name: letters, digits and dashes, at most 32 characters."""
        return machine_name(self.name or os.uname().nodename)


def machine_name(text: str) -> str:
    """Return `text` as a machine name, which is also a file name on every system."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.split(".")[0].lower())
    return "-".join(part for part in kept.split("-") if part)[:32].rstrip("-") or "machine"


def is_relay(text: object) -> bool:
    """Tell whether `text` can be a relay's address: ws or wss, a host, perhaps a path.

    RELAY_SERVER_SPEC.md, "What an attacker has and can do".

    Nothing that could steer a terminal, pass for markup or a command, log in somewhere, or ask a server that is no
    relay for something.
    """
    if not isinstance(text, str) or len(text) > MAX_RELAY or not _RELAY.fullmatch(text):
        return False
    from urllib.parse import urlsplit  # late, as all that only some need

    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("ws", "wss") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False


def load(paths: Paths) -> Config:
    """Read the configuration; a missing file is all defaults.

    Raises:
        ConfigError: Not TOML, an unknown key (the nearest known one is named), or a value of a wrong kind.
    """
    return _checked(_read(paths), paths)


def stamp(paths: Paths) -> tuple[int, int, int] | None:
    """Return what tells the file from one that was changed since, None without a file."""
    try:
        found = os.stat(paths.config)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_ctime_ns  # this changes with its permissions, too


def change(paths: Paths, **values: Any) -> Config:
    """Set keys in `config.toml`, keeping the others, and return the new configuration.

    Raises:
        ConfigError: As `load`; the file is left as it was.
    """
    import tomli_w

    data = {**_read(paths), **values}
    config = _checked(data, paths)
    paths.make()
    write_atomic(paths.config, tomli_w.dumps(data).encode("utf-8"))
    return config


def _read(paths: Paths) -> dict[str, Any]:
    try:
        with open(paths.config, "rb") as handle:
            import tomllib

            return tomllib.load(handle)
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        raise ConfigError(
            f"cannot read {paths.config}", why=f"{paths.home} is a file, and a directory is expected",
            hint="set SPREAD_HOME to a directory, or move that file away",
        ) from None  # fmt: skip
    except UnicodeDecodeError:
        raise ConfigError(
            f"{paths.config} is not valid TOML", why="it is not UTF-8 text",
            hint="save it again as UTF-8, or move the file away",
        ) from None  # fmt: skip
    except (ValueError, RecursionError) as problem:
        raise ConfigError(
            f"{paths.config} is not valid TOML",
            why=str(problem) if isinstance(problem, ValueError) else "it is nested too deeply",
            hint="mend that line, or move the file away",
        ) from None
    except OSError as problem:
        raise ConfigError(
            f"cannot read {paths.config}", why=problem.strerror or "", hint="check its permissions"
        ) from None


def _checked(data: dict[str, Any], paths: Paths) -> Config:
    known = {field.name: field for field in fields(Config)}
    for key, value in data.items():
        if key not in known:
            import difflib

            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            raise ConfigError(
                f"unknown key `{key}` in {paths.config}",
                why=f"known keys are {', '.join(known)}",
                hint=f"did you mean `{near[0]}`?",
            )
        wanted = type(known[key].default)
        right = isinstance(value, (int, float) if wanted is float else wanted)
        if not right or (isinstance(value, bool) and wanted is not bool):
            raise ConfigError(
                f"`{key}` in {paths.config} has a wrong value",
                why=f"it must be {_KINDS[wanted]}",
                hint=f"for example {key} = {_as_toml(known[key].default)}",
            )
    config = Config(**data)
    _check_values(config, paths)
    return config


def _as_toml(value: Any) -> str:
    import tomli_w

    return tomli_w.dumps({"x": value})[4:].strip()


_KINDS: Final[dict[type, str]] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def _check_values(config: Config, paths: Paths) -> None:
    wrong, hint = "", "mend that line"
    if config.relay and not is_relay(config.relay):
        wrong = "`relay` must be empty or ws:// or wss:// and letters, digits or .:/_~%[]- ; a token is `relay_token`"
        hint = 'mend that line; for example relay = "wss://relay.example"'
        port = _PORT.match(config.relay)
        if port and not 0 < int(port[1]) < 65536:
            wrong = "the port in `relay` must be 1 to 65535"
    elif not re.fullmatch(r"[!-~]*", config.relay_token):
        wrong = "`relay_token` must be printable text without spaces"
    elif not 0 <= config.listen_port < 65536:
        wrong = "`listen_port` must be 0 to 65535"
    elif not config.idle_s >= 0:  # nor nan
        wrong = "`idle_s` must not be negative"
    elif config.enrich not in ("", "claude"):
        wrong = '`enrich` must be "claude" (or empty for nothing)'
    elif not 0 <= config.enrich_daily <= 1000:
        wrong = "`enrich_daily` must be 0 to 1000"
    elif config.log_level not in ("debug", "info", "warning", "error"):
        wrong = "`log_level` must be debug, info, warning or error"
    if wrong:
        raise ConfigError(f"{paths.config} cannot be used", why=wrong, hint=hint)


def interfaces(environ: dict[str, str] | None = None) -> list[str] | None:
    """Return the interfaces named in `SPREAD_INTERFACES` (addresses or names), or None for all."""
    text = (os.environ if environ is None else environ).get("SPREAD_INTERFACES", "")
    return [part.strip() for part in text.split(",") if part.strip()] or None
