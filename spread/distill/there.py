"""Which commands on other hosts are more than a look at them."""

import re
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.looking import changes_files
from spread.distill.noise import is_noise
from spread.distill.remote import host_of
from spread.distill.shell import Simple, split

# What a database is only asked.
_DATABASES: Final = frozenset(("psql", "mysql", "mariadb", "sqlite3", "clickhouse-client", "mongosh"))
_QUERY: Final = re.compile(
    r"\s*(?:select|show|explain|describe|\\[dl]\w*)\b(?!.*\b(?:into|pg_(?:terminate|cancel|reload)\w*)\b)",
    re.I,
)
_SETS: Final = frozenset(("-w", "--write", "-p", "--load", "--system"))  # sysctl
# Programs that only look at a machine, and what others are told for that.
_LOOKS: Final = frozenset(
    ("logread", "dmesg", "journalctl", "uptime", "free", "df", "du", "ss", "netstat", "ping", "nslookup", "dig", "uname", "id", "whoami",
     "date", "hostname", "env", "top", "show", "get", "list", "list-installed", "status", "info", "search", "inspect", "logs", "version",
     "--version", "egrep", "printf", "return", "exit", "readlink", "strings")
)  # fmt: skip


def unquoted(word: str) -> str:
    """Return a word without quotes around all of it."""
    return word[1:-1] if word[:1] in ("'", '"') and word[:1] == word[-1:] else word


def acts(source: str) -> bool:
    """Tell whether a command on another host is more than a look at it."""
    return any(item.words and not _only_looks(item) for item in split(source))


def _only_looks(item: Simple) -> bool:
    """Tell whether one command on another host, or on one behind that, is a mere look."""
    if changes_files(item) or any(not is_noise(path) for path, _ in item.writes):
        return False
    if is_there(item):
        at = next(at for at, word in enumerate(item.words) if word.rpartition("@")[2] == host_of(item.words))
        return not acts(" ".join(map(unquoted, item.words[at + 1 :])))
    if item.name == "sysctl":
        return not any(word in _SETS or "=" in word for word in item.words)
    if item.name in _DATABASES:
        return any(_QUERY.match(word) for word in item.words[1:])
    return item.name in LOOKING | _LOOKS or not _LOOKS.isdisjoint(item.words[1:3])


def is_there(item: Simple) -> bool:
    return item.name == "ssh" and bool(host_of(item.words))
