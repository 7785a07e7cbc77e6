"""Files edited, moved or removed by a pattern or a list that another command makes: which these were a later status tells."""

import re
from itertools import pairwise
from typing import Final

from spread.distill import nameless, sought, stands
from spread.distill.effect import Effect
from spread.distill.files import FileLedger, absolute
from spread.distill.git import GitLedger
from spread.distill.git_files import GONE, MOST_REMOVED, from_top
from spread.distill.log import ID_CHARS
from spread.distill.newest import drop_oldest
from spread.distill.operands import is_trial, options
from spread.distill.shell import Simple, placed, split
from spread.distill.spelling import folder_of, is_pattern
from spread.distill.variables import spelled
from spread.distillation_paths import is_within
from spread.transcript_events import Call

MOST: Final = 24  # patterns, folders and files
MOST_COMMANDS: Final = 40
MOST_LISTED: Final = 60
_OUTPUT: Final = re.compile(r"\$\(([^()]{1,400})\)")
_BUT_PATTERN: Final = re.compile(r"[$`{}\[\]\n]")
_SEARCHES: Final = frozenset(("grep", "egrep", "rg", "ag"))
_ASKS: Final = ("git status", "git diff")
_EDITS: Final = ("sed ", "perl ")
_REMOVES: Final = ("rm ", "mv ", "-delete", "unlink ")
_SCRIPTS: Final = (
    "python", "node", "ruby ", "bun ", "deno ", "npm ", "pnpm ", "yarn ", "cargo ", "go ", "uv ", "poetry "
)  # fmt: skip
_BY_LIST: Final = (
    "find ",
    "xargs",
    "for ",
    "read ",
    "*",
    "?",
)  # one is in each line that takes away what it does not name
_REMOVERS: Final = frozenset(("rm", "mv", "unlink"))
_RENAMED: Final = re.compile(r"(?m)^(?:R[ MD] |\trenamed: {4})(\S[^\n\"]*?) -> (\S[^\n\"]*)$")


def note(files: FileLedger, call: Call, source: str, changed: list[str], at: tuple[str, str]) -> None:
    """Keep where a line edited files that it does not name.

    Args:
        changed: What the last status listed, as it was spelled; in a folder where that was something, nobody knows
            whose a change is.
        at: The directory of that status, and the top of its work tree.
    """
    dirty = from_top(files, changed, *at)
    commands = split(source)
    if len(commands) > MOST_COMMANDS:
        return
    before, loop = Simple(), list[str]()
    for item, here in placed(spelled(source, commands)):
        loop = _loop(item, before, loop)
        for place in _places(item, before, loop) if here is not None else ():
            where = absolute(place, folder_of(here, call.cwd))
            if not _BUT_PATTERN.search(place):
                by = next((word for word in item.words if word in stands.EDITORS), item.name)
                nameless.note(files, where, call.line, by)
            known = is_pattern(place) or not any(is_within(path, where) for path in dirty)
            if known and not _BUT_PATTERN.search(place):
                files.blind[where] = call.line
        before = item
    for path in sought.replaced(files, source, commands, call.cwd) if files.sought else ():
        files.apply(Effect("modify", path), "", call.line)
    drop_oldest(files.blind, MOST)


def expect(git: GitLedger, path: str, line: int, by: str = "") -> None:
    """Keep a file that a script names and may have written, unless the last status listed it before.

    Args:
        by: The script, where it wrote each file that a pattern fits, or that is in a folder.
    """
    if by:
        nameless.note(git.files, path, line, by)
    if path not in from_top(git.files, git.changed, *git.changed_at) and not _BUT_PATTERN.search(path):
        git.files.blind[path] = line
        drop_oldest(git.files.blind, MOST)


def _loop(item: Simple, before: Simple, loop: list[str]) -> list[str]:
    """Return what a loop goes over: the words that it is given, or the folders whose files are listed for it.

    Args:
        loop: What the last one before went over.
    """
    if item.words[:1] == ["for"]:
        return _asked(item.words[3]) if len(item.words) == 4 and "$(" in item.words[3] else item.words[3:]
    return _listed(before) if item.name == "read" and before.joint == "|" else loop


def _asked(word: str) -> list[str]:
    """Return the folders whose files a word lists that stands for the output of a command."""
    found = _OUTPUT.fullmatch(word)
    commands = split(found[1]) if found else []
    return _listed(commands[0]) if len(commands) == 1 else []


def _places(item: Simple, before: Simple, loop: list[str]) -> list[str]:
    """Return the patterns that an editor is given, else the folders whose files are listed for it."""
    words = item.words
    if item.name in stands.EDITORS:
        given = words[-1:] if any(map(stands.IN_PLACE.fullmatch, words[1:])) else []
        if given and "$(" in given[0]:
            return _asked(given[0])
        return loop if given and "$" in given[0] and item.unsure else [*filter(is_pattern, given)]
    at = next((at for at, word in enumerate(words) if word in stands.EDITORS), 0)
    if not at or not any(map(stands.IN_PLACE.fullmatch, words[at:])):
        return []
    if item.name == "find":
        return words[1:2] if words[1][:1] not in ("-", "(") else ["."]
    return _listed(before) if item.name == "xargs" and before.joint == "|" else []


