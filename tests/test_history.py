"""What is written down of what went where: whole lines, bounded, nothing twice."""

import json
import os
import stat
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from spread import history
from spread.history import Record, Recorder
from spread.paths import Paths

SENT = Record(1_700_000_000.5, "sent", "laptop", "s", 2, "relay", "example.org/us/it", "mend it [done]")


def test_a_record_comes_back_as_it_was(home: Paths) -> None:
    """What is appended is read, what happened last first; the file is the user's alone."""
    other = Record(1_700_000_001.0, "failed", "desk", "t", 1, "lan", why="the peer is not on the LAN")
    history.append(home, SENT)
    history.append(home, other)
    assert list(history.records(home)) == [other, SENT]
    assert stat.S_IMODE(os.stat(home.history).st_mode) == 0o600
    assert SENT.id == "s.2"
    assert history.to_data(SENT)["id"] == "s.2"


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{", b"[]", b'{"at": 1}', b'{"event": "sent"}', b'{"at": "x", "event": "sent"}',
        b'{"at": 1, "event": "of a later version"}', b'{"at": 1, "event": "sent", "peer": 5}',
        b'{"at": 1, "event": "sent", "revision": "1"}', b'{"at": -1, "event": "sent"}',
        b'{"at": 1e999, "event": "sent"}', b"\xff\xfe", b'{"at": NaN, "event": "sent"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_damaged_line_is_left_out(home: Paths, line: bytes) -> None:
    """The others are read all the same."""
    history.append(home, SENT)
    with open(home.history, "ab") as handle:
        handle.write(line + b"\n")
    history.append(home, replace(SENT, revision=3))
    assert [record.revision for record in history.records(home)] == [3, 2]


def test_a_line_that_was_cut_off_spoils_no_other(home: Paths) -> None:
    """A full disk leaves half a line; the next record begins on a new one."""
    Path(home.history).write_bytes(history.to_line(SENT)[:20])
    history.append(home, SENT)
    assert list(history.records(home)) == [SENT]


def test_two_files_at_most(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is old goes, what is new stays, and no file grows beyond its bound by more than a line."""
    monkeypatch.setattr(history, "MAX_BYTES", 2_000)
    for revision in range(1, 101):
        history.append(home, replace(SENT, revision=revision))
    kept = [record.revision for record in history.records(home)]
    assert kept == list(range(100, 100 - len(kept), -1))
    assert 10 < len(kept) < 50
    assert os.path.getsize(home.history_before) < 2_000 + 2 * len(history.to_line(SENT))


def _write(folder: str, peer: str) -> None:
    history.MAX_BYTES = 20_000  # type: ignore[misc]
    for revision in range(1, 201):
        history.append(Paths(folder), replace(SENT, peer=peer, revision=revision))


def test_several_write_at_once(home: Paths) -> None:
    """No line of any is torn, whoever puts the file aside; the newest of each are there."""
    makers = [get_context("fork").Process(target=_write, args=(home.home, name)) for name in "abc"]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    lines = [
        line
        for path in (home.history, home.history_before)
        if os.path.exists(path)
        for line in Path(path).read_bytes().splitlines()
    ]
    assert all(json.loads(line)["event"] == "sent" for line in lines)
    assert len(lines) > 100


def test_a_full_disk_is_no_error(home: Paths) -> None:
    """Nothing rests on the record: what cannot be written is left out."""
    os.mkdir(home.history)
    history.append(home, SENT)
    assert list(history.records(home)) == []


def test_select(home: Paths) -> None:
    """By peer, by a part of the project, by session, and not more than wanted."""
    other = replace(SENT, peer="desk", session="t", project="example.org/us/parser")
    found = [SENT, other, replace(SENT, revision=3)]
    assert history.select(found, peer="desk") == [other]
    assert history.select(found, project="PARSER") == [other]
    assert history.select(found, session="s", count=1) == [SENT]
    assert history.select(found) == found


def test_nothing_twice(home: Paths) -> None:
    """The same by the same route, or for the same reason, is written once, also after a start anew."""
    asked: list[int] = []

    def about() -> tuple[str, str]:
        asked.append(1)
        return "example.org/us/it", "mend it [done]"

    for clock in (10.0, 20.0):
        recorder = Recorder(home, lambda now=clock: now)  # type: ignore[misc]
        for route in ("lan", "relay", "lan"):
            recorder.note("sent", "laptop", "s", 1, route=route, about=about)
            recorder.note("received", "laptop", "t", 1, route=route)
        for why in ("no network", "it hung up", "no network"):
            recorder.note("failed", "laptop", "s", 1, route="lan", why=why)
        assert recorder.has("received", "laptop", "t", 1)
        assert not recorder.has("received", "laptop", "t", 2)
    kept = list(history.records(home))
    assert [(record.event, record.route, record.why) for record in reversed(kept)] == [
        ("sent", "lan", ""), ("received", "lan", ""), ("sent", "relay", ""),
        ("failed", "lan", "no network"), ("failed", "lan", "it hung up"),
    ]  # fmt: skip
    assert {record.at for record in kept} == {10.0}
    assert asked == [1, 1]
    assert kept[-1].title == "mend it [done]"


def test_what_is_remembered_is_bounded(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that runs for months does not grow with it."""
    monkeypatch.setattr(history, "MAX_KNOWN", 10)
    recorder = Recorder(home, lambda: 1.0)
    for revision in range(1, 21):
        recorder.note("sent", "laptop", "s", revision, route="lan")
    assert recorder.has("sent", "laptop", "s", 20)
    assert not recorder.has("sent", "laptop", "s", 1)


def test_texts_are_short_and_clean(home: Paths) -> None:
    """A reason that a server gave cannot forge a line, nor fill the file."""
    Recorder(home, lambda: 1.0).note("failed", "laptop", "s", 1, why="\x1b[31mno\u202e\n" + "x" * 5000)
    (record,) = history.records(home)
    assert record.why.startswith("no ")
    assert len(record.why) <= history.MAX_TEXT
