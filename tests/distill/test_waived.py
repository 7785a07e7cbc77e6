"""A failure that the user waves off is not what comes next."""

from pathlib import Path

import pytest

from tests.distill.lines import begun


@pytest.mark.parametrize(
    ("said", "waves_off"),
    [
        ("ok leave it. tell me what else there is", "ok leave it."),
        ("thats known, anna is fixing it. go on with the colours", "thats known, anna is fixing it."),
        ("known, anna is on it. go on with the colours", "known, anna is on it."),
        ("anna is on it already. go on with the colours", "anna is on it already."),
        ("the mark is on this page. go on with the colours", ""),
        ("not our bug, go on with the colours", "not our bug, go on with the colours"),
        ("nvm, go on with the colours", "nvm, go on with the colours"),
        ("go on with the colours", ""),
        ("dont leave it that way", ""),
        ("do we leave it?", ""),
        ("leave it, I'll fix that later. did you forget anything?", "leave it, I'll fix that later."),
        ("i'll do that myself, list the colours", "i'll do that myself, list the colours"),
        ("lass, mach ich nachher selbst. und die farben?", "lass, mach ich nachher selbst."),
        ("leave it to me to choose the colours", ""),
        ("it's not fine, mend it", ""),
        ("leave it at three colours", ""),
        (
            "ok leave pytest, it goes away with the other branch",
            "ok leave pytest, it goes away with the other branch",
        ),
        ("ignore the pytest failure. go on with the colours", "ignore the pytest failure."),
        ("leave the colours alone. go on", ""),
        ("don't ignore pytest, mend it", ""),
        ("leave pytest to anna and mend the writer", ""),
    ],
)
def test_what_the_user_says_of_a_failure(tmp_path: Path, said: str, waves_off: str) -> None:
    """Who says that it is known, another's or to be left wants something else than a pass; else it is to pass."""
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    at = lines.bash("pytest -q", "1 failed, 3 passed in 0.1s", code=1) + 1
    lines.say("One test fails, `test_paint`.")
    asked = lines.user(said)
    lines.say("The colours are listed in `a.py`.")
    told = lines.distilled(tmp_path).next.splitlines()[0]
    if waves_off:
        assert told == f"`pytest -q` failed; the user then: “{waves_off}” (L{asked}) (L{at})"
    else:
        assert told == f"make `pytest -q` pass (L{at})"


def test_a_failure_before_the_last_edit_may_be_mended(tmp_path: Path) -> None:
    """Nobody knows whether it still fails."""
    lines = begun()
    at = lines.bash("pytest -q", "1 failed, 3 passed in 0.1s", code=1) + 1
    lines.edit("/home/dev/app/a.py")
    lines.say("It should pass now.")
    told = lines.distilled(tmp_path).next.splitlines()[0]
    assert told == f"make `pytest -q` pass; files changed since: run it first (L{at})"


@pytest.mark.parametrize("edits", [False, True])
def test_what_was_looked_into_first_may_then_be_left(tmp_path: Path, edits: bool) -> None:
    """The second prompt after a failure may wave it off, unless files were changed before: then it is of these."""
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    at = lines.bash("pytest -q", "1 failed, 3 passed in 0.1s", code=1) + 1
    lines.say("One test fails, `test_paint`.")
    lines.user("it wants the colours of the old shop, see there")
    if edits:
        lines.edit("/home/dev/app/shop.py")
    lines.say("They stand in the old shop alone.")
    asked = lines.user("ok leave it, thanks")
    lines.say("It stays.")
    told = lines.distilled(tmp_path).next
    assert (f"`pytest -q` failed; the user then: “ok leave it, thanks” (L{asked}) (L{at})" in told) != edits


@pytest.mark.parametrize(
    ("said", "dropped"),
    [
        ("and drop the test of the lamps, nobody needs it. go on", True),
        ("den test der lamps können wir streichen", True),
        ("do not drop the test of the lamps", False),
        ("shall we drop the test of the lamps?", False),
        ("drop the old colours", False),
    ],
)
def test_a_todo_that_the_user_does_not_want_any_more(tmp_path: Path, said: str, dropped: bool) -> None:
    """It is not what comes next; the list says what the user said of it."""
    lines = begun()
    todos = [{"content": each, "status": "pending"} for each in ("Test of the lamps", "Paint the pier")]
    lines.tool("TodoWrite", {"todos": todos}, "Todos have been modified")
    lines.say("Two are left.")
    lines.user(said)
    lines.say("Good.")
    made = lines.distilled(tmp_path)
    assert made.next.startswith("Paint the pier" if dropped else "Test of the lamps")
    assert ("(the user later: “" in made.todos[0].text) is dropped
    assert "(the user" not in made.todos[1].text


@pytest.mark.parametrize(
    ("asked", "stays"),
    [
        ("then write the test, but leave the bug in for now, Jonas mends it tomorrow", True),
        ("dann schreib den Test, aber lass den Fehler erstmal drin", True),
        ("write the test and don't leave the bug in", False),
        ("write the test", False),
    ],
)
def test_what_the_user_said_of_it_before(tmp_path: Path, asked: str, *, stays: bool) -> None:
    """Who wants a test of what is to stay broken for now does not want it to pass."""
    lines = begun()
    at = lines.user(asked)
    lines.edit("/home/dev/app/test_a.py")
    lines.bash("pytest -q", "1 failed, 3 passed in 0.1s", code=1)
    lines.say("The test stands, and fails.")
    told = lines.distilled(tmp_path).next.splitlines()[0]
    assert told.startswith(
        f"`pytest -q` failed; the user before: “{asked}” (L{at})" if stays else "make `pytest -q` pass"
    )
