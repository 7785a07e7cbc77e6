"""How text looks without what only frames it: the same length, so that a place in one is a place in the other.

Escaped line ends become line ends; line numbers, the signs of a diff or a quotation, colours and the head of a log
line become blanks. What stands at the beginning of a line is then at its beginning, wherever the text was shown.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, chain
from typing import Final

_COLOUR: Final = re.compile(r"(?:\x1b|\\u001[bB]|\\x1[bB]|\\033)\[[\d;]{0,20}m")
# The name of a logger or a file goes with the frame; one that may be the name of a secret does not.
_NO_NAME: Final = r"(?![\w./-]{0,100}(?i:pass|pwd|psk|secret|token|key|auth|cred|jwt|otp|dsn))"
# The beginnings of lines: numbers as `cat -n` prints them, heads of a log, a diff's signs, quotation marks.
_MARGIN: Final = re.compile(
    r"\n(?=[ \t]*+[\d+>-])(?:[ \t]{0,8}\d{1,6}(?:→|\t)"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,12}(?: +(?:INFO|DEBUG|WARN(?:ING)?|ERROR|TRACE))?(?: \[[\w-]{1,40}\])?(?: "
    + _NO_NAME
    + r"[\w.]{1,30}:)?[ \t]"
    r"|[+-](?![+-])|>(?: ?>){0,3})"
)
_GREP: Final = re.compile(r"\n[\w./-]{0,100}[./]\w{1,12}[:-]\d{1,6}[:-](?<!:5432:)(?<!:6432:)")
_NAMELESS: Final = re.compile(r"\n" + _NO_NAME)
_GREP_NUMBER: Final = re.compile(r":\d{1,6}:")
_SEPARATORS: Final = bytes(
    byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for byte in range(256)
)
_CORE: Final = re.compile(r"[a-z0-9]+")
LEAST_CORE: Final = 4  # characters of a word for which others are looked for, too
MOST_CORES: Final = 4_000  # places; from more it takes longer to choose than to look anew
BLOCK_CHARS: Final = 16_384  # and the rest of the line
MAX_WORD_CHARS: Final = 80  # a longer word is data
SHORT_CHARS: Final = 24  # and so is one longer than that with digits in it, unless it may be a secret's name
_OF_NAMES: Final = (
    b"pass", b"pwd", b"pw\n", b"psk", b"secret", b"token", b"cred", b"key", b"auth", b"jwt", b"bearer", b"dsn",
    b"webhook", b"otp", b"connectionstring", b"mnemonic", b"pepper",
)  # fmt: skip


class Lowered(str):
    """A text in lower case that knows its words: most of what is looked for is in no text, and need not be looked for.

    What is in few of its lines is looked for in the blocks of lines that have such a word.
    """

    blocks: list[tuple[int, int, set[bytes]]]  # from, to, and the words; none where there is data
    vocabulary: str  # a word a line, the first one and the last one empty
    known: dict[str, list[int]]  # where words stand that were looked for
    signs: dict[str, bool]  # which characters stand somewhere, of those asked for

    @classmethod
    def of(cls, text: str) -> "Lowered":
        """Return `text` in lower case, of the same length (`İ` alone would become two characters)."""
        low = text.lower()
        made = cls(low if len(low) == len(text) else text.replace("\u0130", "i").lower())
        made.blocks, kept, at = [], [], 0
        while at < len(made):
            end = made.find("\n", at + BLOCK_CHARS) + 1 or len(made)
            words = set(made[at:end].encode("utf-8", "surrogatepass").translate(_SEPARATORS).split())
            long = [word for word in words if len(word) > SHORT_CHARS]
            data = [word for word in long if len(word) > MAX_WORD_CHARS or not word.isalpha()]
            kept.append(words.difference(data).union(_names(data)) if data else words)
            made.blocks.append((at, end, set() if data else words))
            at = end
        made.vocabulary = b"\n".join((b"", *set().union(*kept), b"")).decode("ascii")
        made.known = {}
        made.signs = {}
        return made

    def has(self, part: str) -> bool:
        """Tell whether `part` stands in the text."""
        return self.may_have(part) and part in self

    def places(self, *parts: str) -> list[int]:
        """Return where any of `parts` stands, in order."""
        if len(parts) == 1:  # as mostly
            return self._places(parts[0]) if self.may_have(parts[0]) else []
        found = [self._places(part) for part in _shortest(parts) if self.may_have(part)]
        return sorted(chain.from_iterable(found)) if len(found) > 1 else found[0] if found else []

    def may_have(self, part: str) -> bool:
        """Tell whether the words and the signs of `part` stand somewhere in the text."""
        words, rare = _parts(part)
        for word in words:
            if word not in self.vocabulary:  # as mostly
                return False
        return not rare or all(map(self._has_sign, rare))

    def _has_sign(self, sign: str) -> bool:
        known = self.signs.get(sign)
        if known is None:
            known = self.signs[sign] = sign in self
        return known

    def _in_core(self, part: str) -> list[int] | None:
        """Return where `part` stands, told from where its longest word does: others ask for that, too."""
        core = core_of(part)
        if core == part or (len(core) < LEAST_CORE and core not in self.known):
            return None
        known = self._places(core)
        if len(known) > MOST_CORES:
            return None
        offset = part.index(core)
        return [at - offset for at in known if self.startswith(part, at - offset) and at >= offset]

    def _places(self, part: str) -> list[int]:
        known = self.known.get(part)
        if known is None:
            known = self._in_core(part)
            self.known[part] = known = self._looked_for(part) if known is None else known
        return known

    def _looked_for(self, part: str) -> list[int]:
        size, found = len(part), []
        for begin, end in self._blocks_with(core_of(part)):
            *pieces, _ = self[begin:end].split(part)
            ends = accumulate([len(piece) + size for piece in pieces], initial=begin)
            found += [at - size for at in ends][1:]
        return found

    def _blocks_with(self, core: str) -> Iterator[tuple[int, int]]:
        words = self._words_with(core) if core and len(self.blocks) > 1 else set()
        for at, end, own in self.blocks:
            if not (words and own) or not own.isdisjoint(words):
                yield at, end

    def _words_with(self, core: str) -> set[bytes]:
        words: set[bytes] = set()
        at = self.vocabulary.find(core)
        while at >= 0:
            end = self.vocabulary.index("\n", at)
            words.add(self.vocabulary[self.vocabulary.rindex("\n", 0, at) + 1 : end].encode())
            at = self.vocabulary.find(core, end)
        return words


def _names(data: list[bytes]) -> Iterator[bytes]:
    """Yield the ends of long words that may be names of secrets: there is the word that says so."""
    together = b"\n".join((b"", *[word[-MAX_WORD_CHARS:] for word in data], b""))
    for part in _OF_NAMES:
        at = together.find(part)
        while at >= 0:
            end = together.index(b"\n", at)  # each is a line
            yield together[together.rindex(b"\n", 0, at) + 1 : end]
            at = together.find(part, end)


@lru_cache(maxsize=256)
def _shortest(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return those that begin with no other one, so that each place is one part's alone."""
    return tuple(part for part in parts if not any(part != each and part.startswith(each) for each in parts))


