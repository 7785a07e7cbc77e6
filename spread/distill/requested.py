"""Which repository and which branch a pull request is of, whether that may be what was pushed here; lists of them, and boxes in their texts."""

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from spread.distill.git_lines import addresses, target_of
from spread.distill.operands import value_of
from spread.distill.place import Place
from spread.distillation_codec import shorten
from spread.transcript_events import Call

_ADDRESS: Final = re.compile(r"https?://[^/\s]+/(\S+?)/(?:-/)?(?:pull|merge_requests)/\d+")
_HEAD: Final = re.compile(r'"headRefName":\s*"([^"\n]+)"|Creating (?:draft )?pull request for (\S+) into ')
_HEADS: Final = ("headRefName", "Creating ")  # to look for these is much faster
_ROW: Final = re.compile(r"#?(\d+)\t[^\t]*\t[^\t]*\t(OPEN|CLOSED|MERGED|DRAFT)\b")
_BOX: Final = re.compile(r"(?m)(?:^|[\"'])[ \t]*[-*] \[([ xX])\] (\S.*?)[\"']?$")
BOX_CHARS: Final = 60  # of the first one
_REPOSITORY: Final = ("-R", "--repo")


Boxes = tuple[int, int, int, str]  # the line, how many are unticked, of how many, the first of them


class Home(NamedTuple):
    """Where a pull request is at home, as far as is known."""

    repository: str = ""  # the one that gh was given; empty where that is the one it ran in
    branch: str = ""  # the one that it is to bring


def repository_of(words: list[str]) -> str:
    """Return the repository that a gh command names by a switch."""
    return value_of(words, _REPOSITORY)


def home_of(words: list[str], output: str, known: Home | None) -> Home:
    """Return where a pull request is at home by a gh command about it; one that was named without its repository is of this one."""
    address = next((found[1] for word in words[3:] if (found := _ADDRESS.match(word))), "")
    named = repository_of(words) or address
    heads = (
        {one or other for one, other in _HEAD.findall(output)}
        if any(map(output.__contains__, _HEADS))
        else {""}
    )
    head = next(iter(heads)) if len(heads) == 1 else ""
    branch = (value_of(words, ("-H", "--head")) if words[2:3] == ["create"] else "") or head
    return Home(
        named if known is None or (named and known.repository) else "",
        branch.rpartition(":")[2] or (known.branch if known else ""),
    )


def pushed_to(output: str) -> list[str]:
    """Return the bare names of the repositories that a push went to."""
    return [_bare(name) for name in addresses(output)]


def _bare(repository: str) -> str:
    name = re.split(r"[/:\\]", repository.rstrip("/"))[-1].lower()
    return name.removesuffix(".git")


def is_elsewhere(home: Home, places: Mapping[str, Place]) -> bool:
    """Tell whether a pull request is known to be of a repository none of these work trees is of; a fork is called as its source."""
    return bool(home.repository) and all(
        _bare(home.repository) not in _names(*each) for each in places.items()
    )


def _names(top: str, it: Place) -> Iterable[str]:
    return it.to or [_bare(posixpath.basename(top))]


def may_hold(home: Home, places: Mapping[str, Place], push: int) -> bool:
    """Tell whether a push, or with none given any, may have gone to a pull request."""
    pushed = {top: it for top, it in places.items() if it.push and it.push == (push or it.push)}
    return any(
        not is_elsewhere(home, {top: it})
        and not (home.branch and it.sent and target_of(it.sent) != home.branch)
        for top, it in pushed.items()
    )


def listed(output: str) -> dict[str, str] | None:
    """Return the pull requests of a list and their states (empty when not told); None where it is not the whole output."""
    text = output.strip()
    if text.startswith("["):
        try:
            rows = json.loads(text)
        except ValueError:
            return None
        if not all(isinstance(row, dict) and isinstance(row.get("number"), int) for row in rows):
            return None
        return {str(row["number"]): str(row.get("state") or "").lower() for row in rows}
    found = [_ROW.match(line) for line in text.splitlines()]
    if found and all(found):
        return {row[1]: row[2].lower().replace("draft", "open, a draft") for row in found if row}
    return {} if text.startswith("no open pull requests") else None


def boxes_of(call: Call) -> Boxes | None:
    """Return what a call that wrote the text of a pull request leaves unticked, None where that is nothing or not known."""
    command = call.input.get("command")
    found = _BOX.findall(command) if isinstance(command, str) and "[ ]" in command else []
    left = [text for mark, text in found if mark == " "]
    return (call.line, len(left), len(found), shorten(left[0], BOX_CHARS)) if left else None


def boxes_told(boxes: Boxes | None) -> str:
    """Return what is left unticked, as it stands behind what is told of a pull request."""
    if boxes is None:
        return ""
    line, left, count, first = boxes
    return f"; unticked in its text: {left} of {count}, “{first}”{' first' if left > 1 else ''} (L{line})"
