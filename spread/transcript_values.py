"""What the fields of a line hold, within limits: texts, blocks, and what is kept of a result."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from spread.transcript_events import Call
from spread.transcript_lines import Block, Content, content_of
from spread.transcript_words import SHOWN, previewed

LISTED_CHARS: Final = 8_000
LONG_CHARS: Final = 2000
THOUGHT_CHARS: Final = 1_600  # of what was thought the end is read, where it comes to something
SHORT_BYTES: Final = 3_000
MAX_BLANKS: Final = 100
_BLANKS: Final = re.compile(r"\s{100,}+")
_STOP: Final = re.compile(r"[.!?]\s|[。！？]|\n")  # noqa: RUF001 - as they are written
BLANK_STEP: Final = 20
_SPARSE: Final = re.compile(r"\s{5,}+")  # what of a hundred blanks is left in every twentieth character

# Tools of whose results nothing is told when they are long; of what was read only plans, which are documents.
SILENT: Final = frozenset(("Grep", "Glob", "LS", "TodoWrite"))
_LISTING: Final = frozenset(("Glob", "LS"))  # of which the beginning is told
_READS: Final = frozenset(("Read", "NotebookRead"))
_DOCUMENTS: Final = (".md", ".txt")


def output_of(call: Call, block: Block[Any]) -> str:
    """Return what is kept of a result: of a long one that nothing is told of, at most a list's beginning."""
    quiet = call.name in SILENT or (call.name in _READS and _is_no_document(call))
    if not (call.ok and quiet and _is_long(block)):
        return previewed(joined(content_of(block)))
    if call.name not in _LISTING:
        return ""
    listed = joined(content_of(block))
    return listed if len(listed) <= LISTED_CHARS else f"{listed[:LISTED_CHARS].rpartition(chr(10))[0]}\n…"


def _is_no_document(call: Call) -> bool:
    path = call.input.get("file_path") or call.input.get("notebook_path") or call.input.get("path")
    return not (isinstance(path, str) and path.lower().endswith(_DOCUMENTS))


def _is_long(block: Block[Any]) -> bool:
    held = block.content
    return not isinstance(held, msgspec.Raw) or len(memoryview(held)) > SHORT_BYTES


def task_of(item: object) -> str:
    """Return a task as the client prints it in a list."""
    if not isinstance(item, dict):
        return ""
    told, status, subject = (
        " ".join(text_of(item.get(name)).split()) for name in ("id", "status", "subject")
    )
    return f"#{told} [{status}] {subject}"


def text_of(value: object) -> str:
    """Return a string without endless blanks, an empty one for anything else."""
    if not isinstance(value, str):
        return ""
    return value if len(value) <= LONG_CHARS else _even(value)


def end_of(text: str) -> str:
    """Return the end of a long text from where a sentence begins, so that nothing in it is half of something."""
    if len(text) <= THOUGHT_CHARS:
        return text
    found = _STOP.search(text, len(text) - THOUGHT_CHARS)
    return text[found.end() :] if found else ""


def _even(text: str) -> str:
    """Return a long text without endless blanks, which say nothing and which patterns would look at again and again."""
    out: list[str] = []
    at = 0
    for found in _SPARSE.finditer(text[::BLANK_STEP]):  # what stands on either side of it is no blank
        start, end = max(at, (found.start() - 1) * BLANK_STEP), found.end() * BLANK_STEP
        out += (text[at:start], _BLANKS.sub(lambda run: run[0][:MAX_BLANKS], text[start:end]))
        at = end
    return "".join((*out, text[at:])) if out else text


def blocks_of(content: Content) -> Iterable[object]:
    """Return the blocks of a message; one that is all text is one block."""
    if isinstance(content, list):
        return content
    return (Block("text", content),) if isinstance(content, str) else ()


def shown_in(content: Content) -> str:
    """Return what stands for the last image or document of a message, an empty string without any."""
    kinds = [
        block.type for block in blocks_of(content) if isinstance(block, Block) and isinstance(block.type, str)
    ]
    return next((SHOWN[kind] for kind in reversed(kinds) if kind in SHOWN), "")


def joined(content: Content) -> str:
    """Return the texts of a message or a result, one below another."""
    if isinstance(content, str):
        return text_of(content)
    blocks = (block for block in blocks_of(content) if isinstance(block, Block) and block.type == "text")
    return "\n".join(text_of(block.text) for block in blocks)
