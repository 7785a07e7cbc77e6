"""Which new files are imported, and by which."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.wired import by_name, imports_of, is_entry, loose, target, wired
from spread.distillation import body
from tests.distill.lines import CWD, Lines


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("import { a } from './a';", ["./a"]),
        ('} from "@/lib/b"', ["@/lib/b"]),
        ("export * from '../c'", ["../c"]),
        ("const d = require('./d')", ["./d"]),
        ("const e = await import('./e')", ["./e"]),
        ("import React from 'react';", []),
        ("from .a import b, c as d", [".a:", ".a.b:", ".a.c:"]),
        ("import pier.lamp", ["pier.lamp:"]),
        ('#include "lamp.h"', ["./lamp.h"]),
        ("#include <stdio.h>", []),
        ('<script type="module" src="js/lamp.js"></script>', ["./js/lamp.js"]),
        ('<link rel="stylesheet" href="/lamp.css">', ["/lamp.css"]),
        ('<script src="https://example.com/lamp.js"></script>', []),
        ("say(\"imported from './x'\")", []),
    ],
)
def test_what_a_line_imports(line: str, names: list[str]) -> None:
    """In the forms of several languages; what is no import names nothing."""
    assert imports_of([line]) == names


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("./lamp", "/app/web/src/lamp.tsx"),
        ("./lamp.tsx", "/app/web/src/lamp.tsx"),
        ("../pier", "/app/web/pier/index.ts"),
        ("@/lamp", "/app/web/src/lamp.tsx"),
        ("./none", ""),
        ("harbour.boat:", "/app/harbour/boat.py"),
        ("harbour:", "/app/harbour/__init__.py"),
        (".boat:", ""),
    ],
)
def test_which_file_is_meant(spec: str, path: str) -> None:
    """The one that a path, an alias or a module stands for from where it is imported, if any."""
    scripts = ("/app/other/src/lamp.tsx", "/app/web/src/lamp.tsx", "/app/web/pier/index.ts")
    paths = (*scripts, "/app/harbour/boat.py", "/app/harbour/__init__.py")
    assert target(spec, "/app/web/src/page.tsx", paths, by_name(paths)) == path


def test_relative_modules_of_python() -> None:
    """Points go up from the file that imports; a package is its `__init__.py`."""
    paths = ("/app/a/b.py", "/app/c.py", "/app/a/__init__.py")
    assert target(".b:", "/app/a/x.py", paths, by_name(paths)) == "/app/a/b.py"
    assert target("..c:", "/app/a/x.py", paths, by_name(paths)) == "/app/c.py"
    assert target(".:", "/app/a/x.py", paths, by_name(paths)) == "/app/a/__init__.py"


def test_new_files_that_none_imports() -> None:
    """Only beside others that are imported: elsewhere a file may be found by its name alone."""
    created = ["/app/a.ts", "/app/b.ts", "/app/routes/c.ts"]
    links = wired({"/app/main.ts": ["./a", "./main", "./old"]}, [*created, "/app/main.ts"])
    assert links == {"/app/main.ts": ["/app/a.ts"]}
    assert loose(links, created) == ["/app/b.ts"]
    begins = ["/app/server.ts", "/app/vite.config.ts"]
    assert loose(links, [*created, *begins], [path for path in begins if is_entry(path, gathers=False)]) == [
        "/app/b.ts"
    ]


def test_the_page_tells_where_new_files_are_wired(tmp_path: Path) -> None:
    """As long as the import stands."""
    lines = Lines()
    lines.user("light the pier")
    for name in ("lamp", "horn", "bell"):
        given = {"file_path": f"{CWD}/src/{name}.ts", "content": f"export function {name}() {{}}\n"}
        lines.tool("Write", given, twin={"type": "create"})
    old, new = "start();", "import { lamp } from './lamp';\nimport { horn } from './horn';\nstart();"
    lines.tool("Edit", {"file_path": f"{CWD}/src/main.ts", "old_string": old, "new_string": new})
    lines.tool(
        "Edit",
        {
            "file_path": f"{CWD}/src/main.ts",
            "old_string": "import { horn } from './horn';\n",
            "new_string": "",
        },
    )
    lines.say("The pier is lit.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "main.ts: imports new `lamp.ts` (L8…L10)" in page
    assert "new, and no file written here imports it: src/horn.ts (L4), src/bell.ts (L6)" in page
    lines.bash("cat > src/tower.ts << 'EOF'\nimport './bell';\nEOF")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "or only others of these and tests: src/horn.ts (L4), src/bell.ts (L6), src/tower.ts (L13)" in page
    lines.bash("generate-quay > src/quay.ts")
    assert "no file written here imports it" not in body(
        distill(lines.save(tmp_path), machine="box").to_markdown()
    )


def test_new_files_that_only_such_files_import() -> None:
    """Nor do tests or a circle of them use any; an index that gathers them is none that begins a program."""
    links = {
        "/app/src/page.ts": ["/app/src/lamp/light.ts"],
        "/app/src/old/index.ts": ["/app/src/old/lamp.ts", "/app/src/old/wick.ts"],
        "/app/src/old/wick.ts": ["/app/src/old/index.ts"],
        "/app/src/old/lamp.test.ts": ["/app/src/old/lamp.ts"],
    }
    old = ["/app/src/old/index.ts", "/app/src/old/lamp.ts", "/app/src/old/wick.ts"]
    assert loose(links, ["/app/src/lamp/light.ts", *old]) == old
    assert loose(links, ["/app/src/lamp/light.ts", *old], [old[0]]) == []
    assert not is_entry(old[0], gathers=True)
    assert is_entry(old[0], gathers=False)


@pytest.mark.parametrize(
    "path",
    [
        "/app/src/index.ts",
        "/app/main.py",
        "/app/web/app/pier/page.tsx",
        "/app/web/pages/pier/index.tsx",
        "/app/src/routes/+page.svelte",
        "/app/pier/__init__.py",
        "/app/pier/migrations/0002_lamp.py",
    ],
)
def test_what_nothing_has_to_import(path: str) -> None:
    """What begins a program, and what frameworks find by itself."""
    assert is_entry(path, gathers=True)


def test_the_page_tells_of_files_that_only_each_other_import(tmp_path: Path) -> None:
    """By their folder where nothing else is in it; what an interpreter was told to run is used."""
    lines = Lines()
    lines.user("light the pier")
    texts = {
        "src/old/lamp.ts": "export const lamp = () => {};\n",
        "src/old/wick.ts": "import { lamp } from './lamp';\nexport const wick = () => {};\n",
        "src/old/tower.ts": "import { wick } from './wick';\nexport const tower = () => {};\n",
        "src/new/light.ts": "export const light = () => {};\n",
        "src/new/horn.ts": "import { light } from './light';\nexport const horn = () => {};\n",
    }
    for name, text in texts.items():
        lines.tool("Write", {"file_path": f"{CWD}/{name}", "content": text}, twin={"type": "create"})
    given = {"old_string": "start();", "new_string": "import { light } from './new/light';\nstart();"}
    lines.tool("Edit", {"file_path": f"{CWD}/src/main.ts", **given})
    text = "imports it, or only others of these and tests: 3 files in src/old, src/new/horn.ts"
    assert text in lines.page(tmp_path)
    lines.bash("npx tsx src/old/tower.ts && bun src/new/horn.ts", "lit")
    assert "no file written here imports it" not in lines.page(tmp_path)
