"""What a narrative claims, held against what the deterministic distillation knows, and the session's record.

A claim is a path, a commit, a number, a line of the transcript, or that a check passed. In doubt a sentence is
refused: it costs a sentence, while an invented fact costs the reader's trust in all the others. The record may know
paths, commits and numbers; what passed, and what may be cited, only the distillation does.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from spread.distillation import Distillation
from spread.distillation_codec import plain, texts_of
from spread.distillation_page import render
from spread.narrative_record import Claim

SHINGLE_WORDS: Final = 6  # so many words in a row are no chance
ECHO_SHARE: Final = 0.5
PASSED: Final = "says that something passed, which the session does not show"

_EXTENSIONS: Final = (
    "py pyi js jsx mjs cjs ts tsx rs go java kt swift c h cc cpp hpp cs rb php pl lua ex exs scala dart sh bash zsh "
    "ps1 bat md rst txt json jsonl yaml yml toml ini cfg conf env lock xml html css scss vue svelte sql db sqlite csv "
    "tsv ipynb tf proto gradle cmake mk log png jpg svg pdf zip gz tar exe so dll wasm com org net io dev example"
)
_SUFFIXES: Final = frozenset(_EXTENSIONS.split())
# What may stand in a path; scripts that are written without blanks end one as well.
_WORD: Final = re.compile(
    r"[^\s\"'`()\[\]{}<>|,;*=#\u2010-\u201f\u2039\u203a\u2190-\u21ff\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]+"
)
_ELLIPSIS: Final = re.compile(r"[/\\]?\.{3,}[/\\]?")
_PLACE: Final = re.compile(r"(?::\d+(?:-\d+)?)+$")
_INSIDE: Final = re.compile(r"(\.\w+)::?[A-Za-z_][\w:]*$")  # a name in a file
# Slashes that only mean "or"; all other words with a slash could be paths.
_EITHER: Final = re.compile(
    r"(?i)\w/\w|n/a|w/o|and/or|either/or|yes/no|on/off|true/false|input/output|read/write|client/server|ci/cd|tcp/ip|"
    r"he/she|before/after|request/response|start/stop|pass/fail|[\d/]+|(?:node|next|nuxt|vue|d3|three)\.js|asp\.net"
)
# "or" again, if these are no folders.
_WORDS: Final = re.compile(r"[A-Za-z][A-Za-z-]+(?:/[A-Za-z][A-Za-z-]+){1,3}")
# A commit, or an id of that kind, which is known or unknown as a whole.
_HEX: Final = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b"
)
_LINE: Final = re.compile(r"\bL\d+\b")
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z_\d.])v?(\d+(?:,\d{3}(?!\d))*(?:[.:]\d+)*)(?:[ -]?(ms|s|secs?|seconds?|min|minutes?)\b)?"
)
_LINES: Final = re.compile(r"(?i)\blines?\s+(\d+)(?:\s*(?:-|to|and)\s*(\d+))?")
_SECONDS: Final = {"m": 60, "s": 1}
_PASSES: Final = re.compile(
    r"(?i)\b(?:pass(?:e[sd]|ing)?\b(?!\s+(?:(?:it|them|this|that)\s+)?(?:to|into|through)\b)|green\b"
    r"|succe(?:ed\w*|ss\w*)|validated\b|verified\b|error[- ]free|(?:all|everything)\s+(?:is\s+)?(?:good|ok|fine)\b"
    r"|(?:no|zero|without(?:\s+any)?)\s+(?:\w+\s+)?(?:errors?|failures?|warnings?)\b"
    r"|(?:no longer|never|none|nothing|not|n't)\s+(?:\w+\s+)?fail(?:s|ed|ing)?\b"
    r"|exit(?:s|ed)?\s+(?:code\s+|status\s+|with\s+)*(?:0|zero)\b|bestanden|gr\u00fcn\b|erfolgreich|r\u00e9ussi|passent"
    r"|pasan\b|pasaron|passou|passaram|\u0443\u0441\u043f\u0435\u0448|\u043f\u0440\u043e\u0439\u0434\u0435\u043d)"
    r"|\u901a\u8fc7|\u901a\u904e|\u6210\u529f|\u5408\u683c|\u2705|\u2714"
)
# That something has to pass says nothing about whether it does.
_REQUIRED: Final = re.compile(
    r"(?i)\b(?:must|(?:has|have|needs?)\s+to)(?:\s+(?:all|both|still))?\s+pass\b|\buntil(?:\s+\w+){0,3}\s+pass\b"
    r"|\b(?:gates?|demands?|requires?)\b(?:(?!\b(?:is|are|was|were|ha[sd]|gave|shows?|showed|ran|came|found)\b)[^.;!?]){0,200}?"
    r"\b(?:no|zero)\s+(?:\w+\s+)?(?:errors?|failures?|warnings?)\b"
)
_FAILS: Final = re.compile(r"(?i)\bexits?\s+(?:code\s+|status\s+|with\s+)*[1-9]")
_EXITS: Final = re.compile(r"(?i)\bexits?\s+(?:code\s+|status\s+|with\s+)*(?:0|zero)\b")
# What kind of check a sentence speaks of → what a command of that kind is called.
_KINDS: Final = (
    (r"\btests?\b|\bsuite\b|\bspecs?\b", r"test|spec|jest|tox|nox|(?:make|just|npm run) check"),
    (r"\bbuil[dt]s?\b|\bcompil", r"build|make|compile|tsc|javac|gcc|cargo|go "),
    (r"\blint", r"lint|ruff|flake|clippy|check|vet"),
    (r"\btype[- ]?check|\btypes\b", r"mypy|pyright|tsc|type|check"),
)


class Known:
    """Everything a distillation says, as far as claims go.

    Args:
        prompt: What the narrator was told besides the document, so that repeating it is noticed.
        lines: Those of the transcript that it was told, as `L123`.
    """

    def __init__(self, made: Distillation, prompt: str = "", lines: frozenset[str] = frozenset()) -> None:
        self._made = made
        self._text = "\n".join(texts_of(_without_evidence(made)))
        self._shingles = set(_shingles(f"{self._text}\n\n{prompt}")) | set(_shingles(render(made)))
        # The agent's own words of before are shown only where there is room, so they may be told again.
        certain = "\n".join(texts_of(_without_evidence(replace(made, summary="", context=""))))
        self._certain = set(_shingles(f"{certain}\n\n{prompt}"))
        self._told = lines
        self._learned: set[Claim] = set()

    def unknown(self, texts: Iterable[str]) -> set[Claim]:
        """Return what some texts claim that the distillation does not know, to be looked for in the record."""
        claims: set[Claim] = set()
        for text in texts:
            text = _level(text)
            for path in map(_normal, _paths(text)):
                if not self._knows_path(path):
                    claims.add(Claim("path", path))
                    if _WORDS.fullmatch(path):
                        claims |= {
                            Claim(kind, part) for part in path.split("/") for kind in ("word", "folder")
                        }
            text = _without_paths(text)
            claims |= {Claim("commit", commit) for commit in _commits(text) if not self._knows_commit(commit)}
            for forms in _forms(_HEX.sub(" ", text)):
                if not self._knows_number(forms):
                    claims |= {Claim("number", number) for number in forms}
            claims |= {Claim("line", number) for pair in _LINES.findall(text) for number in pair if number}
        return claims

    def learn(self, claims: Iterable[Claim]) -> None:
        """Take over what the record has."""
        self._learned |= set(claims)

    @cached_property
    def _paths(self) -> set[str]:
        files = self._made.files
        listed = [*files.created, *files.modified, *files.deleted, *files.read]
        listed += [path for item in files.renamed for path in (item.old, item.new)]
        return {_normal(path) for path in (*listed, *_paths(self._text)) if _normal(path)}

    @cached_property
    def _commits(self) -> set[str]:
        return set(_HEX.findall(self._text.lower()))

    @cached_property
    def _numbers(self) -> set[str]:
        """The numbers told, and how many of each there are."""
        files = self._made.files
        counted = (
            files.created, files.modified, files.deleted, files.renamed, self._made.commits, self._made.todos,
            (*files.created, *files.modified, *files.deleted),
        )  # fmt: skip
        told = {number for forms in _forms(self._text) for number in forms[:1]}
        return told | {str(len(each)) for each in counted if each}

    @cached_property
    def _lines(self) -> set[str]:
        cited = {line for lines in self._made.evidence.values() for line in lines}
        return cited | self._told | set(_LINE.findall(self._text))

    def objection(self, text: str) -> str:
        """Return what speaks against a sentence, in our own words; nothing if all it claims is known."""
        text = _level(text)
        if _PASSES.search(_described(_REQUIRED.sub(" ", text))) and not self._passed(text):
            return PASSED
        for path in _paths(text):
            if not self._knows_path(_normal(path)):
                return "names a path that the session does not know"
        text = _without_paths(text)
        if not all(map(self._knows_commit, _commits(text))):
            return "names a commit that the session does not know"
        if not self._lines.issuperset(_LINE.findall(text)):
            return "cites a line that the session does not know"
        text = _LINES.sub(self._without_lines, text)
        if not all(map(self._knows_number, _forms(_HEX.sub(" ", text)))):
            return "gives a number that the session does not know"
        return ""

    def is_echo(self, text: str) -> bool:
        """Tell whether most of a sentence was told before, word for word."""
        return _share(text, self._shingles) >= ECHO_SHARE

    def is_told(self, text: str) -> bool:
        """Tell the same of what the page shows in any case."""
        return _share(text, self._certain) >= ECHO_SHARE

    def _passed(self, text: str) -> bool:
        check = self._made.validation
        if self._made.state != "validated" or check.outcome != "passed" or check.after_last_edit is not True:
            return False
        return all(
            re.search(command, check.command, re.IGNORECASE)
            for spoken, command in _KINDS
            if re.search(spoken, text, re.IGNORECASE)
        )

    def _knows_commit(self, commit: str) -> bool:
        if Claim("commit", commit) in self._learned:
            return True
        return any(known.startswith(commit) or commit.startswith(known) for known in self._commits)

    def _knows_number(self, forms: tuple[str, ...]) -> bool:
        return any(form in self._numbers or Claim("number", form) in self._learned for form in forms)

    def _without_lines(self, found: re.Match[str]) -> str:
        """Return what speaks of lines of a file without the numbers the record has shown as such."""
        known = [Claim("line", number) in self._learned for number in found.groups() if number]
        return " " if all(known) else found[0]

    def _knows_path(self, path: str) -> bool:
        if Claim("path", path) in self._learned:
            return True
        parts = path.split("/") if _WORDS.fullmatch(path) else []
        if parts and all(Claim("word", part) in self._learned for part in parts):
            return not any(Claim("folder", part) in self._learned for part in parts)
        return not path or any(
            known == path or f"/{known}/".find(f"/{path.strip('/')}/") >= 0
            for known in self._paths
            if not path.startswith("/") or known.startswith(path)
        )


def _described(text: str) -> str:
    """Return a text without the exit codes of a program of which it tells others as well, and no check."""
    if not _FAILS.search(text) or any(re.search(spoken, text, re.IGNORECASE) for spoken, _ in _KINDS):
        return text
    return _EXITS.sub(" ", text)


def _without_evidence(made: Distillation) -> tuple[Any, ...]:
    """Return a distillation's values but what would make every line number a known number."""
    left_out = ("evidence", "distiller", "schema")
    data = plain(made)
    return tuple(_tuples(value) for name, value in data.items() if name not in left_out)


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _level(text: str) -> str:
    """Return a text in one spelling, without ellipses."""
    return _ELLIPSIS.sub(" ", unicodedata.normalize("NFKC", text))


