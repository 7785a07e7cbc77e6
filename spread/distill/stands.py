"""Where the session's shell stands, and which commands put other contents under it."""

import posixpath
import re
from functools import lru_cache
from typing import Final

from spread.distill.files import FileLedger, absolute
from spread.distill.log import NEW_BRANCH
from spread.distill.noise import is_noise
from spread.distill.once import of_line
from spread.distill.shell import UNKNOWABLE, Simple, placed, split
from spread.distill.unpacked import unpacks_to
from spread.distillation_paths import is_within
from spread.transcript_events import Call

_RESET: Final = "Shell cwd was reset to"
_FAILED: Final = "cd: "
_MISSING: Final = "no such file or directory"
LEAST_NAME: Final = 3  # characters of a path that stand in a message by no chance
_MOVES: Final = frozenset(("pull", "merge", "rebase", "cherry-pick", "revert", "am", "bisect"))
_GOES: Final = re.compile(r"\s*cd\s+(\"[^\"$`]+\"|[^\s\"'$`;&|]+)\s*&&\s*(?!.*\bcd )", re.S)
_STASHES: Final = frozenset(("push", "save", "pop", "apply"))
_HARD: Final = frozenset(("--hard", "--keep", "--merge"))
_OWN_BASE: Final = re.compile(
    r"[\w./-]+(?:[~^]\d*)+"
)  # of what a rebase folds, where it is of the same branch
_NOTHING: Final = ("Already up to date", "is up to date", "Already on ", "No local changes to save")
_WENT: Final = "Switched to branch"  # and says of that one, too, that it is up to date
_MADE: Final = re.compile(r"(?m)^\[[^\]\n]{1,250} [0-9a-f]{7,40}\] ")

Shell = tuple[str, str]  # the directory that the record gives, and the one that a `cd` went to since


def follow(shell: Shell, call: Call, source: str) -> Shell:
    """Return where the shell stands after a call, as far as its commands tell.

    Some clients write the directory of the launch on every line, though the shell keeps the one it went to.
    """
    here = shell[1] if shell[0] == call.cwd else call.cwd
    if _RESET in call.output:
        return call.cwd, call.cwd
    if "cd " not in source or call.extra.get("backgroundTaskId") or _FAILED in call.output:
        return call.cwd, here
    for at, item in enumerate(split(source)):
        known = len(item.words) == 2 and not UNKNOWABLE.search(item.words[1])
        if item.name == "cd" and known and (call.ok or at == 0) and not source[: item.start].endswith("("):
            here = absolute(item.words[1], here)
    return call.cwd, here


def strayed(known: str, call: Call, source: str) -> str:
    """Return where sub-agents' shells may stand after a call of one, empty where it is as the record gives it.

    Args:
        known: Where they may have stood before it.
    """
    if call.cwd == known or _RESET in call.output:
        known = ""
    if "cd " not in source:
        return known
    _, here = follow((call.cwd, known or call.cwd), call, source)
    return "" if here == absolute(call.cwd, "") else here


def is_missing(call: Call, source: str, files: FileLedger) -> bool:
    """Tell whether a call shows that its shell is not where the record says: what the session has there is not found."""
    if "cd " in source or _MISSING not in call.output.lower():
        return False
    lines = [line for line in call.output.splitlines() if _MISSING in line.lower()]
    known = (*files.created, *files.modified, *files.renamed, *files.read)
    for word in {word.rstrip("/") for item in split(source) for word in item.words[1:]}:
        if len(word) < LEAST_NAME or word[0] in "-/~" or UNKNOWABLE.search(word):
            continue
        path = absolute(word, call.cwd)
        if any(word in line for line in lines) and any(is_within(each, path) for each in known):
            return True
    return False


def stood(shell: Shell, elsewhere: str, call: Call) -> str:
    """Return where the shell of a call may have stood that is not where the record says, else an empty string.

    Args:
        elsewhere: Of `strayed`, for a sub-agent.
    """
    at = elsewhere if call.agent else shell[1] if shell[0] == call.cwd else ""
    return "" if absolute(at, "") in ("", absolute(call.cwd, "")) else at


def runs_in(source: str, cwd: str) -> str:
    """Return the directory that a whole line runs in: of one that goes somewhere first, there; empty where it goes on."""
    if "cd " not in source and "ocation " not in source:
        return cwd
    went = _GOES.match(source)
    return absolute(went[1].strip('"'), cwd) if went else ""


