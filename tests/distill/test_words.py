"""A person's words."""

from spread.distill.words import own_words, sentences


def test_a_number_with_a_point_ends_no_sentence() -> None:
    """What follows "build 1. and 2." is not cut off."""
    assert list(sentences("keep them apart. build 1. and 2. here")) == [
        "keep them apart.",
        "build 1. and 2. here",
    ]
    assert list(sentences("größer。build 1. und 2. hier")) == ["größer。", "build 1. und 2. hier"]


def test_an_abbreviation_ends_no_sentence() -> None:
    """The point of "i.e." and the like; that of a file or a version before a blank does."""
    said = "tabs, i.e. no blanks (e.g. in lists). so z.B. here. read main.h. then v1.2.x. done"
    assert list(sentences(said)) == [
        "tabs, i.e. no blanks (e.g. in lists).",
        "so z.B. here.",
        "read main.h.",
        "then v1.2.x.",
        "done",
    ]


def test_own_words_are_verbatim_but_for_what_was_printed() -> None:
    """A list keeps its marks, so that what is quoted stands in the prompt."""
    said = "can we do this in a helper?\n\n- also write tests\n```\nx = 1\n```\nthank you"
    assert own_words(said) == "can we do this in a helper? - also write tests … thank you"
