"""Files that programs write: a manifest by a package manager, what a script on the command line opens for writing."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from spread.distill import nameless
from spread.distill.defined import given
from spread.distill.effect import Effect
from spread.distill.files import FileLedger
from spread.distill.got_to import start_of
from spread.distill.once import of_line
from spread.distill.runs import Run
from spread.distill.shell import UNKNOWABLE, Simple, placed

MAX_CHARS: Final = 60_000
MANIFEST: Final = "manifest"  # of an effect: the nearest such file upwards is modified
BLIND: Final = "blind"  # of an effect: a file is written whose path does not stand there
LATER: Final = "later"  # of an effect: perhaps this file is written, as a later status of git may tell
_ADDS: Final = frozenset(("add", "install", "i", "remove", "uninstall", "rm"))
MANIFESTS: Final[dict[str, tuple[str, frozenset[str]]]] = {
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun"), ("package.json", _ADDS)),
    "cargo": ("Cargo.toml", frozenset(("add", "remove", "rm"))),
    "go": ("go.mod", frozenset(("get",))),
    **dict.fromkeys(("uv", "poetry", "pdm"), ("pyproject.toml", frozenset(("add", "remove")))),
    "composer": ("composer.json", frozenset(("require", "remove"))),
    "bundle": ("Gemfile", frozenset(("add", "remove"))),
}
_NO_NAMES: Final = frozenset(("npm", "pnpm", "yarn", "bun"))  # which only install what is listed, given none
_ELSEWHERE: Final = frozenset(
    ("-g", "--global", "-w", "--workspace", "--filter", "-C", "--prefix", "--no-save", "--cwd", "--dir", "-r",
     "--recursive", "--project", "--package", "-p", "--manifest-path", "--dry-run", "--help")
)  # fmt: skip
_PROGRAMS: Final = re.compile(r"(?:python|node|bun|deno|tsx?-node|ruby)[\d.]*\Z")
_ADDING: Final = (
    " add ", " install ", " i ", " remove ", " get ", " require ", " uninstall ", " rm ", "npm pkg ", "npm version "
)  # fmt: skip
_WRITES: Final = ("write_", "writeFile", "open(", "appendFile", "File.write", "WriteAll")
_DOES: Final = (
    "os.re", "unlink", "shutil.", "File.delete", "FileUtils.", "rmSync", "renameSync", "copyFileSync", ").re"
)  # fmt: skip
_HINTS: Final = (*_WRITES, *_DOES)
_FAILED: Final = ("Traceback (most recent", 'File "<', "Error: ", "node:internal")
_BROKE: Final = (
    'File "<',
    "node:internal",
    "[eval]",
    "SyntaxError",
)  # it was the script, not what ran behind it
_RESTORES: Final = frozenset(("checkout", "restore", "stash", "reset", "clean", "show"))
_QUOTED: Final = r"[rbu]?(?P<q{0}>[\"'])(?P<path{0}>[^\"'\n\\$`*?{{}}]+)(?P=q{0})"
_NET: Final = re.compile(
    r"(?i)\[(?:System\.)?IO\.File\]::WriteAll(?:Text|Lines)\(\s*[\"'](?:\$PWD[\\/])?([^\"'\n$`*?()]+)[\"']\s*,"
)
_OF_PATH: Final = r"\.(?:write_(?:text|bytes)\(|open\(\s*[\"'][wax])"
_STEP: Final = re.compile(
    rf"(?P<name>\b[A-Za-z_]\w*)\s*=\s*(?:[\w.]*\bPath\(\s*)?{_QUOTED.format(1)}\s*\)?\s*(?:[;\n]|\Z)"
    rf"|\bopen\(\s*(?:{_QUOTED.format(2)}|(?P<by2>[A-Za-z_]\w*))\s*,\s*(?:mode\s*=\s*)?[\"'](?P<mode>[rwax]\+?[bt]?\+?)[\"']"
    rf"|\bPath\(\s*{_QUOTED.format(3)}\s*\){_OF_PATH}|\b(?P<by4>[A-Za-z_]\w*){_OF_PATH}|\){_OF_PATH}"
    rf"|\b(?:(?:write|append)File(?:Sync)?|File\.write)\(\s*(?:{_QUOTED.format(5)}|(?P<by5>[A-Za-z_]\w*))\s*,"
)
# A branch that holds no other one, and the one for else, which prints a plain text first.
_OTHERWISE: Final = re.compile(
    r"""(?m)^(?P<indent>[ \t]*)if [^\n]+:\n(?P<then>(?:(?P=indent)[ \t]+(?!(?:el)?if |for |while )[^\n]*\n){1,40})(?P=indent)else:\n"""
    r"""(?P=indent)[ \t]+print\((?P<q>["'])(?P<else>[^"'\n\\]{2,200})(?P=q)\)"""
)
# A list of texts and a loop over one, in Python and JavaScript.
_TEXTS: Final = r"[\[(](?P<listed>[^\[\](){}]{3,4000})[\])]"
_LIST: Final = re.compile(rf"\b(?P<name>[A-Za-z_]\w{{0,40}}) ?= ?{_TEXTS}")
_LOOP: Final = re.compile(
    rf"\bfor ?\(?(?:const |let |var )?(?P<name>[A-Za-z_]\w{{0,40}}) (?:in|of) (?:{_TEXTS}|(?P<by>[A-Za-z_]\w{{0,40}})[:)])"
)
_EACH: Final = re.compile(
    rf"(?:{_TEXTS}|\b(?P<by>[A-Za-z_]\w{{0,40}}))\.forEach\( ?(?:async )?\(?(?P<name>[A-Za-z_]\w{{0,40}})\)? ?=>"
)
_ITEM: Final = re.compile(r"\s*(?:([\"'])([^\"'\n\\]+)\1\s*)?")
_LEAVES_OUT: Final = ("if ", "if(", "continue", "break", "try:", "try {", "except", "catch")
MOST_LOOPED: Final = 40
# A loop over files that a pattern finds.
_GLOBBED: Final = re.compile(
    r"\bfor (?P<name>[A-Za-z_]\w{0,40}) in (?:(?:sorted|list|reversed)\()?(?:(?:pathlib\.)?Path\((?:[\"'](?P<folder>[^\"'\n$`*?{}]{1,200})[\"'])?\)"
    r"|glob)\.(?P<verb>r?glob|iglob)\(r?[\"'](?P<pattern>[^\"'\n$`{}]{1,200})[\"']"
)
_COMMENT: Final = re.compile(r"[ \t]*(?:#|//)")
_READ: Final = re.compile(r"open\(\s*[rbu]?[\"']([^\"'\n]+)[\"']\s*(?:\)|,\s*[\"']r)")
# What takes a file away, moves or copies it, and how the shell calls that.
_DEEDS: Final = {
    "os.remove": "delete", "os.unlink": "delete", "unlinkSync": "delete", "rmSync": "tree", "shutil.rmtree": "tree", "os.rename": "rename",
    "os.replace": "rename", "shutil.move": "rename", "renameSync": "rename", "shutil.copy": "copy", "shutil.copy2": "copy",
    "shutil.copyfile": "copy", "copyFileSync": "copy", "File.delete": "delete", "FileUtils.rm": "delete", "FileUtils.mv": "rename",
    "FileUtils.cp": "copy",
}  # fmt: skip
_DEED: Final = re.compile(
    rf"\b(?P<verb>{'|'.join(map(re.escape, sorted(_DEEDS, reverse=True)))})\(\s*{_QUOTED.format(1)}\s*(?:,\s*{_QUOTED.format(2)})?\s*[,)]"
    rf"|\bPath\(\s*{_QUOTED.format(3)}\s*\)\.(?:unlink\(|(?:rename|replace)\(\s*{_QUOTED.format(4)}\s*\))"
)
_ASKS: Final = (
    "exists", "missing_ok", "force:", "force :", "ignore_errors", "try", "except", "isfile", "rescue"
)  # fmt: skip


@of_line
def may_write(source: str) -> bool:
    """Tell quickly whether a command line may hold a program that writes files, or add to a manifest."""
    return any(map(source.__contains__, _HINTS)) or any(map(source.__contains__, _ADDING))


def nearest(name: str, place: str, files: FileLedger) -> str:
    """Return the manifest of a place, its own or one above it, an empty string where none was seen.

    Some records do not tell where a shell stands, so the place alone does not make it certain.
    """
    while place:
        path = posixpath.join(place, name)
        if files.touches(path) or path in files.read:
            return path
        above = posixpath.dirname(place)
        place = above if above != place else ""
    return ""


def written(
    source: str, commands: list[Simple], output: str, broke: tuple[str, ...] = _FAILED
) -> Iterator[tuple[Effect, str]]:
    """Yield what programs of a call that worked did to files, each with the directory it was done in.

    Args:
        broke: Which of these in the output tell that they did not work.
    """
    scripts, whole = list[str](), True
    if "::WriteAll" in source and any("::WriteAll" in word for item in commands for word in item.words[:1]):
        yield from ((Effect("write", path.replace("\\", "/")), "") for path in _NET.findall(source))
    for item, here in placed(commands):
        if here is None:
            continue
        if item.name in MANIFESTS and _adds(item):
            yield Effect(MANIFEST, MANIFESTS[item.name][0]), here
        elif (
            _PROGRAMS.match(item.name) and not scripts and not _only_checks(item) and _is_here(item, commands)
        ):
            scripts.append(here)
            whole = item.joint != "|" and not item.writes  # all that it printed is seen
    if not scripts or not any(map(source.__contains__, _HINTS)) or any(map(output.__contains__, broke)):
        return
    restored = [
        word.rpartition("/")[2]
        for item in commands
        if item.name in ("cp", "mv") or (item.name == "git" and not _RESTORES.isdisjoint(item.words))
        for word in item.words
    ]
    script = source[:MAX_CHARS]
    script = _without_untaken(script, output) if whole else script
    for path, anew in _opened(script, output).items():
        if not path:
            yield Effect(BLIND, ""), ""
        elif path.rpartition("/")[2] not in restored:
            yield Effect(LATER if anew is None else "write" if anew else "modify", path), scripts[0]
    yield from ((Effect(LATER, place, by=nameless.SCRIPT), scripts[0]) for place in swept(script))
    if any(map(source.__contains__, _DOES)):
        yield from ((effect, scripts[0]) for effect in _done(script))


def swept(script: str) -> list[str]:
    """Return the patterns, or folders with all below, of which a script writes each file anew in its place."""
    out = list[str]()
    for loop in filter(_is_live, _GLOBBED.finditer(script)):
        by, start, pattern = re.escape(loop["name"]), loop["folder"] or "", loop["pattern"]
        if re.search(rf"\b{by}\.write_(?:text|bytes)\(|\bopen\(\s*{by}\s*,\s*[\"'][wa]", script):
            place = posixpath.join(start, pattern)
            deep = loop["verb"] == "rglob" or "**" in pattern
            out.append(
                (start if loop["verb"] == "rglob" else place.partition("**")[0].rstrip("/")) or "."
                if deep
                else place
            )
    return out


def came_past(commands: list[Simple], run: Run | None, output: str) -> bool:
    """Tell whether a call that failed did so at its check, behind the first program that may write on its line."""
    first = next((item for item in commands if _PROGRAMS.match(item.name) and not _only_checks(item)), None)
    return first is not None and first.start < start_of(commands, run, output, failed=True)


def written_before(source: str, commands: list[Simple], output: str) -> Iterator[tuple[Effect, str]]:
    """Yield what programs did to files in a call that failed only behind them."""
    return written(source, commands, output, _BROKE)


def perhaps_written(source: str, commands: list[Simple], output: str) -> Iterator[tuple[Effect, str]]:
    """Yield the files that a script which broke down names as written by it: it may have come to some of them."""
    if not any(map(output.__contains__, _FAILED)) or "SyntaxError" in output:
        return
    for effect, here in written(source, commands, ""):
        if effect.kind in ("write", "modify", LATER):
            yield Effect(LATER, effect.path), here


def _only_checks(item: Simple) -> bool:
    """Tell whether a program runs a module or looks at the grammar alone, not at what else the line holds."""
    first = item.words[1:2]
    return first in (["-m"], ["--check"]) or (item.name == "ruby" and first == ["-c"])


def _is_here(item: Simple, commands: list[Simple]) -> bool:
    """Tell whether what a program runs can be in its line: it runs no file that others of the line do not write."""
    first = item.words[1] if len(item.words) > 1 else "-"
    if first.startswith("-") or item.heredoc or any(each in word for word in item.words for each in _HINTS):
        return True
    name = posixpath.basename(first)
    said = (
        word
        for each in commands
        if each is not item
        for word in (*each.words, *(path for path, _ in each.writes))
    )
    return any(posixpath.basename(word) == name for word in said)


def _adds(item: Simple) -> bool:
    words = [word for word in item.words[1:] if not word.startswith("-")]
    flags = {word.partition("=")[0] for word in item.words[1:] if word.startswith("-")}
    if item.name == "npm" and (words[:2] in (["pkg", "set"], ["pkg", "delete"]) or words[:1] == ["version"]):
        return len(words) > 1 and not flags & _ELSEWHERE
    if not words or words[0] not in MANIFESTS[item.name][1] or flags & _ELSEWHERE:
        return False
    return len(words) > 1 or item.name not in _NO_NAMES


def _is_live(found: re.Match[str]) -> bool:
    """Tell whether what was found in a script is none of a comment of whole lines."""
    return _COMMENT.match(found.string, found.string.rfind("\n", 0, found.start()) + 1) is None


def _done(script: str) -> Iterator[Effect]:
    """Yield what a script took away, moved and copied; what it asks for first may not have been there."""
    sure = not any(map(script.__contains__, _ASKS))
    for deed in filter(_is_live, _DEED.finditer(script)):
        kind = _DEEDS[deed["verb"]] if deed["verb"] else "rename" if deed["path4"] else "delete"
        path, other = deed["path1"] or deed["path3"], deed["path2"] or deed["path4"] or ""
        if kind in ("delete", "tree"):
            yield Effect(kind, path, sure=sure)
        elif other:
            folder = "." in posixpath.basename(path) and "." not in posixpath.basename(other)
            yield Effect(kind, path, f"{other.rstrip('/')}/" if folder else other, sure=sure)


def _loops(script: str) -> dict[str, list[str]]:
    """Return the variables of loops over paths that stand there, with these."""
    found = list(_LOOP.finditer(script)) if "for " in script or "for(" in script else []
    found += _EACH.finditer(script) if ".forEach(" in script else []
    if not found:
        return {}
    lists = {each["name"]: each["listed"] for each in _LIST.finditer(script)}
    out = dict[str, list[str]]()
    for loop in filter(_is_live, found):
        items = [
            _ITEM.fullmatch(each) for each in (loop["listed"] or lists.get(loop["by"] or "", "")).split(",")
        ]
        paths = [item[2] for item in items if item and item[2]]
        known = all(items) and 0 < len(paths) <= MOST_LOOPED and not any(map(UNKNOWABLE.search, paths))
        out[loop["name"]] = paths if known and loop["name"] not in out else []
    return {name: paths for name, paths in out.items() if paths}


def _without_untaken(script: str, output: str) -> str:
    """Return a Python script without the branches of which it prints what stands for the other one."""
    if "else:" not in script or "print(" not in script:
        return script
    lines = output.splitlines()

    def left(found: re.Match[str]) -> str:
        text = found["else"]
        taken = text in lines and found["then"].count(text) == 0 and script.count(text) == 1
        return "" if taken else found[0]

    return _OTHERWISE.sub(left, script)


def _opened(script: str, output: str) -> dict[str, bool | None]:
    """Return the files that a script writes, and whether it did not read them before; those whose path is not in it as none.

    Of those that a loop or a function may leave out of its own accord that is not known.
    """
    names, out = dict[str, str](), dict[str, bool | None]()
    read, reads_some = set(_READ.findall(script)), ".read" in script or "readFile" in script
    loops = _loops(script)
    every = not any(map(script.__contains__, _LEAVES_OUT))
    for step in filter(_is_live, _STEP.finditer(script)):
        if name := step["name"]:
            names[name] = step["path1"]
            continue
        by = step["by2"] or step["by4"] or step["by5"] or ""
        shown = step["path2"] or step["path3"] or step["path5"] or ""
        path = shown or names.get(by, "")
        if (step["mode"] or "w").startswith("r"):
            continue
        if not path and by in loops:
            out.update(dict.fromkeys(loops[by], False if every else None))
            if not every:
                out[""] = False
            continue
        if not path:
            out[""] = False
            continue
        out[path] = _is_anew(script, step, shown, by, reads=path in read, reads_some=reads_some)
    for it in given(script, output):
        if it.path not in out or it.sure:
            out[it.path] = (it.anew and out.get(it.path) is not False) if it.sure else None
    return out


def _is_anew(script: str, step: re.Match[str], shown: str, by: str, *, reads: bool, reads_some: bool) -> bool:
    """Tell whether a script writes a file without having read it."""
    once = shown and script.count(shown) == 1  # so nothing else of the script is about it
    reads = reads or (reads_some and not once) or f"open({by}," in script or f"open({by})" in script
    return (
        not reads and not (step["mode"] or "w").startswith("a") and not re.search(r"append|[\"']a\Z", step[0])
    )
