# ruff: noqa: E501, RUF001  (a table of cases folded over lines is harder to read than a long line)
"""Calls that failed or were refused, grouped."""

from pathlib import Path

import pytest

from spread.distill import distill, errors
from spread.distill.errors import causes
from spread.distill.failure import failure_of
from spread.distill.trial import KEPT_TRIALS, Trial
from spread.distill.trials import note
from spread.distill.trials_tell import told
from spread.distillation_also import brief
from spread.distillation_codec import both_ends
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines


def _call(line: int, name: str, output: str, *, ok: bool = False, **given: str) -> Call:
    return Call(line, f"k{line}", name, given, result_line=line + 1, ok=ok, output=output)


def _texts(trials: dict[str, Trial]) -> list[str]:
    return [text for _, text in told(trials, 9)]


def test_refusals_of_one_command_are_one_entry() -> None:
    """A command refused again and again is told once, with how often and since when."""
    trials: dict[str, Trial] = {}
    for line in (3, 5, 7):
        note(trials, _call(line, "Bash", "This command requires approval", command="make all"), "make all")
    assert _texts(trials) == [
        "`make all` was refused 3 times since L3: This command requires approval; never allowed"
    ]


@pytest.mark.parametrize(
    ("about", "output", "kept"),
    [
        ("Verify that an unknown key is rejected", "error: unknown key 'colour' in the settings", False),
        ("Check the readable failure output", "the store is set to /dev/null, which holds no keys", False),
        ("Confirm the guard refuses an old store", "store 3 is older than 4", False),
        ("Verify that an unknown key is rejected", "sh: keys: command not found", True),
        ("Check why the key is rejected", "error: unknown key 'colour' in the settings", True),
        ("Verify the settings load", "error: unknown key 'colour' in the settings", True),
    ],
)
def test_a_call_that_was_to_fail_did_not(about: str, output: str, kept: bool) -> None:
    """Its own words say what it is for; a program that is not there tells nothing of that."""
    trials: dict[str, Trial] = {}
    call = _call(3, "Bash", f"Exit code 1\n{output}", command="tool load bad.toml", description=about)
    note(trials, call, "tool load")
    assert bool(trials) is kept


def test_what_worked_in_the_end_is_told() -> None:
    """A similar command that works soon after a failure stands beside it; so does a call of the same tool."""
    trials: dict[str, Trial] = {}
    failed = _call(3, "Bash", "Exit code 2\nerror: unknown command run-all", command="wrap tool run all -v")
    note(trials, failed, "wrap tool")
    note(trials, _call(5, "Bash", "", ok=True, command="tool run all -v"), "tool run")
    note(
        trials, _call(7, "Task", "<tool_use_error>prompt is missing</tool_use_error>", description="look"), ""
    )
    note(trials, _call(9, "Task", "found", ok=True, description="look again"), "")
    first, second = _texts(trials)
    assert first.endswith("; then worked: `tool run all -v` (L5)")
    assert second == "Task `look` failed: prompt is missing; then worked: `look again` (L9)"


def test_what_worked_is_told_by_what_it_does_otherwise() -> None:
    """What a long command shares with the one that failed tells nothing; its programs stay."""
    trials: dict[str, Trial] = {}
    asked = "make-app@latest inkwell --lang ts --lint --css --router"
    note(
        trials,
        _call(3, "Bash", "Exit code 1\nerror: no layout", command=f"npx {asked}"),
        "npx make-app@latest",
    )
    worked = f'yes "" | npx {asked} --layout flat --no-fast'
    note(trials, _call(5, "Bash", "", ok=True, command=worked), "npx make-app@latest")
    (text,) = _texts(trials)
    assert text.endswith('; then worked: `yes "" | npx make-app@latest … --layout flat --no-fast` (L5)')


def test_a_call_that_stops_at_a_question_failed() -> None:
    """Its exit code does not say so; one whose question got an answer went on."""
    trials: dict[str, Trial] = {}
    asks = "\x1b[36m?\x1b[39m \x1b[1mUse the old layout?\x1b[22m \x1b[90m\u203a\x1b[39m No / Yes"
    went_on = f"{asks}\x1b[2K\x1b[32m\u2714\x1b[39m \x1b[1mUse the old layout?\x1b[22m \u2026 No\nmade"
    note(
        trials,
        _call(3, "Bash", asks, ok=True, command="npx make-app@latest new --lang ts --lint"),
        "npx make-app@latest",
    )
    command = 'yes "" | npx make-app@latest new --lang ts --lint --plain'
    note(trials, _call(5, "Bash", went_on, ok=True, command=command), "npx make-app@latest")
    assert _texts(trials) == [
        "`npx make-app@latest new --lang ts --lint` failed: it stops at a question: “Use the old layout?”; "
        'then worked: `yes "" | npx make-app@latest … --plain` (L5)'
    ]


def test_failures_of_no_weight() -> None:
    """Looking around teaches nothing, nor does a validation of unknown outcome."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "2 failed", command="pytest"), "pytest", "unknown")
    note(trials, _call(2, "Read", "no such file", file_path="/a"), "")
    note(trials, _call(4, "Bash", "", command="ls x"), "")
    assert trials == {}


def test_a_validation_that_failed_is_told_with_what_passed() -> None:
    """Also where a pipe hides the exit code; another one that passes is no answer to it, only the same is."""
    trials: dict[str, Trial] = {}
    output = "--- FAIL: TestLock (0.02s)"
    note(
        trials,
        _call(1, "Bash", output, ok=True, command="task run wide 2>&1 | tail -3"),
        "task run",
        "failed",
    )
    failed = "`task run wide 2>&1 | tail -3` failed: tests TestLock"
    assert _texts(trials) == [f"{failed}; never seen to pass"]
    note(trials, _call(5, "Bash", "ok", ok=True, command="task run wide"), "task run", "unknown")
    assert _texts(trials) == [failed]
    note(trials, _call(7, "Bash", "ok", ok=True, command="task run small"), "task run", "passed")
    assert _texts(trials) == [f"{failed}; later passed: `task run small` (L7)"]
    note(trials, _call(9, "Bash", "ok", ok=True, command="task run wide | tail"), "task run", "passed")
    assert _texts(trials) == [f"{failed}; the same later worked (L9)"]


def test_a_validation_that_never_ran_is_told() -> None:
    """A test command whose program does not know it is a failed try, not a failed test."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "sh: pytest: command not found", command="pytest"), "pytest", "unknown")
    assert _texts(trials) == ["`pytest` failed: sh: pytest: command not found; never seen to pass"]


