"""Rules that no pattern knows, found by what their words weigh."""

import math

import pytest

from spread.distill import rules_learned
from spread.distill.rules import is_likely, rules
from tests.rules.measure import figures
from tests.rules.prompts import HERE, Sentence, marked, parted, plain, read

ASIDE = sorted(HERE.glob("aside*.txt"))


@pytest.fixture(scope="module", params=ASIDE, ids=lambda path: path.stem)
def aside(request: pytest.FixtureRequest) -> list[tuple[str, list[Sentence]]]:
    """Return prompts that nothing was learned from, each with its sentences."""
    return [(prompt.text, [*parted(prompt)]) for prompt in read(request.param)]


def test_most_rules_of_prompts_kept_aside_are_found(aside: list[tuple[str, list[Sentence]]]) -> None:
    """About half of what the patterns miss is found, and of a hundred other sentences three more at most."""
    said = [each for _, sentences in aside for each in sentences]
    before, after = figures(said, learned=False), figures(said, learned=True)
    assert before.rules > 80
    assert after.found / after.rules > 0.7
    assert (after.found - before.found) / (before.rules - before.found) > 0.45
    assert (after.false - before.false) / after.others < 0.03


def test_what_was_learned_is_asked_of_each_sentence(aside: list[tuple[str, list[Sentence]]]) -> None:
    """A prompt's rules are those that a pattern knows and those that are likely, verbatim."""
    asked = 0
    for text, sentences in aside:
        found = [plain(rule) for rule in rules(text)]
        for each in sentences:
            if each.known or is_likely(each.text, first=each.first, last=each.last):
                assert any(plain(each.text) in rule for rule in found), each.text
                asked += not each.known
    assert asked > 20


def test_no_question_is_taken_for_a_rule() -> None:
    """However its words weigh."""
    said = "we always use pnpm here and never npm in this repo"
    assert rules(said) == [said]
    assert rules(f"{said}?") == []


def test_names_and_numbers_are_one_word_each() -> None:
    """What files and functions are called says nothing on whether it is a rule."""
    one, other = (
        rules_learned.features(said, first=True, last=False)
        for said in ("Leave src/api.py at 12 lines", "leave `run_all` at 3 lines")
    )
    assert one == other
    assert {"§", "^ leave §", "at 0 lines", "#first", "#1"} <= one
    assert "#alone" in rules_learned.features("x", first=True, last=True)


def test_letters_of_wide_scripts_are_words() -> None:
    """In these no blank tells where a word ends."""
    found = rules_learned.features("不要改公共接口", first=False, last=True)
    assert {"~不要", "~公共接口", "~接口$", "#last"} <= found


def test_weights_are_sane() -> None:
    """They are finite, and neither the bias nor a single word decides."""
    known = rules_learned.weights()
    assert 1_000 < len(known.of) <= 3_000
    assert all(map(math.isfinite, (known.bias, *known.of.values())))
    assert not rules_learned.says("ok", first=True, last=True)


def test_marks_are_read() -> None:
    """Of a marked prompt: its text, its rules and what can be argued either way."""
    prompt = marked("fix it. [[never push]], ((keep it small)). thanks (really)")
    assert prompt.text == "fix it. never push, keep it small. thanks (really)"
    assert (prompt.rules, prompt.arguable) == (("never push",), ("keep it small",))
    assert [each.rule for each in parted(prompt)] == [False, True, False]