def core_of(part: str) -> str:
    """Return the longest word of what is looked for: where it is not, the rest need not be looked for."""
    return _parts(part)[0][0]


@lru_cache(maxsize=1024)
def _parts(part: str) -> tuple[tuple[str, ...], str]:
    """Return the words of a part, the longest first, and its signs: whether a text has one is found many times faster."""
    words = sorted(_CORE.findall(part), key=len, reverse=True) if part.isascii() else ()
    signs = {char for char in part if not (char.isascii() and char.isalnum())}
    return (*words,) or ("",), "".join(signs)


def places_of(text: str, part: str) -> Iterator[int]:
    """Yield where `part` stands in `text`."""
    at, size = text.find(part), len(part)
    while at >= 0:
        yield at
        at = text.find(part, at + size)


def plain_view(text: str) -> str:
    """Return `text`, of the same length, without the frames of its lines."""
    if "\\" in text:
        text = text.replace("\\\\n", "  \n").replace("\\n", " \n").replace("\\r", "  ").replace("\\t", "  ")
    if "\x1b" in text or "[3" in text:
        text = _COLOUR.sub(_blanks, text)
    if "\u2502" in text:  # a table's lines
        text = text.replace("\u2502", "|").replace("\u2503", "|")
    whole = _MARGIN.sub(_line, "\n" + text)
    if _GREP_NUMBER.search(whole):
        whole = _GREP.sub(_nameless_line, whole)
    return whole[1:]


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _line(match: re.Match[str]) -> str:
    return "\n" + " " * (len(match.group()) - 1)


def _nameless_line(match: re.Match[str]) -> str:
    return _line(match) if _NAMELESS.match(match.string, match.start()) else match.group()
