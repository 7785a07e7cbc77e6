"""What is told as left open when nobody says what comes next."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.later import put_off
from spread.distill.next import MAX_LINES, MAX_WORDS
from spread.distillation import body
from spread.project import Project
from tests.distill.lines import CWD, Lines

COMMIT = "[main aaaaaaa] x\n 1 file changed"
DENIED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed."
)


def told(lines: Lines, folder: Path) -> str:
    return distill(lines.save(folder), machine="box").next


def begun(name: str = "a.py", *, tested: bool = True) -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"/home/dev/app/{name}")
    if tested:
        lines.bash("pytest -q", "1 passed in 0.1s")
    return lines


def closed(line: int) -> str:
    return f"answered (L{line}), no question or todo is open"


def unconfirmed(line: int) -> str:
    return f"the user has not spoken since the last change (L{line}): unconfirmed"


def untested(line: int, name: str = "a.py") -> str:
    return f"no edit of a test seen; code changed: {name} (L{line})"


def test_that_nothing_is_left_is_never_said(tmp_path: Path) -> None:
    """A session that looks complete is told by what the record proves: answered, not confirmed, without a test."""
    lines = begun()
    line = lines.say("The parser is mended.")
    assert told(lines, tmp_path).splitlines() == [unconfirmed(2), untested(2), closed(line)]
    lines.user("thanks, it works")
    line = lines.say("Good.")
    assert told(lines, tmp_path).splitlines() == [untested(2), closed(line)]


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("ok and how do I get a code for that gate?", True),
        ("where can i see it?", True),
        ("how do I know that it is right?", False),
        ("how does the gate open?", False),
    ],
)
def test_who_was_told_how_to_do_something_has_the_next_turn(tmp_path: Path, asked: str, own: bool) -> None:
    """That nothing waits for an answer is no end: the user is to do it, which no record shows."""
    lines = begun()
    lines.say("The parser is mended.")
    lines.user(asked)
    line = lines.say("The code of the gate is in the log.")
    turn = f"answered (L{line}): the user is to do what they asked about; not seen done"
    assert told(lines, tmp_path).splitlines()[-1] == (turn if own else closed(line))


def test_code_after_the_last_edit_of_a_test(tmp_path: Path) -> None:
    """It is named, two files of one name with their folders; not where tests stand beside the code or others work."""
    lines = begun()
    lines.edit("/home/dev/app/a-test.txt")
    lines.say("The parser is mended.")
    lines.edit("/home/dev/app/b.py")
    assert "no edit of a test seen after" not in told(lines, tmp_path)
    lines = begun()
    lines.edit("/home/dev/app/test_a.py")
    lines.say("The parser is mended.")
    assert "no edit of a test" not in told(lines, tmp_path)
    first, second = lines.edit("/home/dev/app/x/s.go"), lines.edit("/home/dev/app/y/s.go")
    lines.edit("/home/dev/app/notes.md")
    lines.say("More is mended.")
    assert (
        f"no edit of a test seen after L6; code changed since: …/y/s.go (L{second}), …/x/s.go (L{first})\n"
        in told(lines, tmp_path)
    )
    lines.edit("/home/dev/app/.github/workflows/test.yml")  # has tests run, and holds none
    lines.say("The workflow is mended.")
    assert "no edit of a test seen after L6; code" in told(lines, tmp_path)
    lines.tool(
        "Task", {"description": "more tests", "prompt": "write them", "subagent_type": "worker"}, "Done."
    )
    lines.say("All is mended.")
    assert "no edit of a test" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    "name", ["a.rs", "src/__tests__/a.ts", "ATest.java", "Tests/Parser.swift", "spec/a.rb", "make.sh"]
)
def test_no_false_word_of_tests(tmp_path: Path, name: str) -> None:
    """Nothing is told where tests stand beside the code, or what was edited may be a test."""
    lines = begun(name)
    lines.say("The parser is mended.")
    assert "no edit of a test" not in told(lines, tmp_path)


def test_issues_that_were_opened(tmp_path: Path) -> None:
    """What was put off is kept there; one that was closed again is not named."""
    lines = begun()
    given = {"title": "Read days by a table", "team": "X"}
    first = lines.tool("mcp__tracker__create_issue", given, '{"id":"e9","identifier":"APP-12","title":"x"}')
    lines.tool("mcp__tracker__get_issue", {"id": "APP-1"}, '{"identifier":"APP-1"}')
    second = lines.bash("gh issue create --title 'No zones' --body x", "https://github.com/o/r/issues/7")
    lines.say("Both are noted.")
    assert f"issues opened here: #7 “No zones” (L{second}), APP-12 “Read days by a table” (L{first})" in told(
        lines, tmp_path
    )
    lines.bash("gh issue close 7", "✓ Closed issue o/r#7")
    lines.say("One is closed.")
    assert f"issues opened here: APP-12 “Read days by a table” (L{first})" in told(lines, tmp_path)


def test_a_draft(tmp_path: Path) -> None:
    """A pull request that nobody marked as ready waits for that."""
    lines = begun()
    line = lines.bash("gh pr create --draft --title x", "https://github.com/o/r/pull/7")
    lines.say("It is open.")
    assert f"pull request #7 still a draft when last seen (L{line})" in told(lines, tmp_path)
    lines.bash("gh pr ready 7", "✓ Pull request o/r#7 is marked as ready for review")
    lines.say("It is ready.")
    assert "draft" not in told(lines, tmp_path)


def test_no_test_after_the_last_edit(tmp_path: Path) -> None:
    """Code that nothing validated is an open end, prose is not."""
    lines = begun(tested=False)
    lines.say("The parser is mended.")
    assert told(lines, tmp_path).startswith("no test or build was run after the last edit (L2)\n")
    lines.edit("/home/dev/app/notes.md")
    lines.say("The parser is mended, and noted.")
    assert told(lines, tmp_path).startswith("no test or build was run after the last edit of code (L2)\n")
    lines = begun("notes.md", tested=False)
    line = lines.say("The notes are written.")
    assert told(lines, tmp_path).splitlines() == [unconfirmed(2), closed(line)]


def test_an_approved_plan_that_nobody_carried_out(tmp_path: Path) -> None:
    """It stays open until code changes; notes about it are none."""
    lines = Lines()
    lines.user("how should the parser read days?")
    lines.tool("ExitPlanMode", {"plan": "# Read days by a table\n1. do it"}, "User has approved your plan.")
    lines.write("/home/dev/app/docs/plan.md")
    lines.say("The plan is written down.")
    assert told(lines, tmp_path).startswith(
        "ask the user whether to begin: when the agent ended its turn (L6), approved and not begun was the plan "
        "“Read days by a table” (L3)\n"
    )
    lines.edit("/home/dev/app/parser.py")
    lines.say("The parser reads days.")
    assert "approved" not in told(lines, tmp_path)


def test_an_approved_plan_that_was_only_approved(tmp_path: Path) -> None:
    """Cut off before any word it may go on at once; words with which it was sent back before stand with it."""
    lines = Lines()
    lines.user("how should the parser read days?")
    plan = {"plan": "# Read days by a table\n1. do it"}
    said = "To tell you how to proceed, the user said:\nnotes first, then I tell you what is next"
    back = f"{DENIED.partition('STOP')[0]}{said}"
    lines.tool("ExitPlanMode", plan, back, error=True)
    lines.tool("ExitPlanMode", plan, "User has approved your plan.")
    lines.edit("/home/dev/app/docs/plan.md")
    sent_back = "which the user had sent back with “notes first, then I tell you what is next”"
    assert "ask the user" not in told(lines, tmp_path)
    assert f"approved, no code changed since: the plan “Read days by a table”, {sent_back}" in told(
        lines, tmp_path
    )
    lines.say("The plan is written down.")
    assert sent_back in told(lines, tmp_path)


def test_a_denied_command_that_never_ran(tmp_path: Path) -> None:
    """It stays open until all that it would have done was done by others."""
    lines = begun()
    lines.tool("Bash", {"command": "go build ./x && go install ./x"}, DENIED, error=True)
    lines.user("check it first")
    lines.bash("go build ./x")
    lines.say("It builds.")
    assert told(lines, tmp_path).splitlines()[0] == "denied by the user, not done since: `go install` (L7)"
    lines.bash("go install ./x")
    lines.say("It is installed.")
    assert "denied" not in told(lines, tmp_path)


def test_a_denied_command_that_the_user_went_on_without_is_not_next(tmp_path: Path) -> None:
    """Some prompts later the work is at something else; that it was denied stands among the decisions."""
    lines = begun()
    lines.tool("Bash", {"command": "go install ./x"}, DENIED, error=True)
    for at, asked in enumerate(("check it first", "and name the gate", "now write the notes")):
        lines.user(asked)
        lines.say("It is done.")
        assert ("denied by the user" in told(lines, tmp_path)) == (at < 2)


def test_a_command_that_was_never_allowed(tmp_path: Path) -> None:
    """What the client refused again and again is what holds the work up."""
    lines = begun()
    for _ in range(3):
        lines.tool("Bash", {"command": "swift build"}, "This command requires approval", error=True)
    lines.say("I cannot build it.")
    assert "never allowed: `swift build`, refused 3 times (L11)" in told(lines, tmp_path)


def test_files_left_out_of_the_commit(tmp_path: Path) -> None:
    """They are named, each with its line, also beside a request that was not finished."""
    lines = begun()
    line = lines.edit("/home/dev/app/b.py")
    lines.bash("git add a.py && git commit -m x", COMMIT)
    lines.say("The parser is mended.")
    left = f"changed, in no commit seen: b.py (L{line})"
    assert left in told(lines, tmp_path)
    lines.user("and the docs")
    assert told(lines, tmp_path).splitlines()[:2] == [
        "the last request was not finished; take it up first",
        left,
    ]


def test_a_commit_that_was_not_pushed(tmp_path: Path) -> None:
    """Told where the session pushes or the user asked for it, not where nobody ever pushed."""
    lines = begun()
    lines.bash("git commit -am x", COMMIT)
    lines.say("The parser is mended.")
    assert "not pushed" not in told(lines, tmp_path)
    lines.user("commit and push")
    lines.bash("git commit -am y", "[main bbbbbbb] y")
    lines.say("It is in a commit.")
    assert "not pushed as far as seen: 2 commits on main, the last bbbbbbb" in told(lines, tmp_path)
    lines.bash("git push", "To host:x.git\n   aaaaaaa..bbbbbbb  main -> main")
    lines.say("It is out.")
    assert "not pushed" not in told(lines, tmp_path)


def test_what_a_report_asks_the_reply_answers(tmp_path: Path) -> None:
    """It is open no more; what the reply does not speak of still is."""
    lines = begun()
    lines.say("**Remaining:**\n- Cleanup of the cache\n- leave of the neighbours of the shop?\n")
    lines.user("the neighbours gave it. now the title")
    lines.say("The title is set.")
    said = told(lines, tmp_path)
    assert "Cleanup of the cache" in said
    assert "neighbours of the shop" not in said


@pytest.mark.parametrize(
    "said", ["Cleanup of the cache is deferred.", "**Remaining:**\n- Cleanup of the cache\n"]
)
def test_what_a_report_puts_off(tmp_path: Path, said: str) -> None:
    """It is told with its line, until a later turn or a commit takes it up."""
    lines = begun()
    line = lines.say(said)
    lines.user("thanks, now the title")
    lines.say("The title is set.")
    assert (
        f"left for later: “Cleanup of the cache{' is deferred.' if 'is' in said else ''}” (L{line})"
        in told(lines, tmp_path)
    )
    lines.user("now do the cleanup of the cache")
    line = lines.say("The cache is clean.")
    assert told(lines, tmp_path).splitlines() == [untested(2), closed(line)]


@pytest.mark.parametrize(
    ("said", "told_of"),
    [
        ("pushed. now sort the list of the books", False),
        ("ok, I've pushed; sort the list of the books", False),
        ("is it pushed? sort the list of the books", True),
        ("sort the list of the books", True),
    ],
)
def test_what_the_user_pushed_is_not_left_to_push(tmp_path: Path, said: str, told_of: bool) -> None:
    """Nobody sees a push on another terminal, but the words of who did it."""
    lines = begun()
    lines.user("commit and push")
    lines.bash("git commit -am y", "[main bbbbbbb] y")
    lines.say("It is in a commit.")
    lines.user(said)
    lines.say("The list is sorted.")
    assert ("not pushed" in told(lines, tmp_path)) is told_of


def test_what_was_put_off_is_known_by_its_own_words(tmp_path: Path) -> None:
    """Those by which it was put off are in no request for it."""
    lines = begun()
    lines.say("The clock is set. Retry limits are left for a follow-up of the harbour.")
    lines.user("now the retry limit of the harbour: three")
    lines.edit("/home/dev/app/b.py")
    lines.say("Set.")
    assert "left for later" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("head", "asked", "left"),
    [
        ("Next steps:", "mend that Two keepers may wind the clock at once and both write", False),
        ("Next steps:", "why may two keepers wind the clock at once and both write?", True),
        ("Next steps:", "mend the wheel", True),
        ("Deferred:", "mend that Two keepers may wind the clock at once and both write", True),
    ],
)
def test_of_what_a_report_proposes_the_user_takes_what_they_want(
    tmp_path: Path, head: str, asked: str, left: bool
) -> None:
    """They say so in words of its findings: the steps beside them were proposed for the same, or are not wanted."""
    lines = begun()
    found = "- Two keepers may wind the clock at once and both write the log.\n- The bell is loud."
    lines.say(
        f"Findings:\n{found}\n\n{head}\n- Redesign the ownership of the crank around a token.\n- Dampen the bell."
    )
    lines.user(asked)
    lines.edit("/home/dev/app/b.py")
    lines.say("Mended: a keeper takes a number first.")
    assert ("Redesign the ownership" in told(lines, tmp_path)) is left


def test_a_question_without_its_mark_decides_nothing(tmp_path: Path) -> None:
    """Asked back it is no answer; what is said then is."""
    lines = begun()
    lines.say("One shelf or two?")
    lines.user("hmm pros and cons of one and two")
    lines.say("One is cheaper. One shelf or two?")
    lines.user("make it two of oak")
    lines.say("Done.")
    made = distill(lines.save(tmp_path), machine="box").decisions
    assert made == ("One shelf or two? → “make it two of oak”",)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("good. next session: design the check of the cache", "next session: design the check of the cache"),
        ("thats it. tmrw checkout page + dark colours (maybe)", "tmrw checkout page + dark colours (maybe)"),
        ("tomorrow is a holiday for all of us", ""),
        ("can you do the parser tomorrow? next week works", ""),
    ],
)
def test_what_the_user_wants_at_another_time(tmp_path: Path, said: str, kept: str) -> None:
    """It is told once another prompt stands as the last one, until something takes it up."""
    lines = begun()
    line = lines.user(said)
    lines.say("Noted.")
    lines.user("one more: what does the mark stand for?")
    lines.say("For what is new.")
    assert (f"left for later: “{kept}” (L{line})" in told(lines, tmp_path)) == bool(kept)
    lines.user("now design the check of the cache, then the checkout page and dark colours")
    lines.say("They are done.")
    assert "left for later" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("Done.\n\n## Out of scope\n1. **Types** - not asked for\n2. The old client stays\n\nAll is green.",
         ["Types - not asked for", "The old client stays"]),
        ("Streaming is left for later. Tests pass.", ["Streaming is left for later."]),
        ("The docs are not yet written.", ["The docs are not yet written."]),
        ("Shall I do the follow-up?", []),
        ("It falls back only if the commit is not yet merged.", []),
        ("No work remains for later; nothing is deferred.", []),
        ("The brief holds it rather than a follow-up message.", []),
        ("It has four parts (task, state, next steps, context).", []),
        ("With deferred loading, the id has to survive.", []),
        ("Loading is deferred to May.", ["Loading is deferred to May."]),
        ("Here is the branch. Open:\n- the docs of the cache\n- a second test",
         ["the docs of the cache", "a second test"]),
        ("Listo.\n\nFalta: guardar el total en la caja.", ["guardar el total en la caja."]),
        ("Noch offen: die Doku der Ablage.", ["die Doku der Ablage."]),
        ("Open the page:\n- http://localhost:3000/cache", []),
        ("Nothing is open: the tests of the cache pass.", []),
        ("Aún no he cambiado nada.", []),
        ("Beide Tests laufen. Noch nicht committet.", []),
        ("Todavía no he tocado la caja.", ["Todavía no he tocado la caja."]),
        ("| Later | still |\nThe remaining 20 ms are the lookup.", []),
    ],
)  # fmt: skip
def test_how_reports_put_off(said: str, items: list[str]) -> None:
    """Sentences and lists that say so count; questions, conditions and denials do not."""
    assert put_off(said) == items


def test_what_is_left_of_a_list_says_how_long_it_was(tmp_path: Path) -> None:
    """Three of it are named; that there are more, or that others were done, a reader could not tell."""
    items = ["the parser", "the old writer", "the reader of logs", "the cache of names"]
    lines = begun()
    line = lines.say("Done.\n\nNext steps:\n" + "\n".join(f"- Rework {item}" for item in items))
    said = "“, “".join(f"Rework {item}" for item in items[:3]).replace("“, “", "”, “")
    got = [text for text in told(lines, tmp_path).splitlines() if text.startswith("named as next steps")]
    assert [text.partition(": ")[2] for text in got] == [
        f"“Rework the parser” (L{line})",
        f"“Rework the old writer” (L{line})",
        f"“Rework the reader of logs”, of 4 listed (L{line})",
    ]
    assert f"named as next steps, not taken up since: “{said}”, of 4 listed (L{line})" in body(
        distill(lines.save(tmp_path), machine="box").to_markdown()
    )


def test_open_ends_are_few(tmp_path: Path) -> None:
    """However much is open, the list stays short."""
    lines = begun(tested=False)
    lines.edit("/home/dev/app/b.py")
    lines.bash(
        "git add a.py && git commit -m x && git push", f"{COMMIT}\nTo h:x\n   a234567..b234567  main -> main"
    )
    lines.bash("git commit --allow-empty -m y", "[main bbbbbbb] y")
    todos = [{"content": f"step {at}", "status": "pending"} for at in range(9)]
    lines.tool("TodoWrite", {"todos": todos})
    lines.say(
        "\n".join(f"Part {at} of the {at * 7} things that are long to tell is deferred." for at in range(9))
    )
    ends = told(lines, tmp_path).splitlines()
    assert len(ends) <= MAX_LINES + 1
    assert len(" ".join(ends).split()) <= MAX_WORDS + 20


def test_all_questions_at_the_end_are_told(tmp_path: Path) -> None:
    """Not only the last of several is what the user has to answer."""
    lines = begun()
    lines.say("Two things:\n- What is the remote called?\n- Which branch should be pushed?")
    assert told(lines, tmp_path).splitlines() == [
        "the user has to answer: What is the remote called? / Which branch should be pushed? (L6)",
        untested(2),
    ]


def test_what_the_user_ran_counts(tmp_path: Path) -> None:
    """A status that the user printed in the session tells what is committed."""
    lines = begun()
    lines.edit("/home/dev/app/b.py")
    lines.bash("git add a.py && git commit -m x", COMMIT)
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.say("The parser is mended.")
    assert "no commit" in told(lines, tmp_path)
    lines.user("<bash-input>git status</bash-input>")
    lines.user(
        "<bash-stdout>On branch main\nnothing to commit, working tree clean</bash-stdout><bash-stderr></bash-stderr>"
    )
    lines.say("All is in.")
    assert "no commit" not in told(lines, tmp_path)


def test_what_the_last_report_leaves_open_is_told_with_the_other_ends(tmp_path: Path) -> None:
    """Its own words first, whatever the facts add."""
    lines = begun(tested=False)
    line = lines.say(
        "The parser is mended.\n\nThe one finding deliberately left open is the Mac. Say the word for a job on it."
    )
    assert told(lines, tmp_path).startswith(
        "The one finding deliberately left open is the Mac.\n"
        f"Say the word for a job on it. (L{line})\nno test or build was run after the last edit (L2)\n"
    )


def test_a_call_that_was_under_way_is_named(tmp_path: Path) -> None:
    """The request was taken up: to do it again would be wrong."""
    lines = begun()
    lines.user("now export everything")
    lines.call("Bash", {"command": "./export --all"})
    assert told(lines, tmp_path).startswith(
        "see what came of `./export --all`: its result is not in the record"
    )


@pytest.mark.parametrize(
    ("ran", "seen"),
    [
        ("git diff src", True),
        ("git -C /home/dev/app log --oneline | head -5", True),
        ("git diff src > all.patch", False),
        ("git branch -D old", False),
    ],
)
def test_a_look_that_was_under_way_leaves_the_request_itself(ran: str, seen: bool, tmp_path: Path) -> None:
    """What it would have shown changes nothing, also where git was asked."""
    lines = begun()
    lines.user("commit all of it")
    lines.call("Bash", {"command": ran})
    assert told(lines, tmp_path).startswith("the last request was not finished; take it up first") == seen


SCRIPT = "#!/usr/bin/env python3\nprint(1)\n"


def _written(*names: str) -> Lines:
    lines = begun()
    for name in names:
        path = f"/home/dev/app/{name}"
        twin = {"type": "create", "filePath": path, "content": SCRIPT}
        lines.tool("Write", {"file_path": path, "content": SCRIPT}, twin=twin)
    return lines


def test_what_was_written_and_never_run_is_named(tmp_path: Path) -> None:
    """Scripts and tests of the session; to stage, read or mention one in a commit is not to run it."""
    lines = _written("tools/count.py", "tests/test_count.py")
    lines.bash("git add tools/count.py && git commit -m 'add tools/count.py'", COMMIT)
    lines.bash("cat tools/count.py", SCRIPT)
    lines.bash("pytest -q tests/test_other.py", "1 passed in 0.1s")
    lines.say("The counter is written.")
    assert "written here, no run of it seen: tools/count.py, tests/test_count.py (L8)" in told(
        lines, tmp_path
    )


@pytest.mark.parametrize(
    ("command", "output", "left"),
    [
        ("python tools/count.py --all", "3", "tests/test_count.py"),
        ("python -m tools.count", "3", "tests/test_count.py"),
        ("pytest -q", "2 passed in 0.1s", "tools/count.py"),
        ("pytest tests/test_count.py", "2 passed in 0.1s", "tools/count.py"),
        ("git commit -qm x", "tests passed", "tools/count.py"),
    ],
)
def test_what_was_run_is_not_named(tmp_path: Path, command: str, output: str, left: str) -> None:
    """By its name or as a module; tests also by a run of all of them, be it by a hook."""
    lines = _written("tools/count.py", "tests/test_count.py")
    lines.bash(command, output)
    lines.say("The counter is written.")
    assert f"no run of it seen: {left} (L" in told(lines, tmp_path)


def test_a_run_that_did_not_start_is_none(tmp_path: Path) -> None:
    """Without the runner no test ran."""
    lines = _written("tests/test_count.py")
    lines.bash("pytest -q", "bash: pytest: command not found", code=127)
    lines.say("The test is written.")
    assert "no run of it seen: tests/test_count.py" in told(lines, tmp_path)


def test_what_a_question_leaves_open_beside_it(tmp_path: Path) -> None:
    """An unanswered question does not hide what nobody tested."""
    lines = begun(tested=False)
    line = lines.say("The parser is mended. Should I mend the printer, too?")
    assert told(lines, tmp_path) == (
        f"the user has to answer: Should I mend the printer, too? (L{line})\n"
        f"no test or build was run after the last edit (L2)\n{untested(2)}"
    )


def test_a_list_to_choose_from_is_a_question(tmp_path: Path) -> None:
    """Though no mark ends it; of what is asked no bold print is left."""
    lines = begun()
    line = lines.say(
        "Two things are left.\n\nWould you like me to:\n1. **Mend** the parser\n2. **Test** it\n3. Both"
    )
    assert told(lines, tmp_path).splitlines()[0] == (
        f"the user has to answer: Would you like me to: 1. Mend the parser; 2. Test it; 3. Both (L{line})"
    )
    lines.say("It is done. These changed, which:\n- a\n- b")
    assert "has to answer" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("So far. How does a turn end? It matters.\n\n**A) A commit** - it is there\n\n**B) A file** - it is read",
         "How does a turn end? A) A commit - it is there; B) A file - it is read"),
        ("Which one?\n1. this\n2. that\n\nI would take the first.", "Which one? 1. this; 2. that"),
        ("One question: it should be:\nA) short\nB) long\nC) Something else?",
         "One question: it should be: A) short; B) long; C) Something else?"),
        ("Was it slow? It was.\n1. this is mended\n2. that is mended", ""),
        ("Which one?\n1. this\n2. that\n\nI took it.\nIt works.\nIt is fast.\nAll is green.", ""),
        ("It has two parts:\nA) this\nB) that", ""),
    ],
)  # fmt: skip
def test_a_question_with_its_choices_below(tmp_path: Path, said: str, asked: str) -> None:
    """It is open as long as nothing but a word of advice follows; a list of what was done asks nothing."""
    lines = begun()
    line = lines.say(said)
    made = told(lines, tmp_path)
    assert (
        made.startswith(f"the user has to answer: {asked} (L{line})")
        if asked
        else "has to answer" not in made
    )


def test_what_the_user_agreed_to_is_not_put_off(tmp_path: Path) -> None:
    """What a report lists as next was done when the user said yes to it."""
    lines = begun()
    lines.say("Half of it is done.\n\n## Next steps\n- mend the rest of the parser\n\nShould I go on?")
    lines.user("yes")
    lines.edit("/home/dev/app/a.py")
    lines.say("All of it works.")
    assert "put off" not in told(lines, tmp_path)


def test_what_a_report_left_that_was_asked_for_again(tmp_path: Path) -> None:
    """The later report of a command stands in place of the earlier one; other words may be said twice of two things."""
    for asked, open_ in (("<command-name>/progress</command-name>", False), ("how far are we?", True)):
        lines = begun()
        lines.user(asked)
        lines.say("Half of it is done.\n\n## Next steps\n- mend the rest of the parser")
        lines.user(asked)
        lines.say("The branch holds all of it.")
        assert ("the rest of the parser" in told(lines, tmp_path)) == open_, asked


def test_a_question_that_was_decided_or_left_behind_is_not_open(tmp_path: Path) -> None:
    """An approved plan answers what was asked before it; a newer request stands in place of an older question."""
    lines = begun()
    lines.say("The plan is written. Ready to finalize?")
    lines.tool("ExitPlanMode", {"plan": "# Read days by a table\n1. do it"}, "User has approved your plan.")
    assert told(lines, tmp_path).startswith("approved, no code changed since")
    todos = [
        {"content": "look at the days", "status": "completed"},
        {"content": "write it down", "status": "pending"},
    ]
    lines.tool("TodoWrite", {"todos": todos})
    assert "approved, no code changed since" in told(lines, tmp_path)
    lines.tool("TodoWrite", {"todos": [{**todo, "status": "completed"} for todo in todos]})
    assert "approved" not in told(lines, tmp_path)  # it was one to look into something
    lines = begun()
    lines.say("It is mended. Should I test it?")
    lines.user("what do the comments say?")
    lines.bash("gh pr view 7", "none")
    assert told(lines, tmp_path).startswith("the last request was not finished")


def test_words_that_announce_a_call_end_nothing(tmp_path: Path) -> None:
    """Where the record ends on its result, the agent was still at it."""
    lines = begun()
    lines.user("look why it still fails")
    lines.say("It still fails. Let me look deeper:")
    lines.bash("grep -r days src", "src/a.py: days")
    assert told(lines, tmp_path).startswith("the last request was not finished")
    lines.say("It fails as the table is empty.")
    assert "not finished" not in told(lines, tmp_path)


def test_a_step_left_to_the_user_without_a_question(tmp_path: Path) -> None:
    """It is told, as nothing else says whose turn it is."""
    lines = Lines()
    lines.user("show me the parser")
    line = lines.say("It stands in one file. It is your call.")
    assert told(lines, tmp_path) == f"the agent left the next step to the user (L{line})"


@pytest.mark.parametrize(
    ("command", "output", "ran"),
    [
        ("git status # tests", "On branch main\n\tnew file: FAIL.md", False),
        ("git push origin tests", "remote: error: the rule failed\nerror: failed to push some refs", False),
        ("git commit -m tests", "bun test ... passed\n[main aaaaaaa] tests", True),
    ],
)
def test_only_hooks_run_tests_for_git(tmp_path: Path, command: str, output: str, *, ran: bool) -> None:
    """What git says itself, or lists, tells of no test."""
    lines = begun()
    lines.write("/home/dev/app/tests/test_count.py")
    lines.bash(command, output)
    lines.say("Done.")
    assert ("no run of it seen: tests/test_count.py" in told(lines, tmp_path)) is not ran


@pytest.mark.parametrize(
    ("offer", "reply", "is_told"),
    [
        (
            "Want me to also write the importer for old archives?",
            "how many pages does the export have by now, all in all",
            True,
        ),
        ("Want me to also write the importer for old archives?", "yes", False),
        ("Want me to also write the importer for old archives?", "no, not now", False),
        (
            "Want me to also write the importer for old archives?",
            "yeah, and do the small ones while you are there",
            False,
        ),
        (
            "Want me to also write the importer for old archives?",
            "it's fine, let us mark it as ready for all",
            False,
        ),
        (
            "Want me to also write the importer for old archives?",
            "leave the importer for archives to me",
            False,
        ),
        (
            "Should I sort the pages of the harbour by zip code for the printer in town (v3)?",
            "there are 12 of them, count again. v3 yes, small ones only, and the blue cover",
            False,
        ),
        (
            "Want me to also write the importer for old archives?",
            "let's leave this for another day; does the page count fit by now?",
            False,
        ),
        (
            "Should I write the importer, or is the exporter enough?",
            "how many pages does the export have by now, all in all",
            False,
        ),
        ("Anything else?", "how many pages does the export have by now, all in all", False),
        (
            "There is no importer for archives here, so who reads them?",
            "how many pages does the export have by now, all in all",
            False,
        ),
        (
            "The mails of the exporter have no sender yet; which address?",
            "post@example.org. how many pages does it have by now",
            False,
        ),
        ("Worth an importer for old archives, too?", "no, good enough. how many pages does it have", False),
    ],
)
def test_an_offer_that_nobody_took_up(offer: str, reply: str, is_told: bool, tmp_path: Path) -> None:
    """It is told unless the user answers it or the words are spoken of again."""
    lines = begun()
    line = lines.say(f"The exporter is mended. {offer}")
    lines.user(reply)
    lines.say("It has three pages.")
    assert (f"offered, not spoken of since: “{offer}” (L{line})" in told(lines, tmp_path)) == is_told


@pytest.mark.parametrize(
    ("reply", "is_told"),
    [
        ("later. how many pages are there", True),
        ("noch nicht, wie viele Seiten sind es", True),
        ("後で。ページは何枚ですか", True),
        ("later pages look odd, how many are there", False),
    ],
)
def test_an_offer_that_the_user_put_off(reply: str, is_told: bool, tmp_path: Path) -> None:
    """It was spoken of, and is still to come."""
    lines = begun()
    offer = "Want me to also write the importer for old archives?"
    line = lines.say(f"The exporter is mended. {offer}")
    then = lines.user(reply)
    lines.say("It has three.")
    put_off = f"offered, put off by the user (L{then}): “{offer}” (L{line})"
    assert (put_off in told(lines, tmp_path)) == is_told


@pytest.mark.parametrize(
    ("said", "mended", "is_told"),
    [
        ("I notice a bug on line 63: the buffer may be longer. That is not what we look for.", False, True),
        ("I notice a bug on line 63: the buffer may be longer. Let me mend it.", True, False),
        ("If there is a bug on line 63, the buffer is longer.", False, False),
        ("I see no bug on line 63.", False, False),
    ],
)
def test_a_defect_noticed_in_a_file_that_nobody_edited_since(
    said: str, mended: bool, is_told: bool, tmp_path: Path
) -> None:
    """An edit of that file takes it away, one of another file does not."""
    lines = begun()
    lines.tool("Read", {"file_path": "/home/dev/app/upload.ts"}, "63\u2192 encrypted.buffer")
    line = lines.say(said)
    lines.edit(f"/home/dev/app/{'upload' if mended else 'other'}.ts")
    lines.say("The parser is mended.")
    lead = f"noticed in upload.ts, no edit of it seen since: “{said.partition('. ')[0]}.” (L{line})"
    assert (lead in told(lines, tmp_path)) == is_told


def test_items_below_a_heading_that_says_not_done() -> None:
    """They are put off; below a heading that says done nothing is."""
    items = "- The smoke test of a real branch.\n- The fallback without it.\n"
    said = f"All is in.\n\n**Not done (one more edit):**\n{items}"
    assert put_off(said) == ["The smoke test of a real branch.", "The fallback without it."]
    assert put_off(said.replace("Not done", "Done")) == []


def test_what_is_said_to_be_open_is_put_off() -> None:
    """An address or a file behind that word is to be opened."""
    assert put_off("All is pushed. **Open:** the rates, which finance sends.") == [
        "the rates, which finance sends."
    ]
    assert put_off("All is pushed. Open: http://localhost:8080/rates in the browser.") == []
    assert put_off("All is pushed. Open: `rates.html` in the browser.") == []


def test_files_of_a_new_folder_are_in_no_commit(tmp_path: Path) -> None:
    """Git tells only the folder; what it does not tell of is as it was committed."""
    lines = begun()
    lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    lines.write(f"{CWD}/docs/new/a.md")
    lines.write(f"{CWD}/docs/old.md")
    lines.say("They are written.")
    project = Project(kind="root-commit", root=CWD, dirty=True, changed=("docs/new/",))
    page = body(distill(lines.save(tmp_path), machine="box", project=project).to_markdown())
    assert "changed, in no commit seen: docs/new/a.md (L" in page
    assert ", docs/old.md (L" not in page.partition("## Next")[2].partition("##")[0]


def test_what_the_last_edit_put_in_a_file_that_is_in_no_commit(tmp_path: Path) -> None:
    """Its first line of code, where such files are few and no documents."""
    lines = begun()
    lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    new = "# The one that is used.\nfrom models import load\nDEFAULT_MODEL = 'small'\n"
    line = lines.tool("Edit", {"file_path": "/home/dev/app/a.py", "old_string": "a", "new_string": new})
    lines.edit("/home/dev/app/README.md")
    lines.say("The parser is mended.")
    assert (
        f"changed, in no commit seen: README.md (L{line + 2}), a.py (L{line}: `DEFAULT_MODEL = 'small'`)\n"
        in told(lines, tmp_path)
    )


def test_a_sub_agent_that_runs_is_told_with_the_call_it_is_in(tmp_path: Path) -> None:
    """The call that the session waits for is the one that started it; its order and what is half done are told."""
    lines = begun()
    lines.call("Task", {"description": "Write the importer", "prompt": "write it", "subagent_type": "dev"})
    use = {
        "type": "tool_use",
        "id": "inner",
        "name": "Edit",
        "input": {"file_path": f"{lines.cwd}/lib/importer.py"},
    }
    message = {"type": "assistant", "message": {"role": "assistant", "content": [use]}}
    data = {"message": message, "type": "agent_progress", "agentId": "a1"}
    lines.add({"parentUuid": None, "cwd": lines.cwd, "sessionId": "s", "type": "progress", "data": data})
    first = told(lines, tmp_path).splitlines()[0]
    assert first.startswith(
        "see what came of Task `Write the importer` (its order: “write it”), in it Edit `"
    )
    assert first.endswith("importer.py`: its result is not in the record (L6)")


def test_a_sub_agent_without_an_end_is_told_with_its_order(tmp_path: Path) -> None:
    """Also where another one's end followed, but not once the agent spoke or began another."""
    lines = begun()
    order = "Write the page of tides. Use the table of harbours."
    lines.call("Task", {"description": "Write the page", "prompt": order, "subagent_type": "dev"})
    assert told(lines, tmp_path).startswith(
        f"see what came of Task `Write the page` (its order: “{order}”): its result is not in the record"
    )
    lines.bash("ls", "a.py")
    now = told(lines, tmp_path).splitlines()[0]
    assert f"; no end is seen of Task `Write the page` (its order: “{order}”) (L6)" in now
    lines.tool("Task", {"description": "Write it", "prompt": order, "subagent_type": "dev"}, "written")
    assert "no end is seen" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("It parses weeks now.\n\nReady for feedback.", "Ready for feedback."),
        ("It parses weeks now.\n**Awaiting your decision.**", "Awaiting your decision."),
        ("It parses weeks now. Let me know if you need anything else!", ""),
        ("It parses weeks now. Let me know if you have any other questions.", ""),
        ("The branch is ready for review.", ""),
    ],
)  # fmt: skip
def test_last_words_that_wait_for_the_user(said: str, waits: str, tmp_path: Path) -> None:
    """What follows them is the user's to say; a courtesy waits for nothing."""
    lines = Lines()
    lines.user("parse weeks, too")
    lines.edit(f"{CWD}/a.py")
    lines.say(said)
    told = distill(lines.save(tmp_path), machine="box").next
    assert "Let me know" not in told
    assert (
        told.endswith(f"(L4), the agent waits: “{waits}”, no todo is open") if waits else "waits:" not in told
    )


