"""The shapes of the lines of a transcript: the few fields that tell something; all others are passed over unread.

Every value may be of any type, as nothing in a file may be fatal; `Odd` is whatever is no object.
"""

from typing import Any, Final, TypedDict

import msgspec

Odd = str | int | float | bool | list[Any] | None


class Block(msgspec.Struct, gc=False):
    """One block of a message, or of the content of a tool's result."""

    type: Any = None
    text: Any = None
    id: Any = None
    name: Any = None
    input: Any = None
    tool_use_id: Any = None
    content: "list[Block | Odd] | str | int | float | bool | Block | None" = None
    is_error: Any = None


Content = list[Block | Odd] | str | int | float | bool | Block | None


class Message(msgspec.Struct, gc=False):
    model: Any = None
    content: Content = None


class Nested(msgspec.Struct, gc=False):
    """A sub-agent's line, copied into its parent."""

    cwd: Any = None
    message: Message | Odd = None


class Data(msgspec.Struct, gc=False):
    agentId: Any = None
    message: Nested | Odd = None


class Attachment(msgspec.Struct, gc=False):
    type: Any = None
    prompt: Content = None


class Twin(TypedDict, total=False):
    """What is told of a result beside the message."""

    type: Any
    agentId: Any
    isAsync: Any
    backgroundTaskId: Any
    interrupted: Any
    task: Any
    answers: Any
    plan: Any


class Entry(msgspec.Struct, gc=False):
    """One line."""

    type: Any = None
    uuid: Any = None
    timestamp: Any = None
    sessionId: Any = None
    version: Any = None
    gitBranch: Any = None
    cwd: Any = None
    isSidechain: Any = None
    agentId: Any = None
    message: Message | Odd = None
    toolUseResult: Twin | Odd = None
    attachment: Attachment | Odd = None
    data: Data | Odd = None
    content: Any = None
    operation: Any = None
    subtype: Any = None
    isMeta: Any = None
    isCompactSummary: Any = None
    isApiErrorMessage: Any = None
    origin: Any = None
    promptSource: Any = None
    planContent: Any = None
    leafUuid: Any = None
    customTitle: Any = None
    aiTitle: Any = None
    prUrl: Any = None


decode: Final = msgspec.json.Decoder(Entry).decode
