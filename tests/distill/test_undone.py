"""Definitions that a session wrote and took out again."""

from pathlib import Path

import pytest

from spread.distill import undone
from spread.distill.undone import since
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines

DEFINED = "def lamp_age(lamp):\n    return lamp.days\n"


def test_what_a_text_names_is_gone_since() -> None:
    """By what it is called now, where it has another name; a mere word may be of anything."""
    gone = {"LampOptions": 9, "lamp_age": 9, "Lamps": 9}
    names, became = {"oil_age": 1}, {"lamp_age": "oil_age"}
    assert since("Add LampOptions to a.py", 5, names, gone, became) == " (gone since, L9)"
    assert since("Add LampOptions and OilOptions", 5, names, gone, became) == " (LampOptions gone since, L9)"
    assert since("Add lamp_age to a.py", 5, names, gone, became) == " (now oil_age, L9)"
    for said in ("Add Lamps", "Add lamp_ages", "Add a lamp", ""):
        assert since(said, 5, names, gone, became) == ""
    assert since("Remove LampOptions", 9, names, gone, became) == ""


def test_a_todo_that_was_ticked_off_is_told_so(tmp_path: Path) -> None:
    """As what it added no longer is there, though it was done."""
    lines = Lines()
    lines.user("please add the age of the lamps")
    todo = {"content": "Add lamp_age to lamps.py", "activeForm": "Adding"}
    lines.tool("TodoWrite", {"todos": [{**todo, "status": "in_progress"}]})
    path = f"{CWD}/lamps.py"
    lines.tool(
        "Edit", {"file_path": path, "old_string": "import oil\n", "new_string": f"import oil\n{DEFINED}"}
    )
    lines.tool("TodoWrite", {"todos": [{**todo, "status": "completed"}]})
    lines.say("It is there.")
    assert "Add lamp_age to lamps.py" in lines.distilled(tmp_path).completed
    lines.user("it is not needed after all, take it out")
    gone = lines.tool("Edit", {"file_path": path, "old_string": f"{DEFINED}x = 1", "new_string": "x = 1"})
    lines.say("It is gone.")
    assert f"Add lamp_age to lamps.py (gone since, L{gone})" in lines.distilled(tmp_path).completed


def test_a_definition_that_was_there_written_anew_and_taken_out_is_gone(tmp_path: Path) -> None:
    """A method may well be there in another class, and what was only taken out was no work of the session."""
    anew, once = f"{DEFINED}    # in days\n", "def oil_of(lamp):\n    return 1\n"
    method = "class Lamp:\n    def oil_left(self):\n        return 1\n"
    path, lines = f"{CWD}/lamps.py", Lines()
    lines.user("mend the age of the lamps")
    for old, new in (
        (DEFINED, anew),
        (method, f"{method}\n"),
        (anew, ""),
        (f"{method}\n", "class Lamp:\n"),
        (once, ""),
    ):
        lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})
    lines.say("They are mended.")
    told = [item for item in lines.distilled(tmp_path).uncertainties if "taken out or renamed" in item]
    assert told == ["written here, taken out or renamed again: lamp_age"]


def test_definitions_of_a_long_edit_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in all of it for each name that it keeps."""
    looked: list[str] = []

    class Counted:
        def findall(self, code: str) -> list[str]:
            looked.append(code)
            return ["lamp_11"]

    monkeypatch.setattr(undone, "_AT_TOP", Counted())
    code = "".join(f"def lamp_{at}(): pass\n" for at in range(10, 60))
    names = dict[str, int]()
    call = Call(3, "", "Edit", {"old_string": code, "new_string": f"{code}x"}, "")
    undone.follow(names, {}, {}, call)
    assert names == {"lamp_11": 1}
    assert len(looked) == 1
