"""What git's own words tell of a session."""

from copy import deepcopy
from pathlib import Path

import pytest

from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.git_files import from_top, unquoted
from spread.distill.shell import split
from spread.transcript_events import Call
from tests.distill.lines import Lines, begun

ROOT = "/home/dev/app"


def ran(
    *steps: tuple[str, str], cwd: str = ROOT, files: FileLedger | None = None, branch: str | None = None
) -> GitLedger:
    ledger = GitLedger(files or FileLedger())
    for line, (command, output) in enumerate(steps, 1):
        call = Call(line, "t", "Bash", {"command": command}, cwd=cwd, ok=True, output=output, branch=branch)
        ledger.add(call, split(command), ROOT)
    return ledger


def test_names_that_git_spells_by_bytes() -> None:
    """Letters beyond ASCII stand in its output as numbers, blanks of a status in quotes: neither makes another file."""
    assert unquoted('A  "caf\\303\\251 \\"x\\".py"') == 'A  café "x".py'
    for same in ('"a\\nb"', '"\\377"', '"\\400"', 'say "hi"', '"\\303'):
        assert unquoted(same) == same
    files = FileLedger(created={f"{ROOT}/été.py": 1}, modified={f"{ROOT}/a b.py": 1})
    status, made = (
        ' M "a b.py"\n?? "\\303\\251t\\303\\251.py"',
        ' create mode 100644 "\\303\\251t\\303\\251.py"',
    )
    ran(
        ("git status -s", unquoted(status)),
        ("git add -A . && git commit -m a", unquoted(f"[main aaaaaaa] a\n 2 files changed\n{made}")),
        files=files,
    )
    assert (list(files.created), list(files.modified)) == ([f"{ROOT}/été.py"], [f"{ROOT}/a b.py"])


@pytest.mark.parametrize(
    ("status", "commit", "count", "listed"),
    [
        (" M b.py\n M c.py", "git add -A && git commit -m a", 3, True),
        (" M b.py\n M c.py", "git commit -am a", 3, True),
        (" M a.py\n M b.py\n M c.py", "git commit --all -m a", 3, True),
        (" M b.py\n M c.py", "git commit -am a", 2, False),
        (" M b.py\n M c.py", "git commit -m a", 3, False),
    ],
)
def test_all_that_a_status_listed_is_committed(status: str, commit: str, count: int, listed: bool) -> None:
    """What scripts changed is a change of the session then; where git counts another number nobody knows."""
    files = FileLedger(modified={f"{ROOT}/a.py": 1})
    ran(("git status -s", status), (commit, f"[main aaaaaaa] a\n {count} files changed"), files=files)
    assert [*files.modified] == [f"{ROOT}/{name}.py" for name in ("abc" if listed else "a")]


def test_all_that_was_moved_is_not_listed_where_it_was() -> None:
    """Though git counts a file that was moved and changed as two."""
    files = FileLedger(modified={f"{ROOT}/a.py": 1})
    stat, made = (
        " a.py | 2 +-\n 1 file changed",
        "[main aaaaaaa] a\n 2 files changed\n delete mode 100644 a.py",
    )
    ran(("git diff --stat", stat), files=files)
    files.rename(f"{ROOT}/a.py", f"{ROOT}/b.py", 2)
    ran(
        ("git diff --stat", stat),
        ("git add -A && git commit -m a", f"{made}\n create mode 100644 b.py"),
        files=files,
    )
    assert (list(files.renamed), list(files.modified), files.deleted) == (
        [f"{ROOT}/b.py"],
        [f"{ROOT}/b.py"],
        {},
    )


def test_what_git_lists_as_deleted_was_there(tmp_path: Path) -> None:
    """Where `rm -f` may have found nothing, a status tells; of what nothing took away it says nothing."""
    for status in (
        " D src/a.py\n D b.py\n M c.py",
        "Changes not staged:\n\tdeleted:    src/a.py\n\tdeleted:    b.py\n",
    ):
        lines = begun()
        lines.bash("rm -rf src")
        assert not lines.distilled(tmp_path).files.deleted
        lines.bash("git status", status)
        assert lines.distilled(tmp_path).files.deleted == ("src/a.py",)


def test_odd_letters_of_a_name_that_a_commit_deletes() -> None:
    """Git puts a backslash before a quote in a name."""
    files = FileLedger(deleted={f'{ROOT}/a"b.py': 1})
    ran(
        ("git commit -am a", '[main aaaaaaa] a\n 1 file changed\n delete mode 100644 "a\\"b.py"'), files=files
    )
    assert list(files.deleted) == [f'{ROOT}/a"b.py']


