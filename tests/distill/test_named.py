"""Files that the agent's answers point to, where little is changed."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines


def _asked() -> Lines:
    """Return a session that looked something up in three ways."""
    lines = Lines()
    lines.user("where is the port of the server set?")
    lines.tool("Read", {"file_path": f"{CWD}/src/net/server.ts"}, "1\tlisten(port)")
    lines.bash("sed -n '1,40p' src/net/port.ts", "export const port = 80")
    lines.bash("rg -n port src", "src/net/dial.ts:7:dial(port)\nsrc/index.ts:3:import x\nweb/index.ts:9:y")
    return lines


def _told(tmp_path: Path, lines: Lines) -> list[str]:
    """Return the lines of the page on files that begin so."""
    files = lines.page(tmp_path).partition("## Files\n")[2].partition("\n\n")[0].splitlines()
    return [line.removeprefix("- named in answers: ") for line in files if "named in answers" in line]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("It is in `src/net/port.ts:12`.", "src/net/port.ts:12"),
        (f"See [port.ts]({CWD}/src/net/port.ts:12).", "src/net/port.ts:12"),
        ("See [the port](src/net/port.ts#L12-L20).", "src/net/port.ts:12"),
        ("See [port](./src/net/port.ts).", "src/net/port.ts"),
        ("It is set in port.ts:12, and read again in port.ts:40 and port.ts:66.", "src/net/port.ts:12,40"),
        ("It is set in `port.ts` (lines 12-20).", "src/net/port.ts:12"),
        ("See src/net/port.ts:1 and src/net/dial.ts:7.", "src/net/{port.ts:1, dial.ts:7}"),
        ("See src/index.ts:3.", "src/index.ts:3"),
        ("`src/net/server.ts` takes it.", "src/net/server.ts"),  # nothing was changed
    ],
)
def test_what_an_answer_names(tmp_path: Path, said: str, wanted: str) -> None:
    """With a line or by a link, in the spellings that agents use."""
    lines = _asked()
    at = lines.say(said)
    assert _told(tmp_path, lines) == [f"{wanted} (L{at})"]


@pytest.mark.parametrize(
    "said",
    [
        "It should be in src/net/other.ts:12.",  # seen by no call
        "See index.ts:3.",  # there are two
        "See https://example.org/src/net/port.ts:12 or [this](https://example.org/src/net/port.ts).",
        "`src/net/dial.ts` takes it.",  # not read
        "It is in /elsewhere/src/net/port.ts:12.",
        "The port is 80 at 12:30.",
    ],
)
def test_what_is_not_certain(tmp_path: Path, said: str) -> None:
    """No path is told that no call came to, nor one that may be another file's."""
    lines = _asked()
    lines.say(said)
    assert _told(tmp_path, lines) == []


def test_newer_answers_come_first(tmp_path: Path) -> None:
    """Where several answers name files, each is told with the newest that does; what was said on the way is not."""
    lines = _asked()
    lines.say("Let me look at src/index.ts:3.")
    lines.bash("ls", "src")
    first = lines.say("In src/net/server.ts:4, from src/net/port.ts:1.")
    lines.user("and who reads it?")
    last = lines.say("src/net/port.ts is read by src/net/dial.ts:7, see [port](src/net/port.ts).")
    told = f"src/net/server.ts:4 (L{first}), src/net/{{dial.ts:7, port.ts:1}} (L{last})"
    assert _told(tmp_path, lines) == [told]


def test_what_was_changed_is_not_told_twice(tmp_path: Path) -> None:
    """A changed file stands among the changed; of a session that changed many only these are told."""
    lines = _asked()
    lines.edit(f"{CWD}/src/net/port.ts")
    at = lines.say("Set in src/net/port.ts:12, used in src/net/server.ts:1; `src/net/dial.ts` is as it was.")
    assert _told(tmp_path, lines) == [f"src/net/server.ts:1 (L{at})"]
    for name in "abcd":
        lines.edit(f"{CWD}/src/{name}.ts")
    lines.say("Set in src/net/server.ts:1.")
    assert _told(tmp_path, lines) == []


def test_it_is_not_told_as_read_as_well(tmp_path: Path) -> None:
    """The list of files that were only read goes without those named."""
    lines = _asked()
    lines.say("In src/net/port.ts:1.")
    read = lines.page(tmp_path).partition("## Files only read\n")[2].partition("\n\n")[0]
    assert read == "- src/net/server.ts"


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("git diff main", "diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@"),
        ("find . -name '*.ts'", "./src/a.ts"),
        ("cd src && grep -rn port .", "./a.ts:4:port"),
        ("git ls-files", "src/a.ts"),
    ],
)
def test_what_a_shell_found(tmp_path: Path, source: str, output: str) -> None:
    """Searches, lists and diffs show that a file is there."""
    lines = Lines()
    lines.user("review it, please")
    lines.bash(source, output)
    at = lines.say("Wrong: src/a.ts:4.")
    assert _told(tmp_path, lines) == [f"src/a.ts:4 (L{at})"]


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("npm run lamps", "src/a.ts:4: lit"),  # of what a program prints nobody knows
        ("cd src; cd ..; rg -n x", "src/a.ts:4:x"),
        ("rg -n x", ""),
        ("gh pr diff 7 --repo acme/other", "+++ b/src/a.ts"),
        ("ssh box grep -rn x src", "src/a.ts:4:x"),
    ],
)
def test_what_shows_no_file(tmp_path: Path, source: str, output: str) -> None:
    """Neither what other programs print nor what was found nobody knows where."""
    lines = Lines()
    lines.user("review it, please")
    lines.bash(source, output)
    lines.say("Wrong: src/a.ts:4.")
    assert _told(tmp_path, lines) == []


def test_what_a_tool_found(tmp_path: Path) -> None:
    """A search by tool tells paths of the project, or whole ones."""
    lines = Lines()
    lines.user("review it, please")
    lines.tool("Grep", {"pattern": "x", "output_mode": "content"}, "src/a.ts:4:x\nsrc/a.ts-5-y")
    lines.tool("Glob", {"pattern": "*.py"}, f"{CWD}/src/b.py")
    at = lines.say("Wrong: src/a.ts:4 and src/b.py:1.")
    assert _told(tmp_path, lines) == [f"src/{{a.ts:4, b.py:1}} (L{at})"]
