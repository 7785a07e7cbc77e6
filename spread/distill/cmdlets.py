"""What the cmdlets of PowerShell do to files, as far as a command line says it literally (about_Providers, FileSystem)."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from spread.distill.effect import Effect

_WITH_VALUE: Final = frozenset(
    ("-path", "-literalpath", "-filepath", "-outfile", "-uri", "-destination", "-newname", "-name", "-itemtype", "-type", "-value", "-encoding",
     "-erroraction", "-ea", "-filter", "-include", "-exclude", "-width", "-inputobject", "-stream")
)  # fmt: skip
_FETCHES: Final = frozenset(("invoke-webrequest",))
_WRITES: Final = frozenset(
    ("set-content", "add-content", "out-file", "new-modulemanifest", "export-csv", "export-clixml")
)
CMDLETS: Final = _FETCHES | _WRITES | {"remove-item", "move-item", "copy-item", "rename-item", "new-item"}
_NAMES: Final = ("-literalpath", "-path", "-filepath", "-outfile")


_METHOD: Final = re.compile(r"[$\[][\w.:$\[\]]*(?:\.|::)\w+")
_MEMBER: Final = re.compile(r"\.[A-Za-z]\w*")


def is_part(before: list[str], joint: str, words: list[str]) -> bool:
    """Tell whether words at a bracket are no command: what a method is given, or a member of what a bracket holds.

    In no other shell a command can stand there.
    """
    if joint == "(":
        return bool(before) and _METHOD.fullmatch(before[-1]) is not None
    return joint == ")" and bool(words) and _MEMBER.fullmatch(words[0]) is not None


_ALIASES: Final = {
    "New-Item": ("ni",), "Remove-Item": ("ri", "del", "erase", "rd", "rmdir", "rm"), "Move-Item": ("mi", "move", "mv"),
    "Copy-Item": ("ci", "cpi", "copy", "cp"), "Rename-Item": ("rni", "ren"), "Set-Content": ("sc",), "Add-Content": ("ac",),
    "Get-Content": ("gc",), "Invoke-WebRequest": ("iwr",),
}  # fmt: skip
_CALLED: Final = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_SERVICES: Final = "query|qc|create|config|start|stop|delete"  # what the program `sc` does
# At the beginning of a command; with an option of one letter it is the program of that name, on other systems.
_ALIAS: Final = re.compile(
    rf"(?m)(^|[;|({{&])([ \t]*)({'|'.join(_CALLED)})(?=[ \t]+(?!(?:-[a-z]{{1,2}}|{_SERVICES})[ \t])\S)"
)


def spelled(source: str) -> str:
    """Return a command line of PowerShell with slashes in its paths, as no backslash has a meaning, and its short names in full."""
    return _ALIAS.sub(lambda it: f"{it[1]}{it[2]}{_CALLED[it[3]]}", source.replace("\\", "/"))


def effects_of(words: list[str]) -> Iterator[Effect]:
    """Yield what a cmdlet did to files; other drives, as `Env:`, are none."""
    given, args, switches = _given(words[1:])
    if "-whatif" in switches:
        return
    name = words[0].lower()
    if name in _FETCHES:
        args = []
    paths = next((given[key] for key in _NAMES if given.get(key)), next(iter(args), ""))
    left = args if paths and paths not in args[:1] else args[1:]
    other = given.get("-destination") or given.get("-newname") or next(iter(left), "")
    for path in filter(_is_file, paths.split(",")):
        if name == "remove-item":
            sure = not {"-erroraction", "-ea"} & given.keys()
            yield Effect("tree" if "-recurse" in switches else "delete", path, sure=sure)
        elif name in _WRITES:
            appends = name == "add-content" or "-append" in switches
            yield Effect("append" if appends else "write", path)
        elif name == "new-item":
            kind = (given.get("-itemtype") or given.get("-type") or "").lower()
            if kind == "file" or (not kind and "." in posixpath.basename(path)):
                yield Effect("touch", posixpath.join(path, given.get("-name", "")).rstrip("/"))
        elif name in _FETCHES:
            yield Effect("write", path)
        elif other and name == "rename-item":
            yield Effect("rename", path, posixpath.join(posixpath.dirname(path), other))
        elif other and "-recurse" not in switches:
            yield Effect("rename" if name == "move-item" else "copy", path, other)


def _given(words: list[str]) -> tuple[dict[str, str], list[str], set[str]]:
    """Return the parameters with a value, by name, the other arguments, and the switches."""
    given, args, switches = dict[str, str](), list[str](), set[str]()
    rest = iter(words)
    for word in rest:
        low = word.lower()
        if low in _WITH_VALUE:
            given[low] = next(rest, "")
        elif low.startswith("-"):
            switches.add(low)
        else:
            args.append(word)
    return given, args, switches


def _is_file(path: str) -> bool:
    drive, colon, _ = path.partition(":")
    return bool(path) and (not colon or len(drive) == 1)
