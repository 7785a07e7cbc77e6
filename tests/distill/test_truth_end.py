"""What the page says of how a session stands must hold up to its last line: modes, todos, hosts, checks, answers."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.errors import causes
from spread.distill.found import WRONG, found
from spread.distill.prompts import greets
from spread.distill.record import RAN, Item, only_shows
from spread.distill.record_lines import is_scrap
from spread.distill.words import unframed
from spread.distillation import body
from tests.distill.lines import CWD, SESSION, Lines, begun

PLAN = "/home/dev/.claude/plans/lists.md"
PARSER = f"{CWD}/parser.py"


def test_plan_mode_that_the_agent_asked_for_is_told_from_there(tmp_path: Path) -> None:
    """Prompts in plan mode, plans that were written and what was queued meanwhile do not make it begin anew."""
    lines = begun()
    line = lines.tool("EnterPlanMode", {}, "Entered plan mode.") + 1
    told = f"plan mode is on since L{line}:"
    lines.write(PLAN)
    lines.say("The plan stands there.")
    assert told in str(lines.distilled(tmp_path).uncertainties)
    lines.user("and the nested ones?", permissionMode="plan")
    lines.edit(PLAN)
    assert told in str(lines.distilled(tmp_path).uncertainties)
    lines.edit(PARSER)
    lines.user("what comes next?", permissionMode="plan")
    line = len(lines.raw)
    lines.say("The nested lists.")
    assert f"plan mode is on since L{line}:" in str(lines.distilled(tmp_path).uncertainties)
    lines.user("do it", permissionMode="default")
    lines.say("I will.")
    assert "plan mode" not in str(lines.distilled(tmp_path).uncertainties)


def test_plan_mode_that_only_the_client_tells_of(tmp_path: Path) -> None:
    """It is not of a sub-agent, a command of the user's says nothing of it, and it ends as the client says."""
    lines = begun()
    given = {"type": "plan_mode", "reminderType": "full", "isSubAgent": True}
    lines.add({"type": "attachment", "cwd": CWD, "sessionId": SESSION, "attachment": given})
    lines.say("One look.")
    assert "plan mode" not in str(lines.distilled(tmp_path).uncertainties)
    lines.user("how would nested lists be read?", permissionMode="default")
    given = {**given, "isSubAgent": False}
    line = lines.add({"type": "attachment", "cwd": CWD, "sessionId": SESSION, "attachment": given})
    lines.say("With a stack.")
    told = f"plan mode is on since L{line}:"
    assert told in str(lines.distilled(tmp_path).uncertainties)
    lines.user("<command-message>think</command-message>\n<command-name>/think</command-name>")
    lines.say("Or with recursion.")
    assert told in str(lines.distilled(tmp_path).uncertainties)
    given = {"type": "plan_mode_exit", "planFilePath": PLAN}
    lines.add({"type": "attachment", "cwd": CWD, "sessionId": SESSION, "attachment": given})
    lines.say("Now it may be written.")
    assert "plan mode" not in str(lines.distilled(tmp_path).uncertainties)


def test_a_list_of_todos_holds_though_its_result_is_not_in_the_record(tmp_path: Path) -> None:
    """It is the agent's own; a call that keeps it is none whose outcome matters."""
    lines = begun()
    lines.tool("TodoWrite", {"todos": [{"content": "read the lists", "status": "in_progress"}]})
    given = [
        {"content": "read the lists", "status": "completed"},
        {"content": "write them", "status": "in_progress"},
    ]
    lines.call("TodoWrite", {"todos": given})
    told = lines.distilled(tmp_path)
    assert [todo.text for todo in told.todos] == ["write them"]
    assert "no result" not in str(told.uncertainties)


