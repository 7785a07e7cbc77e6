"""The page of a distillation that has a narrative: which parts of its texts Claude told, and what they say anew."""

import re
from typing import Final

MARK: Final = "agent: "
CONTEXT: Final = "Context: "
SAME_SHARE: Final = 0.6
MAX_COMPARED: Final = 100  # told items that others are compared with; Claude tells far fewer
_REPORT: Final = re.compile(r"^\(its last message(?:, (L\d+))?:\)$", re.MULTILINE)
_DULL: Final = frozenset(
    ("the", "user", "said", "agent", "asked", "and", "that", "was", "for", "with", "failed")
)
_WORD: Final = re.compile(r"[^\W_]{3,}|\d+")


def joined(told: str, context: str, report: str, line: str) -> str:
    """Return the text of a summary: what is told, what else is, and the agent's last message as it was."""
    if context:  # not into the document's context, which holds the user's words
        told = f"{told}\n{CONTEXT}{context}".strip()
    told = _REPORT.sub("", told).strip()  # said by whoever tells, it would make what follows the last message
    if told and report:
        told += f"\n(its last message{f', {line}' if line else ''}:)\n{report}"
    return told or report


def parted(summary: str) -> tuple[str, str, str]:
    """Return what `joined` has joined: what is told, what else is, and the last message with its line."""
    found = _REPORT.search(summary)
    if found is None and f"\n{CONTEXT}" not in f"\n{summary}":
        return summary, "", ""
    told = summary[: found.start()] if found else summary
    report = summary[found.end() :].strip() if found else ""
    before, _, context = f"\n{told}".partition(f"\n{CONTEXT}")
    return (
        before.strip(),
        context.strip(),
        f"{report} ({found[1]})" if found and found[1] and report else report,
    )


def ordered(items: list[str]) -> tuple[list[str], int]:
    """Return the items of a list, told ones first, others that say the same left out; and how many are told."""
    told = [item for item in items if item.startswith(f"- {MARK}")]
    words = [_words(item) for item in told[:MAX_COMPARED]]
    known = set(told)
    others = [item for item in items if item not in known and not _is_said(_words(item), words)]
    return told + others, len(told)


def unmarked(item: str) -> str:
    """Return a told item without its mark, for a list of nothing but such."""
    return f"- {item.removeprefix(f'- {MARK}')}"


def _is_said(words: set[str], told: list[set[str]]) -> bool:
    return len(words) > 3 and any(len(words & each) >= SAME_SHARE * len(words) for each in told)


def _words(item: str) -> set[str]:
    return set(_WORD.findall(item.lower())) - _DULL
