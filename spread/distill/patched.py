"""Files that only an output or a patch names: what `patch` and `git clean` say they did, what `git apply` was given."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from spread.distill.effect import Effect
from spread.distill.shell import Simple, placed

_PATCHED: Final = re.compile(r"(?m)^patching file '?([^'\n]+?)'?$")
_APPLIED: Final = re.compile(r"(?m)^Applied patch (\S+) cleanly\.$")
_CLEANED: Final = re.compile(r"(?m)^Removing (\S.*)$")
_DIFF: Final = re.compile(r"(?m)^--- (?:a/)?(\S+).*\n\+\+\+ (?:b/)?(\S+).*$")
_NONE: Final = "/dev/null"
_REJECTED: Final = re.compile(r"(?m)^(\d+) out of (\d+) hunks? (?:FAILED|ignored)")
_SAVES: Final = re.compile(r" -- saving rejects to (?:file )?'?([^'\n]+?)'?$", re.M)
_STAGED: Final = re.compile(r"(?m)^([MAD]) {2}(?!.* -> )\"?([^\"\n]+?)\"?$")
_STAGES: Final = {"A": "write", "D": "delete", "M": "listed"}
_NOT_COMMITTED: Final = frozenset(("-n", "--no-commit"))
_INDEXES: Final = frozenset(("--index", "-3", "--3way"))
_TRIES: Final = frozenset(("--check", "--dry-run", "--stat", "--numstat", "--cached"))
BACK: Final = frozenset(("-R", "--reverse"))
_MAKES: Final = re.compile(
    r"(?i)\b(?:wr(?:ote|itten|iting)|export(?:ed|ing)|generat(?:ed|ing)|creat(?:ed|ing)|saved|emitted|copied)\b"
)
_MAKES_HINTS: Final = (  # each holds one
    "wrote", "writ", "export", "generat", "creat", "saved", "emitted", "copied",
)  # fmt: skip
_NOT: Final = re.compile(r"(?i)\bnot\b|n't\b|\bfail|\berror|\bcannot\b")
_PATHS: Final = re.compile(r"[\w./\\:~@+-]{3,}")
# How programs begin the line that says that a file could not be written, moved or deleted.
_REFUSES: Final = re.compile(
    r"^(?:\S*sh: |\(eval\):\d+: |(?:rm|mv|cp|sed|touch|tee|ln|install|cat|dd|unlink|perl|sponge|yq|trash): )"
)
MOST_REFUSED: Final = 20
MOST_STAGING: Final = 8  # commands of a line
_GONE: Final = "No such file or directory"
_NO_NET: Final = ("curl: (", "ERROR 4", "ERROR 5", "wget: ")
_FETCHED: Final = ("/", "o ", "O ", "output ", "output-document ", "=")
_STARTS: Final = ("sh: ", "(eval):", "rm: ", "mv: ", "cp: ", "sed: ", "touch: ", "tee: ", "ln: ", "install: ", "cat: ", "dd: ",
                  "unlink: ", "perl: ", "sponge: ", "yq: ", "trash: ")  # fmt: skip
_ALL_STARTS: Final = (
    *_STARTS,
    "cd: ",
    "mkdir: ",
    "chmod: ",
    "echo: ",
    "printf: ",
    "pushd: ",
    "no matches found",
    "zsh: ",
)


_HINTS: Final = ("patch", "git apply", "git clean", "git revert", "git cherry-pick")


def changed(source: str, commands: list[Simple], output: str) -> Iterator[tuple[Effect, str]]:
    """Yield what patches and a clean-up of a call that worked did, with the directory it was done in."""
    if not any(map(source.__contains__, _HINTS)):
        return
    written = {path for item in commands if item.heredoc for path, _ in item.writes}
    for item, here in placed(commands):
        verb = item.words[1:2] if item.name == "git" else [item.name]
        if here is None or not _TRIES.isdisjoint(item.words):
            continue
        if verb == ["patch"]:
            yield from ((effect, here) for effect in _patched(output))
        elif verb == ["clean"] and "-n" not in item.words:
            for path in _CLEANED.findall(output):
                yield Effect("tree" if path.endswith("/") else "delete", path.rstrip("/"), sure=False), here
        elif verb == ["apply"] and "Applied patch " in output:
            # Taken back, what the session edited may be as it was.
            kind = "modify" if BACK.isdisjoint(item.words) else "listed"
            yield from ((Effect(kind, path), here) for path in _APPLIED.findall(output))
        elif verb == ["apply"] and (item.heredoc or written & {*item.words}):
            back = not BACK.isdisjoint(item.words)
            yield from ((effect, here) for effect in _applied(source, back=back))
        elif _stages(item) and here == "":
            yield from ((Effect(_STAGES[what], path), here) for what, path in _staged(commands, output))


def _patched(output: str) -> Iterator[Effect]:
    """Yield what `patch` changed, and the parts that it kept in a file because they do not fit; a file none fits stays as it is."""
    parts = _PATCHED.split(output)
    for path, said in zip(parts[1::2], parts[2::2], strict=True):
        rejected = _REJECTED.search(said)
        if rejected is None or rejected[1] != rejected[2]:
            yield Effect("modify", path)
        yield from (Effect("write", kept) for kept in _SAVES.findall(said))


def _stages(item: Simple) -> bool:
    """Tell whether a command of git puts what it changes into the index, and commits nothing."""
    verb = item.words[1:2] if item.name == "git" else []
    if verb == ["apply"]:
        return not _INDEXES.isdisjoint(item.words)
    return verb in (["revert"], ["cherry-pick"]) and not _NOT_COMMITTED.isdisjoint(item.words)


def _staged(commands: list[Simple], output: str) -> list[tuple[str, str]]:
    """Return what the short status right behind lists as staged, where nothing else of the line prints or stages anything."""
    if len(commands) > MOST_STAGING:
        return []
    names = [item.words[1:2] for item in commands if item.name not in ("cd", "echo")]
    short = any(word in ("-s", "--short", "--porcelain") for word in commands[-1].words)
    return _STAGED.findall(output) if len(names) == 2 and names[1] == ["status"] and short else []


def _applied(source: str, *, back: bool = False) -> Iterator[Effect]:
    """Yield what the patch in a line does.

    Args:
        back: It is taken back: what it made goes, and of what the session edited it is not known how it stands.
    """
    for old, new in _DIFF.findall(source):
        if back and _NONE in (old, new):
            yield Effect("write", old) if new == _NONE else Effect("delete", new)
        elif back:
            yield Effect("listed", new)
        elif new == _NONE:
            yield Effect("delete", old)
        else:
            yield Effect("write" if old == _NONE else "modify", new)


def made_anew(output: str, deleted: Iterable[str]) -> list[str]:
    """Return what was deleted and an output says was made again; few outputs do, and few name what was."""
    out: list[str] = []
    if not _may_make(output):
        return out
    named = [(path, name) for path, name in _names(tuple(deleted)) if name in output]
    names = {name for _, name in named}
    told = [line for line in output.splitlines() if any(map(line.__contains__, names))] if named else ()
    lines = [line for line in told if _MAKES.search(line) and not _NOT.search(line)]
    for path, name in named:
        for line in lines:
            if name in line:
                said = (each.replace("\\", "/").rstrip(".,:") for each in _PATHS.findall(line))
                if any(each == path or path.endswith(f"/{each.removeprefix('./')}") for each in said):
                    out.append(path)
    return out


@lru_cache(2)  # most calls delete nothing
def _names(paths: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return paths, each with its last name."""
    return [(path, path.rpartition("/")[2]) for path in paths]


