"""What a command line shows beside its checks: a file that it did not write may tell of another run."""

import re
from fnmatch import fnmatchcase
from typing import Final

from spread.distill.shell import Simple

_FILTERS: Final = frozenset(
    ("grep", "egrep", "rg", "sed", "Select-String")
)  # which are given a pattern first
_SHOWS: Final = _FILTERS | {"cat", "head", "tail", "less", "more", "bat", "sort", "type", "Get-Content"}
# Code and data hardly hold what a check says; logs and prose do.
_MAY_TELL: Final = re.compile(r"(?:\.(?:log|txt|out|output|mdx?|rst|html?|xml)|(?:^|[/\\])[A-Z]{4,})$")


def shows_another(commands: list[Simple]) -> bool:
    """Tell whether a line shows a log or prose that none of its commands writes, as far as their words tell."""
    shown = {name for item in commands if item.name in _SHOWS for name in _files(item)}
    if not shown:
        return False
    written = [_base(path) for item in commands if not item.heredoc for path, _ in item.writes]
    written += [
        _base(word)
        for item in commands
        if item.name not in _SHOWS | {"echo", "rm"}
        for word in item.words[1:]
    ]
    return any(not any(fnmatchcase(name, each) for name in written) for each in shown)


def _files(item: Simple) -> list[str]:
    words = [word for word in item.words[1:] if not word.startswith("-")]
    if item.name in _FILTERS and "-e" not in item.words:
        del words[:1]
    return [_base(word) for word in words if _MAY_TELL.search(word)]


def _base(path: str) -> str:
    return re.split(r"[/\\=]", path)[-1]
