"""What is heard and kept."""

from spread.distill.heard import KEPT_CHARS, MANY, Heard, keep, replaced


def test_what_was_heard_stays_bounded() -> None:
    """Of a very long session the oldest words go."""
    heard: list[Heard] = []
    for at in range(1_000):
        keep(heard, at, "word " * 100)
    assert sum(len(said) for _, said, _ in heard) <= KEPT_CHARS + 32 * 500
    assert heard[-1][0] == 999


def test_the_newest_words_that_fit_are_kept() -> None:
    """The oldest go, no more of them than must."""
    heard: list[Heard] = []
    for at in range(64):
        keep(heard, at, "x" * 1_000)
    assert [line for line, _, _ in heard] == list(range(24, 64))


def test_what_nothing_is_left_of_goes_in_the_end() -> None:
    """Lines of a document that were replaced take no room, so there must not be more and more of them."""
    heard: list[Heard] = []
    for at in range(4_000):
        keep(heard, at, f"The value number {at} counts.", "in a/README.md")
        replaced(heard, "in a/README.md", f"The value number {at} counts.", "")
    assert len(heard) <= MANY + 32
