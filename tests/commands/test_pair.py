"""`spread pair`, by real commands on two machines."""

import io
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import segno

from spread import __version__, config, peers, rules, store
from spread.paths import Paths
from spread.resources import shims
from tests.commands.conftest import Run
from tests.e2e.world import NOT_OURS, Done, World, other_words
from tests.ports import free_port

CODE = re.compile(r"[a-z0-9]{6}(-[a-z]+){3}")
WORDS = "amber-tiger-lamp"


@pytest.fixture
def relay(world: World) -> str:
    """Let both machines meet at a relay only, which is quicker than the LAN."""
    url = world.start_relay()
    world.configure(relay=url, lan=False)
    return url


def check_words(done: Done) -> str:
    """Return the check words a command told."""
    return done.err.partition("the same on both screens: ")[2].split("\n")[0]


def test_both_know_each_other(world: World) -> None:
    """Over the LAN; the code is the first line, told at once; both screens show the same four words."""
    first = world.a.spread("pair", "--name", "Laptop of Ann")
    code = first.line()
    assert CODE.fullmatch(code)
    assert first.process.poll() is None
    second = world.b.run("pair", code.upper().replace("-", " "), "--teammate")
    done = first.end()
    assert (done.code, second.code) == (0, 0)
    assert len(check_words(done).split()) == 4
    assert check_words(done) == check_words(second)
    (b,) = peers.load_all(world.a.paths).values()
    (a,) = peers.load_all(world.b.paths).values()
    assert (a.name, b.name) == ("laptop-of-ann", "b")
    assert (a.teammate, b.teammate) == (True, True)  # one side's word is enough
    assert (a.version, b.version) == (__version__, __version__)
    assert config.load(world.a.paths).machine == "laptop-of-ann"
    assert re.match(r"paired with b \([0-9a-f]{4} [0-9a-f]{4}\); next: ", done.out.splitlines()[1])
    assert f"on the other machine run: spread pair {code}\nwaiting for it, 30 minutes at most\n" in done.err
    assert done.err.startswith(
        "spread: note: this machine is called laptop-of-ann: a name has letters a to z, digits"
    )


def test_at_a_relay(world: World) -> None:
    """With --relay both meet there and use it with this peer from now on, whatever config.toml says."""
    url = world.start_relay()
    world.configure(lan=False)
    first = world.a.spread("pair", "--relay", url)
    assert world.b.run("pair", first.line(), "--relay", url).code == 0
    assert first.end().code == 0
    for machine in (world.a, world.b):
        (peer,) = peers.load_all(machine.paths).values()
        assert (peer.relay, peer.our_relay) == (url, url)


def test_the_code_from_stdin(world: World, relay: str) -> None:
    """`-` takes the code from stdin, so that it stands in no list of processes."""
    first = world.a.spread("pair")
    assert world.b.run("pair", "-", stdin=first.line() + "\n").code == 0
    assert first.end().code == 0
    refused = world.b.run("pair", "-", stdin="\n")
    assert (refused.code, "that is no code" in refused.err) == (2, True)


def test_the_hooks_work_from_then_on(world: World, relay: str) -> None:
    """Pairing leaves the hooks and the interpreter they need where they look for them."""
    world.pair()
    for machine in (world.a, world.b):
        assert Path(machine.paths.interpreter).exists()
        assert {path.name for path in Path(machine.paths.hooks).iterdir()} == set(shims())


def test_the_same_machine_again(world: World, relay: str) -> None:
    """Paired once more, a machine keeps the name it has here, and gets new capabilities."""
    world.pair()
    before = peers.load(world.a.paths, "b")
    world.b.configure(name="renamed", relay=relay, lan=False)
    world.pair()
    after = peers.load(world.a.paths, "b")
    assert (after.identity, after.name) == (before.identity, "b")
    assert after.writer_seed != before.writer_seed


