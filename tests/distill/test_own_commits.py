"""All commits of a session stand on its page, many of them cut short, before what else was done."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from tests.distill.lines import Lines

SUBJECT = "parse durations of kind {0} with all of their fractions and signs, too"


def _commits(lines: Lines, tmp_path: Path) -> str:
    page = body(distill(lines.save(tmp_path), machine="laptop").to_markdown())
    return page.partition("## Commits, newest first\n- ")[2].partition("\n## ")[0]


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
    done = [each for line in _commits(lines, tmp_path).split("\n- ") for each in line.split("; ")]
    assert [each[:7] for each in done[:8]] == [f"123456{number}" for number in range(7, -1, -1)]
    assert all("parse durations of kind" in each for each in done[:8])


def test_subjects_of_some_commits_are_told_whole_but_for_what_git_wrote(tmp_path: Path) -> None:
    """Their ends say what it is about; of nine each loses its own."""
    lines, merge = Lines(), "Merge branch 'dependabot/npm_and_yarn/parser-with-fractions-1.2.3' into main"
    lines.user("Build the parser in many small steps")
    for number in range(1, 6):
        lines.bash(
            f"git commit -am '{SUBJECT.format(number)}'", f"[main 123456{number}] {SUBJECT.format(number)}"
        )
    lines.bash(f"git commit -m {merge!r}", f"[main 1234560] {merge}")
    told = _commits(lines, tmp_path)
    assert told.count("fractions and signs, too") == 5
    assert "Merge branch" in told
    assert "1.2.3" not in told
    for number in range(6, 9):
        lines.bash(
            f"git commit -am '{SUBJECT.format(number)}'", f"[main 123456{number}] {SUBJECT.format(number)}"
        )
    assert "signs, too" not in _commits(lines, tmp_path)
