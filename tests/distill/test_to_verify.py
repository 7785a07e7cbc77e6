"""What a plan wants checked, and which of that no call is seen to do on what was written last."""

from pathlib import Path

from spread.distill import distill
from spread.distill.to_verify import steps_of
from tests.distill.lines import Lines

LEAD = "checks of the plan not seen after the last edit: "
PLAN = """# Read days

## Testing

Tests come with each step.

## Verification

1. `npm run lint` - clean
2. `npm run dev` - by hand:
   - the list opens
   - a click shows the day.
3. The old list looks as before

Ask when something is unclear.
## Later
- this is no check
"""


def approved(plan: str = PLAN) -> Lines:
    lines = Lines()
    lines.user("please plan how days are read")
    lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan.")
    lines.edit("/home/dev/app/a.ts")
    return lines


def told(lines: Lines, folder: Path) -> list[str]:
    found = distill(lines.save(folder), machine="box").next.splitlines()
    return [line for line in found if line.startswith(LEAD)]


def test_steps_are_the_items_of_the_last_section_of_checks() -> None:
    """Items, and commands in code; a plan without such a section has none."""
    assert steps_of(PLAN)[:3] == [
        "`npm run lint` - clean",
        "`npm run dev` - by hand: the list opens; a click shows the day",
        "The old list looks as before",
    ]
    assert steps_of("# Plan\n\n## Steps\n1. write it\n") == []
    fenced = "## How to test\n```bash\n# all of it\nmake check\n```\n- look at `a.log`\n"
    assert steps_of(fenced) == ["`make check`", "look at `a.log`"]


def test_checks_of_a_plan_that_nobody_made(tmp_path: Path) -> None:
    """What ran is not told, nor what may have been tried by hand; an edit later nothing was checked any more."""
    lines = approved()
    lines.bash("npm run lint 2>&1 | tail -3", "0 problems")
    lines.say("Done.")
    left = "`npm run dev` - by hand: the list opens; a click shows the day; The old list looks as before"
    assert told(lines, tmp_path) == [f"{LEAD}{left} (L3)"]
    lines.bash("npm run dev", "ready on http://localhost:3000")
    lines.say("Done.")
    assert told(lines, tmp_path) == []
    lines.edit("/home/dev/app/a.ts")
    lines.say("Done.")
    assert told(lines, tmp_path)[0].startswith(f"{LEAD}`npm run lint` - clean; ")


def test_nothing_is_said_before_the_plan_is_begun(tmp_path: Path) -> None:
    """What is not built need not be checked."""
    lines = Lines()
    lines.user("please plan how days are read")
    lines.edit("/home/dev/app/a.ts")
    lines.tool("ExitPlanMode", {"plan": PLAN}, "User has approved your plan.")
    lines.say("Shall I?")
    assert told(lines, tmp_path) == []


def test_a_check_behind_one_that_failed_was_not_made(tmp_path: Path) -> None:
    """Which of a line that failed ran, its output has to show."""
    plan = "# Read days\n\n## Verification\n\n1. `npm run lint` - clean\n2. `npm test` - all pass\n"
    for output, unseen in (
        ('error: script "lint" exited with code 1', [f"{LEAD}`npm test` - all pass"]),
        ("Tests: 1 failed, 4 passed, 5 total", []),
    ):
        lines = approved(plan)
        lines.bash("npm run lint && npm test", output, code=1)
        assert [item.partition(" (L")[0] for item in told(lines, tmp_path)] == unseen


def test_checks_of_a_plan_whose_work_was_committed(tmp_path: Path) -> None:
    """What is edited for a later request is not its work; what goes on with it after a commit is."""
    lines = approved()
    lines.bash("git commit -qam 'Read days' && git log --oneline -1", "1a2b3c4 Read days")
    lines.say("Step 1 is committed. Shall I go on with step 2?")
    lines.user("yes")
    lines.edit("/home/dev/app/b.ts")
    assert told(lines, tmp_path)
    lines.user("and now read weeks")
    assert told(lines, tmp_path)
    lines.edit("/home/dev/app/weeks.ts")
    lines.say("Weeks are read.")
    assert not told(lines, tmp_path)
