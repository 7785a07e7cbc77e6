"""Calls that only look: searches, versions, what files and services hold, programs on a command line that print."""

import re
from typing import Final

from spread.distill.calls import LOOKING, SHELLS
from spread.distill.shell import Simple, split
from spread.transcript_events import Call

_SHOWS: Final = frozenset(
    ("base64", "less", "more", "nl", "cmp", "comm", "tac", "column", "strings", "xxd", "hexdump", "od", "sha256sum", "shasum",
     "md5sum", "basename", "dirname", "realpath", "readlink", "printf", "printenv", "date", "df", "du", "free", "top", "uptime",
     "uname", "hostname", "whoami", "id", "nproc", "man", "tldr", "dig", "nslookup", "host", "whois", "journalctl", "apt-cache",
     "-v", "egrep", "fgrep", "ag", "ack", "where", "whereis")
)  # fmt: skip
_OF_PACKAGES: Final = frozenset(
    ("view", "info", "ls", "list", "outdated", "search", "show", "why", "explain", "docs")
)
_OF_GITHUB: Final = frozenset(("view", "list", "diff", "status", "checks", "search"))
# Programs by whose second word it is known that they only show something.
_VERBS: Final[dict[str, frozenset[str]]] = {
    "git": frozenset(
        ("status", "log", "diff", "show", "rev-parse", "ls-files", "ls-remote", "ls-tree", "blame", "grep", "cat-file",
         "describe", "shortlog", "reflog", "rev-list", "merge-base", "for-each-ref")
    ),
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun", "brew", "composer", "gem", "flutter", "dnf"), _OF_PACKAGES),
    **dict.fromkeys(("pip", "pip3"), frozenset(("show", "list", "index", "freeze", "search", "check"))),
    **dict.fromkeys(("apt", "apt-get", "opkg", "apk"), frozenset(("show", "list", "search", "policy", "info"))),
    "cargo": frozenset(("tree", "search", "metadata", "info", "pkgid")),
    "go": frozenset(("list", "doc", "env", "version")),
    **dict.fromkeys(("docker", "podman"), frozenset(("ps", "images", "inspect", "logs", "version", "info", "stats"))),
    "kubectl": frozenset(("get", "describe", "logs", "top", "explain")),
    "systemctl": frozenset(("status", "show", "cat", "is-active", "is-enabled", "list-units")),
}  # fmt: skip
# Options by which one that looks changes files.
_CHANGING: Final = {
    "sed": re.compile(r"-(?!-)\w*i|--in-place"),
    "find": re.compile(r"-(?:delete|exec|ok|fprint)"),
    "sort": re.compile(r"-(?!-)\w*o|--output"),
}
_HUBS: Final = frozenset(("gh", "glab"))
_SENDS: Final = re.compile(
    r"(?:-X|--request|--method)(?:[= ]?(?!GET|HEAD)\w|$)|-[dFfT]|--(?:data|form|field|raw-field|input|json|upload)"
)
_KEEPS: Final = re.compile(r"-(?!-)\w*[oO]|--(?:output|remote-name)")  # in a file
_OWN: Final = re.compile(
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$"
)  # what runs there is what is worked on
_ASKS: Final = frozenset(("--version", "-V", "--help", "-h", "version", "help"))
_LANGUAGES: Final = re.compile(r"(?:python|node|bun|deno|ruby|perl|php|tsx)[\d.]*\Z")
_INLINE: Final = frozenset(("-e", "-c", "-p", "-r", "-pe", "--eval", "--print", "eval"))
_PRINTS: Final = ("print", "console.", "puts", "echo", "stdout", "resolve(")
_MOST_CHARS: Final = 4_000  # of a program
# What a program does to files, to others, or with the code that is worked on.
_DOES: Final = re.compile(
    r"(?<!stdout\.)(?<!stderr\.)\bwrite|\bopen\([^()]{0,200}[\"'](?:[wax]|r\+)|unlink|\brm|remove|rename|mkdir|copy|append|\bsave|spawn|exec|subprocess|"
    r"system\(|popen|listen|post\b|\bput\b|patch|delete|insert|update|drop|\bkill|install|[\"']\.{1,2}/|from \.",
    re.I,
)
_TOOLS: Final = frozenset(("WebFetch", "WebSearch", "ListMcpResourcesTool", "ReadMcpResourceTool"))
_FOREIGN: Final = "mcp__"
_GETS: Final = re.compile(
    r"(?:^|[_-])(?:get|list|search|fetch|read|find|view|describe|lookup|show|inspect|count|console|snapshot)(?=[_-]|[A-Z]|s?$)"
)
_ACTS: Final = re.compile(
    r"(?:^|[_-])(?:create|update|write|edit|delete|remove|add|set|send|post|run|exec\w*|click|upload|merge|push|move|insert|replace|close|assign)(?=[_-]|[A-Z]|$)"
)


def only_asks(call: Call) -> bool:
    """Tell whether a call changes nothing, wherever it asks: who goes on needs to know little of its failing."""
    if call.name in SHELLS:
        source = call.input.get("command")
        commands = split(source) if isinstance(source, str) else []
        return bool(commands) and all(map(_asks, commands))
    if call.name in _TOOLS:
        return True
    name = call.name.rpartition("__")[2] if call.name.startswith(_FOREIGN) else ""
    return _GETS.search(name) is not None and _ACTS.search(name) is None


def _asks(item: Simple) -> bool:
    """Tell whether a single command only shows something."""
    if item.writes or not item.words:
        return False
    words, name = item.words, item.name
    if name in LOOKING:
        return not changes_files(item)
    if name == "xargs":
        inner = next((word for word in words[1:] if word[:1] != "-" and not word.isdigit()), "")
        return inner in LOOKING and inner not in _CHANGING
    if name in _SHOWS or (len(words) == 2 and words[1] in _ASKS):
        return True
    if name in _HUBS:
        return _asks_hub(words)
    if name == "curl":
        given = words[1:]
        return not any(_SENDS.match(word) or _KEEPS.match(word) or _OWN.search(word) for word in given)
    if _LANGUAGES.match(name):
        return _prints(words)
    given = words[3:] if words[1:2] == ["-C"] else words[1:]
    verb = next((word for word in given if word[:1] != "-"), "")
    return verb in _VERBS.get(name, ())


def changes_files(item: Simple) -> bool:
    """Tell whether a command that else only looks is told to change files."""
    changes = _CHANGING.get(item.name)
    return changes is not None and any(map(changes.match, item.words[1:]))


def _asks_hub(words: list[str]) -> bool:
    """Tell whether a client of a host of code only shows what is there."""
    verbs = [word for word in words[1:] if word[:1] != "-"][:2]
    if verbs[:1] == ["api"]:
        return not any(map(_SENDS.match, words[2:])) and "graphql" not in verbs
    return verbs[:1] == ["search"] or (len(verbs) > 1 and verbs[1] in _OF_GITHUB)


def _prints(words: list[str]) -> bool:
    """Tell whether an interpreter only prints what a program on the command line finds."""
    at = next((at for at, word in enumerate(words[1:], 1) if word in _INLINE), 0)
    code = words[at + 1] if 0 < at < len(words) - 1 else ""
    if not code or len(code) > _MOST_CHARS or _DOES.search(code):
        return False
    return words[at] in ("-p", "-pe", "--print") or any(map(code.__contains__, _PRINTS))
