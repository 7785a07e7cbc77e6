"""Between typed frozen dataclasses and plain data; and what text may hold.

Input may be hostile: every type is checked, nothing is guessed, unknown names are left out.
"""

import re
import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from operator import methodcaller
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from spread.distillation_told import GIVEN
from spread.errors import DistillationError

# Control characters but newline and tab; bidi and invisible format characters; tags; lone surrogates.
_BAD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ufdd0-\ufdef\ufffe\uffff]|[\ud800-\udfff]"
)
_TAG: Final = b"\xf3\xa0"
_ANSI: Final = re.compile(
    r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[()][0-9A-Z]|[@-Z\\^_])"
)


def clean(text: str) -> str:
    """Return `text` without characters that could hide or forge something; lone surrogates become U+FFFD."""
    if (text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()) and (
        text.isascii() or _TAG not in text.encode()  # of such characters only some of the tags are printable
    ):
        return text
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    return _BAD.sub(lambda found: "\ufffd" if "\ud800" <= found[0] <= "\udfff" else "", text)


# For what a document tells, most of which the next one does, too.
clean_again: Final = lru_cache(4_000)(clean)


T = TypeVar("T")
_CLAUSE_ENDS: Final = (". ", "; ", ", ", ": ", ") ", "? ")
_GIVEN: Final = re.compile(rf"(?:{GIVEN}\S+ from machine \S+: )+")  # its goal may be that of another one
_LINE: Final = re.compile(r" \(L\d+\)")