@pytest.mark.parametrize(
    "commit", ["git add -A && git commit -m a", "git commit -am a", "git add a.py && git commit -m a"]
)
def test_what_is_committed_is_not_put_back_by_a_checkout(commit: str, tmp_path: Path) -> None:
    """That takes back only what was changed since; without a commit of it all."""
    lines = begun()
    lines.edit(f"{ROOT}/a.py")
    lines.bash(commit, "[main aaaaaaa] a\n 1 file changed, 1 insertion(+)")
    lines.edit(f"{ROOT}/a.py")
    lines.edit(f"{ROOT}/b.py")
    lines.bash("git checkout -- .")
    assert lines.distilled(tmp_path).files.modified == ("a.py",)
    lines.bash("git reset --hard HEAD~1", "HEAD is now at bbbbbbb b")
    assert not lines.distilled(tmp_path).files.modified


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("git add -A && git commit -m a", "[main aaaaaaa] a\n 1 file changed\n delete mode 100644 a.py"),
        ("git status -s", " D a.py"),
    ],
)
def test_what_only_seemed_new_was_there(command: str, output: str, tmp_path: Path) -> None:
    """A file that a command wrote and another deleted is gone where git knew it; what was new came and went."""
    lines = begun()
    lines.bash("echo x > a.py")
    lines.bash("rm a.py")
    assert not lines.distilled(tmp_path).files.deleted
    lines.bash(command, output)
    assert lines.distilled(tmp_path).files.deleted == ("a.py",)
    lines = begun()
    lines.write(f"{ROOT}/a.py")
    lines.bash("rm a.py")
    lines.bash(command, output)
    assert not lines.distilled(tmp_path).files.deleted


def test_a_pull_that_is_even_behind_a_switch() -> None:
    """HEAD went elsewhere all the same."""
    said = "Switched to branch 'main'\nAlready up to date."
    ledger = ran(("git commit -am a", "[new aaaaaaa] a"), ("git switch main && git pull", said))
    assert not ledger.head(ROOT)


def test_a_merge_after_a_switch_to_an_even_branch() -> None:
    """That the branch is up to date is said of the other side: the merge made a commit whose id is not shown."""
    said = "Switched to branch 'main'\nYour branch is up to date with 'origin/main'.\nMerge made by the 'ort' strategy."
    push = "To github.com:kim/shop.git\n   77aa001..8811bbb  main -> main"
    ledger = ran(
        ("git commit -am a", "[new aaaaaaa] a"),
        ("git switch main && git merge --no-ff new", said),
        ("git push", push),
    )
    assert ledger.head(ROOT) == "8811bbb"


def test_what_left_the_index_and_came_back_did_not_change() -> None:
    """To stage again what was only taken out of the index changes no file."""
    files = FileLedger()
    ran(
        ("git rm --cached a.py", "rm 'a.py'"),
        ("git rm -q --cached c.py && git add c.py", ""),
        ("git add a.py b.py && git commit -m a", "[main aaaaaaa] a\n 1 file changed"),
        files=files,
    )
    assert list(files.modified) == [f"{ROOT}/b.py"]


def test_commits_amended_and_branches() -> None:
    """An amended commit is told as it ended; the branch is the last one switched to or committed on."""
    ledger = ran(
        ("git commit -m a", "[main aaaaaaa] a"),
        ("git commit --amend -m b", "[main bbbbbbb] b"),
        ("git switch -c new", "Switched to a new branch 'new'"),
    )
    assert ledger.commits == [(2, "bbbbbbb", "b")]
    assert ledger.branch == "new"
    assert ran(("git commit -m a", "[detached HEAD aaaaaaa] a")).branch == ""


@pytest.mark.parametrize(
    ("command", "branch"),
    [
        ("git checkout -q -B tidy main", "tidy"),
        ("git switch --quiet other", "other"),
        ("git switch -q --create tidy", "tidy"),
        ("git switch -q --force-create tidy main", "tidy"),
        ("git checkout -q main && make", "main"),
        ("git -C /home/dev/app checkout -q other", "other"),
        ("git checkout -q -", ""),
        ("git switch -q main 2>/dev/null || git switch -q master", ""),
        ("git checkout -q $was", "new"),
        ("git checkout -q -- other", "new"),
        ("git checkout -q notes.md", "new"),
        ("git checkout -q HEAD~2", "new"),
        ("git checkout -q 1234abc", "new"),
        ("git checkout -q main src", "new"),
    ],
)
def test_a_quiet_switch(command: str, branch: str) -> None:
    """Git says nothing of it: the command tells where it led, unless that may be no branch, or one of two."""
    begun = ("git switch -c new", "Switched to a new branch 'new'")
    assert ran(begun, (command, "")).branch == branch
    after = ran(begun, ("git commit -m a", "[new aaaaaaa] a"), (command, ""))
    assert after.repos.places[ROOT].branch == branch
    assert ran(begun, (command, "error: pathspec 'x' did not match any file(s) known to git")).branch == "new"


