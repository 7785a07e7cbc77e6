"""What the agent claims to have pushed or committed."""

import pytest

from spread.distill.claims import marked, unmarked
from spread.distill.repo import Repositories
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
