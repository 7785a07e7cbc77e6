"""The user goes back in the conversation, and asks for something else in the place of a prompt."""

from pathlib import Path

import pytest

from spread.distill.rewound import rewinds
from spread.distill.turns import turn_of
from spread.transcript_events import Prompt
from tests.distill.lines import CWD, Lines


@pytest.mark.parametrize("back", [True, False])
def test_what_was_said_and_edited_from_there_on_may_be_undone(back: bool, tmp_path: Path) -> None:
    """The client keeps the lines, and the new prompt follows the same message as the one whose place it takes."""
    lines = Lines()
    lines.user("mend the mean of an empty list", parentUuid=None)
    lines.edit(f"{CWD}/tide.py")
    lines.say("The mean is mended.")
    first = lines.user("add a median", parentUuid="1f0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f")
    lines.edit(f"{CWD}/median.py")
    lines.say("The median takes the upper one of two.")
    other = "2f0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f"
    line = lines.user("add a variance", parentUuid="1f0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f" if back else other)
    lines.edit(f"{CWD}/variance.py")
    lines.say("The variance is there.")
    page = lines.page(tmp_path)
    told = f"the user went back to before L{first}; edits from there on may be undone: median.py (L{line})"
    assert (told in page) is back
    assert (f"(taken back, L{line}): The median takes" in page) is back
    assert f"(taken back, L{line}): The mean" not in page


def test_prompts_of_one_line_take_no_place() -> None:
    """Nor do those of which it is not known what they follow."""
    prompts = [Prompt(3, "a", parent="p"), Prompt(3, "b", parent="p"), Prompt(5, "c"), Prompt(7, "d")]
    assert rewinds([turn_of(prompt, "", None) for prompt in prompts]) == []
    prompts += [Prompt(9, "e", parent="p"), Prompt(12, "f", parent="p")]
    assert rewinds([turn_of(prompt, "", None) for prompt in prompts]) == [(3, 9), (9, 12)]
