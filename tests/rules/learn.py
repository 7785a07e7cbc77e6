"""Learn what words weigh in a rule: `python -m tests.rules.learn [DIR]`; README.md tells from what."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch

from scipy.sparse import csr_matrix  # type: ignore[import-not-found, import-untyped, unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found, import-untyped, unused-ignore]

from spread.distill import distill, ledger, ledger_answers, rules_learned
from spread.distill.rules_learned import Weights
from tests.judge_reading import digest, normal
from tests.rules.prompts import HERE, Marked, Sentence, parted, read

REAL: Final = "real"
OF_REAL: Final = 4.0  # times a made-up sentence counts a real one: that is what they are like
RULE, ARGUABLE = "rule", "arguable"  # marks of the digests of real sentences
STRENGTH: Final = 20  # the inverse of the regularisation; 10 to 80 do as well on what is held out
LEAST: Final = 3  # made-up sentences that a thing stands in
KEPT: Final = 8_400  # weights, the greatest
STEP: Final = 0.2  # of a weight
FALSE: Final = 0.1  # part of the sentences that are none, which may be taken for rules
RULES: Final = 0.2  # of the sentences of a file: its rules and the others count so that each has as many
ASIDE: Final = "aside"
PROMPTS: Final = "learned"  # what the names of files of whole prompts begin with


class Said(NamedTuple):
    """A sentence, the file it is of, and what it has."""

    it: Sentence
    of: str
    has: frozenset[str]


def main() -> None:
    """Learn, and write the weights where the distiller finds them."""
    said = [*made(), *(typed(sorted(Path(sys.argv[1]).glob("*.jsonl"))) if len(sys.argv) > 1 else ())]
    found, model = _held_out(said), learned(said)
    weights = dict[str, list[str]]()
    for name in sorted(model.of):
        weights.setdefault(f"{model.of[name]:.1f}", []).append(name)
    told = {"bias": model.bias, "least": found.least, "of": dict(sorted(weights.items()))}
    path = Path(rules_learned.__file__).with_name("rules_weights.json")
    path.write_text(json.dumps(told, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(
        f"{len(said)} sentences, {len(model.of)} weights; "
        f"held out: {found.right:.3f} of the rules above {found.least:.2f}\n"
    )


def made() -> list[Said]:
    """Return the sentences of the prompts that are made up, without those kept aside."""
    paths = sorted(path for path in HERE.glob("*_*.txt") if not path.stem.startswith(ASIDE))
    return [each for path in paths for each in _of(path.stem, read(path))]


class HeldOut(NamedTuple):
    """How what was learned from all files but one does on that, for each of whole prompts."""

    least: float  # odds above which no more than may be are false
    right: float  # part of the rules above them


def _held_out(said: list[Said]) -> HeldOut:
    rules, others = list[float](), list[float]()
    for of in {each.of for each in said if each.of.startswith(PROMPTS)}:
        model = learned([each for each in said if each.of != of])
        for each in said:
            if each.of == of:
                (rules if each.it.rule else others).append(rules_learned.weighed(each.has, model))
    others.sort(reverse=True)
    least = others[int(FALSE * len(others))]
    return HeldOut(round(least, 2), sum(each > least for each in rules) / len(rules))


def learned(said: list[Said]) -> Weights:
    """Return what sentences teach."""
    count = Counter(name for each in said if each.of != REAL for name in each.has)
    names = sorted(name for name, times in count.items() if times >= LEAST)
    columns = {name: at for at, name in enumerate(names)}
    fit = LogisticRegression(C=STRENGTH, max_iter=5_000)
    fit.fit(_matrix(said, columns), [each.it.rule for each in said], _counts(said))
    of = {name: round(float(fit.coef_[0][columns[name]]) / STEP) * STEP for name in names}
    kept = sorted(names, key=lambda name: (-abs(of[name]), name))[:KEPT]
    return Weights(round(float(fit.intercept_[0]), 2), 0, {name: of[name] for name in kept if of[name]})


def _counts(said: list[Said]) -> list[float]:
    """Return how much each sentence counts: of those beside their contrary far more are rules than of others."""
    every = Counter((each.of, each.it.rule) for each in said)
    out = list[float]()
    for each in said:
        share = (RULES if each.it.rule else 1 - RULES) * (OF_REAL if each.of == REAL else 1.0)
        out.append(share * (every[each.of, True] + every[each.of, False]) / every[each.of, each.it.rule])
    return out


def _of(file: str, prompts: list[Marked]) -> list[Said]:
    return [_said(each, file) for prompt in prompts for each in parted(prompt) if each.rule is not None]


def _said(it: Sentence, of: str) -> Said:
    return Said(it, of, frozenset(rules_learned.features(it.text)))


def typed(transcripts: list[Path]) -> Iterator[Said]:
    """Yield the sentences of what was looked through for rules in real sessions, each once; those not told are none."""
    told = dict(line.split() for line in (HERE / "real.txt").read_text("utf-8").splitlines())
    texts = dict.fromkeys(text for path in transcripts for text in _asked(path))
    for said in dict.fromkeys(each.text for text in texts for each in parted(Marked(text, (), ()))):
        mark = told.get(digest(normal(said)), "")
        if mark != ARGUABLE:
            yield _said(Sentence(said, mark == RULE), REAL)


def _asked(transcript: Path) -> Iterator[str]:
    seen = dict[str, None]()

    def set_by(text: str, kind: str) -> list[str]:
        return rules_in(text) if kind in ("typed", "queued", "command") else []

    def rules_in(text: str) -> list[str]:
        seen[text] = None
        return []

    with (
        patch.object(ledger, "set_by", set_by),
        patch.object(ledger_answers, "rules", rules_in),
        patch.object(rules_learned, "weights", lambda: Weights(0, 0, {})),  # none are known yet
    ):
        distill(str(transcript), machine="m")
    yield from seen


def _matrix(said: list[Said], columns: dict[str, int]) -> object:
    values, at, ends = list[float](), list[int](), [0]
    for each in said:
        share = rules_learned.share(each.has)
        for name in sorted(each.has & columns.keys()):  # in one order, as sums of fractions differ
            at.append(columns[name])
            values.append(share)
        ends.append(len(at))
    return csr_matrix((values, at, ends), shape=(len(said), len(columns)))


if __name__ == "__main__":
    main()