def test_a_refusal_at_the_end_asks_for_the_users_word(tmp_path: Path) -> None:
    """To go on as before is what the user just refused."""
    lines = Lines()
    lines.user("parse weeks, too")
    lines.edit(f"{CWD}/a.py")
    lines.tool(
        "Bash",
        {"command": "git push -f"},
        "The user doesn't want to proceed with this tool use. STOP",
        error=True,
    )
    told = distill(lines.save(tmp_path), machine="box").next
    assert told.startswith(
        "the last request was not finished; the user refused the last call without a word: ask"
    )
    assert "denied by the user, not done since: `git push -f` (L" in told
    for said, also in (("Continue", "; the user then: “Continue” (L6)"), ("hello", "")):
        went_on = Lines()
        went_on.raw = [*lines.raw]
        went_on.user(said)
        made = distill(went_on.save(tmp_path), machine="box")
        assert f"denied by the user, not done since: `git push -f`{also} (L" in made.next


@pytest.mark.parametrize(
    ("new", "gist"),
    [
        ("def a():\n    return weeks(2)", " (`return 1` → `return weeks(2)`)"),
        (
            "def a():\n    # of the parser\n    kind = 'week'\n    more = `weeks`\n    return 1",
            " (+`kind = 'week'`)",
        ),
        ("def a():\n    more = `weeks`\n    now = 1\n    return 1", " (+`now = 1`)"),
    ],
)
def test_what_an_edit_without_a_result_was_to_put_in(new: str, gist: str, tmp_path: Path) -> None:
    """Whoever goes on sees at once whether it is there."""
    lines = Lines()
    lines.user("parse weeks, too")
    lines.say("I begin with the parser.")
    lines.call(
        "Edit", {"file_path": f"{CWD}/a.py", "old_string": "def a():\n    return 1", "new_string": new}
    )
    first = told(lines, tmp_path).splitlines()[0]
    assert first.startswith("see what came of Edit `")
    assert gist in first


