"""How repositories and pull requests stood when git and gh last told of them."""

import json
import re
from pathlib import Path

import pytest

from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.git_lines import at_lines, sent_by
from spread.distill.shell import split
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines
from tests.distill.test_git import ROOT, ran

COMMIT = ("git commit -m a", "[main aaaaaaa] a")
PUSH = ("git push", "To host:x.git\n   aaaaaaa..bbbbbbb  main -> main")


def told(*steps: tuple[str, str], last_change: int = 0) -> list[str]:
    git = ran(*steps)
    git.files.last_change = max(git.files.last_change, last_change)
    return [text for _, text in git.repos.told(ROOT, git.files)]


def test_a_push_is_told_with_what_it_sent() -> None:
    """Pushed, not pushed, and committed after the push are three different things."""
    assert told(COMMIT, PUSH) == ["repository, branch main: pushed (aaaaaaa..bbbbbbb)"]
    assert told(COMMIT) == [
        "repository, branch main: no push is seen; at least 1 commit here, the last aaaaaaa"
    ]
    assert told(COMMIT, PUSH, COMMIT, COMMIT) == [
        "repository, branch main: at least 2 commits after the last push seen (L2), the last aaaaaaa"
    ]


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("git push --dry-run origin main", "   aaaaaaa..bbbbbbb  main -> main"),
        ("git push -n", "   aaaaaaa..bbbbbbb  main -> main"),
        ("git push origin --delete lamps", " - [deleted]         lamps"),
        ("git push origin :refs/heads/lamps", " - [deleted]         lamps"),
        ("git push origin :refs/tags/lamps", " - [deleted]         lamps"),
        ("git push origin --delete v1.2.0", " - [deleted]         v1.2.0"),
    ],
)
def test_a_trial_and_a_deletion_push_nothing(command: str, printed: str) -> None:
    """What was committed before them is not on the remote for that; which branch went there is told."""
    of_tag = "tags/" in command or "v1" in command
    how = told(COMMIT, (command, f"To host:x.git\n{printed}"))
    assert how[0] == "repository, branch main: no push is seen; at least 1 commit here, the last aaaaaaa"
    assert how[1:] == (
        ["branches deleted here: lamps on the remote"] if "deleted" in printed and not of_tag else []
    )
    both = (
        "git push origin main :lamps",
        "To host:x.git\n - [deleted]   lamps\n   aaaaaaa..bbbbbbb  main -> main",
    )
    assert told(COMMIT, both)[0] == "repository, branch main: pushed (aaaaaaa..bbbbbbb)"


def test_a_push_of_another_branch_is_no_push_of_this_one() -> None:
    """Of several that went out at once the one that is checked out counts."""
    topic = "To host:x.git\n + aaaaaaa...bbbbbbb  topic -> topic (forced update)"
    switch = ("git switch main", "Switched to branch 'main'")
    on_topic = ("git commit -m a", "[topic aaaaaaa] a")
    assert told(on_topic, ("git push -f", topic), switch) == [
        "repository, branch main: pushed another branch (aaaaaaa...bbbbbbb topic -> topic)"
    ]
    both = f"To host:x.git\n   aaaaaaa..bbbbbbb  main -> main\n{topic.partition(chr(10))[2]}"
    assert told(COMMIT, ("git push --all", both)) == ["repository, branch main: pushed (aaaaaaa..bbbbbbb)"]


@pytest.mark.parametrize(
    ("printed", "how"),
    [
        ("fatal: The current branch main has no upstream branch.\nTo push the current branch", "failed"),
        ("error: src refspec mian does not match any\nerror: failed to push some refs to 'x'", "failed"),
        (
            "To host:x.git\n ! [rejected]   main -> main (fetch first)\nerror: failed to push some refs",
            "was refused",
        ),
        ("ssh: connect to host x port 22: Connection refused", "was refused"),
        ("check: no [rejected] lamp may stay", ""),
    ],
)
def test_a_push_that_sent_nothing_is_told_as_such(printed: str, how: str) -> None:
    """Whether another side turned it away or it failed before that; what only speaks of it says nothing."""
    git = GitLedger(ran(COMMIT).files)
    for line, (command, output, ok) in enumerate(((*COMMIT, True), ("git push", printed, False)), 1):
        call = Call(line, "t", "Bash", {"command": command}, cwd=ROOT, ok=ok, output=output)
        git.add(call, split(command), ROOT)
    state = git.repos.told(ROOT, git.files)[0][1]
    assert ("the last push" in state) == (how != "")
    assert how == "" or state.endswith(f"; the last push {how} (L2)")


