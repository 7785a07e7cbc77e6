"""How many of the rules in the prompts kept aside are found: `python -m tests.rules.measure`."""

import sys
from typing import NamedTuple

from spread.distill import rules_learned
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
    found = [each for each in sure if each.known or (learned and is_likely(each))]
    rules, right = sum(each.rule is True for each in sure), sum(each.rule is True for each in found)
    return Figures(rules, len(sure) - rules, right, len(found) - right)


def is_likely(said: Sentence) -> bool:
    """Tell whether a sentence is taken for a rule though no pattern knows it."""
    asks = said.text.endswith(("?", "\uff1f"))
    return not asks and rules_learned.says(said.text, first=said.first, last=said.last)


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
