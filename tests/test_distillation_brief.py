"""The first lines say how things stand, in plain words, and nothing of it stands again below."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from tests.distill.lines import Lines

A = "/home/dev/app/a.ts"
HOOKS = (
    "[main aaaaaaa] x\n 1 file changed\nsummary: (done in 0.75 seconds)\n✔️ lint (0.20 seconds)\n"
    "✔️ build (0.18 seconds)\n"
)


def page(lines: Lines, folder: Path) -> str:
    return body(distill(lines.save(folder), machine="box").to_markdown())


def state(lines: Lines, folder: Path) -> list[str]:
    """Return the line of the state and those of how things stand."""
    told = page(lines, folder)
    return [
        line.removeprefix("- ")
        for line in told[told.index("**State") : told.index("## Goal")].splitlines()
        if line and line[0] != "#"
    ]


def begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(A)
    return lines


def test_own_check_is_told_before_what_hooks_saw_of_a_commit(tmp_path: Path) -> None:
    """What these saw follows, that of one call together."""
    lines = begun()
    own = lines.bash("npm run check", "Checked 88 files in 12ms. No fixes applied.") + 1
    commit = lines.bash("git commit -am x", HOOKS) + 1
    lines.say("Done.")
    told = state(lines, tmp_path)[0]
    hooks = f"lint `lint`, build `build` (by the hooks of git commit, L{commit})"
    assert f"passed after the last edit: `npm run check` (L{own}), {hooks}" in told


def test_that_nothing_was_pushed_stands_once(tmp_path: Path) -> None:
    """It is said of all repositories together, unless one was pushed."""
    lines = begun()
    lines.bash("git commit -am x", "[main aaaaaaa] x\n 1 file changed")
    lines.say("Done.")
    assert "not seen here: a push, a pull request, a test written or changed" in state(lines, tmp_path)
    assert "no push is seen" not in page(lines, tmp_path)
    lines.bash("git push", "To host:x.git\n   aaaaaa0..aaaaaaa  main -> main")
    lines.say("It is out.")
    assert "not seen here: a pull request, a test written or changed" in state(lines, tmp_path)


def test_commit_is_named_before_the_push(tmp_path: Path) -> None:
    """What is missing stands in the order in which it is done."""
    lines = begun()
    lines.say("Done.")
    assert state(lines, tmp_path)[1] == (
        "not seen here: a commit, a push, a pull request, a test written or changed"
    )
    assert "no edit of a test" not in page(lines, tmp_path)


def test_what_was_not_done_is_told_first(tmp_path: Path) -> None:
    """That the record ends in the middle, and how many todos are open, stands among what comes next, once."""
    lines = begun()
    todos = [
        {"content": "read days", "status": "in_progress"},
        {"content": "write notes", "status": "pending"},
    ]
    lines.tool("TodoWrite", {"todos": todos})
    lines.call("Bash", {"command": "npm run deploy"})
    told = page(lines, tmp_path)
    assert "\n>see what came of `npm run deploy`" in told
    assert told.count("2 todos open (1 in progress)") == 1
    assert "open: " not in told.partition("## How it stands")[2].partition("## Goal")[0]


def test_edits_that_nobody_saw_may_have_come_after_a_check(tmp_path: Path) -> None:
    """A sub-agent may have edited, so the pass is one after the last edit seen."""
    lines = begun()
    lines.bash("go test ./...", "ok  \tx/y\t0.2s")
    lines.say("Done.")
    assert "; passed after the last edit: `go test ./...`" in state(lines, tmp_path)[0]
    lines.tool("Task", {"description": "mend", "prompt": "mend it", "subagent_type": "worker"}, "mended")
    lines.say("Done.")
    assert "; passed after the last edit seen: `go test ./...`" in state(lines, tmp_path)[0]
