"""Secrets known by the command that printed them: `printenv DB_PASSWORD`, `op read …`, `cat config/master.key`.

What such a command prints is a word on a line of its own, with nothing around it that says what it is.
"""

import re
from collections.abc import Iterator
from typing import Final

from spread.redact_known import MAX_ENV_FILE_BYTES, env_file_values, is_env_file, known_secrets
from spread.redact_values import Span, is_random, is_said, is_stand_in, name_class
from spread.redact_view import Lowered, plain_view

MAX_COMMAND_CHARS: Final = 600
MAX_LINES: Final = 6  # of an output that is nothing but secrets
MAX_WORD_CHARS: Final = 8_192
MIN_WORD_CHARS: Final = 6

# Programs and options that print nothing else.
_ALWAYS: Final = re.compile(
    r"\b(?:wg (?:genkey|genpsk)|pwgen|openssl rand|op read|pass show|gh auth token|(?:rails|rake) secret|key:generate --show"
    r"|print-(?:access|identity)-token|get-access-token|auth print-\w+|secrets\.token_\w+|gen-?password|mkpasswd"
    r"|find-(?:generic|internet)-password\b.*-w|secret-tool lookup|lpass show|bw get password|keyring get)\b",
    re.IGNORECASE,
)
# What prints what it is given the name of.
_PRINTS: Final = re.compile(
    r"\b(?:printenv|echo|printf|cat|head|tail|cut|awk|sed|jq|yq|base64|get|--get|config:get|show|read|access|output|lookup|get-secret-value"
    r"|get-parameter|get-content|type|vault|print|puts|node -p|reveal)(?![\w.])",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[\w.-]{3,80}")
_FIELD: Final = re.compile(r"-field[= ](\w+)")
_SEARCHES: Final = re.compile(
    r"\bgrep\b[^|]*\s-\w*[lcL]|\b(?:wc|ls|find|which|git (?:log|show|diff|ls-files))\b|(?<![2&])>\s*(?!/dev/null|&)[\w./~]"
)
_PATH: Final = re.compile(r"[\w.@~-]*/[\w./@~-]*\.\w{1,6}(?::\d+)?|[\w-]+\.[a-z]{1,5}")
# Where one of them may stand in a text.
_SIGNS: Final = (
    "printenv", "echo", "cat ", "head ", "-field", "output -raw", "op read", "pass show", "password -w", "-password", "versions access",
    "base64", "config:get", "config get", "pwgen", "genkey", "genpsk", "openssl rand", "auth token", "rails secret", "rake secret",
    "secrets get", "--query", "key:generate", "token_hex", "token_urlsafe", "access-token", "secret-tool", "jq ", "cut -",
)  # fmt: skip


def prints_secret(command: str) -> bool:
    """Tell whether a command prints a secret and nothing else, if what it prints is a word."""
    if len(command) > MAX_COMMAND_CHARS:
        return False
    if _ALWAYS.search(command):
        return True
    if not _PRINTS.search(command) or _SEARCHES.search(command):
        return False
    return any(name_class(_bare(name)) for name in _NAME.findall(command))


def _bare(name: str) -> str:
    return name.removesuffix(".txt").rstrip(".").rsplit(".", 1)[-1] if not name.endswith(".key") else name


def printed(command: str, output: str) -> list[str]:
    """Return the secrets that a command printed, each alone on its line."""
    words = _words(output)
    return words if words and prints_secret(command) else []


def kept_in(path: str, text: str) -> list[str]:
    """Return the secrets in a file, or in what was written into it, that its name tells: it is a `.env`, or holds one.

    Args:
        text: As a tool shows it, or as it is.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    if is_env_file(name):
        return [*known_secrets(env_file_values(plain_view(text[:MAX_ENV_FILE_BYTES]))).values()]
    return _words(plain_view(text)) if name_class(_bare(name)) and len(text) < MAX_WORD_CHARS else []


def _words(text: str) -> list[str]:
    """Return the words of a short text that are secrets, each alone on its line."""
    shown = text.strip() if len(text) <= MAX_LINES * MAX_WORD_CHARS else ""
    lines = shown.splitlines() if shown.count("\n") < MAX_LINES else []  # nearly no output is so short
    if not 0 < len(lines) <= MAX_LINES:
        return []
    return [word for line in lines if _is_secret(word := line.strip().strip("\"'"))]


def _is_secret(word: str) -> bool:
    return (
        MIN_WORD_CHARS <= len(word) <= MAX_WORD_CHARS
        and len(word.split()) == 1
        and not is_stand_in(word)
        and not _PATH.fullmatch(word)
        and (is_random(word) or is_said(word))
    )


# What is put into a file, by a command or a call.
_PUT: Final = {
    **dict.fromkeys(
        ("echo", "printf"),
        r"(?:[ \t]+-[ne]{1,2})?(?:[ \t]+[\"']?%s[\"' \\n]{0,4})?[ \t]+\\{0,3}[\"']?(?P<s>[^\s\"'`<>|;&$\\-][^\s\"'`<>|;&\\]{5,400})\\{0,3}[\"']?[ \t]*"
        r"(?:>{1,2}|\|[ \t]*(?:sudo[ \t]+)?tee(?:[ \t]+-a)?)[ \t]*[\"']?(?P<n>[^\s\"'`;|&<>\\]{3,200})",
    ),
    **dict.fromkeys(
        ("cat ", "tee "),
        r">?[ \t]*(?P<n>[^\s\"'`;|&<>]{3,200})[ \t]*<<-?[ \t]*[\"']?(?P<e>\w{1,20})[\"']?(?:[ \t]*>[^\n]{1,80})?[ \t]*\r?\n[ \t]*(?P<s>\S{6,400})[ \t]*\r?\n[ \t]*(?P=e)\b",
    ),
    "write_text(": r"(?<=[\"']\)\.write_text\()[ \t]*\\?[\"'](?P<s>[^\s\"'\\]{6,400})",
    "writefilesync(": r"[ \t]*\\?[\"'`](?P<n>[^\s\"'`\\]{3,200})\\?[\"'`],[ \t]*\\?[\"'`](?P<s>[^\s\"'`\\]{6,400})",
}  # fmt: skip
_PUTS: Final = {word: re.compile(pattern) for word, pattern in _PUT.items()}
_NAME_BEFORE: Final = re.compile(r"[\"'](?P<n>[^\s\"'\\]{3,200})\\?[\"']\)\.write_text\(\Z")


def put(text: str, low: Lowered) -> Iterator[Span]:
    """Find what is written into a file whose name says that it holds a secret."""
    for word, pattern in _PUTS.items():
        for at in low.places(word):
            end = at + len(word)
            if (found := pattern.match(low, end)) is None:
                continue
            named = found if "n" in pattern.groupindex else _NAME_BEFORE.search(text, max(0, at - 220), end)
            if named and name_class(_bare(text[slice(*named.span("n"))])):
                start, stop = found.span("s")
                if _is_secret(text[start:stop]):
                    yield start, stop, "printed"


def pasted(text: str, low: Lowered) -> Iterator[Span]:
    """Find what a terminal shows below such a command."""
    done = 0
    for at in low.places(*_SIGNS):
        if at < done:
            continue
        end = text.find("\n", at, at + MAX_COMMAND_CHARS)
        if end < 0:
            continue
        done = end
        stop = text.find("\n", end + 1, end + 1 + MAX_WORD_CHARS)
        stop = len(text) if stop < 0 else stop
        line = text[end + 1 : stop]
        word = line.strip().strip("\"'")
        if not _is_secret(word):
            continue
        start = text.rfind("\n", max(0, at - MAX_COMMAND_CHARS), at) + 1
        if prints_secret(text[start:end]):
            begin = end + 1 + line.index(word)
            yield begin, begin + len(word), "printed"