def test_a_request_to_stop_is_nothing_to_take_up(tmp_path: Path) -> None:
    """Where the record ends on it, the user is to be asked; words that say what to stop are a request like others."""
    for said, stops in (("stop", True), ("wait please", True), ("stop the server of the docs", False)):
        lines = begun()
        line = lines.user(said)
        first = told(lines, tmp_path).splitlines()[0]
        assert first.startswith("the last request was not finished; ")
        assert first.endswith("take it up first") != stops
        assert (f"the user stopped the work: ask what is wanted before going on (L{line})" in first) == stops


def test_what_the_user_stopped_while_it_ran_is_told(tmp_path: Path) -> None:
    """Be it of git or a check, of which the page tells elsewhere how they failed."""
    for command in ("git push", "pytest -q", "make lamps"):
        lines = begun()
        lines.user("light the lamps")
        stopped = "[Request interrupted by user for tool use]\nlamp 1 of 9"
        line = lines.tool("Bash", {"command": command}, stopped, error=True)
        told_of = f"ask what is wanted before going on; its last call: `{command}` was stopped by the user"
        assert f"{told_of} (L{line + 1})" in told(lines, tmp_path)
        lines.user("[Request interrupted by user]")
        lines.user("so, what about the lamps?")
        assert "its last call" not in told(lines, tmp_path)


