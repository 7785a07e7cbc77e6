"""Settings: every mistake in the file is told with what, why and a way out."""

import math
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread import config
from spread.config import DEFAULT_RELAY, Config
from spread.errors import ConfigError
from spread.paths import Paths


def write(home: Paths, text: str) -> None:
    """Put a configuration."""
    Path(home.config).write_text(text, encoding="utf-8")


def refused(home: Paths) -> ConfigError:
    """Return the error that loading gives; it says what, why and what to do."""
    with pytest.raises(ConfigError) as caught:
        config.load(home)
    assert home.config in caught.value.what
    assert caught.value.why
    assert caught.value.hint
    return caught.value


def test_missing_file_is_all_defaults(tmp_path: Path) -> None:
    """Without a file every key has its default, and none is written."""
    paths = Paths(tmp_path / "new")
    assert config.load(paths) == Config()
    assert not os.path.exists(paths.home)
    assert Config().relay == DEFAULT_RELAY
    assert DEFAULT_RELAY.startswith("wss://")


def test_every_key(home: Paths) -> None:
    """Each key is read as what it is."""
    write(
        home,
        'name = "My Desk"\nrelay = "ws://r.example"\nlan = false\n'
        'listen_port = 7000\nidle_s = 5\nlog_level = "debug"\n'
        'enrich = "claude"\nenrich_daily = 3\nannounce = false\n',
    )
    assert config.load(home) == Config(
        "My Desk", "ws://r.example", False, 7000, 5, "debug", "claude", 3, False
    )
    assert config.load(home).machine == "my-desk"


@pytest.mark.parametrize(
    ("key", "near"),
    [("realy", "relay"), ("RELAY", "relay"), ("port", "listen_port"), ("idle", "idle_s"), ("nam", "name")],
)
def test_unknown_key_names_the_nearest(home: Paths, key: str, near: str) -> None:
    """A mistyped key is an error that names the key, the known ones, and the nearest."""
    write(home, f"{key} = 1\n")
    problem = refused(home)
    assert f"`{key}`" in problem.what
    assert "listen_port" in problem.why
    if key != "RELAY":
        assert f"`{near}`" in problem.hint


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("name = 5", "text in quotes"), ("relay = false", "text in quotes"), ("lan = 1", "true or false"),
        ('lan = "no"', "true or false"), ("listen_port = 1.5", "a whole number"),
        ("listen_port = true", "a whole number"),
        ('idle_s = "1"', "a number"), ("idle_s = true", "a number"), ("log_level = []", "text in quotes"),
        ("[name]", "text in quotes"),
    ],
)  # fmt: skip
def test_value_of_a_wrong_kind_is_refused(home: Paths, line: str, kind: str) -> None:
    """A value of a wrong kind is an error that names the key, the kind, and an example that is right."""
    write(home, line + "\n")
    problem = refused(home)
    assert problem.why == f"it must be {kind}"
    write(home, problem.hint.removeprefix("for example ") + "\n")
    config.load(home)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('relay_token = "a b"', "relay_token"),
        ('relay = "https://r.example"', "relay"), ('relay = "r.example"', "relay"), ("listen_port = -1", "listen_port"),
        ("listen_port = 65536", "listen_port"), ("idle_s = -0.1", "idle_s"), ("idle_s = nan", "idle_s"),
        ('log_level = "loud"', "log_level"), ('log_level = ""', "log_level"),
    ],
)  # fmt: skip
def test_value_out_of_range_is_refused(home: Paths, line: str, key: str) -> None:
    """A value that cannot work is an error that names the key and what would."""
    write(home, line + "\n")
    assert f"`{key}`" in refused(home).why


@pytest.mark.parametrize("line", ['relay = ""', "listen_port = 65535", "idle_s = 0", 'log_level = "error"'])
def test_values_at_the_edge(home: Paths, line: str) -> None:
    """The last values that work do."""
    write(home, line + "\n")
    ((key, value),) = tomllib.loads(line).items()
    assert getattr(config.load(home), key) == value


@pytest.mark.parametrize(
    "raw", [b"relay = \n", b"\xff", b"[", b'name = "a"\nname = "b"\n', b"name = " + b"[" * 9000]
)
def test_file_that_is_no_toml_is_told(home: Paths, raw: bytes) -> None:
    """A file that is no TOML is an error that says where."""
    Path(home.config).write_bytes(raw)
    assert "not valid TOML" in refused(home).what


def test_what_is_not_utf_8_is_told(home: Paths) -> None:
    """In plain words, not a codec's."""
    Path(home.config).write_bytes('name = "Müller"\n'.encode("latin-1"))
    assert refused(home).why == "it is not UTF-8 text"


def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    """SPREAD_HOME must be a directory, and that is said."""
    (tmp_path / "file").touch()
    assert "a directory is expected" in refused(Paths(tmp_path / "file")).why


def test_a_relay_without_a_scheme_gets_an_example(home: Paths) -> None:
    """Host and port alone are no address; the hint has one."""
    write(home, 'relay = "127.0.0.1:9784"\n')
    assert 'relay = "wss://' in refused(home).hint


