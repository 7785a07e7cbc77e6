"""Lines and tables on a terminal as rich would draw them, without loading most of rich.

That takes half of what a command needs that only looks something up, and a table of thousands of rows takes rich
seconds. What is broken into lines and has characters whose widths are a science is still rich's.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

COLOURS: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
CODES: Final = {"bold": "1", "dim": "2", "default": "39"} | {
    one: str(30 + at) for at, one in enumerate(COLOURS)
}
_WORD: Final = re.compile(r"\s*\S+\s*")
# an ellipsis, dashes, quotation marks, a bullet
_SIMPLE: Final = dict.fromkeys((0x2026, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022))
Style = tuple[str, ...]  # words of CODES


def can(texts: Iterable[str]) -> bool:
    """Tell whether we can break these into lines; Windows' terminals are rich's too."""
    return os.name != "nt" and all(text.isprintable() and is_simple(text) for text in texts)


def can_draw(cells: Iterable[Sequence[str]]) -> bool:
    """Tell whether we can draw these as a table: nothing in them steers a terminal."""
    return os.name != "nt" and all(text.isprintable() for row in cells for text in row)


def is_simple(text: str) -> bool:
    """Tell whether each character takes one column, and that is easily seen."""
    return text.isascii() or max(text.translate(_SIMPLE), default="") < "\u0300"


def size(text: str) -> int:
    """Return how many columns a text takes."""
    if is_simple(text):
        return len(text)
    from rich.cells import cell_len  # alone it is light

    return cell_len(text)


def columns() -> int:
    """Return how wide the terminal is."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdigit() and int(wanted):
        return int(wanted)
    for stream in (0, 1, 2):
        try:
            return os.get_terminal_size(stream).columns or 80
        except OSError:  # not a terminal
            continue
    return 80


def painted(text: str, style: Style) -> str:
    """Return a text in a style, without colours where NO_COLOR is set."""
    colourless = os.environ.get("NO_COLOR", "") != ""
    codes = [CODES[word] for word in style if not colourless or CODES[word] in "12"]
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text


def line(text: str, width: int, rules: Sequence[tuple[str, str]], what: int = 0) -> list[str]:
    """Return a line as those that it takes, broken between words.

    Args:
        rules: Patterns and the style of what fits; a later one's colour counts.
        what: So many characters at the beginning are bold.
    """
    styles: list[Style] = [()] * len(text)
    for pattern, style in rules:
        for found in re.finditer(pattern, text):
            for at in range(*found.span()):
                styles[at] = _over(styles[at], style)
    for at in range(what):
        styles[at] = _over(styles[at], "bold")
    return ["".join(_runs(text, styles, begin, end)) for begin, end in _broken(text, max(1, width))]


def _over(style: Style, other: str) -> Style:
    """Return a style with another one laid over it."""
    words = other.split()
    bold = ("bold" in style or "bold" in words) and "not" not in words
    colour = [word for word in words if word not in ("not", "bold")] or [
        word for word in style if word != "bold"
    ]
    return (*(("bold",) if bold else ()), *colour)


def _runs(text: str, styles: list[Style], begin: int, end: int) -> Iterator[str]:
    at = begin
    while at < end:
        until = next((n for n in range(at, end) if styles[n] != styles[at]), end)
        yield painted(text[at:until], styles[at])
        at = until


def _broken(text: str, width: int) -> list[tuple[int, int]]:
    """Return where each line of a text begins and ends; a word that is too long is broken itself."""
    starts, used = [0], 0
    for found in _WORD.finditer(text):
        begin, length = found.start(), len(found[0].rstrip())
        if used + length <= width:
            used += len(found[0])
            continue
        if length > width:  # as much as fits of it on each line
            first = begin if used else begin + width
            starts += range(first, begin + length, width)
            used = begin + len(found[0]) - starts[-1]
        else:
            starts.append(begin)
            used = len(found[0])
    ends = [*starts[1:], len(text)]
    return [(begin, begin + len(text[begin:end].rstrip())) for begin, end in zip(starts, ends, strict=True)]


def rows(
    cells: Iterable[Sequence[str]],
    widths: Sequence[int],
    gap: int,
    styles: Sequence[str | Callable[[str], str]],
) -> Iterator[str]:
    """Return the rows of a table, each cell as wide as its column: what is longer ends in an ellipsis."""
    chosen = [styles[at] if at < len(styles) else "" for at in range(len(widths))]
    for row in cells:
        out = []
        for text, width, style in zip(row, widths, chosen, strict=True):
            shown = text if size(text) <= width else _cut(text, width - 1) + "…"
            word = style if isinstance(style, str) else style(text)
            out.append(painted(shown, tuple(word.split())) + " " * (width - size(shown) + gap))
        yield "".join(out).rstrip()


def _cut(text: str, width: int) -> str:
    if is_simple(text):
        return text[:width]
    from rich.cells import set_cell_size

    return set_cell_size(text, width)
