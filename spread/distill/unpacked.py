"""Files that a program prints as it unpacks, copies or sets them up, that it is known to begin with, or that an option names."""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from spread.distill.effect import SWEPT, Effect

HINTS: Final = ("  inflating: ", " extracting: ", "creating new go.mod", "tsconfig.json", "Initialized project `",
                " schema was created at ", " SQL migration file ", "` package", " 1 file:\n", " files:\n", " to Unix format", " to DOS format",
                "composer.json has been updated", "' added to file '", "download: s3://", " to file://")  # fmt: skip
PROGRAMS: Final = ("tar ", "unzip ", "go mod init", "tsc ", "uv init", "prisma", "drizzle", "cargo ", "shadcn", "dos2unix",
                   "unix2dos", "composer ", "dotnet add ", "aws ", "gsutil ")  # fmt: skip
_INFLATED: Final = re.compile(r"(?m)^ +(?:inflating|extracting): (\S[^\n]*)$")
_BY_KIT: Final = re.compile(r"(?m)^[^\w\n]*(Created|Updated) \d{1,3} files?:\n((?: +- \S+(?:\n|\Z))+)")
_CONVERTED: Final = re.compile(r"(?m)^\w+: converting file (\S[^\n]*?) to (?:Unix|DOS) format\.\.\.$")
_BEGUN_AT: Final = re.compile(r"(?m)^Initialized project `[^`\n]+`(?: at `([^`\n]+)`)?$")
_PACKAGE: Final = re.compile(r"(?m)^ +Creat(?:ed|ing) (?:binary \(application\)|library) `[^`\n]+` package$")
_VALUED: Final = frozenset(("--name", "--edition", "--vcs", "--registry", "--color"))
# The word of a program's command line that must be there, what it prints then, and the file where it prints none.
_ONE: Final[dict[str, tuple[str, re.Pattern[str], str]]] = {
    "go": ("init", re.compile(r"(?m)^go: creating new (go\.mod):"), "write"),
    "tsc": ("--init", re.compile(r"(?m)\b[Cc]reated a (?:new )?(tsconfig\.json)\b"), "write"),
    "prisma": ("init", re.compile(r"(?m)\bschema was created at (\S+\.prisma)$"), "write"),
    "drizzle-kit": ("generate", re.compile(r"(?m)\bSQL migration file \W? ?(\S+\.sql)\b"), "write"),
    "composer": ("", re.compile(r"(?m)^\./(composer\.json) has been updated$"), "modify"),
    "aws": ("cp mv sync", re.compile(r"(?m)^download: s3://\S+ to (\S+)$"), "write"),
    "gsutil": ("cp mv rsync", re.compile(r"(?m)^Copying gs://\S+ to file://(\S+?)(?:\.{3})?$"), "write"),
    "dotnet": ("add", re.compile(r"(?m)' added to file '([^'\n]+)'\.?$"), "modify"),
}
NAMING: Final = frozenset(("sort", "openssl", "truncate"))
_SIZES: Final = frozenset(("-s", "--size", "-r", "--reference", "-o", "--io-blocks"))


def found_by(name: str, words: list[str], output: str, *, alone: bool) -> Iterator[Effect]:
    """Yield what the output of a program says that it wrote.

    Args:
        alone: Whether nothing else of the line prints anything.
    """
    if "--dry-run" in words or "--list-only" in words:
        return
    kit = name.partition("@")[0]
    if kit in _ONE:
        word, printed, kind = _ONE[kit]
        if not word or not {*word.split()}.isdisjoint(words):
            yield from (Effect(kind, path, sure=False) for path in printed.findall(output))
    elif kit == "shadcn":
        for what, paths in _BY_KIT.findall(output):
            for path in re.findall(r"- (\S+)", paths):
                yield Effect("write" if what == "Created" else "modify", path)
    elif name == "unzip":
        yield from (Effect("write", path.rstrip()) for path in _INFLATED.findall(output))
    elif name in ("dos2unix", "unix2dos"):
        yield from (Effect("modify", path) for path in _CONVERTED.findall(output))
    elif name == "uv" and words[1:2] == ["init"] and (begun := _BEGUN_AT.search(output)):
        yield Effect("write", posixpath.join(begun[1] or "", "pyproject.toml"))
    elif name == "cargo" and words[1:2] in (["new"], ["init"]) and _PACKAGE.search(output):
        yield from _crate(words)
    elif name == "tar" and alone:
        yield from _untarred(words, output)


