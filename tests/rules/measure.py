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


def figures(said: list[Sentence]) -> Figures:
    """Return what is found in sentences."""
    sure = [each for each in said if each.rule is not None]
    found = [each for each in sure if is_likely(each.text)]
    rules, right = sum(each.rule is True for each in sure), sum(each.rule is True for each in found)
    return Figures(rules, len(sure) - rules, right, len(found) - right)


def main() -> None:
    """Print a table."""
    sys.stdout.write("| prompts | sentences | rules | found | false |\n|---|---|---|---|---|\n")
    for path in sorted(HERE.glob("aside*.txt")):
        it = figures([each for prompt in read(path) for each in parted(prompt)])
        sys.stdout.write(
            f"| {path.stem} | {it.rules + it.others} | {it.rules} | "
            f"{it.found} ({it.found / it.rules:.2f}) | {it.false} |\n"
        )


if __name__ == "__main__":
    main()
