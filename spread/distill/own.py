"""What of a session is our own doing: sharing it, receiving another, and the passphrase given for that.

None of it is told: the request before it stays the last one, and the passphrase goes nowhere, whoever
repeats it. Nor does a secret that a command printed alone: nothing around it, there or elsewhere, says what it is.
"""

import re
from typing import Final

from spread.distill.shell import Simple, split
from spread.redact_printed import kept_in, printed
from spread.transcript_events import Call, Event, Prompt

MIN_SECRET_CHARS: Final = 4  # what is shorter stands in too many words
MAX_SECRETS: Final = 40
MAX_PRINTED: Final = 20  # of these what commands printed: room is left for passphrases

_SKILL: Final = re.compile(r"(?:[\w.-]+:)?distill-(?:share|receive)(?![\w-])")
_ASKED: Final = re.compile(rf"\s*/{_SKILL.pattern}[ \t\n]*(.*)", re.S)
_OPTIONS: Final = re.compile(r"(?<!\S)(?:--relay(?:\s+wss?://\S+)?|--lan|--room\s+\S+)(?!\S)")
_FILE: Final = re.compile(r"(?:^|[/\\\s'\"=])spread-(pass|told)\.\w+")  # a passphrase, a narrative
_VERBS: Final = frozenset(("share", "receive", "inbox", "show"))
_SHOW: Final = (["show"], ["receive"])
_SILENT: Final = frozenset(("cd", "rm"))
_PRINT: Final = frozenset(("echo", "printf"))
_PASS_ON: Final = frozenset(("cat", "head", "tail"))
_OPTION: Final = re.compile(r"-\w+|\d+")


def given_to_us(prompt: Prompt) -> str | None:
    """Return what was given to one of our skills, or None when the prompt is no call of one."""
    if prompt.kind == "shell":
        words = prompt.text.split()
        return "" if len(words) > 1 and words[0] == "spread" and words[1] in _VERBS else None
    found = _ASKED.match(prompt.text)
    return found[1] if found else None


def secret_of(given: str) -> str:
    """Return the passphrase (or code) among what was given to one of our skills, or an empty string."""
    words = " ".join(_OPTIONS.sub(" ", given).split())
    return words if len(words) >= MIN_SECRET_CHARS else ""


def is_own(call: Call) -> bool:
    """Tell whether a call does nothing but what our skills ask for."""
    given = call.input
    if call.name == "Skill":
        return bool(_SKILL.fullmatch(str(given.get("skill") or given.get("command") or "").lstrip("/")))
    path = given.get("file_path")
    return isinstance(path, str) and "spread-" in path and bool(_FILE.search(path))


def secret_in(call: Call) -> str:
    """Return the passphrase that one of our own calls carries, or an empty string."""
    if call.name == "Skill":
        return secret_of(str(call.input.get("args") or ""))
    found = _FILE.search(str(call.input.get("file_path") or ""))
    if found and found[1] == "told":
        return ""
    return secret_of(str(call.input.get("content") or call.input.get("new_string") or ""))


def echoed(commands: list[Simple], left: list[Simple]) -> list[str]:
    """Return the passphrases that commands of ours print, against our advice.

    Args:
        left: The commands that are not ours.
    """
    return [secret_of(item.words[-1]) for item in commands if item.name in _PRINT and item not in left]


def secrets_of(event: Event) -> list[str]:
    """Return the secrets that nothing but an event tells as such; empty texts are none.

    These are the passphrases that it gives to us, whoever asked for it, and what `shown_by` finds.
    """
    if isinstance(event, Prompt):
        return [secret_of(given_to_us(event) or "")]
    if not isinstance(event, Call):
        return []
    if is_own(event):
        return [secret_in(event)]
    shown, source = shown_by(event), event.input.get("command")
    if not isinstance(source, str) or not speaks_of_us(source):
        return shown
    commands = split(source)
    return [*echoed(commands, foreign(commands)), *shown]


def shown_by(call: Call) -> list[str]:
    """Return what a command printed that prints secrets, or what was read from, or written into, a file that holds them."""
    source, path = call.input.get("command"), call.input.get("file_path")
    if isinstance(source, str):
        return printed(source, call.output) if call.output else []
    if not isinstance(path, str):
        return []
    texts = (
        call.input.get("content"),
        call.input.get("new_string"),
        call.output if call.name == "Read" else None,
    )
    return [secret for text in texts if isinstance(text, str) for secret in kept_in(path, text)]


def speaks_of_us(source: str) -> bool:
    """Tell quickly whether a command line may hold a command of ours."""
    return "spread" in source


def foreign(commands: list[Simple]) -> list[Simple]:
    """Return the commands that are not ours: neither `spread share` and its like nor about files for it."""
    return [item for item in commands if not _is_ours(item)]


def _is_ours(item: Simple) -> bool:
    words = item.words
    return (item.name == "spread" and len(words) > 1 and words[1] in _VERBS) or any(
        _FILE.search(word) for word in (*words, *(path for path, _ in item.writes))
    )


def brings(source: str) -> bool:
    """Tell whether a line prints a hand-off in our frame, and nothing that a file or another program could put there."""
    commands = split(source) if "<" not in source else []
    left = [item for item in commands if item.words[:1] != ["spread"] or item.words[1:2] not in _SHOW]
    return len(left) < len(commands) and all(
        item.name in _SILENT or (item.name in _PASS_ON and all(map(_OPTION.fullmatch, item.words[1:])))
        for item in left
    )
