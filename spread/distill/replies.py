"""Comments on pull requests that a session wrote with gh: what was asked in a review is answered then."""

import re
from typing import Final

from spread.distill.newest import drop_oldest
from spread.distill.shell import Simple
from spread.transcript_events import Call

# By pull request, "" where none is named: how many, first and last line.
Replies = dict[str, tuple[int, int, int]]

MAX_REQUESTS: Final = 4
_PLACE: Final = re.compile(r"\b(?:pulls|issues)/(\d+)/comments(?:/\d+/replies)?(?:$|\?)")
_NUMBER: Final = re.compile(r"#?(\d+)|https?://\S+/(\d+)")
_FAILED: Final = ("(HTTP 4", "(HTTP 5", "GraphQL: ")  # as gh says it, though a line may hide its exit code
_NO_COMMENT: Final = frozenset(("--help", "-h", "GET", "DELETE", "PATCH"))  # nothing new is written
_BODY: Final = ("-b", "--body", "-F", "-c", "--comment")
_WRITES: Final = ("-f", "-F", "--field", "--raw-field", "--input")


def note(replies: Replies, commands: list[Simple], call: Call) -> None:
    """Take over the comments that a call wrote."""
    if not call.ok or any(map(call.output.__contains__, _FAILED)):
        return
    for item in commands:
        if item.name == "gh" and not item.unsure and (key := _request(item.words)) is not None:
            count, first, _ = replies.pop(key, (0, call.line, 0))
            replies[key] = count + 1, first, call.line
    drop_oldest(replies, MAX_REQUESTS)


def told(replies: Replies) -> list[tuple[int, str]]:
    """Return (line, text) of what was written."""
    out = []
    for key, (count, first, last) in replies.items():
        lines = f"L{first}…L{last}" if last > first else f"L{first}"
        out.append(
            (last, f"comments and replies written on pull request{key and f' #{key}'}: {count} ({lines})")
        )
    return out


def _request(words: list[str]) -> str | None:
    """Return the number of the pull request that a command of gh comments on, None where it does not."""
    if not _NO_COMMENT.isdisjoint(words):
        return None
    if words[1:3] == ["pr", "review"] and not any(word.startswith(_BODY) for word in words):
        return None  # approved or not, without a word
    if words[1:3] in (["pr", "comment"], ["pr", "review"]):
        given = next((found for word in words[3:] if (found := _NUMBER.fullmatch(word))), None)
        return (given[1] or given[2]) if given else ""
    if words[1:2] != ["api"]:
        return None
    writes = any(word.startswith(_WRITES) for word in words)
    place = next(filter(None, map(_PLACE.search, words[2:])), None) if writes else None
    return place[1] if place else None
