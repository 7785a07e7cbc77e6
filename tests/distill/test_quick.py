"""What is looked for quickly is what the patterns find that say what is meant."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from spread.distill.edits import _COMMENT, _SIGNS, _comment
from spread.distill.plans import unnumbered
from spread.distill.undone import _DEFINED, _defined
from spread.distill.words import unfenced
from spread.distillation_letters import Words

WORDS = Words(r"[^\W\d_]{3,}|\d[\d.,:]*\d|\d")
NAMES = Words(r"[^\W\d]{4,}")
LINES = st.lists(
    st.sampled_from(["/", "//", "#", "!", "*", "*/", "/*", '"""', "--", " ", "\t", "ab", "word", "é"]),
    min_size=1,
).map("".join)
PARTS = (
    "def ",
    "class",
    "fun",
    "func",
    "function",
    "sub",
    "my_",
    "\n",
    " ",
    "(it) ",
    "parse_all",
    "types",
    "x",
)
CODE = st.lists(st.sampled_from(PARTS)).map("".join)


@given(st.text())
@example("plain words, 12.5 of them")
@example("größer — über 3 ½ Straßen")
@example("dashes — and “quotes” ✓ only")
def test_words_of_ascii_letters_are_those_of_any(text: str) -> None:
    assert WORDS.of(text) == WORDS.any.findall(text)
    assert NAMES.of(text) == NAMES.any.findall(text)


@given(LINES)
@example("# says what is done")
@example("////a")
@example("##! no comment")
@example("/* one line */")
def test_a_comment_says_what_the_pattern_finds(line: str) -> None:
    line = line.strip()
    if line[:1] in _SIGNS and line:
        found = _COMMENT.fullmatch(line)
        assert _comment(line) == (found[1] if found else "")


@given(CODE)
@example("def parse_all(): class Reader_of")
def test_definitions_are_those_that_the_pattern_finds(code: str) -> None:
    assert _defined(code) == _DEFINED.findall(code)


@given(st.lists(st.sampled_from(["```", "`", "a", "\n", " code "])).map("".join))
def test_fences_go_with_what_they_hold(text: str) -> None:
    assert unfenced(text, "\n") == re.sub(r"```.*?(?:```|\Z)", "\n", text, flags=re.S)


@given(st.lists(st.sampled_from(["1", "12", "→", " ", "       ", "text", "\n"])).map("".join))
def test_numbers_of_lines_go(text: str) -> None:
    text = f"1→{text}"
    assert unnumbered(text) == re.sub(r"(?m)^ {0,7}\d+→", "", text)
