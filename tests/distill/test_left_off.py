"""A session that was left in the middle says of what: a choice, a mode, an edit, helpers that were stopped."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import Distillation
from tests.distill.lines import Lines

A = "/home/dev/app/a.go"
OPTIONS = "Three ways.\n\n1. Take it out.\n2. Pin once.\n3. Pin never.\n\nMy advice: option 1. It is the least work."


def made(lines: Lines, folder: Path) -> Distillation:
    return distill(lines.save(folder), machine="box")


def begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(A)
    return lines


def test_options_that_were_laid_out_wait_for_the_user(tmp_path: Path) -> None:
    """With what the agent says of one; not where it names none, or went on with it."""
    lines = Lines()
    lines.user("why does it restart?")
    line = lines.say(OPTIONS)
    told = "the user has to choose among 3 options, none is taken up so far: “My advice: option 1.”"
    assert made(lines, tmp_path).next.startswith(told[:-1])
    assert made(lines, tmp_path).lines_of("next") == (f"L{line}",)
    lines.user("do what you think")
    lines.edit(A)
    lines.say(OPTIONS)
    assert "has to choose" not in made(lines, tmp_path).next
    lines = Lines()
    lines.user("how does it restart?")
    lines.say(OPTIONS.partition("My advice")[0])
    assert "has to choose" not in made(lines, tmp_path).next


def test_plan_mode_is_told_until_a_plan_is_approved(tmp_path: Path) -> None:
    """A plan that was only written changes nothing about it."""
    lines = begun()
    line = lines.user("how could this be better?", permissionMode="plan")
    told = f"plan mode is on since L{line}: nothing may be implemented before the user approves a plan"
    lines.write("/home/dev/.claude/plans/better.md")
    lines.say("Ten ideas stand in the plan.")
    found = made(lines, tmp_path)
    assert told in found.uncertainties
    lines.tool("ExitPlanMode", {"plan": "# Better"}, "User has approved your plan.")
    assert "plan mode" not in str(made(lines, tmp_path).uncertainties)
    lines.user("once more", permissionMode="plan")
    lines.say("Fine.")
    assert "plan mode" in str(made(lines, tmp_path).uncertainties)
    lines.user("just do it", permissionMode="default")
    assert "plan mode" not in str(made(lines, tmp_path).uncertainties)


def test_plan_after_which_no_code_was_edited(tmp_path: Path) -> None:
    """One that was asked for after the code; not one in which the same request ticked off what it did."""
    lines = begun()
    lines.edit("/home/dev/app/PLAN.md")
    lines.say("Done and ticked off.")
    assert not any("no code was edited" in text for text in made(lines, tmp_path).uncertainties)
    lines.user("write down what comes next")
    line = lines.edit("/home/dev/app/PLAN.md")
    lines.say("It stands there.")
    assert f"no code was edited after PLAN.md was written (L{line})" in made(lines, tmp_path).uncertainties
    lines.edit(A)
    lines.say("Begun.")
    assert not any("no code was edited" in text for text in made(lines, tmp_path).uncertainties)


def test_plan_of_documents_that_were_written(tmp_path: Path) -> None:
    """That no code was edited says nothing then of whether it was begun."""
    lines = begun()
    lines.user("plan how the guide could be shorter")
    lines.edit("/home/dev/app/PLAN.md")
    lines.say("It stands there.")
    assert any("no code was edited" in text for text in made(lines, tmp_path).uncertainties)
    lines.user("fine, do it")
    lines.edit("/home/dev/app/guide.md")
    lines.say("The guide is shorter.")
    assert not any("no code was edited" in text for text in made(lines, tmp_path).uncertainties)


def test_only_documents_were_edited(tmp_path: Path) -> None:
    """Then it is told that no code was, until some is."""
    lines = Lines()
    lines.user("write the notes")
    lines.write("/home/dev/app/notes.md")
    lines.say("Written.")
    assert any(text.endswith(", a test run, an edit of code") for text in made(lines, tmp_path).uncertainties)
    lines.edit(A)
    lines.say("Begun.")
    assert not any("an edit of code" in text for text in made(lines, tmp_path).uncertainties)


def test_edit_of_a_session_that_broke_off_adds_nothing_but_imports(tmp_path: Path) -> None:
    """Not where what was written before uses them; Go takes unused ones for errors."""
    lines = begun()
    given = {
        "file_path": A,
        "old_string": 'import (\n\t"os"\n)',
        "new_string": 'import (\n\t"net"\n\t"os"\n)',
    }
    line = lines.tool("Edit", given)
    told = f"the last edit (L{line}) only adds imports to a.go: `net`; no use of them is written yet, without which Go "
    told += "does not build it"
    assert told in made(lines, tmp_path).next
    lines.say("Done.")
    assert told not in made(lines, tmp_path).next
    lines = Lines()
    lines.user("please mend the parser")
    lines.tool("Edit", {"file_path": A, "old_string": "x", "new_string": "net.Dial()"})
    lines.tool("Edit", given)
    assert "only adds imports" not in made(lines, tmp_path).next
    lines = begun()
    lines.tool("Edit", given)
    lines.bash("go build ./...")
    assert "only adds imports" not in made(lines, tmp_path).next


def test_helpers_that_were_stopped_left_something(tmp_path: Path) -> None:
    """What a sub-agent that was killed had to do comes next."""
    lines = begun()
    twin = {"isAsync": True, "status": "async_launched", "agentId": "a1b2c3"}
    given = {"description": "write the tree", "prompt": "all of it", "subagent_type": "worker"}
    lines.tool("Task", given, "Async agent launched successfully.\nagentId: a1b2c3", twin=twin)
    notice = "<task-notification>\n<task-id>a1b2c3</task-id>\n<status>killed</status>\n</task-notification>"
    line = lines.user(notice)
    told = f"see what sub-agents left unfinished that were stopped: “write the tree” (L{line})"
    assert told in made(lines, tmp_path).next


def test_helper_whose_failure_nobody_looked_at_before_the_next_prompt(tmp_path: Path) -> None:
    """Its notice came with a prompt; once the agent spoke, it is known."""
    lines = begun()
    twin = {"isAsync": True, "status": "async_launched", "agentId": "a1b2c3"}
    given = {"description": "write the tree", "prompt": "all of it", "subagent_type": "worker"}
    lines.tool("Task", given, "Async agent launched successfully.\nagentId: a1b2c3", twin=twin)
    lines.say("It is at work.")
    notice = "<task-notification>\n<task-id>a1b2c3</task-id>\n<status>failed</status>\n</task-notification>"
    line = lines.user(notice)
    lines.user("is the helper still at it?")
    told = f"see what sub-agents left unfinished that failed: “write the tree” (L{line})"
    assert told in made(lines, tmp_path).next
    lines.say("No, it was lost. I write the tree myself.")
    lines.user("good")
    assert told not in made(lines, tmp_path).next


def test_failure_that_the_same_program_settled(tmp_path: Path) -> None:
    """A later pass of the same program is told beside the failure."""
    lines = begun()
    lines.bash("go vet ./...", "./a.go:3:2: undefined: x", code=1)
    lines.edit(A)
    line = lines.bash("go test ./...", "ok  \tx/y\t0.2s") + 1
    lines.say("Done.")
    told = f"; later passed: test `go test ./...` ok y 0.2s (L{line})"
    assert any(text.endswith(told) for text in made(lines, tmp_path).uncertainties)


def test_failure_behind_a_look_that_the_same_program_settled(tmp_path: Path) -> None:
    """What checked is the program, whatever stands before it in its line; a lint settles no build."""
    lines = begun()
    lines.bash(
        "ls ~/.cargo; cargo build --offline", "error: no matching package named `lamp` found", code=101
    )
    lines.edit(A)
    lines.bash("cargo fmt --check", "")
    assert not any("later passed" in text for text in made(lines, tmp_path).uncertainties)
    line = lines.bash("cargo test", "test result: ok. 3 passed; 0 failed; 0 ignored") + 1
    told = f"; later passed: test `cargo test` 3 passed, 0 failed (L{line})"
    assert any(text.endswith(told) for text in made(lines, tmp_path).uncertainties)


def test_reset_of_what_was_committed_takes_nothing(tmp_path: Path) -> None:
    """Only what was edited and in no commit is gone by it."""
    told = "git reset --hard: of the files listed, what was in no commit then is gone"
    lines = begun()
    lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    lines.bash("git reset --hard HEAD~1", "HEAD is now at bbbbbbb y")
    assert told not in made(lines, tmp_path).uncertainties
    lines.edit(A)
    lines.bash("git reset --hard", "HEAD is now at bbbbbbb y")
    assert told in made(lines, tmp_path).uncertainties


def test_status_of_the_call_of_a_commit(tmp_path: Path) -> None:
    """It tells how things stood after the commit, or before it when it ran first."""
    status = "On branch main\nYour branch is ahead of 'origin/main' by 8 commits.\n"
    commit = "[main aaaaaaa] x\n 1 file changed\n"
    lines = begun()
    line = lines.bash("git commit -am x && git status", commit + status)
    (told,) = [text for text in made(lines, tmp_path).uncertainties if text.startswith("repository")]
    assert told.endswith(f"by a status (L{line}, after that commit)")
    lines.edit(A)
    line = lines.bash("git status && git commit -am x", status + commit.replace("aaaaaaa", "ccccccc"))
    (told,) = [text for text in made(lines, tmp_path).uncertainties if text.startswith("repository")]
    assert told.endswith(f"by a status (L{line}, before the last commit)")


def test_build_that_lets_a_loop_begin_has_passed(tmp_path: Path) -> None:
    """Unless it may have failed all the same."""
    lines = begun()
    lines.bash("go build ./a && for i in 1 2; do time ./a; done", "0.2s\n0.1s")
    assert made(lines, tmp_path).validation.outcome == "passed"
    lines.bash("go build ./a; for i in 1 2; do time ./a; done", "0.2s\n0.1s")
    assert made(lines, tmp_path).validation.outcome == "unknown"


def test_script_named_for_data_of_tests_is_no_test(tmp_path: Path) -> None:
    """A script that runs all tests is one."""
    lines = begun()
    lines.bash("./test-data.sh", "3 rows")
    assert made(lines, tmp_path).validation.command == ""
    lines.bash("./test-all.sh", "3 passed")
    assert made(lines, tmp_path).validation.command == "./test-all.sh"


def test_question_is_told_with_what_the_agent_would_take(tmp_path: Path) -> None:
    """Where the line before it says that."""
    lines = Lines()
    lines.user("what could be better?")
    lines.say("**My pick:** #1, the short one.\n\nDoes that fit?")
    told = "the user has to answer: Does that fit? (the agent before that: “My pick: #1, the short one.”)"
    assert made(lines, tmp_path).next.startswith(told)
    lines = Lines()
    lines.user("what could be better?")
    lines.say("There are two ways.\n\nDoes that fit?")
    assert "before that" not in made(lines, tmp_path).next


def test_server_that_nobody_asked_for_anything(tmp_path: Path) -> None:
    """That it runs proves nothing of what it serves; a request to it is another matter."""
    lines = begun()
    twin = {"stdout": "", "stderr": "", "backgroundTaskId": "b1"}
    lines.tool(
        "Bash",
        {"command": "npm run dev", "run_in_background": True},
        "Command running in background with ID: b1",
        twin=twin,
    )
    shown = "<status>running</status>\n\n<stdout>\n Local: http://localhost:3000\n Ready in 9ms\n</stdout>"
    lines.tool("BashOutput", {"bash_id": "b1"}, shown)
    lines.say("It runs.")
    assert "`npm run dev` → Ready in 9ms, no request to it seen" in str(made(lines, tmp_path).uncertainties)
    lines.bash("curl -s http://localhost:3000/", "<p>hello</p>")
    lines.say("It runs.")
    assert "no request to it seen" not in str(made(lines, tmp_path).uncertainties)


def test_small_edit_that_is_in_no_commit_is_quoted_whole(tmp_path: Path) -> None:
    """Its lines are told, without comments and the frame they stand in."""
    lines = begun()
    lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    new = "// of days\nconst most = 7\n\ntype days struct {\n\tnumber int\n}"
    lines.tool("Edit", {"file_path": A, "old_string": "type days struct {\n}", "new_string": new})
    lines.say("Done.")
    assert "`const most = 7; number int`" in made(lines, tmp_path).next


def test_files_of_the_plan_that_nobody_touched(tmp_path: Path) -> None:
    """Once it is begun; no plan is told so that was not."""
    plan = "# Days\n\n## Files to change\n- `src/a.go` reads\n- `src/b.go` writes\n- `src/c.go` tells\n"
    lines = Lines()
    lines.user("please plan how days are read")
    line = lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan.") + 1
    lines.say("I begin.")
    assert "named in the approved plan" not in made(lines, tmp_path).next
    lines.edit("/home/dev/app/src/a.go")
    lines.say("Done.")
    assert f"named in the approved plan, not edited since: b.go, c.go (L{line})" in made(lines, tmp_path).next
    lines.edit("/home/dev/app/src/b.go")
    lines.edit("/home/dev/app/src/c.go")
    lines.say("Done.")
    assert "named in the approved plan" not in made(lines, tmp_path).next


def test_plan_whose_edits_are_committed_leaves_no_files(tmp_path: Path) -> None:
    """It may have been carried out in other files; with an edit after the commit it goes on."""
    plan = "# Days\n\n## Files to change\n- `src/a.go` reads\n- `src/b.go` writes\n"
    lines = Lines()
    lines.user("please plan how days are read")
    lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan.")
    lines.edit("/home/dev/app/src/a.go")
    lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    lines.say("Done.")
    assert "named in the approved plan" not in made(lines, tmp_path).next
    lines.edit("/home/dev/app/src/a.go")
    lines.say("Done.")
    assert "named in the approved plan, not edited since: b.go" in made(lines, tmp_path).next


def test_tests_whose_output_is_taken_are_a_test_run(tmp_path: Path) -> None:
    """They have passed only where the output says so."""
    lines = begun()
    lines.bash('out=$(pytest -q 2>&1); echo "$out" | tail -1', "3 passed in 0.1s")
    told = made(lines, tmp_path)
    assert (told.validation.outcome, told.validation.counts) == ("passed", "3 passed in 0.1s")
    lines.bash('out=$(pytest -q 2>&1); echo "$out" | wc -l', "9")
    assert made(lines, tmp_path).validation.outcome == "unknown"


def test_what_was_put_off_is_not_taken_up_by_a_long_line(tmp_path: Path) -> None:
    """That holds half of its words by chance; a sentence of it that speaks of it does so."""
    lines = begun()
    line = lines.say("**Not done:**\n- Manual smoke trial against a branch with backed commits\n")
    lines.user("now the title")
    lines.say(
        f"The title names the commits. {'It is short and says it all. ' * 8}A trial follows. A branch has smoke."
    )
    told = f"left for later: “Manual smoke trial against a branch with backed commits” (L{line})"
    assert told in made(lines, tmp_path).next
    lines.say(f"{'It is short and says it all. ' * 8}The manual smoke trial against a branch is done.")
    assert told not in made(lines, tmp_path).next
