"""How far a line came that failed."""

from pathlib import Path

import pytest

from tests.distill.lines import begun

NO_DIR = "/bin/bash: line 1: cd: nodir: No such file or directory"
GONE = "cp: cannot stat 'x.md': No such file or directory"


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("sed -i s/a/b/ a.py && cp x.md y.md && rm b.py", GONE, "a.py"),
        ("make && sed -i s/a/b/ a.py && cd nodir && rm b.py", NO_DIR, "a.py"),
        ("set -e\nmake\nsed -i s/a/b/ a.py\ncp x.md y.md\nrm b.py", GONE, "a.py"),
        ("make || true && sed -i s/a/b/ a.py && cp x.md y.md", GONE, "a.py"),
        ("sed -i s/a/b/ a.py && make && cp z.md y.md", GONE, ""),
        ("cp a b && sed -i s/a/b/ a.py && cp x.md y.md", GONE, ""),
        ("make && sed -i s/a/b/ a.py && rm b.py", "make: *** [all] Error 1", ""),
        ("make && sed -i s/a/b/ a.py && grep -n x a.py", "", ""),
        ("make && sed -i s/a/b/ a.py && (false || cp x.md y.md)", "Error 1", ""),
    ],
)  # fmt: skip
def test_what_stands_before_the_command_that_failed_was_done(
    tmp_path: Path, command: str, output: str, wanted: str
) -> None:
    """An error that names its program and what that alone was given tells that it ran, and so did what it hangs on."""
    lines = begun()
    lines.bash(command, output, code=1)
    assert " ".join(lines.distilled(tmp_path).files.modified) == wanted
