"""What is told of plans."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.plans import is_plan, outline, parts_of, unnumbered
from tests.distill.lines import Lines

PLAN = """# Read days by a table

## Key findings
### 1. The parser is slow
### 2. The table is small

## Implementation
### Step 1: Load the table (PR 1)
**Files:**
- `src/table.py` (new)
- `src/parser.py:40-60`, as `src/other.py` has it
### Step 2: Drop the old rules (PR 2)
```
### Step 3: not a step
```
## Files to modify
| `src/parser.py` | read by the table |
| `docs/days.md` | say so; calls `day.value` |
| `src/clock.py` | unchanged |
"""
TOLD = (
    "steps: step 1: Load the table (PR 1); 2: Drop the old rules (PR 2). Files: table.py, parser.py, days.md"
)


def test_steps_and_files_of_a_plan() -> None:
    """Steps count before mere numbers; code is none; of a line about files the first path is what it is about."""
    assert outline(PLAN) == TOLD


@pytest.mark.parametrize(
    ("plan", "steps"),
    [
        (
            "## Phase 1a: Export\n### 1. one\n### 2. two\n## Phase 1b: Import",
            ["phase 1a: Export", "1b: Import"],
        ),
        ("## 1. Add the command\ntext\n## 2. Document it", ["1: Add the command", "2: Document it"]),
        ("## Steps\n1. Load it\n2. Use it\n## Risks\n1. none", ["1: Load it", "2: Use it"]),
        ("- **PR 1**: the lock\n- **PR 2**: the phases", ["PR 1: the lock", "PR 2: the phases"]),
        ("## Step 1: alone", []),
        ("Some prose.\n1. a\n2. b", []),
    ],
)
def test_forms_of_steps(plan: str, steps: list[str]) -> None:
    """Headings, items under a heading of steps, bold items; a single one is no list."""
    assert parts_of(plan)[0] == steps


def test_what_is_cut_of_a_plan_is_said() -> None:
    """A reader must not take the first steps and files for all of them."""
    files = "".join(f"- `src/part{number}.py`\n" for number in range(20))
    plan = "".join(f"### Step {number}: do it\n" for number in range(1, 18)) + f"## Files\n{files}"
    told = outline(plan)
    assert "; 14: do it and 3 more. Files: part0.py" in told
    assert told.endswith("part15.py and 4 more")


def test_plans_by_their_names() -> None:
    """A plan is told by its name or folder; what was read of it had numbers before its lines."""
    assert is_plan("/p/docs/plans/day.md")
    assert is_plan("/p/ROADMAP.md")
    assert not is_plan("/p/src/plan.py")
    assert unnumbered("     1→# A\n    12→## Step 1: b") == "# A\n## Step 1: b"


def _approved() -> Lines:
    lines = Lines()
    lines.user("how should the parser read days?")
    lines.tool("ExitPlanMode", {"plan": PLAN}, "User has approved your plan.")
    return lines


def test_an_approved_plan_is_told_with_its_steps(tmp_path: Path) -> None:
    """As long as no code was changed, that is what comes next."""
    lines = _approved()
    lines.say("Approved. I start soon.")
    assert f"“Read days by a table”; its {TOLD} (L3)" in distill(lines.save(tmp_path), machine="box").next


def test_steps_of_a_plan_document_do_not_outlive_an_edit(tmp_path: Path) -> None:
    """What was read of a plan is told; once the document was edited, its steps may be others."""
    lines = Lines()
    lines.user("go on with the plan")
    path = "/home/dev/app/docs/plan.md"
    lines.tool(
        "Read", {"file_path": path}, "     1→# Days\n     2→## Step 1: Load it\n     3→## Step 2: Use it"
    )
    lines.say("I know the plan now, and go on with the second of the steps.")
    told = "plan, not deeds in plan.md: steps: step 1: Load it; 2: Use it"
    assert told in distill(lines.save(tmp_path), machine="box").context
    lines.tool("Edit", {"file_path": path, "old_string": "Use it", "new_string": "Sell it"})
    lines.say("I changed the second of the steps in the plan.")
    assert "Load it" not in distill(lines.save(tmp_path), machine="box").context


@pytest.mark.parametrize(
    ("said", "gives_up"),
    [
        ("So that plan is void. Take it all back.", True),
        ("forget the plan, we paint by hand", True),
        ("too dear. Kein LMX. A single lamp will do.", True),
        ("no LMX and no cable", True),
        ("no LMX errors in the log please", False),
        ("the plan is good, go on", False),
        ("no lamps, please", False),
    ],
)
def test_a_plan_that_the_user_gave_up_says_so(tmp_path: Path, said: str, gives_up: bool) -> None:
    """In words on the plan, or by wanting none of what its title has as a name; its title would pass for the goal."""
    lines = Lines()
    lines.user("light the harbour anew with as few lamps as there can be")
    plan = "# Lamps of the harbour on LMX\n\n1. Buy lamps\n2. Lay cables\n"
    lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan. You can now start coding.")
    lines.edit(f"{lines.cwd}/lamp.py")
    lines.say("The lamps are bought.")
    line = lines.user(said)
    lines.say("Done.")
    goal = lines.distilled(tmp_path).goal
    assert "by an approved plan: Lamps of the harbour on LMX" in goal
    assert (f"; then the user: “{said}” (L{line})" in goal) is gives_up


@pytest.mark.parametrize("stays", [False, True])
def test_a_plan_of_whose_files_none_is_left_says_so(tmp_path: Path, *, stays: bool) -> None:
    """The user stopped the work in words that name it otherwise than the plan does."""
    lines = Lines()
    lines.user("read the orders of the lamps")
    lines.say("They are read.")
    lines.user("next: currencies. plan first")
    plan = "# Currencies\n\n1. `lamps/rates.py` reads the rates\n2. `lamps/table.py` has them"
    lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan. You can now start coding.")
    lines.write(f"{lines.cwd}/lamps/rates.py")
    if stays:
        lines.write(f"{lines.cwd}/lamps/table.py")
    lines.user("stop the conversion, finance does it after all")
    at = lines.bash("rm lamps/rates.py && git status -s", "")
    lines.say("It is gone.")
    lines.user("how long does the import take?")
    lines.say("A minute.")
    goal = lines.distilled(tmp_path).goal
    assert "by an approved plan: Currencies" in goal
    assert (f"what was made for it was deleted again (L{at})" in goal) is not stays


def test_a_plan_that_was_dropped_is_told_with_its_steps(tmp_path: Path) -> None:
    """What the user said of it does not say what it was; one that was only changed is approved under its name."""
    lines = Lines()
    lines.user("plan how the till counts money")
    why = "The user doesn't want to proceed with this tool use. To tell you how to proceed, the user said:\n"
    for title in ("Money by a package", "Money as integers"):
        plan = f"# {title}\n\n## Steps\n1. Install `moneyed` in the till\n2. Fetch the rates\n3. Convert all sums"
        lines.tool(
            "ExitPlanMode", {"plan": plan}, f"{why}cents, please, and nothing new to install", error=True
        )
    lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan.", twin={"plan": plan})
    lines.say("I begin.")
    page = lines.page(tmp_path)
    assert (
        "- the user sent back the plan “Money by a package”; its steps: 1: Install `moneyed` in the till; "
        "2: Fetch the rates; 3: Convert all sums" in page
    )
    assert "sent back the plan “Money as integers”" not in page
