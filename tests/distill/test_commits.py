"""The list of a session's commits, which long sessions must not go through at each call."""

from pathlib import Path
from typing import SupportsIndex

import pytest

from spread.distill.commits import Commits, by_subject, drop, first_of
from spread.distill.place import MAX_KNOWN
from spread.distillation_told import ELSEWHERE
from tests.distill.lines import Lines
from tests.distill.test_git import ROOT, ran

MADE: Commits = [(1, "aaaaaaa1", "one"), (2, "bbbbbbb2", "two"), (3, "ccccccc3", f"one{ELSEWHERE}")]


class Counted(str):
    """An id that counts how often any of its kind is looked at."""

    __slots__ = ()
    looks = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        Counted.looks += 1
        return super().__getitem__(key)


def test_commits_go_by_their_ids() -> None:
    """Ids are compared as short as git writes them; those that are not there take nothing out."""
    made = [*MADE]
    drop(made, ["bbbbbbb", "ddddddd"])
    assert made == [MADE[0], MADE[2]]
    drop(made, [])
    assert made == [MADE[0], MADE[2]]


def test_commits_are_found_by_subject() -> None:
    """Of several with one subject it is the last; only those of the ids that are asked for count."""
    assert by_subject(MADE, ["aaaaaaa", "bbbbbbb", "ccccccc"]) == {
        "two": ("bbbbbbb", "two"),
        "one": ("ccccccc", f"one{ELSEWHERE}"),
    }
    assert by_subject(MADE, ["aaaaaaa"]) == {"one": ("aaaaaaa", "one")}
    assert by_subject(MADE, []) == {}


def test_the_first_of_some_commits() -> None:
    """Without one of them it is the end."""
    assert first_of(MADE, ["ccccccc", "bbbbbbb"]) == 1
    assert first_of(MADE, ["ddddddd", "bbbbbbb"]) == 1
    assert first_of(MADE, ["ddddddd"]) == first_of(MADE, []) == 3


def test_only_the_last_commits_are_looked_at() -> None:
    """What is looked for is at the end, however long the list before it."""
    many: Commits = [(at, Counted(f"{at:07x}"), f"change {at}") for at in range(5_000)]
    drop(many, [f"{4_990:07x}"])
    assert first_of(many, [f"{4_980:07x}"]) == 4_980
    assert Counted.looks < 50


def test_a_log_leaves_no_more_ids_than_are_kept() -> None:
    """However many commits logs show that nobody here made, the ids that are compared stay few."""
    logs = [
        (
            "git log --oneline -5",
            "\n".join(f"{at * 5 + each + 0x1000000:07x} s {at} {each}" for each in range(5)),
        )
        for at in range(60)
    ]
    assert len(ran(*logs).repos.places[ROOT].made) <= MAX_KNOWN


@pytest.mark.parametrize(("joint", "made"), [("&&", True), (";", False)])
def test_a_commit_before_a_rebase_that_stopped_was_made(tmp_path: Path, joint: str, made: bool) -> None:
    """Only its success let the rebase run; its id is that of the log that shows it."""
    stopped = "Rebasing (1/1)\nCONFLICT (content): Merge conflict in b.py\nerror: could not apply 0d69699... Read twice"
    lines = Lines()
    lines.user("please mend the reader")
    lines.edit("/home/dev/app/a.py")
    lines.bash(f"git add -A && git commit -qm 'Read twice' {joint} git rebase origin/main", stopped, code=1)
    page = lines.distilled(tmp_path)
    assert any("a commit (tried in vain)" in text for text in page.uncertainties) != made
    lines.edit("/home/dev/app/b.py")
    lines.bash(
        "git add -A && git rebase --continue 2>&1 | tail -1 && git log --oneline -2",
        "Successfully rebased and updated refs/heads/it.\n97429dc Read twice\n36dd2c9 Read once",
    )
    lines.say("Done.")
    assert (lines.distilled(tmp_path).commits == ("97429dc Read twice",)) == made