def test_what_a_list_has_in_progress_may_be_done(tmp_path: Path) -> None:
    """Edits and an answer that followed are no tick; what comes after it is told beside it."""
    lines = begun()
    todos = [
        {"content": "wash the sails", "status": "in_progress"},
        {"content": "tar the hull", "status": "pending"},
    ]
    line = lines.tool("TodoWrite", {"todos": todos})
    lines.say("I wash them.")
    assert told(lines, tmp_path).startswith(f"wash the sails (L{line})")
    lines.edit("/home/dev/app/b.py")
    lines.say("They are white.")
    assert told(lines, tmp_path).startswith(
        f"wash the sails (edits followed, may be done); after it: tar the hull (L{line})"
    )


def test_what_the_agent_will_not_do_is_no_next_step(tmp_path: Path) -> None:
    """Of what it would wait with, it says until when; that it will not do a thing is a report."""
    lines = begun()
    lines.say("The sail tears in the wind. I would not go on with it.")
    assert "go on with it" not in told(lines, tmp_path)
    line = lines.say("The sail tears in the wind. I would not go on before it is mended.")
    assert told(lines, tmp_path).startswith(f"I would not go on before it is mended. (L{line})")


@pytest.mark.parametrize("long", [True, False])
def test_what_stands_behind_the_question_that_ends_a_long_report(tmp_path: Path, *, long: bool) -> None:
    """It says how much is offered; a short report is shown whole with it."""
    lines = begun()
    aside = "I would take 1 to 3 now and leave the keel for spring."
    leaks = "\n".join(f"{at}. The plank of number {at} lets in water." for at in range(1, 80 if long else 4))
    line = lines.say(f"These leak:\n\n{leaks}\n\nShall I mend these? {aside}")
    asked = f"Shall I mend these? {aside}" if long else "Shall I mend these?"
    assert f"the user has to answer: {asked} (L{line})" in told(lines, tmp_path)


