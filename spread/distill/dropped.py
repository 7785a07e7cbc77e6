"""Which commits a `git rebase` certainly left out: told by `--onto`, or by what edits its list of what to do."""

import re
from collections.abc import Collection
from typing import Final

from spread.distill.log import ID_CHARS, same
from spread.distill.place import Place

_EDITOR: Final = re.compile(
    r"(?:SEQUENCE_EDITOR|sequence\.editor)=[\"']?sed -i(?:\.\w+| '')? (?:-e )?[\"']([^\"'\n]{1,200})[\"']"
)
_DELETES: Final = re.compile(r"(?:/\^?(?P<text>[\w .:()-]+)/|(?P<first>\d{1,3})(?:,(?P<last>\d{1,3}))?)d")
_DROPS: Final = re.compile(
    r"(?:/\^?(?P<text>[\w .:()-]+)/|(?P<first>\d{1,3})(?:,(?P<last>\d{1,3}))?)?s/\^?pick(?: (?P<sha>[0-9a-f]{4,40}))?/(?:drop|d)\b[^/]*/"
)
_BACK: Final = re.compile(r"(HEAD|@|[0-9a-f]{7,40})(\^*)(?:~(\d{1,3}))?")
_DONE: Final = "Successfully rebased"
_ASKS: Final = frozenset(("-i", "--interactive"))
_PLAIN: Final = frozenset(("-q", "--quiet", "--no-autosquash", "--autostash", *_ASKS))
_TEXT_CHARS: Final = 4


def left_out(
    it: Place, words: list[str], source: str, output: str, made: Collection[tuple[int, str, str]]
) -> list[str]:
    """Return the ids of those commits of a work tree, made on top of one another, that a rebase left out.

    Args:
        words: Of the rebase.
        source: The line it stands in.
        made: The commits of the session: line, id, subject.
    """
    if _DONE not in output or not it.linear or not same(it.made[-1], it.sha):
        return []
    rest = [word for word in words[2:] if word not in _PLAIN]
    if len(rest) == 3 and rest[0] == "--onto":
        onto, base = _behind(it, rest[1]), _behind(it, rest[2])
        return it.made[-onto:-base] if 0 < base < onto <= it.linear else []
    count = _behind(it, rest[0]) if len(rest) == 1 and not _ASKS.isdisjoint(words) else 0
    found = _EDITOR.search(source) if 0 < count <= it.linear else None
    if found is None:
        return []
    subjects = {sha[:ID_CHARS]: subject for _, sha, subject in made}
    return _taken_out(found[1], [(sha, subjects.get(sha, "")) for sha in it.made[-count:]])


def _behind(it: Place, name: str) -> int:
    """Return how many of the commits came after the one that a name means, 0 where that is not known."""
    found = _BACK.fullmatch(name)
    if found is None:
        return 0
    at = 0
    if found[1] not in ("HEAD", "@"):
        at = next((at for at, sha in enumerate(reversed(it.made)) if same(sha, found[1])), -1)
    return at + len(found[2]) + int(found[3] or 0) if at >= 0 else 0


def _taken_out(script: str, todo: list[tuple[str, str]]) -> list[str]:
    """Return the ids that a script of `sed` takes out of a list of commits, oldest first."""
    found = _DELETES.fullmatch(script) or _DROPS.fullmatch(script)
    if found is None:
        return []
    given = found.groupdict()
    if first := int(given["first"] or 0):
        return [sha for sha, _ in todo[first - 1 : int(given["last"] or first)]]
    if sha := given.get("sha"):
        return [each for each, _ in todo if each.startswith(sha[:ID_CHARS])]
    text = given["text"] or ""
    return [sha for sha, subject in todo if len(text) >= _TEXT_CHARS and text in f"pick {sha} {subject}"]
