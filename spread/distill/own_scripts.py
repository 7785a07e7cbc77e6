"""Scripts that the session wrote itself and then ran: what they write is read off their text."""

import re
from collections.abc import Iterator
from typing import Final

from spread.distill import inline, nameless
from spread.distill.effect import Effect
from spread.distill.files import FileLedger, absolute
from spread.distill.newest import drop_oldest
from spread.distill.shell import Simple, effects, placed, split
from spread.distill.spelling import folder_of, is_pattern
from spread.distill.variables import spelled
from spread.transcript_events import Call

MOST: Final = 6
MAX_CHARS: Final = 8_000  # a longer one is a program with choices of its own
_SHELL: Final = (".sh", ".bash", ".zsh")
_ENDS: Final = (*_SHELL, ".py", ".js", ".mjs", ".cjs", ".ts", ".rb")
_RUNS: Final = re.compile(r"(?:python|node|bun|deno|tsx|ts-node|ruby|bash|sh|zsh)[\d.]*\Z")
# It does what it is told when it runs, or only tests.
_CHOICES: Final = re.compile(
    r"\bargv\b|\bargparse\b|\bclick\b|\bARGV\b|\$[1@*]|\bimport (?:pytest|unittest)\b|\bdescribe\("
)


def wrote(files: FileLedger, path: str, call: Call) -> None:
    """Keep the text of a script that a call writes, or edits."""
    if not path.endswith(_ENDS):
        return
    text, known = call.input.get("content"), files.scripts.pop(path, None)
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if known is not None and isinstance(old, str) and isinstance(new, str) and old:
        text = known.replace(old, new, -1 if call.input.get("replace_all") is True else 1)
    if not isinstance(text, str) or len(text) > MAX_CHARS or _CHOICES.search(text):
        return
    if path.endswith(_SHELL) or inline.may_write(text):
        files.scripts[path] = text
        drop_oldest(files.scripts, MOST)


def ran(files: FileLedger, call: Call, source: str) -> Iterator[tuple[Effect, str]]:
    """Yield what the scripts of a line that worked may have written, as a later status may tell; keep what has no name."""
    for item, here in placed(split(source)):
        first = item.words[-1] if len(item.words) == 1 + bool(_RUNS.match(item.name)) else ""
        path = absolute(first, folder_of(here, call.cwd)) if first and here is not None else ""
        if (text := files.scripts.get(path)) is None or item.unsure:
            continue
        found = _of_shell(text) if path.endswith(_SHELL) else _of_program(text, call.output)
        some = False
        for effect, place in found:
            some = True
            where = f"{here}/{place}" if here and place else here or place
            if effect.path:
                several = bool(effect.by) and (effect.kind == inline.LATER or is_pattern(effect.path))
                yield Effect(inline.LATER, effect.path, by=first if several else ""), where
        if some:
            nameless.by_script(files, call.line)


def _of_shell(text: str) -> Iterator[tuple[Effect, str]]:
    yield from (
        each
        for each in effects(spelled(text, split(text)), ok=True)
        if each[0].kind in ("write", "append", "modify")
    )


def _of_program(text: str, output: str) -> Iterator[tuple[Effect, str]]:
    run = Simple(["python"], heredoc=True, name="python")
    yield from (
        each
        for each in inline.written(text, [run], output)
        if each[0].kind in ("write", "modify", inline.LATER, inline.BLIND)
    )