def test_commits_that_a_log_shows_around_those_made_here_are_counted() -> None:
    """Above the first that was made here all are new, by whomever; not where HEAD went elsewhere in between."""
    above = ("git log --oneline -3", "bbbbbbb b\naaaaaaa a\n0000000 old")
    assert "at least 2 commits here" in told(COMMIT, above)[0]
    last = ("git commit -m c", "[main ccccccc] c")
    between = ("git log --oneline -4", "ccccccc c\nbbbbbbb b\naaaaaaa a\n0000000 old")
    assert "at least 3 commits here" in told(COMMIT, last, between)[0]
    assert "at least 2 commits here" in told(COMMIT, ("git pull", "Fast-forward"), last, between)[0]
    pulled = (COMMIT, ("git pull", "Fast-forward"), ("git commit -m d", "[main ddddddd] d"))
    amended = ("git commit --amend -m c", "[main ccccccc] c")
    assert "at least 2 commits here" in told(*pulled, amended, between)[0]


def test_amending_adds_no_commit() -> None:
    """An amended commit is the same one, not a second that waits to be pushed."""
    assert "1 commit here" in told(COMMIT, ("git commit --amend --no-edit", "[main ccccccc] a"))[0]


ONE, TWO = ("git commit -m one", "[main aaaaaaa] one"), ("git commit -m two", "[main bbbbbbb] two")
PRINTED = "[detached HEAD ccccccc] one\n 1 file changed\nSuccessfully rebased and updated refs/heads/main."


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([ONE, TWO, ("git rebase main", "Successfully rebased")], "at least 2 commits here"),
        ([ONE, TWO, ("git rebase main && true", PRINTED)], "at least 2 commits here"),
        ([ONE, TWO, ("git rebase -i main", PRINTED)], "at least 1 commit here"),
        ([ONE, TWO, ("git add . && git rebase --continue", PRINTED)], "at least 1 commit here"),
        ([("git rebase -i HEAD~2", PRINTED)], "at least 1 commit here"),
        ([ONE, PUSH, ONE, ("git rebase main", PRINTED)], "at least 1 commit after the last push"),
        (
            [
                ONE,
                PUSH,
                TWO,
                ("git rebase main", PRINTED),
                ("git log --oneline main..", "ddddddd two\nccccccc one"),
            ],
            "at least 1 commit after the last push",
        ),
        (
            [ONE, TWO, ("git rebase -i main", ""), ("git log --oneline -1", "ccccccc two")],
            "at least 1 commit here",
        ),
        (
            [ONE, TWO, ("git rebase -i main", ""), ("git log --oneline main..", "ddddddd two\nccccccc one")],
            "at least 2 commits here",
        ),
    ],
)
def test_a_rebase_adds_no_commit(steps: list[tuple[str, str]], said: str) -> None:
    """What it prints, or a log shows after it, was there before; an interactive one may leave one of several."""
    assert said in told(*steps)[0]


STOPPED = (
    "Rebasing (2/9)error: could not apply bbbbbbb... two\n\n[detached HEAD ccccccc] one\n 1 file changed\n"
    "CONFLICT (content): Merge conflict in src/days.py"
)
GOES_ON = "git add . && git rebase --continue"


def test_a_stopped_rebase_leaves_its_branch_as_it_was() -> None:
    """What it printed so far is on no branch; it is of the one that it comes back to, whose commits wait till then."""
    steps = [ONE, PUSH, (GOES_ON, STOPPED)]
    assert told(*steps)[0] == "repository, branch main: pushed (aaaaaaa..bbbbbbb)"
    assert ran(*steps).branch == "main"
    assert told(*steps, (GOES_ON, PRINTED))[0].startswith("repository, branch main: at least 1 commit after")
    assert told((GOES_ON, STOPPED))[0] == "repository: no push is seen"
    picked = ran(ONE, ("git cherry-pick bbbbbbb", "[detached HEAD ccccccc] one\n 1 file changed"))
    assert picked.branch == ""


