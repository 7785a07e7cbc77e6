"""Two hosts on a private network of their own, with real mDNS and no relay."""

import json
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from spread import store
from tests.e2e.world import Machine, World

pytestmark = pytest.mark.timeout(300)
SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"
# `$LAN_DIR` is a folder both hosts see: what people would tell each other, they leave there.
PRELUDE = """
set -eu
until_there() { while [ ! -s "$LAN_DIR/$1" ]; do sleep 0.05; done; }
"""


@dataclass(frozen=True)
class Net:
    """Runs one shell script on each of two hosts, one for each machine of a world."""

    script: Path
    world: World

    def run(self, a: str, b: str) -> None:
        """Run both until they end; a failure of either is one."""
        commands = [self._command(self.world.a, a), self._command(self.world.b, b)]
        done = subprocess.run(
            [self.script, "run", "--timeout", "200", "--", commands[0], "--", commands[1]],
            capture_output=True, text=True, timeout=250,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.returncode}\n{done.stdout}\n{done.stderr}"

    def _command(self, machine: Machine, text: str) -> str:
        # on these hosts there is no other interface to keep away from: what is usual is what is tested
        env = {key: value for key, value in machine.env().items() if key != "SPREAD_INTERFACES"}
        given = " ".join(f"{key}={shlex.quote(value)}" for key, value in env.items())
        path = machine.root / "script"
        command = f'spread() {{ {shlex.quote(sys.executable)} -m spread.cli "$@"; }}\n'
        path.write_text(f"cd {shlex.quote(str(machine.project))}\n{PRELUDE}{command}{text}")
        names = ("LAN_DIR", "LAN_CTL", "LAN_ID")
        given += "".join(f' {name}="${name}"' for name in names)
        return f"exec env -i {given} sh {shlex.quote(str(path))}"


@pytest.fixture
def net(lan: Path, world: World) -> Net:
    """The world's two machines, each on a host of the private network."""
    return Net(lan, world)


def test_pair_and_deliver(net: Net) -> None:
    """Paired by a code, a turn on one host is in the other's inbox, and its receipt pays the debt."""
    a, b = net.world.a, net.world.b
    (a.root / "payload").write_text(a.write_turn(SESSION))
    net.run(
        """
        spread pair >"$LAN_DIR/code"
        sh "$SPREAD_HOME/hooks/stop" <../payload
        until_there received
        while ls "$SPREAD_HOME"/outbox/b/*.md >&2; do sleep 0.1; done
        until spread status >status && grep 'last receipt' status; do sleep 0.1; done
        echo yes >"$LAN_DIR/paid"
        kill "$(cat "$SPREAD_HOME/engine/pid")"
        """,
        """
        until_there code
        spread pair "$(head -n 1 "$LAN_DIR/code")"
        spread sync &
        until ls "$SPREAD_HOME"/inbox/new/*.md >&2; do sleep 0.1; done
        echo yes >"$LAN_DIR/received"
        until_there paid
        kill $! && wait
        """,
    )
    (item,) = store.received(b.paths)
    assert (item.peer, item.session, item.revision, item.seen) == ("a", SESSION, 1, False)
    assert "let it parse weeks" in store.read(item).goal
    assert store.owed(a.paths) == []
    assert "by lan; nothing owed; last receipt" in (a.project / "status").read_text()


def test_a_cut_cable_only_delays(net: Net) -> None:
    """What could not go while the other host was away goes when it is back, with nothing started anew."""
    a, b = net.world.a, net.world.b
    (a.root / "payload").write_text(a.write_turn(SESSION))
    net.run(
        """
        spread pair >"$LAN_DIR/code"
        spread sync &
        until grep -q '"routes": \\["lan"' "$SPREAD_HOME/engine/status.json"; do sleep 0.1; done
        echo now >"$LAN_DIR/cut"
        until_there is-cut
        sh "$SPREAD_HOME/hooks/stop" <../payload
        until spread status | grep 'owed since .* (.*reach'; do :; done
        echo now >"$LAN_DIR/restore"
        while ls "$SPREAD_HOME"/outbox/b/*.md >&2; do sleep 0.1; done
        echo yes >"$LAN_DIR/paid"
        kill $! && wait
        """,
        """
        until_there code
        spread pair "$(head -n 1 "$LAN_DIR/code")"
        spread sync &
        until_there cut
        "$LAN_CTL" cut --id "$LAN_ID" b
        echo yes >"$LAN_DIR/is-cut"
        until_there restore
        "$LAN_CTL" restore --id "$LAN_ID" b
        until_there paid
        kill $! && wait
        """,
    )
    assert [item.session for item in store.received(b.paths)] == [SESSION]


@pytest.mark.parametrize("relay", [[], ["--lan"]], ids=["by default", "asked for"])
def test_share_by_passphrase_alone(net: Net, relay: list[str]) -> None:
    """With nothing but a passphrase the receiver finds what is offered on the network."""
    for machine in (net.world.a, net.world.b):
        (machine.root / "phrase").write_text("a few words of ours\n")
    (net.world.a.project / "notes.md").write_text("# notes\n\nweeks are seven days\n")
    net.run(
        f'spread share notes.md {" ".join(relay)} --passphrase-file ../phrase >"$LAN_DIR/code"',
        "until_there code; spread receive --passphrase-file ../phrase -o got.md",
    )
    assert (net.world.b.project / "got.md").read_text() == "# notes\n\nweeks are seven days\n"


def test_share_by_code(net: Net) -> None:
    """With the code as the sharer's first line of output."""
    net.run(
        'printf "weeks are seven days" | spread share - >"$LAN_DIR/code"',
        'until_there code; spread receive --json "$(cat "$LAN_DIR/code")" >got.json',
    )
    got = json.loads((net.world.b.project / "got.json").read_text())
    assert (got["kind"], got["content"]) == ("text", "weeks are seven days")