@pytest.mark.parametrize(
    ("command", "branch"),
    [
        (". ./parts.sh\ngit checkout -q -B tidy $BASE\nmake", "tidy"),
        ("cd app && git checkout -q other && make", "other"),
        ("TIP=$(git rev-parse new); git checkout -q other; git checkout $TIP -- a.py; make", "other"),
        ("make && git checkout -q other && make check", "new"),
        ("git checkout -q other", "new"),
        ("git checkout -q other 2>/dev/null; make", "new"),
        ("if true; then git checkout -q other; make; fi", "new"),
    ],
)
def test_a_quiet_switch_in_a_line_that_failed(command: str, branch: str) -> None:
    """It was done where it came first and something behind it failed: git says what it does not do."""
    ledger = ran(
        ("git switch -c new", "Switched to a new branch 'new'"), ("git commit -m a", "[new aaaaaaa] a")
    )
    for output, there in (("no rule to make it", branch), ("error: pathspec 'x' did not match", "new")):
        again = deepcopy(ledger)
        given = {"command": command}
        call = Call(id="", line=3, name="Bash", input=given, output=output, ok=False, cwd=ROOT)
        again.add(call, split(command), ROOT)
        assert again.branch == there
        assert again.repos.places[ROOT].sha == ("aaaaaaa" if there == "new" else "")


@pytest.mark.parametrize(
    ("start", "on"), [("", ""), (" HEAD", ""), (" --no-track", ""), (" origin/main", ", on old")]
)
def test_a_new_branch_that_begins_elsewhere_has_no_commits_of_the_one_before(start: str, on: str) -> None:
    """They stay where they were made."""
    commit = ("git commit -m a", "[old aaaaaaa] a")
    for command, output in (
        (f"git checkout -b new{start}", "Switched to a new branch 'new'"),
        (f"git checkout -q -b new{start}", ""),
    ):
        ledger = ran(commit, (command, output))
        told = ledger.repos.told(ROOT, ledger.files)[0][1]
        assert told.startswith(f"repository, branch new: no push is seen; at least 1 commit here{on}")
        assert (", on old" in told) == bool(on)


@pytest.mark.parametrize(
    ("command", "branch"),
    [
        ("git branch -m tidy", "tidy"),
        ("git branch -M new tidy", "tidy"),
        ("git -C /home/dev/app branch --move new tidy && git branch", "tidy"),
        ("git branch -m other tidy", "new"),
        ("git branch -m $NAME", "new"),
        ("git branch --show-current", "new"),
        ("git branch -m tidy && git switch -q other", "other"),
    ],
)
def test_a_renamed_branch(command: str, branch: str) -> None:
    """Git says nothing of it: what was on the branch before is on the one with the new name."""
    begun = ("git switch -c new", "Switched to a new branch 'new'")
    commit = ("git commit -m a", "[new aaaaaaa] a")
    after = ran(begun, commit, (command, ""))
    assert after.branch == branch
    assert after.repos.places[ROOT].branch == branch
    refused = "fatal: a branch named 'tidy' already exists"
    assert ran(begun, commit, ("git branch -m tidy", refused)).branch == "new"


def test_a_renamed_branch_that_was_left() -> None:
    """Commits that wait on a branch for a push wait there under its new name."""
    after = ran(
        ("git commit -m a", "[new aaaaaaa] a"),
        ("git switch main", "Switched to branch 'main'"),
        ("git branch -m new tidy", ""),
    )
    assert (after.branch, after.repos.places[ROOT].on) == ("main", "tidy")


def test_a_commit_that_was_not_shown_is_taken_from_the_log() -> None:
    """Where a pipe hides a commit's own line, the log behind it tells its id; else the head is not known."""
    shown = ran(
        ("git commit -m first", "[main aaaaaaa] first"),
        ("git commit -qm second && git log --oneline -2", "bbbbbbb second\naaaaaaa first"),
    )
    assert shown.commits == [(1, "aaaaaaa", "first"), (2, "bbbbbbb", "second")]
    assert shown.head(ROOT) == "bbbbbbb"
    hidden = ran(("git commit -m first", "[main aaaaaaa] first"), ("git commit -qm second", ""))
    assert hidden.head(ROOT) == ""
    refused = ran(("git commit -m a", "[main aaaaaaa] a"), ("git commit -m b", "nothing to commit, clean"))
    assert refused.head(ROOT) == "aaaaaaa"


def test_files_only_a_commit_tells_of() -> None:
    """New, removed and moved files of scripts come from the commit's list, told from the top of the tree."""
    files = FileLedger()
    listed = (" create mode 100644 gen/a.py\n delete mode 100644 old.py\n"
              " rename src/{x => y}/b.py (90%)\n rename c.py => d.py (100%)")  # fmt: skip
    ran(("git commit -m a", f"[main aaaaaaa] a\n{listed}"), cwd=f"{ROOT}/gen", files=files)
    assert files.created == {f"{ROOT}/gen/a.py": 1}
    assert files.deleted == {f"{ROOT}/old.py": 1}
    assert {new: old for new, (old, _) in files.renamed.items()} == {
        f"{ROOT}/src/y/b.py": f"{ROOT}/src/x/b.py",
        f"{ROOT}/d.py": f"{ROOT}/c.py",
    }


