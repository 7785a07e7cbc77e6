"""Which changed files are in no commit, from what was staged and committed."""

import pytest

from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.shell import split
from spread.transcript_events import Call
from tests.distill.test_git import ROOT

A, B, C = f"{ROOT}/a.py", f"{ROOT}/src/b.py", "/srv/lib/c.py"
ADD_A, ADD_ALL = ("git add a.py", ""), ("git add -A", "")
COMMIT = ("git commit -m x", "[main aaaaaaa] x\n 1 file changed")
FAILED = ("git commit -m x", "error: pathspec did not match")


def left(
    *steps: tuple[str, str], changed: tuple[str, ...] = (A, B), late: str = "", since: int = 0
) -> set[str]:
    """Return what is left when all was changed on line 1, the steps run from line 2 on, and `late` changed last."""
    files = FileLedger()
    for path in changed:
        files.write(path, 1, created=False)
    git = GitLedger(files)
    for line, (command, output) in enumerate(steps, 2):
        call = Call(line, "t", "Bash", {"command": command}, cwd=ROOT, ok=True, output=output)
        git.add(call, split(command), ROOT)
    if late:
        files.write(late, len(steps) + 2, created=False)
    return {path.rpartition("/")[2] for path in git.left(since)}


def test_a_commit_of_named_files_leaves_the_others() -> None:
    """What `git add` did not name is in no commit; without any commit nothing is said."""
    assert left(ADD_A, COMMIT) == {"b.py"}
    assert left(ADD_A, ("git add src", ""), COMMIT) == set()
    assert left(("(cd src && ls); git add a.py", ""), COMMIT) == {
        "b.py"
    }  # what a subshell changes does not last
    assert left(ADD_A) == set()
    assert left(ADD_A, COMMIT, late=A) == {"a.py", "b.py"}


@pytest.mark.parametrize(
    "add",
    [
        "git add -A",
        "git add .",
        "git add -u",
        "git add --all",
        "git add *",
        "git add $FILES",
        "git add -p a.py",
        "git add :/",
        "cd $HERE && git add a.py",
        "(cd src && ls; cd $HERE; git add a.py)",
        "git stash",
    ],
)
def test_a_commit_of_everything_or_of_what_cannot_be_known_leaves_nothing(add: str) -> None:
    """Where names are not plain, or the directory is not, nothing is claimed to be left out."""
    assert left((add, ""), COMMIT) == set()


@pytest.mark.parametrize("commit", ["git commit -am x", "git commit --all -m x", "git commit -m x"])
def test_a_commit_without_names(commit: str) -> None:
    """All changes, or what somebody else had staged."""
    assert left((commit, COMMIT[1])) == set()


def test_paths_given_to_the_commit() -> None:
    """`git commit path` takes that path; the message is no path."""
    assert left(("git commit a.py -m src/b.py", COMMIT[1])) == {"b.py"}


def test_a_dot_takes_what_is_below_the_directory() -> None:
    """`git add .` elsewhere than at the top leaves what is outside."""
    assert left(("cd src && git add . && git commit -m x", COMMIT[1])) == {"a.py"}


def test_a_commit_that_counts_more_files_than_were_named() -> None:
    """Something else was staged, so nothing is certain."""
    assert left(ADD_A, ("git commit -m x", "[main aaaaaaa] x\n 3 files changed")) == set()


def test_a_commit_that_failed_took_nothing() -> None:
    """What was staged for it goes into the next one."""
    assert left(("git add src/b.py", ""), COMMIT, ADD_A, FAILED, changed=(A, B)) == {"a.py"}
    assert left(("git add src/b.py", ""), COMMIT, ADD_A, FAILED, COMMIT, changed=(A, B)) == set()


def test_each_work_tree_has_its_own_commits() -> None:
    """A commit in one tree says nothing of a file in another, which has none."""
    assert left(ADD_A, COMMIT, changed=(A, B, C)) == {"b.py"}
    other = ("cd /srv/lib && git add d.py && git commit -m y", "[main bbbbbbb] y\n 1 file changed")
    assert left(ADD_A, COMMIT, other, changed=(A, B, C)) == {"b.py", "c.py"}
    assert left(ADD_A, COMMIT, ("git -C /srv/lib commit -am y", "[main bbbbbbb] y"), changed=(A, C)) == set()


def test_what_a_status_listed_in_a_work_tree_without_a_commit() -> None:
    """While commits were made elsewhere, nothing else would tell that this one was not committed, then or since."""
    status = ("cd /srv/lib && git status --short", " M c.py")
    assert left(ADD_A, COMMIT, status, changed=(A, C)) == {"c.py"}
    assert left(status, changed=(A, C)) == set()
    assert (
        left(ADD_A, COMMIT, status, ("cd /srv/lib && git commit -am y", "[main bbbbbbb] y"), changed=(A, C))
        == set()
    )


@pytest.mark.parametrize(
    ("status", "output", "names"),
    [
        ("git status --short", "", set()),
        ("git status --short && git log --oneline | head -1", "aaaaaaa x", set()),
        ("git status --short && git log --oneline | head -1", "?? src/b.py\naaaaaaa x", {"b.py"}),
        ("git status --short && git log -1 --format=%s", "x", {"b.py"}),
        ("git status --short", " M src/b.py", {"b.py"}),
        ("git status --porcelain", "?? src/", {"b.py"}),
        ("git status", "On branch main\nnothing to commit, working tree clean", set()),
        ("git status", "On branch main\nChanges not staged for commit:\n\tmodified:   src/b.py\n", {"b.py"}),
        ("git status", "On branch main\nUntracked files:\n  (use x)\n\tz.py\n", set()),
        ("git status --short | head -1", "", {"b.py"}),
        ("git status --short other", "", {"b.py"}),
    ],
)
def test_a_whole_status_is_the_truth(status: str, output: str, names: set[str]) -> None:
    """What it lists is not committed, what it does not list is; a part of one denies nothing."""
    assert left(ADD_A, COMMIT, (status, output)) == names