@lru_cache(1)  # each call's output is asked for before and after what the call does
def _may_make(output: str) -> bool:
    low = output.lower()
    return any(map(low.__contains__, _MAKES_HINTS))


def speaks_of(lines: list[str], path: str) -> bool:
    """Tell whether one of the lines names a path, or a file without a name: of which it is cannot be told."""
    named = re.compile(rf"(?<![\w./-]){re.escape(path)}(?![\w/-])")
    return any(": : " in line or (path in line and named.search(line)) for line in lines)


def not_fetched(source: str, output: str, path: str) -> bool:
    """Tell whether a program says that it could not fetch, and the path is one that the line would have it write."""
    if not any(map(output.__contains__, _NO_NET)):
        return False
    return any(f"{before}{path}" in source for before in _FETCHED)


_SILENT: Final = frozenset(("grep", "rg", "egrep", "diff", "cmp", "test", "[", "[["))


def is_loud(output: str, commands: list[Simple]) -> bool:
    """Tell whether a line failed with some words, and none of the programs did that say so when they fail.

    Without a word only what asks or compares fails: the last command may have.
    """
    silent = bool(commands) and commands[-1].name in _SILENT
    return (
        output.startswith("Exit code ")
        and ("\n" in output.strip() or silent)
        and not any(map(output.__contains__, _ALL_STARTS))
    )


def only_rm(output: str) -> bool:
    """Tell whether an output is nothing but what `rm` says of files that it could not delete; the others it did."""
    lines = output.removeprefix("Exit code 1\n").splitlines()
    return 0 < len(lines) <= MOST_REFUSED and all(line.startswith("rm: ") and _GONE in line for line in lines)


def refused(output: str) -> list[str]:
    """Return the lines of an output that say that a program could not do something to a file."""
    if not any(map(output.__contains__, _STARTS)):
        return []
    return [line for line in output.splitlines() if _REFUSES.match(line)]
