"""The list of a session's commits, which long sessions must not go through at each call."""

from typing import SupportsIndex

from spread.distill.commits import Commits, by_subject, drop, first_of
from spread.distill.place import MAX_KNOWN
from spread.distillation_told import ELSEWHERE
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
