"""All commits of a session stand on its page, cut short, before what else was done."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from tests.distill.lines import Lines

SUBJECT = "parse durations of kind {0} with all of their fractions and signs, too"


def test_all_own_commits_are_told_before_other_deeds(tmp_path: Path) -> None:
    """Todos ticked off take no room from them."""
    lines = Lines()
    lines.user("Build the parser in many small steps")
    for number in range(8):
        lines.tool("TaskCreate", {"subject": f"Step {number}"}, f"Task #{number} created")
        lines.edit(f"/home/dev/app/part{number}.py")
        told = f"[main 123456{number}] {SUBJECT.format(number)}\n 1 file changed, 1 insertion(+)"
        lines.bash(f"git commit -am '{SUBJECT.format(number)}'", told)
        lines.tool("TaskUpdate", {"taskId": str(number), "status": "completed"})
    lines.say("All parts are there.")
    page = body(distill(lines.save(tmp_path), machine="laptop").to_markdown())
    told = page.partition("## Commits, newest first\n- ")[2].partition("\n## ")[0]
    done = [each for line in told.split("\n- ") for each in line.split("; ")]
    assert [each[:7] for each in done[:8]] == [f"123456{number}" for number in range(7, -1, -1)]
    assert all("parse durations of kind" in each for each in done[:8])