def is_known(path: str, files: FileLedger) -> bool:
    """Tell whether the session knows a file."""
    return any(path in each for each in (files.created, files.modified, files.renamed, files.read))


def found(path: str, shell: Shell, files: FileLedger) -> str:
    """Return the absolute path that a command meant whose directory is not sure: one that is known, else the given one.

    Args:
        path: Absolute, as it is from the directory that the record gives.
    """
    top = absolute(shell[0], "")
    if shell[0] == shell[1] or not path.startswith(f"{top}/"):
        return path
    end = path[len(top) + 1 :]
    known = dict.fromkeys((*files.created, *files.modified, *files.renamed, *files.read))
    there = absolute(end, shell[1])
    if path in known or there in known:
        return path if path in known else there
    folder = posixpath.dirname(end)
    below = f"/{end}"
    alike = [each for each in known if each.endswith(below)]
    if alike or not folder:
        return alike[0] if len(alike) == 1 else path
    folders = _folders(tuple(known))
    if posixpath.dirname(path) in folders:
        return path
    if posixpath.dirname(there) in folders:
        return there
    alike = [each for each in folders if each.endswith(f"/{folder}")]
    return f"{alike[0]}/{posixpath.basename(end)}" if len(alike) == 1 else path


@lru_cache(2)  # most commands touch no file that was not known before
def _folders(paths: tuple[str, ...]) -> dict[str, None]:
    return dict.fromkeys(map(posixpath.dirname, paths))


def moves(commands: list[Simple], call: Call, root: str, files: FileLedger) -> bool:
    """Tell whether git put other contents into the work tree, so that what was checked before was something else.

    Args:
        root: The top of the session's work tree, as far as known.
        files: Those of the session; a tree that holds none of them is another's.
    """
    if not call.ok or (_WENT not in call.output and any(map(call.output.__contains__, _NOTHING))):
        return False
    here = call.cwd
    for item in commands:
        if item.name == "cd" and len(item.words) == 2 and not UNKNOWABLE.search(item.words[1]):
            here = absolute(item.words[1], here)
        if item.name not in ("git", "gh") or not (is_move(item) or _is_seen_to(item, call.output)):
            continue
        if "--continue" in item.words and "rebase" not in item.words and len(_MADE.findall(call.output)) == 1:
            continue  # what was merged by hand stands in the files already
        top = posixpath.normpath(absolute(here, ""))
        if is_within(root, top) or is_within(top, root):
            return True
        below = f"{top.rstrip('/')}/"
        if any([path == top or path.startswith(below) for path in (*files.created, *files.modified)]):
            return True
    return False


def visits(commands: list[Simple], place: int) -> bool:
    """Tell whether what stands at a place in a line ran on other contents: another commit, or without what was put aside.

    Args:
        place: Of the last check; in a loop over commits all of them are checked.
    """
    if commands[place].unsure:
        return False
    before = [item.words[1:] for item in commands[:place] if item.name == "git"]
    later = [item.words[1:] for item in commands[place + 1 :] if item.name == "git"]
    went = [item.words[1] for item in commands[:place] if item.name == "cd" and len(item.words) == 2]
    for words in before:
        args = [word for word in words[1:] if not word.startswith("-")]
        if (
            args[:1] == ["add"]
            and words[0] == "worktree"
            and NEW_BRANCH.isdisjoint(words)
            and "-B" not in words
        ):
            if len(args) == 3 and args[1] in went:  # the place, and the commit that is checked out there
                return True
            continue
        plain = words[:1] == ["checkout"] and (NEW_BRANCH | {"--"}).isdisjoint(words)
        if plain and len(args) == 1 and _COMMIT.search(args[0]):
            return True
        if words[:1] == ["switch"] and {"-d", "--detach"} & set(words):
            return True
    puts = any(words[:1] == ["stash"] and (words[1:2] or ["push"])[0] != "pop" for words in before)
    return puts and any(words[:2] in (["stash", "pop"], ["stash", "apply"]) for words in later)


