"""What git takes back of a file that the session has committed before."""

from dataclasses import replace
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import Distillation, body
from tests.distill.lines import CWD, Lines

LAMP, FAULT = "def light(lamp):\n    return lamp", "def fault(lamp):\n    raise lamp"


def _edit(lines: Lines, old: str, new: str) -> None:
    lines.tool("Edit", {"file_path": f"{CWD}/lamps.py", "old_string": old, "new_string": new})


def _made(tmp_path: Path, back: str, *, commits: bool, output: str = "") -> Distillation:
    lines = Lines()
    lines.user("the lamps have to light up")
    _edit(lines, "start()", f"start()\n{LAMP}")
    if commits:
        lines.bash("git commit -qam 'Light the lamps' && git log --oneline -1", "1aa0b7e Light the lamps")
    lines.user("and they have to say what is wrong")
    _edit(lines, "stop()", f"stop()\n{FAULT}")
    lines.user("take that out again, simpler is better")
    lines.bash(back, output)
    lines.say("It is out.")
    return lines.distilled(tmp_path)


@pytest.mark.parametrize(
    ("back", "output"),
    [
        ("git checkout lamps.py", "Updated 1 path from the index"),
        ("git checkout -- lamps.py", ""),
        ("git restore lamps.py", ""),
        ("git reset --hard", "HEAD is now at 1aa0b7e Light the lamps"),
    ],
)
def test_what_a_commit_holds_stays(tmp_path: Path, back: str, output: str) -> None:
    """Only what came after it is gone: the file is as it was committed, and nothing of the rest is told as written."""
    made = _made(tmp_path, back, commits=True, output=output)
    page = body(made.to_markdown())
    assert made.files.modified == ("lamps.py",)
    assert "all edits taken back" not in page
    assert "+`light`" in page
    assert "fault" not in page.replace("and they have to say what is wrong", "")
    assert "in no commit seen" not in page


def test_without_a_commit_all_of_it_is_gone(tmp_path: Path) -> None:
    """Then the file is as it was before the session."""
    made = _made(tmp_path, "git checkout -- lamps.py", commits=False)
    assert made.files.modified == ()
    assert "all edits taken back: lamps.py" in body(made.to_markdown())


def test_what_a_command_wrote_after_it_is_there(tmp_path: Path) -> None:
    """A file whose edits git took back is changed again by what a shell command writes into it."""
    back = "git checkout -- lamps.py && sed -i 's/start/begin/' lamps.py"
    made = _made(tmp_path, back, commits=False)
    assert made.files.modified == ("lamps.py",)
    assert "taken back" not in body(made.to_markdown())


@pytest.mark.parametrize("committed", [0, 1, 2])
def test_what_was_told_in_between_changes_nothing(tmp_path: Path, committed: int) -> None:
    """A page that was made between an edit and its end takes nothing from what is known of it later."""
    lines, state = Lines(), str(tmp_path / "kept.state")
    edits = ("lamp = 1", f"lamp = 2\n{LAMP}"), ("x = 1", f"x = 1\n{FAULT}")
    lines.user("mend the lamps")

    def told() -> None:
        path = lines.save(tmp_path)
        made, anew = distill(path, machine="m", state=state), distill(path, machine="m")
        assert replace(made, id="", revision=1) == replace(anew, id="", revision=1)

    for at, (old, new) in enumerate(edits):
        if at == committed:
            lines.bash("git commit -qam lamps && git log --oneline -1", "aaaaaaa lamps")
        _edit(lines, old, new)
        told()
    if committed == 2:
        lines.bash("git commit -qam lamps && git log --oneline -1", "aaaaaaa lamps")
    told()
    lines.bash("git checkout .", "")
    lines.say("It is as it was.")
    told()


def _two_commits(*, amend: bool = False) -> Lines:
    lines = Lines()
    lines.user("the lamps have to light up")
    _edit(lines, "start()", f"start()\n{LAMP}")
    lines.bash(
        "git commit -am 'Light the lamps'",
        "[main 1aa0b7e] Light the lamps\n 1 file changed, 2 insertions(+)",
    )
    lines.tool("Edit", {"file_path": f"{CWD}/notes.py", "old_string": "a = 1", "new_string": "a = 2"})
    lines.bash("git commit -am 'Note it'", "[main 4aa0b7e] Note it\n 1 file changed, 1 insertion(+)")
    lines.user("and they have to say what is wrong")
    _edit(lines, "stop()", f"stop()\n{FAULT}")
    lines.bash(
        f"git commit -a{' --amend' if amend else ''} -m 'Tell faults'",
        "[main 2bb0b7e] Tell faults\n 1 file changed, 2 insertions(+)",
    )
    return lines


