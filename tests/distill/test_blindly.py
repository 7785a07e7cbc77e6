"""Files that commands move or remove without naming them: a status behind tells which these were."""

from pathlib import Path

import pytest

from tests.distill.test_taught import files

MOVE = 'for f in src/*.py; do git mv "$f" "src/x_$(basename $f)"; done'
MOVED = "R  src/a.py -> src/x_a.py\nRM src/b.py -> src/x_b.py"
LONG = "Changes not staged for commit:\n\tdeleted:    src/c.py\n"


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ([f"{MOVE} && git status --short => {MOVED}"], "src/a.py>src/x_a.py src/b.py>src/x_b.py"),
        ([MOVE, f"git status -s => {MOVED}"], "src/a.py>src/x_a.py src/b.py>src/x_b.py"),
        (["find src -name 'c*' -newer x -delete && git status -s =>  D src/c.py\n D docs/d.md"], "-src/c.py"),
        (["find src -name 'c*' -exec git rm -q {} +", f"git status => {LONG}"], "-src/c.py"),
        (["git ls-files docs | xargs rm && git status -s =>  D docs/a.md"], "-docs/a.md"),
        (["rm src/*.py; git status -s =>  D src/c.py\n D src/lib/d.py"], "-src/c.py"),
        (["find src | while read f; do mv $f ${f}x; done; git status -s =>  D src/c.py\n?? src/c.pyx"], "-src/c.py"),
        (["git status -s =>  D src/c.py"], ""),
        (["git rm -n src/*.py; git status -s => D  src/c.py"], ""),
        (["find src -name 'c*'; rm a.py; git status -s =>  D src/c.py\n D a.py"], "-a.py"),
        (["git status -s =>  D src/c.py; rm src/*.py"], ""),
        (["rm src/*.log; git status -s", "git status -s =>  D src/c.log"], ""),
        (["rm /tmp/x/*; git status -s =>  D src/c.py"], ""),
    ],
)  # fmt: skip
def test_a_status_tells_what_was_taken_away(tmp_path: Path, steps: list[str], wanted: str) -> None:
    """The first status behind tells it, of the folders and patterns alone that the command was about."""
    assert files(tmp_path, *steps) == wanted