def test_a_new_name_for_a_machine_that_is_known(world: World, relay: str) -> None:
    """Who gives it is told that the other goes on with the old one, and what to do for the new one."""
    first = world.a.spread("pair")
    done = world.b.run("pair", "--name", "workshop", first.line())
    assert (first.end().code, done.code) == (0, 0)
    assert "goes on calling it" not in done.err
    first = world.a.spread("pair")
    done = world.b.run("pair", "--name", "workbench", first.line())
    assert (first.end().code, done.code) == (0, 0)
    assert [*peers.load_all(world.a.paths)] == ["workshop"]
    assert (
        "a has known this machine before, and goes on calling it as it did; for the new name `spread unpair a`"
        in (done.err)
    )


def test_two_of_one_name(world: World, relay: str) -> None:
    """Machines that are called alike are paired, and both are told how to tell them apart."""
    first = world.a.spread("pair", "--name", "ubuntu")
    second = world.b.run("pair", "--name", "ubuntu", first.line())
    for done in (first.end(), second):
        assert done.code == 0
        assert "is called ubuntu:" not in done.err, "it is the name as it was given"
        assert (
            "note: this machine is called ubuntu too; to tell them apart, `spread unpair ubuntu`" in done.err
        )


def test_a_machine_of_ours_that_becomes_a_teammates(world: World, relay: str) -> None:
    """What it was let have before, and is owed, is not for the teammate's."""
    world.pair()
    assert world.a.run("peers", "b", "--projects", "x").code == 0
    store.put(world.a.paths, "b", "s", 1, "text")
    first = world.a.spread("pair", "--teammate")
    done = world.b.run("pair", first.line())
    assert (done.code, first.end().code) == (0, 0)
    assert "spread peers a --projects .\n" in done.err
    assert peers.load(world.a.paths, "b").teammate
    assert rules.limits(world.a.paths) == {}
    assert not store.owed(world.a.paths)


def test_a_teammates_machine_that_becomes_ours(world: World, relay: str) -> None:
    """Nothing more goes there for that alone; it is told how to have it so."""
    for flags in (("--teammate",), ()):
        first = world.a.spread("pair", *flags)
        assert world.b.run("pair", first.line()).code == 0
        done = first.end()
        assert done.code == 0
    assert not peers.load(world.a.paths, "b").teammate
    assert rules.limits(world.a.paths) == {"b": ()}
    assert "spread peers b --projects all lifts that" in done.err
    assert world.a.run("peers", "b", "--projects", "all").code == 0
    assert rules.limits(world.a.paths) == {}


def test_a_room_that_neither_route_finds(world: World) -> None:
    """Where the LAN does not have it, the relay may: that it could not be asked is told, too."""
    world.b.configure(relay=f"ws://127.0.0.1:{free_port()}")
    done = world.b.run("pair", "a7f3b2-amber-tiger-lamp")
    assert (done.code, done.told()["error"]) == (1, "no such room on this network")
    assert "; and from here: cannot reach ws://127.0.0.1:" in done.told()["cause"]


def test_three_wrong_codes_burn_it(world: World, relay: str) -> None:
    """Each wrong code is told to who typed it; after the third both sides hear that the room is burned."""
    first = world.a.spread("pair")
    wrong = other_words(first.line())
    for _ in range(2):
        done = world.b.run("pair", wrong)
        assert (done.code, done.out) == (1, "")
        assert done.told()["error"] == "the code is wrong"
        assert done.told()["hint"]
        assert first.process.poll() is None
    last, burned = world.b.run("pair", wrong), first.end()
    assert (last.code, burned.code) == (1, 1)
    for told in (last.told(), burned.told()):
        assert "burned" in told["error"]
        assert "three" in told["cause"]
        assert "new code" in told["hint"]
    assert peers.load_all(world.a.paths) == peers.load_all(world.b.paths) == {}


def test_a_wrong_code_then_the_right_one(world: World) -> None:
    """One slip is no harm: the same code still works, over the LAN too."""
    first = world.a.spread("pair")
    code = first.line()
    assert world.b.run("pair", other_words(code)).told()["error"] == "the code is wrong"
    assert world.b.run("pair", code).code == 0
    assert first.end().code == 0