def test_a_check_of_which_only_an_error_is_known_failed() -> None:
    """Though nothing says what it came to; what then worked is told by what it does otherwise."""
    trials: dict[str, Trial] = {}
    output = "Exit code 1\ninkc: cannot write several packages to one file"
    failed = _call(3, "Bash", output, command="inkc build -o ./ink ./cmd/ink/... && ./ink show --all")
    note(trials, failed, "inkc build", "unknown")
    worked = _call(
        5, "Bash", "", ok=True, command="inkc build -o ./ink ./cmd/ink/main.ink && ./ink show --all"
    )
    note(trials, worked, "inkc build")
    (text,) = _texts(trials)
    assert text == (
        "`inkc build -o ./ink ./cmd/ink/... && ./ink show --all` failed: inkc: cannot write several packages to one file; "
        "then worked: `inkc build … ./cmd/ink/main.ink && ./ink show --all` (L5)"
    )


def test_unanswered_failures_come_before_answered_ones() -> None:
    """Where there is room for few, those that nothing answered are told."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "boom", command="deploy now"), "deploy now")
    note(trials, _call(3, "Bash", "boom", command="upload it"), "upload it")
    note(trials, _call(5, "Bash", "", ok=True, command="upload it"), "upload it")
    assert told(trials, 1) == [(2, "`deploy now` failed: boom")]


def test_one_error_of_the_environment_is_one_entry() -> None:
    """Three calls with the same error are told as one, whatever else differs; a cause of its own stands apart."""
    trials: dict[str, Trial] = {}
    noise = "      {0} [main] sh ({1}) child_copy: read copy failed, 0x0..0x{1}, done 0"
    for line in (3, 7, 9):
        output = f"Exit code 1\n{noise.format(line, line + 30_000)}"
        note(trials, _call(line, "Bash", output, command=f"tool{line} x{line}"), f"tool{line} x{line}")
    note(trials, _call(10, "Bash", "", ok=True, command="tool9 x9"), "tool9 x9")
    output = f"Exit code 1\n{noise.format(1, 40_000)}\nssh: Could not resolve hostname box"
    note(trials, _call(21, "Bash", output, command="ssh box"), "ssh box")
    alike, own = _texts(trials)
    assert alike.startswith(
        "3 calls failed alike since L3, 1 later worked: 7 [main] sh (30007) child_copy: read copy failed"
    )
    assert alike.endswith("; e.g. `tool7 x7` (L8), the last")
    assert own == "`ssh box` failed: ssh: Could not resolve hostname box"


def test_what_tests_assert_is_each_its_own() -> None:
    """They are not of the environment, and what is the same in them tells nothing of one."""
    trials: dict[str, Trial] = {}
    for line, what in ((3, "ring(a, 9) == 1"), (7, "lit(a) == 1"), (9, "dim(a, 2) == 0")):
        output = f"Exit code 1\ntest_bell: tests/bell.c:{line}: main: Assertion `{what}' failed."
        note(trials, _call(line, "Bash", output, command=f"tool{line} x{line}"), f"tool{line} x{line}")
    assert [what in text for text, what in zip(_texts(trials), ("ring", "lit", "dim"), strict=True)] == [
        True
    ] * 3


def test_what_is_dropped_from_a_long_list_still_counts() -> None:
    """However often one error comes, the list stays short, and no other failure goes for it."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "error: no space left", command="deploy now"), "deploy now")
    for line in range(3, 103):
        note(trials, _call(line, "Bash", "fork failed", command=f"tool{line} x"), f"tool{line} {line}")
    assert len(trials) == KEPT_TRIALS
    first, second = _texts(trials)
    assert first == "`deploy now` failed: error: no space left"
    assert second.startswith("100 calls failed alike since L")


@pytest.mark.parametrize(
    ("tool", "output"),
    [
        ("Bash", "Cancelled: parallel tool call Bash(git x) errored"),
        ("Bash", "Sibling tool call errored"),
        ("mcp__x__find", "result (99,000 characters) exceeds maximum allowed tokens"),
        ("Bash", "Exit code 1\nabout.txt"),
        ("Bash", "no pull requests found for branch x"),
        ("Bash", "Exit code 2\nls: /opt/ink: No such file or directory"),
    ],
)
def test_failures_that_teach_nothing(tool: str, output: str) -> None:
    """What the next call says rightly, what another call caused, and a search without result are left out."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, tool, output, command="git x | grep y", file_path="/a"), "git x")
    assert trials == {}


def test_checks_of_a_pull_request_are_no_failure() -> None:
    """The exit code of `gh pr checks` tells how they stand, which is told with the pull request."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "Exit code 8\nTest\tpending", command="gh pr checks 7"), "gh pr")
    assert trials == {}


def test_a_call_given_before_the_failure_answers_nothing() -> None:
    """Of calls given at once, one that worked is no answer to one that failed."""
    trials: dict[str, Trial] = {}
    failed = _call(3, "Task", "InputValidationError: Task failed:\n`prompt` is missing", description="look")
    failed.result_line = 8
    note(trials, failed, "")
    note(trials, _call(4, "Task", "found", ok=True, description="see"), "")
    assert _texts(trials) == ["Task `look` failed: InputValidationError: Task failed: `prompt` is missing"]


def test_only_the_same_input_is_the_same() -> None:
    """What differed in what worked is named where it is short; another edit of the file is not the same one."""
    trials: dict[str, Trial] = {}
    failed = _call(1, "Task", "Agent type 'x:a' not found", subagent_type="x:a", description="make it")
    note(trials, failed, "")
    note(trials, _call(3, "Task", "", ok=True, subagent_type="a", description="make it"), "")
    note(trials, _call(5, "Edit", "disk full: write failed", file_path="/a", new_string="1"), "")
    note(trials, _call(7, "Edit", "", ok=True, file_path="/a", new_string="2"), "")
    note(trials, _call(9, "Bash", "Exit code 7", command="send it now"), "send it")
    note(trials, _call(11, "Bash", "", ok=True, command="send it now"), "send it")
    assert [text.rpartition("; ")[2] for text in _texts(trials)] == [
        "then worked with subagent_type `a` (L3)",
        "another edit of it then worked (L7)",
        "the same later worked (L11)",
    ]


@pytest.mark.parametrize(
    ("then", "answer"),
    [
        ("https://docs.two.example/guide/limits", ""),
        (
            "https://docs.one.example/guide",
            "then worked with url `https://docs.one.example/guide` (L3)",
        ),
    ],
)
def test_another_site_answers_no_failure_of_one(then: str, answer: str) -> None:
    """A page that could not be had is not had by one that has nothing to do with it."""
    trials: dict[str, Trial] = {}
    first = "https://docs.one.example/guide/limits"
    note(trials, _call(1, "WebFetch", "Request failed with status code 403", url=first, prompt="limits"), "")
    note(trials, _call(3, "WebFetch", "text", ok=True, url=then, prompt="limits"), "")
    assert [text.partition("403")[2].removeprefix("; ") for text in _texts(trials)] == [answer]


