"""Which files the programs that change files were given: the grammar of rm, mv, cp, ln, install, dd, sed and git."""

import posixpath
import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Final

from spread.distill.effect import Effect

_BRACES: Final = re.compile(r"^([^{}]*)\{([^{}]*,[^{}]*)\}([^{}]*)$")
_RUN: Final = re.compile(r"^([^{}]*)\{(0|[1-9]\d{0,4})\.\.(0|[1-9]\d{0,4})\}([^{}]*)$")
MOST_RUN: Final = 40  # numbers
_SUFFIX: Final = re.compile(r"^-\w*i(\.\w+)$|^--in-place=(\.\w+)$")
MOST_OPTIONS: Final = 12  # of git, before the verb
_INSTALL_VALUES: Final = frozenset(("-m", "-o", "-g", "-S", "--mode", "--owner", "--group"))
_HERE: Final = frozenset((".", ".."))
_SCP_VALUES: Final = frozenset(("-c", "-D", "-F", "-i", "-J", "-l", "-o", "-P", "-S", "-X"))
REMOTE: Final = re.compile(r"(?:[\w.-]+@[\w.-]+|[\w.-]{2,}):")
_FOLDERS: Final = re.compile(r"-\w*r")  # of a folder nobody knows what is in it
_BY_NAME: Final = re.compile(r"-[A-Za-z]*O|--remote-name")
_GIVEN: Final = re.compile(r"-[A-Za-z]*O|--output-document")  # what to write to, or `-`
_GIVEN_TOO: Final = re.compile(r"-[A-Za-z]*o|--output(?!-)")
_URL: Final = re.compile(r"(?:https?|ftp)://[^/?#]+/(?:[^/?#]+/)*([\w.@+-]+)")
_INTO_FOLDER: Final = re.compile(
    r"-[A-Za-z]*[Prmpic]\b|--(?:directory|output-dir|spider|input|mirror|recursive)|-[A-Za-z]*J"
)
FETCHERS: Final = frozenset(("curl", "wget", "scp", "docker", "tar", "zip", "pandoc"))
_IS_HEAD: Final = frozenset(("HEAD", "@"))


