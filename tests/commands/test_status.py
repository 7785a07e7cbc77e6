"""`spread status`, from what lies in the directories; what a running engine adds is tested with `sync`."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from spread import engine_lock, peers, sequences, store, store_damage, store_inbox
from spread.fingerprint import fingerprint
from spread.paths import Paths
from tests.commands.conftest import Run
from tests.harness.home import make_project
from tests.pairs import Home, handoff, paired

TOLD = {
    "pid": 1, "lan": "listening on 127.0.0.1 port 4000", "inbox": "",
    "relays": {"wss://relay.example": "wss://relay.example keeps no mail (it is a relay for rooms only)"},
    "peers": {
        "laptop": {
            "routes": ["lan", "relay"], "last_route": "lan", "last_receipt": 1.0, "owed": 1, "at_relay": 1,
            "why": "no answer",
        }
    },
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A machine that is paired with `laptop`, and is ours."""
    made, _ = paired(tmp_path, now=time.time())
    Path(made.paths.config).write_text('name = "desk"\nrelay = ""\n')
    monkeypatch.setenv("SPREAD_HOME", made.paths.home)
    return made


def test_a_new_home(home: Paths, run: Run) -> None:
    """Without peers the next step is told; nothing is an error."""
    done = run("status")
    assert done.code == 0
    assert "engine not running" in done.out.splitlines()[0]
    assert "no peers yet; next: spread pair" in done.out
    assert "inbox: 0 new, 0 seen" in done.out


def test_no_home_at_all(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine where spread never ran, it tells the same and makes nothing."""
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path / "none"))
    assert run("status").code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_debt_while_no_engine_runs(desk: Home, run: Run) -> None:
    """What is owed since when, and what makes it go; the last engine's words are not taken for news."""
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    os.utime(os.path.join(desk.paths.outbox, "laptop", "s.1.md"), (86_400, 86_400))
    Path(desk.paths.engine_status).write_text(json.dumps(TOLD))
    line = next(line for line in run("status").out.splitlines() if line.startswith("laptop"))
    assert f"laptop ({fingerprint(desk.peers['laptop'].identity)}): no route now" in line
    assert "1 owed since 1970-01-" in line
    assert "(goes with the next session, or now with `spread sync`)" in line


def test_a_running_engine(desk: Home, run: Run) -> None:
    """Routes, why a debt has not gone, what the relay keeps, and what a relay cannot."""
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    Path(desk.paths.engine_status).write_text(json.dumps(TOLD))
    with engine_lock.locked(desk.paths):
        out = run("status").out
        told = json.loads(run("status", "--json").out)
    assert out.startswith("desk: engine running\n")
    assert "LAN: listening on 127.0.0.1 port 4000" in out
    assert "keeps no mail" in out
    assert "by lan and relay; 1 owed since" in out
    assert "1 kept by the relay (no answer)" in out
    (peer,) = told["peers"]
    assert (peer["owed"], peer["at_relay"], peer["why"]) == (1, 1, "no answer")
    assert peer["routes"] == ["lan", "relay"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("connected", "connected"),
        ("cannot reach wss://r.example (timed out)", "cannot be reached (timed out)"),
        ("wss://r.example is not used (a peer names a relay on this machine)", "is not used (a peer names"),
    ],
)  # fmt: skip
def test_a_relay_is_named_once(desk: Home, run: Run, state: str, told: str) -> None:
    """Its address stands before how it is."""
    Path(desk.paths.engine_status).write_text(json.dumps({**TOLD, "relays": {"wss://r.example": state}}))
    with engine_lock.locked(desk.paths):
        out = run("status").out
    assert f"\nrelay wss://r.example: {told}" in out


