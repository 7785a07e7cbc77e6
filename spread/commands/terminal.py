"""What commands print: results on stdout, the rest on stderr.

On a terminal there are colours and tables (by rich, which honours NO_COLOR); elsewhere plain lines that stay the same
for scripts. Nothing heavy is imported before it is needed.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

NARROW: Final = 60  # columns
LEAST_CUT: Final = 16  # of what is cut to fit; for less than that a table leaves columns out
MAX_COLUMN: Final = 40  # of what is not cut to fit
WIDE, NARROWER = 28, 23  # columns of a command that is explained beside it
GAP: Final = 2
PATIENCE_S: Final = 1.0  # what is done sooner needs no bar
STYLES: Final = (  # the words that tell how things stand
    (r"\brunning\b|\bnothing owed\b|\bconnected\b|^ok\b|\[validated\]", "green"),
    (r"\bnot running\b", "not bold default"),
    (r"\bno route now\b|\bheld back\b|\bpaused\b|^warning\b|\bnot validated\b", "yellow"),
    (r"\bnot taken in\b|\bquarantine\b|\bare missing\b|\bis missing\b|^problem\b|\[failing\]", "red"),
    (r"`[^`]+`|\bspread (?:pair|resume|sync|show|inbox)\b.*", "cyan"),
)
_quiet = False


def be_quiet() -> None:
    """From now on print results and errors only."""
    global _quiet
    _quiet = True


def say(text: str) -> None:
    """Print a line for the person (stderr), if somebody listens there: results go on without."""
    if not _quiet and sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - the CLI's own output


def result(text: str) -> None:
    """Print a result (stdout), at once."""
    print(text, flush=True)  # noqa: T201 - the CLI's own output


def is_fancy(stream: TextIO | None = None) -> bool:
    """Tell whether a stream (stdout) is a terminal that can do more than lines."""
    if os.environ.get("CLAUDECODE"):  # what Claude reads is quoted as data, which only lines can be
        return False
    stream = stream or sys.stdout
    return stream is not None and stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def console(stream: TextIO | None = None) -> "Console":
    """Return rich's console for a stream (stdout)."""
    from rich.console import Console  # late: 50 ms that only a terminal needs

    return Console(file=stream or sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=False)


def lines(plain: Sequence[str]) -> None:
    """Print results, each line `what: how it stands`; on a terminal what is bold and the telling words coloured."""
    if not is_fancy():
        for line in plain:
            result(line)
        return
    from spread.commands import terminal_paint

    if terminal_paint.can(plain):
        width = terminal_paint.columns()
        for line in plain:
            text, indent = line.strip(), len(line) - len(line.lstrip())
            for part in terminal_paint.line(text, width - indent, STYLES, _what(text)):
                result(" " * indent + part)
        return
    from rich.padding import Padding

    screen = console()
    for line in plain:
        indent = len(line) - len(line.lstrip())
        screen.print(Padding(_styled(line.strip()), (0, 0, 0, indent)))


def commands(plain: Sequence[str]) -> None:
    """Print lines of which some are `  a command   what it does`."""
    if not is_fancy():
        for line in plain:
            result(line)
        return
    from spread.commands import terminal_paint

    if terminal_paint.can(plain):
        _commands(plain)
        return
    from rich.table import Table
    from rich.text import Text

    screen = console()
    for line in plain:
        command, gap, what = line.strip().partition("  ")
        if not line.startswith("  ") or not gap:
            screen.print(_styled(line))
            continue
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=WIDE if screen.width >= NARROW else NARROWER)
        grid.add_column()
        grid.add_row(Text(f"  {command}", "cyan"), Text(what.strip()))
        screen.print(grid)


def _commands(plain: Sequence[str]) -> None:
    from spread.commands import terminal_paint

    width = terminal_paint.columns()
    left = WIDE if width >= NARROW else NARROWER
    for line in plain:
        command, gap, what = line.strip().partition("  ")
        if not line.startswith("  ") or not gap:
            told = terminal_paint.line(line, width, STYLES, _what(line))
        else:
            first = terminal_paint.painted(f"  {command}", ("cyan",)) + " " * (left + GAP - 2 - len(command))
            parts = terminal_paint.line(what.strip(), width - left - GAP, ())
            told = [(first if not at else " " * (left + GAP)) + part for at, part in enumerate(parts)]
        result("\n".join(told))


def _styled(line: str) -> "Text":
    from rich.text import Text

    text = Text(line)
    for pattern, style in STYLES:
        text.highlight_regex(pattern, style)
    text.stylize("bold", 0, _what(line))
    return text


def _what(line: str) -> int:
    """Return how long the beginning of a line is that says what it is about."""
    return max(0, line.find(": "))


