"""Where the shell stands, and what git puts under it."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.files import FileLedger
from spread.distill.shell import split
from spread.distill.stands import edits_blindly, found, moves, visits
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines


def test_a_path_is_looked_for_once_the_shell_went_elsewhere(tmp_path: Path) -> None:
    """The record may name the directory of the launch though the shell stands in another."""
    lines = Lines()
    lines.user("mend the parser")
    lines.edit(f"{CWD}/src/parser/days.py")
    lines.bash("sed -i s/a/b/ docs/days.md")
    lines.bash("cd src && make")
    lines.bash("sed -i s/a/b/ parser/days.py && sed -i s/a/b/ parser/weeks.py")
    lines.bash("sed -i s/a/b/ notes.md")
    files = lines.distilled(tmp_path).files
    assert files.modified == ("docs/days.md", "notes.md", "src/parser/days.py", "src/parser/weeks.py")


def test_a_path_of_one_meaning() -> None:
    """Of several known files that end so, none is taken; nor is any where the shell stayed."""
    files = FileLedger(modified={"/a/x/m/f.py": 1, "/a/y/m/f.py": 2, "/a/z/n/g.py": 3})
    for path, shell, meant in (
        ("/a/m/f.py", ("/a", "/a/b"), "/a/m/f.py"),
        ("/a/m/f.py", ("/a", "/a/y"), "/a/y/m/f.py"),
        ("/a/n/g.py", ("/a", "/a/b"), "/a/z/n/g.py"),
        ("/a/n/h.py", ("/a", "/a/b"), "/a/z/n/h.py"),
        ("/a/n/g.py", ("/a", "/a"), "/a/n/g.py"),
        ("/b/n/g.py", ("/a", "/a/b"), "/b/n/g.py"),
        ("/a/h.py", ("/a", "/a/b"), "/a/h.py"),
    ):
        assert found(path, shell, files) == meant


@pytest.mark.parametrize(
    ("command", "output", "moved"),
    [
        ("git pull", "Updating a..b", True),
        ("git pull", "Already up to date.", False),
        ("git checkout -q main", "", True),
        ("git switch -", "", True),
        ("git checkout -b next", "Switched to a new branch 'next'", False),
        ("git checkout -b next origin/main", "", True),
        ("git switch -c next", "", False),
        ("git switch --force-create next", "", False),
        ("git -C . reset --hard HEAD~1", "", True),
        ("git reset HEAD a.py", "", False),
        ("git stash", "Saved", True),
        ("git stash list", "", False),
        ("git rebase --abort", "", False),
        ("git rebase -i --autosquash HEAD~3", "Successfully rebased", False),
        ("git rebase --autosquash -i abc1234^", "Successfully rebased", False),
        ("git rebase -i --autosquash origin/main", "Successfully rebased", True),
        ("git rebase -i HEAD~3", "Successfully rebased", True),
        ("git commit -m merge", "", False),
        ("cd /elsewhere && git pull", "Updating a..b", False),
        ("gh pr checkout 7", "", True),
        ("git submodule update", "Submodule path 'libs/a': checked out '0123456'", True),
        ("git submodule update", "", False),
        ("git clean -fd", "Removing app/new/\nRemoving dist/", True),
        ("git clean -fdX", "Removing dist/\nRemoving a/__pycache__/\nRemoving .cache/", False),
        ("git clean -nd", "Would remove app/new/", False),
    ],
)
def test_what_moves_the_work_tree(command: str, output: str, moved: bool) -> None:
    """What only names a branch, folds own commits, or is done in another tree, leaves the files as they are."""
    call = Call(1, "k", "Bash", {"command": command}, CWD, ok=True, output=output)
    assert moves(split(command), call, CWD, FileLedger()) is moved


def test_a_check_of_another_commit_is_not_of_now(tmp_path: Path) -> None:
    """Neither its pass nor its failure says how things stand after git put other files there."""
    for output, code in (("1 passed in 0.1s", 0), ("1 failed in 0.1s", 1)):
        lines = Lines()
        lines.user("mend the parser")
        lines.edit(f"{CWD}/a.py")
        lines.bash("pytest -q", output, code=code)
        lines.bash("git checkout -q main")
        lines.say("Done.")
        made = lines.distilled(tmp_path)
        assert made.state == "needs verification"
        assert made.validation.after_last_edit is False


def test_a_failure_stays_one_when_only_documents_change(tmp_path: Path) -> None:
    """Notes mend nothing; other files that git put there may."""
    lines = Lines()
    lines.user("mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "1 failed in 0.1s", code=1)
    lines.edit(f"{CWD}/notes.md")
    lines.say("Noted.")
    assert lines.distilled(tmp_path).state == "failing"
    lines.bash("git checkout -q main")
    lines.edit(f"{CWD}/notes.md")
    lines.say("Noted again.")
    assert lines.distilled(tmp_path).state == "needs verification"


def test_a_scratch_file_leaves_what_was_checked(tmp_path: Path) -> None:
    """A temporary file beside the work is no change of it, by an edit or by a path that the line has set before."""
    lines = Lines()
    lines.edit(f"{CWD}/days.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.write("/tmp/look.py")
    lines.bash('S="/tmp/looks" && sed -i "s#a#$B#" "$S/look.py" && python "$S/look.py"', "1")
    assert lines.distilled(tmp_path).state == "validated"
    lines.bash('S="src" && sed -i "s#a#b#" "$S/days.py"')
    assert lines.distilled(tmp_path).state == "needs verification"


def test_a_temporary_file_is_the_work_where_that_is_there(tmp_path: Path) -> None:
    """A project may stand among temporary files itself; then a change of these is one of the work."""
    lines = Lines(cwd="/tmp/app/src")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.edit("/tmp/app/days.py")
    assert lines.distilled(tmp_path).state == "needs verification"


@pytest.mark.parametrize(
    ("command", "elsewhere"),
    [
        ("git checkout -q $(git rev-list HEAD | sed -n 3p) && pytest -q", True),
        ("git checkout 1f0c9ab\npytest -q; git checkout -", True),
        ("git switch --detach v1.2 && pytest -q", True),
        ("git stash && pytest -q; git stash pop", True),
        ("git stash && pytest -q", False),
        ("git checkout main && pytest -q", False),
        ("git checkout -q -b try$N && pytest -q", False),
        ("git checkout HEAD~1 -- days.py && pytest -q", False),
        ("for c in a1 b2; do git checkout -q $c; pytest -q; done", False),
        ("pytest -q && git checkout $BRANCH", False),
    ],
)
def test_what_was_found_on_other_contents(tmp_path: Path, command: str, *, elsewhere: bool) -> None:
    """A check of another commit, or without the changes, does not tell how the work stands."""
    lines = Lines()
    lines.edit(f"{CWD}/days.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.bash(command, "2 failed, 1 passed in 0.1s", code=1)
    checked = lines.distilled(tmp_path).validation
    assert (checked.outcome == "passed") is elsewhere


@pytest.mark.parametrize(
    ("before", "then", "told"),
    [
        ([], "cat > new.py <<'X'\nx = 1\nX", ["new.py"]),
        ([("cd sub && ls", "a.py")], "cat > new.py <<'X'\nx = 1\nX", []),
        ([("cd /home/dev/other && ls", "a.py")], "cat > src/new.py <<'X'\nx = 1\nX", []),
        ([("cd sub && ls", "a.py")], f"cat > {CWD}/new.py <<'X'\nx = 1\nX", ["new.py"]),
        ([("cd sub && ls", "a.py")], f"cd {CWD} && cat > new.py <<'X'\nx = 1\nX", ["new.py"]),
        ([("cd sub && ls", "a.py")], "cd sub && cat > new.py <<'X'\nx = 1\nX", ["sub/new.py"]),
        (
            [("cd sub && ls", f"a.py\nShell cwd was reset to {CWD}")],
            "cat > new.py <<'X'\nx = 1\nX",
            ["new.py"],
        ),
        ([("cd sub && ls", "a.py"), (f"cd {CWD}", "")], "cat > new.py <<'X'\nx = 1\nX", ["new.py"]),
        ([("cd sub && ls", "a.py")], "sed -i s/1/2/ known.py", ["sub/known.py"]),
        ([("cd sub && ls", "a.py")], "mv old.py new.py", []),
        # What was read there is not found, so the shell stands where the other one went.
        (
            [("cd lib && ls", "a.py"), ("ls sub/", "ls: cannot access 'sub/': No such file or directory")],
            "mkdir -p sub\ncat > sub/known.py <<'X'\nx = 2\nX",
            ["lib/sub/known.py"],
        ),
        (
            [("cd lib && ls", "a.py"), ("ls subs/", "ls: cannot access 'subs/': No such file or directory")],
            "cat > sub/known.py <<'X'\nx = 2\nX",
            ["sub/known.py"],
        ),
        (
            [
                ("cd lib && ls", "a.py"),
                ("ls sub/", "ls: cannot access 'sub/': No such file or directory"),
                (f"cd {CWD} && ls", "sub"),
            ],
            "cat > sub/known.py <<'X'\nx = 2\nX",
            ["sub/known.py"],
        ),
    ],
)
def test_where_a_sub_agent_writes(
    tmp_path: Path, before: list[tuple[str, str]], then: str, told: list[str]
) -> None:
    """Sub-agents may share a shell whose directory the record does not give: what may be elsewhere is not told."""
    lines = Lines()
    lines.user("Build the parser.")
    lines.tool("Read", {"file_path": f"{CWD}/sub/known.py"}, "x = 1")
    for command, output in before:
        lines.copied("Bash", {"command": command}, output)
    lines.copied("Bash", {"command": then}, "")
    lines.say("Done.")
    files = distill(lines.save(tmp_path), machine="m").files
    assert [*files.created, *files.modified, *files.renamed] == told


@pytest.mark.parametrize(
    ("source", "visited"),
    [
        ("git worktree add -q /tmp/old main && cd /tmp/old && pytest", True),
        ("git worktree add -b mend /tmp/old main && cd /tmp/old && pytest", False),  # to work there
        ("git worktree add /tmp/old && cd /tmp/old && pytest", False),
        ("git worktree add /tmp/old main && pytest", False),
        ("git checkout HEAD~1 && pytest", True),
        ("git checkout main && pytest", False),
    ],
)
def test_a_look_at_another_commit(source: str, visited: bool) -> None:
    """What is checked out beside the work, only to compare with it, does not say how the work stands."""
    commands = split(source)
    assert visits(commands, len(commands) - 1) is visited


def test_a_check_of_another_commit_is_aside_though_it_is_the_first(tmp_path: Path) -> None:
    """Whichever way the place of that work tree is written."""
    for line in (
        "git worktree add /tmp/o 1a2b3c4 && cd /tmp/o",
        "W=/tmp/o; git worktree add $W 1a2b3c4 && cd $W",
    ):
        lines = Lines()
        lines.edit(f"{CWD}/lamps.py")
        lines.bash(f"{line} && pytest", "HEAD is now at 1a2b3c4 lamps\n5 passed in 0.10s")
        assert lines.distilled(tmp_path).state != "validated"


@pytest.mark.parametrize(
    ("source", "blind"),
    [
        ("cp -r /mnt/new/src .", True),
        ("rsync -a ../lib/src/ src/", True),
        ("cp -R ~/parts lib", True),
        ("rsync -an ../lib/src/ src/", False),  # only shows
        ("cp -r src /mnt/kept", False),
        ("cp -r ../lib/out dist/lib", False),  # a product
        ("cp -r src/a src/b", False),
        ("rsync -a src/ host:src/", False),
        ("cd /mnt && cp -r /mnt/new .", False),
        ("cp ../lib/a.py a.py", False),  # a file that is named
    ],
)
def test_a_folder_brought_from_elsewhere(source: str, blind: bool) -> None:
    """Which files it holds, nobody knows."""
    assert edits_blindly(source) is blind
