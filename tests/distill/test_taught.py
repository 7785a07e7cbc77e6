"""What the output of a line, or the line itself, tells of loops and of what `xargs` runs."""

from pathlib import Path

import pytest

from tests.distill.lines import begun
from tests.distill.test_variables import told


def files(tmp_path: Path, *steps: str) -> str:
    """Return what a session did to files: each step is a command, and behind ` => ` what it printed."""
    lines = begun()
    for step in steps:
        command, _, output = step.partition(" => ")
        lines.bash(command, output)
    found = lines.distilled(tmp_path).files
    marks = (("+", found.created), ("~", found.modified), ("-", found.deleted))
    moved = [f"{it.old}>{it.new}" for it in found.renamed]
    return " ".join(sorted([*(f"{mark}{path}" for mark, paths in marks for path in paths), *moved]))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("for i in $(seq 2); do echo $i > p$i; done", [("write", "p1"), ("write", "p2")]),
        ("for i in $(seq 3 4); do touch p$i; done", [("touch", "p3"), ("touch", "p4")]),
        ("for i in $(seq 1 $n); do touch p$i; done; for i in $(seq 900); do touch q$i; done", []),
        ('OUT="$PWD/out"; echo 1 > $OUT/a', [("write", "./out/a")]),
        ("cd d && echo 1 > $PWD/a", []),
        ("for n in a b; do\ncat > $n.py <<E\nX = '$n'\nE\ndone", [("write", "a.py"), ("write", "b.py")]),
        ("for n in a b; do cat <<E > '$n.py'\nE\ndone", []),
        ("git mv a b 2>/dev/null || mv a b", [("rename", "a", "b"), ("rename", "a", "b")]),
    ],
)
def test_what_a_line_counts_and_where_it_stands(source: str, wanted: list[tuple[str, ...]]) -> None:
    """`seq` counts as braces do; `$PWD` is where the line began as long as it goes nowhere."""
    assert told(source) == wanted


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("git mv a.py b.py 2>/dev/null || mv a.py b.py", "a.py>b.py"),
        ("git mv a.py b.py 2>/dev/null || mv a.py b.py 2>/dev/null", ""),
        ("mv a.py b.py 2>/dev/null || mv c.py d.py", ""),
        ("find . -name '*.orig' -not -path './x/*' -exec rm -v {} \\; => removed './d/a.orig'", "-d/a.orig"),
        ("git ls-files -o | xargs rm -fv => removed 'a.py'", "-a.py"),
        ("find . -exec cat {} \\; => removed './a.py'", ""),
        ("tar -czf a.tgz d && mkdir -p o && tar -xzvf a.tgz -C o => d/\nd/a.py", "+a.tgz +o/d/a.py"),
        ("tar -czvf a.tgz d && tar -xzvf a.tgz -C o => d/a.py\nd/a.py", "+a.tgz"),
        ("cp -r src kept && rm kept/b.py", ""),
        ("cp -r src/ kept/ && rm kept/b.py", "-kept/b.py"),
    ],
)
def test_what_programs_say_and_copies(tmp_path: Path, step: str, wanted: str) -> None:
    """One of two tries did it; what a copy of a folder brought and what then goes again was never there."""
    assert files(tmp_path, step) == wanted
