"""Changes of files in the line of a check: what stands behind it, it has not seen."""

from pathlib import Path

import pytest

from tests.distill.lines import begun


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        ("pytest -q && sed -i s/a/b/ a.py", False),
        ("pytest -q; cat > b.py <<'X'\nx = 1\nX", False),
        ("pytest -q | tail -1 && mv a.py b.py", False),
        ("sed -i s/a/b/ a.py && pytest -q && sed -i s/b/c/ b.py", False),
        ("cd web && pytest -q && echo x >> a.py", False),
        ("sed -i s/a/b/ a.py && pytest -q", True),
        ("echo x > b.py; pytest -q | tee out.txt", True),
        ("pytest -q > out.txt 2>&1; cat out.txt", True),
        ("pytest -q && cp a.py b.py", True),
        ("pytest -q; rm -f a.txt", True),
        ("pytest -q && mkdir x", True),
        ("pytest -q && git status", True),
    ],
)
def test_what_a_check_has_seen_of_its_line(tmp_path: Path, command: str, seen: bool) -> None:
    """What is copied or taken away behind it mostly is what it made."""
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    lines.bash(command, "4 passed in 0.02s")
    assert lines.distilled(tmp_path).validation.after_last_edit is seen
