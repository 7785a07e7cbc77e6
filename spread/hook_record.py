"""Which hand-off a context was given, as its transcript tells: a fork has what its parent was given, under another id.

A part of `hook`, loaded only after a compaction and at the start of a fork: hot path, standard library only.
"""

import json

from spread.claude import OPENING, REMINDS, identifier

_KEPT = b'"hook_additional_context"'  # how the client keeps what a hook told Claude
_OURS = tuple(text.encode() for text in (OPENING, REMINDS))


def given(path: object) -> tuple[str, str] | None:
    """Return machine and session of the last hand-off that a transcript's context was given or reminded of."""
    found = None
    try:
        with open(str(path), "rb") as lines:
            for line in lines:
                if _KEPT in line and any(text in line for text in _OURS):
                    found = _given(line) or found
    except OSError:
        pass
    return found


def parent(path: object) -> object:
    """Return the id of the session that a fork was made of, where its transcript is there already, else None."""
    try:
        with open(str(path), "rb") as lines:
            return json.loads(next(lines))["forkedFrom"]["sessionId"]
    except (OSError, StopIteration, ValueError, RecursionError, LookupError, TypeError):
        return None


def _given(line: bytes) -> tuple[str, str] | None:
    """Return what one line of a transcript tells; None where it only quotes what we told."""
    try:
        kept = json.loads(line)["attachment"]
        texts = kept["content"] if kept["type"] == "hook_additional_context" else []
        for text in texts:
            first = text.partition("\n")[0]
            if first.startswith(OPENING):
                machine, _, rest = first.removeprefix(OPENING).partition(", ")
                return identifier(machine), identifier(rest.rpartition(" (id ")[2].removesuffix(")."))
            if first.startswith(REMINDS):
                session, _, rest = first.removeprefix(REMINDS).partition(" from machine ")
                return identifier(rest.partition(";")[0]), identifier(session)
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        pass
    return None
