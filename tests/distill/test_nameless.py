"""Files that commands edit without naming them: a page says so where nothing tells their names."""

from pathlib import Path

import pytest

from tests.distill.lines import begun

SED = "sed -i s/a/b/"
STATUS = "git status -s =>  M kiln/a.py\n M kiln/b.py\n M docs/x.md"


def section(tmp_path: Path, *steps: str) -> str:
    """Return what the page says of files: each step is a command, and behind ` => ` what it printed."""
    lines = begun()
    for step in steps:
        command, _, output = step.partition(" => ")
        failed = output.startswith("!")
        lines.bash(command, output.removeprefix("!"), code=int(failed))
    return lines.page(tmp_path).partition("## Files\n")[2].partition("\n\n")[0].strip()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (f"{SED} kiln/*.py", "files matching `kiln/*.py`, by `sed -i`"),
        ("perl -pi -e 's/a/b/' kiln/*.py", "files matching `kiln/*.py`, by `perl -i`"),
        (f"cd kiln && {SED} *.py", "files matching `kiln/*.py`, by `sed -i`"),
        (f'for f in kiln/*.py; do {SED} "$f"; done', "files matching `kiln/*.py`, by `sed -i`"),
        ("for f in kiln/*.py; do echo x >> $f; done", "files matching `kiln/*.py`, by `>>`"),
        (f"grep -rl x kiln | xargs {SED}", "files in `kiln`, by `sed -i`"),
        (f"grep -rl x . | xargs {SED}", "files of the project, by `sed -i`"),
        (f"find src -name '*.py' -exec {SED} {{}} +", "files in `src`, by `sed -i`"),
        (f"git ls-files kiln | while read -r f; do {SED} $f; done", "files in `kiln`, by `sed -i`"),
        (f"for f in $(grep -rl x kiln); do {SED} $f; done", "files in `kiln`, by `sed -i`"),
        (f"{SED} $(grep -rl x kiln)", "files in `kiln`, by `sed -i`"),
        ("python - <<'X'\nfor p in d.glob('*.py'):\n    p.write_text('')\nX", "by a script on the command line"),
    ],
)  # fmt: skip
def test_files_that_nothing_names(tmp_path: Path, source: str, what: str) -> None:
    """What a pattern or a list stands for was edited: that none was is not said."""
    assert section(tmp_path, source) == f"- edited, names not seen: {what} (L2)"


@pytest.mark.parametrize(
    "steps",
    [
        (f"{SED} kiln/*.py", STATUS),
        (f"grep -rl x kiln | xargs {SED}", STATUS),
        (f"{SED} kiln/*.py; {STATUS}",),
    ],
)
def test_a_status_names_them(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """Once git lists what changed there, that is what the page tells."""
    told = section(tmp_path, *steps)
    assert told.startswith("- modified: kiln/{a.py, b.py (L")
    assert "names not seen" not in told


@pytest.mark.parametrize(
    "steps",
    [
        (f"{SED} kiln/*.py", "git status -s => ?? notes.txt"),
        (f"{SED} kiln/*.py", "git status => On branch main\nnothing to commit, working tree clean"),
        ("sed -n 1p kiln/*.py",),
        (f"{SED} /tmp/x/*.py",),
        ("for f in kiln/*.py; do echo $f; done",),
        (f"false && {SED} kiln/*.py => !",),
    ],
)
def test_where_nothing_was_edited(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """A status that lists none of them tells that none changed; a look changes nothing."""
    assert section(tmp_path, *steps) == "changed: none observed"


def test_a_later_change_of_one_of_them_tells_enough(tmp_path: Path) -> None:
    """Where a file is known that the pattern fits, it stands for them."""
    lines = begun()
    lines.tool("Read", {"file_path": f"{lines.cwd}/kiln/a.py"})
    lines.bash(f"{SED} kiln/*.py")
    assert "names not seen" not in lines.page(tmp_path)
    assert lines.distilled(tmp_path).files.modified == ("kiln/a.py",)
