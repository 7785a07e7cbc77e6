"""What we draw on a terminal looks as rich draws it: the same characters in the same colours."""

import io
import os
import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text

from spread.commands import terminal, terminal_paint

SGR = re.compile(r"\x1b\[([0-9;]*)m")
LINES = (
    "desk: engine not running, paused",
    "paired with laptop: 3 owed, no route now; goes with the next session, or now with `spread sync`",
    "ok      listener: there is none while no engine runs",
    "problem hooks: not configured, quarantine: 2 are missing; next: spread install",
    "relay: connected",
    "a-word-that-is-longer-than-any-terminal-of-ours-is-wide-and-that-has-to-be-broken: nothing owed",
    "",
)
WORDS = st.lists(
    st.sampled_from(["running", "not running", "paused", "ok", ":", "`spread sync`", "[failing]", "a" * 30, "…", "é"]),
    max_size=8,
).map(" ".join)  # fmt: skip


def seen(drawn: str) -> list[list[tuple[str, frozenset[str]]]]:
    """Return each line's characters with what colours them; blanks at its end, and their colours, show nothing."""
    out = []
    for line in drawn.split("\n"):
        codes: frozenset[str] = frozenset()
        characters = []
        for number, part in enumerate(SGR.split(line)):
            if number % 2:
                codes = frozenset(part.split(";")) - {"0", "39", ""}
            else:
                characters += [(one, frozenset[str]() if one == " " else codes) for one in part]
        while characters and characters[-1][0] == " ":
            characters.pop()
        out.append(characters)
    return out


def by_rich(width: int, what: Iterable[Text | Table]) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=True, color_system="256", highlight=False, emoji=False,
        markup=False, no_color=False,
    )  # fmt: skip
    for each in what:
        console.print(each)
    return stream.getvalue().rstrip("\n")


@pytest.fixture(autouse=True)
def _coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def same(text: str, width: int) -> None:
    ours = terminal_paint.line(text, width, terminal.STYLES, terminal._what(text))
    assert seen("\n".join(ours)) == seen(by_rich(width, [terminal._styled(text)]))


@pytest.mark.parametrize("width", [12, 25, 40, 80, 200])
@pytest.mark.parametrize("text", LINES)
def test_a_line_is_as_rich_draws_it(text: str, width: int) -> None:
    """Broken where rich breaks it, and in its colours."""
    same(text, width)


@given(text=WORDS, width=st.integers(31, 60))  # rich leaves a blank line where a broken word just fits
def test_any_line_is_as_rich_draws_it(text: str, width: int) -> None:
    """Also where styles lie over each other."""
    same(text.strip(), width)


@given(
    rows=st.lists(
        st.tuples(WORDS, st.sampled_from(["日本語のテキスト", "x", "…", ""])), min_size=1, max_size=5
    )
)
def test_a_table_is_as_rich_draws_it(rows: list[tuple[str, str]]) -> None:
    """Wide characters take two columns; what is too long ends in an ellipsis."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for head, width in (("A", 20), ("B", 9)):
        made.add_column(head, no_wrap=True, overflow="ellipsis", width=width)
    for one, other in rows:
        made.add_row(Text(one, style="bold yellow"), Text(other, style="cyan"))
    ours = [*terminal_paint.rows([("A", "B")], (20, 9), 2, ("dim", "dim"))]
    ours += terminal_paint.rows(rows, (20, 9), 2, ("bold yellow", lambda _text: "cyan"))
    assert seen("\n".join(ours)) == seen(by_rich(60, [made]))


def test_what_is_left_to_rich() -> None:
    """Lines with characters that may take two columns or none; and nothing that steers a terminal is drawn."""
    assert terminal_paint.can(["plain", "é…"])
    assert not terminal_paint.can(["日本"])
    assert not terminal_paint.can(["a\u0301"])
    assert not terminal_paint.can(["\x1b[31m"])
    assert not terminal_paint.can_draw([["a", "\x07"]])


def test_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR leaves bold and dim, as rich does."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal_paint.painted("x", ("bold", "red")) == "\x1b[1mx\x1b[0m"
    assert terminal_paint.painted("x", ("red",)) == "x"


def test_how_wide_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS counts, else the terminal, else 80."""
    monkeypatch.setenv("COLUMNS", "33")
    assert terminal_paint.columns() == 33
    monkeypatch.setenv("COLUMNS", "wide")

    def none(_stream: int) -> os.terminal_size:
        raise OSError

    monkeypatch.setattr(os, "get_terminal_size", none)
    assert terminal_paint.columns() == 80
    monkeypatch.setattr(os, "get_terminal_size", lambda _stream: os.terminal_size((44, 10)))
    assert terminal_paint.columns() == 44
