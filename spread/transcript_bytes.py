"""Tool calls taken from the bytes of their line, where only a path counts."""

import re
from typing import Final

from spread.transcript_events import Call

PATH_TOOLS: Final = (b'Read"', b'Edit"', b'Write"', b'MultiEdit"')
PROSE: Final = (".md", ".mdx", ".rst", ".txt")
CLOSED: Final = (b"}\n", b"}", b"}\r\n")
_PATH_CALL: Final = re.compile(rb'tool_use","id":"([\w-]+)","name":"(\w+)","input":\{')
_PATH: Final = b'"file_path":"'
_CWD: Final = b'"cwd":"'
_STAMP: Final = b'"timestamp":"'
_UUID: Final = b'"uuid":"'


def path_call(raw: bytes, at: int, line: int, cwd: str) -> tuple[Call, str, str] | None:
    """Return the call on a line, the line's time and uuid, or None where there is any doubt.

    Args:
        at: Where the first block's type stands.
        cwd: What it must have been called in; a change of directory is no matter for here.
    """
    found = _PATH_CALL.match(raw, at)
    if not found or not raw.endswith(CLOSED) or raw.find(b'},{"type":"', at) >= 0:
        return None
    if b'"isSidechain":true' in raw[:at] or raw.rfind(b'}{"') >= 0:
        return None
    place = raw.find(_PATH, at)
    path, here = _text(raw, place, _PATH), _text(raw, raw.find(_CWD, 0, at), _CWD)
    stamp, uuid = _text(raw, raw.rfind(_STAMP, at), _STAMP), _text(raw, raw.rfind(_UUID, at), _UUID)
    if not path or not stamp or not uuid or here != cwd or raw.find(_PATH, place + 1) >= 0:
        return None
    if found[2] != b"Read" and path.endswith(PROSE):
        return None  # what is written there may tell something
    call = Call(line, found[1].decode("ascii"), found[2].decode("ascii", "replace"), {"file_path": path}, cwd)
    return call, stamp, uuid


def _text(raw: bytes, at: int, key: bytes) -> str:
    """Return the string behind a key; nothing where it holds escapes or is not there."""
    if at < 0:
        return ""
    value = raw[at + len(key) : raw.find(b'"', at + len(key))]
    return "" if b"\\" in value else value.decode("utf-8", "replace")
