"""Three machines: what one hands to another of the same person must not come to a teammate who may not know of it.

Everything but the network is real: checkpoints are taken, envelopes sealed and opened, and the hook gives a session
what came; what it says is written down as the client does.
"""

import contextlib
import io
import json
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spread import hook, intake_places, mailroom, rules, store, store_inbox
from spread.commands import inbox, peers
from spread.distill import state
from spread.distillation import Distillation
from spread.intake import follow, take_all
from spread.intake_settled import SETTLE_S
from tests.pairs import Home, befriend, new_home

OURS = "example.org/us/it"
THEIRS = "example.org/me/diary"
SECRET = "why granny left the country"
RULE = "never mention the lawyer"

# Yesterday: what is older than a week is not told by itself.
_DAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))


class Desk:
    """A machine with a checkout of the project, and its sessions."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.home: Home = new_home(folder / "homes", name)
        self.folder = folder / name
        self.repository = self.clone("it", OURS)

    def clone(self, name: str, remote: str = "") -> Path:
        """Return a checkout, of a project that others know if it has a remote."""
        path = self.folder / name
        subprocess.run(["git", "init", "--quiet", str(path)], check=True)
        if remote:
            url = f"https://{remote}"
            subprocess.run(["git", "-C", str(path), "remote", "add", "origin", url], check=True)
        return path

    def session(self, number: int, cwd: Path | None = None) -> "Session":
        return Session(self, f"{number:08}-aaaa-4aaa-8aaa-{self.name.encode().hex()[:8]:0>12}", cwd)

    def owes(self, peer: str) -> str:
        """Return all that is owed to a peer."""
        debts = [debt for debt in store.owed(self.home.paths) if debt.peer == peer]
        return "\n".join((store.read_owed(self.home.paths, debt) or b"").decode() for debt in debts)

    def deliver(self, to: "Desk") -> int:
        """Bring what is owed to another machine there, and the receipts back; return how many hand-offs it was."""
        came = 0
        for debt in [debt for debt in store.owed(self.home.paths) if debt.peer == to.name]:
            letter = self.home.mailroom.seal_debt(self.home.peers[to.name], debt)
            assert letter is not None
            taken = to.home.mailroom.take(letter.envelope, to.home.peers)
            assert isinstance(taken, mailroom.Taken)
            came += taken.new
            store.settle(self.home.paths, to.name, debt.session, debt.revision)
        own = [peer.name for peer in to.home.peers.values() if not peer.teammate]
        store_inbox.reindex(to.home.paths, own)
        return came


class Session:
    """A session of the client on one machine."""

    def __init__(self, desk: Desk, ident: str, cwd: Path | None = None) -> None:
        self.desk, self.ident, self.cwd = desk, ident, cwd or desk.repository
        self.path = desk.folder / f"{ident}.jsonl"
        self.lines, self.hour = 0, 13

    def add(self, kind: str, **more: Any) -> None:
        self.lines += 1
        entry = {
            "type": kind, "uuid": f"{self.lines:08}-{self.ident[9:]}", "sessionId": self.ident, "cwd": str(self.cwd),
            "timestamp": f"{_DAY}T{self.hour}:{self.lines // 60:02}:{self.lines % 60:02}.000Z",
            "version": "2.1.330", "gitBranch": "main", **more,
        }  # fmt: skip
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(entry, separators=(",", ":")) + "\n")

    def start(self, source: str = "startup") -> str:
        """Run the hook and write down what it gives, as the client does; return that."""
        payload: dict[str, object] = {"source": source, "session_id": self.ident, "cwd": str(self.cwd)}
        answer = hook.session_start(payload, self.desk.home.paths, time.time()) or {}
        output = answer.get("hookSpecificOutput")
        context = str(output["additionalContext"]) if isinstance(output, dict) else ""
        if context:
            self.given(context)
        return context

    def given(self, text: str) -> None:
        attachment = {"type": "hook_additional_context", "hookEvent": "SessionStart", "content": [text]}
        self.add("attachment", attachment=attachment)

    def turn(self, prompt: str, answer: str, *, edits: str = "") -> None:
        """Add a turn."""
        self.add("user", message={"role": "user", "content": prompt})
        if edits:
            self.call(
                "Edit", {"file_path": str(self.cwd / edits), "old_string": "a", "new_string": "b"}, "ok"
            )
        text = [{"type": "text", "text": answer}]
        self.add(
            "assistant", message={"role": "assistant", "model": "m", "id": f"m{self.lines}", "content": text}
        )

    def call(self, name: str, given: dict[str, Any], output: str) -> None:
        key = f"toolu_{self.lines}"
        use = [{"type": "tool_use", "id": key, "name": name, "input": given}]
        self.add("assistant", message={"role": "assistant", "model": "m", "id": key, "content": use})
        told = [{"type": "tool_result", "tool_use_id": key, "content": output, "is_error": False}]
        self.add("user", message={"role": "user", "content": told})

    def stop(self, cwd: Path | None = None) -> None:
        """Leave a checkpoint, as the hook does, and take it."""
        home = self.desk.home
        fields = {"session_id": self.ident, "transcript_path": str(self.path), "cwd": str(cwd or self.cwd)}
        Path(home.paths.checkpoints, f"{self.ident}-{self.lines}").write_text(json.dumps(fields) + "\n")
        assert take_all(home.paths, home.peers, self.desk.name, time.time() + SETTLE_S)
        assert not os.listdir(home.paths.quarantine)


class World:
    """A laptop and a desk of one person, and the machine of a mate, whom the desk lets have the project."""

    def __init__(self, folder: Path) -> None:
        self.laptop, self.desk, self.mate = (Desk(folder, name) for name in ("laptop", "desk", "mate"))
        befriend(self.laptop.home, self.desk.home, now=time.time())
        befriend(self.desk.home, self.mate.home, now=time.time(), teammate=True)
        rules.limit(self.desk.home.paths, "mate", [OURS])


@pytest.fixture
def world(tmp_path: Path, plain_git: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Where no place counts as a temporary one, and no hook starts an engine."""
    monkeypatch.setattr(intake_places, "_is_temporary", lambda place: False)
    monkeypatch.setattr(hook, "_ensure_engine", lambda paths, wait_s: None)
    return World(tmp_path)