def test_a_host_is_no_kind_of_command() -> None:
    """What else ran on the same host is no answer."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "lock failed", command="ssh root@box 'pkg remove it'"), "ssh root@box")
    note(trials, _call(3, "Bash", "", ok=True, command="ssh root@box uptime"), "ssh root@box")
    assert _texts(trials) == ["`ssh root@box: pkg remove it` failed: lock failed"]


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("Exit code 1\nTask a\nfatal: no such ref\nhint: see help", "fatal: no such ref"),
        ("Auto-merging a.py\nCONFLICT (content): in a.py\nerror: stopped", "CONFLICT (content): in a.py"),
        ("Traceback (most recent call last):\n  raise KeyError\nKeyError: 'x'", "KeyError: 'x'"),
        ("### Error\nError: File access denied: /x\n### Page", "Error: File access denied: /x"),
        ("The following are ignored:\ndocs\nhint: -f", "The following are ignored: docs"),
        ("Rebasing (1/2)\rerror: could not apply abc", "error: could not apply abc"),
        ("\x1b[31mstep one\x1b[0m\n╭───╮\n│ x │", "step one"),
        (
            "Get-Ink : There is no ink.\nAt line:1 char:1\n+ Get-Ink blue\n+ ~~~~\n    + CategoryInfo : ObjectNotFound: (:) []",
            "Get-Ink : There is no ink.",
        ),
        (
            "b.ps1: The term 'b.ps1' is not recognized as a name of a cmdlet.\nCheck the path and try again.",
            "b.ps1: The term 'b.ps1' is not recognized as a name of a cmdlet.",
        ),
        (
            "a.css\n  4:3  ✖  Expected empty line  rule-of-it\n\n✖ 1 problem (1 error, 0 warnings)",
            "4:3 ✖ Expected empty line rule-of-it",
        ),
        ("Exit code 7", ""),
        # what is said in words, not its code
        (
            "npm error code NOHOST\nnpm error syscall look\nnpm error request to https://x failed",
            "npm error request to https://x failed",
        ),
        # what it came from, not what comes of it
        (
            "[ERROR] Error: Unable to build.\n  [cause]: Error: ink.json must hold a list.",
            "[cause]: Error: ink.json must hold a list.",
        ),
        # another package stands in the way; what is said of a service that is gone does not
        (
            "Collected errors:\n * deps: Package ink is depended upon by packages:\n * deps: \tpen\nCommand failed: stop ink (Not found)",
            "* deps: Package ink is depended upon by packages: pen",
        ),
        ("ok refused-mail\nnot ok long-mail: got 'x'\nok error-page", "not ok long-mail: got 'x'"),
        (
            "goroutine 5 [running]:\ntesting.tRunner.func1()\n\t/go/testing.go:18 +0x31\nsome words of the end",
            "some words of the end",
        ),
    ],
)
def test_the_line_that_tells_the_cause(output: str, cause: str) -> None:
    """Not the first line of an output, nor its last, but the one that speaks of the error."""
    assert next(iter(causes(output)), "") == cause


def test_entries_are_short() -> None:
    """A long command and a long error are both shortened."""
    trials: dict[str, Trial] = {}
    command = "cd /a/b && run " + "word " * 90
    note(trials, _call(1, "Bash", "error: " + "because " * 90, command=command), "run word")
    (text,) = _texts(trials)
    assert text.startswith("`run word")
    assert len(text) < 230


def test_the_directory_makes_no_two_commands_alike() -> None:
    """What follows the same `cd` is no answer for that."""
    trials: dict[str, Trial] = {}
    first, then = (
        "cd '/home/dev/an app' && git config user.name",
        "cd '/home/dev/an app' && git reset --soft HEAD~2",
    )
    note(
        trials, _call(3, "Bash", "Exit code 2\nerror: no path", command=first.replace("'", '"')), "git config"
    )
    note(trials, _call(9, "Bash", "", ok=True, command=then.replace("'", '"')), "git reset")
    assert _texts(trials) == ["`git config user.name` failed: error: no path"]


@pytest.mark.parametrize(
    ("then", "answer"),
    [
        ("ssh host 'svc a-log stop && svc a-net stop'", "; then worked in part: `svc a-log stop && svc a-net stop` (L5)"),
        ("ssh host 'svc stop a-log a-net a-web'", "; then worked: `svc stop a-log a-net a-web` (L5)"),
        ("ssh host 'rm -r /srv/a-log /srv/a-net /tmp/a'", ""),  # something else
        ("ssh host 'svc other stop && svc last stop'", ""),  # to others
        ("ssh host 'svc a-log stop'", ""),  # to one alone
        ("ssh host 'for each in $ALL; do svc $each stop; done && echo all'", "; then worked: `for each in $ALL; do svc $each stop; done && echo all` (L5)"),
        ("ssh host 'svc a-log start && svc a-net start'", ""),  # by the same program
    ],
)  # fmt: skip
def test_what_a_loop_was_to_do_is_done_one_by_one(then: str, answer: str) -> None:
    """Commands that do the same to several of the things by their names answer a loop that failed, in part if not to all."""
    trials: dict[str, Trial] = {}
    loop = "ssh host 'for each in a-log a-net a-web; do svc $each stop; done && echo all'"
    note(trials, _call(3, "Bash", "Exit code 127\n", command=loop), "for each")
    note(trials, _call(5, "Bash", "", ok=True, command=then), "svc stop")
    assert _texts(trials)[0].endswith(f" && echo all` failed: exit code 127{answer}")


def test_what_a_loop_was_to_do_is_done_to_the_rest_later() -> None:
    """Several commands that together name all of the things did all of it, though none of them did."""
    trials: dict[str, Trial] = {}
    loop = "ssh host 'for each in a-log a-net a-web a-sun; do svc $each stop; done && echo all'"
    note(trials, _call(3, "Bash", "Exit code 127\n", command=loop), "for each")
    for line, two, how in ((5, ("a-log", "a-net"), "in part"), (7, ("a-web", "a-sun"), "one by one")):
        then = " && ".join(f"svc {each} stop" for each in two)
        note(trials, _call(line, "Bash", "", ok=True, command=f"ssh host '{then}'"), "svc stop")
        assert _texts(trials)[0].endswith(f"; then worked {how}: `svc a-log stop && svc a-net stop` (L5)")


def test_slips_of_one_kind_are_one_entry_and_come_last() -> None:
    """An edit that was at once done rightly tells little, yet more than nothing."""
    trials: dict[str, Trial] = {}
    slip = "<tool_use_error>File has not been read yet. Read it first.</tool_use_error>"
    note(trials, _call(1, "Bash", "error: boom", command="deploy now"), "deploy now")
    for line in (3, 5):
        note(trials, _call(line, "Edit", slip, file_path="/a5"), "")
    note(trials, _call(7, "Edit", "", ok=True, file_path="/a5"), "")
    assert told(trials, 1) == [(2, "`deploy now` failed: error: boom")]
    assert _texts(trials)[1] == (
        "Edit `/a5` failed 2 times since L3: File has not been read yet; a later try worked (L7)"
    )


def test_slips_at_several_places_are_not_one_failure() -> None:
    """One of another file, or after an edit of the file that worked, is counted by itself."""
    slip = "<tool_use_error>String to replace not found in file.</tool_use_error>"
    for first, ok in (("/a5", True), ("/a3", False)):
        trials: dict[str, Trial] = {}
        note(trials, _call(3, "Edit", slip, file_path=first), "")
        if ok:
            note(trials, _call(5, "Edit", "", ok=True, file_path=first), "")
        note(trials, _call(7, "Edit", slip, file_path="/a5"), "")
        assert _texts(trials) == ["Edit `/a5` failed: String to replace not found in file."]


def test_a_call_that_worked_between_two_failures_is_told_so() -> None:
    """Only where it was just the same: else nobody would know what the last failure came after."""
    for again, told_so in (("git push", " (between them it worked, L3)"), ("git push --force", "")):
        trials: dict[str, Trial] = {}
        for line, ok in ((1, False), (3, True), (5, False)):
            command = again if ok else "git push"
            note(
                trials,
                _call(line, "Bash", "" if ok else "error: refused", ok=ok, command=command),
                "git push",
            )
        assert _texts(trials) == [f"`git push` failed 2 times since L1{told_so}: error: refused"]


def test_what_was_done_between_is_told_with_what_then_passed() -> None:
    """Files that were edited and commands that act, the last ones; not commits, and nothing for another try at once."""
    trials: dict[str, Trial] = {}
    failed = _call(1, "Bash", "Exit code 1\n--- FAIL: TestLock (0.02s)", command="task run wide | tail -3")
    note(trials, failed, "task run", "failed")
    for line, name in ((3, "a.go"), (5, "b.go"), (7, "a.go")):
        note(trials, _call(line, "Edit", "", ok=True, file_path=f"/x/{name}"), "")
    note(trials, _call(9, "Bash", "", ok=True, command="git commit -m x"), "git commit")
    note(trials, _call(11, "Bash", "", ok=True, command="npm install"), "npm install")
    note(trials, _call(13, "Bash", "ok", ok=True, command="task run wide | tail"), "task run", "passed")
    assert _texts(trials) == [
        "`task run wide | tail -3` failed: tests TestLock; passed after editing b.go, a.go, `npm install` (L13)"
    ]


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("Exit code 1\n=== RUN   TestA\n    a_test.go:7: got 6, want 5\n--- FAIL: TestA (0.01s)\nFAIL", "TestA: a_test.go:7: got 6, want 5"),
        (
            "=== RUN   TestB\n    b_test.go:9: shell not found, skipping\n--- SKIP: TestB (0s)\n=== RUN   TestA\n--- FAIL: TestA (0.01s)\nFAIL",
            "--- FAIL: TestA (0.01s)",
        ),
        ("\u2819[1m[31mThe paths are ignored by a .gitignore file", "The paths are ignored by a .gitignore file"),
        ("src/a/b/c.ts:17:2 lint/style/noX ━━━━━\n\n  × The assignment should not be there.", "src/a/b/c.ts:17:2: The assignment should not be there."),
        ("error: could not apply 1234567\nCONFLICT (content): Merge conflict in go.mod", "conflict in go.mod"),
        ("CONFLICT (content): Merge conflict in a/b/c.py\nCONFLICT (add/add): Merge conflict in d.py\nAutomatic merge failed", "conflict in b/c.py, d.py"),
        ("[lint] ERROR task failed\nmain.go:3:1: x is unused (unused)\n* unused: 1", "main.go:3:1: x is unused (unused)"),
        (
            "remote: error: GH013: Repository rule violations found for refs/heads/x.\nremote:   - Push cannot contain secrets",
            "remote: error: GH013: Repository rule violations found for refs/heads/x. Push cannot contain secrets",
        ),
    ],
)  # fmt: skip
def test_the_line_with_the_message_is_the_cause(output: str, cause: str) -> None:
    """Not a summary, a mark of colour, what a passing test printed, or the name of a rule alone."""
    assert causes(output)[0] == cause


def test_the_tests_that_failed_are_named() -> None:
    """Also where the exit code was 0; of a test that holds others only those, of many the first."""
    trials: dict[str, Trial] = {}
    output = "=== RUN   TestCopy\n--- FAIL: TestCopy (2.1s)\n    --- FAIL: TestCopy/linux (0.1s)\n    --- PASS: TestCopy/mac (1s)\nFAIL"
    note(trials, _call(1, "Bash", output, ok=True, command="go test ./... | grep FAIL"), "go test", "failed")
    assert _texts(trials) == ["`go test ./... | grep FAIL` failed: tests TestCopy/linux; never seen to pass"]
    other = output.replace("linux", "bsd")
    note(trials, _call(3, "Bash", other, ok=True, command="go test ./... | grep FAIL"), "go test", "failed")
    assert _texts(trials) == [
        "`go test ./... | grep FAIL` failed 2 times since L1: tests TestCopy/bsd the last time; never seen to pass"
    ]
    many = "\n".join(f"FAILED tests/test_a.py::test_{name} - boom" for name in "abcdef")
    note(trials, _call(5, "Bash", many, ok=True, command="pytest -q; true"), "pytest -q", "failed")
    assert "tests test_a, test_b, test_c, test_d and 2 more" in _texts(trials)[1]


def test_a_failing_command_names_the_test_it_selects() -> None:
    """However long what stands before it is."""
    trials: dict[str, Trial] = {}
    line = f"env {' '.join(f'SETTING_{at}=value' for at in range(20))} go test -v -run TestCopy/linux ./..."
    note(trials, _call(1, "Bash", "--- FAIL: TestCopy (1s)", command=line), "go test", "failed")
    (text,) = _texts(trials)
    assert "… test -v -run TestCopy/linux…` failed" in text
    assert len(text) < 200


def test_the_edit_that_cured_a_failure_is_told_and_each_reason() -> None:
    """Of several edits the one that speaks of the error; a reason at the end of a long line stays."""
    trials: dict[str, Trial] = {}
    line = "cannot use quiet{} (value of struct type quiet) as log.Sink value in struct literal for the whole of the client: quiet does not implement log.Sink (missing method {})"
    for at, missing in ((1, "Debugf"), (5, "Warnf")):
        output = f"Exit code 1\nlog/log.go:9{at}:2: {line[:-3]}{missing}) (typecheck)"
        note(trials, _call(at, "Bash", output, command="task lint"), "task lint", "failed")
        for old, new in (("a", f"a\nfunc (quiet) {missing}(s string)"), ("limit = 1", "limit = 2")):
            edit = _call(at + 2, "Edit", "", ok=True, file_path="/p/log.go", old_string=old, new_string=new)
            note(trials, edit, "")
    note(trials, _call(9, "Bash", "0 issues", ok=True, command="task lint"), "task lint", "passed")
    (text,) = _texts(trials)
    assert text.startswith("`task lint` failed 2 times since L1: log/log.go:95:2: cannot use quiet{}")
    assert "… (missing method Warnf); before that (missing method Debugf); passed after " in text
    assert text.endswith("passed after editing log.go (+`func (quiet) Warnf(s string)`) (L9)")


def test_a_check_that_says_nothing_may_have_passed() -> None:
    """Where the same ended without an error later, it is not said that it never passed."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "unused: x", command="task lint"), "task lint", "failed")
    note(trials, _call(5, "Bash", "", ok=True, command="task lint"), "task lint", "unknown")
    assert _texts(trials) == ["`task lint` failed: unused: x"]


