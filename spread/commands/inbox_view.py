"""How `spread show` looks on a terminal: the page's own marks as colours, what it rests on dimmed."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from spread.commands import terminal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

EVIDENCE: Final = r"\((?:L\d+(?:[-, ]+L?\d+)*)\)|\bL\d+\b"
CODE: Final = r"`[^`]+`"


def show(page: str) -> None:
    """Print a hand-off's page (safe text, as `claude.visible` leaves it)."""
    screen = terminal.console()
    for part in _parts(page.rstrip("\n").splitlines()):
        screen.print(part)


def _parts(lines: list[str]) -> Iterator["RenderableType"]:
    from rich.text import Text

    for at, line in enumerate(lines):
        if line.startswith("# "):
            yield _marked(line[2:], "bold")
        elif line.startswith("## "):
            yield Text(line[3:], "bold cyan")
        elif at == 1 or re.fullmatch(r"\(L\d+ = .*\)", line):
            yield Text(line, "dim")
        elif found := re.match(r"(>|- |    )(.*)", line):
            mark, style = {">": ("▏ ", ""), "- ": ("• ", ""), "    ": ("  ", "red")}[found[1]]
            yield _hanging(mark, _marked(found[2], style))
        else:
            yield _marked(line)


def _hanging(mark: str, text: "Text") -> "RenderableType":
    """Return a text whose further lines stand below its first one, not below the mark."""
    from rich.table import Table

    grid = Table.grid()
    grid.add_column(style="dim", width=len(mark))
    grid.add_column(overflow="fold")
    grid.add_row(mark, text)
    return grid


def _marked(line: str, style: str = "") -> "Text":
    from rich.text import Text

    text = Text()
    for at, part in enumerate(line.split("**")):  # bold, as our own lines have it
        text.append(part, "bold" if at % 2 else "")
    text.highlight_regex(CODE, "cyan")
    text.highlight_regex(EVIDENCE, "dim")
    text.style = style
    return text
