"""What the client found a command of the shell to have changed, beside what its words tell."""

from pathlib import Path
from typing import Any

import pytest

from tests.distill.lines import CWD, Lines

SWEEP = "grep -rl LAMP src | xargs sed -i 's/LAMP/BULB/g'"


def changed(*names: str, more: int = 0, **kinds: str) -> dict[str, Any]:
    """Return the structured result of a command that changed files, `kinds` by their bare names."""
    files: list[dict[str, Any]] = [{"filePath": f"{CWD}/{name}", "hunks": []} for name in names]
    for each, name in zip(files, names, strict=True):
        if kind := kinds.get(name.rpartition("/")[2].partition(".")[0]):
            each[kind] = True
    diff = {"files": files, "moreFiles": more, "changedFiles": [each["filePath"] for each in files]}
    return {"stdout": "", "stderr": "", "interrupted": False, "bashEditDiff": diff}


MOVED = changed("src/hall.py", "src/den.py", hall="deleted", den="created")


def ran(lines: Lines, command: str, twin: dict[str, Any], output: str = "") -> int:
    return lines.tool("Bash", {"command": command}, output, twin=twin)


def begun() -> Lines:
    lines = Lines()
    lines.user("Rename the lamps, please.")
    lines.edit(f"{CWD}/src/hall.py")
    lines.bash("pytest -q", "1 passed in 0.1s")
    return lines


def test_a_change_that_the_words_do_not_tell_is_told(tmp_path: Path) -> None:
    """What passed before it is stale."""
    lines = begun()
    ran(lines, SWEEP, changed("src/attic.py"))
    found = lines.distilled(tmp_path)
    assert found.files.modified == ("src/attic.py", "src/hall.py")
    assert found.validation.after_last_edit is False


@pytest.mark.parametrize(
    ("command", "twin", "lists"),
    [
        ("python bells.py", changed("src/bell.py", bell="created"), {"created": ("src/bell.py",)}),
        ("python bells.py", changed("src/old.py", old="deleted"), {"deleted": ("src/old.py",)}),
        ("cat > src/old.py <<'X'\nb\nX", changed("src/old.py"), {"modified": ("src/hall.py", "src/old.py")}),
        ("cat > src/new.py <<'X'\nb\nX", changed("src/new.py", new="created"), {"created": ("src/new.py",)}),
        ("git mv src/hall.py src/den.py", MOVED, {"deleted": ()}),
        ("git checkout dev", changed("src/old.py"), {"modified": ("src/hall.py",)}),
        ("git stash", changed("src/old.py", old="deleted"), {"deleted": ()}),
        ("make", changed("out/a.txt", "out/b.txt", more=40, a="created"), {"created": ()}),
        ("make", changed("src/hall.py", "out/b.txt", more=40), {"modified": ("src/hall.py",)}),
        ("python bells.py", changed("node_modules/x/a.js", a="created"), {"created": ()}),
    ],
)  # fmt: skip
def test_what_became_of_each(
    command: str, twin: dict[str, Any], lists: dict[str, Any], tmp_path: Path
) -> None:
    """What git moved is no edit, and of many files only those that the session knows count."""
    lines = begun()
    ran(lines, command, twin)
    files = lines.distilled(tmp_path).files
    assert {name: getattr(files, name) for name in lists} == lists


@pytest.mark.parametrize("flag", ["shared", "unavailable", "skipped"])
def test_what_others_may_have_changed_is_not_told(flag: str, tmp_path: Path) -> None:
    """The client says that it was not alone, or did not look."""
    lines, twin = begun(), changed("src/attic.py")
    twin["bashEditDiff"][flag] = True
    ran(lines, SWEEP, twin)
    assert lines.distilled(tmp_path).files.modified == ("src/hall.py",)


def test_what_a_check_writes_needs_no_other_check(tmp_path: Path) -> None:
    """As snapshots and reports."""
    lines = begun()
    ran(lines, "pytest -q", changed("tests/snap.txt", snap="created"), "1 passed in 0.1s")
    found = lines.distilled(tmp_path)
    assert found.files.created == ("tests/snap.txt",)
    assert found.validation.after_last_edit is True


@pytest.mark.parametrize(
    "diff",
    [
        None,
        [],
        "x",
        {},
        {"files": "x", "changedFiles": 3},
        {"files": [None, {"filePath": 3}], "changedFiles": [3]},
    ],
)
def test_what_has_another_form_is_left(diff: object, tmp_path: Path) -> None:
    """A later client may write it otherwise."""
    lines = begun()
    ran(lines, SWEEP, {"stdout": "", "bashEditDiff": diff})
    assert lines.distilled(tmp_path).files.modified == ("src/hall.py",)


def test_a_file_that_was_shown_before_it_was_written_is_not_new(tmp_path: Path) -> None:
    """Where the line failed later, the client does not tell what it changed."""
    lines = begun()
    lines.bash("cat src/bell.py", "print('ding')\nprint('dong')")
    lines.bash(
        "cat > src/bell.py <<'X'\nprint('gong')\nX\npytest -q",
        "FAILED test_bell.py::test_gong\n1 failed",
        code=1,
    )
    files = lines.distilled(tmp_path).files
    assert (files.created, files.modified) == ((), ("src/bell.py", "src/hall.py"))