def shorten(text: str, most: int) -> str:
    """Return `text` on one line, at most `most` characters, cut with an ellipsis: at a clause's end, else at a word."""
    if len(text) <= most and text.isprintable() and "  " not in text and " " not in (text[:1], text[-1:]):
        return text  # as it is
    text = " ".join(text[: 8 * most].split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space, clause = cut.rfind(" "), max(map(cut.rfind, _CLAUSE_ENDS))
    if clause > most * 0.9:
        space = clause + 1
    return (cut[:space] if space > most * 0.6 else cut).rstrip(" ,;:") + "…"


def headline(goal: str, most: int = 72) -> str:
    """Return a goal on one line for lists; of one that a hand-off says, which that was is left out."""
    given = _GIVEN.match(goal)
    return shorten(f"goes on: {_LINE.sub('', goal[given.end() :])}" if given else goal, most)


def some_of(items: Sequence[T], most: int, named: Callable[[T], str] = str, joint: str = ", ") -> str:
    """Return the first items by their names, and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return joint.join(map(named, items[:most])) + more


# Gives a text without an end of a line in it: what would follow could be taken for what we say ourselves.
on_one_line: Final[Callable[[str], str]] = methodcaller("replace", "\n", "\\n")


_REASONS: Final = re.compile(r"\([^()]{4,90} [^()]{1,60}\)")


def reason(text: str) -> str:
    """Return what ends an error and tells it from others of its kind: a bracket, or what a colon leads to."""
    text = text[-400:]
    found = [it for it in _REASONS.finditer(text) if len(text) - it.end() < 30]
    if found:
        return found[-1][0]
    last = text.rpartition(": ")[2]
    return last if " " in last and len(last) < min(len(text), 160) else ""


def both_ends(text: str, most: int) -> str:
    """Return an error shortened: the reason at its end stays, what stands before it is cut."""
    if len(text) <= most or not (why := reason(text) or _named(text)) or len(why) > most * 2 // 3:
        return shorten(text, most)
    head = shorten(text[: text.rfind(why)], most - len(why) - 1)
    return f"{head if head.endswith(('…', ':')) else f'{head}…'} {why}"


def _named(text: str) -> str:
    """Return the one name at the end of an error that says which it is of."""
    last = text.rpartition(": ")[2]
    return last if len(last) < min(len(text), NAME_CHARS) and any(map(str.isalpha, last[:3])) else ""


NAME_CHARS: Final = 40
SELECTING_CHARS: Final = 70
COMMAND_READ: Final = 1_000  # characters of a command line are looked at
_SELECTS: Final = re.compile(  # what of all tests a command runs: an option that selects, or a file of tests
    r"(?<= )(?:--?(?:run|k|t|grep|filter|tests?|testNamePattern|test-name-pattern|only-testing)[ =:]"
    r"(?:'[^']{1,80}'|\"[^\"]{1,80}\"|[^\s'\"]{1,80})"
    r"|[\w./\\@-]{0,80}(?:test|spec)[\w-]{0,40}\.[a-z]{1,4}(?:::[^\s'\"]{1,80})?(?![\w/.]))"
)
_TESTS: Final = ("test", "jest", "mocha", "rspec", "phpunit", "playwright")
_RUNS_TESTS: Final = re.compile(
    r"(?<![\w-])(?<!cd )(?:test|pytest|py\.test|jest|vitest|mocha|rspec|phpunit|unittest|playwright)(?![\w./])"
)


def command(text: str, most: int) -> str:
    """Return a command line shortened; the test that it selects stays, whatever stands before it."""
    return _command(text[:COMMAND_READ], most)


@lru_cache(1_000)  # most that are told come again, on the same page and at the next revision
def _command(text: str, most: int) -> str:
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = shorten(text, most)
    text = text.partition('"$(cat <<')[0]  # a message runs nothing
    found = _test_runs(text) if any(map(text.__contains__, _TESTS)) else []
    if not any(selects for _, _, selects in found) or found[-1][1] < len(cut):
        return cut
    kept = "; ".join(told for told, _, _ in found[:MOST_RUNS])
    head = shorten(text, max(most - len(kept) - 2, most // 3))
    return f"{head} {kept}" + ("…" if found[-1][1] < len(text) or found[MOST_RUNS:] else "")


def _test_runs(text: str) -> list[tuple[str, int, bool]]:
    """Return each test run of a line, shortened, with its end and whether it selects: each has a filter of its own."""
    out, at = list[tuple[str, int, bool]](), 0
    while runs := _RUNS_TESTS.search(text, at):
        joint = _JOINT.search(text, runs.end())
        end = joint.start() if joint else len(text)
        found = _SELECTS.search(text, runs.end())
        if found is None or found.start() >= end:
            told = shorten(_PIPED.split(text[runs.start() : end], maxsplit=1)[0], WHOLE_RUN_CHARS)
        else:
            end = found.end()
            told = text[runs.start() : end]
            told = f"{runs[0]} … {found[0]}" if len(told) > SELECTING_CHARS else told
        out.append((told, end, found is not None and found.end() == end))
        if (joint := _JOINT.search(text, end)) is None:
            break
        at = joint.end()
    return out


MOST_RUNS: Final = 3  # of one line are told
WHOLE_RUN_CHARS: Final = 30
_JOINT: Final = re.compile(r" ?(?:&&|\|\||;)(?= )")
_PIPED: Final = re.compile(r" (?=\d>|[|>])")
_MOVES: Final = re.compile(r"^cd (?:\"[^\"]+\"|\S+) && ")
_FILTERED: Final = re.compile(r" (?:2>&1)?(?: ?\| ?(?:head|tail|grep|cat|tee)\b[^|&;]*+)* ?$")
_CUT: Final = re.compile(r" (?:2>&1)?(?: ?\| ?(?:head|tail|cat|tee)\b[^|&;]*+)* ?$")
_BARE_CHARS: Final = 1_000  # of a command are looked at; a page shows a tenth


@lru_cache(500)  # what is on record comes again at the next revision
def bare(command: str, *, searched: bool = False) -> str:
    """Return a command line without the directory it ran in and what only cuts its output.

    Args:
        searched: Whether what searches the output stays: where that is told, it shows why there is no more of it.
    """
    command = " ".join(command[: 2 * _BARE_CHARS].split())[:_BARE_CHARS]
    return (_CUT if searched else _FILTERED).sub("", f"{_MOVES.sub('', command)} ").strip() or command


def malformed(why: str) -> DistillationError:
    """Return the error for a file that should be a distillation."""
    return DistillationError("not a distillation", why=why, hint="make one with `spread distill SESSION`")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def typed(kind: Any, value: object, where: str = "") -> Any:
    """Return `value` as `kind` (str, int, bool, X | None, tuple, dict or one of our dataclasses), or refuse it."""
    if is_dataclass(kind):
        assert isinstance(kind, type)
        if not isinstance(value, dict):
            raise malformed(f"{where or 'it'} is not a table")
        # Others: a later version's.
        given = {name: item for name, item in value.items() if name in _hints(kind)}
        made = {name: typed(_hints(kind)[name], item, f"{where}{name}") for name, item in given.items()}
        try:
            return kind(**made)
        except TypeError as error:
            raise malformed(f"{where or 'it'} lacks a field") from error
    origin, args = get_origin(kind), get_args(kind)
    if origin is types.UnionType:
        return None if value is None else typed(args[0], value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(typed(args[0], item, f"{where}[]") for item in value)
    if origin is dict and isinstance(value, dict):
        return {str(key): typed(args[1], item, f"{where}.{key!s:.20}") for key, item in value.items()}
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return value
    if kind in (str, bool) and isinstance(value, kind):
        return value
    raise malformed(f"{where} has the wrong type")


def plain(value: Any, *, keep_none: bool = False) -> Any:
    if is_dataclass(value):
        pairs = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {
            name: plain(item, keep_none=keep_none) for name, item in pairs if keep_none or item is not None
        }
    if isinstance(value, tuple):
        return [plain(item, keep_none=keep_none) for item in value]
    if isinstance(value, dict):
        return {key: plain(item, keep_none=keep_none) for key, item in value.items()}
    return value


def map_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return `value` with `change` applied to every string in it, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(map_text(item, change) for item in value)
    if isinstance(value, dict):
        return {change(key): map_text(item, change) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(
            **{item.name: map_text(getattr(value, item.name), change) for item in fields(value)}
        )
    return value


def texts_of(value: Any) -> list[str]:
    """Return every string in `value`, keys included."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, tuple):
        if {str}.issuperset(map(type, value)):  # as nearly all are
            found.extend(value)
            return
        for item in value:
            _gather(item, found)
    elif isinstance(value, dict):
        found.extend(value)
        for item in value.values():
            _gather(item, found)
    else:
        for name in _names_of(type(value)):
            _gather(getattr(value, name), found)


_NAMES: Final = dict[type, tuple[str, ...]]()


def _names_of(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass, of anything else none."""
    if (known := _NAMES.get(kind)) is None:
        known = _NAMES[kind] = tuple([item.name for item in fields(kind)]) if is_dataclass(kind) else ()
    return known


def cleaned(value: Any) -> Any:
    """Return `value` with every string in it clean; the same one where they are."""
    texts = texts_of(value)  # one by one: most are known, and of all in one go none would be
    return value if texts == list(map(clean_again, texts)) else map_text(value, clean)