def test_tests_that_are_skipped_beside_an_edit() -> None:
    """Whether that or the edit made it pass, nobody knows; both are told."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "--- FAIL: TestHook", command="go test"), "go test", "failed")
    skip = {"file_path": "/p/hook_test.go", "old_string": "a()", "new_string": "t.Skip(1)"}
    note(trials, _call(3, "Edit", "", ok=True, **skip), "")
    edit = {"file_path": "/p/hook.go", "old_string": "return one\nreturn two\nreturn six", "new_string": ""}
    note(trials, _call(4, "Edit", "", ok=True, **edit), "")
    note(trials, _call(5, "Bash", "ok", ok=True, command="go test"), "go test", "passed")
    (text,) = _texts(trials)
    assert text.endswith("; passed after editing hook.go, skipping tests in hook_test.go (L5)")
    assert brief(f"- {text}").endswith("(passed, tests skipped in hook_test.go) (L5)")


def test_tests_that_are_skipped_are_no_cure() -> None:
    """An edit that skips what failed mends nothing."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "--- FAIL: TestHook/bash", command="go test"), "go test", "failed")
    skip = "func TestHook(t *testing.T) {\n\tif old {\n\t\tt.Skip(1)"
    given = {
        "file_path": "/p/hook_test.go",
        "old_string": "func TestHook(t *testing.T) {",
        "new_string": skip,
    }
    note(trials, _call(3, "Edit", "", ok=True, **given), "")
    note(trials, _call(5, "Bash", "ok", ok=True, command="go test"), "go test", "passed")
    (text,) = _texts(trials)
    assert text == "`go test` failed: tests TestHook/bash; passed only by skipping tests in hook_test.go (L5)"
    assert brief(f"- {text}") == "`go test`: tests TestHook/bash (passed, tests skipped in hook_test.go) (L5)"