def test_files_of_one_commit_with_one_name_are_several() -> None:
    """What a commit lists at the top is not taken for one of the same name that it lists below."""
    files, names = FileLedger(), ("a/__init__.py", "__init__.py")
    listed = "\n".join(f" create mode 100644 {name}" for name in names)
    ran(("git commit -m a", f"[main aaaaaaa] a\n{listed}"), files=files)
    assert [*files.created] == [f"{ROOT}/{name}" for name in names]


def test_a_path_from_the_top_is_the_known_one_that_ends_so() -> None:
    """The top that is known need not be that of the tree; what stands there is taken before what ends alike."""
    files = FileLedger(created={"/srv/a/x.py": 1}, modified={"/srv/b/x.py": 2}, deleted={"/srv/c/z.py": 3})
    paths = ["x.py", "b/x.py", "z.py", ".py", "new.py"]
    places = ["/srv/a/x.py", "/srv/b/x.py", "/srv/c/z.py", "/root/.py", "/root/new.py"]
    assert from_top(files, paths, "/root/sub", "/root") == places
    assert from_top(files, ["x.py"], "/srv/b", "/srv/b") == ["/srv/b/x.py"]


def test_the_line_of_the_last_change_of_a_path() -> None:
    """It is that of the list of all edited ones: none of what only a commit tells of."""
    files = FileLedger(
        created={"a": 1, "b": 9}, modified={"b": 2}, deleted={"c": 3, "d": 8}, renamed={"d": ("x", 4)}
    )
    files.told.add("a")
    assert {path: files.edited_at(path) for path in "abcde" if path in files.edited()} == files.edited()
    assert files.edited_at("a") is None
    assert files.edited_at("e") is None


def test_rename_of_a_file_made_in_the_session_is_a_new_file() -> None:
    """What did not exist before has no old name; what came and went is not deleted."""
    files = FileLedger()
    files.write(f"{ROOT}/a.py", 1, created=True)
    files.write(f"{ROOT}/t.py", 1, created=True)
    listed = " rename a.py => b.py (90%)\n delete mode 100644 t.py"
    ran(("git commit -m a", f"[main aaaaaaa] a\n{listed}"), files=files)
    assert (files.created, files.renamed, files.deleted) == ({f"{ROOT}/b.py": 1}, {}, {})


def test_staged_files_count_once_committed() -> None:
    """A file named to `git add`, or listed by a status below a directory added, was changed by what is committed."""
    files = FileLedger()
    steps = [
        ("git status --short", " M docs/made.md\n M other.md"),
        ("git add package.json docs/ .", ""),
    ]
    ran(*steps, files=files)
    assert files.modified == {}
    ran(*steps, ("git commit -m a", "[main aaaaaaa] a"), files=files)
    assert set(files.modified) == {f"{ROOT}/package.json", f"{ROOT}/docs/made.md", f"{ROOT}/other.md"}
    assert set(files.modified.values()) == {3}  # the commit's line: to stage a file changes nothing


def test_a_quiet_commit_takes_what_was_staged() -> None:
    """It prints nothing; one that came to nothing takes nothing."""
    files = FileLedger()
    files.saw(f"{ROOT}/package.json", 1)
    ran(
        ("git add package.json lock.json && git commit -q -m a", "nothing to commit, working tree clean"),
        files=files,
    )
    assert files.modified == {}
    ran(("git add package.json lock.json && git commit -q -m a", ""), files=files)
    assert set(files.modified) == {f"{ROOT}/package.json", f"{ROOT}/lock.json"}
    assert files.read == {}


def test_a_staged_file_needs_no_ending_where_a_status_listed_it() -> None:
    """A name without an ending may be that of a directory; what a status listed so is a file."""
    files = FileLedger()
    commit = ("git commit -m a", "[main aaaaaaa] a")
    ran(("git add Makefile", ""), commit, files=files)
    assert files.modified == {}
    ran(("git status --short", " M Makefile"), ("git add Makefile", ""), commit, files=files)
    assert set(files.modified) == {f"{ROOT}/Makefile"}


def test_stash_is_noted_until_undone() -> None:
    """Changes put aside are remembered by their line, until they are brought back."""
    assert ran(("git stash", "Saved")).stashed == 1
    assert ran(("git stash", "No local changes to save")).stashed == 0
    assert ran(("git stash list", "")).stashed == 0
    assert ran(("git stash", "Saved"), ("git stash pop", "")).stashed == 0