def test_what_a_commit_says_that_it_made_is_in_it() -> None:
    """Another command may have staged that, as `git submodule add` does."""
    commit = ("git commit -m x", "[main aaaaaaa] x\n 2 files changed\n create mode 100644 src/b.py")
    assert left(("git add lib", ""), commit) == {"a.py"}


def test_a_listed_file_is_left_whatever_was_thought_before() -> None:
    """After a rebase nothing is certain, until a status lists the file."""
    rebase = ("git rebase main", "")
    assert left(ADD_A, COMMIT, rebase) == set()
    assert left(ADD_A, COMMIT, rebase, ("git status --short", " M src/b.py")) == {"b.py"}
    assert left(ADD_A, COMMIT, since=1) == set()
    assert left(ADD_A, COMMIT, ("git status --short", " M src/b.py"), since=3) == {"b.py"}


def test_an_ignored_file_is_no_loss() -> None:
    """What git refuses to add, as it is ignored, is not told as left out."""
    refused = "The following paths are ignored by one of your .gitignore files:\nsrc\nhint: Use -f"
    assert left(ADD_A, ("git add src/b.py", refused), COMMIT) == set()
    assert left(("git add src/b.py || true", refused), ADD_A, COMMIT) == set()


def test_what_the_user_says_he_committed() -> None:
    """A word of the user that he committed leaves nothing certain."""
    files = FileLedger()
    files.write(B, 1, created=False)
    git = GitLedger(files)
    for line, (command, output) in enumerate((ADD_A, COMMIT), 2):
        call = Call(line, "t", "Bash", {"command": command}, cwd=ROOT, ok=True, output=output)
        git.add(call, split(command), ROOT)
    git.told(5, "please commit it")
    assert list(git.left()) == [B]
    git.told(6, "I've just committed the rest")
    assert git.left() == {}


def test_a_path_of_endless_depth_is_looked_at_all_the_same() -> None:
    """A path with thousands of directories is judged like any other."""
    deep = f"{ROOT}/{'d/' * 5_000}x.py"
    assert left(ADD_A, COMMIT, changed=(A, deep)) == {"x.py"}
    assert left(ADD_ALL, COMMIT, changed=(A, deep)) == set()


STATUS = ("git status", "On branch main\nChanges not staged for commit:\n\tmodified:   a.py\n")
SEEN = "never added, in no status listed (ignored by git?)"
REFUSED = (
    "The following paths are ignored by one of your .gitignore files:\ndocs\nhint: Use -f if you really want"
)


@pytest.mark.parametrize(
    ("steps", "hidden"),
    [
        ([("git add docs/plan.md", REFUSED)], [(2, "ignored by git", [f"{ROOT}/docs"])]),
        ([("git add docs/plan.md", REFUSED), ("git add -f docs", "")], []),
        ([("git add docs/plan.md", REFUSED), ("git add -A", "")], [(2, "ignored by git", [f"{ROOT}/docs"])]),
        ([("git add other/x.md", REFUSED.replace("docs", "other"))], []),
        (
            [("git check-ignore -v docs/plan.md", ".gitignore:3:docs/\tdocs/plan.md\n")],
            [(2, "ignored by git", [f"{ROOT}/docs"])],
        ),
        (
            [("git check-ignore -v docs/plan.md", ".gitignore:3:*.md\tdocs/plan.md\n")],
            [(2, "ignored by git", [f"{ROOT}/docs/plan.md"])],
        ),
        ([("git check-ignore docs/plan.md || echo no", "no")], []),
        ([STATUS], [(2, SEEN, [f"{ROOT}/docs/plan.md"])]),
        ([("git add -A", ""), STATUS], []),
        ([("git add docs", ""), COMMIT, STATUS], []),
        ([("git stash", ""), STATUS], []),
        ([(STATUS[0], f"{STATUS[1]}Untracked files:\n\tdocs/\n")], []),
        ([("git status -- a.py", STATUS[1])], []),
    ],
)
def test_what_git_ignores(steps: list[tuple[str, str]], hidden: list[tuple[int, str, list[str]]]) -> None:
    """Git says so; or a new file that nobody added is missing in a status that lists all."""
    files = FileLedger()
    files.write(A, 1, created=False)
    files.write(f"{ROOT}/docs/plan.md", 1, created=True)
    git = GitLedger(files)
    for line, (command, output) in enumerate(steps, 2):
        call = Call(line, "t", "Bash", {"command": command}, cwd=ROOT, ok=True, output=output)
        git.add(call, split(command), ROOT)
    assert git.index.hidden(files.created) == hidden


@pytest.mark.parametrize(
    "status",
    [
        "On branch x\nChanges to be committed:\n\tmodified:   src/b.py\n\nUnmerged paths:\n\tboth modified:   a.py\n",
        "M  src/b.py\nUU a.py\n",
    ],
)
def test_what_a_status_lists_as_staged_goes_with_the_next_commit(status: str) -> None:
    """A merge stages what it brings; nobody adds that by name. What it lists as changed only stays out."""
    merged = ("git commit -m merge", "[main aaaaaaa] merge")
    assert left(("git status", status), ADD_A, merged) == set()
    unstaged = "On branch x\nChanges not staged for commit:\n\tmodified:   a.py\n\tmodified:   src/b.py\n"
    assert left(("git status", unstaged), ADD_A, merged) == {"b.py"}