_COMMIT: Final = re.compile(r"^[0-9a-f]{7,40}$|[$~^]")  # no name of a branch: HEAD is nowhere then
_MAY_EDIT: Final = (
    "sed -", "perl -", "patch", " apply ", "cp -", "rsync ", "tar ", "unzip ", "7z x", "Expand-Archive", "ed -s",
    "ex -s"
)  # fmt: skip
EDITORS: Final = frozenset(("sed", "gsed", "perl"))
IN_PLACE: Final = re.compile(r"-[A-Za-z]*i[\w.]*|--in-place.*")
_ELSEWHERE: Final = ("/tmp/", "/var/")  # noqa: S108 - no place that is used
_SET_ELSEWHERE: Final = re.compile(
    r"\b(\w+)=[\"']?(?:/tmp/|/private/tmp/|[A-Za-z]:[^\s\"';]{0,200}?/AppData/Local/Temp/)"
)
_PRODUCT: Final = re.compile(r"(?:dist|build|out|target|node_modules|public|tmp|\.\w+)(?:/|$)")
_CLEANED: Final = re.compile(r"(?m)^Removing (?:.*/)?(\S+)$")
_DRY: Final = frozenset(("--check", "--stat", "--numstat", "--summary", "--dry-run"))


@of_line
def edits_blindly(source: str) -> bool:
    """Tell whether a line edits files that it does not name: by a pattern, a list that another command makes, a patch, an archive."""
    if not any(map(source.__contains__, _MAY_EDIT)):
        return False
    beside = tuple([f"${name}/" for name in _SET_ELSEWHERE.findall(source)])
    commands = split(source)
    return any(_is_blind(item, beside) for item in commands) or any(
        _unpacks(item, here) or (here == "" and _brings(item))
        for item, here in placed(commands)
        if here is not None
    )


def _unpacks(item: Simple, here: str) -> bool:
    """Tell whether a command unpacks an archive in the project."""
    into = unpacks_to(item.name, item.words)
    return into is not None and _is_inside(posixpath.join(here, into))


def _brings(item: Simple) -> bool:
    """Tell whether a command copies a whole folder from somewhere else into the place where it runs."""
    flags = "".join(word[1:] for word in item.words[1:] if word[:1] == "-" != word[1:2])
    whole = item.name == "rsync" or (item.name == "cp" and not {*flags}.isdisjoint("rRa"))
    paths = [word for word in item.words[1:] if not word.startswith("-")]
    if not whole or len(paths) < 2 or "n" in flags or "--dry-run" in item.words:
        return False
    return _is_inside(paths[-1]) and any(path.startswith(("/", "~/", "../")) for path in paths[:-1])


def _is_inside(place: str) -> bool:
    to = place.removeprefix("./")
    return not to.startswith(("/", "~", "..", "$")) and ":" not in to and not _PRODUCT.match(to)


def _is_blind(item: Simple, beside: tuple[str, ...]) -> bool:
    words = item.words
    if not _DRY.isdisjoint(words):
        return False
    if item.name in ("patch", "ed", "ex") or (item.name == "git" and words[1:2] == ["apply"]):
        return True
    lists = item.name in ("find", "xargs")
    at = next((at for at, word in enumerate(words) if word in EDITORS), -1) if lists else 0
    if at < 0 or (not lists and item.name not in EDITORS):
        return False
    rest = words[at + 1 :]
    files = [
        word
        for word in rest[1:]
        if UNKNOWABLE.search(word) and not word.startswith((*_ELSEWHERE, *beside, "-"))
    ]
    named = files[-1:] == rest[-1:]  # a script may hold such characters, too
    return any(map(IN_PLACE.fullmatch, rest)) and (lists or named)


def _is_seen_to(item: Simple, output: str) -> bool:
    """Tell whether git says that it checked out a submodule anew, or took away files that it does not hold."""
    if "submodule" in item.words:
        return "': checked out '" in output
    if "clean" not in item.words or "-n" in item.words:
        return False
    return any(not (_PRODUCT.match(path) or is_noise(path)) for path in _CLEANED.findall(output))


def is_move(item: Simple) -> bool:
    """Tell whether a command of git or gh puts other contents into the work tree."""
    words = item.words[1:]
    if item.name == "gh":
        return words[:2] == ["pr", "checkout"]
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-C", "-c") else words[1:]
    verb, rest = (words[0], words[1:]) if words else ("", [])
    args = [word for word in rest if word == "-" or not word.startswith("-")]
    if verb in ("checkout", "switch"):
        return len(args) > (1 if NEW_BRANCH & set(rest) else 0)
    if verb == "stash":
        return not args or args[0] in _STASHES
    if verb == "reset":
        return bool(_HARD & set(rest))
    if verb == "submodule":
        return rest[:1] == ["update"] and "--remote" in rest
    if verb == "rebase" and "--autosquash" in rest and all(map(_OWN_BASE.fullmatch, args)):
        return False  # what is folded into earlier commits stands in the files already
    return verb in _MOVES and not {"--abort", "--quit"} >= set(rest) > set()
