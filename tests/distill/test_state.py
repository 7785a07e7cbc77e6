"""Reading on from where a revision left off: the same as reading all, without reading all."""

import json
import os
import random
import secrets
import stat
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spread
from spread.distill import distill
from spread.distill import state as states
from spread.distill.ledger import Ledger
from spread.distill.state import _shape, packed, save
from spread.errors import TranscriptError
from spread.transcript import Reader
from spread.transcript_events import Event, Say
from tests.distill.lines import SESSION, Lines

DEMO = Path(spread.__file__).with_name("demo.jsonl").read_bytes()


class Desk:
    """A transcript that grows, read with a state."""

    def __init__(self, folder: Path) -> None:
        self.transcript = folder / f"{SESSION}.jsonl"
        self.state = folder / f"{SESSION}.state"

    def has(self, data: bytes) -> str:
        """Make the file hold `data`, written in place as Claude Code appends."""
        old = self.transcript.read_bytes() if self.transcript.exists() else b""
        if not data.startswith(old):
            old = b""
        with self.transcript.open("ab" if old else "wb") as file:
            file.write(data[len(old) :])
        return self.read(str(self.state))

    def read(self, state: str | None = None) -> str:
        try:
            return distill(str(self.transcript), machine="box", state=state).to_json()
        except TranscriptError as error:
            return error.what

    def agent(self, name: str, lines: Lines) -> None:
        place = self.transcript.with_suffix("") / "subagents"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"agent-{name}.jsonl").write_bytes(lines.data())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The lines that were read."""
    out: list[bytes] = []
    feed = Reader.feed

    def noted(self: Reader, raw: bytes) -> list[Event]:
        out.append(raw)
        return feed(self, raw)

    monkeypatch.setattr(Reader, "feed", noted)
    return out


def everything() -> bytes:
    """A session with something of all that is kept between two readings."""
    lines = Lines()
    lines.user("please build the parser, never touch b.py")
    lines.say("Option 1: fast. \n1. fast\n2. small\nWhich one do you want?")
    lines.user("2")
    lines.queue("enqueue", "and then test it")
    key = lines.call("Bash", {"command": "npm test && git commit -m x"})
    lines.add({"type": "custom-title", "customTitle": "parser", "sessionId": SESSION})
    lines.result(key, "Exit code 1\n1 failed", error=True)
    lines.queue("remove")
    lines.tool("TaskCreate", {"subject": "write it"}, "Task #1 created", twin={"task": {"id": "1"}})
    lines.write("/home/dev/app/a.py")
    lines.tool("Bash", {"command": "npm run build"}, "x", twin={"backgroundTaskId": "b1"})
    lines.user("that's wrong, revert it")
    lines.tool("TaskUpdate", {"taskId": "1", "status": "completed"})
    lines.bash("git mv a.py c.py && git commit -am y", "[main 1234567] y\n rename a.py => c.py (100%)")
    lines.add('{"broken')
    lines.user(
        "<task-notification><task-id>b1</task-id><status>completed</status>exit code 0</task-notification>"
    )
    lines.say("Done \ud83d. Shall I go on?")
    lines.edit("/home/dev/app/c.py")
    lines.call("Read", {"file_path": "/home/dev/app/d.py"})
    return lines.data()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=5), demo=st.booleans())
def test_read_in_pieces_is_read_at_once(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[float, bool]], demo: bool
) -> None:
    """However a transcript was appended to, mid-line too, each revision is byte for byte that of a full reading.

    So it is in one process and in another, which knows only what stands in the file.
    """
    desk, data = Desk(tmp_path_factory.mktemp("pieces")), DEMO if demo else everything()
    for cut, another in [*sorted(cuts), (1.0, True)]:
        if another:
            states._last.clear()
        assert desk.has(data[: int(cut * len(data))]) == desk.read()


@pytest.mark.parametrize("another", [False, True])
def test_every_line_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch, another: bool) -> None:
    """One line a revision: nothing that is kept between readings is lost, in this process or in the file."""
    monkeypatch.setattr(states, "LAG_BYTES", 0)
    data, at = everything(), 0
    while at < len(data):
        at = data.index(b"\n", at) + 1
        if another:
            states._last.clear()
        assert desk.has(data[:at]) == desk.read()


def test_only_what_was_appended_is_read(desk: Desk, fed: list[bytes]) -> None:
    """The next revision reads the new lines, and those only."""
    lines = DEMO.splitlines(keepends=True)
    desk.has(b"".join(lines[:-2]))
    fed.clear()
    desk.has(DEMO)
    assert fed == lines[-2:]


def test_the_file_may_lag(desk: Desk, fed: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """A few lines more are remembered; the file is written when it lags, and when another process goes on from it."""
    lines = DEMO.splitlines(keepends=True)
    desk.has(b"".join(lines[:-3]))
    before = desk.state.read_bytes()
    desk.has(b"".join(lines[:-2]))
    desk.has(b"".join(lines[:-1]))
    assert desk.state.read_bytes() == before
    states._last.clear()
    fed.clear()
    told = desk.has(DEMO)
    assert fed == lines[-3:]
    assert told == desk.read()
    assert desk.state.read_bytes() != before
    before = desk.state.read_bytes()
    monkeypatch.setattr(states, "LAG_BYTES", 1)
    desk.has(DEMO + lines[-1])
    assert desk.state.read_bytes() != before


def test_what_is_remembered_is_taken_once(desk: Desk) -> None:
    """What a reading goes on with is nobody else's: it changes as the reading goes on."""
    desk.has(DEMO)
    assert states._last[str(desk.state)].read is not None
    assert states.load(str(desk.state), str(desk.transcript)) is not None
    assert states._last[str(desk.state)].read is None
    assert states.load(str(desk.state), str(desk.transcript)) is not None  # out of the file


