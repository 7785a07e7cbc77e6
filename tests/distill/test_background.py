"""What was started in the background and nobody saw end is told with its settings, as it may still run."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import body
from tests.distill.lines import Lines, begun

LEAD = "in the background, its end was not seen: "


def _start(lines: Lines, command: str, task: str, *, twin: bool = True) -> None:
    said = f"Command running in background with ID: {task}. Output is being written to: /t/{task}.output"
    told = {"backgroundTaskId": task, "stdout": "", "stderr": ""} if twin else None
    lines.tool("Bash", {"command": command, "run_in_background": True}, said, twin=told)


def _told(lines: Lines, tmp_path: Path) -> list[str]:
    made = distill(lines.save(tmp_path), machine="laptop")
    return [text.removeprefix(LEAD) for text in made.uncertainties if text.startswith(LEAD)]


def test_a_server_that_changes_no_file_is_told_too(tmp_path: Path) -> None:
    """Each process that runs on is told, the newest first, without where its output goes."""
    lines = Lines()
    lines.user("start both")
    _start(lines, "DB_HOST=db1 npm --prefix api run dev 2>&1", "aa1")
    _start(lines, "ngrok http 3000", "bb2", twin=False)
    lines.say("Both run.")
    (told,) = _told(lines, tmp_path)
    assert told == "`ngrok http 3000` (L4); `DB_HOST=db1 npm --prefix api run dev` (L2)"


def test_started_again_or_ended_it_is_told_once_or_not_at_all(tmp_path: Path) -> None:
    """Of one program the last start counts, whatever its settings; what was ended runs no more."""
    lines = Lines()
    lines.user("start it")
    _start(lines, "DB_HOST=db1 npm run api", "aa1")
    _start(lines, "npm run web", "bb2")
    lines.tool("KillShell", {"shell_id": "bb2"}, "killed")
    _start(lines, "DB_HOST=db2 npm run api", "cc3")
    lines.say("It runs.")
    assert _told(lines, tmp_path) == ["`DB_HOST=db2 npm run api`"]
    lines.user(
        "<task-notification>\n<task-id>cc3</task-id>\n<status>failed</status>\n"
        "<summary>Background command failed with exit code 1</summary>\n</task-notification>"
    )
    assert _told(lines, tmp_path) == []


def test_errors_and_warnings_of_its_log_are_told(tmp_path: Path) -> None:
    """Each once, however often it came; nothing of a log where nothing runs."""
    log = (
        "\x1b[33m[1] 03:05:29   WARN\x1b[39m [Mail] worker not reachable: fetch failed\n"
        "[1] 03:05:30 ERROR [Names] Failed to parse the record of a1\n"
        "[1] 03:06:30 ERROR [Names] Failed to parse the record of b2\n"
        "[1] 03:06:31 LOG started\n"
    )
    lines = Lines()
    lines.user("start it")
    lines.bash("tail -20 /t/old.output", "ERROR of before")
    _start(lines, "npm run api", "aa1")
    lines.bash("tail -20 /t/aa1.output", log)
    lines.say("It runs.")
    lead = "errors and warnings shown while it ran: "
    made = distill(lines.save(tmp_path), machine="laptop")
    assert [text.removeprefix(lead) for text in made.uncertainties if text.startswith(lead)] == [
        "“[Names] Failed to parse the record of b2” (L6); “[Mail] worker not reachable: fetch failed” (L6)"
    ]
    lines.tool("KillShell", {"shell_id": "aa1"}, "killed")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert not any(text.startswith(lead) for text in made.uncertainties)


def test_what_a_server_showed_before_it_was_started_anew(tmp_path: Path) -> None:
    """May be mended; and the log of a task that no longer runs tells nothing of one that does."""
    lines = Lines()
    lines.user("start it")
    _start(lines, "relay 3000", "bb1")
    _start(lines, "npm run api", "aa1")
    lines.bash("tail -20 /t/api.log", "ERROR [Db] refused the connection")
    lines.tool("TaskStop", {"task_id": "aa1"}, "stopped")
    _start(lines, "DB_HOST=db.local npm run api", "aa2")
    lines.bash("tail -20 /t/tasks/aa1.output", "ERROR [Db] refused it again")
    lines.bash("tail -20 /t/tasks/aa2.output", "WARN [Mail] worker not reachable")
    lines.say("It runs.")
    told = "\n".join(distill(lines.save(tmp_path), machine="laptop").uncertainties)
    assert "worker not reachable" in told
    assert "[Db]" not in told


def test_what_it_printed_while_it_ran_is_on_record(tmp_path: Path) -> None:
    """What it printed last, and that it was stopped; a version that it printed is known."""
    lines = Lines()
    lines.user("start it")
    _start(lines, "npx next dev", "aa1")
    for ready in ("Starting...", "Ready with warmed cache, three workers, turbopack"):
        shown = f"<status>running</status>\n\n<stdout>\n \u25b2 Next.js 15.5.2\n {ready}\n</stdout>"
        lines.tool("BashOutput", {"bash_id": "aa1"}, shown)
    lines.tool("KillShell", {"shell_id": "aa1"}, "killed")
    lines.say("It runs with Next.js 14 on port 3000.")
    made = distill(lines.save(tmp_path), machine="laptop")
    page = body(made.to_markdown())
    assert (
        "L8 in the background `npx next dev`: \u25b2 Next.js 15.5.2; Ready with warmed cache, three workers"
        in page
    )
    assert "turbopack; stopped here" in page
    assert "Next.js 14 [15.5.2 by the output of L6]" in made.summary


def test_what_ran_in_the_background_after_the_last_edit_stands_with_how_things_stand(tmp_path: Path) -> None:
    """With what it showed last, and that it was stopped; a test in the background is told as a validation."""
    lines = Lines()
    lines.user("make the page")
    _start(lines, "npm run before", "aa0")
    lines.tool(
        "BashOutput", {"bash_id": "aa0"}, "<status>running</status>\n<stdout>\nReady before\n</stdout>"
    )
    lines.edit("/home/dev/app/page.ts")
    for task, command in (("aa1", "npm run dev"), ("bb2", "npm run test:watch")):
        _start(lines, command, task)
        lines.tool(
            "BashOutput", {"bash_id": task}, "<status>running</status>\n<stdout>\nReady in 9ms\n</stdout>"
        )
        lines.tool("KillShell", {"shell_id": task}, "killed")
    lines.say("It starts.")
    lead = "run in the background after the last edit, no test: "
    made = distill(lines.save(tmp_path), machine="laptop")
    assert [text.removeprefix(lead) for text in made.uncertainties if text.startswith(lead)] == [
        "`npm run dev` → Ready in 9ms, stopped here (L12)"
    ]


@pytest.mark.parametrize(
    ("then", "runs"),
    [
        ("docker compose ps", True),
        ("docker compose down -v", False),
        ("docker compose stop", False),
        ("docker compose stop store", True),  # the other one is up
        ("docker compose rm -f store queue", False),
        ("docker stop other", True),
    ],
)
def test_containers_that_were_brought_up(tmp_path: Path, then: str, runs: bool) -> None:
    """They run on until they are taken down."""
    lines = begun()
    at = lines.bash("docker compose -f dev.yml up -d store queue", "Started")
    lines.bash(then, "done")
    lines.say("Done.")
    told = "in the background, its end was not seen: `docker compose -f dev.yml up -d store queue`"
    assert (told in lines.distilled(tmp_path).uncertainties) is runs
    assert f"(L{at})" in lines.page(tmp_path) or not runs


def test_logs_of_containers_are_not_of_a_task(tmp_path: Path) -> None:
    """What one asks a container for was not printed by a server of the session."""
    lines = begun()
    said = "Command running in background with ID: b1. Output is being written to: /t/b1.output"
    lines.tool("Bash", {"command": "npm run dev"}, said, twin={"backgroundTaskId": "b1"})
    lines.bash("docker compose logs store", "store-1 | FATAL: the folder has another owner")
    lines.bash("cat server.log", "ERROR no such colour")
    lines.say("It runs.")
    told = "\n".join(lines.distilled(tmp_path).uncertainties)
    assert "no such colour" in told
    assert "another owner" not in told


@pytest.mark.parametrize("again", [True, False])
def test_what_is_said_to_be_served_where_that_was_stopped_is_not_told(tmp_path: Path, again: bool) -> None:
    """Even if it is said afterwards; started again it is served there."""
    shown = "<status>running</status>\n\n<stdout>\n  Local: http://localhost:3007\n</stdout>"
    lines = Lines()
    lines.user("try the harbour app")
    for task in ("aa1", "bb2")[: 1 + again]:
        _start(lines, "npm run dev", task)
        lines.tool("BashOutput", {"bash_id": task}, shown)
        if task == "aa1":
            lines.tool("KillShell", {"shell_id": task}, "Successfully killed shell")
    lines.say(
        "The harbour app runs without any error on localhost:3007. The gate of the harbour opens at nine."
    )
    lines.user("write the notes")
    lines.say("The notes are in the drawer.")
    page = lines.page(tmp_path)
    assert ("localhost:3007. " in page) == again
    assert "The gate of the harbour opens at nine" in page


def test_the_time_below_an_output_is_none_of_it(tmp_path: Path) -> None:
    """The client puts it there; what a check printed last stands above it."""
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    twin = {"stdout": "", "stderr": "", "interrupted": False, "backgroundTaskId": "b1"}
    started = "Command running in background with ID: b1"
    lines.tool(
        "Bash", {"command": "pytest -q | grep -c x; date", "run_in_background": True}, started, twin=twin
    )
    shown = "<status>completed</status>\n<exit_code>0</exit_code>\n<stdout>\nall is quiet\n</stdout>\n\n"
    shown += "<timestamp>2026-11-27T09:10:58Z</timestamp>"
    lines.tool("BashOutput", {"bash_id": "b1"}, shown)
    lines.say("It ran.")
    page = lines.page(tmp_path)
    assert "its last line: “all is quiet”" in page
    assert "timestamp" not in page


@pytest.mark.parametrize("code", [1, 143])
def test_what_failed_in_the_background_is_told_as_in_the_foreground(tmp_path: Path, code: int) -> None:
    """But for what somebody stopped: of that its notice says "failed", too."""
    lines = Lines()
    lines.user("try the chain on a fresh database")
    _start(lines, "createdb lamps && alembic upgrade head", "aa1")
    lines.say("It runs.")
    lines.user(
        "<task-notification>\n<task-id>aa1</task-id>\n<status>failed</status>\n"
        f'<summary>Background command "Try the chain" failed with exit code {code}</summary>\n</task-notification>'
    )
    lines.say("The tables are in no migration.")
    page, failed = lines.page(tmp_path), " ".join(lines.distilled(tmp_path).failed)
    assert ("`createdb lamps && alembic upgrade head` failed: exit code 1" in failed) == (code == 1)
    assert ("was stopped (exit code 143)" in page) == (code == 143)
    assert "failed with exit code 143" not in page
