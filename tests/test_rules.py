"""What may go to whom: rules are kept, and what cannot be understood allows nothing."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from spread import rules
from spread.errors import StoreError
from spread.paths import Paths
from spread.rules import Rules
from tests.pairs import befriend, new_home


def test_without_files_everything_is_allowed(home: Paths) -> None:
    """A new home has no rules."""
    found = rules.load(home)
    assert found == Rules()
    assert found.allows("laptop", "any")
    assert not found.hold("laptop", "any")
    assert not found.hold_some


def test_who_is_owed_a_turn(tmp_path: Path) -> None:
    """Own machines that may have the project, and teammates it was named for; nobody for a project without a key."""
    desk = new_home(tmp_path, "desk")
    befriend(desk, new_home(tmp_path, "laptop"), now=1e9)
    befriend(desk, new_home(tmp_path, "mate"), now=1e9, teammate=True)
    befriend(desk, new_home(tmp_path, "office"), now=1e9)
    befriend(desk, new_home(tmp_path, "ines"), now=1e9, teammate=True)
    allowed = replace(Rules(), limits={"office": ("git.example/acme/*",), "ines": ("x", "local")})
    owed = {
        key: [peer.name for peer in allowed.entitled(desk.peers, key)]
        for key in ("git.example/acme/p", "x", None)
    }
    assert owed == {"git.example/acme/p": ["laptop", "office"], "x": ["ines", "laptop"], None: []}


def test_what_a_teammate_is_owed_is_held(tmp_path: Path) -> None:
    """Owed before, as to a machine of ours, it does not go either, but for what was named."""
    desk = new_home(tmp_path, "desk")
    befriend(desk, new_home(tmp_path, "laptop"), now=1e9)
    befriend(desk, new_home(tmp_path, "mate"), now=1e9, teammate=True)
    befriend(desk, new_home(tmp_path, "ines"), now=1e9, teammate=True)
    allowed = replace(Rules(), limits={"ines": ("x",)}).of(desk.peers)
    held = {name for name in desk.peers if allowed.hold(name, "x")}
    assert (held, allowed.hold_some) == ({"mate"}, True)
    assert allowed.hold("ines", "y") == "the peer may not have this project"


def test_limits_are_kept_and_lifted(home: Paths) -> None:
    """A peer's limit replaces its older one; the last one's end removes the file."""
    rules.limit(home, "laptop", ["b", "a", "a"])
    rules.limit(home, "office", [])
    assert rules.limits(home) == {"laptop": ("a", "b"), "office": ()}
    assert not rules.load(home).allows("office", "a")
    rules.limit(home, "laptop", ["c*"])
    assert rules.load(home).allows("laptop", "cd")
    assert not rules.load(home).allows("laptop", "a")
    for name in ("laptop", "office"):
        rules.limit(home, name, None)
    assert not os.path.exists(home.limits)


def test_what_is_held(home: Paths) -> None:
    """All of it, a project's, a peer's, or what a limit forbids."""
    assert Rules(paused=True).hold("p", "x") == "all is paused"
    assert Rules(paused_projects=frozenset({"x"})).hold("p", "x")
    assert not Rules(paused_projects=frozenset({"x"})).hold("p", "y")
    assert Rules(paused_peers=frozenset({"p"})).hold("p", "y")
    assert not Rules(paused_peers=frozenset({"p"})).hold("q", "y")
    assert Rules(limits={"p": ("y",)}).hold("p", "x") == "the peer may not have this project"
    rules.write_lines(home.paused_peers, {"p"})
    Path(home.paused).touch()
    assert (rules.load(home).paused, rules.paused_peers(home)) == (True, {"p"})


@pytest.mark.parametrize("text", [b"laptop = 1", b"laptop = [1]", b"laptop = ", b"\xff", b"a = [" * 2000])
def test_damaged_limits_allow_nothing(home: Paths, text: bytes) -> None:
    """It is an error that names the file, not a peer without limits."""
    Path(home.limits).write_bytes(text)
    with pytest.raises(StoreError) as caught:
        rules.load(home)
    assert home.limits in caught.value.what
    assert "nothing is sent" in caught.value.hint


@pytest.mark.parametrize("name", ["paused_projects", "paused_peers"])
def test_damaged_lists_allow_nothing(home: Paths, name: str) -> None:
    """A list of names that is no text, too."""
    Path(getattr(home, name)).write_bytes(b"\xff\xfe\n")
    with pytest.raises(StoreError):
        rules.load(home)


def test_a_former_peer_leaves_no_rules(home: Paths) -> None:
    """Another machine that gets its name begins without."""
    rules.limit(home, "laptop", ["x"])
    rules.write_lines(home.paused_peers, {"laptop", "office"})
    rules.forget(home, "laptop")
    assert rules.load(home) == Rules(paused_peers=frozenset({"office"}))
    Path(home.limits).write_bytes(b"\xff")
    rules.forget(home, "office")
    assert rules.paused_peers(home) == set()