def test_what_a_stopped_rebase_made_stands_once_it_is_brought_to_its_end() -> None:
    """Only the commits from before it are other ones then; given up, it leaves nothing of its own."""
    three = ("git commit -m three", "[main fffffff] three")
    end = "[detached HEAD ddddddd] two\n 1 file changed\nSuccessfully rebased and updated refs/heads/main."
    assert _stopped(three, (GOES_ON, end)) == [
        "three (fffffff until a rewrite, L5)",
        "ccccccc one",
        "ddddddd two",
    ]
    assert _stopped(("git rebase --abort", "")) == ["aaaaaaa one", "bbbbbbb two"]


def _stopped(*steps: tuple[str, str]) -> list[str]:
    """Return the commits that are told where a rebase stopped before the last of the steps."""
    git = GitLedger(FileLedger())
    stops = ("git rebase main", STOPPED)
    for line, (command, output) in enumerate([ONE, TWO, *steps[:-1], stops, steps[-1]], 1):
        given, ok = {"command": command}, output != STOPPED
        git.add(
            Call(id="", line=line, name="Bash", input=given, output=output, ok=ok, cwd=CWD),
            split(command),
            ROOT,
        )
    return [text for _, text in git.told_commits()]


def test_an_amend_is_of_the_commit_with_its_subject() -> None:
    """After a rebase the commit printed last need not be the last one."""
    amend = ("git commit --amend --no-edit", "[main ddddddd] two")
    assert ran(ONE, TWO, ("git rebase main", PRINTED), amend).commits == [
        (3, "ccccccc", "one"),
        (4, "ddddddd", "two"),
    ]


def test_a_commit_that_a_rebase_prints_takes_the_place_of_the_old_one() -> None:
    """It is told once, under its new id."""
    assert ran(ONE, TWO, ("git rebase main", PRINTED)).commits == [
        (2, "bbbbbbb", "two"),
        (3, "ccccccc", "one"),
    ]


@pytest.mark.parametrize(
    ("output", "stands"),
    [
        ("On branch x\nYour branch is ahead of 'origin/x' by 3 commits.", "ahead of origin/x by 3 commits"),
        ("## main...origin/main [ahead 2, behind 1]", "ahead 2, behind 1 (origin/main)"),
        ("## main...origin/main", "up to date (origin/main)"),
        ("On branch x\nYour branch is up to date with 'origin/main'.", "up to date with origin/main"),
        (
            "have diverged,\nand have 3 and 2 different commits each",
            "3 ahead and 2 behind its upstream",
        ),
    ],
)
def test_a_status_tells_how_the_branch_stands(output: str, stands: str) -> None:
    """Ahead, behind, apart and even, in git's long and short words."""
    (line,) = told(("git status", output))
    assert line.endswith(f": {stands} by a status (L1)")


def test_a_status_tells_the_branch() -> None:
    """Also where nothing was committed, and not where there is none."""
    for output in ("On branch fix/x\nnothing to commit", "## fix/x...origin/fix/x", "## fix/x"):
        git = ran(("git status", output))
        assert [it.branch for it in git.repos.places.values()] == ["fix/x"]
    git = ran(("git status -sb", "## HEAD (no branch)"))
    assert [it.branch for it in git.repos.places.values()] == [""]


def test_a_body_that_is_older_than_a_commit_is_told() -> None:
    """Where it was written again before, which is told: who keeps it up wants to know."""
    opened = ("gh pr create --draft --title t --body b", "https://host.example/o/r/pull/11")
    first = told(COMMIT, PUSH, opened)[-1]
    assert first == "pull request #11 when last seen: opened as a draft"
    assert told(COMMIT, PUSH, opened, COMMIT)[-1] == first
    edit = ("gh pr edit 11 --body c", "https://host.example/o/r/pull/11")
    assert told(COMMIT, PUSH, opened, COMMIT, edit)[-1] == f"{first}; written later: body (L5)"
    old = f"{first}; written later: body (L4); its text (L4) is older than the last commit"
    assert told(COMMIT, PUSH, opened, edit, COMMIT)[-1] == old