def test_why_a_relay_is_listed(desk: Home, run: Run) -> None:
    """Of one that is not in the configuration, or no longer, it is told whose it is and how it goes."""
    named = ["wss://ours.example", "wss://old.example", "wss://theirs.example"]
    Path(desk.paths.config).write_text(f'name = "desk"\nrelay = "{named[0]}"\n')
    Path(desk.paths.engine_status).write_text(
        json.dumps({**TOLD, "relays": dict.fromkeys(named, "connected")})
    )
    laptop = peers.load(desk.paths, "laptop")
    peers.save(desk.paths, replace(laptop, relay=named[2], our_relay=named[1]))
    with engine_lock.locked(desk.paths):
        out = run("status").out
    assert f"\nrelay {named[0]}: connected" in out
    assert f"\nrelay {named[1]} (paired at it: laptop; to pair again leaves it): connected" in out
    assert f"\nrelay {named[2]} (named by laptop): connected" in out


def test_turns_that_were_not_taken_up(desk: Home, run: Run) -> None:
    """While the engine starts nobody knows yet whether something will be owed."""
    Path(desk.paths.checkpoints, "1.json").touch()
    Path(desk.paths.checkpoints, ".2.json").touch()
    out = run("status").out
    assert "turns: 1 not taken up yet; that comes with the next session, or now by `spread sync`" in out
    assert "; nothing owed yet" in out
    assert "nothing owed yet" in run().out
    with engine_lock.locked(desk.paths):
        assert "turns: 1 not taken up yet; that comes in a moment" in run("status").out
    assert json.loads(run("status", "--json").out)["turns_waiting"] == 1


def test_nothing_owed(desk: Home, run: Run) -> None:
    """Then there is no reason to tell."""
    Path(desk.paths.engine_status).write_text(json.dumps(TOLD))
    with engine_lock.locked(desk.paths):
        out = run("status").out
    assert "nothing owed; last receipt 1970-01-01" in out
    assert "no answer" not in out


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\xff"])
def test_a_damaged_status_file(desk: Home, run: Run, text: str) -> None:
    """A file of the engine's that is not what it wrote is passed over."""
    Path(desk.paths.engine_status).write_text(text, encoding="latin-1")
    with engine_lock.locked(desk.paths):
        done = run("status")
    assert done.code == 0
    assert "no route now" in done.out


def test_json(desk: Home, run: Run) -> None:
    """One document with everything the lines are made of."""
    store_inbox.accept(desk.paths, "laptop", handoff("t", 1), expected=("t", 1), own=True)
    Path(desk.paths.quarantine, "x.json.why").touch()
    told = json.loads(run("status", "--json").out)
    assert {key: told[key] for key in ("machine", "engine", "paused", "new", "seen", "quarantined")} == {
        "machine": "desk", "engine": "not running", "paused": False, "new": 1, "seen": 0, "quarantined": 1,
    }  # fmt: skip
    assert [peer["name"] for peer in told["peers"]] == ["laptop"]


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ("relay = ", "is not valid TOML", "mend that line"),
        ("rely = 'wss://x'", "unknown key `rely`", "did you mean `relay`?"),
        ("lan = 'yes'", "`lan` in", "for example lan = true"),
        ("relay = 'http://x'", "cannot be used", "mend that line"),
    ],
)
def test_a_corrupt_config(home: Paths, run: Run, text: str, error: str, hint: str) -> None:
    """It is told with the file, the cause and what to do."""
    Path(home.config).write_text(text)
    done = run("status")
    assert (done.code, done.out) == (1, "")
    assert error in done.told()["error"]
    assert home.config in done.told()["error"]
    assert done.told()["cause"]
    assert hint in done.told()["hint"]


def test_what_is_held_back(desk: Home, run: Run) -> None:
    """It is told what to do while an engine runs; one that has left may tell what does not hold any more."""
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    (laptop,) = TOLD["peers"].values()  # type: ignore[attr-defined]
    told = {**TOLD, "peers": {"laptop": {**laptop, "held": 1, "why": "the project is paused"}}}
    Path(desk.paths.engine_status).write_text(json.dumps(told))
    with engine_lock.locked(desk.paths):
        assert "1 held back; next: spread resume (the project is paused)" in run("status").out
    assert "held back" not in run("status").out


