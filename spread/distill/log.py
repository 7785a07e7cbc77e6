"""Which commits git shows: the list of a log of what is checked out, newest first, and what moves its head."""

import re
from typing import Final, NamedTuple

from spread.distill.shell import UNKNOWABLE, Simple
from spread.distillation_letters import number
from spread.transcript_events import Call

MAX_SHOWN: Final = 60  # commits of a list that are read
MAX_CHARS: Final = 20_000
TOLD_CHARS: Final = 12  # of an id are enough
ID_CHARS: Final = 7  # the shortest that git writes; ids are compared by these
_ENTRY: Final = re.compile(
    r"(?m)^[ *|\\/]*+(commit )?([0-9a-f]{7,40})(?!\S)(?: \([^)\n]*\))?(?:[ \t]+(\S[^\n]*?))?[ \t\r]*$"
)
_ID: Final = re.compile(
    r"(?i:\bcommit(?:ted)?)(?: (?:as|is|in|id|sha|hash))?[^\w\n]{1,4}((?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40})\b"
)
_INDENTED: Final = re.compile(r"\n(?:[^\n]*\n)*?    (\S[^\n]*)")
_NOW_AT: Final = re.compile(r"(?m)^HEAD is now at ([0-9a-f]{7,40})\b")
_FORWARD: Final = re.compile(r"(?m)^Updating [0-9a-f]{7,40}\.\.([0-9a-f]{7,40})\s+Fast-forward")
_REWRITES: Final = re.compile(
    r"^git (?:rebase(?!.* --abort)|filter-branch|reset .*(?:HEAD[~^@]|ORIG_HEAD|--(?:hard|soft|keep|merge) (?!HEAD$)\S+|[0-9a-f]{7,40}\b))"
)
_MELTS: Final = frozenset(("-i", "--interactive", "--autosquash", "--continue"))
_BACK: Final = re.compile(r"HEAD(?:~(\d*)|(\^+))")
_PLAIN: Final = (
    "-n", "--oneline", "--format", "--pretty", "--decorate", "--no-decorate", "--graph", "--abbrev", "--stat", "--date",
    "--no-color", "--color", "--reverse", "--max-count", "--first-parent", "--shortstat", "--name-only", "--name-status",
    "--no-pager", "--short", "--verify", "--no-patch", "-s", "--quiet", "-q", "--summary",
)  # fmt: skip
_COUNT: Final = re.compile(r"-\d+")
_LINES: Final = re.compile(r"(?:-n?|--max-count=)(\d{1,3})")
_BEHIND_ID: Final = re.compile(
    r"%[hH](?:[^%\n]|%x\w\w|%C(?:\([^)]*\)|\w+)|%n)*%(\w)"
)  # with what comes next of a commit
_ID_FORMAT: Final = re.compile(r"%[hH]|^(?:oneline|short|medium|full|fuller|reference)$")
_WHOLE_OUTPUT: Final = frozenset(("cat", "head", "less", "more", "tee"))
_LISTS_TOO: Final = frozenset(
    ("rev-list", "show", "show-ref", "ls-remote", "ls-tree", "cherry", "for-each-ref", "reflog", "blame")
)  # fmt: skip
_LISTS_SO: Final = (
    ["branch", "-v"],
    ["branch", "-vv"],
    ["branch", "-av"],
    ["branch", "-a"],
    ["stash", "list"],
)
_SHOWS: Final = _LISTS_TOO | {"log"}
_BRANCHES: Final = frozenset(("--all", "--branches"))
_OF_PAST: Final = frozenset(("-g", "--walk-reflogs", "--reflog"))
_LEAVES: Final = frozenset(("checkout", "switch", "reset", "rebase"))
MOVES: Final = frozenset(
    ("rebase", "reset", "merge", "pull", "cherry-pick", "revert", "am", "checkout", "switch", "filter-branch")
)  # fmt: skip

_AT_HEAD: Final = frozenset(("-b", "-B", "-c", "-C", "--create", "--force-create"))
NEW_BRANCH: Final = _AT_HEAD | {"--orphan"}  # switches before the name of a new branch


class Shown(NamedTuple):
    """What a log of HEAD shows: ids and subjects (empty where they are not told), newest first."""

    commits: list[tuple[str, str]]
    whole: bool  # all commits of a range up to HEAD