@pytest.mark.parametrize("lan", [True, False])
def test_no_such_room(world: World, lan: bool) -> None:
    """A room that is not there: exit 1, with what to check."""
    world.b.configure(lan=lan, relay="" if lan else world.start_relay())
    done = world.b.run("pair", f"{NOT_OURS}-{WORDS}")
    assert done.code == 1
    assert done.told()["error"].startswith("no such room")
    assert done.told()["cause"]
    assert done.told()["hint"]


def test_a_relay_that_was_asked_for_must_be_there(world: World) -> None:
    """--relay to where nobody listens ends both commands with exit 1, before any code is shown."""
    for arguments in (["pair"], ["pair", f"{NOT_OURS}-{WORDS}"]):
        world.b.configure(lan=False)
        done = world.b.run(*arguments, "--relay", "ws://127.0.0.1:1")
        assert (done.code, done.out) == (1, "")
        assert done.told() == {
            "error": "cannot reach ws://127.0.0.1:1", "cause": "connection refused",
            "hint": "see that the server runs there, and that the port is right",
        }  # fmt: skip


def test_a_configured_relay_may_be_away(world: World) -> None:
    """A relay from config.toml that is down costs a note: the LAN is enough."""
    world.configure(relay="ws://127.0.0.1:1")
    first = world.a.spread("pair")
    assert world.b.run("pair", first.line()).code == 0
    done = first.end()
    assert done.code == 0
    assert "note: cannot reach ws://127.0.0.1:1 (connection refused)" in done.err


def test_neither_lan_nor_relay(world: World) -> None:
    """With both turned off there is no way to meet: that is said, for either side."""
    world.b.configure(lan=False)
    for arguments in (["pair"], ["pair", f"{NOT_OURS}-{WORDS}"]):
        done = world.b.run(*arguments)
        assert (done.code, done.out) == (2, "")
        assert "no way" in done.told()["error"]
        assert "relay" in done.told()["hint"]


@pytest.mark.parametrize("text", ["", "amber", "a7f3b2-amber-tiger", "a7f3b2-amber-tiger-xyzzy", "a7f3b2"])
def test_not_a_code(world: World, text: str) -> None:
    """What cannot be a code is refused as wrong use, without a try."""
    done = world.b.run("pair", text)
    assert done.code == 2
    assert "code" in done.told()["error"]
    assert "a7f3b2-amber-tiger-lamp" in done.told()["hint"]


@pytest.mark.parametrize("wrong", [["amber-tiger"], [""], ["--relay", "https://relay.example"]])
def test_what_is_refused_names_nobody(home: Paths, run: Run, wrong: list[str]) -> None:
    """Wrong use leaves the configuration as it was, also where --name is right."""
    before = Path(home.config).read_bytes()
    assert run("pair", "--name", "other", *wrong).code == 2
    assert Path(home.config).read_bytes() == before


def test_a_relay_address_must_be_one(world: World) -> None:
    """--relay with anything but ws:// or wss:// is wrong use."""
    done = world.b.run("pair", "--relay", "https://relay.example")
    assert (done.code, done.told()["hint"]) == (2, "it looks like wss://relay.example")


def test_with_itself(world: World, relay: str) -> None:
    """A machine cannot be paired with itself; both commands say so."""
    first = world.a.spread("pair")
    second = world.a.run("pair", first.line())
    done = first.end()
    assert (done.code, second.code) == (1, 1)
    assert done.told()["error"] == "this machine cannot be paired with itself"
    assert second.told()["error"]
    assert peers.load_all(world.a.paths) == {}