@pytest.mark.parametrize(
    ("doing", "lift"),
    [
        (("pause",), "spread resume"),
        (("pause", "--peer", "laptop"), "spread resume --peer laptop"),
        (("pause", "--project"), "spread resume --project, in it"),
    ],
)  # fmt: skip
def test_what_lets_go_what_is_held_back(
    desk: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doing: tuple[str, ...], lift: str
) -> None:
    """It is the command that ends this pause, not another one's."""
    monkeypatch.chdir(make_project(tmp_path / "p"))
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    assert run(*doing).code == 0
    told = {"peers": {"laptop": {"held": 1}}}
    Path(desk.paths.engine_status).write_text(json.dumps(told))
    with engine_lock.locked(desk.paths):
        line = next(line for line in run("status").out.splitlines() if line.startswith("laptop"))
    assert line.endswith(f"1 held back; next: {lift}")


def test_a_route_that_is_not_there(desk: Home, run: Run) -> None:
    """A relay is named once; while no engine runs, that is why there is none."""
    url = "ws://127.0.0.1:1"
    (path,) = Path(desk.paths.peers).iterdir()
    path.write_text(path.read_text().replace('relay = ""', f'relay = "{url}"', 1))
    told = {"peers": {"laptop": {"missing": {"relay": f"relay {url}: cannot reach {url} (no answer)"}}}}
    Path(desk.paths.engine_status).write_text(json.dumps(told))
    assert "no route now (no engine runs); nothing owed" in run("status").out
    with engine_lock.locked(desk.paths):
        assert f"no route now (relay {url}: cannot be reached (no answer)); " in run("status").out


def test_what_a_relay_keeps_when_the_engine_has_left(desk: Home, run: Run) -> None:
    """It is told as long as exactly that is owed; a newer revision is another debt."""
    told = {
        "peers": {
            "laptop": {
                "kept": ["s.1.md"],
                "at_relay": 1,
                "routes": ["relay"],
                "last_receipt": 1.0,
                "last_route": "relay",
            }
        }
    }
    Path(desk.paths.engine_status).write_text(json.dumps(told))
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    line = next(line for line in run("status").out.splitlines() if line.startswith("laptop"))
    assert "no route now (no engine runs); 1 owed since" in line
    assert "1 kept by the relay" in line
    assert "goes with the next session" not in line
    assert "last receipt 1970-01-01" in line
    assert line.endswith("by relay")
    store.put(desk.paths, "laptop", "s", 2, handoff("s", 2))
    line = next(line for line in run("status").out.splitlines() if line.startswith("laptop"))
    assert "kept by" not in line
    assert "goes with the next session" in line


def test_what_is_in_the_way(desk: Home, run: Run) -> None:
    """Damaged files, what a peer sent too much of, polling: each in its line, none an error."""
    told = {
        "problems": {"engine": "cannot work: No space left on device"}, "polling": True,
        "peers": {"laptop": {"refused": "laptop has sent more than may wait here", "missing": {"lan": "not seen"}}},
    }  # fmt: skip
    Path(desk.paths.engine_status).write_text(json.dumps(told))
    Path(desk.paths.peers, "broken.toml").write_text("identity = 1\n")
    Path(desk.paths.limits).write_text("laptop = ")
    store_damage.keep(desk.paths, "x.md", b"x", "a hand-off was damaged", "it is not text")
    with engine_lock.locked(desk.paths):
        done = run("status")
    assert done.code == 0
    for text in (
        "engine: cannot work: No space left on device", "looked at every second", "spread unpair broken",
        f"rules: cannot use {desk.paths.limits}", "not taken in: laptop has sent more", "no route now (not seen)",
        "quarantine: 1 file that could not be used\n  a hand-off was damaged: it is not text\n",
    ):  # fmt: skip
        assert text in done.out, text


def test_what_a_peer_sent_and_has_not_come(desk: Home, run: Run) -> None:
    """A hole in a peer's numbers is told once it is open for a while."""
    for number in (1, 3):
        sequences.came(desk.paths, "laptop", number, time.time())
    assert "missing" not in run("status").out
    sequences.forget(desk.paths, "laptop")
    sequences.came(desk.paths, "laptop", 5, 86_400.0)
    assert "of its hand-offs 1-4 of 5 are missing since 1970-01-" in run("status").out
    row = json.loads(run("status", "--json").out)["peers"][0]
    assert (row["missing"]["numbers"], row["missing"]["of"]) == ([[1, 4]], 5)
