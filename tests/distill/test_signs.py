"""Signs: the words of each let through every line that its pattern is found on."""

import itertools
import random
from re import _constants, _parser  # type: ignore[attr-defined]  # there is no other way to look into a pattern
from typing import Any

import pytest

from spread.distill import signs
from spread.distill.signs import Sign, Signs

GAPS = ("", "3", "12", " ", "s", "E", "✖", "a.py", ": ", "3 ", "x ", "0")
SIGNS = {name: sign for name, sign in vars(signs).items() if isinstance(sign, Sign)} | {
    f"{name}{at}": sign
    for name, several in vars(signs).items()
    if isinstance(several, Signs)
    for at, sign in enumerate(several.signs[1:])
}


def literals(pattern: Any) -> list[list[str]]:
    """Return for each way to match a pattern the texts that stand in what it then matches."""
    ways: list[list[str]] = [[""]]
    for kind, value in pattern:
        if kind is _constants.LITERAL:
            ways = [[*way[:-1], way[-1] + chr(value)] for way in ways]
        elif kind is _constants.BRANCH or kind is _constants.SUBPATTERN:
            inner = value[1] if kind is _constants.BRANCH else [value[3]]
            more = [way for each in inner for way in literals(each)]
            ways = [[*one[:-1], one[-1] + two[0], *two[1:]] for one, two in itertools.product(ways, more)]
        elif kind is not _constants.AT:
            ways = [[*way, ""] for way in ways]
    return ways


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_is_found_where_its_pattern_is(name: str) -> None:
    """The quick search agrees with the pattern on each line, also where words of it stand apart."""
    sign, rng = SIGNS[name], random.Random(1)
    ways = literals(_parser.parse(sign.pattern.pattern))
    found = set[int]()
    for at, way in itertools.chain.from_iterable(
        enumerate(ways) for _ in range(200 if len(ways) > 20 else 1_000)
    ):
        line = way[0] + "".join(rng.choice(GAPS) + part for part in way[1:])
        text = f"{rng.choice(sign.words)}\n{line}{rng.choice(GAPS)}\n{rng.choice(GAPS)}"
        low = text.lower() if sign.fold else text
        there = [bool(sign.pattern.search(line)) for line in low.split("\n")]
        assert sign.search(text) == any(there), text
        words = sign.words_in(text)
        assert [sign.on(line, words) for line in text.split("\n")] == there, text
        if there[1]:
            found.add(at)
    # Else nothing was tried; what single tools say has more in its gaps than is tried here.
    assert name[-1].isdigit() or len(found) > 0.6 * len(ways)


def test_a_sign_reads_lines_to_their_ends() -> None:
    """Anchors are those of lines, and nothing is found across two of them."""
    sign = Sign(r"^ok$|late \d", "ok", "late")
    assert all(map(sign.search, ("token\nok", "ok\ntoken", "too late 3")))
    assert not sign.search("token\nbooks\nlate\n 3")