def test_boxes_that_a_body_leaves_unticked_are_told() -> None:
    """Those of the text as it was written last; none where that is not in the command, or once it is merged."""
    url = "https://host.example/o/r/pull/11"
    body = "- [x] unit tests\n- [ ] log in by hand\n- [ ] look at the page"
    opened = (f"gh pr create --base dev --title t --body '{body}'", url)
    first = "pull request #11 when last seen: opened into dev"
    left = "; unticked in its text: 2 of 3, “log in by hand” first (L3)"
    assert told(COMMIT, PUSH, opened)[-1] == first + left
    titled = ("gh pr edit 11 --title u", url)
    assert told(COMMIT, PUSH, opened, titled)[-1] == f"{first}; written later: title (L4){left}"
    again = ("gh pr edit 11 --body '- [ ] look'", url)
    told_again = f"{first}; written later: body (L4); unticked in its text: 1 of 1, “look” (L4)"
    assert told(COMMIT, PUSH, opened, again)[-1] == told_again
    from_file = ("gh pr edit 11 --body-file b.md", url)
    assert "unticked" not in told(COMMIT, PUSH, opened, from_file)[-1]
    assert "unticked" not in told(COMMIT, PUSH, opened, ("gh pr merge 11", ""))[-1]


def test_title_that_is_given_again_is_not_told_as_written_anew() -> None:
    """Only a title that differs is."""
    opened = ("gh pr create --title 'a b' --body b", "https://host.example/o/r/pull/11")
    first = "pull request #11 when last seen: opened"
    for title, said in (("'a b'", "body (L4)"), ("'a c'", "title (L4), body (L4)")):
        edit = (f"gh pr edit 11 --title {title} --body=c", "https://host.example/o/r/pull/11")
        assert told(COMMIT, PUSH, opened, edit)[-1] == f"{first}; written later: {said}"


@pytest.mark.parametrize("how", ["pass", "fail", "pending"])
def test_checks_of_what_was_pushed_over_are_told_as_such(how: str) -> None:
    """They say nothing of what is there now: who goes on would mend what is mended, or trust what nobody checked."""
    opened = ("gh pr create --title a --body b", "https://host.example/o/r/pull/11")
    before = (COMMIT, PUSH, opened, ("gh pr checks 11", f"build\t{how}\t1m\thttps://host.example/1"))
    assert "before the last push" not in told(*before)[-1]
    git = ran(*before, PUSH)
    assert ", before the last push (L5)" in git.repos.told(ROOT, git.files)[-1][1]
    assert git.repos.only_open() == "11"
    git.repos.said(9, "I merged it, thanks.")
    assert (git.repos.requests["11"][1], git.repos.only_open()) == ("merged, by the user's words", "")


def test_branches_that_were_deleted_are_told() -> None:
    """All that one command took away stand there; so does one that went before a command behind it failed."""
    gone = (
        "git branch -D backup/a backup/b",
        "Deleted branch backup/a (was aaaaaaa).\nDeleted branch backup/b (was bb).",
    )
    assert told(COMMIT, gone)[-1] == "branches deleted here: backup/a, backup/b"
    half = (
        "git branch -D lamp && git checkout -b lamps",
        "fatal: a branch named 'lamps' already exists\nDeleted branch lamp (was aaaaaaa).",
    )
    assert told(half)[-1] == "branches deleted here: lamp"


def test_a_status_tells_what_is_not_committed() -> None:
    """Only the last status counts, and only when nothing was committed after it; edits leave what is of others."""
    status = ("git status --short", " M a.py\n?? b.py")
    assert told(COMMIT, status)[0].endswith(
        "not committed, and no edit of it recognised (a script or somebody else): a.py; untracked: ./b.py"
    )
    assert "not committed" not in told(status, COMMIT)[0]
    stale = told(COMMIT, status, last_change=9)[0]
    stays = "not committed by a status (L2), no edit of it recognised: a.py; "
    assert stale.endswith(f"the last aaaaaaa; {stays}untracked by a status (L2), not added since: ./b.py")
    git = ran(COMMIT, status)
    git.files.last_change = git.files.moved = 9  # another branch, or what was put aside
    assert git.repos.told(ROOT, git.files)[0][1].endswith(stale.replace(stays, ""))
    listed = "Untracked files:\n  (use git add)\n\tc.py\n\td.py\n"
    assert told(COMMIT, ("git status", listed))[0].endswith("untracked: ./c.py, ./d.py")


