"""Scripts that the session wrote and ran: what they edit is told, its names only where git lists them."""

from pathlib import Path

import pytest

from tests.distill.lines import begun

SWEEP = """from pathlib import Path
for p in sorted(Path('kiln').glob('*.py')):
    p.write_text(p.read_text().upper())
"""
NAMED = "p = 'kiln/a.py'\ns = open(p).read()\nopen(p, 'w').write(s)\n"
SHELL = "sed -i s/a/b/ kiln/*.py\n"
STATUS = "git status -s =>  M kiln/a.py\n M docs/x.md\n?? fix.sh"


def section(tmp_path: Path, script: str, text: str, *steps: str) -> str:
    """Return what the page says of files beside the script, which is written first."""
    lines = begun()
    lines.tool("Write", {"file_path": f"{lines.cwd}/{script}", "content": text}, twin={"type": "create"})
    for step in steps:
        command, _, output = step.partition(" => ")
        lines.bash(command, output)
    told = lines.page(tmp_path).partition("## Files\n")[2].partition("\n\n")[0].strip()
    return told.removeprefix(f"- created: {script} (L2)").strip()


@pytest.mark.parametrize(
    ("script", "text", "run", "by"),
    [
        ("fix.py", SWEEP, "python fix.py", "fix.py"),
        ("fix.sh", SHELL, "bash fix.sh", "fix.sh"),
        ("fix.sh", SHELL, "chmod +x fix.sh && ./fix.sh", "./fix.sh"),
        ("fix.sh", f"cd kiln\n{SHELL.replace('kiln/', '')}", "bash fix.sh", "fix.sh"),
    ],
)
def test_what_a_script_sweeps(tmp_path: Path, script: str, text: str, run: str, by: str) -> None:
    """The pattern stands in its text, whose files it writes one after the other."""
    told = section(tmp_path, script, text, run)
    assert told == f"- edited, names not seen: files matching `kiln/*.py`, by `{by}` (L4)"


@pytest.mark.parametrize(
    ("script", "text", "run"),
    [("fix.py", SWEEP, "python3 fix.py"), ("fix.py", NAMED, "python fix.py"), ("fix.sh", SHELL, "sh fix.sh")],
)
def test_a_status_tells_what_it_wrote(tmp_path: Path, script: str, text: str, run: str) -> None:
    """A file that its text names, or a pattern in it fits, is told once git lists it as changed."""
    assert section(tmp_path, script, text, run, STATUS) == "- modified: kiln/a.py (L6)"


@pytest.mark.parametrize(
    ("text", "run"),
    [
        (SWEEP, "python -m py_compile fix.py"),
        (SWEEP, "cat fix.py"),
        (f"import sys\nroot = sys.argv[1]\n{SWEEP}", "python fix.py"),
        (SWEEP.replace("p.write_text", "Path('out.txt').write_text"), "python fix.py"),
        (f"# {SWEEP}".replace("\n", "\n# "), "python fix.py"),
    ],
)
def test_where_it_swept_nothing(tmp_path: Path, text: str, run: str) -> None:
    """It did not run, was told what to do, or writes something else than what it goes over."""
    assert section(tmp_path, "fix.py", text, run) == ""


def test_a_script_is_read_as_it_stood(tmp_path: Path) -> None:
    """An edit of it counts before the run behind it."""
    lines = begun()
    path = f"{lines.cwd}/fix.py"
    lines.tool(
        "Write", {"file_path": path, "content": SWEEP.replace("kiln", "oven")}, twin={"type": "create"}
    )
    lines.tool("Edit", {"file_path": path, "old_string": "'oven'", "new_string": "'kiln'"})
    lines.bash("python fix.py")
    assert "files matching `kiln/*.py`, by `fix.py` (L6)" in lines.page(tmp_path)


def test_a_sweep_on_the_command_line(tmp_path: Path) -> None:
    """What stands in a here-document is told by the pattern, too, or by the folder that it goes down."""
    lines = begun()
    lines.bash(f"python - <<'X'\n{SWEEP.replace('.glob', '.rglob')}X")
    assert "files in `kiln`, by a script (L2)" in lines.page(tmp_path)
