"""Whether a transcript has all of the turn whose end a hook told of: the client writes it a moment later."""

import json
import os
from typing import Final

from spread.paths import open_plain

SETTLE_S: Final = 2.0  # what has not come by then is not waited for
LOOK_AGAIN_S: Final = 0.05
TAIL_BYTES: Final = 1 << 20
SAID_CHARS: Final = 200  # as many of the last message tell it from others


def is_settled(transcript: str, prompt_id: str, last_message: str | None) -> bool:
    """Tell whether the last message is in the transcript, after the prompt that it answers.

    Args:
        prompt_id: "" when the client does not tell it.
        last_message: None when there is none to wait for.
    """
    if not last_message or not last_message.strip():
        return True
    try:
        tail = _tail(transcript)
    except FileNotFoundError:  # at a first turn the file itself may come late
        return False
    except OSError:  # waiting mends nothing
        return True
    at = tail.rfind(f'"promptId":{json.dumps(prompt_id)}'.encode()) if prompt_id else 0
    said = json.dumps(last_message.strip()[:SAID_CHARS], ensure_ascii=False)[1:-1]
    return at >= 0 and tail.find(said.encode("utf-8", "replace"), at) >= 0


def _tail(path: str) -> bytes:
    with open(open_plain(path), "rb") as handle:
        handle.seek(max(0, os.fstat(handle.fileno()).st_size - TAIL_BYTES))
        return handle.read(TAIL_BYTES)