def test_commit_in_another_tree_is_placed_there() -> None:
    """`cd elsewhere && git commit` tells paths of elsewhere."""
    files = FileLedger()
    ran(("cd /srv/x && git commit -m a", "[main aaaaaaa] a\n create mode 100644 n.py"), files=files)
    assert files.created == {"/srv/x/n.py": 1}


def test_commits_that_a_rebase_tells_of_are_not_the_sessions() -> None:
    """Files listed while commits are replayed were made by whoever made those; so with a pull."""
    files = FileLedger()
    listed = "[detached HEAD aaaaaaa] commit of others\n create mode 100644 notes.md"
    ran(("git add . && git rebase --continue", listed), files=files)
    assert files.created == {}
    ran(("git add . && git rebase --continue && git commit -m b", listed), files=files)
    assert files.created == {f"{ROOT}/notes.md": 1}


def test_pushes_count_by_what_git_says() -> None:
    """What was sent proves a push, whatever a hook printed before; a refusal or an unseen end does not."""
    sent = "To host:x.git\n   aaaaaaa..bbbbbbb  main -> main"
    assert "push" in ran(("git push", f"error: printed by a test\n{sent}")).done
    assert "push" in ran(("git -C /srv/x push", "")).done
    assert "push" not in ran(("git push | tail -1", "error: failed to push some refs")).done
    assert "push" not in ran(("git push", "Command running in background with ID: b1")).done
    assert "push" not in ran(("git pull", "From host:x\n   aaaaaaa..bbbbbbb  main -> origin/main")).done


def test_a_log_tells_the_head_and_commits_made_elsewhere() -> None:
    """What a log of HEAD shows above what was known came from elsewhere; a log of something else says nothing."""
    base = ("git log --oneline -3", "aaaaaaa one\n999999a old\n8888888 older")
    elsewhere = ran(base, ("git log -2 --format='%H %s'", f"{'c' * 40} three\n{'b' * 40} two"))
    assert elsewhere.told_commits() == [
        (2, "bbbbbbbbbbbb two (by a log, by no call here)"),
        (2, "cccccccccccc three (by a log, by no call here)"),
    ]
    assert elsewhere.head(ROOT) == "cccccccccccc"
    default = ran(base, ("git log -1", "commit bbbbbbbb (HEAD -> main)\nAuthor: A\nDate:   B\n\n    two"))
    assert default.told_commits() == [(2, "bbbbbbbb two (by a log, by no call here)")]
    for other in ("git log --oneline -2 origin/x", "git log --oneline -2 -- a.py", "git log --oneline | grep b",
                  "git log --oneline --all -2", "git log --oneline -2 $c"):  # fmt: skip
        assert ran(base, (other, "bbbbbbb two")).told_commits() == []
    deeper = ran(base, ("git log --oneline -4", "aaaaaaa one\n999999a old\n8888888 older\n7777777 first"))
    assert deeper.told_commits() == []
    switched = ran(
        base, ("git checkout other", "Switched to branch 'other'"), ("git log --oneline -1", "bbbbbbb b")
    )
    assert switched.told_commits() == []


def test_ids_after_a_rewrite_are_those_of_the_log() -> None:
    """A rewrite makes ids void until a log shows the new ones; a log of the whole range replaces the list."""
    commits = ("git commit -m a", "[main aaaaaaa] a"), ("git commit -m b", "[main bbbbbbb] b")
    rebase = ("git rebase -i --autosquash main", "Successfully rebased and updated refs/heads/x.")
    void = ran(*commits, rebase)
    pulled = ran(*commits, ("git pull && git push", "Successfully rebased and updated refs/heads/x."))
    assert pulled.told_commits() == void.told_commits()
    assert void.told_commits() == [
        (1, "a (aaaaaaa until a rewrite, L3)"),
        (2, "b (bbbbbbb until a rewrite, L3)"),
    ]
    assert void.head(ROOT) == ""
    whole = ("git log --format='%h %s' $(git merge-base main HEAD)..HEAD | cat", "ddddddd c\nccccccc a")
    told = ran(*commits, rebase, whole)
    assert told.told_commits() == [(4, "ccccccc a"), (4, "ddddddd c")]
    assert told.head(ROOT) == "ddddddd"
    some = ran(*commits, rebase, ("git log --oneline -1", "ddddddd b"))
    assert some.told_commits() == [(1, "a (aaaaaaa until a rewrite, L3)"), (4, "ddddddd b")]


