"""Files that the agent's answers point to: where little is changed, these are what a session found."""

import re
from functools import lru_cache
from posixpath import dirname
from typing import Final

from spread.distill.calls import SHELLS
from spread.distill.files import FileLedger, absolute, meant, relative
from spread.distill.git_index import changes
from spread.distill.ledger_fields import Fields
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise
from spread.distill.once import of_line
from spread.distill.stands import runs_in, stood
from spread.distillation_paths import in_folder
from spread.distillation_told import NAMED
from spread.transcript_events import Call, Say

KEPT: Final = 600
MOST: Final = 8  # that are told
FEW_CHANGED: Final = 4  # files; more of them tell themselves what a session was about
LAST_TURNS: Final = 20  # of which the answers are looked at
MOST_LINES: Final = 2  # of one file
OUTPUT_CHARS: Final = 12_000
PATH_CHARS: Final = 240
MOST_NAMES: Final = 80  # of one answer
_SEARCHES: Final = re.compile(  # each begins with its letter, not with `\b`, as the search is much faster so
    r"(?:r(?<!\wr)g|g(?<!\wg)rep|[ef](?<!\w.)grep|f(?<!\wf)(?:ind|d)|l(?<!\wl)s-files|d(?<!\wd)iff|s(?<!\ws)how)\b"
)
_SEARCHERS: Final = ("rg", "grep", "find", "fd", "ls-files", "diff", "show")  # one is in all that this finds
# What is found is in another repository or on another machine then.
_ELSEWHERE: Final = re.compile(r"--repo\b|\bgh [^|;&\n]{0,200}-R |\bgit -C |\b(?:ssh|docker|podman|kubectl) ")
_FAR: Final = (
    "--repo",
    "-R ",
    "git -C ",
    "ssh ",
    "docker ",
    "podman ",
    "kubectl ",
)  # one is in what that finds
# At the beginning of a line: alone, before what was found in it, or in the head of a diff.
_PATH: Final = re.compile(
    r"(?m)^(?:diff --git a/|\+\+\+ b/|\./)?((?:[A-Za-z]:)?[\w./\\@+~\[\]()-]{1,200}?\.[A-Za-z]\w{0,7})(?=[:-]\d|:|\r?$| b/)"
)
# What stands behind the path and before the number: `a.py:12`, `a.py#L12`, “`a.py` (lines 12-20)”.
_AT: Final = re.compile(r"(\.[A-Za-z]\w{0,7})[`*]{0,3}\)?(?::|#L|,? \(?(?:at )?lines? )(\d{1,6})\b")
_LINK: Final = re.compile(r"\]\(<?([^()\s<>]{1,300})")
_QUOTED: Final = re.compile(r"`([\w.~@+$/\\\[\]-]{2,240}\.[A-Za-z]\w{0,7})`")
_BACKWARDS: Final = re.compile(r"[\w.~@+$/\\\[\]-]+(?::[A-Za-z](?!\w))?")
_PLACE: Final = re.compile(r"(?::\d+)+(?:-\d+)?$|#.*$")
_DRIVE: Final = re.compile(r"^/(?=[A-Za-z]:)")

Seen = dict[str, int]  # absolute paths that searches and diffs showed, with lines; the newest last


def note(ledger: Fields, call: Call) -> None:
    """Take over which files the output of a search or a diff names."""
    if not call.ok or not call.output:
        return
    place = call.cwd
    if call.name in SHELLS:
        source = call.input.get("command")
        if not isinstance(source, str) or not _searches(source):
            return
        place = runs_in(source, call.cwd)
        if not place or stood(ledger.shell, ledger.strayed, call):
            return  # nobody knows from where
    last = ""
    for found in _PATH.finditer(call.output[:OUTPUT_CHARS]):
        if found[1] != last:
            last = found[1]
            path = absolute(last, place)
            ledger.seen.pop(path, None)
            ledger.seen[path] = call.line
    drop_oldest(ledger.seen, KEPT)


@of_line
def _searches(source: str) -> bool:
    """Tell whether a command line searches or compares, in this repository and on this machine."""
    if not any(map(source.__contains__, _SEARCHERS)):
        return False
    if any(map(source.__contains__, _FAR)) and _ELSEWHERE.search(source):
        return False
    return _SEARCHES.search(source) is not None


