"""What was deleted outside the project is told so, and older words that speak of it are not."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import Distillation
from tests.distill.lines import Lines

CLONED = "The parser was built from source, and its repository is cloned to `/tmp/parser` for that."


def _made(tmp_path: Path, *then: str) -> Distillation:
    lines = Lines()
    lines.user("Install the parser")
    lines.say(CLONED)
    lines.user("and now go on with the lexer, please")
    for command in then:
        lines.bash(command)
    lines.say("The lexer is installed.")
    return distill(lines.save(tmp_path), machine="laptop")


def test_a_deletion_outside_the_project_is_a_fact_and_older_words_are_dropped(tmp_path: Path) -> None:
    """What was said of it when it was there is no longer so."""
    made = _made(tmp_path, "make lexer && rm -rf /tmp/parser")
    assert "deleted, not seen there since: `/tmp/parser` (L4)" in made.uncertainties
    assert "cloned" not in made.context


def test_what_went_in_the_project_is_told_where_anything_names_it(tmp_path: Path) -> None:
    """Also words after it; not what is a name alone, which a build makes again."""
    lines = Lines()
    lines.user("Try the export")
    lines.bash("./export")
    lines.bash("rm -rf days/trial")
    lines.bash("rm -rf built")
    lines.say("The export has made `days/trial/a.json` and `built/` below it.")
    told = distill(lines.save(tmp_path), machine="laptop").uncertainties
    assert "deleted, not seen there since: `days/trial` (L4)" in told
    assert not any("`built`" in text for text in told)


def test_what_is_named_again_later_may_be_there_again(tmp_path: Path) -> None:
    """By a later command or later in the same line: then it is not told as deleted."""
    for then in (["rm -rf /tmp/parser", "cd /tmp && git clone https://git.example/a/parser"],
                 ["rm -rf /tmp/parser && cp -r old /tmp/parser"]):  # fmt: skip
        made = _made(tmp_path, *then)
        assert not any("/tmp/parser" in text for text in made.uncertainties)
        assert "cloned" in made.context


def test_a_path_that_only_begins_so_is_another(tmp_path: Path) -> None:
    """What was said of the longer one stays."""
    made = _made(tmp_path, "rm -rf /tmp/pars")
    assert "cloned" in made.context
    assert not any("/tmp/pars" in text for text in made.uncertainties)


def test_a_file_that_was_committed_before_it_was_deleted_is_no_trifle(tmp_path: Path) -> None:
    """The commit has it still: who goes on has to commit that it went, unless that was done."""
    for committed, told in ((True, False), (False, True)):
        lines = Lines()
        lines.user("split the parser")
        for name in ("old.py", "lists.py"):
            lines.write(f"{lines.cwd}/{name}")
        lines.bash("git add old.py lists.py && git commit -m x", "[main aaaaaaa] x\n 2 files changed")
        lines.write(f"{lines.cwd}/draft.py")
        lines.bash("git rm old.py && rm draft.py", "rm 'old.py'")
        if committed:
            lines.bash("git commit -m y", "[main bbbbbbb] y\n 1 file changed")
        said = "\n".join(distill(lines.save(tmp_path), machine="box").uncertainties)
        assert ("committed here, then deleted, that in no commit seen: old.py" in said) == told
        assert "made and deleted again in the session: draft.py" in said or committed


@pytest.mark.parametrize(
    ("command", "lead"),
    [("git rm old.py", "committed here, then deleted"), ("git stash", "changes were put aside")],
)
def test_what_is_put_aside_stands_before_what_passed_once(tmp_path: Path, command: str, lead: str) -> None:
    """Where there is little room the last of the doubts go first: a deletion to commit is none, nor a stash."""
    lines = Lines()
    lines.user("split the parser")
    lines.write(f"{lines.cwd}/old.py")
    lines.bash("git add old.py && git commit -m x", "[main aaaaaaa] x\n 1 file changed")
    lines.bash("mypy .", "Success: no issues found in 2 source files")
    lines.bash("pytest", "3 passed in 0.1s")
    lines.edit(f"{lines.cwd}/lists.py")
    lines.bash(command, "Saved working directory" if "stash" in command else "rm 'old.py'")
    said = "\n".join(distill(lines.save(tmp_path), machine="box").uncertainties)
    assert 0 <= said.find(lead) < said.index("passed before the last edits")