def test_a_status_right_after_the_commit_counts() -> None:
    """What one call looked at behind its commit is how the tree stands after that; before it, what was committed."""
    both = "[main aaaaaaa] a\n 1 file changed\nOn branch main\nChanges not staged for commit:\n\tmodified:   b.py\n"
    assert ", and no edit of it recognised (" in told(("git commit -m a && git status", both))[0]
    assert "not committed" not in told(("git status && git commit -m a", both))[0]


def test_an_untracked_file_at_the_top_is_told_as_such() -> None:
    """It may have the name of another file further down; where the status ran elsewhere, nobody knows its place."""
    git = ran(("git status --short", "?? plan.md\n?? docs/plan.md\n?? out/"), COMMIT)
    assert git.repos.told(ROOT, git.files)[0][1].endswith("not added since: ./plan.md, docs/plan.md, ./out")
    elsewhere = ran(("cd docs && git status --short", "?? plan.md"), COMMIT)
    assert elsewhere.repos.told(ROOT, elsewhere.files)[0][1].endswith("not added since: plan.md")


@pytest.mark.parametrize(
    "added",
    ["git add b.py", "git add -A", "git add .", "git add docs ./b.py", "git add *.py", "git add ./?.py"],
)
def test_what_is_untracked_stays_so_until_it_is_added(added: str) -> None:
    """A stray file that nobody staged is told after later commits, too; one that was added or deleted is not."""
    status = ("git status --short", "?? b.py\n?? docs/")
    left = told(status, COMMIT)[0]
    assert left.endswith("untracked by a status (L1), not added since: ./b.py, ./docs")
    assert "b.py" not in told(status, (added, ""), COMMIT)[0]
    git = ran(status, COMMIT)
    git.files.delete(f"{ROOT}/b.py", 3)
    assert "b.py" not in git.repos.told(ROOT, git.files)[0][1]


def test_changes_of_the_session_are_told_from_others() -> None:
    """A successor must not commit what was changed before or by somebody else for the work of this session."""
    git = ran(("git status", ""), ("git status --short", " M src/a.py\n M notes.md"))
    git.files.modified[f"{ROOT}/src/a.py"] = 0
    told_of = git.repos.told(ROOT, git.files)[0][1]
    assert (
        "2 modified files not committed, 1 of them with no edit recognised (a script or somebody else): notes.md; "
        "not committed: src/a.py" in told_of
    )


def test_each_work_tree_is_told_apart() -> None:
    """A commit in another tree has its own branch; one in a folder of a known tree has not."""
    other = ("cd /srv/x && git commit -m b", "[topic bbbbbbb] b")
    inside = ("cd /srv/x/sub && git commit -m c", "[topic ccccccc] c")
    assert told(COMMIT, other, inside) == [
        "repository, branch main: no push is seen; at least 1 commit here, the last aaaaaaa",
        "repository, branch topic in /srv/x: no push is seen; at least 2 commits here, the last ccccccc",
    ]


@pytest.mark.parametrize(
    ("command", "output", "state"),
    [
        ("gh pr create --fill", "https://host/o/r/pull/7", "#7 when last seen: opened"),
        ("gh pr create --draft --fill", "https://host/o/r/pull/7", "#7 when last seen: opened as a draft"),
        ("gh pr merge 7 --squash", "", "#7 when last seen: merged"),
        ("gh pr merge 7 --auto", "", "#7 when last seen: set to merge when its checks pass"),
        ("gh pr view 7 --json state", '{"state":"MERGED"}', "#7 when last seen: merged"),
        ("gh pr view", "number:\t7\nstate:\tOPEN", "#7 when last seen: open"),
        ("gh pr view 7 --json mergedAt", '{"mergedAt":"2026-01-02T03:04:05Z"}', "#7 when last seen: merged"),
        (
            "gh pr checks 7",
            "Lint\tfail\t1s\tx\nTest\tpass\t2s\ty",
            "#7 when last seen: 1 of 2 checks failed: Lint",
        ),
        ("gh pr checks", "Test\tpass\t2s\ty", "of this branch when last seen: all 1 checks passed"),
    ],
)
def test_pull_requests(command: str, output: str, state: str) -> None:
    """What gh did to a pull request or said of it last is its state as far as known."""
    assert told((command, output)) == [f"pull request {state}"]


