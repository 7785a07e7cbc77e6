"""Statements that a page must not make: what passed elsewhere, what was masked, what a branch may not have done."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import Distillation, body
from tests.distill.lines import CWD, Lines


def _begun(*paths: str) -> Lines:
    lines = Lines()
    lines.user("please mend the parser of the archive")
    for path in paths:
        lines.edit(path)
    return lines


def _told(lines: Lines, folder: Path) -> Distillation:
    lines.say("The parser reads the archive now.")
    return distill(lines.save(folder), machine="m")


def test_a_check_elsewhere_validates_nothing_here(tmp_path: Path) -> None:
    """It ran outside the project, in a folder where nothing was edited."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("cd /home/dev/other && pytest", "4 passed in 0.1s")
    told = _told(lines, tmp_path)
    assert told.state == "needs verification"
    assert "the last validation ran in ~/other, where no file was edited (L5)" in body(told.to_markdown())


def test_a_check_of_one_of_two_projects_says_where(tmp_path: Path) -> None:
    """Code of both was edited; it is of one."""
    lines = _begun(f"{CWD}/parser.py", "/home/dev/lib/reader.py")
    lines.bash("cd /home/dev/lib && pytest", "4 passed in 0.1s")
    assert "- the last validation ran in ~/lib (L7)" in body(_told(lines, tmp_path).to_markdown())


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("git stash && pytest; git stash pop", "needs verification"),
        ("git stash pop && pytest", "validated"),
        ("pytest && git push", "validated"),
    ],
)
def test_contents_put_back_after_a_check(command: str, state: str, tmp_path: Path) -> None:
    """What it checked is not what stands there."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash(command, "4 passed in 0.1s")
    assert _told(lines, tmp_path).state == state


@pytest.mark.parametrize(
    ("again", "shown", "worked"),
    [
        ("curl -f http://archive/list || true", "curl: (7) Failed to connect to archive", False),
        ("curl -f http://archive/list", "ten books", True),
    ],
)
def test_a_masked_failure_did_not_work_later(again: str, shown: str, worked: bool, tmp_path: Path) -> None:
    """It shows the same error and only its exit code is gone."""
    lines = _begun()
    lines.bash("curl -f http://archive/list", "curl: (7) Failed to connect to archive", code=7)
    lines.bash(again, shown)
    assert any("later worked" in text for text in _told(lines, tmp_path).failed) == worked


def test_what_a_cmdlet_only_would_do(tmp_path: Path) -> None:
    """With -WhatIf nothing is removed."""
    lines = _begun()
    lines.tool("PowerShell", {"command": "Remove-Item old.txt; Remove-Item kept.txt -WhatIf"}, "")
    assert _told(lines, tmp_path).files.deleted == ("old.txt",)


def test_an_offer_that_was_declined_is_not_left_alone(tmp_path: Path) -> None:
    """The user said no, and then something else."""
    lines = _begun(f"{CWD}/parser.py")
    lines.say("It reads them. Shall I also write the importer for old archives?")
    lines.user("no, that is not wanted here, and the list of the books still comes out empty")
    assert "offered" not in _told(lines, tmp_path).next


@pytest.mark.parametrize(
    ("text", "listed"), [("# nothing is needed\n", False), ("# of the reader\nrich\n", True)]
)
def test_a_manifest_that_names_no_package(text: str, listed: bool, tmp_path: Path) -> None:
    """There is nothing to install."""
    lines = _begun()
    path = f"{CWD}/requirements.txt"
    lines.tool(
        "Write",
        {"file_path": path, "content": text},
        twin={"type": "create", "filePath": path, "content": text},
    )
    assert ("packages written down" in _told(lines, tmp_path).next) == listed


@pytest.mark.parametrize("command", ["ssh build 'cd app && npm test'", "docker run --rm app npm test"])
def test_a_check_handed_on_is_not_called_none(command: str, tmp_path: Path) -> None:
    """Another host or a container ran it; that no test ran would be false."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash(command, "3 passed")
    told = body(_told(lines, tmp_path).to_markdown())
    assert "no test or build" not in told


def test_still_not_is_no_rule(tmp_path: Path) -> None:
    """`immer` means always, `noch immer nicht` still not."""
    lines = _begun()
    lines.say("Fertig.")
    lines.user("Der Import geht noch immer nicht.")
    assert _told(lines, tmp_path).constraints == ()