def shown(call: Call, commands: list[Simple], gits: list[tuple[list[str], str]]) -> tuple[Shown, str] | None:
    """Return what a call lists of the commits that HEAD has, and the directory; None where that is not certain."""
    at = next((at for at, (words, _) in enumerate(gits) if _lists(words)), None)
    if at is None or not call.ok or call.extra.get("backgroundTaskId"):
        return None
    words, place = gits[at]
    one = words[1] == "show"  # the newest, and then what it changed
    before, after = (any(map(_lists_too, part)) for part in (gits[:at], gits[at + 1 :]))
    most = 1 if one else _most(words) if after else MAX_SHOWN  # what comes then is not of it
    if before or not most:
        return None
    moved = {each[1] for each, _ in gits[at + 1 :]} & MOVES
    top, whole = _of_head(words[2:])
    if not place or moved or not top or not _uncut(commands, words[1]):
        return None
    ids_only, lone = words[1] == "rev-parse", words[1] == "rev-parse" or bool(_formats(words))
    commits = _entries(call.output[:MAX_CHARS], ids_only=ids_only, bare=after, lone=lone)[:most]
    if not _tells_subject(words):
        commits = [(sha, "") for sha, _ in commits]
    if "--reverse" in words:
        commits = commits[::-1] if len(call.output) <= MAX_CHARS else []
    whole, commits = whole and len(commits) <= MAX_SHOWN, commits[:MAX_SHOWN]
    cut = any(_COUNT.fullmatch(word) or word.startswith(("-n", "--max-count")) for word in words)
    piped = any(item.name == "head" for item in commands)
    return (Shown(commits, whole and not cut and not piped), place) if commits else None


def of_branches(call: Call, gits: list[tuple[list[str], str]]) -> list[str]:
    """Return the ids, as short as git writes them, of commits that a log shows to be on branches still."""
    logs = [words for words, _ in gits if words[1] in _SHOWS]
    if len(logs) != 1 or not call.ok or gits[-1][0] != logs[0]:
        return []  # else they may be from before another command, or of anything
    words = logs[0]
    if words[1] != "log" or _BRANCHES.isdisjoint(words) or not _OF_PAST.isdisjoint(words):
        return []
    return ids_of(_entries(call.output[:MAX_CHARS], ids_only=False, bare=False))


def _lists_too(git: tuple[list[str], str]) -> bool:
    """Tell whether a git command shows ids of any commits."""
    words, _ = git
    return _lists(words) or words[1] in _LISTS_TOO or words[1:3] in _LISTS_SO


def _most(words: list[str]) -> int:
    """Return how many lines a log of one line for each commit may have, 0 where that is not said."""
    given = next((found for word in words[2:] if (found := _LINES.fullmatch(word))), None)
    return number(given[1]) if given and "--oneline" in words and "--graph" not in words else 0


def _lists(words: list[str]) -> bool:
    """Tell whether a git command shows ids of commits."""
    if words[1] == "rev-parse":
        return words[-1] in ("HEAD", "@")
    if words[1] not in ("log", "show"):
        return False
    given = _formats(words)
    return not given or bool(_ID_FORMAT.search(given[-1].removeprefix("format:").removeprefix("tformat:")))


def _formats(words: list[str]) -> list[str]:
    """Return how a log is told to show each commit, where that is said."""
    return [word.partition("=")[2] for word in words if word.startswith(("--format=", "--pretty="))]


def _tells_subject(words: list[str]) -> bool:
    """Tell whether what a log shows behind an id is the subject of the commit, and not its author or where it stands."""
    given = _formats(words)
    behind = _BEHIND_ID.search(given[-1]) if given else None
    return behind is None or behind[1] in "sB"  # the whole message begins with it


def _of_head(words: list[str]) -> tuple[bool, bool]:
    """Return whether a log is of HEAD with nothing left out, and whether it is of a range up to there."""
    whole, count = False, False
    for word in words:
        if count and word.isdigit():
            count = False
        elif word.startswith("-"):
            if not word.startswith(_PLAIN) and not _COUNT.fullmatch(word):
                return False, False
            count = word in ("-n", "--max-count")
        elif word.endswith(("..HEAD", "..@", "..")) and not word.endswith("..."):
            whole = True
        elif word not in ("HEAD", "@"):
            return False, False
    return True, whole


