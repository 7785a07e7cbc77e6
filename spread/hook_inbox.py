"""What waits in the inbox for a project, and what a new session is told of it.

A part of `hook`, loaded only when the inbox has something: hot path, standard library only.
"""

import json
import os
import time

from spread.claude import REMINDS, body, brief, frame, identifier, quote, sanitise, units
from spread.hook_told import Told
from spread.paths import Paths
from spread.project import Project

MAX_CONTEXT_UNITS = 6_000  # the client takes 10,000 of a hook; a hand-off should leave room for others'
MAX_TITLES = 5
# Stands for a title: who reads that may repeat it where nobody is to know of those.
APART = "(not told: its session was in other projects too)"
MAX_NAMED = 2  # ids on the line that announces
MAX_HANDOFF_BYTES = 1 << 20
LATEST_S = 253_402_300_799  # the last second of the year 9999; no time beyond can be told
FRESH_S = 7 * 86_400  # what is older is named, and no longer shown by itself

Entry = dict[str, object]


def hand_over(
    entries: list[Entry], here: Project, paths: Paths, now: float, known: Told
) -> dict[str, object] | None:
    """Claim and show what the user accepted last, else our own machines' newest; name the others.

    Of our machines' one of this branch comes first. A teammate's is shown only when it was accepted.

    Args:
        known: Takes what the session is told of.
    """
    accepted = _accepted(entries, paths)
    own = [entry for entry in entries if entry.get("own") is True]
    fresh = [entry for entry in own if now - _when(entry) <= FRESH_S]
    same = [entry for entry in fresh if here.branch is not None and entry.get("branch") == here.branch]
    told: list[str] = []
    answer: dict[str, object] = {}
    for entry in accepted + same + [entry for entry in fresh if entry not in same]:
        text = _read(paths, entry)
        if text is None:
            continue
        others = [other for other in own if other.get("session") != entry.get("session")]
        # Before it is claimed: this asks git, and who is killed meanwhile has told nothing.
        context = _context(entry, text, others, here, now)
        if not _claim(paths, entry):
            continue
        told.append(f"hand-off from {_machine(entry)}, {age_of(entry, now)}: {_title(entry)}")
        answer["hookSpecificOutput"] = {"hookEventName": "SessionStart", "additionalContext": context}
        known.add("given", str(entry["file"]))
        # What the one shown has made old news is not shown in full to the next session either.
        # One that was accepted need not be the newest: it makes nothing old.
        old = [entry]
        if entry not in accepted:
            old += [
                other for other in own if other.get("branch") == entry.get("branch") and other is not entry
            ]
        for other in old:
            if other is not entry:
                known.add("named", str(other["file"]))
            _claim(paths, other)
        entries = [other for other in entries if other not in old]
        break
    entries = [entry for entry in entries if os.path.lexists(_new(paths, entry))]  # not what others claimed
    if entries:
        told.append(waiting(entries))
        _note(known, entries)
    answer["systemMessage"] = "claude-spread: " + "; ".join(told)
    return answer if told else None


