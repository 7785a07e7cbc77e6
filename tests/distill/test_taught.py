"""What the output of a line, or the line itself, tells of loops and of what `xargs` runs."""

from pathlib import Path

import pytest

from tests.distill.lines import begun
from tests.distill.test_variables import told

LOOP = 'for f in src/*.py; do sed -i s/a/b/ "$f" && echo "updated $f"; done'
BRANCH = 'for f in src/*.py; do if grep -q a "$f"; then sed -i s/a/b/ "$f"; echo "updated $f"; fi; done'
READ = 'grep -rl a src | while IFS= read -r f; do sed -i s/a/b/ $f; echo "mended: $f"; done'
DONE = "updated src/a.py\nupdated src/c.py"


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
    ("step", "wanted"),
    [
        (f"{LOOP} => {DONE}", "~src/a.py ~src/c.py"),
        (f"{BRANCH} => {DONE}", "~src/a.py ~src/c.py"),
        (f"{READ} => mended: src/a.py", "~src/a.py"),
        (LOOP, ""),
        (f"{LOOP} => updated lib/a.py", ""),
        (f"{LOOP}; echo 'updated src/z.py' => {DONE}\nupdated src/z.py", ""),
        (f"{LOOP.replace('&& echo', '; grep -q b $f && echo')} => {DONE}", "~src/a.py ~src/c.py"),
        (f"{LOOP.replace('sed -i', 'grep -q a $f && sed -i').replace('&& echo', '; echo')} => {DONE}", ""),
        (f"{LOOP.replace('; do', '; do f=x$f;')} => {DONE}", ""),
        ('for f in *.py; do echo "updated $f"; sed -i s/a/b/ $f; done => updated a.py', ""),
        ('for f in *.py; do rm $f; echo "$f"; done => a.py', ""),
        ("echo src/a.py b.py | xargs sed -i s/a/b/", "~b.py ~src/a.py"),
        ("printf 'a.py\\nb.py\\n' | xargs -I{} cp {} {}.bak", "+a.py.bak +b.py.bak"),
        ("printf '%s\\n' a.py | xargs -n 1 rm", "-a.py"),
        ("echo $F | xargs rm; echo -e 'a.py' | xargs rm; printf '%d' 3 | xargs rm; ls | xargs rm", ""),
    ],
)  # fmt: skip
def test_loops_whose_turns_are_printed(tmp_path: Path, step: str, wanted: str) -> None:
    """Where an `echo` behind a change names each turn, these had it; nothing else that is printed is taken for that."""
    assert files(tmp_path, step) == wanted


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
