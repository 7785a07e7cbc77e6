"""A picture of a terminal: what commands really print on one, as SVG."""

import os
import pty
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.e2e.world import Machine

COLUMNS: Final = 104
LINES: Final = 27  # of one command's output; more would be a wall of text
_DARK: Final = TerminalTheme(  # the page's dark colours
    (23, 22, 20), (236, 233, 228),
    [(23, 22, 20), (255, 138, 128), (126, 211, 157), (240, 196, 108), (139, 180, 248), (244, 150, 110),
     (127, 205, 205), (236, 233, 228)],
    [(138, 133, 125), (255, 138, 128), (126, 211, 157), (240, 196, 108), (139, 180, 248), (244, 150, 110),
     (127, 205, 205), (255, 255, 255)],
)  # fmt: skip


# Rich's own, without the fonts it would fetch from elsewhere: a picture asks nobody for anything.
_FORMAT: Final = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def on_terminal(machine: Machine, *arguments: str) -> str:
    """Run a `spread` command on a terminal of its own and return what it shows, colours and all."""
    ours, theirs = pty.openpty()
    environment = machine.env(TERM="xterm-256color", COLUMNS=str(COLUMNS), LINES="60", COLORTERM="truecolor")
    process = subprocess.Popen(
        [*machine.through, "spread", *arguments],
        env=environment, cwd=machine.project, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while part := _read(ours):
        shown += part
    os.close(ours)
    assert process.wait() == 0, shown
    return shown.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how a terminal whose other end is closed ends
        return b""


def draw(machine: Machine, commands: Sequence[Sequence[str]], path: Path) -> Path:
    """Draw what the commands print, one after the other, each shortened to what is worth a look."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(
            record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor"
        )
        for arguments in commands:
            console.print(Text.assemble((f"{machine.name}$ ", "bold"), "spread ", " ".join(arguments)))
            lines = on_terminal(machine, *arguments).rstrip("\n").split("\n")
            for line in lines[:LINES]:
                console.print(Text.from_ansi(line), soft_wrap=True)
            console.print("…" if len(lines) > LINES else "")
        drawn = console.export_svg(title="", theme=_DARK, code_format=_FORMAT, unique_id="terminal")
        path.write_text(drawn, encoding="utf-8")
    return path
