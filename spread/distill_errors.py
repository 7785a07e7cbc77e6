"""What an output of a failed call says: the line that tells the cause, and what makes two errors the same."""

import re
from functools import lru_cache
from typing import Final

from spread.distill_signs import STRONG, WEAK
from spread.distillation_codec import shorten

MAX_CAUSES: Final = 8
CAUSE_CHARS: Final = 300

_ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")
_EMPTY: Final = re.compile(
    r"Exit code \d+$|[\W_]*$|#+ \w+$|hint: |at \S+ ?\(|Node\.js v|For more information|Usage: |usage: |Traceback |Rebasing \(|"
    r"Auto-merging |\w+: (?:<tool_use_error>)?$|.*[┃│╭╰]"
)
_FAILED: Final = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception): ")
_ONE: Final = re.compile(r"Exit code 1\b")
_SEARCH: Final = re.compile(r"\b(?:grep|rg|find|which|diff|test|ls)\b")
_VARIES: Final = re.compile(
    r"[\"'`“].*?[\"'`”]|\b\w+ ?\(\d+\)|\b\w+(?=\[\d+\])|\S*[/\\]\S*|\b0x[0-9a-fA-F.x]+|[\[(]?\b[0-9a-f]*\d[\w.]*"
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def causes(output: str, *, first: bool = False) -> list[str]:
    """Return the lines that may tell why a call failed, the likeliest first; none when there is no such line.

    Args:
        first: Where no line speaks of an error, the first one counts, not the last.
    """
    lines = [
        line for raw in _ANSI.sub("", output).splitlines() if _WORD.search(line := " ".join(raw.split()))
    ]
    strong, weak, plain = list[str](), list[str](), list[str]()
    text = "\n".join(lines)
    strong_words, weak_words = STRONG.words_in(text), WEAK.words_in(text)
    for at, line in enumerate(lines):
        is_strong = STRONG.on(line, strong_words)
        if not is_strong and _EMPTY.match(line):
            continue
        text = line[:CAUSE_CHARS]
        if line.endswith(":") and at + 1 < len(lines):
            text = f"{text} {lines[at + 1][:CAUSE_CHARS]}"
        kind = strong if is_strong else weak if WEAK.on(line, weak_words) else plain
        if text not in kind and (len(kind) < MAX_CAUSES or kind is plain):
            kind.append(text)
    if "Traceback" in output:
        strong.sort(key=lambda text: not _FAILED.match(text))
    return (strong + weak)[:MAX_CAUSES] or plain[:1] * first or plain[-1:]


def is_empty_search(command: str, output: str) -> bool:
    """Tell whether a command that looks for something just found nothing, or too little."""
    if not _ONE.match(output) or not _SEARCH.search(command):
        return False
    lines = (line.strip() for line in output.splitlines())
    return not any(STRONG.search(line) or WEAK.search(line) for line in lines if not _EMPTY.match(line))


@lru_cache(4_000)
def signature(cause: str) -> str:
    """Return what is the same in two errors of one kind: the words, without numbers, names and paths."""
    return " ".join(_WORD.findall(_VARIES.sub(" ", cause))[:14]).lower()


def telling(found: list[str], noise: dict[str, int]) -> str:
    """Return the likeliest cause that is no noise of the environment, else the noise that is commonest.

    Args:
        noise: How often each signature was met that says nothing about the single call.
    """
    clear = next((cause for cause in found if signature(cause) not in noise), "")
    return clear or max(found, key=lambda cause: noise[signature(cause)], default="")


def told(cause: str, most: int) -> str:
    """Return a cause for a list: without what every error begins with, and short."""
    return shorten(cause.removeprefix("### ").removeprefix("Error Error: "), most)