def test_what_a_fetch_brought_is_no_push() -> None:
    """Only what follows the line of the receiving repository was sent."""
    assert sent_by("From h:x\n   aaaaaaa..bbbbbbb  main -> origin/main") == ""
    assert sent_by("To h:x\n * [new branch]      t -> t") == "[new branch] t -> t"


OPENED = ("gh pr create --fill", "https://host/o/r/pull/7")
CHECKED = ("gh pr checks 7 --repo o/r", "Test\tpass\t2s\ty")


def _request(*steps: tuple[str, str]) -> str:
    return told(*steps)[-1].removeprefix("pull request #7 when last seen: ")


@pytest.mark.parametrize(
    ("command", "output", "state"),
    [
        ("gh pr list --json number", '[{"number":12}]', "no longer among the open ones"),
        ("gh pr list", "12\tTitle\tbranch\tOPEN\t2026", "no longer among the open ones"),
        ("gh pr list", "no open pull requests in o/r", "no longer among the open ones"),
        ("gh pr list", "7\tTitle\tbranch\tDRAFT\t2026", "open, a draft"),
        ("gh pr list --state all", "7\tTitle\tbranch\tMERGED\t2026", "merged"),
        ("gh pr list --state all --json number,state", '[{"number":7,"state":"CLOSED"}]', "closed"),
        ("gh pr list --author me", "12\tTitle\tbranch\tOPEN\t2026", "opened"),
        ("gh pr list --repo o/other", "12\tTitle\tbranch\tOPEN\t2026", "opened"),
        ("gh pr list --state=closed", "12\tTitle\tbranch\tCLOSED\t2026", "opened"),
        ("gh pr list --state merged", "12\tTitle\tbranch\tMERGED\t2026", "opened"),
        ("gh pr list; ls", "12\tTitle\tbranch\tOPEN\t2026\na.py", "opened"),
        ("gh pr list --json number", json.dumps([{"number": at} for at in range(10, 40)]), "opened"),
        ("gh pr list", "", "opened"),
        ("git log", "abc Merge pull request #7 from o/x", "merged, by git's log"),
        ("git log", "abc Merge pull request #8 from o/x", "opened"),
    ],
)
def test_a_later_list_tells_how_a_request_stands(command: str, output: str, state: str) -> None:
    """A list counts for the requests it names, a whole one of the open ones for those it lacks."""
    assert _request(OPENED, (command, output)) == state


def test_a_pull_request_of_another_repository_is_told_with_it() -> None:
    """Its number alone would be taken for one of this repository; nor are its checks those of a push here."""
    seen = '{"state":"OPEN"}'
    other, own = (f"gh pr view {at} --repo o/{name} --json state" for at, name in ((7, "lamps"), (8, "x")))
    checked = ("gh pr checks 7 --repo o/lamps", CHECKED[1])
    assert told((other, seen), (own, seen), PUSH)[-2:] == [
        "pull request o/lamps#7 when last seen: open",
        "pull request #8 when last seen: open",
    ]
    assert told(checked, PUSH)[-1] == "pull request o/lamps#7 when last seen: all 1 checks passed"


def test_lists_of_the_same_repository() -> None:
    """The repository that gh was given is the same for both, or nothing follows."""
    rows = "12\tTitle\tbranch\tOPEN\t2026"
    assert _request(CHECKED, ("gh pr list --repo o/r", rows)).endswith(
        "r#7 when last seen: no longer among the open ones; before that all 1 checks passed (L1)"
    )
    assert _request(CHECKED, ("gh pr list", rows)).endswith(": all 1 checks passed")


def test_what_is_merged_stays_merged() -> None:
    """Checks looked at afterwards do not hide that a request is merged."""
    assert _request(OPENED, ("gh pr merge 7", ""), ("gh pr checks 7", CHECKED[1])) == "merged"


