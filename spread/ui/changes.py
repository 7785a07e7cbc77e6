"""What changed between two revisions of a session, for a person: by field, words within texts, items of lists.

Both come from elsewhere and may be made to be slow to compare: what is too long is shown old and new, uncompared.
"""

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any, Final

from spread.distillation import Distillation

MAX_WORDS: Final = 750
MAX_PAIRS: Final = 20_000  # of equal words in both; each may have to be looked at once for each that is kept
MAX_ITEMS: Final = 300
MIN_ALIKE: Final = 0.6  # of two texts; below that one just took the other's place
MIN_KEPT: Final = 3  # words between two changes
_TEXTS: Final = (
    ("state", "State"), ("goal", "Goal"), ("last_request", "Last request"), ("next", "Next"),
    ("summary", "What the agent reported last"), ("context", "Said on the way"),
)  # fmt: skip
_LISTS: Final = (
    ("constraints", "Rules of the user"), ("decisions", "Decisions"), ("failed", "Failed or rejected"),
    ("completed", "Done"), ("commits", "Commits"), ("uncertainties", "Uncertain"),
)  # fmt: skip
_WORD: Final = re.compile(r"\S+\s*|\s+")  # with the blanks behind it

Piece = tuple[str, str]  # "=", "-" or "+", and a text
Change = dict[str, Any]


def changes(old: Distillation, new: Distillation) -> list[Change]:
    """Return what is different, most important first: `label`, and `pieces` of a text or `items` of a list."""
    found: list[Change] = []
    for name, label in _TEXTS:
        before, after = str(getattr(old, name)), str(getattr(new, name))
        if before != after:
            found.append({"label": label, "pieces": pieces(before, after)})
    before, after = _check(old), _check(new)
    if before != after:
        found.insert(min(1, len(found)), {"label": "Last validation", "pieces": pieces(before, after)})
    lists = [("Files", _files(old), _files(new)), ("Todos", _todos(old), _todos(new))]
    lists += [(label, list(getattr(old, name)), list(getattr(new, name))) for name, label in _LISTS]
    for label, olds, news in lists:
        items = _items(olds, news)
        if items:
            found.append({"label": label, "items": items})
    return found


def pieces(old: str, new: str) -> list[Piece]:
    """Return a text's words: kept, gone, new."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) > MAX_WORDS or len(after) > MAX_WORDS or _pairs(before, after) > MAX_PAIRS:
        return _joined([("-", old), ("+", new)])
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < MIN_ALIKE:
        return _joined([("-", old), ("+", new)])
    out: list[Piece] = []
    gone = came = ""
    for kind, a, b, c, d in matcher.get_opcodes():
        same = kind == "equal" and (b - a >= MIN_KEPT or a == 0 or b == len(before))
        if same:
            out += _change(gone, came, "".join(before[a:b]))
            gone = came = ""
        else:  # a word or two that happen to be in both tear what changed apart
            gone, came = gone + "".join(before[a:b]), came + "".join(after[c:d])
    return _joined([*out, *_change(gone, came, "")])


def _pairs(before: list[str], after: list[str]) -> int:
    counts = Counter(after)
    return sum(count * counts[word] for word, count in Counter(before).items())


def _change(gone: str, came: str, kept: str) -> list[Piece]:
    """Return what went, what came and what stays behind it; the blanks at the end of both stay as well."""
    blanks = gone[len(gone.rstrip()) :]
    if blanks != came[len(came.rstrip()) :]:
        blanks = ""
    return [("-", gone.removesuffix(blanks)), ("+", came.removesuffix(blanks)), ("=", blanks + kept)]


def _joined(found: Iterable[Piece]) -> list[Piece]:
    return [(kind, text) for kind, text in found if text]


def _items(old: list[str], new: list[str]) -> list[Piece]:
    """Return the items that went, then those that came."""
    before, after = dict.fromkeys(old[:MAX_ITEMS]), dict.fromkeys(new[:MAX_ITEMS])
    return [("-", item) for item in before if item not in after] + [
        ("+", item) for item in after if item not in before
    ]


def _check(it: Distillation) -> str:
    check = it.validation
    if not check.command:
        return check.outcome
    code = "" if check.exit_code is None else f", exit code {check.exit_code}"
    return f"{check.command}: {check.outcome}{code}"


def _files(it: Distillation) -> list[str]:
    renamed = [f"{one.old} → {one.new}" for one in it.files.renamed]
    kinds = {"created": it.files.created, "modified": it.files.modified, "deleted": it.files.deleted}
    return [f"{kind} {path}" for kind, paths in [*kinds.items(), ("renamed", renamed)] for path in paths]


def _todos(it: Distillation) -> list[str]:
    return [f"[{todo.status}] {todo.text}" for todo in it.todos]
