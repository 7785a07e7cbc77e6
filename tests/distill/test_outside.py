"""Files that somebody else changed, as the client noticed."""

from pathlib import Path

import pytest

from spread.distillation import Distillation
from tests.distill.lines import CWD, Lines

TEXT = "The lists are parsed twice = 2\n"
CODE = "def parse(text):\n    brackets = text.count('[')\n    return [*grammar.walk(text, brackets)]\n"


def _begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "4 passed in 0.02s")
    return lines


def _noticed(lines: Lines, path: str) -> int:
    given = {"type": "edited_text_file", "filename": path, "snippet": "1\tx"}
    return lines.add({"type": "attachment", "cwd": CWD, "sessionId": "s", "attachment": given})


def _made(lines: Lines, folder: Path) -> Distillation:
    lines.say("It is done.")
    return lines.distilled(folder)


def test_what_changed_while_the_user_was_asked_was_not_checked(tmp_path: Path) -> None:
    """The client looks at each prompt: what differs then, somebody else wrote after the pass."""
    lines = _begun()
    lines.say("Done.")
    lines.user("what else is there?")
    at = _noticed(lines, f"{CWD}/a.py")
    made = _made(lines, tmp_path)
    assert (made.state, made.validation.after_last_edit) == ("needs verification", False)
    assert made.files.modified == ("a.py",)
    assert f"in no edit seen (git, script or user, L{at})" in lines.page(tmp_path)
    lines.bash("pytest -q", "4 passed in 0.02s")
    assert _made(lines, tmp_path).state == "validated"


@pytest.mark.parametrize(
    "path",
    [
        f"{CWD}/NOTES.md",
        "/tmp/x.py",
        "/home/dev/other/a.py",
        f"{CWD}/node_modules/a.js",
        f"{CWD}/.git/config",
    ],
)
def test_what_is_no_part_of_the_work_is_not_told(tmp_path: Path, path: str) -> None:
    """Documents, temporary files and those of other projects leave what passed as it was."""
    lines = _begun()
    lines.say("Done.")
    lines.user("what else is there?")
    _noticed(lines, path)
    assert _made(lines, tmp_path).state == "validated"


def test_what_a_call_did_itself_is_known(tmp_path: Path) -> None:
    """After a call that edits and checks in one line, what is noticed is that edit: it was checked."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.bash("sed -i s/a/b/ a.py && pytest -q", "4 passed in 0.02s")
    _noticed(lines, f"{CWD}/a.py")
    assert _made(lines, tmp_path).state == "validated"


@pytest.mark.parametrize(
    ("name", "text", "told"), [("a.py", CODE, "written in a.py {}: "), ("NOTES.md", TEXT, "NOTES.md: {} +")]
)
def test_what_was_written_may_be_otherwise_since(tmp_path: Path, name: str, text: str, told: str) -> None:
    """Nobody knows what of it still stands, until the file is written anew."""
    lines = Lines()
    lines.user("please note how the lists are parsed")
    lines.tool("Edit", {"file_path": f"{CWD}/{name}", "old_string": "", "new_string": text})
    lines.say("Done.")
    assert "changed since" not in lines.page(tmp_path)
    lines.user("I have put it in my own words")
    at = _noticed(lines, f"{CWD}/{name}")
    lines.say("Good.")
    assert told.format(f"(changed since, L{at})") in lines.page(tmp_path)
    lines.write(f"{CWD}/{name}", created=False)
    assert "changed since" not in lines.page(tmp_path)


def test_what_the_session_edited_after_others_did(tmp_path: Path) -> None:
    """That they changed it since is not so then; what of the edits before still stands, nobody knows."""
    lines, path = Lines(), f"{CWD}/NOTES.md"
    lines.user("please note how the lists are parsed")
    lines.tool("Edit", {"file_path": path, "old_string": "", "new_string": TEXT})
    lines.say("Done.")
    lines.user("I have put it in my own words; add the horns")
    at = _noticed(lines, path)
    lines.tool(
        "Edit", {"file_path": path, "old_string": "", "new_string": "## Horns\nThey are read at night.\n"}
    )
    lines.say("Added.")
    page = lines.page(tmp_path)
    assert "changed since" not in page
    assert f"NOTES.md: (others too, L{at}) +" in page
