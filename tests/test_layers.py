"""Who may import whom: the map in `spread/__init__.py`, checked against the imports in the source."""

import ast
import re
import sys
from pathlib import Path

import pytest

import spread

PACKAGE = Path(spread.__file__).parent
# Files, clock, sockets and randomness are arguments of the protocol cores, never imports.
FORBIDDEN_IN_PROTOCOL = {"os", "pathlib", "time", "datetime", "socket", "asyncio", "random", "secrets"}

Imports = dict[str, set[str]]


def read_map(text: str) -> dict[str, tuple[str, int]]:
    """Return module → (layer, place in the map), as the package's docstring has them."""
    places: dict[str, tuple[str, int]] = {}
    for row in re.findall(r"^    (\d\w?)  +(.+)$", text, re.MULTILINE):
        for name in re.sub(r"\(.*?\)", "", row[1]).split(","):
            places[name.strip().removesuffix(".*")] = (row[0], len(places))
    return places


MAP = read_map(spread.__doc__ or "")


def entry(module: str, places: dict[str, tuple[str, int]] = MAP) -> str | None:
    """Return the map's name for a module: `redact_rules` belongs to `redact`, `distill.files` to `distill`."""
    fits = [name for name in places if module == name or module.startswith((f"{name}_", f"{name}."))]
    return max(fits, key=len, default=None)


def imports_of(source: str, module: str) -> set[str]:
    """Return all that a module imports, also inside functions: ours as `spread.…`, of others the top name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            name = node.module or ""
            ours = (
                {f"{name}.{alias.name}" for alias in node.names} if name.split(".")[0] == "spread" else set()
            )
            found |= {each if each[len("spread.") :] in MODULES else name for each in ours} or {name}
    return {name if name.split(".")[0] == "spread" else name.split(".")[0] for name in found}


def _modules() -> dict[str, str]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_bundle" in path.relative_to(PACKAGE).parts:  # a wheel's copy of the plugin's files: no modules
            continue
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        if path.name != "__init__.py" or name in MAP:
            found[name] = path.read_text(encoding="utf-8")
    return found


MODULES = _modules()
IMPORTS: Imports = {name: imports_of(source, name) for name, source in MODULES.items()}


def ours(names: set[str]) -> set[str]:
    return {name.removeprefix("spread.") for name in names if name.startswith("spread.")}


def breaches(module: str, imported: set[str]) -> list[str]:
    """Return what is wrong with the imports of one module, in words."""
    home = entry(module)
    if home is None:
        return [f"{module} is not in the map"]
    layer, place = MAP[home]
    wrong = []
    for name in sorted(ours(imported)):
        other = entry(name)
        if other is None:
            wrong.append(f"{module} imports {name}, which is not in the map")
        elif other != home and MAP[other][1] > place:
            wrong.append(f"{module} imports {name}, which stands below it")
        elif layer == "1p" and MAP[other][0] != "1p" and other != "errors":
            wrong.append(f"{module} imports {name}, which is no protocol core")
        elif home == "hook" and MAP[other][0] not in ("0", "1") and other != "hook":
            wrong.append(f"{module} imports {name}, which is not in layers 0 and 1")
    if layer == "1p":
        wrong += [f"{module} imports {name}" for name in sorted(imported & FORBIDDEN_IN_PROTOCOL)]
    return wrong


def cycle(imports: Imports) -> list[str]:
    """Return one import cycle, or nothing."""
    done: set[str] = set()

    def walk(name: str, above: list[str]) -> list[str]:
        if name in above:
            return [*above[above.index(name) :], name]
        if name in done:
            return []
        for other in sorted(ours(imports.get(name, set()))):
            found = walk(other, [*above, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in sorted(imports) if (found := walk(name, []))), [])


def reach(start: set[str], imports: Imports) -> set[str]:
    """Return all our modules that `start` leads to, itself included."""
    seen: set[str] = set()
    waiting = set(start)
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= ours(imports.get(name, set())) - seen
    return seen


def foreign(imported: set[str]) -> set[str]:
    return {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names | {"spread"}}


def test_the_map_is_read() -> None:
    """The docstring's table has all layers, in order."""
    assert list(dict.fromkeys(layer for layer, _ in MAP.values())) == ["0", "1", "1p", "2", "3", "4", "5"]
    assert MAP["errors"][0] == "0"
    assert MAP["protocol.wire"][0] == "1p"
    assert MAP["hook"][0] == "2"
    assert MAP["cli"][0] == "5"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_from_above(module: str) -> None:
    """Every module is in the map and keeps its rules."""
    assert breaches(module, IMPORTS[module]) == []


def test_no_cycles() -> None:
    """No module leads back to itself."""
    assert cycle(IMPORTS) == []


def test_the_map_names_no_ghosts() -> None:
    """Each name in the map is a module, or the beginning of some."""
    assert [name for name in MAP if name not in {entry(module) for module in MODULES}] == []


@pytest.mark.parametrize("name", ["hook", "statusline"])
def test_a_hot_path_leads_to_no_third_party_package(name: str) -> None:
    """Neither it nor anything it may import, also late, needs a package that is not Python's own."""
    modules = reach({module for module in MODULES if entry(module) == name}, IMPORTS)
    assert name in modules
    assert {module: found for module in modules if (found := foreign(IMPORTS[module]))} == {}


def test_the_package_itself_imports_nothing() -> None:
    """`import spread` costs nothing."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]


@pytest.mark.parametrize(
    ("module", "source", "said"),
    [
        ("errors", "import spread.paths", "stands below"),
        ("store", "def f():\n    from spread.engine import run", "stands below"),
        ("transcript", "from spread import redact", "stands below"),
        ("distill.files", "from spread.store import put", "stands below"),
        ("plan", "from spread.net import client", "stands below"),
        ("protocol.wire", "from spread.paths import Paths", "no protocol core"),
        ("protocol.wire", "import os.path", "imports os"),
        ("protocol.room", "async def f():\n    from asyncio import sleep", "imports asyncio"),
        ("hook", "from spread.protocol import crypto", "not in layers"),
        ("novelty", "import json", "not in the map"),
        ("cli", "import spread.novelty", "not in the map"),
    ],
)
def test_a_bad_import_is_caught(module: str, source: str, said: str) -> None:
    """The checks can fail: each rule, broken on purpose, is reported."""
    assert said in " ".join(breaches(module, imports_of(source, module)))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("distill.files", "from spread import errors\nfrom spread.distill import words\nimport re"),
        ("protocol.wire", "from spread.protocol.crypto import sign\nfrom spread.errors import SpreadError"),
        ("cli", "def f():\n    from spread.commands import pair"),
    ],
)
def test_a_good_import_is_not(module: str, source: str) -> None:
    """Files of one module know each other, and what stands above is free."""
    assert breaches(module, imports_of(source, module)) == []


def test_a_cycle_and_a_foreign_package_are_caught() -> None:
    """The graph checks can fail too."""
    assert cycle({"a": {"spread.b"}, "b": {"spread.c"}, "c": {"spread.a"}}) == ["a", "b", "c", "a"]
    assert reach({"a"}, {"a": {"spread.b"}, "b": {"zeroconf"}, "c": set()}) == {"a", "b"}
    assert foreign({"os", "spread.store", "zeroconf"}) == {"zeroconf"}
