"""Calls taken from the bytes of their line."""

import pytest

from spread.transcript_bytes import path_call
from tests.distill_lines import CWD, Lines


def line_of(name: str, given: dict[str, object], **more: object) -> bytes:
    lines = Lines()
    lines.call(name, given, **more)
    return lines.data()


def taken(raw: bytes, cwd: str = CWD) -> object:
    return path_call(raw, raw.index(b'tool_use"'), 7, cwd)


def test_path_call_is_taken() -> None:
    """Line, id, tool, path and time are those on the line."""
    raw = line_of("Edit", {"file_path": "/home/dev/app/ä.py", "old_string": "x" * 5000})
    found = path_call(raw, raw.index(b'tool_use"'), 7, CWD)
    assert found is not None
    call, stamp, uuid = found
    assert (call.line, call.id, call.name, call.cwd) == (7, "toolu_1", "Edit", CWD)
    assert call.input == {"file_path": "/home/dev/app/ä.py"}
    assert stamp.endswith("Z")
    assert uuid == "u1"


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"file_path": "C:\\a.py"}, {}),
        ({"notebook_path": "a.ipynb"}, {}),
        ({"file_path": "a", "edits": [{"file_path": "b"}]}, {}),
        ({"file_path": "a"}, {"isSidechain": True}),
    ],
)
def test_doubtful_call_is_left_to_the_parser(given: dict[str, object], more: dict[str, object]) -> None:
    """Escapes, no path or two, a sub-agent: not taken."""
    assert taken(line_of("Edit", given, **more)) is None


def test_cut_line_or_other_directory_is_left_to_the_parser() -> None:
    """Half a line, two objects on one, or another directory than known so far: not taken."""
    raw = line_of("Read", {"file_path": "a"})
    assert taken(raw) is not None
    assert taken(raw[:-3]) is None
    assert taken(raw[:-1] + raw) is None
    assert taken(raw, "/elsewhere") is None
