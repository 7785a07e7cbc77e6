"""Tags: made, pushed, and gone."""

from pathlib import Path

import pytest

from spread.distill.git import MAX_TAGGED, GitLedger
from spread.distill.shell import split
from spread.distill.tags import MAX_TAGS, told
from spread.transcript_events import Call
from tests.distill.lines import Lines
from tests.distill.test_git import ROOT, ran

TO = "To host:x.git\n"
NEW = f"{TO} * [new tag]         v1.2 -> v1.2"
AWAY = f"{TO} - [deleted]         v1.2"
EXISTS = "fatal: tag 'v1.2' already exists"
TAKEN = (
    f"{TO} ! [rejected]        v1.2 -> v1.2 (already exists)\nerror: failed to push some refs to 'host:x.git'"
)
MADE, PUSHED = ("git tag v1.2", ""), ("git push origin v1.2", NEW)
COMMIT = ("git commit -m a", "[main aaaaaaa] a")
AHEAD = "repository, branch main: no push is seen; at least 1 commit here, the last aaaaaaa"


def tags(*steps: tuple[str, str]) -> str:
    return "; ".join(text for _, text in told(ran(*steps).repos.tags, ROOT))


def failed(command: str, output: str) -> str:
    ledger = GitLedger(ran().files)
    call = Call(1, "t", "Bash", {"command": command}, cwd=ROOT, ok=False, output=f"Exit code 1\n{output}")
    ledger.add(call, split(command), ROOT)
    return "; ".join(text for _, text in told(ledger.repos.tags, ROOT))


@pytest.mark.parametrize(
    "command",
    [
        "git tag v1.2",
        "git tag -a v1.2 -m 'Two lamps'",
        "git tag -am 'Two lamps' v1.2 HEAD~1",
        "git tag -s -u dev v1.2",
        "cd lamps && git tag v1.2 2>/dev/null && git log | head -3",
        "git tag v1.2; git log",
        "git add . && git commit -m a && git tag --message='a b' v1.2",
    ],
)
def test_a_tag_that_was_made_is_told(command: str) -> None:
    """Git says nothing then: the exit code does, or that it said nothing against it."""
    ledger = ran((command, ""))
    assert [text for each in ledger.repos.tags.values() for _, text in told({ROOT: each}, ROOT)] == [
        "tag v1.2 made (L1)"
    ]


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("git tag v1.2; git log -1", EXISTS),
        ("git tag v1.2 2>/dev/null; git log -1", ""),
        ("git tag v1.2 || true", EXISTS),
        ("git tag v1.2 2>/dev/null || true", ""),
        ("git tag v1.2 2>&1 | grep lamp; true", ""),
        ("pytest && git tag v1.2; git log -1", ""),
        ("if pytest; then git tag v1.2; fi", ""),
        ("git tag -l 'v1.*'", "v1.2"),
        ("git tag --contains aaaaaaa", "v1.2"),
        ("git tag -n3 v1.2", "v1.2  Two lamps"),
        ("git tag", "v1.2"),
        ("git tag $NAME", ""),
        ("git push --dry-run origin v1.2", NEW),
        ("git fetch --tags", "From host:x\n * [new tag]         v1.2 -> v1.2"),
    ],
)
def test_no_tag_is_told_where_none_need_be(command: str, printed: str) -> None:
    """It was there before, its failure was hidden, or it may not have run; a list makes none, nor does a trial."""
    assert tags((command, printed)) == ""


def test_a_line_that_failed_made_what_only_its_success_let_go_on() -> None:
    """A push that speaks behind it shows that, or that git says nothing against it where it ran."""
    refused = "tag v1.2 made (L1), its push was refused (L1)"
    assert failed("git tag v1.2 && git push origin v1.2", TAKEN) == refused
    assert failed("git tag v1.2; git push --tags", TAKEN) == refused
    lost = "fatal: Could not read from remote repository."
    assert failed("git commit -m a && git tag v1.2 && git push origin v1.2", lost) == refused
    assert failed("git tag v1.2", EXISTS) == ""
    assert failed("git commit -m a && git tag v1.2", "nothing to commit") == ""
    assert failed("git tag v1.2; git log", f"{EXISTS}\nfatal: bad default revision") == ""


