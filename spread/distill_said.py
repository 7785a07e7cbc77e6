"""The log of what the user said, with what the agent came to on it; as long as the page has room."""

from collections.abc import Callable
from typing import Final

from spread.distill_reports import points
from spread.distill_turns import Turn
from spread.distill_words import PASTED_CHARS
from spread.distillation_codec import shorten

MAX_LOG_CHARS: Final = 6_000
MIN_LOG_CHARS: Final = 2_600  # also when the rest fills the page
REPORT_CHARS: Final = 2_400  # of a report are looked at
_GENEROUS: Final = (4.0, 2.8, 2.0, 1.4, 1.0, 0.7)  # the first that fits is taken


def log(
    turns: list[Turn], resolved: Callable[[Turn, int], str], safe: Callable[[str], str], room: int
) -> str:
    """Return one line for each prompt, newest first, longer the newer, each with the facts of the answer.

    Args:
        resolved: Gives a prompt, redacted, on one line of so many characters.
        safe: Gives a text redacted.
        room: Characters to be filled, but MIN_LOG_CHARS to MAX_LOG_CHARS.
    """
    room = min(max(room, MIN_LOG_CHARS), MAX_LOG_CHARS)
    lines = list[str]()
    for factor in _GENEROUS if len(turns) < 40 else _GENEROUS[-2:]:
        lines = _lines(turns, resolved, safe, factor)
        if sum(map(len, lines)) + 3 * len(lines) <= room:
            break
    return "\n".join(_first(lines))


def _first(lines: list[str]) -> list[str]:
    room, out = MAX_LOG_CHARS, list[str]()
    for at, line in enumerate(lines):
        room -= len(line)
        if room < 0:
            return [*out, f"… {len(lines) - at} earlier prompts left out"]
        out.append(line)
    return out


def _lines(
    turns: list[Turn], resolved: Callable[[Turn, int], str], safe: Callable[[str], str], factor: float
) -> list[str]:
    out, spent = list[str](), 0
    for age, turn in enumerate(reversed(turns)):
        if spent > MAX_LOG_CHARS:
            return [*out, *[""] * (len(turns) - age)]  # only counted
        said = " ".join(resolved(turn, int(max(130, 330 - 25 * age) * min(factor, 2.0))).split())
        line = f"L{turn.prompt.line} user: {said}"
        if age and turn.last:
            told = answer(safe(turn.last.text[:REPORT_CHARS]), int(max(110, 260 - 12 * age) * factor))
            objected = " (the user then objected)" if turns[-age].objects else ""
            line += f" → L{turn.last.line} agent{objected}: {told}" if told else ""
        out.append(line)
        spent += len(line)
    return out


def answer(said: str, most: int) -> str:
    """Return the facts of a message, or its beginning when it has no part that fits."""
    return points(said, most) or shorten(said, min(most, 160))


def asked(said: str, most: int) -> str:
    """Return a prompt on one line: of a long one its beginning, and what tells most of the rest."""
    if len(said) <= max(most, PASTED_CHARS):
        return shorten(said, most)
    head = shorten(said, most * 2 // 5)
    rest = points(said[len(head) :].partition(" ")[2], most - len(head))
    return f"{head} […] {' '.join(rest.split())}" if rest else shorten(said, most)
