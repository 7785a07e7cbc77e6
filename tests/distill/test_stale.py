"""Words that edits took the ground from."""

from pathlib import Path

from spread.distill import distill
from spread.distill.stale import KEPT, Stale, by_name, edited_since, names_in, note, printed
from spread.distill.turns import turn_of
from spread.distillation import body
from spread.transcript_events import Call, Prompt, Say
from tests.distill.lines import CWD, Lines

SAID = "The page shows 9 rows; skipped when the cached fallback already answered. The rest is as before."
OLD = "If the list is longer, the cached fallback already answered and this step is skipped."


def test_a_clause_whose_words_are_gone() -> None:
    """The rest of the report stands, and so does all of it where the words came back in the same edit."""
    turn = turn_of(Prompt(1, "write it"), "", None)
    turn.last = Say(3, SAID)
    stale: Stale = {}
    note(stale, [turn], Call(5, "k", "Edit", {"old_string": OLD, "new_string": f"{OLD} Or so."}))
    assert stale == {}
    note(
        stale, [turn], Call(7, "k", "Edit", {"old_string": OLD, "new_string": "Take the first and the last."})
    )
    assert stale == {"skipped when the cached fallback already answered": 7}
    for line in range(9, 9 + KEPT):
        turn.last = Say(line, f"Word{chr(97 + line % 26)}{line} alpha beta gamma delta.")
        gone = {"old_string": turn.last.text, "new_string": ""}
        note(stale, [turn], Call(line, "k", "Edit", gone))
    assert len(stale) <= KEPT


def test_a_clause_that_names_a_value_that_is_another_now() -> None:
    """By its name; one that has the new value, or the old one of another thing, stands."""
    turn = turn_of(Prompt(1, "set the lamp"), "", None)
    turn.last = Say(3, "The lamp is lit. `kLamp` stays at 9600. **LAMP_AGE** is 9600; kLamp is good for all.")
    edit = {"old_string": "int kLamp = 9600;", "new_string": "int kLamp = 57600;"}
    stale: Stale = {}
    note(stale, [turn], Call(5, "k", "Edit", edit))
    assert stale == {"kLamp` stays at 9600": 5}
    turn.last, stale = Say(3, "The lamp has `kLamp: 9600` and no oil. It burns."), {}
    note(stale, [turn], Call(5, "k", "Edit", edit))
    assert stale == {"The lamp has `kLamp: 9600` and no oil": 5}
    for said in ("`kLamp` goes from 9600 to 57600.", "`kLamp` stays at 96001.", "`kLamp_age` stays at 9600."):
        turn.last, stale = Say(3, said), {}
        note(stale, [turn], Call(5, "k", "Edit", edit))
        assert stale == {}


def test_values_that_were_printed_anew() -> None:
    """What quotes them is overtaken where a later output has the same names with another value, not with the same."""
    turn = turn_of(Prompt(1, "count them"), "", None)
    turn.last = Say(3, "It works: `kept=9, lost=1, share=90.0%`, and only=1 is as before.")
    stale: Stale = {}
    for output in (
        "kept=9 lost=1 share=90.0%",
        "kept=4, lost=1",
        "kept=4",
        "",
        "kept=late lost=1 share=80",
        "unkept=4 unlost=1 unshare=80.0%",
    ):
        printed(stale, [turn], Call(5, "k", "Bash", {}, output=output))
    assert stale == {}
    printed(stale, [turn], Call(7, "k", "Bash", {}, output="a.py:7: kept=4, lost=1, new=0, share=80.0%"))
    assert stale == {"kept=9, lost=1, share=90.0%": 7}


