"""What the agent found wrong with an edit that it had tried, and then made again."""

from pathlib import Path

import pytest

from spread.distill import distill
from tests.distill.lines import Lines

WRONG = "The observer never fires a second time, so the gutter stays at 975 pixels. Stretching it is enough:"
TOLD = "agent, then editing view.js again: “The observer never fires a second time, so the gutter stays at 975 pixels.”"


def _edit(lines: Lines, path: str, new: str) -> None:
    lines.tool("Edit", {"file_path": f"/home/dev/app/{path}", "old_string": "a", "new_string": new})


def _failed(lines: Lines, tmp_path: Path) -> tuple[str, ...]:
    return distill(lines.save(tmp_path), machine="laptop").failed


def test_what_was_wrong_with_an_edit_is_told(tmp_path: Path) -> None:
    """What the agent said between two edits of a file on one prompt says why the first was not enough."""
    lines = Lines()
    lines.user("the gutter should be as tall as the editor")
    _edit(lines, "view.js", "observe()")
    lines.bash("node measure.js", "gutter 975 editor 1071")
    at = lines.say(WRONG)
    _edit(lines, "view.js", "stretch()")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert made.failed == (TOLD,)
    assert made.evidence["failed"] == (f"L{at}",)


@pytest.mark.parametrize(
    "what",
    [
        "another file",
        "not tried",
        "another prompt",
        "a document",
        "pleased",
        "numbered",
        "passes",
        "progress",
    ],
)
def test_other_words_before_an_edit_are_not(tmp_path: Path, what: str) -> None:
    """Of a file not edited before, not tried since, on another prompt; of prose, praise and the next attempt."""
    lines = Lines()
    lines.user("the gutter should be as tall as the editor")
    path = "view.md" if what == "a document" else "view.js"
    _edit(lines, "other.js" if what == "another file" else path, "observe()")
    if what == "not tried":
        lines.tool("Read", {"file_path": "/home/dev/app/view.js"}, "observe()")
    else:
        lines.bash("node measure.js", "gutter 975 editor 1071")
    if what == "another prompt":
        lines.user("what did you find?")
    said = {
        "pleased": f"Excellent! {WRONG}",
        "numbered": "Attempt 2: no observer, stretch it right away.",
        "progress": "The gutter listens to the editor; I measured it in the browser. Going on with the ruler.",
        "passes": "The gutter is linked to the editor, and the tests pass. Now it is to be stretched.",
    }
    lines.say(said.get(what, WRONG))
    _edit(lines, path, "stretch()")
    assert _failed(lines, tmp_path) == ()


def test_of_a_change_of_many_steps_each_is_told(tmp_path: Path) -> None:
    """The last one first on the page, like all that failed."""
    lines = Lines()
    lines.user("the gutter should be as tall as the editor")
    _edit(lines, "view.js", "observe()")
    for at, why in enumerate(
        ("The observer fires only once for each row.", "The row is now far taller than that.")
    ):
        lines.bash("node measure.js", f"gutter {at} editor 1071")
        lines.say(f"{why} Another way:")
        _edit(lines, "view.js", f"step{at}()")
    assert [text.partition("“")[2][:12] for text in _failed(lines, tmp_path)] == [
        "The observer",
        "The row is n",
    ]


@pytest.mark.parametrize("said", [True, False])
def test_an_edit_that_was_taken_back_is_told_with_why(tmp_path: Path, said: bool) -> None:
    """Whether it was tried or not, and though a call is denied later: the file, as before, does not show it."""
    lines = Lines()
    lines.user("the audit misses two packages")
    plain, listed = '"name": "inkwell",', '"name": "inkwell",\n"quill": "file:lib/quill",'
    given = {"file_path": "/home/dev/app/package.json"}
    lines.tool("Edit", {**given, "old_string": plain, "new_string": listed})
    if said:
        lines.say("Wait, this was tried before and it broke the install. Let me revert that:")
    lines.tool("Edit", {**given, "old_string": listed, "new_string": plain})
    lines.tool("Edit", {"file_path": "/home/dev/app/audit.json", "old_string": "a", "new_string": "b"})
    denied = "The user doesn't want to proceed with this tool use. To tell you how to proceed, the user said:\nnot now"
    lines.tool("Bash", {"command": "npm publish"}, denied, error=True)
    lead = 'agent, then editing package.json back as it was (without `"quill": "file:lib/quill",`): '
    told = [item for item in _failed(lines, tmp_path) if item.startswith("agent, ")]
    assert told == ([f"{lead}“Wait, this was tried before and it broke the install.”"] if said else [])


def test_what_the_user_wants_back_is_no_fault_that_the_agent_found(tmp_path: Path) -> None:
    """Its last words before that prompt are no reason for it."""
    lines = Lines()
    lines.user("the gutter should be as tall as the editor")
    edit = {"file_path": "/home/dev/app/view.js", "old_string": "a", "new_string": "stretch()"}
    lines.tool("Edit", edit)
    lines.say("The gutter is stretched. The ruler beside it is not yet drawn in that height.")
    lines.user("take the stretching out again")
    lines.tool("Edit", {**edit, "old_string": "stretch()", "new_string": "a"})
    assert not any("not yet drawn" in said for said in _failed(lines, tmp_path))
