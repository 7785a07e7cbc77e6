"""The shapes of the lines of a transcript: the few fields that tell something; all others are passed over unread.

Every value may be of any type, as nothing in a file may be fatal; `Odd` is whatever is no object. What a tool gave back
(`Held`) is half of a file and mostly told nothing of, so it stays as it stands until it is asked for.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final, Generic, TypedDict, TypeVar

import msgspec

Odd = str | int | float | bool | list[Any] | None
Held = TypeVar("Held")
_NOTHING: Final[Any] = None
_JSON: Final = json.JSONDecoder()
_BEGINS: Final = '{"parentUuid":'
_HALVES: Final = re.compile("[\ud800-\udfff]")
_UNREAD: Final = ("cleared_on_cancel", "dropped_by_hook")
MOST_ON_LINE: Final = 100  # objects; of more, nobody wrote them


class Block(msgspec.Struct, Generic[Held], gc=False):
    """One block of a message, or of the content of a tool's result."""

    type: Any = None
    text: Any = None
    thinking: Any = None
    id: Any = None
    name: Any = None
    input: Any = None
    tool_use_id: Any = None
    content: Held = _NOTHING
    is_error: Any = None


# Of a tool's result, or of a prompt.
Content = list[Block[Any] | Odd] | str | int | float | bool | Block[Any] | None


class Message(msgspec.Struct, Generic[Held], gc=False):
    model: Any = None
    stop_reason: Any = None
    content: list[Block[Held] | Odd] | str | int | float | bool | Block[Held] | None = None


class Nested(msgspec.Struct, Generic[Held], gc=False):
    """A sub-agent's line, copied into its parent."""

    cwd: Any = None
    message: Message[Held] | Odd = None


class Data(msgspec.Struct, Generic[Held], gc=False):
    agentId: Any = None
    message: Nested[Held] | Odd = None


class Attachment(msgspec.Struct, gc=False):
    type: Any = None
    prompt: Content = None
    path: Any = None
    content: Any = None
    hookEvent: Any = None
    filename: Any = None
    isSubAgent: Any = None


class Twin(TypedDict, total=False):
    """What is told of a result beside the message."""

    type: Any
    agentId: Any
    isAsync: Any
    backgroundTaskId: Any
    persistedOutputPath: Any
    interrupted: Any
    task: Any
    tasks: Any
    answers: Any
    annotations: Any
    plan: Any
    structuredPatch: Any
    originalFile: Any  # the text before an edit
    original_file: Any  # the notebook before an edit of a cell
    action: Any  # of a work tree that was left
    worktreePath: Any
    discardedCommits: Any
    bashEditDiff: Any  # what a command of the shell changed in the work tree


class Entry(msgspec.Struct, Generic[Held], gc=False):
    """One line."""

    type: Any = None
    uuid: Any = None
    parentUuid: Any = None
    timestamp: Any = None
    sessionId: Any = None
    version: Any = None
    gitBranch: Any = None
    cwd: Any = None
    isSidechain: Any = None
    agentId: Any = None
    message: Message[Held] | Odd = None
    toolUseResult: Twin | Odd = None
    toolDenialKind: Any = None
    interruptedMessageId: Any = None
    attachment: Attachment | Odd = None
    data: Data[Held] | Odd = None
    content: Any = None
    operation: Any = None
    reason: Any = None
    commandUuid: Any = None
    subtype: Any = None
    isMeta: Any = None
    isCompactSummary: Any = None
    isApiErrorMessage: Any = None
    origin: Any = None
    promptSource: Any = None
    planContent: Any = None
    turnPosition: Any = None
    explicit: Any = None
    permissionMode: Any = None
    leafUuid: Any = None
    customTitle: Any = None
    aiTitle: Any = None
    prUrl: Any = None


decode: Final = msgspec.json.Decoder(Entry[msgspec.Raw]).decode
_content: Final[Callable[[msgspec.Raw], Content]] = msgspec.json.Decoder(Content).decode


def converted(line: object) -> Entry[Content]:
    """Return a line that `decode` refuses, read by the standard library."""
    return msgspec.convert(line, Entry[Content])


def is_withdrawn(entry: Entry[Any]) -> bool:
    """Tell whether a queued prompt was taken out before anybody read it: of those read clients say why (2.1.332)."""
    return entry.commandUuid is not None and (entry.reason is None or entry.reason in _UNREAD)


def objects(text: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the objects on a line, and whether one is broken or there are too many.

    Two where a newline went missing; of a broken one that which was written behind it when work went on.
    """
    out, at = list[dict[str, Any]](), 0
    while (at := text.find("{", at)) >= 0:
        if len(out) == MOST_ON_LINE:
            return out, True
        try:
            value, at = _JSON.raw_decode(text, at)
            value = encodable(value)
        except (ValueError, RecursionError):
            return [*out, *_added(text, at + 1)], True
        if isinstance(value, dict):
            out.append(value)
    return out, False


def _added(text: str, at: int) -> list[dict[str, Any]]:
    """Return the object that was written behind one that a crash had cut off, up to the end of the line."""
    begin = text.rfind(_BEGINS, at)
    try:
        return [encodable(json.loads(text[begin:]))] if begin >= 0 else []
    except (ValueError, RecursionError):
        return []


def content_of(block: Block[Any]) -> Content:
    """Return what a tool gave back."""
    held: Content | msgspec.Raw = block.content
    if not isinstance(held, msgspec.Raw):
        return held
    try:
        return _content(held)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # broken bytes, numbers beyond JSON
        found = json.loads(bytes(held).decode("utf-8", "replace"))
        kept: Content = msgspec.convert({"content": encodable(found)}, Block[Content]).content
        return kept


def encodable(value: Any) -> Any:
    """Return a value without halves of characters, which escapes can spell where a text was cut: they are no UTF-8.

    Nothing that holds one could be kept as a state, and all would be read anew after every turn.
    """
    if isinstance(value, str):
        return value if value.isascii() else _HALVES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key.encode("utf-8", "replace").decode(): encodable(each) for key, each in value.items()}
    return [encodable(each) for each in value] if isinstance(value, list) else value