@pytest.mark.parametrize("address", ["wss://relay.example:99999", "ws://[::1]:0/path"])
def test_a_relay_with_a_port_that_is_none(home: Paths, address: str) -> None:
    """It is the port that is told of, where that is what is wrong."""
    write(home, f'relay = "{address}"\n')
    assert refused(home).why == "the port in `relay` must be 1 to 65535"


def test_unreadable_file_is_told(home: Paths) -> None:
    """A file that cannot be read is an error that says why."""
    os.unlink(home.config)
    os.mkdir(home.config)
    assert "cannot read" in refused(home).what


def test_change_keeps_the_other_keys(home: Paths) -> None:
    """Setting one key leaves the others as the user has them, in a private file."""
    write(home, "lan = false\nidle_s = 7\n")
    changed = config.change(home, relay="wss://r.example", name="desk")
    assert changed == config.load(home) == Config(name="desk", relay="wss://r.example", lan=False, idle_s=7)
    assert stat.S_IMODE(os.stat(home.config).st_mode) == 0o600


def test_change_makes_the_home(tmp_path: Path) -> None:
    """The first setting makes the home."""
    paths = Paths(tmp_path / "new")
    config.change(paths, name="desk")
    assert config.load(paths) == Config(name="desk")


@pytest.mark.parametrize(
    "values", [{"relay": "http://r.example"}, {"realy": "wss://r.example"}, {"name": None}]
)
def test_change_that_is_wrong_changes_nothing(home: Paths, values: dict[str, str | None]) -> None:
    """A wrong setting is refused and the file stays as it was."""
    before = Path(home.config).read_bytes()
    with pytest.raises(ConfigError):
        config.change(home, **values)
    assert Path(home.config).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Desk", "desk"), ("my.host.example", "my"), ("  A  b ", "a-b"), ("Änne's Mac", "nne-s-mac"), ("", "machine"),
        ("...", "machine"), ("--", "machine"), ("x" * 40, "x" * 32), ("a" * 31 + " b", "a" * 31),
        ("../../etc", "machine"),
    ],
)  # fmt: skip
def test_machine_names(text: str, name: str) -> None:
    """Any text makes a machine name."""
    assert config.machine_name(text) == name


@given(st.text())
def test_machine_name_is_a_file_name(text: str) -> None:
    """Whatever a machine is called, its name is short, plain, and a name of the same machine again."""
    name = config.machine_name(text)
    assert 1 <= len(name) <= 32
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in name)
    assert not name.startswith("-")
    assert not name.endswith("-")
    assert config.machine_name(name) == name


def test_machine_is_the_host_unless_named() -> None:
    """Without a name of its own a machine is called as its host."""
    import socket

    assert Config().machine == config.machine_name(socket.gethostname())
    assert Config(name="Tower 2").machine == "tower-2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None), ("", None), (" , ", None), ("127.0.0.1", ["127.0.0.1"]), (" lo , eth0,", ["lo", "eth0"]),
    ],
)  # fmt: skip
def test_interfaces(text: str | None, expected: list[str] | None) -> None:
    """A comma list limits the interfaces; nothing in it is no limit."""
    assert config.interfaces({} if text is None else {"SPREAD_INTERFACES": text}) == expected


def test_interfaces_of_the_environment() -> None:
    """Without an argument the process's own environment counts: tests never leave loopback."""
    assert config.interfaces() == ["127.0.0.1"]


def test_idle_may_be_for_ever(home: Paths) -> None:
    """An engine may be told to stay."""
    write(home, "idle_s = inf\n")
    assert config.load(home).idle_s == math.inf


@pytest.mark.parametrize(
    "text",
    [
        "ws://r",
        "wss://r.example",
        "wss://r.example:8765/path",
        "ws://127.0.0.1:1",
        "ws://[::1]:9",
        "ws://r/a-b_c~d.e%20f/:[]",
        "wss://r/" + "x" * 192,
    ],
)
def test_relays(text: str) -> None:
    """WebSocket addresses with a host are relays' addresses."""
    assert config.is_relay(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "r.example", "http://r.example", "wss://", "wss:///path", "wss://r:0", "wss://r:70000", "wss://r:x",
        "wss://r .example", "wss://r\n", "wss://r\x1b[2J", "wss://ä.example", "wss://r/" + "x" * 193,
        "wss://r/<b>", "wss://r/`id`", "wss://r/$(id)", "wss://r/;id", "wss://r/a'b", 'wss://r/a"b', "wss://r/a|b",
        "wss://r/a&b", "ws://[::1",
        "wss://r/?reboot=1", "wss://r/#x", "wss://me:word@r", "wss://me@r", "wss://r?", "wss:\\\\r", None, 5, b"ws://r",
    ],
)  # fmt: skip
def test_what_is_no_relay(text: object) -> None:
    """Other schemes, no host, ports that are none, names to log in with, queries, and what could steer a terminal."""
    assert not config.is_relay(text)