def _paths(text: str) -> list[str]:
    return [path for word in _WORD.findall(text) if (path := _path(word))]


def _path(word: str) -> str:
    """Return the path a word is, or nothing."""
    word = _PLACE.sub("", word.rstrip(".:!?\u2026"))
    word = _INSIDE.sub(lambda found: found[1] if found[1][1:].lower() in _SUFFIXES else found[0], word)
    name, dot, extension = word.rpartition(".")
    is_path = "/" in word or re.search(r"\\[^$]", word) or (dot and name and extension.lower() in _SUFFIXES)
    return word if is_path and re.search(r"\w", word) and not _EITHER.fullmatch(word) else ""


def _normal(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").rstrip("/.")


def _without_paths(text: str) -> str:
    return _WORD.sub(lambda found: " " if _path(found[0]) else found[0], text)


def _commits(text: str) -> list[str]:
    return _HEX.findall(text.lower())


def _forms(text: str) -> list[tuple[str, ...]]:
    """Return each number of a text in the forms it may be written in: a time also in other units."""
    return [_same(number.replace(",", "").rstrip(".:"), unit) for number, unit in _NUMBER.findall(text)]


def _same(number: str, unit: str) -> tuple[str, ...]:
    if not unit or number.count(".") > 1 or ":" in number:
        return (number,)
    seconds = float(number) * (0.001 if unit == "ms" else _SECONDS[unit[0]])
    others = {f"{each:.6g}" for each in (seconds, seconds * 1000, seconds / 60)} - {number}
    # Short ones are anywhere.
    return (
        number,
        *sorted(each for each in others if len(each) > 2 and "e" not in each),
    )


def _share(text: str, known: set[tuple[str, ...]]) -> float:
    found = _shingles(text)
    return sum(one in known for one in found) / len(found) if found else 0.0


def _shingles(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return [tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)]