@pytest.mark.parametrize(
    ("command", "fresh"),
    [
        ("sed -i s/old/new/ *.py", False),
        ("find . -name '*.py' -exec sed -i 's/a/b/' {} +", False),
        ("grep -rl old src | xargs sed -i 's/old/new/'", False),
        ("git apply fix.patch", False),
        ("patch -p1 < fix.patch", False),
        ("python3 - <<'E'\nfor name in names:\n    open(name, 'w').write('x')\nE", False),
        ("git apply --check fix.patch", True),
        ("sed -n 's/a/b/p' *.py", True),
        ("python3 - <<'E'\nfor name in names:\n    print(open(name).read())\nE", True),
    ],
)
def test_edits_of_files_that_no_line_names(command: str, fresh: bool, tmp_path: Path) -> None:
    """What was checked before them was something else."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("pytest", "4 passed in 0.1s")
    lines.bash(command, "done")
    told = _told(lines, tmp_path)
    assert (told.state == "validated") == fresh == told.validation.after_last_edit


def test_lines_are_commands_of_their_own(tmp_path: Path) -> None:
    """Of two plain lines the last one gives the exit code."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("pytest\necho done", "done")
    assert _told(lines, tmp_path).validation.outcome == "unknown"


@pytest.mark.parametrize("ended", [True, False])
def test_a_list_of_what_is_done_next_is_not_left_for_later(ended: bool, tmp_path: Path) -> None:
    """The agent went on with it; only what closes a turn puts things off."""
    lines = _begun(f"{CWD}/parser.py")
    lines.say("Remaining:\n- write the importer for old archives\n- sort the titles of the books by year")
    if not ended:
        lines.call("Bash", {"command": "cat importer.py"})
    told = distill(lines.save(tmp_path), machine="m")
    assert ("left for later" in told.next) == ended


@pytest.mark.parametrize(
    ("command", "shown", "on"),
    [
        ("git checkout main", "Switched to branch 'main'", ", on feat"),
        ("git checkout -q main", "", ", on feat"),
        ("git checkout -b more", "Switched to a new branch 'more'", ""),
    ],
)
def test_commits_of_a_branch_that_was_left(command: str, shown: str, on: str, tmp_path: Path) -> None:
    """They are on the one where they were made."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("git commit -am one", "[feat 1111111] one\n 1 file changed")
    lines.bash(command, shown)
    told = body(_told(lines, tmp_path).to_markdown())
    assert f"at least 1 commit here{on}" in told
    assert (", on feat" in told) == bool(on)
    lines.bash("git merge feat", "Updating 0000000..1111111\nFast-forward")
    assert ", on feat" not in body(_told(lines, tmp_path).to_markdown())


def test_a_commit_is_of_the_work_tree_that_git_was_sent_to(tmp_path: Path) -> None:
    """`git -C` names it; the session's own tree has no commit."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("git -C /home/dev/lib commit -am one", "[main 1231231] one\n 1 file changed")
    lines.bash("git -C /home/dev/lib push", "To github.com:a/lib.git\n   0000000..1231231  main -> main")
    told = body(_told(lines, tmp_path).to_markdown())
    assert "repository, branch main in ~/lib: pushed (0000000..1231231)" in told
    assert "no push is seen" not in told
    assert "not pushed" not in told


def test_a_file_that_was_moved_back(tmp_path: Path) -> None:
    """It has its name again."""
    lines = _begun()
    lines.bash("mv parser.py old.py && mv old.py parser.py")
    assert _told(lines, tmp_path).files.renamed == ()


def test_counts_of_a_run_that_was_cut_off(tmp_path: Path) -> None:
    """They are of a part of it."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("npm test", "Command timed out after 2m 0.0s\n3 passed", code=143)
    assert "nothing proves that it passed (L5)" in body(_told(lines, tmp_path).to_markdown())


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("make test && git commit -m x", "nothing to commit, working tree clean\nmake: *** [test] Error 2"),
        ("npm run build && git push", " ! [rejected] main -> main\nnpm ERR! code 1"),
        ("pytest && git push", "[main 1234567] made by what is tested\nRuntimeError: boom"),
        ("pytest && git push", "[main 1234567] made by what is tested"),
    ],
)
def test_what_a_check_prints_as_git_does_passes_nothing(command: str, shown: str, tmp_path: Path) -> None:
    """It failed after that, or git was to do something else."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash(command, shown, code=1)
    assert _told(lines, tmp_path).state in ("failing", "needs verification")


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("make -C ../other test", "needs verification"),
        ("npm --prefix /home/dev/other test", "needs verification"),
        ("make -C parts test", "validated"),
        ("make test", "validated"),
    ],
)
def test_a_check_that_is_sent_elsewhere(command: str, state: str, tmp_path: Path) -> None:
    """An option says where it works."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash(command, "4 passed in 0.1s")
    assert _told(lines, tmp_path).state == state


@pytest.mark.parametrize("path", ["/home/dev/.claude/plans/a.md", "/home/dev/.claude/projects/x/memory/a.md"])
def test_notes_of_the_client_are_no_work(path: str, tmp_path: Path) -> None:
    """What was checked stays checked when they change."""
    lines = _begun(f"{CWD}/parser.py")
    lines.bash("pytest", "4 passed in 0.1s")
    lines.write(path)
    assert _told(lines, tmp_path).state == "validated"
