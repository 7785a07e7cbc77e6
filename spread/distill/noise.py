"""Which files nobody wants to know of, and which are none of the work: caches, logs, temporary ones, those of git."""

import re
from functools import lru_cache
from typing import Final

# Below the folders of temporary files; for `is_aside` these folders count themselves, too.
_IN_TEMPORARY: Final = r"^(?:/private)?/tmp/|^(?:/private)?/var/folders/|/AppData/Local/Temp/"
# Of these folders the client's own for plans and notes lies in a home, not in a project.
_TEMPORARY: Final = re.compile(
    rf"{_IN_TEMPORARY}|^(?:/private)?/tmp$|/AppData/Local/Temp$|^(?:~|(?:/home|/Users|[A-Za-z]:/Users)/[^/]+|/root)/\.claude/(?:plans|projects|todos)/"
)
# What git keeps for itself is noise, but what somebody sets there for this work tree alone.
_NOISE: Final = re.compile(
    r"(?:^|/)(?:node_modules|__pycache__|\.git(?!/(?:hooks/[^/]+(?<!\.sample)|info/exclude|config)$)|\.venv|venv|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.next|\.turbo)(?:/|$)"
    rf"|^/(?:dev|proc)/|\.(?:pyc|log|tmp)$|{_IN_TEMPORARY}"
)


_BELOW: Final = re.compile(_IN_TEMPORARY)


def own_of(root: str) -> str:
    """Return how the paths of a work tree begin that lies in a folder of temporary files, for `is_noise`; else nothing."""
    return f"{root}/" if _BELOW.search(root) else ""


def is_noise(path: str, own: str = "") -> bool:
    """Tell whether nobody wants to know of a file: a cache, a log, a temporary one.

    Args:
        own: How the paths of the work tree begin, if that lies in a folder of temporary files itself.
    """
    return _NOISE.search(path.removeprefix(own)) is not None


def is_of_git(path: str) -> bool:
    """Tell whether a file is one of git's own: no commit ever holds it, and no check is of it."""
    return "/.git/" in path or path.startswith(".git/")


@lru_cache(2_000)  # the same paths are asked about at each revision
def is_temporary(path: str) -> bool:
    """Tell whether a path is in a folder of temporary files or the client's own, or is that folder."""
    may_be = "/tmp" in path or "Temp" in path or "/var/" in path or "/.claude/" in path  # noqa: S108 - none is used
    return may_be and _TEMPORARY.search(path) is not None
