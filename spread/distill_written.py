"""What edits wrote, word for word: it is told where a page has room left."""

from collections.abc import Callable, Iterable
from typing import Final

from spread.distill_agents import SubAgent
from spread.distill_files import FileLedger
from spread.transcript_events import Call

KEPT_CHARS: Final = 6_000
TEXT_CHARS: Final = 900  # of one edit
LEAST_ROOM: Final = 40  # words left on a page, below which nothing is quoted
LEAST_WORDS: Final = 12

Written = list[tuple[int, str, str]]  # the line, the path, what was written


def note(written: Written, call: Call, path: str) -> None:
    """Keep what an edit wrote, in place of what it replaced; the oldest goes when there is too much."""
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    for edit in edits:
        old, new = edit.get("old_string"), edit.get("new_string") or edit.get("content")
        text = new if isinstance(new, str) else ""
        gone = old if isinstance(old, str) and old and not edit.get("replace_all") else ""
        written[:] = [
            it for it in written if it[1] != path or (gone and gone not in it[2] and it[2] not in gone)
        ]
        written.append((call.line, path, text[:TEXT_CHARS]))
    room = KEPT_CHARS
    for at in range(len(written) - 1, -1, -1):
        room -= len(written[at][2])
        if room < 0:
            del written[: at + 1]
            break


def quoted(
    written: Written,
    agents: Iterable[SubAgent],
    files: FileLedger,
    tell: Callable[[str, int], str],
    words: int,
) -> list[str]:
    """Return lines that quote what was written and not changed since, the newest first, then code of sub-agents' reports.

    Args:
        tell: Gives a text redacted and on one line, in at most so many characters.
        words: About how many there is room for.
    """
    out, edited = list[str](), files.edited()
    last = {path: line for line, path, _ in written}
    texts = [
        (line, f"written in {path.rpartition('/')[2]}", text)
        for line, path, text in reversed(written)
        if edited.get(path) == last[path]
    ]
    texts += [
        (agent.ended_at, "sub-agent, in code", part)
        for agent in agents
        for part in agent.report.split("```")[1::2]
    ]
    for line, what, text in texts if words >= LEAST_ROOM else ():
        told = f"L{line} {what}: {tell(text, TEXT_CHARS)}"
        parts = told.split(" ")
        if words < LEAST_WORDS:
            break
        if len(parts) > words:
            told = f"{' '.join(parts[: words - 1])} …"
        if len(parts) > LEAST_WORDS // 2:
            out.append(told)
            words -= min(len(parts), words)
    return out