def test_what_the_user_interrupted_is_not_to_be_taken_up_unasked(tmp_path: Path) -> None:
    """Why is not known; what they say after it tells, then that counts."""
    lines = begun()
    lines.say("Now the printer.")
    lines.user("[Request interrupted by user]")
    assert "the user interrupted it without a word: ask what is wanted" in told(lines, tmp_path)
    lines.user("the lexer first")
    assert told(lines, tmp_path).startswith("the last request was not finished; take it up first")


def test_a_trial_left_to_the_user_is_what_comes_next(tmp_path: Path) -> None:
    """It was said last, and nothing else waits; a question that ends the message does."""
    lines = begun()
    line = lines.say("The pier has no power. Once it is back, run the lamps again.")
    wanted = f"left to the user to try: “Once it is back, run the lamps again.” (L{line})"
    assert wanted in told(lines, tmp_path)
    assert "no question" not in told(lines, tmp_path)
    lines.say("Try the lamps now. Are they lit?")
    assert "left to the user" not in told(lines, tmp_path)


@pytest.mark.parametrize(("mark", "offers"), [("✓ ", False), ("✅ ", False), ("", True)])
def test_a_list_of_what_was_done_offers_nothing(tmp_path: Path, mark: str, *, offers: bool) -> None:
    """Nobody has to reply to it, as to one of ways."""
    lines = Lines()
    lines.user("is the pier ready for the winter?")
    lines.say(
        f"It stands so:\n- {mark}the lamps\n- {mark}the ropes\n- {mark}the planks\n\nThat is all of it."
    )
    assert ("what that lists the user has not replied to" in told(lines, tmp_path)) is offers