def test_a_commit_that_failed_is_not_told_as_never_passed() -> None:
    """The next commit is another one, with other files and another message."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "ignored: deps", command="git commit -m a"), "git commit", "failed")
    assert _texts(trials) == ["`git commit -m a` failed: ignored: deps"]


def test_what_never_worked_is_said_to_be_open() -> None:
    """Of a validation; a command may have been given up for another."""
    trials: dict[str, Trial] = {}
    output = "Exit code 3\nerror: no room is left"
    note(trials, _call(1, "Bash", output, command="task lint"), "task lint", "failed")
    note(trials, _call(3, "Bash", output, command="pack all"), "pack all")
    assert _texts(trials) == [
        "`task lint` failed: error: no room is left; never seen to pass",
        "`pack all` failed: error: no room is left",
    ]


def test_a_check_is_answered_by_the_same_check_in_the_same_place() -> None:
    """Whatever stands around it on the line; one that passes elsewhere says nothing about it."""
    trials: dict[str, Trial] = {}
    first = "wsl -e sh -c 'cd x && PATH=$PATH:/go go test -run TestSmoke ./...' 2>&1 | tail -20"
    note(
        trials,
        _call(1, "Bash", "--- FAIL: TestSmoke/a", ok=True, command=first),
        "wsl -e",
        "failed",
        ("wsl", "go test -run TestSmoke ./..."),
    )
    note(trials, _call(3, "Edit", "ok", ok=True, file_path="/a/b.go", old_string="a", new_string="b"), "")
    here = "go vet && go test -run TestSmoke ./..."
    note(
        trials,
        _call(5, "Bash", "ok", ok=True, command=here),
        "go vet",
        "passed",
        ("", "go test -run TestSmoke ./..."),
    )
    assert "passed" not in _texts(trials)[0]
    there = "cp b.go y; wsl -e sh -c 'cp b.go x && go test -count=1 -run TestSmoke ./...'"
    note(
        trials,
        _call(7, "Bash", "ok", ok=True, command=there),
        "cp b.go",
        "passed",
        ("wsl", "go test -count=1 -run TestSmoke ./..."),
    )
    assert "later passed after editing b.go" in _texts(trials)[0]
    assert _texts(trials)[0].endswith("(L7)")


def test_another_kind_of_check_answers_nothing() -> None:
    """The same program that passes the tests says nothing about a lint; the first lint that passes does, none after it."""
    trials: dict[str, Trial] = {}
    wrong = _call(1, "Bash", "× an error", ok=False, command="run lint:fix")
    note(trials, wrong, "run lint:fix", "failed", (":lint", "run lint:fix"))
    for line, what, kind in ((3, "test", "test"), (5, "lint", "lint"), (7, "lint --all", "lint")):
        call = _call(line, "Bash", "ok", ok=True, command=f"run {what}")
        note(trials, call, f"run {what}", "passed", (f":{kind}", f"run {what}"))
    assert _texts(trials)[0].endswith("(L5)")


def test_the_directory_before_a_command_is_not_told() -> None:
    """However long it is, the command is told."""
    trials: dict[str, Trial] = {}
    there = "/".join(["a-folder-with-a-long-name"] * 5)
    note(
        trials,
        _call(
            3, "Bash", "Exit code 1\nerror: no key", command=f'cd "{there}" && git commit -m "{"x " * 90}"'
        ),
        "git commit",
    )
    assert _texts(trials)[0].startswith('`git commit -m "x')


def test_what_is_written_into_a_message_runs_no_test() -> None:
    """A message may speak of tests; the command is cut at its end as any other."""
    trials: dict[str, Trial] = {}
    message = f"git commit -m \"$(cat <<'EOF'\n{'word ' * 30}\n- the test is in tests/test_a.py\nEOF\n)\""
    note(trials, _call(3, "Bash", "Exit code 1\nerror: no key", command=message), "git commit")
    assert "test_a.py" not in _texts(trials)[0]


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("Exit code 1\n * tool: Package a is depended upon by:\n * tool: \tb-extra\n", "* tool: Package a is depended upon by: b-extra"),
        ("Exit code 1\nno map here\nlib.look({0x103117b4d, 0xd})\nlib.run(0x14000482380, 0x10)\ncreated by lib.run in goroutine 1\n", "no map here"),
    ],
)  # fmt: skip
def test_a_cause_without_its_speaker_and_without_where_it_ran(output: str, cause: str) -> None:
    """The line behind a colon is told without the name that both begin with; no frame is a cause."""
    assert causes(output)[0] == cause


def test_a_warning_of_a_library_is_no_cause() -> None:
    """It stands above the test's own error, with its place and a word like that for a setting."""
    warned = '/lib/site-packages/a_plugin/plugin.py:306: PluginDeprecationWarning: The option "mode" is unset, an error soon.'
    raised = "E       Failed: DID NOT RAISE ValueError"
    output = (
        f"Exit code 1\n{warned}\n\n  warnings.warn(PluginDeprecationWarning(TOLD))\n....F\n{raised}\n1 failed"
    )
    assert "plugin" not in " ".join(causes(output)).lower()
    assert any("DID NOT RAISE" in cause for cause in causes(output))