def table(
    rows: Sequence[Sequence[str]], heads: Sequence[str], *, cut: int, spare: Sequence[int] = (),
    styles: Sequence[str | Callable[[str], str]] = (),
) -> None:  # fmt: skip
    """Print rows as a table; only for a terminal.

    Args:
        cut: The column that gives way where there is no room; its cells end in an ellipsis.
        spare: The columns that are left out, in this order, until the one that is cut still says something.
        styles: The style of each column, or what tells a cell's from its text.
    """
    from spread.commands import terminal_paint

    columns = terminal_paint.columns()
    shown = [*range(len(heads))]
    widths = {at: max(terminal_paint.size(row[at]) for row in (heads, *rows)) for at in shown}
    others = sum(min(widths[at], MAX_COLUMN) + GAP for at in shown if at != cut)
    for at in spare:
        if columns - others < min(widths[cut], LEAST_CUT):
            shown.remove(at)
            others -= 0 if at == cut else min(widths[at], MAX_COLUMN) + GAP
    fit = [min(widths[at], max(8, columns - others) if at == cut else MAX_COLUMN) for at in shown]
    if sum(fit) + GAP * (len(fit) - 1) <= columns and terminal_paint.can_draw(rows):
        head = terminal_paint.rows([[heads[at] for at in shown]], fit, GAP, ["dim"] * len(fit))
        chosen = [styles[at] if at < len(styles) else "" for at in shown]
        body = ([row[at] for at in shown] for row in rows)
        result("\n".join([*head, *terminal_paint.rows(body, fit, GAP, chosen)]))
        return
    from rich.table import Table
    from rich.text import Text

    screen = console()
    made = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim", show_edge=False)
    for at, width in zip(shown, fit, strict=True):
        made.add_column(heads[at], no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        cells = []
        for at in shown:
            style = styles[at] if at < len(styles) else ""
            cells.append(Text(row[at], style=style if isinstance(style, str) else style(row[at])))
        made.add_row(*cells)
    screen.print(made)


def show_qr(text: str) -> None:
    """Draw a text as a QR code for the person (stderr), if that is a terminal wide enough."""
    if _quiet or not sys.stderr.isatty():
        return
    import shutil

    import segno

    code = segno.make(text, error="l", micro=False)
    if code.symbol_size(border=4)[0] < shutil.get_terminal_size().columns:
        code.terminal(out=sys.stderr, border=4, compact=True)


def local_time(when: float, *, seconds: bool = True) -> str:
    """Return a time (unix seconds) as a person reads it."""
    return time.strftime("%Y-%m-%d %H:%M" + (":%S" if seconds else ""), time.localtime(when))


class Bar:
    """A progress bar on stderr, once something takes longer than a second; a context manager.

    Args:
        what: What is done, in a word or two.
        unit: "bytes", whose speed is told too, or what is counted.
    """

    def __init__(
        self, what: str, *, unit: str = "bytes", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what = what
        self._unit = unit
        self._clock = clock
        self._began: float | None = None
        self._shown: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            self._shown.stop()

    def at(self, done: int, of: int) -> None:
        """Tell how far it is."""
        now = self._clock()
        self._began = now if self._began is None else self._began
        if self._shown is None:
            if now - self._began <= PATIENCE_S or _quiet or not is_fancy(sys.stderr):
                return
            self._start(done, of)
        self._shown.update(self._task, completed=done, total=of)

    def _start(self, done: int, of: int) -> None:
        from rich import progress

        amount: tuple[progress.ProgressColumn, ...] = (progress.MofNCompleteColumn(),)
        if self._unit == "bytes":
            amount = (progress.DownloadColumn(), progress.TransferSpeedColumn())
        self._shown = progress.Progress(
            progress.TextColumn("{task.description}", markup=False), progress.BarColumn(bar_width=24), *amount,
            progress.TimeRemainingColumn(), console=console(sys.stderr), transient=True,
        )  # fmt: skip
        self._task = self._shown.add_task(self._what, total=of, completed=done)
        self._shown.start()


class Busy:
    """Says that something goes on whose end cannot be told, once it takes longer than a second; a context manager."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._timer: Any = None
        self._shown: Any = None

    def __enter__(self) -> Self:
        if is_fancy(sys.stderr) and not _quiet:
            from threading import Timer

            self._timer = Timer(PATIENCE_S, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def _show(self) -> None:
        from rich import progress

        self._shown = progress.Progress(
            progress.SpinnerColumn(), progress.TextColumn("{task.description}", markup=False),
            progress.TimeElapsedColumn(), console=console(sys.stderr), transient=True,
        )  # fmt: skip
        self._shown.add_task(self._what, total=None)
        self._shown.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer.join()  # it may be about to begin
        if self._shown is not None:
            self._shown.stop()