def _listed(before: Simple) -> list[str]:
    """Return the folders whose files a command lists for the one behind it."""
    flags, args = options(before.words[1:])
    if before.name == "find":
        return args[:1] if before.words[1:2] == args[:1] else ["."]
    if before.name == "git" and args[:1] == ["ls-files"]:
        return args[1:] or ["."]
    if before.name not in _SEARCHES or not any("l" in flag for flag in flags) or "-e" in flags:
        return []
    return args[1:] or ["."]


def told(git: GitLedger, call: Call, source: str) -> None:
    """Take over those of the files that a status or a commit lists which were edited so; what was listed before says nothing."""
    files, changed, at = git.files, git.changed, git.changed_at
    if files.swept:
        _told_gone(files, call, source, at)
    if not git.stashed:
        nameless.looked(files, call, source)
    if not files.blind:
        return
    if "--stat" in source or "--name-" in source:
        _committed(git)
    asked = max(map(source.rfind, _ASKS))
    if asked < max(map(source.rfind, _EDITS)) or len(changed) > MOST_LISTED:
        return
    early = asked < max(map(source.rfind, _SCRIPTS))  # so it tells nothing of what those of this line did
    blind = [place for place, line in files.blind.items() if not (early and line == call.line)]
    fits = [nameless.fits(place) for place in blind]
    for path in from_top(files, changed, *at):
        if any(fit(path) for fit in fits):
            files.listed(path, call.line)


def _committed(git: GitLedger) -> None:
    """Take over those that a commit holds which was made after they were edited."""
    made = {sha[:ID_CHARS]: line for line, sha, _ in git.commits}
    blind = [(nameless.fits(place), line) for place, line in git.files.blind.items()]
    for sha, paths in git.index.holds.items():
        at = made.get(sha, 0)
        for path in paths:
            if any(line <= at and fit(path) for fit, line in blind):
                git.files.listed(path, at)


def sweep(files: FileLedger, call: Call, source: str) -> None:
    """Keep where a line moved or removed files that it does not name."""
    if not (any(map(source.__contains__, _REMOVES)) and any(map(source.__contains__, _BY_LIST))):
        return
    commands = split(source)
    before, loop = Simple(), list[str]()
    for item, here in (
        placed(spelled(source, commands, call.output)) if len(commands) <= MOST_COMMANDS else ()
    ):
        loop = _loop(item, before, loop)
        for place in _emptied(item, before, loop) if here is not None else ():
            if not _BUT_PATTERN.search(place) and not place.startswith(("/tmp/", "..")):  # noqa: S108 - none is used
                files.swept[absolute(place, folder_of(here, call.cwd))] = call.line
        before = item
    drop_oldest(files.swept, MOST)


def _emptied(item: Simple, before: Simple, loop: list[str]) -> list[str]:
    """Return the patterns and folders out of which a command takes files that it does not name."""
    words = item.words[1:] if item.name == "git" else item.words
    if item.name == "find":
        deed = next((after for word, after in pairwise(words) if word in ("-exec", "-execdir")), "")
        does = "-delete" in words or deed in _REMOVERS or (deed == "git" and not _REMOVERS.isdisjoint(words))
        return (
            (words[1:2] if len(words) > 1 and words[1][:1] not in ("-", "(", "!") else ["."]) if does else []
        )
    if item.name == "xargs":
        return _listed(before) if before.joint == "|" and not _REMOVERS.isdisjoint(words) else []
    if not words or words[0] not in _REMOVERS or is_trial(options(words)[0] if item.name == "git" else []):
        return []
    given = words[1:] if words[0] != "mv" else words[1:-1]
    if any("$" in word for word in given):
        return loop if item.unsure else []
    return [*filter(is_pattern, given)]


def _told_gone(files: FileLedger, call: Call, source: str, at: tuple[str, str]) -> None:
    """Take over which of the files of such places the first status behind it lists as removed or renamed."""
    if source.rfind("git status") < max(map(source.rfind, _REMOVES)) or "git status" not in source:
        return
    fits = [nameless.fits(place) for place in files.swept]
    gone = [long or short for long, short in GONE.findall(call.output)][:MOST_REMOVED]
    moved = _RENAMED.findall(call.output)[:MOST_LISTED]
    places = from_top(files, [*gone, *(path for pair in moved for path in pair)], *at)
    for path in places[: len(gone)]:
        if any(fit(path) for fit in fits) and not files.touches(path) and path not in files.gone:
            files.delete(path, call.line)
            files.told.add(path)
    for old, new in zip(places[len(gone) :: 2], places[len(gone) + 1 :: 2], strict=True):
        if any(fit(old) for fit in fits) and not (files.touches(old) or files.touches(new)):
            files.rename(old, new, call.line)
            files.told.add(new)
    files.swept.clear()
