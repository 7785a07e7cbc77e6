"""Learn what words weigh in a rule: `python -m tests.rules.learn [DIR]`; README.md tells from what."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from unittest.mock import patch

from scipy.sparse import csr_matrix  # type: ignore[import-not-found, import-untyped, unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found, import-untyped, unused-ignore]

from spread.distill import distill, ledger, ledger_answers, rules_learned
from tests.rules.prompts import HERE, Marked, Sentence, parted, read

KNOWN: Final = "#known"  # by a pattern: learned beside the words, and left out, as those are not asked about
KNOWN_VALUE: Final = 0.5
STRENGTH: Final = 40  # inverse of the regularisation
LEAST: Final = 3  # made-up sentences that a word stands in
KEPT: Final = 3_000  # weights, the greatest
DIGITS: Final = 2
OF_REAL: Final = 2.0  # times a made-up sentence counts a real one: that is what they are like


def main() -> None:
    """Learn, and write the weights where the distiller finds them."""
    made_up = [each for path in sorted(HERE.glob("learned_*.txt")) for each in _of(read(path))]
    typed = _typed(Path(sys.argv[1])) if len(sys.argv) > 1 else ()
    real = [each._replace(rule=each.known) for each in _of(typed)]
    known = Counter(each for said in made_up for each in _has(said))
    columns = {each: at for at, each in enumerate(sorted(e for e, count in known.items() if count >= LEAST))}
    said = [*made_up, *real]
    model = LogisticRegression(C=STRENGTH, max_iter=5_000)
    counts = [1.0] * len(made_up) + [OF_REAL] * len(real)
    model.fit(_matrix(said, columns), [each.rule for each in said], counts)
    of = {each: round(float(model.coef_[0][at]), DIGITS) for each, at in columns.items() if each != KNOWN}
    kept = sorted(of, key=lambda each: (-abs(of[each]), each))[:KEPT]
    told = {
        "bias": round(float(model.intercept_[0]), DIGITS),
        "of": {each: of[each] for each in sorted(kept)},
    }
    path = Path(rules_learned.__file__).with_name("rules_weights.json")
    path.write_text(json.dumps(told, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(f"{len(made_up)} made-up sentences, {len(real)} real ones, {len(kept)} weights\n")


def _of(prompts: Iterable[Marked]) -> Iterator[Sentence]:
    for prompt in prompts:
        yield from (each for each in parted(prompt) if each.rule is not None)


def _typed(transcripts: Path) -> list[Marked]:
    """Return what was looked through for rules in real sessions, each text once; nothing in it is marked."""
    seen = dict[str, None]()

    def set_by(text: str, kind: str) -> list[str]:
        return rules_in(text) if kind in ("typed", "queued") else []

    def rules_in(text: str) -> list[str]:
        seen[text] = None
        return []

    with patch.object(ledger, "set_by", set_by), patch.object(ledger_answers, "rules", rules_in):
        for path in sorted(transcripts.glob("*.jsonl")):
            distill(str(path), machine="m")
    return [Marked(text, (), ()) for text in seen]


def _has(said: Sentence) -> set[str]:
    found = rules_learned.features(said.text, first=said.first, last=said.last)
    return found | {KNOWN} if said.known else found


def _matrix(said: list[Sentence], columns: dict[str, int]) -> object:
    values, at, ends = list[float](), list[int](), [0]
    for each in said:
        has = _has(each)
        weight = (len(has) - each.known) ** -0.5
        for name in sorted(has & columns.keys()):  # in one order, as sums of fractions differ
            at.append(columns[name])
            values.append(KNOWN_VALUE if name == KNOWN else weight)
        ends.append(len(at))
    return csr_matrix((values, at, ends), shape=(len(said), len(columns)))


if __name__ == "__main__":
    main()
