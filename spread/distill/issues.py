"""The issues that a session opened: what was put off is often kept there."""

import re
from typing import Final

from spread.distill.newest import drop_oldest
from spread.distill.operands import value_of
from spread.transcript_events import Call

MAX_ISSUES: Final = 6
READ_CHARS: Final = 4_000
_KEY: Final = re.compile(
    r'"(?:identifier|key)":\s*"([A-Z][A-Z0-9_]*-\d+)"|/issues/(\d+)\b|"(?:number|iid)":\s*(\d+)'
)
_OPENS: Final = re.compile(r"(?:create|open|new|add)_?issue$|issue_?(?:create|write)$", re.I)


def note(issues: dict[str, tuple[int, str]], call: Call) -> None:
    """Take in a call that opened an issue through a tool; the oldest go when there are too many."""
    title = call.input.get("title") or call.input.get("summary")
    if call.ok and isinstance(title, str) and _OPENS.search(call.name) and not call.input.get("id"):
        _add(issues, call, title)


def typed(issues: dict[str, tuple[int, str]], words: list[str], call: Call) -> None:
    """Take in `gh issue create` and `close`, or those of another forge's client."""
    verb = words[2] if len(words) > 2 else ""
    if not call.ok:
        return
    if verb in ("create", "new"):
        title = value_of(words, ("-t", "--title"))
        _add(issues, call, title)
    elif verb in ("close", "delete") and len(words) > 3:
        issues.pop(f"#{words[3].rpartition('/')[2].lstrip('#')}", None)


def _add(issues: dict[str, tuple[int, str]], call: Call, title: str) -> None:
    found = _KEY.search(call.output[:READ_CHARS].replace('\\"', '"'))
    if found is None:
        return
    issues[found[1] or f"#{found[2] or found[3]}"] = (call.line, " ".join(title.split()))
    drop_oldest(issues, MAX_ISSUES)