def test_an_edit_sent_with_a_list_of_todos_is_what_to_look_at(tmp_path: Path) -> None:
    """Of two calls without a result, what came of the list is known: the edit is the one that is open."""
    lines = begun()
    lines.edit(PARSER)
    lines.call("Edit", {"file_path": PARSER, "old_string": "a", "new_string": "b"})
    lines.call("TodoWrite", {"todos": [{"content": "write them", "status": "in_progress"}]})
    assert lines.distilled(tmp_path).next.startswith("see what came of Edit")


def test_a_host_that_was_not_reached_is_none_where_commands_ran(tmp_path: Path) -> None:
    """Neither by a call that failed nor by one in the background; the others stay."""
    lines = begun()
    lines.bash(
        "ssh root@attic uptime", "ssh: Could not resolve hostname attic: Name or service not known", code=255
    )
    lines.bash("ssh cellar 'reboot'", "ssh: connect to host cellar port 22: Connection refused", code=255)
    lines.bash("ssh dev@barn ls /srv", "dev@barn: Permission denied (publickey).", code=255)
    lines.bash("ssh yard uptime", "up 3 days")
    began = "Command running in background with ID: b1. Output is being written to: /tmp/b1"
    lines.tool("Bash", {"command": "ssh shed uptime", "run_in_background": True}, began)
    failed = (
        "<status>failed</status>\n<exit_code>255</exit_code>\n"
        "<output>\nssh: Could not resolve hostname shed: Name or service not known\n</output>"
    )
    lines.tool("TaskOutput", {"task_id": "b1"}, failed)
    lines.say("Only one of them is up.")
    told = str(lines.distilled(tmp_path).uncertainties)
    assert "other hosts were only looked at, over ssh: yard (1)" in told
    assert not any(name in told for name in ("attic (", "cellar (", "barn (", "shed ("))


def test_a_check_before_an_edit_without_a_result_leaves_the_state_unverified(tmp_path: Path) -> None:
    """Nobody knows whether it was made; a call that only looks changes nothing."""
    lines = begun()
    lines.edit(PARSER)
    lines.bash("pytest -q", "3 passed in 0.10s")
    lines.call("Read", {"file_path": PARSER})
    assert lines.distilled(tmp_path).state == "validated"
    lines.call("Edit", {"file_path": PARSER, "old_string": "a", "new_string": "b"})
    told = lines.distilled(tmp_path)
    assert told.state == "needs verification"
    assert "passed after the last edit seen: `pytest -q`" in body(told.to_markdown())


def test_a_request_that_words_but_no_end_followed_has_no_final_answer(tmp_path: Path) -> None:
    """What was said on the way to an edit is no answer."""
    lines = begun()
    lines.say("It drops nested lists. I mend that now.")
    lines.edit(PARSER)
    assert "(no final answer)" in lines.page(tmp_path)


def test_words_before_a_result_whose_call_is_lost_are_no_answer(tmp_path: Path) -> None:
    """The line of the call may be broken: what came of it shows that the agent went on."""
    lines = begun()
    lines.say("The lists are to be read by a parser of their own.")
    assert "(no final answer)" not in lines.page(tmp_path)
    lines.add('{"type":"assistant","message":{"role":"assistant","content":[{"type":"tool_use","id":"toolu_x')
    lines.result("toolu_x", "The file could not be written", error=True)
    assert "(no final answer)" in lines.page(tmp_path)
    lines.say("It cannot be written.")
    assert "(no final answer)" not in lines.page(tmp_path)


def ending(lines: Lines, kind: str) -> None:
    """Add what the client notes when a turn is over."""
    lines.add({"type": "system", "subtype": kind, "isSidechain": False, "sessionId": SESSION})


