"""Tool calls taken from the bytes of their line, where only a path counts."""

import re
from typing import Final

from spread.transcript_events import Call

PATH_TOOLS: Final = (b'Read"', b'Edit"', b'Write"', b'MultiEdit"')
CLOSED: Final = (b"}\n", b"}", b"}\r\n")
_PATH_CALL: Final = re.compile(rb'tool_use","id":"([\w-]+)","name":"(\w+)","input":\{')
_PATH: Final = re.compile(rb'"file_path":"([^"\\]+)"')
_CWD: Final = re.compile(rb'"cwd":"([^"\\]+)"')
_STAMP: Final = re.compile(rb'"timestamp":"([^"\\]+)"')


def path_call(raw: bytes, at: int, line: int, cwd: str) -> tuple[Call, str] | None:
    """Return the call on a line and the line's time, or None where there is any doubt.

    Args:
        at: Where the first block's type stands.
        cwd: What it must have been called in; a change of directory is no matter for here.
    """
    found, here, stamp = _PATH_CALL.match(raw, at), _CWD.search(raw, 0, at), _STAMP.search(raw, at)
    if not found or not here or not stamp or not raw.endswith(CLOSED) or raw.find(b'},{"type":"', at) >= 0:
        return None
    path = _PATH.findall(raw, at)
    if len(path) != 1 or here[1].decode("utf-8", "replace") != cwd:
        return None
    if b'"isSidechain":true' in raw[:at] or raw.rfind(b'}{"') >= 0:
        return None
    given = {"file_path": path[0].decode("utf-8", "replace")}
    call = Call(line, found[1].decode("ascii"), found[2].decode("ascii", "replace"), given, cwd)
    return call, stamp[1].decode("ascii", "replace")