@pytest.mark.parametrize(
    ("said", "merged"),
    [
        ("I merged the PR, go on", True),
        ("PR 7 is merged now.", True),
        ("#7 was merged", True),
        ("it's merged", True),
        ("just merged #7", True),
        ("merged, now watch the rollout", True),
        ("ok merged. go on", True),
        ("gemerged, weiter", True),
        ("merged?", False),
        ("merged main into it", False),
        ("is it merged?", False),
        ("PR 8 is merged", False),
        ("once it is merged, go on", False),
        ("it is not merged", False),
        ("I merged main into it", False),
    ],
)
def test_the_user_tells_that_a_request_is_merged(said: str, merged: bool) -> None:
    """His word counts for the request he names, or for the only one."""
    git = ran(OPENED)
    git.told(5, said)
    state = "merged, by the user's words" if merged else "opened"
    assert git.repos.requests["7"][1] == state


@pytest.mark.parametrize(
    "output", ["", "To a", "x\nTo a\n\nTo b\nTo \n To c\nto d\nTo e f\nTo g", "\nTo a\r\nTo b"]
)
def test_lines_are_matched_where_they_begin(output: str) -> None:
    """To match at such lines only finds what a search through all finds."""
    pattern = re.compile(r"(?m)^To \S+$")
    found = [found.span() for found in at_lines(pattern, output, "To ")]
    assert found == [found.span() for found in pattern.finditer(output)]


def test_a_merge_makes_a_status_before_it_old() -> None:
    """It made a commit of its own, unless it only moved the branch forward; a status after it tells anew."""
    status = ("git status", "On branch new\nYour branch is up to date with 'origin/new'.")
    merge = ("git merge origin/main", "Merge made by the 'ort' strategy.\n a.py | 2 ++")
    even = "repository, branch new: up to date with origin/new by a status"
    old = "up to date with origin/new by a status (L1, before a merge)"
    assert told(status, merge) == [
        f"repository, branch new: no push is seen; a merge made a commit (L2); {old}"
    ]
    assert "commit" in ran(status, merge).done
    assert told(status, merge, status) == [f"{even} (L3)"]
    forward = ("git pull", "Updating aaaaaaa..bbbbbbb\nFast-forward\n b.py | 2 ++")
    assert told(status, forward) == [f"{even} (L1, before a pull)"]
    assert not ran(status, forward).done
    pushed = "repository, branch new: pushed another branch (aaaaaaa..bbbbbbb main -> main)"
    assert told(PUSH, status, merge)[0].startswith(f"{pushed}; a merge made a commit since (L3)")
    assert "a merge made" not in told(status, merge, ("git reset --hard HEAD~1", "HEAD is now at aaaaaaa"))[0]


def test_a_commit_whose_id_was_not_shown_makes_a_status_before_it_old() -> None:
    """A wrapper may print no id; where it says that it failed there is no commit."""
    status = ("git status", "## main...origin/main [ahead 2]")
    done = ("git commit -q -m x", "ok, 2 files changed")
    assert told(status, done) == [
        "repository, branch main: no push is seen; a commit was called, “x”, its id not shown (L2); "
        "ahead 2 (origin/main) by a status (L1, before the last commit)"
    ]
    failed = ("git commit -q -m x", "ok, 2 files changed\nFAILED: git commit")
    assert told(status, failed) == told(status)
    log = ("git log --oneline -1", "aaaaaaa x")
    assert told(status, done, log)[0].startswith(
        "repository, branch main: no push is seen; at least 1 commit here"
    )


def test_a_branch_that_was_made_and_not_switched_to_is_told_while_it_is_there() -> None:
    """A copy put aside before a rewrite is what a successor goes back to."""
    kept = ("git branch -f backup/a HEAD && git log --oneline -1", "aaaaaaa one")
    said = "branches made here beside it: backup/a (L2)"
    assert told(COMMIT, kept)[-1] == said
    listed = ("git branch --list 'backup/*'; git branch -v; git branch", "  backup/a")
    assert told(COMMIT, kept, listed)[-1] == said
    for away in (
        ("git branch -q -D backup/a", ""),
        ("git checkout backup/a", "Switched to branch 'backup/a'"),
    ):
        assert "beside it" not in " ".join(told(COMMIT, kept, away))
    renamed = ("git branch -m backup/a backup/b", "")
    assert told(COMMIT, kept, renamed)[-1] == "branches made here beside it: backup/b (L3)"
    for none in ("git branch $NAME", "git branch --contains HEAD", "git branch -r"):
        assert "beside it" not in " ".join(told(COMMIT, (none, "")))