@pytest.mark.parametrize(
    "push",
    [
        "git push origin v1.2",
        "git push origin tag v1.2",
        "git push origin refs/tags/v1.2",
        "git push --tags",
        "git push origin --tags",
    ],
)
def test_a_push_of_a_tag_leaves_the_branch_as_it_is(push: str) -> None:
    """What was committed is in the tag, but not in the branch there."""
    git = ran(COMMIT, MADE, (push, NEW))
    assert told(git.repos.tags, ROOT) == [(3, "tag v1.2 made (L2), pushed (L3)")]
    assert [text for _, text in git.repos.told(ROOT, git.files)] == [AHEAD]
    assert "push" in git.done
    assert git.repos.lacks("pushed") == ""  # who says so is right


def test_a_branch_and_its_tags_may_go_at_once() -> None:
    """Each is told by itself."""
    sent = f"{TO}   aaaaaaa..bbbbbbb  main -> main\n * [new tag]  v1.2 -> v1.2"
    for push in ("git push --follow-tags", "git push origin main v1.2", "git push origin main --tags"):
        git = ran(COMMIT, MADE, (push, sent))
        assert told(git.repos.tags, ROOT) == [(3, "tag v1.2 made (L2), pushed (L3)")]
        assert [text for _, text in git.repos.told(ROOT, git.files)] == [
            "repository, branch main: pushed (aaaaaaa..bbbbbbb)"
        ]


def test_a_push_that_shows_nothing_of_a_tag_it_names() -> None:
    """It worked as far as nothing speaks against it; of the others it says nothing."""
    other = ("git tag v1.3", "")
    assert tags(MADE, other, ("git push -q origin v1.2 || exit 1", "")) == (
        "tags v1.3 made (L2); v1.2 made (L1), pushed (L3)"
    )
    assert tags(MADE, other, ("git push -q --tags", "")) == (
        "tags v1.2 made (L1), pushed (L3); v1.3 made (L2), pushed (L3)"
    )
    assert tags(MADE, other, ("git push -q", "")) == "tags v1.2 made (L1); v1.3 made (L2)"
    assert tags(MADE, ("git push origin v1.2 2>&1 | tail -1", "Everything up-to-date")) == (
        "tag v1.2 made (L1), pushed (L2)"
    )


@pytest.mark.parametrize(
    "push", ["git push origin :refs/tags/v1.2", "git push --delete origin v1.2", "git push origin :v1.2"]
)
def test_a_tag_that_was_taken_away_there_is_told_as_gone(push: str) -> None:
    """A push told last that it is there; once it is pushed again it is."""
    assert tags(MADE, PUSHED, (push, AWAY)) == ("tag v1.2 made (L1), pushed (L2), deleted on the remote (L3)")
    other = (push.replace("1.2", "1.1"), AWAY.replace("1.2", "1.1"))
    assert tags(MADE, PUSHED, other) == ("tags v1.2 made (L1), pushed (L2); v1.1 deleted on the remote (L3)")
    assert tags(MADE, PUSHED, (push, AWAY), PUSHED) == "tag v1.2 made (L1), pushed (L4)"


def test_a_tag_that_was_taken_away_here_is_told_as_gone() -> None:
    """And what was made again is there; a failed attempt leaves it."""
    gone = ("git tag -d v1.2", "Deleted tag 'v1.2' (was aaaaaaa)")
    assert tags(MADE, gone) == "tag v1.2 made (L1), deleted here (L2)"
    assert tags(MADE, ("git tag -d v1.2 v1.9; git log", f"{gone[1]}\nerror: tag 'v1.9' not found.")) == (
        "tag v1.2 made (L1), deleted here (L2)"
    )
    assert tags(MADE, ("git tag -d v1.9; git log", "error: tag 'v1.9' not found.")) == "tag v1.2 made (L1)"
    assert tags(MADE, PUSHED, gone, MADE) == "tag v1.2 pushed (L2), made (L4)"
    again = ("git tag -d v1.2 2>/dev/null; git tag v1.2 && git push -f origin v1.2", gone[1])
    assert tags(MADE, again) == "tag v1.2 made (L2), pushed (L2)"