def test_it_is_not_told(tmp_path: Path) -> None:
    """Neither is what stood in a file that is then written as a whole, nor a comment that is gone again."""
    lines = Lines()
    lines.user("write the skill")
    lines.tool("Edit", {"file_path": f"{CWD}/SKILL.md", "old_string": "x", "new_string": OLD})
    comment = "# waits for 41 clients of the old kind"
    lines.tool("Edit", {"file_path": f"{CWD}/a.py", "old_string": "x = 1", "new_string": f"{comment}\nx = 1"})
    lines.tool(
        "Edit", {"file_path": f"{CWD}/b.md", "old_string": "y", "new_string": "The 17 rooms are all locked."}
    )
    lines.say(SAID)
    before = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "cached fallback" in before
    assert "41 clients" in before
    assert "17 rooms" in before
    lines.user("sample both ends instead")
    lines.tool("Edit", {"file_path": f"{CWD}/SKILL.md", "old_string": OLD, "new_string": "Take both ends."})
    lines.tool("Edit", {"file_path": f"{CWD}/a.py", "old_string": f"{comment}\nx = 1", "new_string": "x = 2"})
    lines.write(f"{CWD}/b.md", created=False)
    lines.say("It takes both ends now.")
    after = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "cached fallback" not in after
    assert "41 clients" not in after
    assert "17 rooms" not in after


def test_the_file_that_was_edited_last() -> None:
    """Of those that words name, with how many others were; one of the same name that came later is not meant."""
    edited = by_name({"/a/x.py": 30, "/a/y.py": 40, "/b/x.py": 50}, {"/b/x.py": 20})
    names = frozenset(edited)

    def newest(said: str, line: int, since: int) -> str:
        return edited_since(said, names_in(said, names), line, edited, since)

    assert newest("x.py calls y.py", 9, 12) == "y.py +1"
    assert newest("x.py calls y.py", 9, 32) == "y.py"
    assert newest("x.py calls y.py", 9, 45) == ""
    assert newest("x.py calls y.py", 25, 45) == "x.py"
    assert newest("b/x.py is short", 25, 45) == "x.py"
    assert newest("c/x.py is short", 25, 45) == ""
    assert newest("nothing is named but xx.py and x.pyc", 9, 0) == ""


def test_a_skill_is_spoken_of_by_the_noun() -> None:
    """As long as there is only one; most other nouns may be of anything."""
    edited = by_name({"/a/SKILL.md": 30, "/a/project.md": 40}, {})
    names = frozenset(edited)

    def newest(said: str) -> str:
        return edited_since(said, names_in(said, names), 9, edited, 12)

    assert newest("By the skill nobody commits.") == newest("Der Skill tut das.") == "SKILL.md"
    assert newest("The project is new.") == newest("It takes skill.") == newest("see the skill/x") == ""
    edited["SKILL.md"].append((20, 0, "/b/SKILL.md"))
    assert newest("By the skill nobody commits.") == ""


def test_words_that_lead_up_to_proposed_code_are_marked_when_edits_came(tmp_path: Path) -> None:
    """They are the problem half of a message whose solution is the code; a document of it is not yet that code."""
    code = "\n".join(f"    step_{at}()" for at in range(10))
    problem = "The closing handler in the current code never writes an entry for the session to its log."
    lines = Lines()
    lines.user("please look at how the closing handler writes to its log")
    lines.say(f"{problem}\n\n```go\nfunc closeIt() {{\n{code}\n}}\n```\n\nShall I put it in?")
    lines.user("the name should be another one, end-mark instead of end")
    lines.edit("/home/dev/app/docs/handlers.md")
    lines.say("It is in the design.")
    assert "code for it followed" not in body(distill(lines.save(tmp_path), machine="box").to_markdown())
    lines.user("then build it now as the design says")
    lines.edit("/home/dev/app/handlers.go")
    lines.say("It is in.")
    lines.user("and now the version of the whole thing has to be raised")
    lines.say("It is raised now, and everything else is as it was before.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert f"L2 agent (code for it followed; edits came later): {problem}" in page


def test_what_was_said_of_a_process_that_was_ended(tmp_path: Path) -> None:
    """It is dropped with that process, not with one whose number only begins so."""
    for ends, there in (("kill -9 33189 2>/dev/null; true", False), ("kill 331890", True)):
        lines = Lines()
        lines.user("why is the port another one?")
        lines.say("An old server holds port 5173 (PID 33189), so the new one has taken the next port.")
        lines.user("and now end it, please")
        lines.bash(ends)
        lines.say("That is done.")
        page = body(distill(lines.save(tmp_path), machine="laptop").to_markdown())
        assert ("PID 33189" in page) == there
