"""How many of the rules in the prompts kept aside are found: `python -m tests.rules.measure`."""

import sys
from typing import NamedTuple

from spread.distill.rules import is_likely
from tests.rules.prompts import HERE, Sentence, parted, read


class Figures(NamedTuple):
    """Sentences that are rules, that are none, and those of each that are found."""

    rules: int
    others: int
    found: int
    false: int


def figures(said: list[Sentence], *, learned: bool) -> Figures:
    """Return what is found in sentences, by patterns alone or by what was learned, too."""
    sure = [each for each in said if each.rule is not None]
    found = [
        each
        for each in sure
        if each.known or (learned and is_likely(each.text, first=each.first, last=each.last))
    ]
    rules, right = sum(each.rule is True for each in sure), sum(each.rule is True for each in found)
    return Figures(rules, len(sure) - rules, right, len(found) - right)


def main() -> None:
    """Print a table."""
    sys.stdout.write(
        "| prompts | sentences | rules | patterns: found, false | learned, too: found, false |\n"
    )
    sys.stdout.write("|---|---|---|---|---|\n")
    for path in sorted(HERE.glob("aside*.txt")):
        said = [each for prompt in read(path) for each in parted(prompt)]
        before, after = (figures(said, learned=learned) for learned in (False, True))
        sys.stdout.write(
            f"| {path.stem} | {before.rules + before.others} | {before.rules} | "
            f"{before.found} ({before.found / before.rules:.2f}), {before.false} | "
            f"{after.found} ({after.found / after.rules:.2f}), {after.false} |\n"
        )


if __name__ == "__main__":
    main()
