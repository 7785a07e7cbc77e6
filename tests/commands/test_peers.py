"""`spread peers` and `spread unpair`."""

import json
import time
from pathlib import Path

import pytest

from spread import farewells, history, peers, rules, store, store_inbox, store_receipts
from spread.fingerprint import fingerprint
from tests.commands.conftest import Run
from tests.harness.home import PROJECT, make_project
from tests.pairs import Home, befriend, handoff, new_home, paired


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A machine that is paired with `laptop`, and is ours."""
    made, _ = paired(tmp_path, now=time.time())
    monkeypatch.setenv("SPREAD_HOME", made.paths.home)
    return made


def test_nobody(home: object, run: Run) -> None:
    """Without peers the next step is told."""
    done = run("peers")
    assert (done.code, done.out, done.err) == (0, "", "no peers yet; next: spread pair\n")
    assert json.loads(run("peers", "--json").out) == []


def test_peers(desk: Home, run: Run) -> None:
    """Name, fingerprint and what they are to us."""
    known = fingerprint(desk.peers["laptop"].identity)
    (line,) = run("peers").out.splitlines()
    assert line.startswith("laptop ")
    assert known in line
    assert "own machine, paired " in line
    (row,) = json.loads(run("peers", "--json").out)
    assert (row["name"], row["fingerprint"], row["teammate"]) == ("laptop", known, False)


def test_no_secret_is_shown(desk: Home, run: Run) -> None:
    """Neither of the two commands prints a key that writes or signs."""
    said = run("peers").out + run("peers", "--json").out + run("status", "--json").out
    for secret in (desk.peers["laptop"].writer_seed, desk.peers["laptop"].grant, desk.identity.seed):
        assert secret.hex() not in said


def test_unpair(desk: Home, run: Run) -> None:
    """The peer is forgotten, and with it what was owed; what it sent before stays."""
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    store_receipts.put(desk.paths, "laptop", "t", 1)
    store_inbox.accept(desk.paths, "laptop", handoff("t", 1), expected=("t", 1), own=True)
    done = run("unpair", "laptop")
    assert done.code == 0
    assert done.out.startswith("unpaired laptop; ")
    assert desk.peers == {}
    assert (store.owed(desk.paths), store_receipts.waiting(desk.paths)) == ([], [])
    assert len(store.received(desk.paths)) == 1


def test_who_has_unpaired_us(desk: Home, run: Run) -> None:
    """It is told wherever peers are, with what to do; unpairing it then needs no farewell."""
    peers.end(desk.paths, desk.peers["laptop"])
    assert "it has unpaired this machine" in run("peers").out
    assert json.loads(run("peers", "--json").out)[0]["gone"] is True
    (line,) = [line for line in run("status").out.splitlines() if line.startswith("laptop")]
    assert "it has unpaired this machine" in line
    assert "`spread unpair laptop`" in line
    assert json.loads(run("status", "--json").out)["peers"][0]["gone"] is True
    assert run("unpair", "laptop").out == "unpaired laptop, which had unpaired this machine before\n"
    assert farewells.load_all(desk.paths) == []


def test_who_is_not_told_yet(desk: Home, run: Run) -> None:
    """Status says so until it is; without an engine, with what makes it go."""
    assert "`spread sync`" in run("unpair", "laptop").out
    assert "laptop: unpaired; it is told as soon as it can be reached" in run("status").out
    assert json.loads(run("status", "--json").out)["unpaired_untold"] == ["laptop"]


@pytest.mark.parametrize("name", ["nobody", "../laptop", ""])
def test_unpair_whom_we_do_not_know(desk: Home, run: Run, name: str) -> None:
    """A name that is no peer's changes nothing."""
    done = run("unpair", name)
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"]
    assert done.told()["hint"] == "see `spread peers`"
    assert list(desk.peers) == ["laptop"]


def test_a_damaged_peer(desk: Home, run: Run) -> None:
    """Its file is named with the way out, and that way works."""
    path = Path(desk.paths.peers, "laptop.toml")
    path.write_text("identity = 1\n")
    done = run("peers")
    assert done.code == 1
    assert done.told()["error"] == f"cannot use {path}"
    assert "spread unpair laptop" in done.told()["hint"]
    assert run("unpair", "laptop").code == 0
    assert run("peers").code == 0


