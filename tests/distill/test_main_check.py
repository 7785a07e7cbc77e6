"""Which check the state stands on, and what is told of the others."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, SESSION, Lines

UNCLEAR = "npm test 2>&1 | grep -c lists"  # prints a number, which proves nothing


def _begun() -> Lines:
    lines = Lines()
    lines.user("mend the parser")
    lines.edit(f"{CWD}/parser.ts")
    return lines


def test_a_lint_that_passed_validates_nothing_beside_an_unclear_test(tmp_path: Path) -> None:
    """The state stands on the test, of which nobody knows whether it passed; the lint is told beside it."""
    lines = _begun()
    lines.bash(UNCLEAR, "3")
    lines.bash("npx eslint src", "")
    page = lines.page(tmp_path)
    assert "**State: needs verification**; last validation `npm test" in page
    assert "also passed after the last edit: lint `npx eslint src`" in page


def test_the_last_pass_before_an_unclear_run_is_told(tmp_path: Path) -> None:
    """Else nobody would know that the same ever passed; where it is of the files as they are, it is told as such."""
    for edited in (True, False):
        lines = _begun()
        lines.bash("npm test", "Tests: 4 passed, 4 total")
        if edited:
            lines.edit(f"{CWD}/lists.ts")
        lines.bash(UNCLEAR, "3")
        page = lines.page(tmp_path)
        assert ("passed before the last edits: test `npm test` 4 passed" in page) == edited
        assert ("also passed after the last edit: test `npm test` 4 passed" in page) != edited


def test_a_build_after_the_last_edit_is_no_test(tmp_path: Path) -> None:
    """Where tests passed only before, the first line says so: "validated" alone would be read as more."""
    lines = _begun()
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    lines.edit(f"{CWD}/lists.ts")
    lines.bash("npx tsc --noEmit", "")
    page = lines.page(tmp_path)
    assert "; a test passed only before it" in page
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    assert "only before it" not in lines.page(tmp_path)


def test_what_changed_after_a_check_though_nothing_was_edited_is_said_to(tmp_path: Path) -> None:
    """A checkout puts other contents in place: that files changed would send a reader looking for edits."""
    lines = _begun()
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    line = lines.bash("git checkout -q other", "")
    told = f"but files changed after it, in no edit seen (git, script or user, L{line})"
    assert told in lines.page(tmp_path)


@pytest.mark.parametrize(
    ("kind", "order", "sure"),
    [
        ("worker", "Write the store.", False),
        ("", "Write the store.", False),
        ("Explore", "Find the store.", True),
        ("worker", "Look for the store. Do not change any files.", True),
    ],
)
def test_where_a_sub_agent_is_at_work_nothing_is_validated(
    tmp_path: Path, kind: str, order: str, *, sure: bool
) -> None:
    """It may have edited since the check, whether its call waits for it or not; one that only looks may not."""
    given = {"description": "the store", "prompt": order, "subagent_type": kind}
    for launched in (True, False):
        lines = _begun()
        lines.bash("npm test", "Tests: 4 passed, 4 total")
        if launched:
            twin = {"isAsync": True, "status": "async_launched", "agentId": "a1"}
            lines.tool("Task", given, "Async agent launched successfully.\nagentId: a1", twin=twin)
            lines.say("It is under way.")
        else:
            lines.call("Task", given)
        page = lines.page(tmp_path)
        assert ("**State: validated**; passed after the last edit: `npm test`" in page) == sure
        assert ("**State: needs verification**; passed after the last edit seen: `npm test`" in page) != sure


def test_an_edit_that_has_no_result_may_have_been_made(tmp_path: Path) -> None:
    """No check says anything of it, also where another call of the same turn came behind it."""
    edit = {"file_path": f"{CWD}/lists.ts", "old_string": "a", "new_string": "b"}
    for then in ([], [("Read", {"file_path": f"{CWD}/lists.ts"})], [("Bash", {"command": "npm test"})]):
        lines = _begun()
        lines.bash("npm test", "Tests: 4 passed, 4 total")
        lines.call("Edit", edit)
        for name, given in then:
            lines.call(name, given)
        assert "**State: needs verification**; passed after the last edit seen" in lines.page(tmp_path)
    lines = _begun()
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    lines.call("Bash", {"command": "npm run start"})
    assert "**State: validated**" in lines.page(tmp_path)
    lines = Lines()
    lines.user("mend the parser")
    lines.call("Edit", edit)
    assert "**State: needs verification**" in lines.page(tmp_path)


def test_where_the_program_was_not_found_nothing_was_checked(tmp_path: Path) -> None:
    """The code fails in nothing then, and what passed before stands."""
    for output, code in (
        ("error: unrecognized subcommand 'npm'\n\nFor more information, try '--help'.", 2),
        ("bash: npm: command not found", 127),
        ("sh: 1: npm: not found", 0),
        ("npm : The term 'npm' is not recognized as the name of a cmdlet", 1),
    ):
        lines = _begun()
        lines.bash("wrap npm test 2>&1 | tail -5", output, code=code)
        assert "**State: needs verification**; no test, build, lint or type check seen" in lines.page(
            tmp_path
        )
        lines.bash("npm test", "Tests: 4 passed, 4 total")
        lines.bash("wrap npm test 2>&1 | tail -5", output, code=code)
        assert "**State: validated**" in lines.page(tmp_path)
    lines = _begun()
    lines.bash(
        "npm test", "lists.test.ts: sort: command not found\nTests: 1 failed, 3 passed, 4 total", code=1
    )
    assert "**State: failing**" in lines.page(tmp_path)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (
            "npm test",
            '\n> shop@1.0.0 test\n> echo "Error: no test specified" && exit 1\n\nError: no test specified',
        ),
        (
            "npm run lint",
            'npm error Missing script: "lint"\nnpm error\nnpm error To see a list of scripts, run:',
        ),
        ("npm test", "npm ERR! code ENOENT\nnpm ERR! syscall open"),
        ("yarn test", 'yarn run v1.22.19\nerror Command "test" not found.'),
        ("pnpm test", " ERR_PNPM_NO_SCRIPT  Missing script: test"),
        ("bun run test", 'error: Script not found "test"'),
        ("make test", "make: *** No rule to make target 'test'.  Stop."),
        ("poetry run pytest", "Command not found: pytest"),
        (
            "pytest tests/no",
            "ERROR: file or directory not found: tests/no\n\n==== no tests ran in 0.01s ====",
        ),
        ("python -m pytest", "/usr/bin/python: No module named pytest"),
        ("npx jest", "No tests found, exiting with code 1"),
        ("npx tsc --noEmit", "      This is not the tsc command you are looking for"),
        ("cargo test", "error: could not find `Cargo.toml` in `/home/dev` or any parent directory"),
        (
            "cargo nextest run",
            "error: no such command: `nextest`\n\nhelp: view all installed commands with `cargo --list`",
        ),
        (
            "cargo clippy",
            "error: 'cargo-clippy' is not installed for the toolchain 'stable-x86_64'.\nTo install, run `x`",
        ),
        (
            "cargo +nightly test",
            "error: toolchain 'nightly-x86_64' is not installed\nhelp: run `rustup toolchain x`",
        ),
        ("mix credo", '** (Mix) The task "credo" could not be found'),
        (
            "dotnet test",
            "Could not execute because the specified command or file was not found.\nPossible reasons:",
        ),
        (
            "./gradlew detekt",
            "\nFAILURE: Build failed with an exception.\n\n* What went wrong:\nTask 'detekt' not found in root project",
        ),
        (
            "mvn verify",
            '[INFO] Scanning for projects...\n[ERROR] Unknown lifecycle phase "verfy". You must specify',
        ),
    ],
)
def test_where_there_is_no_such_check_nothing_failed(tmp_path: Path, command: str, output: str) -> None:
    """Who goes on would look for an error in the code, which has none: what passed before stands."""
    lines = _begun()
    lines.bash(command, output, code=1)
    assert "**State: needs verification**; no test, build, lint or type check seen" in lines.page(tmp_path)
    lines.bash("mypy .", "Success: no issues found in 2 source files")
    lines.bash(command, output, code=1)
    assert "**State: validated**; passed after the last edit: `mypy .`" in lines.page(tmp_path)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("make build", "make: *** No rule to make target 'a.o', needed by 'shop'.  Stop."),
        ("pytest", "E   ModuleNotFoundError: No module named 'shop'\n==== 1 error in 0.1s ===="),
        (
            "npx tsc --noEmit; npm run lint",
            'a.ts(1,2): error TS2304: no name\nnpm error Missing script: "lint"',
        ),
        ("pytest; npx jest", "1 failed in 0.1s\nNo tests found, exiting with code 1"),
    ],
)
def test_what_failed_beside_a_check_that_is_not_there_counts(
    tmp_path: Path, command: str, output: str
) -> None:
    """Or the check is there, and what it needs is not."""
    lines = _begun()
    lines.bash(command, output, code=2)
    assert "**State: failing**" in lines.page(tmp_path)


@pytest.mark.parametrize("code", [0, 1])
def test_what_was_edited_while_a_check_ran_it_may_not_have_seen(tmp_path: Path, code: int) -> None:
    """It began on the files as they were before: what it ended with says nothing sure of them as they are."""
    for edited in (True, False):
        lines = _begun()
        started, twin = "Command running in background with ID: b1", {"backgroundTaskId": "b1"}
        lines.tool("Bash", {"command": "npm test", "run_in_background": True}, started, twin=twin)
        if edited:
            lines.edit(f"{CWD}/lists.ts")
        summary = f'<summary>Background command "npm test" completed (exit code {code})</summary>'
        lines.user(
            f"<task-notification>\n<task-id>b1</task-id>\n<status>completed</status>\n{summary}\n</task-notification>"
        )
        lines.say("It has run.")
        page = lines.page(tmp_path)
        assert ("but files changed after it: lists.ts" in page) == edited
        assert ("**State: needs verification**" in page) == edited


def test_an_edit_of_the_same_message_as_a_check_comes_before_or_after_it(tmp_path: Path) -> None:
    """They are done in their order, though both calls stand before both results."""
    edit = ("Edit", {"file_path": f"{CWD}/lists.ts", "old_string": "a", "new_string": "b"}, "ok")
    check = ("Bash", {"command": "npm test"}, "Tests: 4 passed, 4 total")
    for first, then in ((edit, check), (check, edit)):
        lines = _begun()
        keys = [lines.call(name, given) for name, given, _ in (first, then)]
        for key, (_, _, output) in zip(keys, (first, then), strict=True):
            lines.result(key, output)
        lines.say("Done.")
        page = lines.page(tmp_path)
        assert ("**State: validated**" in page) == (then is check)
        assert ("but files changed after it: lists.ts" in page) == (then is edit)


@pytest.mark.parametrize(
    ("command", "printed", "still"),
    [
        ("git pull", "Updating 1a2b3c4..5d6e7f8\nFast-forward\n a.py | 2 +-", False),
        ("git checkout other", "Your branch is behind 'origin/other' by 2 commits.", False),
        ("git pull", "Already up to date.", True),
        ("git pull", "", True),
        ("git status", "On branch main", True),
    ],
)
def test_what_the_user_pulled_came_after_the_check(
    tmp_path: Path, command: str, printed: str, still: bool
) -> None:
    """What git put into the work tree for the user, who ran it in the session, no check before it saw."""
    lines = Lines()
    lines.user("mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.say("All is well.")
    lines.user(f"<bash-input>{command}</bash-input>")
    at = lines.user(f"<bash-stdout>{printed}</bash-stdout><bash-stderr>fatal: or not</bash-stderr>")
    page = lines.page(tmp_path)
    assert ("**State: validated**" in page) == still
    assert (f"files changed after it, in no edit seen (git, script or user, L{at})" in page) != still


RUN = ("pytest", "3 passed in 0.1s")
LINT = ("ruff check .", "All checks passed!")
BLIND = ("perl -i -pe s/a/b/ a.py", "")


@pytest.mark.parametrize("steps", [[BLIND, LINT, RUN], [RUN, BLIND], [BLIND, RUN, BLIND]])
def test_the_order_within_the_record_of_a_sub_agent(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    """All of it has one line here: that something changed after the check is not claimed, nor that nothing did."""
    lines, agent = Lines(), Lines()
    lines.user("please mend both lists")
    key = lines.call("Agent", {"description": "mend a", "prompt": "mend both lists"})
    lines.result(key, "both lists are mended", twin={"agentId": "a1", "status": "completed"})
    for command, output in [("perl -i -pe s/a/b/ `ls`", ""), *steps]:
        agent.bash(command, output)
    folder = tmp_path / SESSION / "subagents"
    folder.mkdir(parents=True)
    (folder / "agent-a1.jsonl").write_bytes(agent.data())
    page = lines.page(tmp_path)
    assert "but files changed after it or before it, in a sub-agent's work (L3)" in page
    assert "**State: validated**" not in page
    assert "in no edit seen" not in page
    assert "before the last edits:" not in page


def test_a_status_before_the_commit_of_a_sub_agent(tmp_path: Path) -> None:
    """Both have one line here, where the commit is the newer one."""
    status = ("git status", "On branch main\nChanges not staged for commit:\n\tmodified:   a.py")
    commit = ("git commit -am x", "[main 1a2b3c4] x\n 1 file changed, 1 insertion(+)")
    for steps, shown in (([status, commit], False), ([commit, status], True)):
        lines, agent = Lines(), Lines()
        lines.user("please mend both lists")
        lines.edit(f"{CWD}/a.py")
        key = lines.call("Agent", {"description": "commit a", "prompt": "commit a.py"})
        lines.result(key, "it is committed", twin={"agentId": "a1", "status": "completed"})
        for command, output in steps:
            agent.bash(command, output)
        folder = tmp_path / SESSION / "subagents"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "agent-a1.jsonl").write_bytes(agent.data())
        assert ("not committed: a.py" in lines.page(tmp_path)) == shown


@pytest.mark.parametrize(
    ("after", "output", "code", "state"),
    [
        ("git merge main", "CONFLICT (content): Merge conflict in a.py", 1, "needs verification"),
        ("gh pr checks 7", "spec\tfail\t1m\thttps://host.example", 1, "needs verification"),
        ("gh pr checks 7", "spec\tpass\t1m\thttps://host.example", 0, "validated"),
    ],
)
def test_what_came_after_a_check_that_passed(
    after: str, output: str, code: int, state: str, tmp_path: Path
) -> None:
    """A merge that stopped, or checks of the host that failed, leave nothing validated."""
    lines = Lines()
    lines.user("mend the parser")
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.bash("gh pr create --fill", "https://host.example/a/b/pull/7")
    lines.bash(after, output, code=code)
    lines.say("So it stands.")
    assert lines.distilled(tmp_path).state == state


@pytest.mark.parametrize(
    ("failed", "passed", "state"),
    [
        ("npm test", "npm run lint", "needs verification"),
        ("npm run build", "npm run lint", "needs verification"),
        ("npm test", "npm run build", "needs verification"),
        ("npm run lint", "npm test", "validated"),
        ("npx tsc --noEmit", "npm run build", "validated"),
    ],
)
def test_a_lesser_check_makes_up_for_no_failure(tmp_path: Path, failed: str, passed: str, state: str) -> None:
    """Tests that failed and did not run again since the mend are not known to pass, whatever a lint says of it."""
    lines = _begun()
    lines.bash(failed, "", code=1)
    lines.edit(f"{CWD}/parser.ts")
    lines.bash(passed, "")
    assert lines.distilled(tmp_path).state == state
    lines.bash(failed, "")
    assert lines.distilled(tmp_path).state == "validated"


def test_what_still_runs_in_the_background_is_not_the_last_check(tmp_path: Path) -> None:
    """What ended before it is, and that it runs is told besides."""
    lines = _begun()
    lines.edit(f"{CWD}/lists.ts")
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    started, twin = "Command running in background with ID: b1", {"backgroundTaskId": "b1"}
    loop = "for i in 1 2 3; do npm test; done > runs.txt"
    lines.tool("Bash", {"command": loop, "run_in_background": True}, started, twin=twin)
    lines.say("It runs three times more.")
    page = lines.page(tmp_path)
    assert "`npm test`" in page.split("## ")[0]
    assert "its end was not seen: `for i in 1 2 3" in page


def test_a_merge_that_made_a_commit_is_a_change(tmp_path: Path) -> None:
    """Nothing was written by hand; but that what others wrote goes together is for a check to tell."""
    merged = "Merge made by the 'ort' strategy.\n parser.ts | 4 ++++"
    for command, output, state in (
        ("git merge origin/develop --no-edit", merged, "needs verification"),
        ("git merge origin/develop --no-edit", "Already up to date.", "no change"),
        ("git pull", "Updating 1a2b3c4..5d6e7f8\nFast-forward\n parser.ts | 4 ++++", "no change"),
    ):
        lines = Lines()
        lines.user("bring develop in, please")
        lines.bash(command, output)
        lines.say("It is in.")
        assert lines.distilled(tmp_path).state == state
    lines = Lines()
    lines.user("bring develop in, please")
    lines.bash("git merge origin/develop --no-edit", merged)
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    lines.say("It is in.")
    assert lines.distilled(tmp_path).state == "validated"


def test_one_run_of_two_kinds_is_named_once(tmp_path: Path) -> None:
    """That a line both builds and tests its words show."""
    lines = _begun()
    lines.bash("go vet ./lists", "")
    lines.bash("go build ./... && go test ./...", "ok  \texample.org/lists\t0.2s")
    page = lines.page(tmp_path)
    assert page.partition("## How it stands")[0].count("go build ./...") == 1
    assert "`go vet ./lists`" in page.partition("## How it stands")[0]