def private(world: World) -> None:
    """Hand over a session that the laptop had in a private project first, and then in the shared one."""
    first = world.laptop.session(1, world.laptop.clone("diary", THEIRS))
    first.turn(f"Write down {SECRET}, and {RULE}", f"I wrote down {SECRET}.", edits="granny.md")
    first.cwd = world.laptop.repository
    first.turn("Now mend the cart", "The cart is mended.", edits="cart.py")
    first.stop()
    assert SECRET in world.laptop.owes("desk")
    assert world.laptop.deliver(world.desk) == 1


def private_one(world: World) -> Session:
    """Return a session of the desk that was given what `private` handed over."""
    private(world)
    second = world.desk.session(2)
    assert SECRET in second.start()
    return second


def told_to_mate(session: Session) -> str:
    """Return what the mate is owed after a turn that tells of the secret; the laptop is told all of it."""
    session.turn("go on", f"The hand-off says: {SECRET}. I go on with the cart.", edits="cart.py")
    session.stop()
    assert SECRET in session.desk.owes("laptop")
    return session.desk.owes("mate")


def test_a_private_goal_is_not_handed_on(world: World) -> None:
    """What a session is given of one that was elsewhere goes on to own machines, and no turn of it to a teammate."""
    second = private_one(world)
    assert told_to_mate(second) == ""
    assert RULE in world.desk.owes("laptop")


def test_who_may_have_both_projects_is_told(world: World) -> None:
    """Of what it may know as well nothing is kept back, but what another machine wrote is not quoted."""
    rules.limit(world.desk.home.paths, "mate", [OURS, THEIRS])
    told = told_to_mate(private_one(world))
    assert "I go on with the cart" in told
    assert RULE not in told
    assert Distillation.from_markdown(told).project.elsewhere == (THEIRS,)


def test_it_is_not_handed_on_over_another_machine(world: World) -> None:
    """However many machines it went over: the next session, on a third, knows where the first was."""
    second = private_one(world)
    second.turn("go on", "The cart is round.", edits="cart.py")
    second.stop()
    assert world.desk.deliver(world.laptop) == 1
    third = world.laptop.session(3)
    third.start()
    befriend(world.laptop.home, world.mate.home, now=time.time(), teammate=True)
    rules.limit(world.laptop.home.paths, "mate", [OURS])
    third.turn("go on", "Done.", edits="cart.py")
    third.stop()
    assert world.laptop.owes("desk")
    assert world.laptop.owes("mate") == ""


def test_of_the_shared_project_alone(world: World) -> None:
    """What came from another machine is quoted to own machines; a teammate is told this session's turns."""
    first = world.laptop.session(1)
    first.turn(f"Mend the cart, and {RULE}", "It is half mended.", edits="cart.py")
    first.stop()
    world.laptop.deliver(world.desk)
    second = world.desk.session(2)
    assert RULE in second.start()
    second.turn("go on", "The cart is mended.", edits="cart.py")
    second.stop()
    assert RULE in world.desk.owes("laptop")
    assert "the hand-off of session" in world.desk.owes("laptop")
    told = world.desk.owes("mate")
    assert "The cart is mended." in told
    assert RULE not in told
    assert "the hand-off of session" not in told
    assert "elsewhere" not in told
    narrative = replace(
        Distillation.from_markdown(world.desk.owes("laptop")), summary="of a narrative"
    )  # fmt: skip
    assert follow(world.desk.home.paths, world.desk.home.peers, narrative)
    assert "of a narrative" in world.desk.owes("laptop")
    assert world.desk.owes("mate") == told


