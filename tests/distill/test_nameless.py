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
        ("python - <<'X'\nfor p in d.glob('*.py'):\n    p.write_text('')\nX", "by a script"),
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


@pytest.mark.parametrize(
    "look",
    [
        "git status -s docs =>  M docs/x.md",
        "git status -s | head -1 =>  M docs/x.md",
        "echo 'git status' && cat log => ?? x",
    ],
)
def test_a_status_of_something_else_tells_nothing_of_them(tmp_path: Path, look: str) -> None:
    """Nor does one that was cut."""
    assert "edited, names not seen: files matching `kiln/*.py`" in section(tmp_path, f"{SED} kiln/*.py", look)


def test_a_stash_in_between_hides_them(tmp_path: Path) -> None:
    """What is clean then is so for the stash."""
    clean = "git status => On branch main\nnothing to commit, working tree clean"
    stash = "git stash => Saved working directory and index state WIP on main: 1234567 x"
    assert "names not seen" in section(tmp_path, f"{SED} kiln/*.py", stash, clean)


APPENDS = "for f in kiln/*.py; do echo x >> $f; done"


def test_a_status_names_what_a_loop_appended_to(tmp_path: Path) -> None:
    """They are of the pattern."""
    assert section(tmp_path, APPENDS, STATUS).startswith("- modified: kiln/{a.py, b.py (L")


def test_a_clean_status_after_a_loop_that_appends(tmp_path: Path) -> None:
    """Nothing changed that git knows of."""
    clean = "git status => On branch main\nnothing to commit, working tree clean"
    assert section(tmp_path, APPENDS, clean) == "changed: none observed"


def test_a_later_change_of_one_of_them_tells_enough(tmp_path: Path) -> None:
    """Where a file is known that the pattern fits, it stands for them."""
    lines = begun()
    lines.tool("Read", {"file_path": f"{lines.cwd}/kiln/a.py"})
    lines.bash(f"{SED} kiln/*.py")
    assert "names not seen" not in lines.page(tmp_path)
    assert lines.distilled(tmp_path).files.modified == ("kiln/a.py",)


@pytest.mark.parametrize(
    "steps",
    [
        (
            f"{SED} kiln/*.py",
            "git diff => diff --git a/kiln/a.py b/kiln/a.py\nindex 1..2 100644\n--- a/kiln/a.py",
        ),
        (
            f"{SED} kiln/*.py && git commit -qam x",
            f"git show --stat => commit {'12' * 20}\n\n    x\n\n kiln/a.py | 2 +-\n docs/x.md | 2 +-\n 2 files changed",
        ),
    ],
)
def test_a_patch_and_a_commit_name_them(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """So do the patch of what is not committed, and what a commit holds that was made after it."""
    assert section(tmp_path, *steps).startswith("- modified: kiln/a.py (L")


@pytest.mark.parametrize(
    "steps",
    [
        (
            f"{SED} kiln/*.py",
            "git show => diff --git a/kiln/a.py b/kiln/a.py\nindex 1..2 100644\n--- a/kiln/a.py",
        ),
        (
            f"{SED} kiln/*.py",
            "git diff => diff --git a/kiln/n.py b/kiln/n.py\nnew file mode 100644\nindex 0..2",
        ),
        (
            f"{SED} kiln/*.py",
            "git diff => diff --git a/lib/a.py b/lib/a.py\nindex 1..2 100644\n--- a/lib/a.py",
        ),
    ],
)
def test_other_patches_do_not(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """What an older commit holds, what is new and what stands elsewhere was not edited so."""
    assert (
        section(tmp_path, *steps) == "- edited, names not seen: files matching `kiln/*.py`, by `sed -i` (L2)"
    )


def test_how_far_a_line_came_tells_what_its_loop_wrote(tmp_path: Path) -> None:
    """Where a check fails behind programs that would have said so if they had, these worked: those of a loop, too."""
    loop = "for m in a b; do printf x >> tests/test_$m.py; done"
    failed = ".F\nFAILED tests/test_a.py::test_x - assert\n1 failed, 1 passed in 0.18s"
    lines = begun()
    lines.bash(f"{SED} kiln/*.py && cat kiln/a.py && {loop}; pytest -q", failed, code=1)
    told = lines.page(tmp_path).partition("## Files\n")[2].partition("\n\n")[0].strip().splitlines()
    assert told == [
        "- modified: tests/{test_a.py, test_b.py (L2)}",
        "- edited, names not seen: files matching `kiln/*.py`, by `sed -i` (L2)",
    ]


LOOP = 'for m in a b; do git add kiln/$m.py && git commit -qm "$m: an empty file"; done; git log --oneline -3'
LOGGED = "2222222 b: an empty file\n1111111 a: an empty file\n0000000 start"


@pytest.mark.parametrize(
    ("log", "commits", "modified"),
    [
        (LOGGED, ["1111111 a: an empty file", "2222222 b: an empty file"], ("kiln/a.py", "kiln/b.py")),
        ("2222222 b: another one\n0000000 start", None, ("kiln/a.py", "kiln/b.py")),
    ],
)
def test_a_loop_that_commits(
    tmp_path: Path, log: str, commits: list[str] | None, modified: tuple[str, ...]
) -> None:
    """A log behind it shows its commits by the messages that the loop spells; what it adds by name was changed."""
    lines = begun()
    lines.bash(f"{SED} kiln/*.py")
    lines.bash(LOOP, log)
    found = lines.distilled(tmp_path)
    assert found.files.modified == modified
    assert commits is None or list(found.commits) == commits
