"""A person's words."""

from spread.distill.words import own_paragraphs, own_words, sentences


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


def test_blank_prompt_of_any_length_says_nothing() -> None:
    """Also one that is long enough to be looked at by its paragraphs."""
    assert own_paragraphs(" " * 2_000) == ""
    assert own_paragraphs("\n \n" * 1_000) == ""


def test_long_paragraph_is_not_cut_within_a_word() -> None:
    """Half of a secret would not be known as one."""
    for before in range(250, 300, 7):
        said = own_paragraphs("wide " * (before // 5) + "x" * 60 + " wide" * 200)
        assert "x" not in said


def test_a_version_ends_a_sentence() -> None:
    """A number of a list does not."""
    assert [*sentences("write the notes for 3.2. we ship on mondays")] == [
        "write the notes for 3.2.",
        "we ship on mondays",
    ]
    assert [*sentences("build 1. and 2. here")] == ["build 1. and 2. here"]
    assert [*sentences("leave it out of group 6.\n\nsay which one")] == [
        "leave it out of group 6.",
        "say which one",
    ]
    assert [*sentences("用 3.2. Then 好。")] == ["用 3.2.", "Then 好。"]


def test_a_long_paragraph_is_typed_unless_something_in_it_is_printed() -> None:
    """Who dictates puts no blank lines; what a program printed has lines that tell so."""
    told = (
        "so the thing with the booking form is that it forgets what was picked and people ring us up. " * 12
    )
    said = f"{told}and never rename a field there. {told}"
    for typed in (said, f"{said} 😉"):
        assert own_paragraphs(typed) == typed
    assert "rename" not in own_paragraphs(f"{said} 📦")
    assert "rename" not in own_paragraphs(f"{said}\nTypeError: x is not a function")


def test_a_mark_that_is_spoken_of_ends_no_sentence() -> None:
    """An article stands before it and the sentence goes on; else the mark ends one, also behind a blank."""
    assert [*sentences("never use the ! operator here. the ? operator is fine! really")] == [
        "never use the ! operator here.",
        "the ? operator is fine!",
        "really",
    ]
    assert [*sentences("ça marche ! on continue")] == ["ça marche !", "on continue"]
