"""Files that a shell showed count as read."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines


def _read(tmp_path: Path, source: str, output: str = "x = 1", tool: str = "Bash") -> tuple[str, ...]:
    lines = Lines()
    lines.user("where is the port set?")
    lines.tool(tool, {"command": source}, output)
    lines.say("In the settings.")
    return lines.distilled(tmp_path).files.read


@pytest.mark.parametrize(
    "source",
    [
        "cat src/a.ts",
        "cat -n src/a.ts | head -40",
        "sed -n '1,80p' src/a.ts",
        "sed -n -e '1,80p' src/a.ts && git status",
        "nl -ba src/a.ts | sed -n '1,80p'",
        "head -20 src/a.ts",
        "head -n 20 src/a.ts",
        "tail -n +5 src/a.ts",
        "awk 'NR>4 && NR<9' src/a.ts",
        "less src/a.ts",
        "bat --style plain -r 1:9 src/a.ts",
        "cd src && cat a.ts",
        'for f in src/a.ts; do echo "$f"; cat "$f"; done',
        "cat src/a.ts || true",
        "cat src/a.ts | grep -n port",
    ],
)
def test_what_a_shell_shows(tmp_path: Path, source: str) -> None:
    """The programs that print a file, with their options, and through what still shows it."""
    assert _read(tmp_path, source, "src/a.ts\nx = 1") == ("src/a.ts",)


@pytest.mark.parametrize(
    "source", ["Get-Content src\\a.ts", "gc -Path src\\a.ts -TotalCount 20", "type src\\a.ts"]
)
def test_what_powershell_shows(tmp_path: Path, source: str) -> None:
    """Its cmdlet, under each of its names."""
    assert _read(tmp_path, source, tool="PowerShell") == ("src/a.ts",)


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("cat src/a.ts", ""),
        ("cat src/a.ts src", "cat: src/a.ts: No such file or directory"),
        ("cat src/a.ts | wc -l", "12"),
        ("cat src/a.ts > src/b.ts; ls", "src"),
        ("sed -i s/a/b/ src/a.ts; ls", "src"),
        ("cat <<'EOF'\nsrc/a.ts\nEOF", "src/a.ts"),
        ("echo $(cat VERSION)", "1.2"),
        ("cat src/*.ts", "x"),
        ('cat "$NAME"', "x"),
        ("cat src/a.ts 2>/dev/null || echo 'there is none'", "there is none"),
        ("type node", "node is /usr/bin/node"),
        ("cat node_modules/a/index.js", "x"),
        ("cat /tmp/a.txt", "x"),
        ("cat ~/.client/plugins/a/SKILL.md", "x"),
    ],
)
def test_what_shows_none(tmp_path: Path, source: str, output: str) -> None:
    """What printed nothing or something else, or shows what nobody wants to know of."""
    assert _read(tmp_path, source, output) == ()


def test_newest_first_with_those_of_a_tool(tmp_path: Path) -> None:
    """Both kinds stand in one list, each file once."""
    lines = Lines()
    lines.user("how does it start?")
    lines.bash("cat a.py", "import b")
    lines.tool("Read", {"file_path": f"{CWD}/b.py"}, "import c")
    lines.bash("cat c.py", "import d")
    lines.bash("cat b.py", "import c")
    assert lines.distilled(tmp_path).files.read == ("b.py", "c.py", "a.py")


def test_where_much_was_changed(tmp_path: Path) -> None:
    """The files that were changed tell what it was about; what was looked at besides is left out."""
    lines = Lines()
    lines.user("rename it everywhere")
    lines.bash("cat a.py", "import b")
    lines.edit(f"{CWD}/x.py")
    assert lines.distilled(tmp_path).files.read == ("a.py",)
    for name in "bcde":
        lines.edit(f"{CWD}/{name}.py")
    assert lines.distilled(tmp_path).files.read == ()


def test_a_shell_that_stands_elsewhere(tmp_path: Path) -> None:
    """Where the record gives another directory than the shell is in, only a file is told that is known."""
    lines = Lines()
    lines.user("where is it?")
    lines.bash("cd web", "")
    lines.bash("cat src/a.ts", "x")
    assert lines.distilled(tmp_path).files.read == ()
    lines.tool("Read", {"file_path": f"{CWD}/web/src/a.ts"}, "x")
    lines.bash("cat src/a.ts", "x")
    assert lines.distilled(tmp_path).files.read == ("web/src/a.ts",)


def test_it_says_nothing_of_what_was_there(tmp_path: Path) -> None:
    """A folder that programs filled, of which a file was shown, and which is deleted then, was never there before."""
    lines = Lines()
    lines.user("try it")
    lines.bash("python export.py && cat out/run/index.md", "# Run")
    lines.bash("rm -rf out/run", "")
    told = lines.distilled(tmp_path).files
    assert (told.deleted, told.read) == ((), ())


@pytest.mark.parametrize(
    ("source", "output", "was_there"),
    [
        ('psql -c "EXPLAIN $(cat sums.sql)"', "Seq Scan on sums", True),
        ('psql -c "EXPLAIN $(< sums.sql)"', "Seq Scan on sums", True),
        ('psql -c "EXPLAIN $(cat sums.sql)"; true', "cat: sums.sql: No such file or directory", False),
    ],
)
def test_a_file_whose_text_went_into_a_command_was_there(
    tmp_path: Path, source: str, output: str, *, was_there: bool
) -> None:
    """What is written to it then is no new file."""
    lines = Lines()
    lines.user("make the sums faster")
    lines.bash(source, output)
    lines.bash("cat > sums.sql <<'X'\nSELECT 1;\nX")
    lines.say("Faster.")
    files = lines.distilled(tmp_path).files
    assert ("sums.sql" in files.modified) is was_there
    assert ("sums.sql" in files.created) is not was_there