def test_a_tag_that_was_moved_after_it_was_pushed() -> None:
    """There it stands as before, until it is pushed with force."""
    moved = ("git tag -f v1.2", "Updated tag 'v1.2' (was aaaaaaa)")
    force = ("git push -f origin v1.2", f"{TO} + aaaaaaa...bbbbbbb v1.2 -> v1.2 (forced update)")
    stale = "tag v1.2 made (L1), pushed (L2), moved (L3)"
    assert tags(MADE, PUSHED, moved) == stale
    assert (
        tags(MADE, PUSHED, moved, ("git push origin v1.2; true", TAKEN))
        == f"{stale}, its push was refused (L4)"
    )
    quiet = ("git push -qf origin v1.2", "")
    assert tags(MADE, PUSHED, moved, quiet, quiet) == "tag v1.2 made (L1), moved (L3), pushed (L4)"
    assert tags(MADE, PUSHED, moved, force) == "tag v1.2 made (L1), moved (L3), pushed (L4)"


def test_a_tag_known_by_name_is_no_branch() -> None:
    """Of a tag that is taken away there git says no more than of a branch."""
    gone = ("git push origin --delete lamps", f"{TO} - [deleted]         lamps")
    git = ran(("git tag lamps", ""), gone)
    assert told(git.repos.tags, ROOT) == [(2, "tag lamps made (L1), deleted on the remote (L2)")]
    assert git.repos.dropped == {}
    assert [*ran(gone).repos.dropped] == ["lamps on the remote"]
    sent = ("git push origin 3.11", f"{TO}   aaaaaaa..bbbbbbb  3.11 -> 3.11")
    assert ran(COMMIT, sent).repos.places[ROOT].sent == "aaaaaaa..bbbbbbb 3.11 -> 3.11"


def test_a_branch_called_like_a_version_is_no_tag() -> None:
    """Where it is checked out."""
    out = ("git checkout 2.0", "Switched to branch '2.0'")
    assert tags(out, ("git push origin 2.0", "Everything up-to-date")) == ""


def test_tags_of_many_work_trees() -> None:
    """So many are known."""
    git = ran(*((f"git -C /srv/{at} tag v1", "") for at in range(MAX_TAGGED + 3)))
    assert len(git.repos.tags) == MAX_TAGGED


def test_the_newest_tags_of_each_work_tree_are_told() -> None:
    """Where a line works in several, nobody knows which it is."""
    many = [(f"git tag v{at}", "") for at in range(MAX_TAGS + 2)]
    assert tags(*many).startswith("tags v2 made (L3); v3 made (L4)")
    old = "\n".join(f"Deleted tag 'lamp-{at}' (was aaaaaaa)" for at in range(MAX_TAGS))
    some = tags(MADE, ("git tag -d $(git tag -l 'lamp-*')", old))
    assert some.startswith("tags v1.2 made (L1); lamp-1 deleted here (L2); lamp-2")
    assert tags(MADE, ("git -C lib tag v0.1", ""), ("git -C /srv/x tag v7", "")) == (
        "tags v1.2 made (L1); v0.1 made (L2); in /srv/x: tag v7 made (L3)"
    )
    assert tags(("git tag v1 && git -C /srv/x tag v7", "")) == ""


def test_the_page_tells_them(tmp_path: Path) -> None:
    """With how the work tree stood."""
    lines = Lines()
    lines.user("Publish version 1.2 of the lamps.")
    lines.bash("git commit -am lamps", "[main aaaaaaa] lamps\n 1 file changed")
    lines.bash("git tag v1.2")
    lines.bash("git push origin v1.2", NEW)
    made = lines.distilled(tmp_path)
    assert any(each.startswith("tag v1.2 made (L") and ", pushed (L" in each for each in made.uncertainties)
