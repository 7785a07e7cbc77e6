"""What is heard and kept."""

from spread.distill.heard import KEPT_CHARS, Heard, keep


def test_what_was_heard_stays_bounded() -> None:
    """Of a very long session the oldest words go."""
    heard: list[Heard] = []
    for at in range(1_000):
        keep(heard, at, "word " * 100)
    assert sum(len(said) for _, said, _ in heard) <= KEPT_CHARS + 32 * 500
    assert heard[-1][0] == 999