REVERT = "git revert --no-edit HEAD", '[main 3cc0b7e] Revert "Tell faults"\n 1 file changed, 2 deletions(-)'


@pytest.mark.parametrize("told", [False, True])
def test_a_revert_takes_the_edits_of_its_commit(tmp_path: Path, *, told: bool) -> None:
    """What a commit before it holds of the file stays; whether it was told of in between changes nothing."""
    lines, state = _two_commits(), str(tmp_path / "kept.state") if told else None
    if told:
        lines.say("They tell.")
        distill(lines.save(tmp_path), machine="m", state=state)
    lines.user("no, take that out again")
    lines.bash(*REVERT)
    lines.say("It is out.")
    lines.user("now write a short note on the lamps for the others")
    lines.say("It is written.")
    made = distill(lines.save(tmp_path), machine="m", state=state)
    page = body(made.to_markdown())
    assert made.files.modified == ("lamps.py", "notes.py")
    assert "+`light`" in page
    assert "`fault`" not in page


@pytest.mark.parametrize(
    ("command", "taken"),
    [
        ("git revert --no-edit HEAD | tail -1", True),
        ("git revert --no-edit HEAD 2>&1 | tail -1 && git status -s && git log --oneline -1", True),
        ("git revert --no-edit HEAD~1 | tail -1", False),
        ("git revert -n HEAD | tail -1", False),
        ("git revert --no-edit HEAD | tail -1; git show --stat HEAD | tail -1", False),
    ],
)
def test_a_revert_whose_own_line_was_cut_off_was_made(command: str, tmp_path: Path, *, taken: bool) -> None:
    """What a commit lists below it shows that; not where something else may have listed it, or of another commit."""
    lines = _two_commits()
    lines.bash(command, " 1 file changed, 2 deletions(-)")
    lines.user("now write a short note on the lamps for the others")
    lines.say("It is written.")
    page = lines.page(tmp_path)
    assert ("`fault`" not in page) == taken
    assert ('a commit was called, “Revert "Tell faults"”, its id not shown' in page) == taken
    if taken:
        lines.bash("git log --oneline -2", '3cc0b7e Revert "Tell faults"\n2bb0b7e Tell faults')
        assert [each.partition(" ")[0] for each in lines.distilled(tmp_path).commits][-2:] == [
            "2bb0b7e",
            "3cc0b7e",
        ]


def test_a_revert_after_which_it_was_edited_leaves_all(tmp_path: Path) -> None:
    """What is of which commit, nobody knows for sure then; likewise where the commit was amended."""
    lines = _two_commits()
    _edit(lines, "halt()", "halt(now)")
    lines.bash(*REVERT)
    assert "`fault`" in lines.page(tmp_path)
    lines = _two_commits(amend=True)
    lines.bash(*REVERT)
    assert "+`light`, `fault`" in lines.page(tmp_path)


def test_words_on_what_git_took_back_say_so(tmp_path: Path) -> None:
    """They would be read as if it stood; what was said when it was out again stays as it is."""
    lines = _two_commits()
    lines.say("Faults of the lamps are told now, each with its number and the place of the lamp.")
    lines.user("how bright are they? and the town wants to pay for lamps without that, for now")
    at = lines.bash(*REVERT)
    lines.say("The revert is made: no lamp tells of its faults, the history has both.")
    lines.user("how many lamps are there at the pier?")
    lines.say("There are 40 lamps.")
    context = lines.distilled(tmp_path).context
    assert f"agent (taken back, L{at}): Faults of the lamps" in context
    assert f"(taken back, L{at}): The revert" not in context


