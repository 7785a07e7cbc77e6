"""Which files a commit holds is told only where git's own count agrees."""

from pathlib import Path
from time import thread_time

import pytest

from spread.distill import distill
from spread.distill.carried import listed
from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.shell import effects, split
from spread.distillation import body
from spread.distillation_commits import HEADING, WORDS, files_of
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines
from tests.distill.test_git import ROOT

MADE = "[main aaaaaaa] x\n"
TWO = f"{MADE} 2 files changed, 9 insertions(+)"
DIFF = " a.py     | 2 +-\n src/b.py | 9 ++++\n 2 files changed, 10 insertions(+), 1 deletion(-)"


def held(*steps: tuple[str, str], changed: tuple[str, ...] = ("a.py", "src/b.py")) -> set[str]:
    """Return the files of the commit `aaaaaaa` when these were changed before the steps."""
    files = FileLedger()
    for path in changed:
        files.write(f"{ROOT}/{path}", 1, created=False)
    git = GitLedger(files)
    for line, (command, output) in enumerate(steps, 2):
        call = Call(line, "t", "Bash", {"command": command}, cwd=ROOT, ok=True, output=output)
        for effect, here in effects(split(command), ok=True):
            files.apply(effect, here or ROOT, line)
        git.add(call, split(command), ROOT)
    return {path.removeprefix(f"{ROOT}/") for path in git.index.holds.get("aaaaaaa", [])}


BOTH = {"a.py", "src/b.py"}


@pytest.mark.parametrize(
    ("steps", "files"),
    [
        ([("git add a.py src/b.py && git commit -m x", TWO)], BOTH),
        ([("git add a.py c.py", ""), ("git commit -m x", f"{MADE} 1 file changed")], {"a.py"}),
        ([("git add c.py d.py", ""), ("git commit -m x", f"{MADE} 1 file changed")], set()),
        ([("git add a.py", ""), ("git commit -m x", f"{MADE} 1 file changed")], {"a.py"}),
        ([("git commit -am x", TWO)], BOTH),
        ([("git add -A && git commit -m x", f"{MADE} 3 files changed")], set()),
        ([("git add src && git commit -m x", f"{MADE} 1 file changed")], {"src/b.py"}),
        # One of those named had no change: what a diff listed tells which.
        ([("git diff --stat", DIFF), ("git add a.py src/b.py c.py && git commit -m x", TWO)], BOTH),
        ([("git diff --stat src", DIFF), ("git add -A && git commit -m x", f"{MADE} 1 file changed")], set()),
        (
            [("git status --short", " M a.py\nA  d.py"), ("git add -A && git commit -m x", TWO)],
            {"a.py", "d.py"},
        ),
        # What was changed after it is not in the list.
        (
            [("git diff --stat", DIFF), ("sed -i s/a/b/ d.py", ""), ("git add -A && git commit -m x", TWO)],
            set(),
        ),
        # What is new is in no `commit -a`, and without any `add` somebody else staged what it holds.
        ([("git status -s", " M c.py\n?? d.py"), ("git commit -am x", f"{MADE} 1 file changed")], {"c.py"}),
        ([("touch n.py", ""), ("git commit -am x", f"{MADE} 3 files changed")], set()),
        ([("git commit -m x", TWO)], set()),
        # A merge tells no count, and holds more than was staged.
        ([("git merge dev", "CONFLICT (content)"), ("git add a.py && git commit -m x", MADE)], set()),
        ([("git commit -am x", f"{TWO}\n create mode 100644 new.py")], set()),
        ([("git commit -am x", MADE), ("git show --stat", f"commit aaaaaaa1\n\n    x\n\n{DIFF}")], BOTH),
        ([("git show --stat", f"commit aaaaaaa1\n\ncommit bbbbbbb1\n{DIFF}")], set()),
        ([("git commit --amend -am x", TWO)], set()),
    ],
)
def test_files_of_a_commit(steps: list[tuple[str, str]], files: set[str]) -> None:
    """By what was staged, else by what was listed, else by what was changed; nothing where these do not agree."""
    assert held(*steps) == files


def test_the_page_tells_them(tmp_path: Path) -> None:
    """Those with the same files together, after the lists that a session begins with."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/app/parse.py")
    lines.bash("git add app/parse.py && git commit -m one", "[main aaaaaaa] one\n 1 file changed")
    lines.edit(f"{CWD}/app/parse.py")
    lines.bash("git add app/parse.py && git commit -m two", "[main bbbbbbb] two\n 1 file changed")
    lines.edit(f"{CWD}/web/parse.py")
    lines.edit(f"{CWD}/app/parse.py")
    lines.bash("git commit -am three", "[main ccccccc] three\n 2 files changed")
    lines.say("It is mended.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    told = page.partition(f"## {HEADING}\n")[2].partition("\n")[0]
    assert told == "- ccccccc: app/parse.py, web/parse.py; bbbbbbb, aaaaaaa: app/parse.py"
    assert "in it:" not in page


def test_of_many_the_newest_are_told() -> None:
    """In few words; of one with too many files some, and how many more."""
    commits = [f"- {at:x}{'0' * 6} change {at} (L{at})" for at in range(30, 0, -1)]
    names = {item: [f"f{at}.py", f"g{at}.py"] for at, item in enumerate(commits)}
    told = files_of(commits, names)
    assert told[0].startswith("- 1e000000: f0.py, g0.py; 1d000000: f1.py, ")
    assert sum(len(line.split()) - 1 for line in told) <= WORDS
    many = files_of(commits[:1], {commits[0]: [f"f{at}.py" for at in range(60)]})
    assert many[0].endswith("f13.py and 46 more")


def test_blanks_take_no_time() -> None:
    """A line of them that leads to no count of changes is looked through once."""
    began = thread_time()
    assert listed(f" 1 file changed\n a{' ' * 40_000}b | 1") == [f"a{' ' * 40_000}b"]
    assert thread_time() - began < 0.5
