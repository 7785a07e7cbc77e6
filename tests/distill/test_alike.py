"""Of what was rejected and found out, what speaks of the same is told once."""

import random

from spread.distill.failed_tell import once
from spread.distill.words import stems

WORDS = [
    "parser",
    "cache",
    "server",
    "window",
    "colour",
    "button",
    "script",
    "folder",
    "branch",
    "commit",
    "token",
    "layout",
]


def test_the_newest_of_alike_ones_is_told_with_its_answer() -> None:
    """An older text with mostly the same words goes; others stay, with what the agent answered."""
    rejected = (
        (9, "use the cache of the parser", "it is used now"),
        (5, "the parser has no cache", ""),
        (3, "wrong colour of buttons", ""),
    )
    told, noted = once(
        rejected, ((7, "agent noted", "buttons had the wrong colour"), (2, "agent noted", "slow server"))
    )
    assert told == [
        (9, "use the cache of the parser; the agent: “it is used now”"),
        (3, "wrong colour of buttons"),
    ]
    assert noted == [(2, "agent noted: “slow server”")]


def test_all_are_held_against_all() -> None:
    """Whatever shares which words, the outcome is that of comparing each with every one before it."""
    chance = random.Random(4)
    for _ in range(200):
        texts = [" ".join(chance.sample(WORDS, chance.randrange(0, 5))) for _ in range(12)]
        wanted, known = list[str](), list[set[str]]()
        for text in texts:
            words = stems(text)
            if not any(2 * len(words & other) > min(len(words), len(other)) for other in known):
                known.append(words)
                wanted.append(text)
        told, _ = once(tuple((line, text, "") for line, text in enumerate(texts)), ())
        assert [text for _, text in told] == wanted