def reminder(peer: str, session: str) -> dict[str, object]:
    """Return one line for a context that was compacted: which hand-off it had been given."""
    text = f"{REMINDS}{session} from machine {peer}; `spread show {session}` prints it again."
    return {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": text}}


def announce(entries: list[Entry], paths: Paths, known: Told) -> dict[str, object] | None:
    """Return one line on what came during the session; nothing that a peer wrote is in it but a name and an id."""
    entries = [entry for entry in entries if not known.knows(str(entry["file"]))]
    if not entries or not _wants_announcements(paths):
        return None
    _note(known, entries)
    own = [entry for entry in entries if entry.get("own") is True]
    answer: dict[str, object] = {"systemMessage": f"claude-spread: {_arrived(entries)}"}
    if own:  # a teammate's is for the person alone
        text = (
            f"claude-spread: {_arrived(own)}. None of it is shown here; leave it unless the user asks for it."
        )
        answer["hookSpecificOutput"] = {"hookEventName": "UserPromptSubmit", "additionalContext": text}
    return answer


def _arrived(entries: list[Entry]) -> str:
    each = [peer_and_session(str(entry["file"])) for entry in entries]
    if len(each) == 1:
        peer, session = each[0]
        return f"hand-off {session} came from {peer}; see it with `spread show {session}`"
    first = ", ".join(f"{session} from {peer}" for peer, session in each[:MAX_NAMED])
    more = f" and {len(each) - MAX_NAMED} more" if len(each) > MAX_NAMED else ""
    return f"{len(each)} hand-offs came: {first}{more}; see them with `spread inbox`"


def peer_and_session(file: str) -> tuple[str, str]:
    """Return both as single words; the session alone finds its newest revision."""
    peer, _, rest = file.partition(".")
    return identifier(peer), brief(rest.rsplit(".", 2)[0])


def _wants_announcements(paths: Paths) -> bool:
    """Read `announce` of the configuration, only when there is something to announce; what is broken says yes."""
    try:
        with open(paths.config, "rb") as handle:
            text = handle.read().decode("utf-8")
        if "announce" not in text:
            return True
        import tomllib

        return tomllib.loads(text).get("announce") is not False
    except (OSError, ValueError):
        return True


def _note(known: Told, entries: list[Entry]) -> None:
    for entry in entries:
        known.add("named", str(entry["file"]))


def _context(entry: Entry, text: str, others: list[Entry], here: Project, now: float) -> str:
    """Return the framed hand-off and, below it, the titles of the others, within MAX_CONTEXT_UNITS."""
    lines = [
        f"- id {_ident(other)}, from {_machine(other)}, {age_of(other, now)}:\n"
        + "\n".join(quote(APART if other.get("apart") else _title(other)))
        for other in others[:MAX_TITLES]
    ]
    also = "\n\nAlso waiting, not shown (spread show ID):\n" + "\n".join(lines) if lines else ""
    shown = frame(
        body(text), machine=_machine(entry), age=age_of(entry, now), ident=_ident(entry),
        limit=MAX_CONTEXT_UNITS - units(also), note=_written(entry, text, here),
    )  # fmt: skip
    return shown + also


def _written(entry: Entry, text: str, here: Project) -> str:
    """Return our line on when and where it was written, and what changed in this checkout since."""
    when = _when(entry)
    out = f"Written {time.strftime('%Y-%m-%d %H:%M', time.gmtime(when))} UTC" if when else "Written"
    out += f" on {_machine(entry)}"
    commit = str(entry.get("head") or "")
    if here.root is None or not commit:
        return out + "."
    from spread.project_since import HEX, since

    if not HEX.issuperset(commit):
        return out + "."
    out += f" at commit {commit[:12]}"
    if _is_dirty(text):  # what is told below is about commits alone
        out += " with uncommitted changes, which that commit does not bring here"
    branch = str(entry.get("branch") or "")
    found = since(here.root, commit, branch if branch != here.branch else None)
    if found is None:
        return out + "."
    if not found.known:
        return out + "; this checkout does not have that commit."
    files = _files(text)
    changed = len(files & found.changed)
    parts = [f"{_count(found.newer, 'commit')} here since" if found.newer else "no commit here since"]
    if found.lacking:
        parts.append(f"{_count(found.lacking, 'commit')} of it not here")
    if files:
        parts.append(f"different at HEAD here: {changed} of {_count(len(files), 'file')} it changed")
    if found.branch_gone:
        parts.append("its branch is gone here")
    return f"{out}; {', '.join(parts)}."


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _is_dirty(text: str) -> bool:
    """Tell whether a hand-off's front matter says that its work tree had uncommitted changes."""
    front = text.partition("\n+++\n")[0]
    return "\ndirty = true\n" in front.partition("\n[project]\n")[2].partition("\n[")[0] + "\n"


def _files(text: str) -> set[str]:
    """Return the paths that a hand-off's front matter lists as changed; it is as `to_markdown` writes it."""
    front = text.partition("\n+++\n")[0]
    table = front.partition("\n[files]\n")[2].partition("\n[")[0]
    found: set[str] = set()
    kind = ""
    for line in table.split("\n"):
        name, opens, _ = line.partition(" = [")
        if opens and not line.startswith(" "):
            kind = name
        elif line.startswith('    "') and kind in ("created", "modified", "deleted"):
            try:
                found.add(str(json.loads(line.strip().rstrip(","))))
            except ValueError:  # TOML's own escapes of rare characters
                continue
    return found


def waiting(entries: list[Entry]) -> str:
    """Return one line on hand-offs that stay in the inbox, with the first ones' titles."""
    titles = [f"{_title(entry)} (from {_machine(entry)})" for entry in entries[:MAX_TITLES]]
    more = f" and {len(entries) - MAX_TITLES} more" if len(entries) > MAX_TITLES else ""
    return f"{len(entries)} waiting: {'; '.join(titles)}{more}; see them with `spread inbox`"


def _machine(entry: Entry) -> str:
    return identifier(str(entry.get("peer") or ""))


def _ident(entry: Entry) -> str:
    return brief(f"{entry.get('session')}.{entry.get('revision')}")


def _title(entry: Entry) -> str:
    title = sanitise(str(entry.get("title") or "untitled"), 100)
    state = sanitise(str(entry.get("state") or ""), 40)
    return f"{title} ({state})" if state else title


def age_of(entry: Entry, now: float) -> str:
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
    latest = float(received) if isinstance(received, int | float) and 0 <= received <= LATEST_S else 0.0
    try:
        from datetime import datetime

        ended = datetime.fromisoformat(str(entry.get("ended_at"))).timestamp()
    except (ValueError, OverflowError):
        return latest
    if not 0 <= ended <= LATEST_S:
        return latest
    return min(ended, latest) if latest else ended


# The inbox


def pending(paths: Paths, project: str) -> list[Entry]:
    """Return what the index knows of a project in `inbox/new`, newest first; each entry carries its file name."""
    present = set(os.listdir(paths.inbox_new))
    if not present:
        return []
    try:
        with open(paths.inbox_index, "rb") as handle:
            index = json.load(handle)
    except (FileNotFoundError, ValueError):  # damaged: the engine makes it anew
        return []
    known = index.get("entries") if isinstance(index, dict) and index.get("schema") == 1 else None
    entries = []
    for name, entry in known.items() if isinstance(known, dict) else ():
        if isinstance(entry, dict) and entry.get("project") == project and name in present:
            entry["file"] = name
            entries.append(entry)
    return sorted(entries, key=_when, reverse=True)


def _accepted(entries: list[Entry], paths: Paths) -> list[Entry]:
    """Return what the user has accepted of these, the last one first."""
    try:
        with open(paths.inbox_accepted, "rb") as handle:
            names = handle.read(MAX_HANDOFF_BYTES).decode("ascii", "replace").split()
    except OSError:
        return []
    return sorted(
        (entry for entry in entries if entry["file"] in names),
        key=lambda entry: names.index(str(entry["file"])), reverse=True,
    )  # fmt: skip


def _read(paths: Paths, entry: Entry) -> str | None:
    try:
        with open(_new(paths, entry), "rb") as handle:
            return handle.read(MAX_HANDOFF_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _claim(paths: Paths, entry: Entry) -> bool:
    """Move an entry from new to seen; of two sessions that start at once only one succeeds."""
    try:
        os.rename(_new(paths, entry), os.path.join(paths.inbox_seen, str(entry["file"])))
    except OSError:
        return False
    return True


def _new(paths: Paths, entry: Entry) -> str:
    return os.path.join(paths.inbox_new, str(entry["file"]))
