"""What a line of an output tells: nothing, little as markup does, or much as comments do; and when too few of them are told."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.record import is_note
from spread.distillation_codec import shorten

LINE_CHARS: Final = 240
WORD_CHARS: Final = 100  # a longer one is no word: a key, a path of a drawing, packed data
MARKUP: Final = 0.3  # what a line of it is worth
COMMENT: Final = 2.0  # likewise
MIN_DRAWN: Final = 3  # words
_COMMENTS: Final = ("// ", "# ", "-- ", "/* ")
_ATTRIBUTE: Final = re.compile(r"[\w:-]+=(?:\"[^\"]*\"|\{[^{}]*\})")
_WORDS: Final = re.compile(r"[^\W\d_]{2}")
_TELLS: Final = re.compile(r"\w{2}|^\w$")
_METER: Final = re.compile(r"% Total +% Received|Dload +Upload +Total")  # of curl
_LISTED: Final = re.compile(
    r"[bcdlps-][rwxsStT-]{9}\S?\s+\d+\s+\S+\s+\S+\s+[\d.,]+\w?\s+\S+\s+\S+\s+[\d:]+\s+|total \d+$"
)
_UPDATES: Final = re.compile(  # a program offers a newer one of itself
    r"\[notice\]|npm notice (?:new |changelog|run npm|to update)|.{0,40}\bnew(?:er)? (?:\w+ )?(?:version|release) (?:of \S+ )?(?:exists|(?:is )?available)\b"
    r"|update available\b|please update \S+ by running|(?:current|latest) version: \d+\.\d+\.\d+$|\$ conda update ",
    re.I,
)
_COUNT: Final = re.compile(r"\([1-9]\d* rows?\)")  # of what a database shows above it
_DRAWN: Final = str.maketrans("", "", "│├└─┌┐┘┬┴┼╭╮╰╯║╔╗╚╝═")
_SHARE: Final = re.compile(r"→ (\d{1,4}) of (\d{1,6})\+? lines: ")
SCRAP: Final = 5  # times as many lines
MANY: Final = 10  # lines


@lru_cache(2_000)  # most come again at the next revision
def telling(line: str) -> str:
    """Return a line without what is drawn around it, of a listed file the name; an empty one when it tells nothing."""
    line = _LISTED.sub("", line.translate(_DRAWN).strip())
    if (
        is_note(line)
        or _METER.match(line)
        or _UPDATES.match(line)
        or _COUNT.fullmatch(line)
        or not _TELLS.search(line)
    ):
        return ""
    if max(map(len, line[: 3 * LINE_CHARS].split())) > WORD_CHARS:
        return ""
    return shorten(line, LINE_CHARS)


@lru_cache(2_000)
def form(line: str) -> float:
    """Return what a line is worth for its form: comments say most, tags and rows of bare numbers least."""
    words = line.split()
    drawn = len(words) > MIN_DRAWN and 2 * sum(map(_is_number, words)) > len(words)
    if line[0] == "<" or drawn or _ATTRIBUTE.fullmatch(line):
        return MARKUP
    return COMMENT if line.startswith(_COMMENTS) and len(words) > MIN_DRAWN else 1.0


def _is_number(word: str) -> bool:
    return not _WORDS.search(word) and any(map(str.isdigit, word))


def is_scrap(told: str) -> bool:
    """Tell whether so few lines of what was shown are told that nobody learns from them."""
    found = _SHARE.search(told)
    return found is not None and int(found[2]) >= MANY and SCRAP * int(found[1]) <= int(found[2])
