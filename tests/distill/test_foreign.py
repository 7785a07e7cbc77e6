"""Tools of other servers that write files of the project: what was checked before is another state of it."""

from pathlib import Path
from typing import Any

import pytest

from spread.distillation import Distillation
from tests.distill.lines import CWD, Lines


def _then(
    tmp_path: Path, name: str, given: dict[str, Any], *, error: bool = False, said: str = "done"
) -> Distillation:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "4 passed in 0.02s")
    lines.tool(name, given, said, error=error)
    lines.say("Done.")
    return lines.distilled(tmp_path)


@pytest.mark.parametrize(
    ("name", "given", "files"),
    [
        ("mcp__filesystem__write_file", {"path": f"{CWD}/b.py", "content": "x"}, ["a.py", "b.py"]),
        ("mcp__filesystem__edit_file", {"path": f"{CWD}/a.py", "edits": []}, ["a.py"]),
        ("mcp__serena__replace_symbol_body", {"relative_path": "b.py", "body": "x"}, ["a.py", "b.py"]),
        ("mcp__jetbrains__replace_text_in_file", {"pathInProject": "b.py", "newText": "x"}, ["a.py", "b.py"]),
    ],
)
def test_a_file_of_the_project_is_written(
    tmp_path: Path, name: str, given: dict[str, Any], files: list[str]
) -> None:
    """It counts as an edit does."""
    made = _then(tmp_path, name, given)
    assert (made.state, made.validation.after_last_edit) == ("needs verification", False)
    assert sorted(made.files.modified) == files


def test_made_moved_and_deleted(tmp_path: Path) -> None:
    """As its name says."""
    made = _then(tmp_path, "mcp__serena__create_text_file", {"relative_path": "b.py", "content": "x"})
    assert [*made.files.created] == ["b.py"]
    given = {"source": f"{CWD}/a.py", "destination": f"{CWD}/c.py"}
    made = _then(tmp_path, "mcp__filesystem__move_file", given)
    assert "c.py" in str(made.files.renamed)
    made = _then(tmp_path, "mcp__fs__delete_file", {"path": f"{CWD}/a.py"})
    assert [*made.files.deleted] == ["a.py"]


def test_a_relative_path_that_the_answer_tells_whole(tmp_path: Path) -> None:
    """Where the server stands its answer says."""
    given = {"path": "src/b.py", "content": "x"}
    made = _then(tmp_path, "mcp__filesystem__write_file", given, said=f"Successfully wrote to {CWD}/src/b.py")
    assert sorted(made.files.modified) == ["a.py", "src/b.py"]
    assert _then(tmp_path, "mcp__filesystem__write_file", given).files.modified == ("a.py",)
    given = {"target_filepath": f"{CWD}/b.py", "code_edit": "x"}
    assert sorted(_then(tmp_path, "mcp__apply__edit_file", given).files.modified) == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("mcp__filesystem__read_file", {"path": f"{CWD}/a.py"}),
        ("mcp__filesystem__create_directory", {"path": f"{CWD}/out"}),
        ("mcp__filesystem__write_file", {"path": "/home/dev/notes/a.md"}),
        ("mcp__github__create_or_update_file", {"owner": "o", "repo": "r", "path": "a.py"}),
        ("mcp__notes__write_note", {"path": "Ideas/a.md"}),
        ("mcp__filesystem__edit_file", {"path": f"{CWD}/a.py", "edits": [], "dryRun": True}),
        ("mcp__browser__update_page", {"title": "x"}),
        ("mcp__review__delete_comment", {"file_path": f"{CWD}/a.py", "line": 3}),
        ("mcp__debug__remove_breakpoint", {"path": f"{CWD}/a.py"}),
        ("mcp__vectors__delete_all", {"source": f"{CWD}/a.py"}),
    ],
)
def test_no_file_of_the_project(tmp_path: Path, name: str, given: dict[str, Any]) -> None:
    """What only reads, or writes elsewhere, leaves what passed as it was."""
    made = _then(tmp_path, name, given)
    assert made.state == "validated"
    assert [*made.files.created, *made.files.deleted] == []


def test_what_failed_wrote_nothing(tmp_path: Path) -> None:
    """An error is no edit."""
    made = _then(tmp_path, "mcp__filesystem__write_file", {"path": f"{CWD}/b.py"}, error=True)
    assert made.state == "validated"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Error: no matches of the pattern", False),
        ('{"error": "read-only"}', False),
        ('{"error": null, "ok": true}', True),
        ("Access denied - path outside allowed directories", False),
        ("Successfully replaced 1 occurrence", True),
    ],
)
def test_an_error_that_is_told_as_a_result(tmp_path: Path, said: str, written: bool) -> None:
    """Many servers do so."""
    made = _then(tmp_path, "mcp__filesystem__write_file", {"path": f"{CWD}/b.py"}, said=said)
    assert ("b.py" in made.files.modified) == written