def options(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the switches among the words of a command, and what else it is given, each with its braces expanded."""
    flags: list[str] = []
    args: list[str] = []
    for at, word in enumerate(words):
        if word == "--":
            return flags, [*args, *(each for later in words[at + 1 :] for each in spelled_out(later))]
        if word.startswith("-") and word != "-":
            flags.append(word)
        else:
            args += spelled_out(word)
    return flags, args


def value_of(words: list[str], switches: Collection[str]) -> str:
    """Return what is given by the first of some switches, in a word of its own or behind `=`; empty where none is there."""
    for at, word in enumerate(words):
        switch, _, value = word.partition("=")
        if switch in switches:
            return value or " ".join(words[at + 1 : at + 2])
    return ""


def spelled_out(word: str) -> list[str]:
    """Return the words that braces stand for, as `a.py` and `a.py.bak` in `a.py{,.bak}`."""
    if "{" not in word:
        return [word]
    if (run := _RUN.match(word)) and 0 <= (last := int(run[3])) - (first := int(run[2])) < MOST_RUN:
        return [f"{run[1]}{each}{run[4]}" for each in range(first, last + 1)]
    found = _BRACES.match(word)
    return [f"{found[1]}{each}{found[3]}" for each in found[2].split(",")] if found else [word]


def deleted(flags: list[str], args: list[str]) -> Iterator[Effect]:
    """Yield what `rm` and its like delete, whole folders where they are told to go into these."""
    short = "".join(flag[1:] for flag in flags if not flag.startswith("--"))
    tree = "r" in short or "R" in short or "--recursive" in flags
    for path in args:
        yield Effect("tree" if tree else "delete", path, sure="f" not in short and "--force" not in flags)


def moved(kind: str, words: list[str]) -> Iterator[Effect]:
    """Yield what is moved or copied, and where to; a folder as the target ends in a slash."""
    _, args = options(words)
    into = next((after for word, after in pairwise(words) if word == "-t"), "")
    if into:
        args = [*(arg for arg in args if arg != into), into]
    if len(args) < 2:
        return
    last = args[-1]
    folder = into or len(args) > 2 or last.rpartition("/")[2] in _HERE
    if not folder and "." not in (name := last.rpartition("/")[2]) and name.islower():
        stem, suffix = posixpath.splitext(args[0].rpartition("/")[2])
        folder = bool(suffix) and stem != name  # nobody takes the suffix off and gives another name at once
    for path in args[:-1]:
        if kind == "copy" and path.endswith("/"):
            continue  # a folder, which is left out where it is not asked for
        yield Effect(kind, path, f"{last.rstrip('/')}/" if folder else last)


def copied_folder(short: str, args: list[str]) -> Iterator[Effect]:
    """Yield the folder that a copy of another one makes, where it is none to copy into."""
    if {"r", "R"}.isdisjoint(short):
        return
    if len(args) == 2 and "." not in args[1] and not args[1].startswith(("/", "~")) and args[1][-1:] != "/":
        yield Effect("folder", args[1])


def made(name: str, words: list[str]) -> Iterator[Effect]:
    """Yield what `touch`, `install`, `ln`, `dd` and `sponge` write."""
    flags, args = options(words)
    if name == "touch":
        yield from (Effect("touch", path) for path in args)
    elif name == "sponge":
        yield from (Effect("append" if "-a" in flags else "write", path) for path in args)
    elif name == "dd":
        yield from (Effect("write", word[3:]) for word in words if word.startswith("of="))
    elif name == "ln":
        if len(args) == 2 and args[1].rpartition("/")[2] not in _HERE and not args[1].endswith("/"):
            yield Effect("write", args[1])
    elif "-d" not in flags:
        given = [word for at, word in enumerate(words) if at == 0 or words[at - 1] not in _INSTALL_VALUES]
        yield from moved("copy", [word for word in given if word not in _INSTALL_VALUES and word != "-D"])


def _brought(args: list[str]) -> Iterator[Effect]:
    """Yield the files that `scp` copies from other hosts to a folder, or to a path that tells by its end that it is a file."""
    to, sources = args[-1] if args else "", args[:-1]
    if not sources or REMOTE.match(to) or not all(map(REMOTE.match, sources)):
        return
    folder = to in (".", "..") or to.endswith("/")
    if folder or "." in posixpath.basename(to):
        for source in sources:
            path = source.partition(":")[2]
            yield Effect("write", posixpath.join(to, posixpath.basename(path)) if folder else to)


def fetched(words: list[str]) -> Iterator[Effect]:
    """Yield what `curl`, `wget` and `pandoc` write, archives that are made, and what `scp` and `docker cp` bring here."""
    name = words[0].rpartition("/")[2]
    if name in ("tar", "zip"):
        yield from _packed(name, words[1:])
        return
    if name == "docker":
        words = words[1:] if words[1:2] == ["compose"] else words
        args = [word for word in words[2:] if word[:1] != "-"]
        if words[1:2] == ["cp"] and "." in posixpath.basename(
            args[0] if args else ""
        ):  # else it may be a folder
            yield from _brought(args)
        return
    if name == "scp":
        given = [word for before, word in pairwise(words) if before not in _SCP_VALUES]
        args = [word for word in given if word[:1] != "-"]
        yield from () if any(map(_FOLDERS.match, given)) else _brought(args)
        return
    letter = "O" if name == "wget" else "o"
    for word, after in pairwise(words):
        if word in ("--output", "--output-document") or re.fullmatch(rf"-\w*{letter}", word):
            yield Effect("write", after)
    if name == "wget" or (name == "curl" and any(map(_BY_NAME.fullmatch, words))):
        yield from _named(name, words)


def _named(name: str, words: list[str]) -> Iterator[Effect]:
    """Yield the file that keeps the name it has on the net; with a folder, a start of a site or a query none is sure."""
    urls = [found for word in words[1:] if (found := _URL.fullmatch(word))]
    into = len(urls) != 1 or any(map(_INTO_FOLDER.match, words))
    into = into or any(map((_GIVEN if name == "wget" else _GIVEN_TOO).match, words))
    if not into and (name == "curl" or "." in urls[0][1]):
        yield Effect("write", urls[0][1])


def _packed(name: str, words: list[str]) -> Iterator[Effect]:
    """Yield the archive that `tar` or `zip` makes, where its name has a suffix."""
    _, args = options(words)
    path = args[0] if name == "zip" and args[1:] else ""
    mode = words[0].removeprefix("-") if words else ""
    if name == "tar" and "c" in mode and mode[-1:] == "f" and len(words) > 2:
        path = words[1]
    if "." in posixpath.basename(path) and not path.startswith("-"):
        yield Effect("write", path)


def in_place(words: list[str]) -> Iterator[Effect]:
    """Yield the files of `sed -i`: what is left after options and, without -e or -f, the script."""
    flags, args, script, at = list[str](), list[str](), False, 0
    while at < len(words):
        word = words[at]
        if word in ("-e", "-f", "--expression", "--file"):
            script, at = True, at + 1
        elif word == "-i" and at + 1 < len(words) and (not words[at + 1] or words[at + 1][0] == "."):
            flags.append(f"-i{words[at + 1]}")
            at += 1  # BSD: -i '' or -i .bak
        elif word.startswith("-"):
            flags.append(word)
        else:
            args += spelled_out(word) if args or script else [word]
        at += 1
    yield from copied(flags, args if script else args[1:])


def copied(flags: list[str], paths: list[str]) -> Iterator[Effect]:
    """Yield files edited in place, with the copies that a suffix of `-i` asks for."""
    kept = next((found[1] or found[2] for flag in flags if (found := _SUFFIX.match(flag))), "")
    for path in paths:
        if kept:
            yield Effect("copy", path, path + kept)
        yield Effect("modify", path)


def of_git(words: list[str]) -> Iterator[Effect]:
    """Yield what a git command does to the files that it names, from where it was called."""
    place = ""
    for _ in range(MOST_OPTIONS):
        if not (words and words[0].startswith("-")):
            break
        place = posixpath.join(place, *words[1:2]) if words[0] == "-C" else place
        words = words[2:] if words[0] in ("-C", "-c") else words[1:]
    for effect in _of_verb(words[0], words[1:]) if words else ():
        effect.path = posixpath.join(place, effect.path)
        effect.other = effect.other and posixpath.join(place, effect.other)
        yield effect


_NOT_MOVED: Final = re.compile(r"(?m)^fatal: [^\n]{1,200}?, source=(.+), destination=(.+)$")
_NO_FOLDER: Final = re.compile(r"(?m)^fatal: destination '(.+)' is not a directory$")
# Of git those that change files, whatever stands before them.
GIT_CHANGES: Final = frozenset(("mv", "rm", "checkout", "restore"))


def _of_verb(verb: str, rest: list[str]) -> Iterator[Effect]:
    flags, args = options(rest)
    if verb in ("mv", "rm") and is_trial(flags):
        return
    if verb == "mv":
        yield from moved("rename", rest)
    elif verb == "rm" and "--cached" not in rest:
        tree = any("r" in flag for flag in flags if flag[1:2] != "-")
        for path in args:
            yield Effect("tree" if tree else "delete", path)
    elif verb == "checkout" and "--" in rest:
        at = rest.index("--")
        yield from _restored([word for word in rest[:at] if not word.startswith("-")], rest[at + 1 :])
    elif verb == "checkout" and args[-1:] == ["."]:
        yield from _restored(args[:-1], ["."])
    elif verb == "checkout":
        for path in args:  # or a branch
            yield Effect("revert", path, sure=False)
    elif verb == "restore" and ("--staged" not in rest or "--worktree" in rest) and "-S" not in rest:
        source = [flag.partition("=")[2] for flag in flags if flag.startswith("--source=")]
        after = [after for word, after in pairwise(rest) if word in ("-s", "--source")]
        yield from _restored(source + after, [path for path in args if path not in after])


def moved_nothing(words: list[str], output: str) -> bool:
    """Tell whether a `git mv` says that one of its sources could not be moved: then none of them was."""
    if "mv" not in words or "fatal: " not in output:
        return False
    args = options(words[words.index("mv") + 1 :])[1]
    into = args[-1].rstrip("/") if args else ""
    if any(to.rstrip("/") == into for to in _NO_FOLDER.findall(output)):
        return True
    return any(
        _is_below(to, into) and any(_is_below(source, arg.rstrip("/")) for arg in args[:-1])
        for source, to in _NOT_MOVED.findall(output)
    )


def _is_below(path: str, given: str) -> bool:
    """Tell whether a path from the top may be what was given from somewhere in there, or in it."""
    rooted = f"/{path}"
    return any(fnmatchcase(rooted, f"*/{given.removeprefix('./')}{end}") for end in ("", "/*"))


def of_show(words: list[str], path: str) -> str:
    """Return what it is to write what `git show` prints of a file into that file, an empty string where it is another."""
    for word in words[2:] if words[1:2] == ["show"] else ():
        rev, colon, shown = word.partition(":")
        if colon and f"/{shown}".endswith(f"/{path.removeprefix('./')}"):
            return "revert" if rev in _IS_HEAD else "modify"
    return ""


def is_trial(flags: list[str]) -> bool:
    """Tell whether one of the options of `git mv`, `rm` or `clean` has it only say what it would do."""
    return any(flag == "--dry-run" or ("n" in flag and flag[1:2] != "-") for flag in flags)


def _restored(source: list[str], paths: list[str]) -> Iterator[Effect]:
    """Yield files put back as they were in the last commit, or as they are elsewhere."""
    for path in paths:
        yield Effect("modify" if source and source[0] not in _IS_HEAD else "revert", path)