def test_what_a_rebase_of_the_last_commits_left_out_is_gone_from_the_list() -> None:
    """A log that goes down to a commit that stands shows all that came of the last ones: none of others came in."""
    first = ("git log --oneline -1", "999999a old")
    made = [(f"git commit -m {name}", f"[main {name * 7}] {name}") for name in "abc"]
    rebase = 'GIT_SEQUENCE_EDITOR="sed -i 2d" git rebase -i {} && git log --oneline'
    done = "Successfully rebased and updated refs/heads/main.\n"
    told = ran(*made, (rebase.format("HEAD~2"), f"{done}ddddddd b better\naaaaaaa a\n999999a old"))
    assert told.told_commits() == [(1, "aaaaaaa a"), (4, "ddddddd b better")]
    assert told.head(ROOT) == "ddddddd"
    all_of_it = (rebase.format("HEAD~3"), f"{done}eeeeeee c\nddddddd all\n999999a old")
    assert ran(first, *made, all_of_it).told_commits() == [(5, "ddddddd all"), (5, "eeeeeee c")]
    # of others, or with more above what is known than it went back: nobody knows
    for onto, log in (("main", "ddddddd b\naaaaaaa a"), ("HEAD~1", "eeeeeee x\nddddddd y\naaaaaaa a")):
        kept = ran(*made, (rebase.format(onto), done + log)).told_commits()
        assert "c (ccccccc until a rewrite, L4)" in [each for _, each in kept]
    cut = ran(*made, (rebase.format("HEAD~2"), f"{done}ddddddd b better")).told_commits()
    assert [each for _, each in cut][1:] == [f"{name} ({name * 7} until a rewrite, L4)" for name in "bc"]


def test_commits_that_a_reset_takes_back_are_not_told() -> None:
    """A reset by some commits takes back exactly these; what is committed then has the head."""
    commits = ("git commit -m a", "[main aaaaaaa] a"), ("git commit -m b", "[main bbbbbbb] b")
    assert ran(*commits, ("git reset --soft HEAD~1", "")).told_commits() == [(1, "aaaaaaa a")]
    again = ran(*commits, ("git reset --soft HEAD~2", ""), ("git commit -m ab", "[main ccccccc] ab"))
    assert again.told_commits() == [(4, "ccccccc ab")]
    kept = ran(*commits, ("git reset --hard HEAD", "HEAD is now at bbbbbbb b"))
    assert (len(kept.told_commits()), kept.head(ROOT)) == (2, "bbbbbbb")


def test_an_amended_commit_whose_id_was_not_shown_is_found_in_the_log() -> None:
    """A quiet amend makes the id void; what was there before the session is not taken for its work."""
    steps = ("git commit -m a", "[main aaaaaaa] a"), ("git commit -q --amend --no-edit", "")
    assert ran(*steps).told_commits() == [(1, "a (aaaaaaa until a rewrite, L2)")]
    log = ("git log --oneline main..HEAD", "bbbbbbb a\n999999a old")
    assert ran(*steps, log).told_commits() == [(3, "bbbbbbb a")]


def test_what_stands_behind_an_id_is_its_subject_only_where_the_format_says_so() -> None:
    """An author or the name of a branch is none; one that is amended without a word keeps its own."""
    made = ("git commit -qm 'oil it' && git log --format='%h %an %s' -1", "aaaaaaa Ann oil it")
    assert ran(made).told_commits() == [(1, "aaaaaaa oil it")]
    whole = ("git commit -qm 'oil it' && git log -1 --format='%h%n%B'", "aaaaaaa\noil it\n")
    assert ran(whole).told_commits() == [(1, "aaaaaaa oil it")]
    after = ("git commit -qm 'light it' && git log --oneline -2", "bbbbbbb light it\naaaaaaa oil it")
    amends = (
        "git commit -q --amend --no-edit -a && git show -s --format='%h %D' HEAD",
        "ccccccc HEAD -> main, tag: v1",
    )
    assert ran(made, after, amends).told_commits() == [(1, "aaaaaaa oil it"), (3, "ccccccc light it")]


@pytest.mark.parametrize(
    ("behind", "output", "told"),
    [
        (
            "git log --oneline -2 && git show --stat",
            "commit bbbbbbb0\nAuthor: x\n\n    oil it\n",
            "bbbbbbb oil it",
        ),
        ("git log --oneline -9 && git show --oneline", "bbbbbbb oil it\n", "bbbbbbb oil it"),
        ("git show --stat HEAD && git log --oneline -2", "", "bbbbbbb oil it"),
        ("git show HEAD:a.py && git log --oneline -2", "", "oil it (aaaaaaa until a rewrite, L2)"),
        ("git log --oneline && git show --stat HEAD", "", "oil it (aaaaaaa until a rewrite, L2)"),
    ],
)
def test_a_log_of_so_many_lines_is_read_before_what_is_shown_behind_it(
    behind: str, output: str, told: str
) -> None:
    """Where it is not known where it ends, or begins, nothing is taken from it."""
    made = ("git commit -qm 'oil it' && git log --oneline -1", "aaaaaaa oil it")
    amends = (f"git commit -q --amend --no-edit && {behind}", f"bbbbbbb oil it\n999999a old\n{output}")
    ledger = ran(made, amends)
    assert ledger.told_commits()[-1][1] == told
    assert len(ledger.told_commits()) == 1


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("git commit -qam 'one more' && git push | tail -1", True),
        (
            "git commit -q --message 'one more' && git tag v2 && git push origin main v2 && git status -s",
            True,
        ),
        ("git commit -q --message 'one more' && git checkout dev && git push", False),
        ("git push && git commit -qam 'one more'", False),
        ("git commit -qm 'first' && git commit -qm 'one more' && git push", False),
    ],
)
def test_a_quiet_commit_has_the_id_that_the_push_behind_it_sent(command: str, known: bool) -> None:
    """Nothing else tells it; a push before it sent another one, and of two nobody knows which is which."""
    sent = "   1111111..2222222  main -> main"
    assert ran((command, sent)).told_commits() == ([(1, "2222222 one more")] if known else [])