def shown(value: Any) -> str:
    """Return a value with its types, the members of sets in order: theirs is nowhere the same."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({sorted(map(shown, value))})"
    if isinstance(value, dict):
        return f"{type(value).__name__}({[(shown(key), shown(item)) for key, item in value.items()]})"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({[*map(shown, value)]})"
    names = getattr(value, "__struct_fields__", ()) or getattr(value, "__dataclass_fields__", ())
    parts = [f"{name}={shown(getattr(value, name))}" for name in names or ()]
    return f"{type(value).__name__}({', '.join(parts)})" if names else repr(value)


def test_what_is_remembered_is_what_the_file_says(desk: Desk) -> None:
    """Out of memory or out of the file: the same values of the same types."""
    desk.has(everything())
    path, transcript = str(desk.state), str(desk.transcript)
    remembered = states.load(path, transcript)
    states._last.clear()
    stored = states.load(path, transcript)
    assert remembered is not None
    assert stored is not None
    assert remembered[0] == stored[0]
    (reader, ledger, taken), (same_reader, same_ledger, same_taken) = remembered[1], stored[1]
    assert shown(ledger) == shown(same_ledger)
    assert [shown(getattr(reader, name)) for name in Reader.STATE] == [
        shown(getattr(same_reader, name)) for name in Reader.STATE
    ]
    assert taken == same_taken


def test_nothing_is_remembered_of_a_state_that_was_deleted(desk: Desk, fed: list[bytes]) -> None:
    """Who takes the file away wants the session read anew."""
    desk.has(DEMO)
    desk.state.unlink()
    fed.clear()
    desk.has(DEMO)
    assert fed == DEMO.splitlines(keepends=True)


def test_partial_line_is_read_again_when_whole(desk: Desk, fed: list[bytes]) -> None:
    """Half a line counts as far as it goes, and the state stops before it."""
    desk.has(DEMO[:-30])
    fed.clear()
    assert desk.has(DEMO) == desk.read()
    assert fed[0] == DEMO.splitlines(keepends=True)[-1]


def test_nothing_new_writes_nothing(desk: Desk) -> None:
    """A reading that finds no new line leaves the state as it is."""
    desk.has(DEMO)
    before = desk.state.stat().st_mtime_ns, desk.state.stat().st_ino
    desk.has(DEMO)
    assert (desk.state.stat().st_mtime_ns, desk.state.stat().st_ino) == before


def replaced(desk: Desk) -> None:
    data = desk.transcript.read_bytes()
    desk.transcript.rename(desk.transcript.with_suffix(".old"))
    desk.transcript.write_bytes(data)


def changed_in_place(desk: Desk) -> None:
    with desk.transcript.open("r+b") as file:
        file.write(b"{ ")


def shortened(desk: Desk) -> None:
    data = desk.transcript.read_bytes()
    os.truncate(desk.transcript, data.rindex(b"\n", 0, len(data) - 1) + 1)


def damaged(desk: Desk) -> None:
    data = bytearray(desk.state.read_bytes())
    data[-20] ^= 1
    desk.state.write_bytes(data)


def cut(desk: Desk) -> None:
    os.truncate(desk.state, 200)


def emptied(desk: Desk) -> None:
    os.truncate(desk.state, 0)


def of_another_version(desk: Desk) -> None:
    desk.state.write_bytes(desk.state.read_bytes().replace(b"spread-state-11", b"spread-state-12", 1))


def nonsense(desk: Desk) -> None:
    desk.state.write_bytes(b"\n" * 100)


@pytest.mark.parametrize(
    "change", [replaced, changed_in_place, shortened, damaged, cut, emptied, of_another_version, nonsense]
)
def test_state_that_does_not_fit_is_not_used(desk: Desk, fed: list[bytes], change: object) -> None:
    """Another beginning, another version, damage: read in full, with the same result as ever."""
    desk.has(DEMO)
    assert callable(change)
    change(desk)
    fed.clear()
    with_state = desk.read(str(desk.state))
    assert len(fed) == len(desk.transcript.read_bytes().splitlines())
    assert with_state == desk.read()


def test_a_field_of_another_type_is_another_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parts of the ledger consist of is part of what a state is known by, wherever it stands in it."""
    before = _shape.__wrapped__()
    monkeypatch.setitem(Say.__annotations__, "text", int)
    assert _shape.__wrapped__() != before


