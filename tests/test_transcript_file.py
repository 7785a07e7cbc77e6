"""The file of a transcript."""

import os
from pathlib import Path

import pytest

from spread.errors import TranscriptError
from spread.transcript_events import Facts
from spread.transcript_file import FIRST_LINES, check, first_cwd, open_lines


def test_lines_from_an_offset(tmp_path: Path) -> None:
    """Physical lines, the last one also without its newline, from any byte on."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo\nthr")
    assert list(open_lines(str(path))) == [b"one\n", b"two\n", b"thr"]
    assert list(open_lines(str(path), 4)) == [b"two\n", b"thr"]


def test_missing_file_is_explained(tmp_path: Path) -> None:
    """A path that is none says why and what to give instead."""
    with pytest.raises(TranscriptError) as caught:
        list(open_lines(str(tmp_path / "none.jsonl")))
    assert "cannot read transcript none.jsonl" in caught.value.what
    assert caught.value.hint


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe is refused at once: who would write into it may never come."""
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(TranscriptError) as caught:
        list(open_lines(str(tmp_path / "pipe.jsonl")))
    assert caught.value.why == "it is no plain file"
    assert first_cwd(str(tmp_path / "pipe.jsonl")) == ""


@pytest.mark.parametrize(("lines", "why"), [(0, "empty"), (3, "no line")])
def test_other_files_are_refused(lines: int, why: str) -> None:
    """What holds nothing of Claude Code's is no transcript; one known line is enough."""
    with pytest.raises(TranscriptError) as caught:
        check(Facts(lines=lines), "/x/a.txt")
    assert why in caught.value.why
    check(Facts(lines=lines, known=1), "/x/a.txt")


@pytest.mark.parametrize(
    ("raw", "cwd"),
    [
        (b'{"type":"mode"}\n{"cwd":"/a b"}\n{"cwd":"/c"}\n', "/a b"),
        (b'{"x":"\\"cwd\\""}\n[{"cwd":"/a"}]\n{"cwd":3}\n{"cwd":""}\n{"cwd":"/b"}\n', "/b"),
        (b"{}\n" * FIRST_LINES + b'{"cwd":"/late"}\n', ""),
        (b'{"cwd":"/cut\n{"cwd":"/b"}\n', ""),
        (b"", ""),
    ],
)
def test_where_a_session_began(tmp_path: Path, raw: bytes, cwd: str) -> None:
    """The first directory that is told of, near the beginning."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(raw)
    assert first_cwd(str(path)) == cwd
    assert first_cwd(str(tmp_path / "none.jsonl")) == ""
