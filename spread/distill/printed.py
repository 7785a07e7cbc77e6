"""Files that a program prints as written, moved or removed by it: formatters, generators of code, `mv -v`."""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.effect import Effect
from spread.distill.once import of_line
from spread.distill.shell import UNKNOWABLE, Simple, placed
from spread.distill.unpacked import HINTS, PROGRAMS, found_by
from spread.distill.wrapped import ELSEWHERE, FAR, unwrapped

MOST: Final = 60  # files of one call; more are a new project, and no list of changes
MOST_COMMANDS: Final = 40  # of one line: of more nobody knows which of them printed what
MOST_STEPS: Final = 4 * MOST  # with the folders
_KEPT: Final = "(unchanged)"  # of what prettier left as it was
_HINTS: Final = ("reformatted", " renamed as ", "Fixing ", _KEPT, "create  ", "remove  ", " bytes)", "Generating ", "Migrations for '", "Wrote to ",
                 "[Corrected]", "' -> '", "removed '", "] created successfully", "* creating ", *HINTS)  # fmt: skip
_FORMATS: Final = (
    "gofmt", "shfmt", "goimports", "gofumpt", " fmt", "rustfmt", "dart format", "dotnet format", "php-cs-fixer",
    "pint"
)  # fmt: skip
_PROGRAMS: Final = ("black", "ruff format", "rename ", "isort", "rubocop", "prettier", "pre-commit", "prek", "commit", "mv ", "cp ", "rm ",
                    *_FORMATS, "ng ", "nest", "nx", "npm", "yarn", "bun", "@", "rails", "hanami", "migrations", "artisan", "mix", "alembic", "flask", *PROGRAMS)  # fmt: skip
_REFORMATTED: Final = re.compile(r"(?m)^(?:reformatted|Fixing) (\S[^\n]*?\.\w+)$")
_COUNTED: Final = re.compile(r"(?m)^(\d{1,4}) files? reformatted$")
_RENAMES: Final = re.compile(r"(?m)^(\S+) renamed as (\S+)$")
_TIMED: Final = re.compile(r"(?m)^(\S+\.\w+) \d+(?:\.\d+)?m?s$")
_CORRECTED: Final = re.compile(r"(?m)^(\S[^\n:]*):\d+:\d+: [A-Z]: \[Corrected\]")
_BARE: Final = re.compile(r"(?m)^(\S+\.(?:go|sh|bash))$")
_STEPS: Final = re.compile(r"(?m)^ +(create|force|insert|append|prepend|gsub|inject|remove) {1,12}(\S+)$")
_SCHEMATIC: Final = re.compile(r"(?m)^(CREATE|UPDATE|DELETE) (\S+\.\w+) \(\d+ bytes\)$")
_REVISION: Final = re.compile(r"(?m)^ *Generating (\S+\.py) \.\.\. +done$")
_MIGRATION: Final = re.compile(r"(?m)^  (\S+/migrations/\d+_\w+\.py)$")
_ARTISAN: Final = re.compile(r"\[([^][\s]+\.php)\] created successfully")
_CREATING: Final = re.compile(r"(?m)^\* creating (\S+)$")
_INITIAL: Final = re.compile(r"(?m)^Wrote to (\S[^\n]*/package\.json):$")
_MOVED: Final = re.compile(r"(?m)^(?:renamed )?'([^'\n]+)' -> '([^'\n]+)'$")
_REMOVED: Final = re.compile(r"(?m)^removed '([^'\n]+)'$")
_KINDS: Final = {"create": "write", "CREATE": "write", "remove": "tree", "DELETE": "tree"}
_HOOKS: Final = frozenset(("pre-commit", "prek"))
_HOOK: Final = "- hook id: "  # above what a hook printed
_SCHEMATICS: Final = frozenset(("ng", "nest", "nx", "npm", "pnpm", "yarn", "bun"))
LISTERS: Final = frozenset(("gofmt", "goimports", "gofumpt", "shfmt"))
_FILE: Final = re.compile(r"(?m)^(\S+\.\w{1,8})$")
# Formatters, with what they are told to, that name the files they changed and no others, and how.
_NAMES: Final = {
    **dict.fromkeys(("terraform", "tofu", "zig", "deno"), ("fmt", _FILE)),
    **dict.fromkeys(("cargo", "rustfmt"), ("-l", _FILE)),
    "dart": ("format", re.compile(r"(?m)^Formatted (\S+\.dart)$")),
    "dotnet": ("format", re.compile(r"(?m)^ *Formatted code file '([^'\n]+)'")),
    "php-cs-fixer": ("fix", re.compile(r"(?m)^ +\d+\) (\S+\.php)\b")),
    "pint": ("pint", re.compile(r"(?m)^ +\u2713 (\S+\.php)\b")),
}
_SILENT: Final = frozenset(("cd", "mkdir", "rm"))  # but for errors
_QUIET: Final = frozenset(
    ("cp", "mv", "touch", "chmod", "tar")
)  # where they are not told to speak, or unpack
_MANAGERS: Final = frozenset(("pnpm", "npm", "yarn", "bun", "uv"))
_DIRECTORY: Final = frozenset(("-C", "--dir", "--cwd", "--prefix", "--directory"))
_OF_PACKAGE: Final = frozenset(("--filter", "-F", "-w", "--workspace", "workspace", "-r", "--recursive"))
_DRY: Final = frozenset(
    ("--dry-run", "--check", "--diff", "--pretend", "-p", "-d", "-check", "-write=false", "--test")
)