@pytest.mark.parametrize("kind", ["turn_duration", "stop_hook_summary", ""])
def test_a_report_after_which_only_the_list_was_kept_is_the_answer(kind: str, tmp_path: Path) -> None:
    """Where the turn is over, as the client notes it or the hook tells; without that more may come."""
    report = "Nested lists are read now.\n\nI can confirm that:\n\n- the writer keeps them"
    lines = begun()
    lines.edit(PARSER)
    line = lines.say(report)
    lines.tool("TodoWrite", {"todos": [{"content": "Read lists", "status": "completed"}]})
    lines.think("All of it is done.")
    assert "(no final answer)" in lines.page(tmp_path)
    if kind:
        ending(lines, kind)
    told = distill(lines.save(tmp_path), machine="box", last_message=None if kind else report)
    page = body(told.to_markdown())
    assert f"(answered L{line})" in page
    assert "not finished" not in told.next
    assert "I can confirm" not in told.next
    lines.user("and the writer?")
    lines.think("What of it?")
    assert "(answered" not in lines.page(tmp_path)


@pytest.mark.parametrize(
    "says", ["It drops nested lists.", "It is read. Now I update the list of what is to do:"]
)
def test_a_turn_that_ended_on_work_has_no_final_answer(says: str, tmp_path: Path) -> None:
    """What came of a command after the words nobody told; nor do words answer that only lead to a list."""
    lines = begun()
    lines.say(says)
    if says.endswith(":"):
        lines.tool("TodoWrite", {"todos": [{"content": "Read lists", "status": "completed"}]})
    else:
        lines.bash("cat a.py", "x = 1")
    ending(lines, "turn_duration")
    assert "(no final answer)" in lines.page(tmp_path)


def test_a_report_of_before_the_last_request_is_told_to_be_older(tmp_path: Path) -> None:
    """It answers another request; once words on the new one came, there only is no final answer."""
    lines = begun()
    lines.edit(PARSER)
    lines.say("All lists are read now, nested ones included.")
    lines.user("now let it write them, too")
    lines.think("I begin with the writer.")
    assert "(no answer; the agent's report is older)" in lines.page(tmp_path)
    lines.say("It writes flat lists. I go on with the nested ones:")
    assert "(no final answer)" in lines.page(tmp_path)


def test_frames_of_a_trace_that_was_pasted_are_left_out_where_a_prompt_is_told(tmp_path: Path) -> None:
    """The error stays, and what was typed below; a list of places is no trace."""
    lines = begun()
    lines.say("It reads them now.")
    trace = "".join(f"    at step{n} (parser.js:{n}:3)\n" for n in range(5))
    lines.user(f"It fails:\nTypeError: x is not a list\n{trace}It did not yesterday.")
    page = lines.page(tmp_path)
    assert "TypeError: x is not a list … It did not yesterday." in page
    assert "step3" not in page
    assert unframed("meet\nat noon\nat one\nat two") == "meet\nat noon\nat one\nat two"
    assert unframed("Look:\nwarn @ a.js:1\nfail @ a.js:2\nrun @ a.js:3\n") == "Look:…"


def test_what_the_agent_put_off_doing_to_a_file_is_open_until_that_is_edited(tmp_path: Path) -> None:
    """Only where it names a file that the session wrote."""
    said = "I'll bring `docs/lists.md` up to date once the plan is approved."
    lines = begun()
    lines.write(f"{CWD}/docs/lists.md")
    lines.say(f"Fine. {said} I will look at `other.md` when there is time.")
    lines.user("ok, and the tables?")
    lines.edit(PARSER)
    lines.say("They are read now.")
    told = f"put off, no edit of it seen since: “{said}”"
    assert told in lines.distilled(tmp_path).next
    assert "other.md" not in lines.distilled(tmp_path).next
    lines.edit(f"{CWD}/docs/lists.md")
    lines.say("The page is up to date, too.")
    assert "put off" not in lines.distilled(tmp_path).next


def test_a_greeting_and_the_answer_to_it_are_not_told(tmp_path: Path) -> None:
    """What is asked with it is."""
    lines = Lines()
    lines.user("hi")
    lines.say("I'm the agent, ready to help you with the code of this project and its 12 tests.")
    lines.user("which port does the parser.py service use?")
    lines.say("It uses port 8080, as parser.toml says.")
    lines.user("and the writer?")
    lines.say("It uses port 9090, as writer.toml says.")
    page = lines.page(tmp_path)
    assert "ready to help" not in page
    assert "L1 user" not in page
    assert "port 8080" in page
    assert not greets("hi, please mend the parser")
    assert greets("Hello there!")