@pytest.mark.parametrize(
    ("command", "made"),
    [
        ("git commit -qam 'one more' && git push && git describe", True),
        ("git commit -qam 'one more'; git push && git describe", False),
        ("git push && git commit -qam 'one more' && git describe", False),
    ],
)
def test_a_commit_that_a_push_went_on_from_was_made(command: str, made: bool) -> None:
    """Whatever failed after it: the push ran only because the commit had been made, unless nothing ties the two."""
    files = FileLedger(modified={f"{ROOT}/a.py": 1})
    ledger = GitLedger(files)
    output = "Exit code 128\n   1111111..2222222  main -> main\nfatal: No names found"
    call = Call(3, "t", "Bash", {"command": command}, cwd=ROOT, ok=False, output=output)
    ledger.add(call, split(command), ROOT)
    assert ledger.told_commits() == ([(3, "2222222 one more")] if made else [])
    assert ("commit" in ledger.done) is made


NOWHERE = "fatal: No configured push destination.\nEither specify the URL from the command-line"


@pytest.mark.parametrize(
    ("command", "output", "made"),
    [
        (
            "git commit -am 'one more' && git push",
            f"[main 2222222] one more\n 1 file changed\n{NOWHERE}",
            True,
        ),
        ("git commit -am 'one more'; git push", f"[main 2222222] one more\n 1 file changed\n{NOWHERE}", True),
        ("git add -A; git commit -qm 'one more'; git push", NOWHERE, True),
        ("git commit -qm 'one more' && git push", f"warning: CRLF\n{NOWHERE}", True),
        ("git commit -qm 'one more'; git push", f"pre-commit: no bells\n{NOWHERE}", False),
        ("git commit -m 'one more'; git push", NOWHERE, False),
        ("git push; git commit -qm 'one more'", NOWHERE, False),
        ("git commit -qm a; git commit -qm 'one more'; git push", NOWHERE, False),
        ("git commit -m a; git commit -m b", "[main 2222222] one more\n 1 file changed\nhook: no", False),
    ],
)
def test_a_commit_whose_push_came_to_nothing_was_made(command: str, output: str, made: bool) -> None:
    """Git said so, or was told to be quiet and said nothing before the push did."""
    ledger = GitLedger(FileLedger(modified={f"{ROOT}/a.py": 1}))
    call = Call(3, "t", "Bash", {"command": command}, cwd=ROOT, ok=False, output=f"Exit code 128\n{output}")
    ledger.add(call, split(command), ROOT)
    assert ledger.refused is not made
    assert ("commit" in ledger.done) is made
    assert "push" not in ledger.done


@pytest.mark.parametrize(
    ("log", "made"),
    [
        ("* 2222222 one more\n* 1111111 older", True),
        ("* 1111111 older", False),
    ],
)
def test_a_quiet_commit_that_a_log_behind_it_shows_was_made(log: str, made: bool) -> None:
    """Whatever failed before it."""
    command = (
        "git mv a.py b.py 2>&1; git add -A && git commit -qm 'one more' && git log --oneline --graph | head"
    )
    ledger = GitLedger(FileLedger(modified={f"{ROOT}/a.py": 1}))
    output = f"fatal: not under version control, source=a.py, destination=b.py\n{log}"
    ledger.add(
        Call(3, "t", "Bash", {"command": command}, cwd=ROOT, ok=True, output=output), split(command), ROOT
    )
    assert ledger.refused is not made
    assert ledger.told_commits() == ([(3, "2222222 one more")] if made else [])


def _told(ledger: GitLedger) -> str:
    return "\n".join(text for _, text in ledger.repos.told(ROOT, ledger.files))


def test_a_commit_stays_on_its_branch_though_a_status_tells_of_another_first() -> None:
    """A line that goes elsewhere and looks there tells both; back again, nothing is told of the other."""
    made = "git switch -c bells && git add -A && git commit -qm 'one more' && git log --oneline -2"
    steps = [
        (made, "Switched to a new branch 'bells'\n2222222 one more\n1111111 older"),
        ("git switch lamps && git status -sb", "Switched to branch 'lamps'\n## lamps"),
    ]
    assert "at least 1 commit here, on bells" in _told(ran(*steps))
    back = (
        "git stash && git switch -q bells",
        "Saved working directory and index state WIP on lamps: 1111111 older",
    )
    assert ", on " not in _told(ran(*steps, back))