def test_a_known_name_with_another_key(world: World, relay: str) -> None:
    """Somebody else under a known name is refused loudly on both screens, and nothing changes."""
    world.pair()
    known = peers.load(world.a.paths, "b")
    shutil.rmtree(world.b.paths.home)
    world.b.paths.make()
    world.b.configure(relay=relay, lan=False)
    first = world.a.spread("pair")
    second = world.b.run("pair", first.line())
    done = first.end()
    assert (done.code, second.code) == (1, 1)
    assert done.told()["error"] == "another machine is already paired as b"
    assert "key" in done.told()["cause"]
    assert "spread unpair b" in done.told()["hint"]
    assert second.told()["error"]
    assert peers.load_all(world.a.paths) == {"b": known}
    assert peers.load_all(world.b.paths) == {}


@pytest.mark.parametrize("side", ["offers", "joins"])
def test_ctrl_c(world: World, side: str) -> None:
    """Interrupted, either side ends with 130 and one line, and has paired with nobody."""
    command = world.a.spread(*(["pair"] if side == "offers" else ["pair", f"{NOT_OURS}-{WORDS}"]))
    if side == "offers":
        command.line()
    else:
        command.is_busy()
    done = command.stop(signal.SIGINT)
    assert done.code == 130
    assert done.err.splitlines()[-1] == "spread: interrupted"
    assert "Traceback" not in done.err
    assert peers.load_all(world.a.paths) == {}


def test_the_command_as_a_qr_code(world: World) -> None:
    """On a terminal wide enough the command is drawn, too, exactly; the code itself is still the first line."""
    world.configure(lan=True)
    drawn = on_a_terminal(world, 100, has_its_code)
    assert has_its_code(drawn), drawn
    narrow = on_a_terminal(world, 30, lambda shown: False)
    assert "on the other machine" in narrow
    assert not set("▀▄█") & set(narrow)


def has_its_code(shown: str) -> bool:
    """Tell whether the command that is shown is drawn as well."""
    code = CODE.search(shown)
    expected = io.StringIO()
    if code is not None:
        segno.make(f"spread pair {code[0]}", error="l", micro=False).terminal(
            out=expected, border=4, compact=True
        )
    return code is not None and expected.getvalue() in shown.replace("\r\n", "\n")


def on_a_terminal(world: World, columns: int, is_enough: Callable[[str], bool]) -> str:
    """Return what `spread pair` shows on a terminal until that is enough, or no more comes."""
    ours, theirs = pty.openpty()
    env = world.a.env(COLUMNS=str(columns))
    process = subprocess.Popen(
        [sys.executable, "-m", "spread.cli", "pair"], env=env, cwd=world.a.project, stdin=theirs, stdout=theirs,
        stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    shown, quiet_s = b"", 60.0
    while not is_enough(shown.decode(errors="replace")) and select.select([ours], [], [], quiet_s)[0]:
        shown += os.read(ours, 65536)
        quiet_s = 2.0 if columns < 100 and b"on the other machine" in shown else quiet_s
    process.send_signal(signal.SIGINT)
    process.wait(60)
    os.close(ours)
    return shown.decode(errors="replace")


def test_without_a_terminal_nothing_is_drawn(world: World, relay: str) -> None:
    """Neither drawn nor loaded; a relay that was asked for is part of the command."""
    first = world.a.spread("pair", "--relay", relay)
    first.says(f"spread pair --relay {relay} {first.line()}\n")
    assert "\u2580" not in first.err
    first.stop(signal.SIGINT)
    code = "import sys, spread.commands.pair, spread.commands.share; print('segno' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=world.a.env(), capture_output=True, text=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("side", ["offers", "joins"])
def test_over_lan_or_relay_whichever_answers(world: World, side: str) -> None:
    """Both are offered and both are tried: where one machine knows one way only, they meet by that."""
    url = world.start_relay()
    only, both = (world.a, world.b) if side == "offers" else (world.b, world.a)
    for lan in (True, False):
        only.configure(lan=lan, relay="" if lan else url)
        both.configure(lan=True, relay=url)
        first = world.a.spread("pair")
        second = world.b.run("pair", first.line())
        done = first.end()
        assert (done.code, second.code) == (0, 0), done.err + second.err
        assert check_words(done) == check_words(second) != ""