def test_an_admission_that_says_not_in_what_is_no_finding() -> None:
    """To have been wrong tells nothing without what it was; with that it is a finding."""
    assert found("Oh yes, you're completely right - I had it backwards!") == []
    told = "You're right - I had it backwards: the writer reads the old header before the new one."
    assert found(told) == [(WRONG, told)]


def test_what_a_linter_marks_is_the_cause_not_a_line_of_its_diff() -> None:
    """The marked sentence tells what is wrong, the diff below only what would be written."""
    output = (
        "Exit code 1\n$ lint --strict\n at src/List.tsx format ━━━━━\n\n  \u00d7 The formatter would print this:\n\n"
        '   12    │ - →<Row·label="Copy"\n   13    │ - →icon="copy"\n\n  \u00d7 Some errors were emitted.\n'
    )
    assert causes(output) == ["The formatter would print this"]


def test_a_longer_report_is_told_with_what_was_edited_since(tmp_path: Path) -> None:
    """What it says of the file as it was may not hold any more."""
    said = f"parser.py has a fault: `read_list()` drops what is nested, as `depth` is never raised. {'It is so. ' * 30}"
    lines = begun()
    lines.say(f"{said}\n\nShall I mend it, and the writer, too?")
    lines.user("yes, please mend the parser first, and the writer then, with tests for both of them")
    line = len(lines.raw) - 1
    lines.edit(PARSER)
    lines.say("Now the writer:")
    page = lines.page(tmp_path)
    assert f"(before that, L{line}, parser.py edited since:)" in page


def test_a_longer_report_whose_question_the_user_answered_otherwise(tmp_path: Path) -> None:
    """What it says of tests that failed is overtaken by the edits that its answer led to, also where that is no yes."""
    said = f"Lists are read. One case is left: `test_nested` fails, as the depth is lost. {'It is so. ' * 40}"
    lines = begun()
    lines.edit(PARSER)
    lines.say(f"{said}\n\nI'd count the brackets. Shall I?")
    line = len(lines.raw)
    lines.user("not today. mark that test as an expected failure and remind me in the README")
    lines.edit(f"{CWD}/tests/test_nested.py")
    lines.say("It is marked.")
    assert f"(before that, L{line}, edits followed:)" in lines.page(tmp_path)


def test_an_assent_alone_is_no_decision(tmp_path: Path) -> None:
    """What is stated beside it is one."""
    lines = begun()
    lines.say("The reader takes lists first, tables then. That is the order of the old one.")
    lines.user("yes, exactly, please implement this.")
    lines.edit(PARSER)
    lines.say("It reads lists first now.")
    lines.user("ok, but keep the old order for tables in lists")
    lines.edit(PARSER)
    lines.say("Tables in lists are read as before.")
    made = lines.distilled(tmp_path)
    assert "exactly" not in str(made.decisions)
    assert "keep the old order" in str((made.decisions, made.constraints, made.last_request))


def test_a_look_of_which_hardly_a_line_is_told_is_a_scrap() -> None:
    """Of a short output one line may be what was looked for."""
    assert is_scrap("L4 `cat Makefile` → 2 of 17+ lines: …install:; …build:")
    assert not is_scrap("L4 `cat Makefile` → 4 of 17 lines: …install:; …build:")
    assert not is_scrap("L4 `grep -n build Makefile` → 1 of 7 lines: 3:build:")
    assert not is_scrap("L4 `cat Makefile` → install:; build:")


@pytest.mark.parametrize(
    ("command", "looks"), [("git -C lib status", True), ("git -C status commit -m x", False)]
)
def test_git_told_where_to_look_only_shows(command: str, looks: bool) -> None:
    """The verb stands behind the directory then."""
    assert only_shows(Item(3, RAN, command, "nothing to commit")) is looks