def test_state_is_private_and_sealed(desk: Desk) -> None:
    """No word of the session can be read in the state, and nobody else may open it."""
    secret = secrets.token_hex(20)
    lines = Lines()
    lines.user(f"use the key {secret} for it, always")
    desk.has(lines.data())
    raw = desk.state.read_bytes()
    assert secret.encode() not in raw
    assert b"always" not in raw
    assert os.name != "posix" or stat.S_IMODE(desk.state.stat().st_mode) == 0o600


def test_state_that_cannot_be_written_costs_nothing(desk: Desk) -> None:
    """Without a place for its state a session is distilled all the same."""
    desk.transcript.write_bytes(DEMO)
    assert desk.read(str(desk.state.parent / "missing" / "x.state")) == desk.read()


def test_what_cannot_be_kept_is_not_kept(desk: Desk) -> None:
    """A value that is no plain data leaves no state behind, rather than a wrong one."""
    desk.has(DEMO)
    ledger = Ledger()
    ledger.cwd = cast(str, object())
    save(str(desk.state), str(desk.transcript), 10, packed(Reader(), ledger, {}), set(), set())
    assert not desk.state.exists()


def test_sub_agents_files_are_followed(desk: Desk) -> None:
    """Files of sub-agents that come late or grow are read as a full reading reads them."""
    lines, agent = Lines(), Lines()
    lines.user("let somebody build it")
    agent.write("/home/dev/app/late.py")
    for kind, name in (("sync", "a1"), ("async", "a2")):
        twin = {"agentId": name, **({"isAsync": True} if kind == "async" else {})}
        lines.tool("Agent", {"description": kind}, "done", twin=twin)
        assert desk.has(lines.data()) == desk.read()
        desk.agent(name, agent)
        assert desk.has(lines.data()) == desk.read()
        agent.write(f"/home/dev/app/{kind}.py")
        desk.agent(name, agent)
        lines.say("it goes on")
        before = desk.state.read_bytes()
        assert desk.has(lines.data()) == desk.read()
        assert kind == "async" or desk.state.read_bytes() != before  # that was of no use any more
    lines.user("<task-notification><task-id>a2</task-id><status>completed</status></task-notification>")
    lines.bash("rm late.py")
    assert desk.has(lines.data()) == desk.read()
    assert "sync.py" in desk.read()


def test_random_prefixes_of_the_demo(desk: Desk) -> None:
    """Long chains of revisions do not drift."""
    chance = random.Random(7)
    for cut_at in sorted(chance.sample(range(100, len(DEMO)), 25)):
        assert desk.has(DEMO[:cut_at]) == desk.read()


@pytest.mark.parametrize("text", ["a smile \ud83d", "\ude00 and more"])
def test_half_an_emoji_is_kept(tmp_path: Path, text: str) -> None:
    """A program that cuts a text leaves one; all would be read anew after every turn if no state could hold it."""
    lines = Lines()
    lines.user(f"please mend {text}")
    lines.bash(f"echo {text}", text, code=1)
    lines.edit(f"/home/dev/app/{text}.py")
    lines.say(f"I found {text}.")
    path, state = tmp_path / f"{SESSION}.jsonl", tmp_path / "x.state"
    path.write_text("".join(f"{json.dumps(json.loads(line))}\n" for line in lines.raw))
    made = distill(str(path), machine="box", state=str(state))
    assert state.exists()
    assert "\ufffd" in made.goal
