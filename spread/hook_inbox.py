"""What waits in the inbox for a project, and what a new session is told of it.

A part of `hook`, loaded only when the inbox has something: hot path, standard library only.
"""

import json
import os

from spread.claude import body, frame, identifier, quote, sanitise, units
from spread.paths import Paths

MAX_CONTEXT_UNITS = 6_000  # the client takes 10,000 of a hook; a hand-off should leave room for others'
MAX_TITLES = 5
MAX_HANDOFF_BYTES = 1 << 20

Entry = dict[str, object]


def hand_over(entries: list[Entry], branch: str | None, paths: Paths, now: float) -> dict[str, object] | None:
    """Claim and show our own machines' newest hand-off, of this branch if there is one; name the others."""
    own = [entry for entry in entries if entry.get("own") is True]
    same = [entry for entry in own if branch is not None and entry.get("branch") == branch]
    told: list[str] = []
    answer: dict[str, object] = {}
    for entry in same + [entry for entry in own if entry not in same]:
        text = _read(paths, entry)
        if text is None or not _claim(paths, entry):
            continue
        told.append(f"hand-off from {_machine(entry)}, {_age(entry, now)}: {_title(entry)}")
        others = [other for other in own if other.get("session") != entry.get("session")]
        context = _context(entry, text, others, now)
        answer["hookSpecificOutput"] = {"hookEventName": "SessionStart", "additionalContext": context}
        # What the one shown has made old news is not shown in full to the next session either.
        old = [other for other in own if other.get("branch") == entry.get("branch")]
        for other in old:
            _claim(paths, other)
        entries = [other for other in entries if other not in old]
        break
    if entries:
        told.append(waiting(entries))
    answer["systemMessage"] = "claude-spread: " + "; ".join(told)
    return answer if told else None


def _context(entry: Entry, text: str, others: list[Entry], now: float) -> str:
    """Return the framed hand-off and, below it, the titles of the others, within MAX_CONTEXT_UNITS."""
    lines = [
        f"- id {_ident(other)}, from {_machine(other)}, {_age(other, now)}:\n"
        + "\n".join(quote(_title(other)))
        for other in others[:MAX_TITLES]
    ]
    also = "\n\nAlso waiting, not shown (spread show ID):\n" + "\n".join(lines) if lines else ""
    facts = {"title": _title(entry)}
    if entry.get("branch"):
        facts["branch"] = f"{entry['branch']} at {str(entry.get('head') or 'unknown')[:12]}"
    shown = frame(
        body(text), machine=_machine(entry), age=_age(entry, now), ident=_ident(entry), facts=facts,
        limit=MAX_CONTEXT_UNITS - units(also),
    )  # fmt: skip
    return shown + also


def waiting(entries: list[Entry]) -> str:
    """Return one line on hand-offs that stay in the inbox, with the first ones' titles."""
    titles = [f"{_title(entry)} (from {_machine(entry)})" for entry in entries[:MAX_TITLES]]
    more = f" and {len(entries) - MAX_TITLES} more" if len(entries) > MAX_TITLES else ""
    return f"{len(entries)} waiting: {'; '.join(titles)}{more}; see them with `spread inbox`"


def _machine(entry: Entry) -> str:
    return identifier(str(entry.get("peer") or ""))


def _ident(entry: Entry) -> str:
    return identifier(f"{entry.get('session')}.{entry.get('revision')}", 60)


def _title(entry: Entry) -> str:
    title = sanitise(str(entry.get("title") or "untitled"), 100)
    state = sanitise(str(entry.get("state") or ""), 30)
    return f"{title} ({state})" if state else title


def _age(entry: Entry, now: float) -> str:
    """Return how long ago the session ended, in words."""
    since = _when(entry)
    if not since:
        return "at an unknown time"
    seconds = max(0.0, now - since)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _when(entry: Entry) -> float:
    """Return when the session ended, never later than when it came here (unix seconds; 0: unknown)."""
    received = entry.get("received_at")
    latest = float(received) if isinstance(received, int | float) else 0.0
    try:
        from datetime import datetime

        ended = datetime.fromisoformat(str(entry.get("ended_at"))).timestamp()
    except (ValueError, OverflowError):
        return latest
    return min(ended, latest) if latest else ended


# The inbox


def pending(paths: Paths) -> list[Entry]:
    """Return what the index knows of `inbox/new`, newest first; each entry carries its file name."""
    present = set(os.listdir(paths.inbox_new))
    if not present:
        return []
    try:
        with open(paths.inbox_index, "rb") as handle:
            index = json.load(handle)
    except FileNotFoundError:
        return []
    known = index.get("entries") if isinstance(index, dict) and index.get("schema") == 1 else None
    entries = []
    for name, entry in known.items() if isinstance(known, dict) else ():
        if isinstance(entry, dict) and name in present:
            entry["file"] = name
            entries.append(entry)
    return sorted(entries, key=_when, reverse=True)


def _read(paths: Paths, entry: Entry) -> str | None:
    try:
        with open(os.path.join(paths.inbox_new, str(entry["file"])), "rb") as handle:
            return handle.read(MAX_HANDOFF_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _claim(paths: Paths, entry: Entry) -> bool:
    """Move an entry from new to seen; of two sessions that start at once only one succeeds."""
    name = str(entry["file"])
    try:
        os.rename(os.path.join(paths.inbox_new, name), os.path.join(paths.inbox_seen, name))
    except OSError:
        return False
    return True