def told(ledger: Fields, root: str) -> list[tuple[int, str]]:
    """Return (line, text) of the files that the last answers name with a line or a link, none that was changed.

    Only what a call read, showed or found is told, so that no path is made up. Where nothing was changed at all,
    what was read counts too where an answer names it without a line.
    """
    changed = len(changes(ledger.files))
    if changed > FEW_CHANGED:
        return []
    answers = [turn.last for turn in ledger.turns[-LAST_TURNS:] if turn.last and not turn.last.calls]
    found = dict[str, tuple[int, list[str]]]()  # by path: the line of the newest answer, those in the file
    for say in reversed(answers):
        for path, at in _meant_by(say, ledger, plain=not changed):
            if path in found or len(found) < MOST:
                line, places = found.setdefault(path, (say.line, []))
                if at and (line == say.line or not places) and at not in places[:MOST_LINES]:
                    places.append(at)
        if len(found) >= MOST:
            break
    return [(max(line for line, _ in found.values()), NAMED + _listed(found, root))] if found else []


def _meant_by(say: Say, ledger: Fields, *, plain: bool) -> list[tuple[str, str]]:
    """Return the files, with the line in each as far as it is given, that an answer means; those with a line first.

    Args:
        plain: Those without a line or a link count, too.
    """
    pointed, quoted = _names(say.text)
    names = [*pointed, *((name, "") for name in quoted if plain)]
    files = ledger.files
    known = _known(files, ledger.seen, {name.rpartition("/")[2] for name, _ in names}) if names else {}
    out = list[tuple[str, str]]()
    for at, (name, line) in enumerate(names):
        path = meant(name, ledger.cwd, known)
        was_read = path in files.read or path in files.viewed
        if (
            path
            and not (files.touches(path) or is_noise(path, files.own))
            and (was_read or at < len(pointed))
        ):
            out.append((path, line))
    return out


def _known(files: FileLedger, seen: Seen, names: set[str]) -> dict[str, list[str]]:
    """Return the files with one of some names that calls are known to have come to, by these names."""
    out = dict[str, list[str]]()
    for path in {**files.read, **files.viewed, **seen, **files.created, **files.modified}:
        if (name := path.rpartition("/")[2]) in names:
            out.setdefault(name, []).append(path)
    return out


@lru_cache(200)  # the same answers are looked at for each revision
def _names(said: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return what an answer names with a line or by a link, and what else it quotes."""
    pointed = dict[tuple[str, str], None]()
    for found in _AT.finditer(said):
        path = _BACKWARDS.match(said[max(0, found.start() - PATH_CHARS) : found.start()][::-1])
        if path:
            pointed[(_clean(path[0][::-1] + found[1]), found[2])] = None
    for link in _LINK.findall(said) if "](" in said else ():
        if "://" not in link and "." in link:
            pointed.setdefault((_clean(_PLACE.sub("", link)), ""), None)
    plain = [_clean(name) for name in _QUOTED.findall(said)] if "`" in said else []
    good = [(name, at) for name, at in pointed if name and not name.startswith("//")]
    return tuple(good[:MOST_NAMES]), tuple(plain[:MOST_NAMES])


def _clean(name: str) -> str:
    return _DRIVE.sub("", name.lstrip("[").replace("\\", "/")).removeprefix("./")


def _listed(found: dict[str, tuple[int, list[str]]], root: str) -> str:
    """Return files with their lines by the answers that name them, the newest answer last: its line ends the item."""
    last, out = max(line for line, _ in found.values()), list[str]()
    for said in sorted({line for line, _ in found.values()}):
        folders = dict[str, list[str]]()
        mine = [
            (relative(path, root), ",".join(at[:MOST_LINES]))
            for path, (line, at) in found.items()
            if line == said
        ]
        for path, at in mine:
            name = f"{path.rpartition('/')[2]}{at and ':'}{at}"
            folders.setdefault(dirname(path), []).append(name)
        names = (in_folder(f"{folder}{folder and '/'}", each) for folder, each in folders.items())
        out.append(f"{', '.join(names)}{'' if said == last else f' (L{said})'}")
    return ", ".join(out)
