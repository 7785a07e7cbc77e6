"""Rules, found by what their words weigh."""

import math
from pathlib import Path

import pytest

from spread.distill import rules_learned
from spread.distill.rules import is_likely, rules
from tests.rules.measure import figures
from tests.rules.prompts import HERE, Sentence, marked, parted, plain, read

ASIDE = sorted(HERE.glob("aside*.txt"))
WEIGHTS_BYTES = 100_000  # they are read before the first prompt


@pytest.fixture(scope="module", params=ASIDE, ids=lambda path: path.stem)
def aside(request: pytest.FixtureRequest) -> list[tuple[str, list[Sentence]]]:
    """Return prompts that nothing was learned from, each with its sentences."""
    return [(prompt.text, [*parted(prompt)]) for prompt in read(request.param)]


def test_most_rules_of_prompts_kept_aside_are_found(aside: list[tuple[str, list[Sentence]]]) -> None:
    """And of a hundred other sentences eleven at most."""
    found = figures([each for _, sentences in aside for each in sentences])
    assert found.rules > 90
    assert found.found / found.rules > 0.8
    assert found.false / found.others < 0.11


def test_what_was_learned_is_asked_of_each_sentence(aside: list[tuple[str, list[Sentence]]]) -> None:
    """A prompt's rules are those that are likely, verbatim."""
    asked = 0
    for text, sentences in aside:
        found = [plain(rule) for rule in rules(text)]
        for each in sentences:
            if is_likely(each.text):
                assert any(plain(each.text) in rule for rule in found), each.text
                asked += 1
    assert asked > 50


def test_most_phrases_that_were_learned_are_known_again() -> None:
    """Plain rules and what only looks like one, in many languages."""
    said = [each for path in HERE.glob("phrases_*.txt") for prompt in read(path) for each in parted(prompt)]
    found = figures(said)
    assert found.rules > 2_000
    assert found.found / found.rules > 0.8
    assert found.false / found.others < 0.03


def test_no_question_is_taken_for_a_rule() -> None:
    """However its words weigh, where it begins with a word that asks; to ask for something politely may set one."""
    said = "only use pnpm here and never npm in this repo"
    assert rules(said) == [said]
    assert rules(f"why {said}?") == []
    asked = "can you please always use pnpm from now on?"
    assert rules(asked) == [asked]
    for whether in ("is it only pnpm and never npm in this repo?", "so do we never use npm in this repo?"):
        assert not is_likely(whether)
        assert is_likely(whether.replace("is it", "").replace("so do we", "we").rstrip("?"))


def test_names_and_numbers_are_one_word_each() -> None:
    """What files and functions are called says nothing on whether it is a rule; nor does what is quoted."""
    one, other = map(rules_learned.features, ("Leave src/api.py at 12 lines", "leave `run_all` at 3 lines"))
    assert one == other
    assert {"§", "^ leave", "at 0", "#1"} <= one
    quoted = rules_learned.features('explain "never do this again" please')
    assert quoted == rules_learned.features("explain `x` please")


def test_letters_of_wide_scripts_are_words() -> None:
    """In these no blank tells where a word ends."""
    found = rules_learned.features("不要改公共接口")
    assert {"~不要", "~公共接口", "~接口$", "@neg", "@neg@touch"} <= found


def test_a_name_ends_where_wide_writing_goes_on() -> None:
    """Which sets no blank between the two: the sentence is not all of it a name."""
    for said in ("{}を触らないでください", "不要改{}里的函数", "{}은 건드리지 마세요"):
        beside = rules_learned.features(said.format(" src/api.py ").strip())
        assert "@neg@touch" in beside or "@touch@neg" in beside
        for name in ("src/api.py", "console.log", "useState", "run_all"):
            assert rules_learned.features(said.format(name)) == beside, name


def test_kinds_are_the_same_in_all_languages() -> None:
    """A word has the kinds of its beginning, too; the least that is known of a kind is learned from any language."""
    ban = {"@neg", "@touch", "@neg@touch"}
    for said in ("do not touch it", "nicht anfassen", "ne touche pas ça", "не трогай", "触らないで"):
        found = rules_learned.features(said)
        assert {"@neg", "@touch"} <= found, said
    assert ban <= rules_learned.features("don't change it")
    assert rules_learned.kinds_of("commits") == rules_learned.kinds_of("committed")
    assert rules_learned.kinds_of("zyx") == ()


def test_weights_are_sane() -> None:
    """They are finite, no single word decides, and they are few enough to be read in no time."""
    known = rules_learned.weights()
    assert 1_000 < len(known.of) < 10_000
    assert all(map(math.isfinite, (known.bias, known.least, *known.of.values())))
    assert max(map(abs, known.of.values())) < 20
    path = Path(rules_learned.__file__).with_name("rules_weights.json")
    assert path.stat().st_size < WEIGHTS_BYTES
    assert not is_likely("ok, go on")


def test_marks_are_read() -> None:
    """Of a marked prompt: its text, its rules and what can be argued either way."""
    prompt = marked("fix it. [[never push]], ((keep it small)). thanks (really)")
    assert prompt.text == "fix it. never push, keep it small. thanks (really)"
    assert (prompt.rules, prompt.arguable) == (("never push",), ("keep it small",))
    assert [each.rule for each in parted(prompt)] == [False, True, False]
