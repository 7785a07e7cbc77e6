"""All commits of a session stand on its page, many of them cut short, before what else was done."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import body
from tests.distill.lines import Lines

SUBJECT = "parse durations of kind {0} with all of their fractions and signs, too"


def _commits(lines: Lines, tmp_path: Path) -> str:
    page = body(distill(lines.save(tmp_path), machine="laptop").to_markdown())
    return page.partition("## Commits, newest first\n- ")[2].partition("\n## ")[0]


def test_all_own_commits_are_told_before_other_deeds(tmp_path: Path) -> None:
    """Todos ticked off take no room from them."""
    lines = Lines()
    lines.user("Build the parser in many small steps")
    for number in range(8):
        lines.tool("TaskCreate", {"subject": f"Step {number}"}, f"Task #{number} created")
        lines.edit(f"/home/dev/app/part{number}.py")
        told = f"[main 123456{number}] {SUBJECT.format(number)}\n 1 file changed, 1 insertion(+)"
        lines.bash(f"git commit -am '{SUBJECT.format(number)}'", told)
        lines.tool("TaskUpdate", {"taskId": str(number), "status": "completed"})
    lines.say("All parts are there.")
    done = [each for line in _commits(lines, tmp_path).split("\n- ") for each in line.split("; ")]
    assert [each[:7] for each in done[:8]] == [f"123456{number}" for number in range(7, -1, -1)]
    assert all("parse durations of kind" in each for each in done[:8])


def test_subjects_of_some_commits_are_told_whole_but_for_what_git_wrote(tmp_path: Path) -> None:
    """Their ends say what it is about; of nine each loses its own."""
    lines, merge = Lines(), "Merge branch 'dependabot/npm_and_yarn/parser-with-fractions-1.2.3' into main"
    lines.user("Build the parser in many small steps")
    for number in range(1, 6):
        lines.bash(
            f"git commit -am '{SUBJECT.format(number)}'", f"[main 123456{number}] {SUBJECT.format(number)}"
        )
    lines.bash(f"git commit -m {merge!r}", f"[main 1234560] {merge}")
    told = _commits(lines, tmp_path)
    assert told.count("fractions and signs, too") == 5
    assert "Merge branch" in told
    assert "1.2.3" not in told
    for number in range(6, 9):
        lines.bash(
            f"git commit -am '{SUBJECT.format(number)}'", f"[main 123456{number}] {SUBJECT.format(number)}"
        )
    assert "signs, too" not in _commits(lines, tmp_path)


def test_a_switch_in_a_message_is_none(tmp_path: Path) -> None:
    """A commit about `--dry-run` or `--amend` is one like any other."""
    lines = Lines()
    lines.user("Add the switches")
    for at, what in enumerate(("cli: --dry-run", "cli: --amend takes the last one")):
        lines.edit("/home/dev/app/cli.py")
        log = f"123456{at} {what}\n0aaaaaa before"
        lines.bash(f"git commit -qam '{what}' && git log --oneline | head -2", log)
    told = _commits(lines, tmp_path)
    assert told.startswith("1234561 cli: --amend takes the last one (L8); 1234560 cli: --dry-run (L4)")


def test_an_amend_replaces_the_commit_that_nobody_saw(tmp_path: Path) -> None:
    """The commit before that one stays."""
    lines = Lines()
    lines.user("Build the ring")
    lines.edit("/home/dev/app/ring.py")
    lines.bash("git commit -am 'a deque'", "[main 1234560] a deque")
    lines.edit("/home/dev/app/ring.py")
    lines.bash("git commit -qam 'iterate, and a timing'")
    lines.bash(
        "git commit -q --amend -m iterate && git show --stat --oneline HEAD",
        "1234562 iterate\n ring.py | 2 +",
    )
    told = _commits(lines, tmp_path)
    assert "1234562 iterate" in told
    assert "1234560 a deque" in told


def test_a_quiet_amend_changes_the_last_commit_alone(tmp_path: Path) -> None:
    """With one nobody saw before it, it is this one; the id that was seen stays as it is."""
    lines = Lines()
    lines.user("Build the ring")
    lines.edit("/home/dev/app/ring.py")
    lines.bash("git commit -am 'a deque'", "[main 1234560] a deque")
    lines.edit("/home/dev/app/ring.py")
    lines.bash("git commit -qam iterate")
    lines.bash("git commit -qa --amend --no-edit")
    assert "until a rewrite" not in _commits(lines, tmp_path)
    lines.bash("git log --oneline", "1234562 iterate\n1234560 a deque\n0aaaaaa before")
    told = _commits(lines, tmp_path)
    assert told.startswith("1234562 iterate")
    assert "by a log" not in told
    assert "before" not in told


def test_rebased_commits_stand_in_the_order_of_the_log(tmp_path: Path) -> None:
    """One that only a later log shows under its new id is older than the commit made since."""
    lines = Lines()
    lines.user("Guard the clamp")
    lines.edit("/home/dev/app/clamp.py")
    lines.bash("git commit -am guard", "[main 1234560] guard")
    lines.bash("git rebase origin/main", "Successfully rebased and updated refs/heads/main.")
    lines.edit("/home/dev/app/pad.py")
    lines.bash("git commit -qam pad && git log --oneline -3", "1234562 pad\n1234561 guard\n0aaaaaa before")
    assert _commits(lines, tmp_path).startswith("1234562 pad; 1234561 guard (L10)")


def test_commits_whose_ids_a_later_log_shows_are_the_sessions_own(tmp_path: Path) -> None:
    """They stand below the new one, in their order; what stood there before them is not of the session."""
    lines = Lines()
    lines.user("Build the parser in many small steps")
    lines.bash("git log --oneline -1", "1234560 Begin")
    for name in ("first", "second"):
        lines.edit(f"/home/dev/app/{name}.py")
        lines.bash(f"git commit -qam '{name} step' && git push -q")
    lines.edit("/home/dev/app/third.py")
    log = "1234563 third step\n1234562 second step\n1234561 first step\n1234560 Begin"
    lines.bash("git commit -qam 'third step' && git log --oneline -4", log)
    lines.say("All parts are there.")
    told = _commits(lines, tmp_path)
    assert told.startswith("1234563 third step; 1234562 second step; 1234561 first step")
    assert "1234560" not in told
    assert "by no call here" not in told
    assert "1 commit after the last push" in lines.page(tmp_path)


def test_a_commit_of_another_branch_is_not_taken_for_one_whose_id_was_not_shown(tmp_path: Path) -> None:
    """What stands below a new commit has another subject then."""
    lines = Lines()
    lines.user("Build the parser in many small steps")
    lines.edit("/home/dev/app/first.py")
    lines.bash("git commit -qam 'first step'")
    lines.bash("git checkout -q other")
    lines.edit("/home/dev/app/second.py")
    lines.bash("git commit -qam 'second step' && git log --oneline -2", "1234562 second step\n1234560 Begin")
    lines.say("Both are there.")
    assert "1234560" not in _commits(lines, tmp_path).partition("second step")[0]
    assert "1234560 Begin (L" not in _commits(lines, tmp_path)


@pytest.mark.parametrize(
    ("shows", "output", "told"),
    [
        ("git show --stat --format=%h HEAD", "c8458d3\n\n a.py | 2 +-", True),
        ("git show -s", "commit c8458d3\nAuthor: A <a@b>\n\n    mend the parser", True),
        ("git rev-parse --short HEAD", "c8458d3", True),
        ("git log -1 --format=%h", "c8458d3", True),
        ("git show --format=%h HEAD~1", "c8458d3", False),
        ("git show HEAD:ids.txt", "c8458d3 of another", False),
        ("git switch -q old && git rev-parse --short HEAD", "c8458d3", False),
    ],
)
def test_the_id_of_a_quiet_commit_is_the_one_shown_behind_it(
    tmp_path: Path, shows: str, output: str, told: bool
) -> None:
    """Where nothing but HEAD is shown, by any of git's ways; what HEAD went to after it is another one."""
    lines = Lines()
    lines.edit("/home/dev/app/a.py")
    lines.bash(f"git commit -qam 'mend the parser' && {shows}", output)
    assert lines.distilled(tmp_path).commits == (("c8458d3 mend the parser",) if told else ())


def test_an_id_alone_that_is_shown_later_counts_no_commit(tmp_path: Path) -> None:
    """The commit stays one whose id was not shown, until a log has its subject."""
    lines = Lines()
    lines.edit("/home/dev/app/a.py")
    line = lines.bash("git commit -qam 'mend the parser'")
    lines.bash("git rev-parse --short HEAD", "c8458d3")
    told = "".join(lines.distilled(tmp_path).uncertainties)
    assert f"a commit was called, “mend the parser”, its id not shown (L{line})" in told
    assert "0 commits" not in told
    lines.bash("git log --oneline -2", "c8458d3 mend the parser\nabc1234 begin")
    assert lines.distilled(tmp_path).commits == ("c8458d3 mend the parser",)
