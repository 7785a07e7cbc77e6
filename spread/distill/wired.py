"""Which of the files that a session wrote import which others of them: how the new ones are wired."""

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

from spread.distill.edits import is_test

MAX_CHARS: Final = 80  # of a name in an import
_MAY_IMPORT: Final = re.compile(r"(?:import|export|from|#include|\} from)\b|.{0,60}\b(?:require|import)\(")
_SCRIPT: Final = re.compile(r"(?:\bfrom|\bimport|\brequire)\s*+\(?\s*+[\"'](?P<place>[./@~#$][^\"'\n]*)[\"']")
_PYTHON: Final = re.compile(
    r"from\s++(?P<place>[\w.]++)\s++import\s+\(?(?P<names>[\w, ]*)|import\s+(?P<module>[\w.]+)\s*(?:as\b|[,#]|$)"
)
_INCLUDE: Final = re.compile(r"#include\s+\"(?P<place>[^\"]+)\"")
_PAGE: Final = re.compile(
    r"<(?:script|link|img|source)\b[^>]{0,200}?\s(?:src|href)=[\"']?(?P<place>[\w./@-]+)(?=[\"'?#\s>])"
)
_SCRIPTS: Final[tuple[str, ...]] = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte")
_INDEX: Final[tuple[str, ...]] = tuple(f"/index{end}" for end in _SCRIPTS)
# With these begins what runs: nothing has to import them.
_ENTRY: Final = re.compile(
    r"(?:^|/)(?:main|__main__|index|server|app|cli|manage|run|start|setup|program|conftest|[\w.-]+\.config)\.\w+$|(?:^|/)(?:bin|scripts|cmd)/[^/]+$",
    re.I,
)
# Frameworks find these by themselves.
_FOUND: Final = re.compile(
    r"(?:^|/)(?:page|layout|route|loading|error|not-found|template|default|middleware|instrumentation|_\w+|\+[\w.]+)\.\w+$"
    r"|(?:^|/)(?:pages|routes|migrations|plugins|stories|commands)/"
)
_BEGINS: Final = ("src", "lib", "app", "dist", "")
_ALIAS: Final = re.compile(r"^(?:[@~#$]\w*/)+")

Named = dict[str, list[tuple[int, str]]]


def imports_of(lines: Iterable[str]) -> list[str]:
    """Return what lines of code import, each in its own spelling."""
    out = list[str]()
    for line in filter(_may_import, lines):
        if found := _SCRIPT.search(line):
            out.append(found["place"])
        elif found := _INCLUDE.match(line):
            out.append(f"./{found['place']}")
        elif found := _PAGE.match(line):
            place = found["place"]
            out.append(place if place[0] in "./" else f"./{place}")
        elif found := _PYTHON.match(line):
            place = found["place"] or found["module"] or ""
            out.append(f"{place}:")
            names = [name.split()[0] for name in (found["names"] or "").split(",") if name.strip()]
            out += [f"{place}{'' if place.endswith('.') else '.'}{name}:" for name in names]
    return [text for text in out if len(text) <= MAX_CHARS]


def _may_import(line: str) -> bool:
    """Tell whether a line may import something; few hold one of the words, and to look for these is several times as fast."""
    held = "import" in line or "from" in line or "require" in line or "export" in line or "#include" in line
    if line[:1] == "<":
        return "src=" in line or "href=" in line
    return held and _MAY_IMPORT.match(line) is not None


def target(spec: str, importer: str, paths: Collection[str], named: Named) -> str:
    """Return which of some paths an import means, an empty string where none or nobody knows.

    What is not told from the importer's place on may be any file that ends so: the nearest is meant.

    Args:
        named: Of `by_name`.
    """
    spelled, names = _spelled(spec, importer)
    if spec.startswith("."):
        return next((path for path in spelled if path in paths), "")
    alike = sorted([place for name in names if name in named for place in named[name]])
    found = [path for _, path in alike if path.endswith(spelled) and path != importer]
    if len(found) < 2:
        return found[0] if found else ""
    return max(found, key=lambda path: len(posixpath.commonpath([path, importer])))


@lru_cache(1_000)  # the same imports come again at the next revision
def _spelled(spec: str, importer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return how the path of what an import means is spelled: whole, or if it is not told from its place on, its end.

    With the bare names of these.
    """
    near, ends, inits = spec.startswith("."), _SCRIPTS, _INDEX
    if spec.endswith(":"):  # the dots of a Python module are its folders, those before it lead upwards
        bare = spec[:-1].lstrip(".")
        up = len(spec) - 1 - len(bare)
        place, ends, inits = "/".join([*[".."] * (up - 1), *bare.split(".")]), (".py",), ("/__init__.py",)
    else:
        place = spec if near else _ALIAS.sub("", spec)
    start = posixpath.normpath(f"{posixpath.dirname(importer)}/{place}") if near else f"/{place}"
    spelled = tuple(f"{start}{end}" for end in ("", *ends, *inits))
    return spelled, tuple(dict.fromkeys(path.rpartition("/")[2] for path in spelled))


def wired(uses: Mapping[str, Iterable[str]], paths: Collection[str]) -> dict[str, list[str]]:
    """Return, by importer, which of some paths it imports.

    Args:
        uses: What each file imports, in its own spelling.
    """
    found = _wired(tuple([(path, *specs) for path, specs in uses.items()]), tuple(paths))
    return {importer: list(places) for importer, places in found}


@lru_cache(2)  # asked more than once of a session, and mostly the same at the next revision
def _wired(uses: tuple[tuple[str, ...], ...], paths: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    out, named, known = list[tuple[str, list[str]]](), by_name(paths), frozenset(paths)
    for importer, *specs in uses:
        found = dict.fromkeys(filter(None, (target(spec, importer, known, named) for spec in specs)))
        found.pop(importer, None)
        if found:
            out.append((importer, list(found)))
    return out


def by_name(paths: Iterable[str]) -> Named:
    """Return paths with their places, by their names."""
    out: Named = {}
    for at, path in enumerate(paths):
        out.setdefault(path.rpartition("/")[2], []).append((at, path))
    return out


def loose(links: dict[str, list[str]], created: Collection[str], started: Collection[str] = ()) -> list[str]:
    """Return new files that none of the others imports but such files and tests, where files beside them are imported.

    Args:
        started: Those that run by their names.
    """
    folders = {posixpath.dirname(path) for paths in links.values() for path in paths}
    may = {path for path in created if path not in started and posixpath.dirname(path) in folders}
    used, ways = set[str](), [path for path in links if path not in may and not is_test(path)]
    while ways:
        found = [path for path in links.get(ways.pop(), ()) if path not in used]
        used.update(found)
        ways += found
    return [path for path in created if path in may and path not in used]


def is_entry(path: str, *, gathers: bool) -> bool:
    """Tell whether a file runs or is found without being imported.

    Args:
        gathers: It defines nothing, which of an index says that it only gathers what others do.
    """
    folder, _, name = path.rpartition("/")
    gathers = gathers and name.startswith("index.") and folder.rpartition("/")[2] not in _BEGINS
    return _FOUND.search(path) is not None or (not gathers and _ENTRY.search(path) is not None)
