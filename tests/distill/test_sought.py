"""Files that a search showed before another command replaced in all of them what was sought."""

from pathlib import Path

import pytest

from tests.distill.test_taught import files

FOUND = "kiln/a.py\nkiln/b.py"
LINES = "./kiln/a.py:3:import os.path\n./kiln/b.py:1:x = os.path.join(y)\n./kiln/b.py:2:z = os.path"
SED = "xargs sed -i s/os.path/pathlib/g"


@pytest.mark.parametrize(
    "steps",
    [
        (f"grep -rl os.path kiln => {FOUND}", f"grep -rl os.path kiln | {SED}"),
        (f"grep -rn os.path . => {LINES}", f"grep -rl os.path . | {SED}"),
        (f"rg -l os.path kiln => {FOUND}", "sed -i 's|os.path|pathlib|' $(rg -l os.path kiln)"),
        (
            f"grep -rn 'os\\.path' . | head => {LINES}",
            "for f in $(grep -rl 'os\\.path' .); do sed -i 's/\\bos\\.path\\b/pathlib/' $f; done",
        ),
        (
            f"grep -rl --include=*.py os.path kiln => {FOUND}",
            f"grep -rlZ --include=*.py os.path kiln | {SED}",
        ),
        ("cd kiln && grep -rl os.path . => ./a.py\n./b.py", f"grep -rl os.path kiln | {SED}"),
    ],
)
def test_what_a_search_showed_was_edited(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """The same search lists the files for the editor, which replaces in them what was sought."""
    assert files(tmp_path, *steps) == "~kiln/a.py ~kiln/b.py"


@pytest.mark.parametrize(
    "steps",
    [
        (f"grep -rl os.path kiln => {FOUND}", "grep -rl os.path kiln | xargs sed -i s/import/from/"),
        (f"grep -rl os.path kiln => {FOUND}", f"grep -rl os.path lib | {SED}"),
        (f"grep -rL os.path kiln => {FOUND}", f"grep -rl os.path kiln | {SED}"),
        ("grep -c os.path kiln/a.py kiln/b.py => kiln/a.py:0", f"grep -rl os.path kiln | {SED}"),
        (f"grep -rl os.path kiln; ls => {FOUND}\nc.py", f"grep -rl os.path kiln | {SED}"),
        (f"grep -rl os.path kiln => {FOUND}", "grep -rl os.path kiln | xargs cat"),
        (f"grep -rl os.path kiln => {FOUND}", f"grep -rl os.path kiln | head -1 | {SED}"),
        (
            f"grep -rl os.path kiln => {FOUND}",
            "sed -i s/os.path/x/ /tmp/z.txt && grep -rl os.path kiln => kiln/b.py",
        ),
        (f"grep -rl os.path kiln => {FOUND}", "grep -rl os.path kiln | xargs sed -n s/os.path/x/p"),
        ("grep -n os.path kiln/a.py => os.path: no", "sed -i s/os.path/x/ $(grep -n os.path kiln/a.py)"),
    ],
)
def test_other_searches_tell_nothing(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """Something else is replaced, or sought elsewhere; what was printed is not, or not only, what the search lists."""
    assert files(tmp_path, *steps) == ""