STASH = ("git stash", "Saved working directory and index state WIP on main: 4b60630 start")
COMMIT = (
    "git commit -am 'Light the lamps'",
    "[main 1aa0b7e] Light the lamps\n 1 file changed, 2 insertions(+)",
)
KEEP, RESET = ("git branch keep", ""), ("git reset --hard HEAD~1", "HEAD is now at 4b60630 start")


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([STASH], "lamps.py: (stashed, L4) +`light`"),
        ([STASH, ("git stash pop", "Dropped refs/stash@{0} (fa7f264)")], "lamps.py: +`light`"),
        ([STASH, ("git stash list", "stash@{0}: WIP on main")], "lamps.py: (stashed, L4) +`light`"),
        ([COMMIT, KEEP, RESET], "lamps.py: (reset here, L8; on another branch) +`light`"),
        (
            [COMMIT, KEEP, RESET, ("git merge keep", "Updating 4b60630..1aa0b7e\nFast-forward")],
            "lamps.py: +`light`",
        ),
        ([COMMIT, KEEP], "lamps.py: +`light`"),
    ],
)
def test_edits_that_are_not_in_the_files_now(tmp_path: Path, steps: list[tuple[str, str]], told: str) -> None:
    """What a stash holds, or only a branch that was made before a reset, is told as such until it may be back."""
    lines = Lines()
    lines.user("the lamps have to light up")
    _edit(lines, "start()", f"start()\n{LAMP}")
    for step in steps:
        lines.bash(*step)
    lines.say("So it stands.")
    assert told in lines.page(tmp_path)


def test_edits_after_those_in_a_stash(tmp_path: Path) -> None:
    """A file that was edited again has a part of its edits only; after a reset only what came since is told."""
    for steps, told in (([STASH], "(partly stashed, L4) +"), ([COMMIT, KEEP, RESET], "lamps.py: +`fault`")):
        lines = Lines()
        lines.user("the lamps have to light up")
        _edit(lines, "start()", f"start()\n{LAMP}")
        for step in steps:
            lines.bash(*step)
        _edit(lines, "stop()", f"stop()\n{FAULT}")
        lines.say("So it stands.")
        assert told in lines.page(tmp_path)


@pytest.mark.parametrize("back", ["git checkout lamps.py", "git checkout -q lamps.py", "git stash -q"])
def test_an_attempt_that_was_taken_back_is_not_told_once_the_next_one_is_committed(
    tmp_path: Path, back: str
) -> None:
    """Neither as written nor as an edit, though the file was edited and committed after it."""
    lines = Lines()
    lines.user("the lamps flicker, find out why")
    _edit(lines, "start()", "with self._mutex_of_all_lamps_here:\n    start_while_nobody_else_does()")
    lines.bash("git commit -qam 'Lock' && git log --oneline -1", "1aa0b7e Lock")
    _edit(lines, "wait = 3", "wait = slept_for_long_enough(lamps)")
    lines.bash(back)
    if "stash" in back:
        lines.bash("git stash drop -q")
    _edit(lines, "stop()", "stop(join_the_thread=True)")
    lines.bash("git commit -qam 'Join' && git log --oneline -1", "2bb0b7e Join")
    lines.say("The thread is waited for.")
    page = lines.page(tmp_path)
    assert "slept_for_long_enough" not in page
    assert "join_the_thread" in page
    assert "_mutex_of_all_lamps_here" in page


def test_a_stash_is_in_no_commit_made_while_it_lies_there(tmp_path: Path) -> None:
    """What it holds goes with it, though another file was committed in between."""
    lines = Lines()
    lines.user("colour the lamps")
    _edit(lines, "start()", "start_in_white_light()")
    lines.bash("git commit -qam 'White' && git log --oneline -1", "1aa0b7e White")
    _edit(lines, "start_in_white_light()", "start_in_the_red_light_of_evening()")
    lines.bash("git stash push -q -m red && git stash list", "stash@{0}: On main: red")
    lines.write(f"{CWD}/switches.py")
    lines.bash("git add -A && git commit -qm 'Switches' && git log --oneline -1", "2bb0b7e Switches")
    lines.user("drop the colours, the stash too")
    lines.bash("git stash drop", "Dropped refs/stash@{0} (c0ffee)")
    lines.say("Dropped.")
    page = lines.page(tmp_path)
    assert "red_light" not in page
    assert "start_in_white_light" in page