def test_the_name_at_the_end_of_an_error_stays() -> None:
    """It tells which it is of, so what stands before it is cut."""
    error = "ERROR: Validation error: Unrecognized keys were found in an object: 'ignoreAll'"
    assert both_ends(error, 60).endswith("… 'ignoreAll'")
    assert not both_ends(f"{error[:-11]}{'x' * 60}", 60).endswith("x")


@pytest.mark.parametrize(
    ("command", "output", "failed"),
    [
        ("vault explain a88f1 --short 2>&1 | head -80", 'no entry found matching "a88f1"', True),
        (
            "vault explain a88f1 --short 2>&1 | head -80",
            "No entry without a lock found",
            False,
        ),  # that may be well
        ("vault explain a88f1 --short 2>&1 | head -80", "Error: the vault is locked\n", True),
        ("vault explain a88f1 --short", 'no entry found matching "a88f1"', False),  # its exit code is known
        ("vault explain a88 | head -80", "no entry found matching it\nIntent: fix the lock", False),
        ("vault explain a88 | head -80", "Notes: no errors, and all of them match", False),
    ],
)
def test_a_failure_behind_a_pipe_is_one(command: str, output: str, failed: bool) -> None:
    """Where one line is all that was printed, and says so; another call then answers it as it does any other."""
    trials: dict[str, Trial] = {}
    note(trials, _call(3, "Bash", output, ok=True, command=command), "vault explain")
    assert bool(trials) == failed
    note(
        trials,
        _call(7, "Bash", "Intent: fix", ok=True, command="vault explain --commit 3896 --short"),
        "vault explain",
    )
    for text in _texts(trials):
        assert text.startswith("`vault explain a88f1 --short 2>&1 | head -80` failed: ")
        assert text.endswith("; then worked: `vault explain --commit 3896 --short` (L7)")


def test_a_check_that_then_fails_for_another_reason(tmp_path: Path) -> None:
    """What it failed for first is mended then, whether it ever passes or not."""
    lines = Lines()
    lines.bash("npx knip", "ERROR: Unrecognized key in object: 'ignoreUnlisted'", code=1)
    lines.edit(f"{CWD}/knip.json")
    last = lines.bash("npx knip", "Unused devDependencies (1)\nlamps package.json:94:6", code=1)
    lines.edit(f"{CWD}/knip.json")
    failed = distill(lines.save(tmp_path), machine="box").failed
    assert [text.rpartition("; ")[2] for text in failed if "ignoreUnlisted" in text] == [
        f"now another error, L{last + 1}"
    ]


def test_what_mended_the_next_error_did_not_mend_the_first(tmp_path: Path) -> None:
    """Of a command that failed twice, each time for something else, and then worked."""
    lines = Lines()
    lines.bash("python glow.py", "  File glow.py, line 7\nSyntaxError: unexpected character", code=1)
    lines.tool("Edit", {"file_path": f"{CWD}/glow.py", "old_string": "say(1))", "new_string": "say(1)"})
    then = lines.bash("python glow.py", "EOFError: EOF when reading a line", code=1)
    lines.tool("Edit", {"file_path": f"{CWD}/glow.py", "old_string": "input('on?')", "new_string": "wait(3)"})
    worked = lines.bash("python glow.py", "it glows")
    first, second = distill(lines.save(tmp_path), machine="box").failed
    assert first.endswith(f"; then another error, L{then + 1}; the same later worked (L{worked})")
    assert "(`input('on?')` → `wait(3)`)" in second
    assert brief(f"- {first} (L4)").endswith("(later worked) (L4)")


def test_one_that_fails_for_another_reason_never_worked() -> None:
    """Told in few words it is not taken for mended."""
    text = (
        "- `npx knip` failed: ERROR: Unrecognized key in object: 'ignoreUnlisted'; now another error, L6 (L4)"
    )
    assert brief(text).endswith("(now another error) (L4)")


def test_to_add_other_files_answers_nothing(tmp_path: Path) -> None:
    """A command of git that takes files must take one of the same."""
    for later, answered in (("git add -f docs/plan.md", True), ("git add src/reader.py", False)):
        lines = Lines()
        lines.user("commit the plan")
        lines.bash("git add docs/plan.md", "The following paths are ignored: docs", code=1)
        lines.bash(later, "")
        lines.say("Done.")
        told = distill(lines.save(tmp_path), machine="box").failed
        assert len(told) == 1
        assert ("then worked" in told[0]) is answered


def test_two_commands_that_fail_alike_are_not_one_that_failed_twice(tmp_path: Path) -> None:
    """What both met is told with the last of them; a command that only its options change is the same one."""
    for later, said in (
        (
            "OTHER=$(go env HOME) && sort -n -k 3 deep/other.txt deep/more.txt",
            "2 calls failed alike since L2: (eval):1: no list",
        ),
        (
            "PLACE=$(go env ROOT) && sort -r one/file.txt",
            "failed 2 times since L2 (a look): (eval):1: no list",
        ),
    ):
        lines = Lines()
        lines.user("sort the lists")
        for command in ("PLACE=$(go env ROOT) && sort one/file.txt", later):
            lines.bash(command, "(eval):1: no list", code=1)
        lines.say("Done.")
        [failed] = distill(lines.save(tmp_path), machine="box").failed
        assert said in failed
        assert ("e.g. `OTHER=" in failed) is ("alike" in said)