def test_a_report_of_what_was_done_lists_more_without_a_mark(tmp_path: Path) -> None:
    """What it says besides, of how it was looked at, offers nothing either."""
    lines = Lines()
    lines.user("take the ropes away from the pier, by hand")
    line = lines.say(
        "✓ **Taken away:**\n- the ropes\n- the planks\n\nKept:\n- the lamps\n\nThe pier is bare."
    )
    assert told(lines, tmp_path) == f"answered (L{line}), no question or todo is open"


def test_checks_that_failed_and_a_merge_that_stopped_come_next(tmp_path: Path) -> None:
    """No todo and no question may be open, and yet these wait for whoever goes on; not after a further commit."""
    lines = begun()
    lines.bash("gh pr create --fill", "https://host.example/a/b/pull/7")
    lines.bash("gh pr checks 7", "spec\tfail\t1m\thttps://host.example\nlint\tpass\t1m\thttps://host.example")
    lines.say("The check `spec` failed.")
    failed = "checks of pull request #7 failed, nothing committed since"
    assert failed in told(lines, tmp_path)
    lines.bash("git merge origin/main", "CONFLICT (content): Merge conflict in a.py", code=1)
    assert "`git merge` stopped at a conflict: finish it or take it back" in told(lines, tmp_path)
    lines.bash("git commit -m x", COMMIT)
    assert failed not in told(lines, tmp_path)


