"""The grammar of a command line, as far as its simple commands need it: words, redirections, what stands before a command."""

import re
from typing import Final

from spread.distill.simple import Simple

_TOKEN: Final = re.compile(
    r"""(?P<words>[ \t\r]*+(?:(?!\d+[<>])[^\s\\'"`;&|<>()\#$][^\s\\'"`;&|<>()\#]*+(?:[ \t\r]++|(?=[\n;&|<>()]|\Z)))++)
    |(?P<cont>\\\r?\n)|(?P<space>[ \t\r]+)|(?P<word>(?!\d+[<>])[^\s\\'"`;&|<>()\#$][^\s\\'"`;&|<>()\#]*)|(?P<comment>(?<![^\s;&|(])\#[^\n]*)
    |(?P<heredoc><<-?[ \t]*(?P<mark>'[^'\n]+'|"[^"\n]+"|\\?[A-Za-z_][A-Za-z0-9_]*))|(?P<herestring><<<)
    |(?P<sum>\(\([^;\n]{0,200}?\)\))
    |(?P<redirect>(?:\d+|&)?>>?\|?(?:&(?:\d+|-))?|\d*<(?:&\d+)?)|(?P<joint>\|\||&&|\|&|;;?|\||&|\n|\(|\))
    |(?P<single>\$?'[^'\\]*+(?:\\.[^'\\]*+)*+'|'[^']*')|(?P<double>"[^"\\]*+(?:\\.[^"\\]*+)*+")
    |(?P<sub>\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|`[^`]*`)|(?P<escape>\\.)|(?P<plain>[^\s\\'"`;&|<>()\#]+|.)""",
    re.X | re.S,
)
ASSIGN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
# Of one line, with where their output goes: nobody types more, and what one does is held against the others.
MOST_COMMANDS: Final = 2_000
_KEYWORDS: Final = frozenset(
    ("then", "else", "do", "if", "elif", "while", "until", "!", "{", "}", "time", "fi", "done")
)
_WRAPPERS: Final = frozenset(
    ("sudo", "command", "nohup", "nice", "env", "exec", "xvfb-run", "stdbuf", "caffeinate", "builtin", "rtk")
)
_OPTIONED: Final = frozenset(("sudo", "env", "nice", "stdbuf", "xvfb-run"))  # with options before the command
_OPTION_VALUES: Final = frozenset(("-u", "-g", "-n", "-C", "--chdir"))
_CHANGES_TO: Final = {"env": ("-C", "--chdir"), "sudo": ("-D", "--chdir")}


class Reader:
    """Puts the tokens of a command line together to commands."""

    __slots__ = ("ignore", "left", "marks", "now", "out", "target", "word")

    def __init__(self) -> None:
        self.now = Simple()
        self.out = [self.now]
        self.word: str | None = None
        # A redirection waits for its target; the value says whether it appends.
        self.target: bool | None = None
        self.ignore = False  # what it redirects is no output
        self.left = MOST_COMMANDS
        self.marks: list[str] = []  # patterns of the ends of here-documents, which begin on the next line

    def read(self, source: str) -> list[Simple]:
        """Return the commands of a line, as they stand in it; of very many the first."""
        at = 0
        while at < len(source) and self.left > 0:
            found = _TOKEN.match(source, at)
            assert found is not None  # the last alternative takes any character
            kind, text = found.lastgroup, found[0]
            start, at = at, found.end()
            if kind == "words":
                at = self._words(text, start)
            elif kind == "word":
                self.word = text if self.word is None else self.word + text
            elif kind in ("space", "cont", "comment"):
                self._close(start)
            elif kind == "heredoc":
                self._close(start)
                self.now.heredoc = True
                mark = re.escape(found["mark"].strip("'\"\\"))
                self.marks.append(rf"^\t*{mark}\r?$" if text[2] == "-" else rf"^{mark}\r?$")
            elif kind == "redirect":
                self._close(start)
                if "&" not in text[1:] or text.endswith("&"):  # not 2>&1
                    self.target, self.ignore = ">>" in text, text.startswith("2") or "<" in text
            elif kind == "herestring":
                self._close(start)
                self.target, self.ignore = False, True
            elif kind == "joint":
                self._close(start)
                at = self._joint(text, source, at)
            else:
                self.word = (self.word or "") + _unquoted(kind, text)
        self._close(len(source))
        return self.out

    def _words(self, text: str, start: int) -> int:
        """Take words with what is between them; return the place after those that were taken."""
        parts = text.split()
        first = start + text.index(parts[0])
        if self.word is not None and first > start:
            self._close(start)
        if self.word is not None or self.target is not None:  # the first belongs to what stands before it
            self.word = (self.word or "") + parts[0]
            return first + len(parts[0])
        if not self.now.words:
            self.now.start = first
        self.now.words += parts
        self.now.end = start + len(text.rstrip())
        return start + len(text)

    def _close(self, end: int) -> None:
        """End the word that was being read: it is one of the command's, or where a redirection goes."""
        word, now = self.word, self.now
        if word is None:
            return
        if self.target is None:
            if not now.words:
                now.start = end - len(word)
            now.words.append(word)
        elif not self.ignore:
            self.left -= 1
            now.writes.append((word, self.target))
        elif word == "/dev/null":
            now.quiet = True
        if self.target is not None:
            self.target, self.ignore = None, False
        now.end = end
        self.word = None

    def _joint(self, text: str, source: str, at: int) -> int:
        """End a command; return where the next one begins, which is behind the here-documents."""
        self.target = None
        for mark in self.marks if text == "\n" else ():
            at = _past(source, at, mark)
        self.marks = [] if text == "\n" else self.marks
        self.now.joint = text
        self.now = Simple(start=at)
        self.out.append(self.now)
        self.left -= 1
        return at


def _past(source: str, at: int, mark: str) -> int:
    """Return the place after the line that ends a here-document."""
    found = re.compile(mark, re.M).search(source, at)
    return min(found.end() + 1, len(source)) if found else len(source)


def _unquoted(kind: str | None, text: str) -> str:
    if kind == "single":
        return text.lstrip("$")[1:-1]
    if kind == "double":
        return re.sub(r'\\(["\\$`])', r"\1", text[1:-1]) if "\\" in text else text[1:-1]
    return text[1:] if kind == "escape" else text


def bare(words: list[str], into: str) -> tuple[list[str], str]:
    """Return the words of the command proper, and the directory that what stood before it runs it in."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in _KEYWORDS or word in _WRAPPERS or ("=" in word and ASSIGN.match(word)):
            at += 1
            while word in _OPTIONED and at < len(words) and words[at].startswith("-"):
                option, equals, value = words[at].partition("=")
                changes = option in _CHANGES_TO.get(word, ())
                if changes:
                    into = value if equals else "".join(words[at + 1 : at + 2])
                valued = option in _OPTION_VALUES and (word, option) != ("sudo", "-n")
                at += 2 if (valued or changes) and not equals else 1
        elif word == "timeout" and at + 1 < len(words):
            at += 1
            while at < len(words) and (
                words[at].startswith("-") or re.fullmatch(r"[\d.]+[smhd]?", words[at])
            ):
                at += 1
        else:
            break
    return words[at:] if at else words, into
