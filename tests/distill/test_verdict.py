"""What the agent's last words on a prompt come to."""

import pytest

from spread.distill.verdict import verdict


@pytest.mark.parametrize(
    ("asked", "said", "told"),
    [
        (  # the sentence that speaks of what was asked, before praise
            "is the padding of the image wrong?",
            "Good point, thanks for that. The padding is gone. It came from the window.\n- `window.go` has no margin",
            "The padding is gone. It came from the window.",
        ),
        (  # what is in bold print as a whole, though another matter comes first
            "start the build",
            "The build has started and runs.\n\n**The renderer is fine. It was an old file.**\n\nMore of it is below.",
            "The build has started and runs. The renderer is fine. It was an old file.",
        ),
        (  # and what it came from
            "it hangs",
            "Fixed in both of the places. It is quick again. The tests pass. The cause was a lock that nobody let go.",
            "Fixed in both of the places. It is quick again. …The cause was a lock that nobody let go.",
        ),
        (  # no courtesy before it
            "would two of them collide?",
            "Great question. Today every write of the file is whole. The locks come next.",
            "Today every write of the file is whole. The locks come next.",
        ),
        ("why does it hang", "Checking the lock and what holds it now:", ""),  # broken off by a deed
        ("go on", "- one item of a list\n- another item of it", ""),  # nothing stands by itself
    ],
)
def test_the_verdict(asked: str, said: str, told: str) -> None:
    """It is whole sentences in their order; a gap is marked."""
    assert verdict(said, asked, 200) == told


def test_a_question_is_answered_by_a_list_too() -> None:
    """Where no sentence stands by itself, its items tell."""
    assert "one item" in verdict("- one item of a list\n- another item of it", "which ones are there?", 200)


def test_no_more_than_there_is_room() -> None:
    """A sentence that is too long is left out, not cut."""
    said = "The file is there. " + "It was written " + "again and " * 12 + "again."
    assert verdict(said, "is the file there?", 40) == "The file is there."