Found = Iterator[tuple[Effect, str]]


def may_tell(source: str, output: str) -> bool:
    """Tell quickly whether the output of a line may name files so: a formatter may be run by any script."""
    if "-delete" in source and "-print" in source:
        return True
    runs, formats = _runs(source)
    if not (runs or _KEPT in output):
        return False
    if formats and "." in output:
        return True
    return any(map(output.__contains__, _HINTS)) or ("tar " in source and "x" in source)


@of_line
def _runs(source: str) -> tuple[bool, bool]:
    """Tell quickly whether a command line may run what names files so, and whether that is a formatter."""
    return any(map(source.__contains__, _PROGRAMS)), any(map(source.__contains__, _FORMATS))


def told(commands: list[Simple], output: str, *, ok: bool) -> Found:
    """Yield what the output says that the commands did to files, each with the directory it was done in.

    Args:
        ok: Whether all of them worked; what was reformatted was so whatever came of the rest.
    """
    for item, here in placed(commands) if len(commands) <= MOST_COMMANDS else ():
        if here is None or not item.words or item.name in ELSEWHERE:
            continue
        if ok and item.name == "find" and _deletes(item.words) and _is_alone(commands):
            below = f"{item.words[1].rstrip('/')}/"
            gone = [line for line in output.splitlines() if line.startswith(below)]
            yield from ((Effect("delete", path), here) for path in gone if len(gone) <= MOST)
        if item.name in ("find", "xargs") and _removes_loudly(item.words):
            gone = _REMOVED.findall(output)
            yield from ((Effect("delete", path), here) for path in gone if len(gone) <= MOST)
        if item.name in LOOKING:
            continue
        words, into = unwrapped(item.words), _into(item.words)
        if into is None:
            continue
        here = posixpath.join(here, into)
        found = list(_of(words, output, ok=ok) if words else ())
        if ok and words and not found and _is_alone(commands):
            found = list(_named(words[0].rpartition("/")[2], words, output))
        if ok and words and not found:
            found = list(found_by(words[0].rpartition("/")[2], words, output, alone=_is_alone(commands)))
        if len(found) <= MOST:
            yield from ((it, here) for it in found if not UNKNOWABLE.search(it.path + it.other))


def _deletes(words: list[str]) -> bool:
    """Tell whether `find` deletes what it prints."""
    return {"-print", "-delete"} <= set(words) and words[1:2] != [] and words[1][:1] not in ("-", "(", "!")


def _removes_loudly(words: list[str]) -> bool:
    """Tell whether `find` or `xargs` has `rm` say what it removes."""
    at = next((at for at, word in enumerate(words) if word == "rm"), len(words))
    flags = [word for word in words[at + 1 :] if word[:1] == "-"]
    return "--verbose" in flags or any("v" in flag for flag in flags if flag[1:2] != "-")


