"""How many of the rules of real sessions are found by what all others teach: `python -m tests.rules.sessions DIR`."""

import sys
from pathlib import Path

from spread.distill.rules_learned import weighed, weights
from tests.rules.learn import Said, learned, made, typed


def main() -> None:
    """Print how many there are and how many are found, each session held out with all that it shares with others."""
    base, least = made(), weights().least
    held = [[*typed([path])] for path in sorted(Path(sys.argv[1]).glob("*.jsonl"))]
    every = {each.it.text: each for session in held for each in session}
    odds = dict[str, float]()
    for session in held:
        if new := [each for each in session if each.it.text not in odds]:
            model = learned([*base, *_without(every, session)])
            odds.update({each.it.text: weighed(each.has, model) for each in new})
    for name, rule in (("rules", True), ("others", False)):
        mine = [odds[text] for text, each in every.items() if each.it.rule is rule]
        sys.stdout.write(f"{name}: {sum(each > least for each in mine)} of {len(mine)} found\n")


def _without(every: dict[str, Said], session: list[Said]) -> list[Said]:
    gone = {each.it.text for each in session}
    return [each for text, each in every.items() if text not in gone]


if __name__ == "__main__":
    main()