def _uncut(commands: list[Simple], verb: str) -> bool:
    """Tell whether the beginning of what git lists is shown: nothing picks lines out of it."""
    at = next((at for at, item in enumerate(commands) if item.name == "git" and verb in item.words), None)
    while at is not None and commands[at].joint in ("|", "|&"):
        at += 1
        if at >= len(commands) or commands[at].name not in _WHOLE_OUTPUT:
            return False
    return at is not None


def _entries(output: str, *, ids_only: bool, bare: bool, lone: bool = True) -> list[tuple[str, str]]:
    """Return the commits of an output; with `bare` up to what is told of one otherwise, or again.

    Args:
        lone: An id may stand in a line of its own; else a number that another command printed would pass for one.
    """
    out = list[tuple[str, str]]()
    for found in _ENTRY.finditer(output):
        subject = found[3] or ""
        if bare and (found[1] or any(same(found[2], sha) for sha, _ in out)):
            break
        if (ids_only and subject) or not (lone or subject or found[1]):
            continue
        if not subject and not ids_only:
            subject = _below(output, found.end(), whole=bool(found[1]))
        out.append((found[2][:TOLD_CHARS], subject))
    return out


def _below(output: str, at: int, *, whole: bool) -> str:
    """Return the subject that stands below an id: indented after the author and the date, or in the next line."""
    if whole:
        end = output.find("\ncommit ", at)
        found = _INDENTED.match(output, at, end if end >= 0 else len(output))
        return found[1].strip() if found else ""
    line = output[at + 1 :].partition("\n")[0].strip() if output[at : at + 1] == "\n" else ""
    return "" if _ENTRY.match(line) else line


def named_in(report: str, order: str) -> list[str]:
    """Return the ids that a report calls commits, as short as git writes them; not those that its order names."""
    return [sha[:ID_CHARS] for sha in _ID.findall(report[:MAX_CHARS]) if sha[:ID_CHARS] not in order]


def ids_of(commits: list[tuple[str, str]]) -> list[str]:
    """Return the ids, as short as git writes them."""
    return [sha[:ID_CHARS] for sha, _ in commits]


def head_after(verb: str, output: str) -> str:
    """Return the id that a reset, merge or pull tells as the new head, an empty string when it tells none.

    A checkout does so where it leaves all branches.
    """
    told = (
        _NOW_AT
        if verb in ("reset", "checkout", "switch")
        else _FORWARD
        if verb in ("merge", "pull")
        else None
    )
    found = told.findall(output) if told else []
    return found[-1] if found else ""


def taken_back(words: list[str]) -> int:
    """Return how many commits a reset goes back, 0 where it names the place otherwise."""
    given = [word for word in words[2:] if not word.startswith("-")]
    found = _BACK.fullmatch(given[0]) if len(given) == 1 and not UNKNOWABLE.search(given[0]) else None
    return (number(found[1] or "1") if found[2] is None else len(found[2])) if found else 0


def moves_after(gits: list[tuple[list[str], str]]) -> list[tuple[list[str], str]]:
    """Return the commands of a line that come after its last commit, where one of them leaves that behind."""
    last = max((at for at, (words, _) in enumerate(gits) if words[1] == "commit"), default=len(gits))
    late = gits[last + 1 :]
    return late if any(words[1] in _LEAVES and "--continue" not in words for words, _ in late) else []


def rewrites(words: list[str]) -> bool:
    """Tell whether a rebase, reset or filter leaves other commits than were there."""
    return _REWRITES.search(" ".join(words)) is not None


def melts(words: list[str]) -> bool:
    """Tell whether a command may make one commit of several."""
    return words[1] == "rebase" and not _MELTS.isdisjoint(words)


def same(one: str, other: str) -> bool:
    """Tell whether two ids, however short, may be of one commit."""
    return bool(one and other) and one[:ID_CHARS] == other[:ID_CHARS]


def stays(words: list[str]) -> bool:
    """Tell whether a checkout or switch leaves HEAD at its commit: it restores files, or only names a new branch."""
    rest = words[2:]
    if words[1] == "checkout" and "--" in rest:
        return True
    return len(rest) == 2 and rest[0] in _AT_HEAD
