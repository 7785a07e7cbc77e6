"""Comments on pull requests that were written with gh."""

import pytest

from spread.distill import replies
from spread.distill.replies import Replies
from tests.distill.test_git import ran

ANSWER = "gh api repos/o/r/pulls/13/comments/275/replies -X POST -f body='done, thanks'"


def told(*steps: tuple[str, str]) -> list[str]:
    return [text for _, text in replies.told(ran(*steps).comments)]


def test_answers_to_a_review_are_counted() -> None:
    """Who takes over must not answer once more."""
    assert told((ANSWER, '{"id": 1}')) == ["comments and replies written on pull request #13: 1 (L1)"]
    assert told((ANSWER, '{"id": 1}'), ("gh pr comment 13 --body 'all done'", "")) == [
        "comments and replies written on pull request #13: 2 (L1…L2)"
    ]


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("gh api repos/o/r/pulls/13/comments", "[]"),
        ("gh api repos/o/r/pulls/13/comments -X GET -f per_page=100", "[]"),
        ("gh api repos/o/r/pulls/13/reviews -f event=APPROVE", "{}"),
        (ANSWER, "gh: Not Found (HTTP 404)"),
        ("gh pr view 13 --comments", "none"),
    ],
)
def test_what_only_reads_or_did_not_work_is_no_answer(source: str, output: str) -> None:
    """Comments that were listed, or could not be sent, answer nobody."""
    assert told((source, output)) == []


def test_only_the_last_pull_requests_are_kept() -> None:
    """The state stays small, however many were answered."""
    steps = [(f"gh pr comment {number} --body 'all done'", "") for number in range(9)]
    kept: Replies = ran(*steps).comments
    assert list(kept) == ["5", "6", "7", "8"]