def shown_on(machine: Desk) -> str:
    """Return what `spread show` prints of the hand-off that came."""
    name, shown = next(item for item in store.received(machine.home.paths)), io.StringIO()
    with contextlib.redirect_stdout(shown):
        inbox.show(machine.home.paths, name.id)
    return shown.getvalue()


def test_what_a_command_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand-off of another project that a session looks at counts as one that it was given, whoever looked."""
    monkeypatch.setenv("CLAUDECODE", "1")
    first = world.laptop.session(1, world.laptop.clone("diary", THEIRS))
    first.turn(f"Write down {SECRET}", "Done.", edits="granny.md")
    first.stop()
    world.laptop.deliver(world.desk)
    shown = shown_on(world.desk)
    assert SECRET in shown
    for number, ways in enumerate((shown, shown.replace("\n| ", "\n"))):
        second = world.desk.session(2 + number)
        second.call("Bash", {"command": "spread show latest"}, ways)
        assert told_to_mate(second) == ""


def test_a_narrative_of_a_session_that_was_shown_one(world: World) -> None:
    """A mate gets the plain turn, and no account of all that was said about what another machine wrote."""
    first = world.laptop.session(1)
    first.turn(f"Mend the cart, and {RULE}", "It is half mended.", edits="cart.py")
    first.stop()
    world.laptop.deliver(world.desk)
    shown = shown_on(world.desk)
    assert RULE in shown
    second = world.desk.session(2)
    second.call("Bash", {"command": "spread show latest"}, shown)
    plain = told_to_mate(second)
    assert plain
    narrative = replace(Distillation.from_markdown(world.desk.owes("laptop")), summary="of a narrative")
    assert follow(world.desk.home.paths, world.desk.home.peers, narrative)
    assert "of a narrative" in world.desk.owes("laptop")
    assert world.desk.owes("mate") == plain


def test_the_titles_that_wait(world: World) -> None:
    """Of others that wait a session reads no title where that may be of another project."""
    private(world)
    for number, what in enumerate(("mend the lamp", "mend the till"), 4):
        newer = world.laptop.session(number)
        newer.hour = 10 + number
        newer.turn(what, "Done.", edits="till.py")
        newer.stop()
    assert world.laptop.deliver(world.desk) == 2
    second = world.desk.session(2)
    context = second.start()
    assert "lamp" in context
    assert "till" in context
    assert "00000001" in context
    assert SECRET not in context
    second.turn("go on", "I go on with the till.", edits="till.py")
    second.stop()
    assert "I go on with the till" in world.desk.owes("mate")


def test_a_sub_agent_that_looks_at_it(world: World) -> None:
    """It is told to its parent, so that counts as shown it."""
    private(world)
    second = world.desk.session(2)
    helper = Session(world.desk, second.ident)
    helper.path = world.desk.folder / second.ident / "subagents" / "agent-a1.jsonl"
    helper.path.parent.mkdir(parents=True)
    helper.turn("look", "I looked.")
    helper.given(world.desk.session(5).start())
    assert told_to_mate(second) == ""


def test_a_fork_of_it(world: World) -> None:
    """A copy under another session's id holds what it was made from."""
    second = private_one(world)
    third = world.desk.session(3)
    third.path.write_text(second.path.read_text().replace(second.ident, third.ident))
    assert told_to_mate(third) == ""


def test_what_is_owed_and_may_go_no_more(world: World) -> None:
    """What tells of two projects is held, and dropped, once its peer may have one of them only."""
    paths = world.desk.home.paths
    rules.limit(paths, "mate", [OURS, THEIRS])
    assert told_to_mate(private_one(world))
    (debt,) = [debt for debt in store.owed(paths) if debt.peer == "mate"]
    assert store.projects_of(paths, debt) == (OURS, THEIRS)
    rules.limit(paths, "mate", [OURS])
    assert rules.load(paths).hold("mate", *store.projects_of(paths, debt))
    peers.limit(paths, "mate", [OURS])
    assert world.desk.owes("mate") == ""