@pytest.mark.parametrize(
    ("failed", "worked", "answered"),
    [
        ("npm run sync", "npm run show", False),
        ("npm run sync", "npm run -s sync", True),
        ("npm run sync", "cd web && npm run sync && npm run show", True),
        ("gh pr create --fill", "gh pr view 18", False),
        ("gh pr create --fill", "gh pr create --title lamps", True),
        ("git stash pop", "git stash list", False),
        ("git remote add piers host:piers", "git remote -v", False),
        ("docker compose up web", "docker compose ps web", False),
        ("wrap tool run all", "wrap tool run all -v", True),
    ],
)
def test_another_script_is_no_answer(failed: str, worked: str, answered: bool, tmp_path: Path) -> None:
    """Nor is what does something else to the same kind of thing: its program and second word say too little."""
    lines = Lines()
    lines.user("please light the lamps")
    lines.bash(failed, "error: no lamp there", code=1)
    lines.bash(worked, "2 lamps, 3 piers")
    text = distill(lines.save(tmp_path), machine="box").failed[0]
    assert ("worked" in text) is answered


def test_a_check_before_git_that_failed_passed(tmp_path: Path) -> None:
    """What `git push` was refused behind it answers the failure of the check."""
    lines = Lines()
    lines.user("mend it and push")
    lines.tool(
        "Bash", {"command": "ruff check ."}, "Exit code 1\na.py:1:1: F401 unused\nFound 1 error.", error=True
    )
    lines.edit(f"{CWD}/a.py")
    refused = " ! [rejected]  main -> main (fetch first)\nerror: failed to push some refs to 'host:x.git'"
    lines.tool(
        "Bash",
        {"command": "ruff check . && git push"},
        f"Exit code 1\nAll checks passed!\n{refused}",
        error=True,
    )
    told = next(text for text in distill(lines.save(tmp_path), machine="box").failed if "ruff" in text)
    assert "later passed after editing a.py" in told


def test_what_was_brought_in_before_it_worked_is_told(tmp_path: Path) -> None:
    """Edits after it, of other things, neither push it out nor pass for the cure."""
    lines = Lines()
    lines.user("build the sails")
    build = {"command": "npm run build"}
    lines.tool("Bash", build, "Exit code 1\nerror: cannot find the loom for wool", error=True)
    lines.tool("Bash", {"command": "npm install loom"}, "added 1 package")
    for name in ("a", "b", "c"):
        lines.edit(f"{CWD}/{name}.ts")
    lines.tool("Bash", build, "built in 3 s")
    (told,) = distill(lines.save(tmp_path), machine="box").failed
    assert told.endswith("passed after `npm install`, editing b.ts, c.ts (L12)")


@pytest.mark.parametrize("lines", [200, 2_000])
def test_the_fault_at_the_end_of_a_long_output_is_told(lines: int) -> None:
    """A build lists what it compiles, and tells last what went wrong."""
    trials: dict[str, Trial] = {}
    built = "\n".join(f"CompileLamp normal /home/dev/app/lamp{at}.c" for at in range(lines))
    output = f"Exit code 65\n{built}\n/home/dev/app/pier.c:3:1: error: no such lamp 'red'\n** BUILD FAILED **"
    note(trials, _call(3, "Bash", output, command="lampbuild all"), "lampbuild all")
    assert "error: no such lamp 'red'" in _texts(trials)[0]


def test_a_file_that_was_removed_again_mended_nothing() -> None:
    """What was tried in it did not help; what passes then passes without it."""
    trials: dict[str, Trial] = {}
    failed = _call(3, "Bash", "Exit code 1\nE   LampError: no oil", command="pytest -q")
    note(trials, failed, "pytest", "failed")
    for line, path in ((5, "/home/dev/app/oil.py"), (7, "/home/dev/app/lamp.py")):
        note(
            trials,
            _call(line, "Edit", "done", ok=True, file_path=path, old_string="a", new_string="LampError"),
            "",
        )
    note(trials, _call(9, "Bash", "3 passed", ok=True, command="rm oil.py && pytest -q"), "pytest", "passed")
    assert "later passed after editing lamp.py: " in _texts(trials)[0]


def test_the_path_of_a_hook_is_not_told() -> None:
    """What it says tells more, and there is room for little."""
    said = "PreToolUse:Bash hook error: [/home/dev/app/.hooks/guard.sh]: BLOCKED: a ticket is missing"
    assert errors.told(said, 200) == "PreToolUse:Bash hook error: BLOCKED: a ticket is missing"


