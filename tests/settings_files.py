"""Random settings files, as people, editors and the client itself write them."""

import codecs
import json
from typing import Any

from hypothesis import strategies as st

WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["model", "env", "permissions", "a b", "é", "", 'q"', "$schema"]) | WORDS
THEIR_COMMANDS = st.sampled_from(["true", "~/bin/x \"$A\" 'b'", "sh -c 'echo hooks/stop'", "é \\ \n", ""])
THEIR_ENTRIES = st.fixed_dictionaries(
    {"type": st.just("command"), "command": THEIR_COMMANDS}, optional={"timeout": st.integers(1, 99)}
)
THEIR_GROUPS = st.fixed_dictionaries(
    {"hooks": st.lists(THEIR_ENTRIES, max_size=2)}, optional={"matcher": WORDS, "x": SCALARS}
)
EVENTS = st.sampled_from(["Stop", "SessionStart", "SessionEnd", "UserPromptSubmit", "PreToolUse", "Later"])
HOOKS = st.dictionaries(EVENTS, st.lists(THEIR_GROUPS | SCALARS, max_size=2), max_size=4)
STATUS = st.fixed_dictionaries(
    {"type": st.just("command"), "command": THEIR_COMMANDS | st.just("x # y") | WORDS},
    optional={"padding": st.just(0)},
)
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


class Pen:
    """Writes a value with white space of its own choice, the same in the whole file or another each time."""

    def __init__(self, draw: st.DrawFn, newline: str) -> None:
        self.draw = draw
        self.newline = newline
        self.indent = draw(st.sampled_from(["", " ", "  ", "    ", "\t", "   \t"]))
        self.style = draw(st.sampled_from(["lines", "one line", "minified", "odd"]))

    def gap(self, depth: int) -> str:
        """Return the white space before a part, or before the closing bracket."""
        if self.style == "lines":
            return self.newline + self.indent * depth
        if self.style == "odd":
            parts = st.sampled_from(["", " ", "\t", self.newline, self.newline * 2])
            return "".join(self.draw(st.lists(parts, max_size=3)))
        return ""

    def between(self) -> str:
        """Return the white space around commas and colons."""
        if self.style == "odd":
            return self.draw(st.sampled_from(["", " ", self.newline]))
        return "" if self.style == "minified" else " "

    def word(self, text: object) -> str:
        """Return a scalar; one character may be written in two ways."""
        ascii_only = self.draw(st.booleans())
        written = json.dumps(text, ensure_ascii=ascii_only)
        return written.replace("/", "\\/") if ascii_only else written

    def write(self, value: Any, depth: int = 0, *, twice: bool = False) -> str:
        """Return the text; `twice`: with a member before that has a name that comes again."""
        if isinstance(value, dict):
            colon = ":" + self.between()
            parts = [self.word(key) + colon + self.write(one, depth + 1) for key, one in value.items()]
            if twice and value:
                parts.insert(0, self.word(self.draw(st.sampled_from(sorted(value)))) + colon + "{}")
        elif isinstance(value, list):
            parts = [self.write(one, depth + 1) for one in value]
        else:
            return self.word(value)
        brackets = "{}" if isinstance(value, dict) else "[]"
        if not parts:
            inner = self.draw(st.sampled_from(["", " ", self.newline, self.newline + " "]))
            return brackets[0] + inner + brackets[1]
        comma = "," if self.style in ("lines", "minified") else "," + self.between()
        before = self.between() if self.style == "odd" else ""
        written = (before + comma).join(self.gap(depth + 1) + part for part in parts)
        return brackets[0] + written + self.gap(depth) + brackets[1]


@st.composite
def settings_files(draw: st.DrawFn) -> bytes:
    """Draw the bytes of a file that the client would load."""
    newline = draw(NEWLINES)
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(["", " ", newline, newline + "\t"])).encode()
    value = draw(st.dictionaries(KEYS, VALUES, max_size=4))
    value.pop("hooks", None)
    value.pop("statusLine", None)
    if draw(st.booleans()):
        value["hooks"] = draw(HOOKS)
    if draw(st.booleans()):
        value["statusLine"] = draw(STATUS)
    items = draw(st.permutations(list(value.items())))
    pen = Pen(draw, newline)
    text = pen.write(dict(items), twice=draw(st.booleans()))
    text = (
        draw(st.sampled_from(["", newline, " "])) + text + draw(st.sampled_from(["", newline, newline * 2]))
    )
    match draw(st.integers(0, 9)):
        case 0:
            return codecs.BOM_UTF8 + text.encode()
        case 1:
            return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode()
