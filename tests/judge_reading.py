"""How the judge reads a transcript and compares text; written apart from the distiller's own reader."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number from 1, object); a line may hold several objects, and what is broken is skipped."""
    decoder = json.JSONDecoder()
    for number, raw in enumerate(path.read_bytes().split(b"\n"), 1):
        text, at = raw.decode("utf-8", "replace").strip(), 0
        while at < len(text):
            try:
                value, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                break
            if isinstance(value, dict):
                yield number, value


# What the client writes into a user's turn; nobody typed it.
_WRAPPED = re.compile(
    r"<(local-command-[a-z]+|bash-stdout|bash-stderr|bash-notification|system-reminder|task-notification|ide_[a-z_]+"
    r"|teammate-message|ci-monitor-event|command-name|command-message|command-contents|user-prompt-submit-hook"
    r"|user-memory-input|channel)\b[^>]*>.*?(</\1>|\Z)",
    re.S,
)
_COMMAND = re.compile(r"<command-name>([^<]*)</command-name>")
_TAGS = re.compile(r"</?(?:command-args|bash-input)>")
_NOTICE = re.compile(
    r"\s*(?:\[Request interrupted by user|Caveat: The messages below|This session is being continued"
    r"|\{\"|/[a-z-]+\s*\Z)"
)
_SAID: Final = re.compile(r"[Tt]he user said:\n")
_ASKED_BACK: Final = "The user wants to clarify these questions."
_NOTE: Final = "\n\nNote: The user's next message"


def _typed(text: str) -> str:
    """Return what a person typed of a user text, or nothing."""
    command = _COMMAND.search(text) if text.lstrip().startswith("<command-") else None
    text = _TAGS.sub("", _WRAPPED.sub("", text)).strip()
    if command:
        return f"/{command[1].strip().lstrip('/')} {text}".strip()
    return "" if _NOTICE.match(text) else text


def _blocks(content: object) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _text(content: object) -> str:
    return "\n".join(str(block.get("text", "")) for block in _blocks(content) if block.get("type") == "text")


def _denial(text: str) -> str:
    """Return the words a person gave with a refused tool call."""
    words = "".join(_SAID.split(text, 1)[1:]).partition(_NOTE)[0]
    return "" if words.startswith(_ASKED_BACK) else words.strip()


def _answers(content: object) -> list[str]:
    refused = (
        block for block in _blocks(content) if block.get("type") == "tool_result" and block.get("is_error")
    )
    return [words for block in refused if (words := _denial(_text(block.get("content"))))]


def person_texts(line: dict[str, Any]) -> list[str]:
    """Return the texts of one line that a person wrote: prompts, queued prompts, answers, refusals with words."""
    kind = line.get("type")
    if kind == "progress":  # refused calls of a sub-agent at work
        held = line.get("data")
        nested = held.get("message") if isinstance(held, dict) else None
        message = nested.get("message") if isinstance(nested, dict) else None
        return _answers(message.get("content")) if isinstance(message, dict) else []
    if kind == "queue-operation":
        return [_typed(str(line.get("content") or ""))] if line.get("operation") == "enqueue" else []
    if kind == "attachment":
        held = line.get("attachment")
        queued = isinstance(held, dict) and held.get("type") == "queued_command"
        return [_typed(_text(held.get("prompt")))] if queued and isinstance(held, dict) else []
    if kind != "user" or any(line.get(flag) for flag in ("isMeta", "isCompactSummary", "isSidechain")):
        return []
    if isinstance(origin := line.get("origin"), dict) and origin.get("kind") != "human":
        return []
    message, result = line.get("message"), line.get("toolUseResult")
    content = message.get("content") if isinstance(message, dict) else None
    found = [_typed(str(block.get("text", ""))) for block in _blocks(content) if block.get("type") == "text"]
    found += _answers(content)
    if isinstance(result, dict) and isinstance(result.get("answers"), dict):
        found += [str(answer) for answer in result["answers"].values()]
    return [text for text in found if text]


def person_text(line: dict[str, Any]) -> str:
    """Return `person_texts` joined; a label's offsets count characters of this."""
    return "\n".join(person_texts(line))


def normal(text: str) -> str:
    """Return a text as it is compared: control and format characters gone, white space folded, words as they are."""
    kept = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join("".join(kept).split())


def digest(text: str) -> str:
    return hashlib.sha256(normal(text).encode()).hexdigest()[:20]


_HOME: Final = re.compile(r"^(?:(?:[A-Za-z]:)?/(?:home|Users)/[^/]+|/root)(?=/|$)")


def canonical(path: str) -> str:
    """Return one spelling of a path: slashes, no `./`, home folders of any system as `~`."""
    path = path.replace("\\", "/").removeprefix("./").rstrip("/")
    return _HOME.sub("~", path)


def strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