def test_commits_picked_in_another_work_tree_are_of_that(tmp_path: Path) -> None:
    """Where a line goes there by a path from here."""
    lines = begun()
    lines.bash("git worktree add ../old rel", "HEAD is now at 999999a old")
    picked = "[rel 1111111] ink: blue\n 1 file changed\n[rel 2222222] pen: thin\n 1 file changed"
    lines.bash("cd ../old && git cherry-pick -x aaaaaaa bbbbbbb", picked)
    told = lines.page(tmp_path).partition("## Commits")[2].partition("##")[0]
    assert "1111111 ink: blue" in told
    assert "2222222 pen: thin" in told


def test_quiet_commits_below_one_that_is_known_are_the_sessions() -> None:
    """A log shows them later, as many as were made; one more than that nobody here made."""
    steps = [
        ("git commit -m one", "[main aaaaaaa] one"),
        ("git commit -qm two && git status -sb", ""),
        ("git commit -m three", "[main ccccccc] three"),
    ]
    log = "git log --oneline -4"
    ledger = ran(*steps, (log, "ccccccc three\nbbbbbbb two\naaaaaaa one\n999999a old"))
    assert ledger.told_commits() == [(1, "aaaaaaa one"), (4, "bbbbbbb two"), (3, "ccccccc three")]
    more = ran(*steps, (log, "ccccccc three\nddddddd theirs\nbbbbbbb two\naaaaaaa one"))
    assert sum("by no call here" in told for _, told in more.told_commits()) == 2


def test_commits_that_a_subagents_report_names_and_a_log_shows_are_the_sessions() -> None:
    """Each stands in its place among the others; a report alone, or a log alone, proves nothing."""
    ledger = ran(("git commit -m late", "[main ccccccc] late"))
    report = "Done, commit `aaaaaa1` adds it, commit `bbbbbb2` mends it; commit ddddddd4 is planned."
    ledger.reported(f"{report} It is on commit 999999a.", "Start from 999999a.")
    ledger.reported("The last commits:\n- 888888a of old\n- 777777a older", "Look at the history.")
    ledger.add(
        Call(
            2,
            "t",
            "Bash",
            {"command": "git log --oneline -4"},
            cwd=ROOT,
            ok=True,
            output="ccccccc late\nbbbbbb2 mend\naaaaaa1 add\n888888a of old\n999999a older",
        ),
        split("git log --oneline -4"),
        ROOT,
    )
    assert ledger.told_commits() == [(2, "aaaaaa1 add"), (2, "bbbbbb2 mend"), (1, "ccccccc late")]
    assert ledger.told_commits("", 2) == ledger.told_commits()[1:]
    assert "at least 3 commits here" in ledger.repos.told(ROOT, ledger.files)[0][1]


def test_a_quiet_commit_is_on_the_branch_of_its_work_tree() -> None:
    """The last commit elsewhere may have been on another one."""
    git = ran(
        ("cd /home/dev/lamps && git commit -m a", "[lamps aaaaaaa] a"),
        ("cd /home/dev/pier && git commit -m b", "[pier bbbbbbb] b"),
        ("cd /home/dev/lamps && git commit -qm c && git log --oneline -1", "ccccccc c"),
    )
    assert {top: it.branch for top, it in git.repos.places.items()} == {
        "/home/dev/lamps": "lamps",
        "/home/dev/pier": "pier",
    }


def test_a_file_that_a_status_listed_as_new_was_created(tmp_path: Path) -> None:
    """What a quiet commit has of it by name was there in no commit before."""
    lines = Lines()
    lines.user("add a limiter to the shop")
    lines.bash(
        "git status --short",
        " M shop/app.py\n M tests/test_app.py\n?? shop/limiter.py\n?? tests/test_limiter.py",
    )
    lines.bash(
        "git add shop/app.py shop/limiter.py tests && git commit -qm 'shop: limiter' && git status --short"
    )
    lines.say("It is in.")
    page = lines.page(tmp_path)
    assert "- created: shop/limiter.py (L4), tests/test_limiter.py (L4)" in page
    assert "- modified: shop/app.py (L4), tests/test_app.py (L4)" in page


def test_a_new_folder_is_no_file(tmp_path: Path) -> None:
    """Of a folder that a status listed nobody knows what a commit has of it."""
    lines = Lines()
    lines.user("add the tests to the shop")
    lines.bash("git status --short", " M shop/app.py\n?? tests/")
    lines.bash("git add shop tests && git commit -qm 'shop: tests'")
    lines.say("They are in.")
    assert "tests (L" not in lines.page(tmp_path)