@pytest.mark.parametrize(
    ("error", "edits", "cure"),
    [
        # of the error that is told, not of another one
        ("a.go:1: G7: open lamp variable\na.go:2: unhandled harbour error", ["harbour(1)", "lamp = open(2)"], "lamp = open(2)"),
        ("a.go:1: G7: open lamp variable", ["lamp = open(2)", "harbour(1)"], "lamp = open(2)"),
        ("a.go:1: the wick is short", ["harbour(1)", '"strings"'], "harbour(1)"),  # serves another line
        ("a.go:1: the wick is short", ['"strings"'], '"strings"'),
        ("a.go:1: G7: open lamp variable", ["harbour(1)\n// nolint: lamp, it is open"], "// nolint: lamp, it is open"),
        ("a.go:1: the wick is short", ["harbour(1)\n// nolint: lamp, it is open"], "harbour(1)"),
    ],
)  # fmt: skip
def test_what_an_edit_has_to_do_with_an_error(error: str, edits: list[str], cure: str) -> None:
    """It is told of the one that speaks of it, if that is only a comment that silences a linter."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", f"Exit code 1\n{error}", command="task lint"), "task lint", "failed")
    for at, new in enumerate(edits):
        edit = _call(
            3 + at,
            "Edit",
            "",
            ok=True,
            file_path="/p/a.go",
            old_string="x\ny\nz",
            new_string=f"x\ny\nz\n{new}",
        )
        note(trials, edit, "")
    note(trials, _call(9, "Bash", "0 issues", ok=True, command="task lint"), "task lint", "passed")
    assert _texts(trials)[0].endswith(f"; passed after editing a.go (+`{cure}`) (L9)")


def test_what_mended_a_failure_is_told_behind_its_own_file() -> None:
    """Also where more files were edited after it than are told."""
    trials: dict[str, Trial] = {}
    failed = "Exit code 1\npump.c:3: error: 'runing' undeclared"
    note(trials, _call(1, "Bash", failed, command="task lint"), "task lint", "failed")
    edits = [("pump.c", "return runing", "return running"), *((f"{name}.c", "1", "2") for name in "abcd")]
    for at, (name, old, new) in enumerate(edits, 3):
        given = {"file_path": f"/p/{name}", "old_string": f"speed = {old}", "new_string": f"speed = {new}"}
        note(trials, _call(at, "Edit", "", ok=True, **given), "")
    note(trials, _call(9, "Bash", "0 issues", ok=True, command="task lint"), "task lint", "passed")
    assert "after editing c.c, d.c, pump.c (`= return runing` → " in _texts(trials)[0]


def test_what_did_not_compile_does_so_once_another_check_by_the_same_program_passed(tmp_path: Path) -> None:
    """Of the same folder; else, and of another kind of fault, nobody knows."""
    for vet, test, passed in (
        ("lamps/a_test.go:4:2: undefined: nib", "go test ./lamps/", True),
        ("lamps/a_test.go:4:2: undefined: nib", "go test ./pens/", False),
        ("lamps/a_test.go:4:2: result of Errorf call not used", "go test ./lamps/", False),
    ):
        lines = Lines()
        lines.user("check the lamps")
        lines.edit(f"{CWD}/lamps/a_test.go")
        lines.bash("go vet ./lamps/", f"# lamps\nvet: {vet}", code=1)
        lines.edit(f"{CWD}/lamps/a_test.go")
        lines.bash(test, "ok  \tapp/lamps\t0.2s")
        lines.edit(f"{CWD}/lamps/b.go")
        lines.say("Done.")
        [failed] = distill(lines.save(tmp_path), machine="box").failed
        assert ("never seen to pass" not in failed) is passed


def test_of_a_line_with_several_checks_each_has_its_own_answer(tmp_path: Path) -> None:
    """The tests that passed in it answer earlier ones, and a pass of tests alone, or a mere formatting, no lint."""
    lines = Lines()
    lines.user("mend the parser")
    lines.edit(f"{CWD}/parser.py")
    lines.bash(
        "pytest -q; true", "FAILED tests/test_p.py::test_a - assert 1 == 2\n1 failed, 1 passed in 0.1s"
    )
    lines.edit(f"{CWD}/parser.py")
    lines.bash(
        "pytest -q | tail -3; ruff check .", "2 passed in 0.1s\na.py:1:2: F401 unused\nFound 1 error.", code=1
    )
    lines.edit(f"{CWD}/lexer.py")
    lines.bash("pytest -q", "2 passed in 0.1s")
    lines.bash(
        "ruff check src; ruff format --check .", "b.py:1:2: E711 none\n1 file would be reformatted", code=1
    )
    lines.bash("ruff format . && git diff --stat", "6 files left unchanged\n a.py | 2 +-")
    lines.say("Done.")
    told = lines.distilled(tmp_path).failed
    assert any("test_a" in text and "passed after editing parser.py" in text for text in told)
    assert any("F401" in text and text.endswith("; never seen to pass") for text in told)


def test_the_fault_that_a_linter_draws_is_told_with_its_place() -> None:
    """Not a line of the code that it shows, nor how many there are."""
    drawn = "12 | def f():\n13 |     for line in open(name):\n   |                 ^^^^"
    output = f"SIM115 Use a context manager\n  --> src/cli.py:13:17\n   |\n{drawn}\n\nFound 1 error."
    assert causes(output)[0] == "src/cli.py:13:17: SIM115 Use a context manager"
    assert failure_of(output).splitlines()[0] == "src/cli.py:13:17: SIM115 Use a context manager"


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (("cd ../other && ./gen --all",), "the same later worked, in ../other (L4)"),
        (("cd sub && ./gen --all",), "the same later worked, in sub (L4)"),
        (("cd .. && ./gen --all",), "the same later worked, in dev (L4)"),
        (("./gen --all",), "the same later worked (L4)"),
        (("cd ../other && ./gen --all", "./gen --all"), "the same later worked (L6)"),
        (
            ("cd ../other && ./gen --all", "cd ../third && ./gen --all"),
            "the same later worked, in ../other (L4)",
        ),
    ],
)
def test_what_worked_in_another_folder_is_told_with_it(
    tmp_path: Path, then: tuple[str, ...], told: str
) -> None:
    """It says little of the first one, be it another work tree or the folder that was meant."""
    lines = Lines()
    lines.user("generate all of it")
    lines.bash("./gen --all", "error: the schema is broken", code=1)
    for command in then:
        lines.bash(command)
    lines.say("Done.")
    (failed,) = lines.distilled(tmp_path).failed
    assert failed.endswith(told)


@pytest.mark.parametrize(
    "error",
    [
        "bash: line 1: cd: sub: No such file or directory",
        "sh: 1: cd: can't cd to sub",
        "(eval):cd:1: no such file or directory: sub",
    ],
)
def test_where_a_line_ran_that_did_not_get_there_is_not_known(tmp_path: Path, error: str) -> None:
    """Its shell stood elsewhere than the record says, so what worked later may have run in the same folder."""
    lines = Lines()
    lines.user("generate all of it")
    lines.bash("cd sub && ./gen --all", error, code=1)
    lines.bash("./gen --all")
    lines.say("Done.")
    (failed,) = lines.distilled(tmp_path).failed
    assert "later worked" in failed
    assert ", in " not in failed


def test_a_folder_is_one_however_its_drive_is_written(tmp_path: Path) -> None:
    """Where the record and a line spell it otherwise, nothing ran elsewhere; of another one its name is told."""
    for then, worked in (
        ("cd /d/dev/app && ./gen --all", "the same later worked (L4)"),
        ("cd /d/dev/app/sub && ./gen --all", "the same later worked, in sub (L4)"),
    ):
        lines = Lines(cwd="D:\\dev\\app")
        lines.user("generate all of it")
        lines.bash("./gen --all", "error: the schema is broken", code=1)
        lines.bash(then)
        lines.say("Done.")
        (failed,) = lines.distilled(tmp_path).failed
        assert failed.endswith(worked)


def test_a_document_is_no_cure_of_what_does_not_name_it(tmp_path: Path) -> None:
    """The list of changes speaks of the fault in its own words; a linter of documents names the file."""
    for check, error, last, cure in (
        ("ruff check .", "src/a.py:3:1: N802 is_empty is missing", "def is_empty", "def is_empty"),
        ("markdownlint .", "CHANGES.md:3 MD009 is_empty is missing", "def is_empty", "- is_empty is there"),
    ):
        lines = Lines()
        lines.user("mend the linter's faults")
        lines.bash(check, error, code=1)
        for name, new in (("a.py", last), ("CHANGES.md", "- is_empty is there")):
            given = {"file_path": f"{CWD}/{name}", "old_string": "", "new_string": new}
            lines.tool("Edit", given)
        lines.bash(check, "All checks passed!")
        lines.say("Done.")
        assert f"+`{cure}`" in lines.distilled(tmp_path).failed[0]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("sed -i s/1/2/ a.py", "passed after editing a.py"),
        ("sed -i s/1/2/ a.py b.py c.py", "passed after editing a.py"),
        ("cat a.py", "passed after editing a.py"),
    ],
)
def test_what_a_shell_edited_before_it_passed_is_told(tmp_path: Path, command: str, told: str) -> None:
    """Of few files; a sweep over many is no edit of one."""
    lines = Lines()
    lines.user("please mend the reader")
    lines.bash("pytest -q", "FAILED test_a.py::test_x - AssertionError\n1 failed in 0.1s", code=1)
    lines.bash(command)
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.say("Done.")
    failed = " ".join(lines.distilled(tmp_path).failed)
    assert (told in failed) == command.endswith("/ a.py")
