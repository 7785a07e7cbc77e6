"""What a transcript holds to harm who distils it, or to make the page say what is not so."""

from pathlib import Path

import pytest

from spread.distill import distill
from tests.distill.lines import CWD, Lines

MANY = "9" * 5_000  # digits, more than the language takes for a number


def _begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser of the lists")
    lines.edit(f"{CWD}/parser.py")
    return lines


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("pytest", f"FAILED tests/test_a.py::test_one - x\n==== {MANY} failed in 0.1s ====", 1),
        (f"go test ./... | head -n {MANY} ; true", "ok  \tapp/a\t(cached)", 0),
        ("pytest | head -\u00b2", "3 passed", 0),
        ("cargo test", f"test result: FAILED. {MANY} passed; {MANY} failed; 0 ignored", 101),
        ("pytest; echo exit code: $?", f"exit code: {MANY}", 0),
        ("git commit -am x", f"[main abc1234] x\n {MANY} files changed, 1 insertion(+)", 0),
        (f"git reset --soft HEAD~{MANY}", "", 0),
    ],
)
def test_a_number_of_thousands_of_digits_is_no_obstacle(
    tmp_path: Path, command: str, output: str, code: int
) -> None:
    lines = _begun()
    lines.bash(command, output, code=code)
    lines.bash("git add parser.py && git commit -m 'a list'", "[main abc1235] a list\n 1 file changed")
    assert distill(lines.save(tmp_path), machine="box").goal