def test_a_request_is_merged_though_its_branch_stays() -> None:
    """Where the branch is checked out in another work tree gh fails to delete it, after the merge."""
    git = ran(("gh pr create --fill", "https://host.example/a/b/pull/7"))
    merged = "✓ Squashed and merged pull request a/b#7 (lamps)\nfailed to delete local branch lamps"
    merge = Call(2, "t", "Bash", {"command": "gh pr merge 7 --squash -d"}, cwd=ROOT, ok=False, output=merged)
    git.add(merge, split("gh pr merge 7 --squash -d"), ROOT)
    assert [text for _, text in git.repos.told(ROOT, git.files)] == ["pull request #7 when last seen: merged"]


def test_a_branch_that_was_moved_is_not_told_as_made() -> None:
    """With force `git branch` may only set one that was there to another commit."""
    moved = ("git branch -f main origin/main", "branch 'main' set up to track 'origin/main'.")
    assert not ran(moved).repos.aside
    assert ran(("git branch lamps", "")).repos.aside == {"lamps": 1}


def test_a_work_tree_that_is_gone() -> None:
    """Its branch may be merged: who goes on finds nothing there."""
    commit = ("git -C ../lamps commit -m a", "[lamps aaaaaaa] a")
    remove = ("git worktree remove ../lamps", "")
    gone = "; this work tree was removed since (L2)"
    assert told(commit, remove)[0].endswith(gone)
    assert not told(commit, remove, ("git worktree add ../lamps lamps", ""))[0].endswith(gone)


BOTH = "On branch release\nChanges not staged for commit:\n\tmodified:   src/b.py\n\nDropped it\n M src/b.py"


def test_a_status_at_the_end_of_a_line_holds_after_what_the_line_changed(tmp_path: Path) -> None:
    """One before that does not."""
    lines = Lines()
    lines.user("put it aside and bring it to release")
    lines.edit(f"{CWD}/src/b.py")
    lines.bash("git commit -am x", "[main 1234567] x")
    lines.edit(f"{CWD}/src/b.py")
    lines.bash("git stash && git switch release && git stash pop && git status --short", BOTH)
    assert "not committed: src/b.py (L8)" in lines.page(tmp_path)
    lines.bash("git status --short && sed -i s/a/b/ src/c.py", " M src/b.py")
    assert "not committed: src/b.py (L10)" not in lines.page(tmp_path)


@pytest.mark.parametrize(("branch", "known"), [("lists", True), ("", False), ("other", False)])
def test_checks_without_a_number_are_of_the_one_request_of_the_branch(branch: str, known: bool) -> None:
    """Once it is merged these are told no more; else it may be one that nobody saw."""
    opened = f"Creating pull request for {branch} into main in o/r\n" if branch else ""
    steps = told(
        ("git push -u origin lists", "To h:o/r\n * [new branch]      lists -> lists"),
        ("gh pr create --fill", f"{opened}https://host/o/r/pull/7"),
        ("gh pr checks", "Lint\tfail\t1s\tx\nTest\tpass\t2s\ty"),
        ("gh pr merge 7 --squash", ""),
    )
    assert any("#7 when last seen: merged" in step for step in steps)
    assert any("of this branch" in step for step in steps) is not known


def test_a_head_shown_after_an_edit_is_told_where_no_commit_is_seen(tmp_path: Path) -> None:
    """The user may have committed the edit; a log from before it says nothing of that."""
    for late in (True, False):
        lines = Lines()
        lines.user("mend the clock")
        if late:
            lines.edit("/home/dev/app/a.py")
        line = lines.bash('git log -1 --format="%H%n%B" 2>&1', f"{'4f' * 20}\nwind the clock\n\nWinds: yes\n")
        lines.edit("/home/dev/app/b.py")
        told = f"repository: HEAD {'4f' * 6} by git (L{line}); whether it holds the edits before is not seen"
        assert (told in lines.page(tmp_path)) == late
