"""Links of a report in few signs: whole ones would be taken for a key, and with them the line they stand in."""

import re
from typing import Final

PATH_CHARS: Final = 58  # of a path are told

_LINK: Final = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,200})\)")
_AT_LINE: Final = re.compile(r"(?::|#L)\d+(?:[:-]L?\d+)?$")  # ends a link to a place in a file
# Where something was read, after what was read there.
_SOURCE: Final = re.compile(r" \(\[([^\[\]\s]{1,80})\]\(https?://(?:www\.)?\1(?:[/?][^()\s]{0,300})?\)\)")
_ISSUE: Final = re.compile(r"https?://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)(?:[?#]\S*)?")


def short(line: str) -> str:
    """Return a line whose links to files are paths and to issues their numbers, without sources that only name a site."""
    if "](" not in line:
        return line
    return _LINK.sub(_told, _SOURCE.sub("", line) if "(http" in line else line)


def _told(it: re.Match[str]) -> str:
    text, target = it[1], it[2]
    if "://" in target:
        return _issue(text, target) or (target if target.endswith(text) else it[0])
    name = _AT_LINE.sub("", text.strip("`"))
    at = _AT_LINE.search(target)
    path, place = (target[: at.start()], at[0]) if at else (target, "")
    if not path.endswith(name):
        return it[0]
    return target if len(target) <= PATH_CHARS else f"{name}{place}"


def _issue(text: str, target: str) -> str:
    """Return an issue by its repository and number, where a link is called by these; else an empty string."""
    if not (found := _ISSUE.fullmatch(target)):
        return ""
    named = f"{found[1]}#{found[2]}"
    return named if text.lstrip("PR ") == f"#{found[2]}" else text if text.startswith(named) else ""