def test_a_change_that_was_taken_back_since_the_commit_is_not_left(tmp_path: Path) -> None:
    """The file is as it was committed, though it was edited after that."""
    lines, path = Lines(), f"{CWD}/lamp.py"

    def edit(old: str, new: str) -> None:
        lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})

    lines.user("please mend the lamp")
    edit("hours = 1", "hours = 2")
    lines.bash("git commit -am x", COMMIT)
    edit("hours = 2", "hours = 3")
    lines.say("Three hours now.")
    assert "changed, in no commit seen: lamp.py" in told(lines, tmp_path)
    lines.user("no, two")
    edit("hours = 3", "hours = 2")
    lines.say("Two again.")
    assert "in no commit seen" not in told(lines, tmp_path)


def test_a_change_after_a_commit_whose_id_was_not_shown(tmp_path: Path) -> None:
    """That there was a commit is known all the same."""
    lines = begun()
    lines.bash("git commit -qam x", "")
    lines.edit(f"{CWD}/b.py")
    lines.say("Both are mended.")
    assert "changed, in no commit seen: b.py" in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("then", "waits"),
    [
        ("leave my lamps alone", True),
        ("i'll light them from here", False),
        ("no lamps, there are ships out that wait. look at the pier instead", False),
    ],
)
def test_what_the_user_takes_over_is_not_asked_for_again(tmp_path: Path, then: str, waits: bool) -> None:
    """A call for it was denied, as they do it themselves, or do not want it at all."""
    lines = begun()
    lines.user("light the lamps of the harbour please")
    lines.tool("Bash", {"command": "lamps on"}, DENIED, error=True)
    lines.user(then)
    lines.say("Good.")
    lines.user("now mend the pier")
    lines.say("Done.")
    assert ("a call for it was denied" in told(lines, tmp_path)) == waits


@pytest.mark.parametrize(
    ("report", "reply", "left"),
    [
        ("合計を追加しました。まだコミットしていません。", "コミットしてください", False),
        ("合計を追加しました。まだプッシュの確認はしていません。", "コミットしてください", True),
        (
            "締め日「25日」のテストはまだ実装していません。締め日は必要ですか?",
            "25日締めなので使います",
            False,
        ),
        (
            "締め日「25日」のテストはまだ実装していません。締め日は必要ですか?",
            "no, コミットしてください",
            True,
        ),
        ("祝日のテストはまだ実装していません。締め日は必要ですか?", "25日締めなので使います", True),
    ],
)
def test_what_was_left_and_then_done_is_no_longer_left(
    report: str, reply: str, left: bool, tmp_path: Path
) -> None:
    """A commit did what was said to be uncommitted; edits on an answer did what the question was about."""
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    lines.say(report)
    lines.user(reply)
    lines.edit("/home/dev/app/b.py")
    lines.bash("git commit -am x", "[main 1234567] x\n 2 files changed, 2 insertions(+)")
    lines.say("OK")
    assert ("left for later" in told(lines, tmp_path)) == left


def test_what_a_sub_agent_was_sent_for_right_then_is_not_left(tmp_path: Path) -> None:
    """The message before that tells what it is to do; nobody sees its edits."""
    lines = begun()
    lines.say("The bucket is in. Remaining: nobody calls `prune()`.")
    lines.tool("Agent", {"description": "Wire the bucket", "prompt": "Call it."}, "It is wired in.")
    lines.say("The bucket is wired in.")
    lines.user("thanks, now the title of the page")
    lines.say("The title is set.")
    assert "left for later" not in told(lines, tmp_path)


def test_a_commit_whose_id_was_not_shown_is_not_pushed_either(tmp_path: Path) -> None:
    """It counts with those that are known."""
    lines = begun()
    lines.user("commit and push")
    lines.bash("git commit -am y", "[main bbbbbbb] y")
    lines.bash("git commit -qam z")
    lines.say("Both are in.")
    assert "not pushed as far as seen: at least 2 commits on main" in told(lines, tmp_path)