def test_a_peer_for_some_projects_only(
    desk: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.` is this directory's; what is owed of others is dropped and told; `all` lifts it."""
    monkeypatch.chdir(make_project(tmp_path / "p"))
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1, project=PROJECT))
    store.put(desk.paths, "laptop", "t", 1, handoff("t", 1, project="git.example/me/diary"))
    done = run("peers", "laptop", "--projects", ".", "git.example/us/*")
    assert done.out == f"laptop may have only {PROJECT}, git.example/us/*; 1 owed of others dropped\n"
    assert [debt.session for debt in store.owed(desk.paths)] == ["s"]
    assert run("peers").out.endswith(f", only {PROJECT}, git.example/us/*\n")
    assert json.loads(run("peers", "--json").out)[0]["projects"] == [PROJECT, "git.example/us/*"]
    assert f"(only {PROJECT}, git.example/us/*)" in run("status").out
    assert run("peers", "laptop", "--projects", "none").out.startswith("laptop may have no project; 1 owed")
    assert run("peers", "laptop", "--projects", "all").out == "laptop may have all projects\n"
    assert json.loads(run("peers", "--json").out)[0]["projects"] is None


def test_a_teammate_has_what_is_named_for_it(desk: Home, run: Run, tmp_path: Path) -> None:
    """Nothing at first, and that is said; then the projects named, or all; `none` ends it."""
    befriend(desk, new_home(tmp_path, "ines"), now=1e9, teammate=True)

    def owed() -> list[str]:
        return [peer.name for peer in rules.load(desk.paths).entitled(desk.peers, PROJECT)]

    assert "ines (" in run("status").out
    assert ") (teammate) (no project):" in run("status").out
    assert "teammate, paired 2001-09-09, no project\n" in run("peers").out
    assert owed() == ["laptop"]
    for named, told, who in (
        (PROJECT, f"ines may have only {PROJECT}\n", ["ines", "laptop"]),
        ("none", "ines may have no project\n", ["laptop"]),
        ("all", "ines may have all projects\n", ["ines", "laptop"]),
    ):
        assert run("peers", "ines", "--projects", named).out == told
        assert owed() == who


def test_what_is_no_limit(desk: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Projects without a name, a machine we do not know, and a directory that is no project are errors."""
    monkeypatch.chdir(tmp_path)
    assert run("peers", "--projects", "x").code == 2
    assert run("peers", "nobody", "--projects", "x").code == 1
    assert "no project that leaves" in run("peers", "laptop", "--projects", ".").told()["error"]
    assert rules.limits(desk.paths) == {}


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("parser", "note: nothing went from here of a project parser; did you mean git.example/acme/parser?"),
        ("pasrer", "note: nothing went from here of a project pasrer; `.` is this directory's"),
        ("./parsr", "note: nothing went from here of a project ./parsr; `.` is this directory's"),
        ("ours", ""), ("git.example/us/new", ""), ("*", ""), ("none", ""), ("all", ""),
    ],
)  # fmt: skip
def test_a_project_that_is_none(
    desk: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, told: str
) -> None:
    """A name or path that no project has would let nothing go; what others call theirs is no suggestion."""
    monkeypatch.chdir(tmp_path)
    for record in (
        history.Record(1.0, "sent", "laptop", project="git.example/acme/parser"),
        history.Record(1.0, "sent", "laptop", project="ours"),
        history.Record(1.0, "received", "laptop", project="pasrer"),
    ):
        history.append(desk.paths, record)
    done = run("peers", "laptop", "--projects", key)
    assert (done.code, done.err) == (0, f"spread: {told}\n" if told else "")


def test_one_peer(desk: Home, run: Run, tmp_path: Path) -> None:
    """With a name alone that machine is told, and no other; one that is not there is an error."""
    befriend(desk, new_home(tmp_path, "ines"), now=1e9)
    (line,) = run("peers", "ines").out.splitlines()
    assert line.startswith("ines ")
    assert [row["name"] for row in json.loads(run("peers", "laptop", "--json").out)] == ["laptop"]
    assert run("peers", "nobody").told()["error"] == "no peer is called nobody"


def test_a_limit_goes_with_its_peer(desk: Home, run: Run) -> None:
    """Whoever is paired under that name later begins without."""
    run("peers", "laptop", "--projects", "x")
    run("pause", "--peer", "laptop")
    run("unpair", "laptop")
    assert rules.load(desk.paths) == rules.Rules()
