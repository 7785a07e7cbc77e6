"""Our entries in the client's settings: what `spread install` writes, and how we know them again.

A hook's command is the same text for everybody whose home is the usual one, so that project settings can be
shared. Whatever shell runs it, it needs nothing of the environment but `sh`, and ends in exit 0.
"""

import json
import os
import re
from typing import Any, Final

Json = dict[str, Any]

EVENTS: Final = {  # event: shim, time limit in seconds, matcher
    "SessionStart": ("session-start", 10, "startup|resume|clear|compact|fork"),
    "UserPromptSubmit": ("prompt", 10, ""),
    "Stop": ("stop", 10, ""),
    "SessionEnd": ("stop", 5, ""),
}
STATUS_LINE: Final = "statusline"
WINDOWS_SHIM: Final = "spread-hook.py"

_HOOK_MARK = re.compile(r"SPREAD_HOME\b.*/hooks/(?:session-start|prompt|stop)\b", re.DOTALL)
# In JSON, where a quotation mark or a backslash of a command is two characters.
_STATUS_MARK = re.compile(r"sh -c '(?:(?!sh -c ')[^'])*SPREAD_HOME[^']*/hooks/statusline;[^']*'")
_STATUS_HOME = re.compile(r" claude-spread (?:'[^']*'|\\\\(?:\\\\|['!]))+")
_JOINED = r"\n); "  # between somebody else's status line and ours, as JSON has it; a comment ends there too


def entries(home: str = "", python: str = "", *, windows: bool = os.name == "nt") -> dict[str, Json]:
    """Return our group for each event.

    Args:
        home: Our home where it is not the usual one.
        python: The interpreter; the Windows form, which needs `home` too, starts it without any shell.
    """
    return {
        event: {
            **({"matcher": matcher} if matcher else {}),
            "hooks": [
                {"type": "command", **(
                    {"command": python, "args": ["-I", "-S", f"{home}\\hooks\\{WINDOWS_SHIM}", shim]}
                    if windows else {"command": command(shim, home)}
                ), "timeout": limit}
            ],
        }
        for event, (shim, limit, matcher) in EVENTS.items()
    }  # fmt: skip


def command(shim: str, home: str = "") -> str:
    """Return what runs a shim; where there is none (any more) it is silent."""
    if not home:
        script = f'f=${{SPREAD_HOME:-$HOME/.spread}}/hooks/{shim}; [ ! -r "$f" ] || sh "$f"; exit 0'
        return f"sh -c '{script}'"
    script = f'export SPREAD_HOME="${{SPREAD_HOME:-$1}}"; f=$SPREAD_HOME/hooks/{shim}; '
    return f'sh -c \'{script}[ ! -r "$f" ] || sh "$f"; exit 0\' claude-spread {quote(home)}'


def quote(text: str) -> str:
    """Return `text` as one word in any shell: what is special between quotes in some stands outside of them."""
    return "".join(
        "\\" + part if part in ("'", "\\", "!") else f"'{part}'"
        for part in re.split(r"(['\\!])", text)
        if part
    )


def is_ours(entry: object) -> bool:
    """Tell whether a hook entry is ours, of this or an earlier version."""
    if not isinstance(entry, dict):
        return False
    if isinstance(entry.get("args"), list):
        return any(str(word).endswith(WINDOWS_SHIM) for word in entry["args"])
    return isinstance(entry.get("command"), str) and bool(_HOOK_MARK.search(entry["command"]))


# The status line: text in, text out, as it stands between the quotes of a JSON string


def joined(theirs: str, ours: str) -> str:
    """Return somebody's command with ours after it, or with ours as it is now in the place of an older one."""
    written = json.dumps(ours)[1:-1]
    found = _our_part(theirs)
    if found:
        return theirs[: found[1]] + written + theirs[found[2] :]
    return f"({theirs}{_JOINED}{written}"


def parted(raw: str) -> str | None:
    """Return a command without our part: None when nothing else is in it, `raw` when nothing is ours."""
    found = _our_part(raw)
    if not found:
        return raw
    begins, starts, ends = found
    theirs = raw[:begins] + raw[ends:]
    if begins == starts:  # ours stands alone or was written somewhere by hand
        return theirs if theirs.strip() else None
    return theirs[1:] if theirs.startswith("(") else theirs


def _our_part(raw: str) -> tuple[int, int, int] | None:
    """Return where our part begins (with what joins it), where our command starts and where it ends."""
    matches = list(_STATUS_MARK.finditer(raw))
    if not matches:
        return None
    start, end = matches[-1].span()
    tail = _STATUS_HOME.match(raw, end)
    end = tail.end() if tail else end
    begins = start - len(_JOINED) if raw[:start].endswith(_JOINED) else start
    return begins, start, end