def unpacks_to(name: str, words: list[str]) -> str | None:
    """Return the directory that a command unpacks an archive into, empty where it runs; None where it unpacks none."""
    flags = "".join(word[1:] for word in words[1:] if word[:1] == "-" != word[1:2])
    if name in ("tar", "bsdtar", "gtar"):
        flags += words[1] if words[1:2] and words[1][:1] != "-" else ""
        takes = "x" in flags or not {"--extract", "--get"}.isdisjoint(words)
        shows = "O" in flags or "--to-stdout" in words
        return _after(words, "-C", "--directory") if takes and not shows else None
    if name == "unzip":
        return _after(words, "-d") if {*"ltpZv"}.isdisjoint(flags) and len(words) > 1 else None
    if name in ("7z", "7za", "7zz"):
        return next((word[2:] for word in words if word[:2] == "-o"), "") if words[1:2] == ["x"] else None
    return _after(words, "-DestinationPath") if name == "Expand-Archive" else None


def _after(words: list[str], *options: str) -> str:
    return next((after for word, after in pairwise(words) if word in options), "")


def _crate(words: list[str]) -> Iterator[Effect]:
    args = [word for before, word in pairwise(words[1:]) if word[:1] != "-" and before not in _VALUED]
    folder = args[0] if args else ""
    yield Effect("write", posixpath.join(folder, "Cargo.toml"))
    yield Effect("write", posixpath.join(folder, "src", "lib.rs" if "--lib" in words else "main.rs"))


def _untarred(words: list[str], output: str) -> Iterator[Effect]:
    """Yield what `tar` lists as it unpacks it, on some systems behind an `x`."""
    mode = words[1].removeprefix("-") if len(words) > 1 and words[1][:2] != "--" else ""
    if not {"x", "v"} <= set(mode) or any(
        word.startswith(("--strip", "--transform", "--to-")) for word in words
    ):
        return
    lines = output.splitlines()
    lines = [line[2:] for line in lines] if all(line.startswith("x ") for line in lines) else lines
    into = next((after for word, after in pairwise(words) if word in ("-C", "--directory")), "")
    if not any(
        line.startswith(("tar:", "-", "d")) and " " in line for line in lines
    ):  # an error, or a long list
        yield from (
            Effect("write", posixpath.join(into, line)) for line in lines if line[-1:] not in ("/", "")
        )


def put_in(name: str, words: list[str]) -> Iterator[Effect]:
    """Yield the files that a program writes: those behind its option for them, or cut to a size.

    Args:
        words: What it was given.
    """
    if name == "truncate":
        given = [word for before, word in pairwise(["", *words]) if before not in _SIZES and word[:1] != "-"]
        yield from (Effect("modify", path) for path in given)
    else:
        option = ("-out",) if name == "openssl" else ("-o", "--output")
        inputs = {word for word in words if word[:1] != "-"}
        for before, after in pairwise(words):
            if before in option:
                again = name == "sort" and words.count(after) > 1 and after in inputs
                yield Effect("modify" if again else "write", after)


def swept(words: list[str]) -> Iterator[Effect]:
    """Yield which names `find` deletes below which directories, where it asks for nothing but a name.

    Args:
        words: What it was given.
    """
    at = next((at for at, word in enumerate(words) if word[:1] in ("-", "(", "!")), len(words))
    places, rest = words[:at] or ["."], words[at:]
    if rest[:2] == ["-type", "f"]:
        rest = rest[2:]
    if rest[2:4] == ["-type", "f"]:
        rest = rest[:2] + rest[4:]
    does = [word for word in rest[2:] if word != "-print"]
    removes = does == ["-delete"] or (does[:2] == ["-exec", "rm"] and does[-1] in (";", "+"))
    if rest[:1] == ["-name"] and removes:
        yield from (Effect(SWEPT, place, rest[1]) for place in places)