def test_what_was_renamed_and_edited_after_the_commit_is_in_none(tmp_path: Path) -> None:
    """The edit counts, and not the older renaming that the commit holds."""
    lines = Lines()
    lines.user("please name the chapter four")
    lines.bash("git mv chapter.tex four.tex && git commit -am 'Name it four'", "[main 1a2b3c4] Name it four")
    lines.edit(f"{CWD}/four.tex")
    assert "changed, in no commit seen: four.tex" in told(lines, tmp_path)


def test_a_new_file_in_a_folder_that_was_renamed_is_in_no_commit(tmp_path: Path) -> None:
    """A status that lists it says nothing of the folder."""
    lines = Lines()
    lines.user("please put the chapters in a folder of their own")
    lines.bash("git mv part book && git commit -am 'Rename it'", "[main 1a2b3c4] Rename it")
    lines.tool("Write", {"file_path": f"{CWD}/book/four.py", "content": "COLD = 1\n"})
    lines.bash("git status --short", "?? book/four.py")
    lines.say("The fourth is there.")
    assert "changed, in no commit seen: book/four.py" in told(lines, tmp_path)


@pytest.mark.parametrize(
    "said",
    [
        "thx",
        "ok thanks!",
        "perfect, thank you so much",
        "thanks, that's all for today 🙏",
        "perfect, bye",
        "merci",
        "vielen dank",
        "danke dir",
        "谢谢!",
    ],
)
def test_thanks_at_the_end_ask_for_nothing(tmp_path: Path, said: str) -> None:
    """Who thanks waits for no answer; who says more does."""
    lines = begun()
    lines.say("The parser is mended.")
    lines.user(said)
    assert "take it up first" not in told(lines, tmp_path)
    lines.user("thanks. and now the writer")
    assert "take it up first" in told(lines, tmp_path)


def test_what_was_begun_right_after_it_was_announced_is_not_left(tmp_path: Path) -> None:
    """Also where the same file was edited again since, so that its newest edit is of another prompt."""
    for begins in (True, False):
        lines = begun()
        lines.say("Strict mode is next.")
        if begins:
            lines.edit("/home/dev/app/a.py")
            lines.bash("pytest -q", "1 failed in 0.1s", code=1)
        lines.user("hm, rather by a flag of the reader")
        lines.edit("/home/dev/app/a.py")
        lines.say("There is a flag now.")
        assert ("Strict mode is next" in told(lines, tmp_path)) != begins


def test_the_last_call_failed(tmp_path: Path) -> None:
    """What it was to do is not done, and nothing was said of it: that comes next, unless another call followed."""
    lines = begun()
    lines.bash("docker compose up -d lamp", "Error: no such image: lamp", code=1)
    at = len(lines.raw)
    last = f"; its last call: `docker compose up -d lamp` failed: Error: no such image: lamp (L{at})"
    assert last in told(lines, tmp_path)
    lines.edit("/home/dev/app/b.py")
    assert "its last call" not in told(lines, tmp_path)


@pytest.mark.parametrize("command", ["pytest -q", "git commit -m lamps", "grep -rn horn app"])
def test_a_last_call_of_which_is_told_elsewhere(command: str, tmp_path: Path) -> None:
    """A check has its own place, as have git's refusals; what only looks is no loss."""
    lines = begun()
    lines.bash(command, "error: the harbour is closed", code=1)
    assert "its last call" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("output", "then", "is_told"),
    [
        ("hook: no bells in the harbour", "what is a worktree", True),
        ("hook: no bells in the harbour", "I committed it without the hook", False),
        ("hook: no bells in the harbour", "I don't want to commit that", False),
        ("hook: no bells in the harbour", "no, commit the bells first", True),
        ("nothing to commit, working tree clean", "what is a worktree", False),
    ],
)
def test_a_commit_that_came_to_nothing(output: str, then: str, is_told: bool, tmp_path: Path) -> None:
    """It is still to be made, whatever was spoken of since."""
    lines = begun()
    lines.bash("git add -A && git commit -m lamps", output, code=1)
    line = len(lines.raw)
    lines.say("The hook refused it.")
    lines.user(then)
    lines.say("Another folder of the same repository.")
    next_ = told(lines, tmp_path)
    assert (f"the last commit came to nothing: {output} (L{line})" in next_) == is_told
    lines.bash("git commit -m lamps", "[main 1a2b3c4] lamps\n 1 file changed")
    assert "came to nothing" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("reply", "later", "is_told"),
    [
        ("leave the broken lamps out", "now count the horns", True),
        ("leave the broken lamps out", "count by local time, not in zones", False),
        ("broken lamps out, and nights by local time", "now count the horns", False),
        ("no to both", "now count the horns", False),
        ("1. out", "now count the horns", False),
        ("yes", "now count the horns", False),
    ],
)
def test_one_of_two_questions_answered(reply: str, later: str, is_told: bool, tmp_path: Path) -> None:
    """The other one is still asked, until a prompt speaks of it."""
    lines = begun()
    ask = "Two questions:\n1. Should broken lamps be counted?\n2. Should nights end by local time or by zone?"
    line = lines.say(f"The counter runs. {ask}")
    lines.user(reply)
    lines.say("I count on.")
    lines.user(later)
    lines.say("Done.")
    asked = f"asked, not answered: “Should nights end by local time or by zone?” (L{line})"
    assert (asked in told(lines, tmp_path)) == is_told
    assert "counted?” (L" not in told(lines, tmp_path)


def test_an_older_list_is_no_more_in_view(tmp_path: Path) -> None:
    """What of it was not taken up is not asked any more once the agent has laid out anew what there is to choose."""
    lines = begun()
    line = lines.say(
        "Shall I go on?\n1. Should broken lamps be counted?\n2. Should nights end by zone instead of sunrise?"
    )
    lines.user("count broken lamps")
    lines.edit("/home/dev/app/b.py")
    done = lines.say("They are counted.")
    asked = f"asked, not answered: “Should nights end by zone instead of sunrise?” (L{line})"
    assert asked in told(lines, tmp_path)
    lines.raw[done - 1 :] = []
    lines.say("They are counted. How would you like to proceed?\n- A) Paint the horns\n- B) Review the bells")
    lines.user("paint the horns")
    lines.say("They are painted.")
    assert "asked, not answered" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("write the log of the harbour", False),
        ("no, write nothing in the log", True),
        ("what is a horn?", True),
    ],
)
def test_what_was_left_and_then_asked_for(reply: str, left: bool, tmp_path: Path) -> None:
    """What the agent offers and the user takes, in few words of theirs, is not left for later."""
    lines = begun()
    lines.say(
        "The counter runs.\n\nWhat remains:\n1. Update LOG.md so that nights and horns have marks\n"
        "2. Paint the northern bell\n\nWant me to:\n1. Update LOG.md with marks of nights and horns?\n"
        "2. Paint the bell?"
    )
    lines.user(reply.replace("write", "update"))
    lines.tool("Read", {"file_path": "/home/dev/app/LOG.md"})
    assert ("Update LOG.md so that" in told(lines, tmp_path)) == left