def _of(words: list[str], output: str, *, ok: bool) -> Iterator[Effect]:
    name = words[0].rpartition("/")[2]
    short = "".join(word[1:] for word in words if word[:1] == "-" != word[1:2])
    hooks = _HOOK in output and (name in _HOOKS or words[:2] == ["git", "commit"])
    if (name in ("black", "isort") and _DRY.isdisjoint(words)) or hooks:
        yield from (Effect("listed", path) for path in _REFORMATTED.findall(output))
    elif ok and name == "ruff" and words[1:2] == ["format"] and _DRY.isdisjoint(words):
        yield from _counted(words[2:], output)
    elif name == "rubocop":
        yield from (Effect("listed", path) for path in dict.fromkeys(_CORRECTED.findall(output)))
    elif not ok and name == "rm" and ("v" in short or "--verbose" in words):
        yield from _verbose(name, output)
    elif not ok or name == "git":
        return
    elif _KEPT in output and ("prettier --write" in output or _writes(words)):
        yield from (Effect("listed", path) for path in _TIMED.findall(output))
    elif name in LISTERS and {"l", "w"} <= set(short):
        yield from (Effect("listed", path) for path in _BARE.findall(output))
    elif name in ("mv", "cp", "rm"):
        whole = name == "cp" and not {"r", "R", "a"}.isdisjoint(short)
        bare = whole or any(map(UNKNOWABLE.search, words)) or all(word[:1] == "-" for word in words[1:])
        if bare and ("v" in short or "--verbose" in words):
            yield from _verbose(name, output)
    elif name in ("rename", "prename", "file-rename"):
        if "n" not in short and "--nono" not in words:
            yield from (Effect("rename", old, new) for old, new in _RENAMES.findall(output))
    elif _DRY.isdisjoint(words):
        yield from _generated(name, words, output)


def _named(name: str, words: list[str], output: str) -> Iterator[Effect]:
    """Yield the files that a formatter which is told to name them says it changed."""
    told_to, pattern = _NAMES.get(name, ("", _FILE))
    spelled = [words[0].rpartition("/")[2], *words[1:]]
    if told_to in spelled and (name != "cargo" or "fmt" in words) and _DRY.isdisjoint(words):
        yield from (Effect("listed", path) for path in dict.fromkeys(pattern.findall(output)))


def _counted(words: list[str], output: str) -> Iterator[Effect]:
    """Yield the files a formatter was given where it says of as many that it changed them, and that it left none."""
    found = _COUNTED.search(output)
    files = [word for word in words if word[:1] != "-"]
    if found and int(found[1]) == len(files) and all("." in posixpath.basename(each) for each in files):
        yield from (Effect("listed", path) for path in files)


def _into(words: list[str]) -> str | None:
    """Return the directory that a package manager is to run in; None where it is a package, of which nobody knows it."""
    if words[0] not in _MANAGERS:
        return ""
    if not _OF_PACKAGE.isdisjoint(words[:FAR]):
        return None
    return next((after for word, after in pairwise(words[:FAR]) if word in _DIRECTORY), "")


def _is_alone(commands: list[Simple]) -> bool:
    return len([item for item in commands if not _is_silent(item)]) == 1


def _is_silent(item: Simple) -> bool:
    """Tell whether a command prints nothing but errors."""
    flags = "".join(word for word in item.words[1:2] if item.name == "tar" or word[:1] == "-")
    return item.name in _SILENT or (item.name in _QUIET and "v" not in flags and "x" not in flags)


def _writes(words: list[str]) -> bool:
    return "prettier" in words[0] and not {"--write", "-w"}.isdisjoint(words)


def _verbose(name: str, output: str) -> Iterator[Effect]:
    if name == "rm":
        yield from (Effect("delete", path) for path in _REMOVED.findall(output))
    else:
        kind = "rename" if name == "mv" else "copy"
        steps = _MOVED.findall(output)
        folders = {posixpath.dirname(new) for _, new in steps} if kind == "copy" else ()
        yield from (Effect(kind, old, new) for old, new in steps if new not in folders)


def _generated(name: str, words: list[str], output: str) -> Iterator[Effect]:
    """Yield what generators of code say; each says it in its own way, so that nothing else is taken for it."""
    steps: list[tuple[str, str]] = []
    if name in _SCHEMATICS or words[0].startswith("@"):
        steps += _SCHEMATIC.findall(output)
    if name in ("rails", "hanami"):
        steps += _STEPS.findall(output)
    if "makemigrations" in words:
        steps += [("create", path) for path in _MIGRATION.findall(output)]
    if name in ("npm", "yarn", "pnpm") and "init" in words:
        steps += [("create", path) for path in _INITIAL.findall(output)]
    if name == "artisan":
        steps += [("create", path) for path in _ARTISAN.findall(output)]
    if name == "mix":
        steps += [("create", path) for path in _CREATING.findall(output)]
    if name in ("alembic", "flask"):
        steps += [("create", path) for path in _REVISION.findall(output)]
    paths = [path for _, path in steps]
    for what, path in dict.fromkeys(steps if len(steps) <= MOST_STEPS else ()):
        if "." in path.rpartition("/")[2] and not any(each.startswith(f"{path}/") for each in paths):
            yield Effect(_KINDS.get(what, "modify"), path, sure=False)
