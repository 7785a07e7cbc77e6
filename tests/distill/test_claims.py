"""What the agent claims to have pushed or committed."""

from pathlib import Path

import pytest

from spread.distill.claims import marked, unmarked
from spread.distill.repo import Repositories
from tests.distill.lines import CWD, Lines
from tests.distill.test_git import ran
from tests.distill.test_repo import COMMIT, PUSH


def test_a_claim_without_a_push_is_marked_where_it_stands() -> None:
    """The mark follows the sentence, names the commit that was not pushed, and can be taken off again."""
    git = ran(PUSH, COMMIT)
    said = "Done.\n- **Commit**: aaaaaaa - Successfully pushed to main\n- Next: tests"
    text = marked(said, git.repos, git.done)
    assert "pushed to main [unconfirmed: no push is seen after the last commit, aaaaaaa (L2)]\n" in text
    assert unmarked(text) == said
    git = ran(COMMIT, PUSH)
    assert marked(said, git.repos, git.done) == said


@pytest.mark.parametrize(
    "said",
    [
        "It will be pushed later.",
        "Once you've reviewed and pushed it, tell me.",
        "Nothing was pushed.",
        "Pushed?",
    ],
)
def test_what_is_no_claim_is_not_marked(said: str) -> None:
    """Plans, conditions, denials and questions claim nothing."""
    assert marked(said, Repositories(), set()) == said


def test_commits_that_nobody_saw_are_marked_too() -> None:
    """A commit that no result tells of is as doubtful as a push."""
    assert "no commit is seen" in marked("I committed the fix.", Repositories(), set())
    assert marked("I committed the fix.", Repositories(), {"commit"}) == "I committed the fix."


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("The reader of the lists and its helper are not committed yet.", "git commit -qm 'Read lists'"),
        ("The last change of the reader of the lists is not pushed yet.", "git push -q"),
    ],
)
def test_what_was_not_done_so_far_is_told_until_it_is_done(tmp_path: Path, said: str, then: str) -> None:
    """A commit or a push after it overtakes it."""
    for done in (True, False):
        lines = Lines()
        lines.user("read the lists")
        lines.edit(f"{CWD}/lists.py")
        lines.say(f"It reads them without a copy. {said}")
        lines.user("go on with the helper then")
        if done:
            lines.bash(f"{then} && git log --oneline -1", "1aa0b7e Read lists")
        lines.say("Done as you said.")
        assert (said in lines.page(tmp_path)) is not done


@pytest.mark.parametrize("done", [True, False])
def test_what_proved_not_to_be_committed_is_told_until_it_is(tmp_path: Path, done: bool) -> None:
    """Among what the agent noted, a commit after it overtakes that too."""
    lines = Lines()
    lines.user("read the lists")
    lines.edit(f"{CWD}/lists.py")
    said = "It turns out the reader of the lists was not actually committed by the helper."
    lines.say(said)
    if done:
        lines.bash("git commit -qm 'Read lists' && git log --oneline -1", "1aa0b7e Read lists")
    lines.say("That is how it stands.")
    assert (f"agent noted: “{said}" in lines.page(tmp_path)) is not done


@pytest.mark.parametrize("amends", [True, False])
def test_what_names_a_commit_that_was_made_anew_is_not_told(tmp_path: Path, amends: bool) -> None:
    """Nobody finds the commit by the id that it had."""
    lines = Lines()
    lines.user("read the lists")
    lines.edit(f"{CWD}/lists.py")
    lines.bash("git commit -qam 'Read lists' && git log --oneline -1", "1aa0b7e Read lists")
    said = "The reader of the lists and its helper went in with 1aa0b7e, without a copy of either."
    lines.say(said)
    lines.user("go on with the helper then")
    lines.edit(f"{CWD}/lists.py")
    option = "--amend --no-edit" if amends else "-m 'Help lists'"
    lines.bash(
        f"git commit -qa {option} && git log --oneline -1", f"2bb1c8f {'Read' if amends else 'Help'} lists"
    )
    lines.say("Done as you said.")
    assert (said in lines.page(tmp_path)) is not amends


@pytest.mark.parametrize("name", ["reef", "pier"])
def test_on_a_branch_that_is_deleted_by_now_nobody_is(name: str, tmp_path: Path) -> None:
    """What the agent said of the branch where it was then is left out, and of no other."""
    lines = Lines()
    lines.user("switch to the branch of the lamps")
    lines.bash("git checkout -b reef", "Switched to a new branch 'reef'")
    lines.say("On `reef`, branched from the newest `main` of the harbour.")
    lines.user("that is not the one I meant, it is called lamps")
    lines.bash(f"git checkout lamps && git branch -D {name}", f"Deleted branch {name} (was 1a2b3c4).")
    lines.say("The branch of the lamps is checked out.")
    assert ("On `reef`, branched" in lines.page(tmp_path).partition("## Said on the way")[2]) is (
        name == "pier"
    )
