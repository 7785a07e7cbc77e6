"""Names that are a name and nothing else, on every system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.names import MAX_NAME_BYTES, is_portable, portable


@pytest.mark.parametrize(
    "name",
    ["notes.md", "let it parse weeks [done]", "Größe 大小.txt", "a", "n" * MAX_NAME_BYTES, "console", "com.txt",
     "nul-1", "a.con", "~", "100%"],
)  # fmt: skip
def test_what_is_portable(name: str) -> None:
    """Plain names are, in any script, and `portable` leaves them alone."""
    assert is_portable(name)
    assert portable(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "C:x", "-rf", ".bashrc", " x", "x ", "x.", "a\0b", "a\nb",
     "a\x1b[31mb", "a\u202eb", "a\u200bb", "a\u2028b", "\ud800", "con", "CON", "Nul.txt", "com1", "LPT9.log",
     "aux.tar.gz", "n" * (MAX_NAME_BYTES + 1), "ä" * MAX_NAME_BYTES, "a*", "a?", "a|b", 'a"b', "<a>", "\U000e0041"],
)  # fmt: skip
def test_what_is_not(name: str) -> None:
    """Paths, devices, options, hidden and invisible things are not; made portable they are harmless."""
    assert not is_portable(name)
    assert is_portable(portable(name))


@given(st.text(max_size=400))
def test_anything_can_be_made_portable(text: str) -> None:
    """Whatever the text; and a second time changes nothing."""
    assert is_portable(portable(text))
    assert portable(portable(text)) == portable(text)
