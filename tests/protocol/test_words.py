"""The words of codes and check words."""

import os
from collections import Counter
from math import log2

from hypothesis import given
from hypothesis import strategies as st

from spread.protocol.words import WORDS, check_words, pick


def test_words_are_fit_to_be_spoken() -> None:
    """The words are distinct, short, and of plain lower-case letters, so that a code can be typed anywhere."""
    assert len(set(WORDS)) == len(WORDS)
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 9 for word in WORDS)


def test_three_words_are_worth_31_bits() -> None:
    """Three words hold as much as `pick` promises."""
    assert 3 * log2(len(WORDS)) >= 31


def test_pick_reads_its_randomness() -> None:
    """Words are drawn by two bytes each, and from the given randomness alone."""
    draws = iter([b"\x00\x00", b"\x00\x01", len(WORDS).to_bytes(2, "big")])
    assert pick(3, lambda size: next(draws)) == [WORDS[0], WORDS[1], WORDS[0]]


def test_pick_takes_other_things() -> None:
    """A room's letters are drawn as words are."""
    draws = iter([b"\x00\x00", b"\xff\xff", b"\x00\x04"])
    assert pick(2, lambda size: next(draws), "abc") == [
        "a",
        "b",
    ]  # the second draw favours none and is drawn again


def test_pick_skips_draws_that_would_favour_some() -> None:
    """Of all draws of two bytes, those that are taken give every word equally often; the others are drawn again."""
    counted: Counter[str] = Counter()
    skipped = 0
    for number in range(65536):
        draws = iter([number.to_bytes(2, "big"), b"\x00\x00"])
        (word,) = pick(1, lambda size, draws=draws: next(draws))  # type: ignore[misc]
        if next(draws, None) is None:
            skipped += 1
        else:
            counted[word] += 1
    assert set(counted) == set(WORDS)
    assert len(set(counted.values())) == 1
    assert skipped == 65536 % len(WORDS)


def test_pick_with_real_randomness() -> None:
    """The system's randomness gives as many words as asked for."""
    words = pick(40, os.urandom)
    assert len(words) == 40
    assert set(words) <= set(WORDS)
    assert len(set(words)) > 1


@given(st.binary(min_size=8, max_size=40))
def test_check_words_are_four(secret_hash: bytes) -> None:
    """Any hash gives four words, always the same."""
    words = check_words(secret_hash)
    assert words == check_words(secret_hash)
    assert len(words.split()) == 4
    assert set(words.split()) <= set(WORDS)


@given(st.integers(0, len(WORDS) ** 4 - 1), st.integers(0, len(WORDS) ** 4 - 1))
def test_check_words_tell_hashes_apart(one: int, other: int) -> None:
    """All four words count: two numbers below the number of word quadruples show alike only if they are one."""
    shown = [check_words(number.to_bytes(16, "big")) for number in (one, other)]
    assert (shown[0] == shown[1]) == (one == other)