def test_a_pause_of_the_other_project(world: World) -> None:
    """A session that was in a project that is paused now tells nobody of it."""
    private(world)
    rules.write_lines(world.laptop.home.paths.paused_projects, {THEIRS})
    again = world.laptop.session(7, world.laptop.folder / "diary")
    again.turn(f"Write down {SECRET}", "Done.", edits="granny.md")
    again.cwd = world.laptop.repository
    again.turn("and mend the cart", "Done.", edits="cart.py")
    again.stop()
    assert world.laptop.owes("desk") == ""


def test_an_own_machine_that_may_have_one_project(world: World) -> None:
    """A machine of the same person that may have one project gets no turn of a session that was in another."""
    rules.limit(world.laptop.home.paths, "desk", [OURS])
    first = world.laptop.session(1, world.laptop.clone("diary", THEIRS))
    first.turn(f"Write down {SECRET}", "Done.")
    first.cwd = world.laptop.repository
    first.turn("Now mend the cart", "Done.", edits="cart.py")
    first.stop()
    assert world.laptop.owes("desk") == ""
    plain = world.laptop.session(2)
    plain.turn("mend the cart", "Done.", edits="cart.py")
    plain.cwd = world.laptop.folder
    plain.turn("look here", "Done.")
    plain.stop(world.laptop.repository)
    assert "look here" in world.laptop.owes("desk")


def test_a_record_that_begins_with_a_summary(world: World) -> None:
    """Where a session was before its record begins, as a fork may do after a compaction, nobody knows."""
    later = world.desk.session(6)
    later.add("user", message={"role": "user", "content": f"Summary: {SECRET}"}, isCompactSummary=True)
    assert told_to_mate(later) == ""
    whole = world.desk.session(8)
    whole.turn("mend the cart", "Done.", edits="cart.py")
    whole.add("user", message={"role": "user", "content": "Summary: the cart"}, isCompactSummary=True)
    whole.turn("and the till", "The till is mended.", edits="till.py")
    whole.stop()
    assert "The till is mended." in world.desk.owes("mate")


def test_a_list_of_hand_offs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that lists hand-offs of another project has read what they are about; one of the same has not."""
    monkeypatch.setenv("CLAUDECODE", "1")
    shared = world.laptop.session(1)
    shared.turn("Mend the cart", "Done.", edits="cart.py")
    shared.stop()
    world.laptop.deliver(world.desk)

    def listed() -> str:
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            inbox.run(world.desk.home.paths)
        return shown.getvalue()

    second = world.desk.session(2)
    second.call("Bash", {"command": "spread inbox"}, listed())
    assert SECRET in told_to_mate(second)
    diary = world.laptop.session(3, world.laptop.clone("diary", THEIRS))
    diary.turn(f"Write down {SECRET}", "Done.", edits="granny.md")
    diary.stop()
    world.laptop.deliver(world.desk)
    assert SECRET in listed()
    third = world.desk.session(4)
    third.call("Bash", {"command": "spread inbox"}, listed())
    before = world.desk.owes("mate")
    assert told_to_mate(third) == before


def test_a_narrative_that_comes_late(world: World) -> None:
    """Who may not have the other project any more gets no later revision either."""
    paths = world.desk.home.paths
    rules.limit(paths, "mate", ["*"])
    first = world.desk.session(1, world.desk.clone("diary", THEIRS))
    first.turn(f"Write down {SECRET}", "Done.")
    first.cwd = world.desk.repository
    first.turn("Now mend the cart", "Done.", edits="cart.py")
    first.stop()
    assert SECRET in world.desk.owes("mate")
    peers.limit(paths, "mate", [OURS])
    assert world.desk.owes("mate") == ""
    assert follow(paths, world.desk.home.peers, Distillation.from_markdown(world.desk.owes("laptop")))
    assert world.desk.owes("mate") == ""


def test_where_things_lie(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A teammate is told no path of this machine; own machines are, also in a narrative that comes later."""
    monkeypatch.setenv("HOME", str(world.desk.folder.parent))
    first = world.desk.session(1)
    first.turn(f"Mend {world.desk.repository}/cart.py", "Done.", edits="cart.py")
    first.stop()
    assert str(world.desk.repository) in world.desk.owes("laptop")
    assert "Mend cart.py" in world.desk.owes("mate")
    assert "desk/it" not in world.desk.owes("mate")
    narrative = replace(Distillation.from_markdown(world.desk.owes("laptop")), summary="of a narrative")
    assert follow(world.desk.home.paths, world.desk.home.peers, narrative)
    assert "of a narrative" in world.desk.owes("mate")
    assert "desk/it" not in world.desk.owes("mate")


def test_turns_after_that(world: World) -> None:
    """Reading on from where it was left, the session still counts as told of it."""
    second = private_one(world)
    assert told_to_mate(second) == ""
    state._last.clear()  # as a new engine
    assert told_to_mate(second) == ""
