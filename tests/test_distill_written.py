"""Where a page has room, it quotes what edits wrote; and it begins with how things stand."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from spread.distillation_page import MAX_WORDS
from tests.distill_lines import Lines

A = "/home/dev/app/a.py"


def page(lines: Lines, folder: Path) -> str:
    return body(distill(lines.save(folder), machine="box").to_markdown())


def change(lines: Lines, old: str, new: str, path: str = A) -> int:
    return lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})


def test_what_edits_wrote_is_quoted(tmp_path: Path) -> None:
    """As it is now: what a later edit replaced, or a checkout took back, is not."""
    lines = Lines()
    lines.user("please mend the parser")
    old = change(
        lines, "def days():\n    pass", "def days(text):\n    zones = read_zones(text)\n    return len(zones)"
    )
    lines.say("Done.")
    assert f"> L{old} written in a.py: def days(text): zones = read_zones(text) return len(zones)" in page(
        lines, tmp_path
    )
    new = change(
        lines,
        "    zones = read_zones(text)\n",
        "    marks = read_marks(text, most=MOST_MARKS, strict=True)\n",
    )
    lines.say("Done again.")
    told = page(lines, tmp_path)
    assert f"> L{new} written in a.py: marks = read_marks(text, most=MOST_MARKS, strict=True)" in told
    assert "zones = read_zones(text) return" not in told
    lines.bash("git checkout -- a.py")
    lines.say("Taken back.")
    assert "written in a.py" not in page(lines, tmp_path)


def test_the_page_keeps_its_length(tmp_path: Path) -> None:
    """However much was written."""
    lines = Lines()
    lines.user("please mend the parser")
    for at in range(40):
        change(lines, f"x{at}", " ".join(f"name{at}_{word}" for word in range(90)), f"/home/dev/app/f{at}.py")
    lines.say("Done.")
    told = page(lines, tmp_path)
    assert "written in f39.py" in told
    assert len(told.split()) <= MAX_WORDS + 5


def test_code_of_a_report(tmp_path: Path) -> None:
    """What a sub-agent quotes of the code it found stands nowhere else."""
    lines = Lines()
    lines.user("where is the count?")
    report = "Found it.\n```ts\ncount: keys.size > 0 ? keys.size : undefined, // shown only with keys\n```\n"
    lines.tool("Task", {"description": "find", "prompt": "look", "subagent_type": "Explore"}, report)
    lines.say("It is there.")
    assert "sub-agent, in code: ts count: keys.size > 0 ? keys.size : undefined," in page(lines, tmp_path)


def test_how_things_stand_comes_first(tmp_path: Path) -> None:
    """Every command that passed on the files as they are, what was not done, and prompts that changed nothing."""
    lines = Lines()
    lines.user("please mend the parser")
    edit = lines.edit(A)
    first = lines.bash("go test ./...", "ok  \tx/y\t0.2s") + 1
    lines.bash("go test -tags=slow ./slow", "ok  \tx/slow\t9.1s")
    lines.say("Done.")
    ask = lines.user("are you sure? it is still grey")
    lines.say("Let me look.")
    lines.user("ah, now it works")
    lines.say("Good.")
    told = page(lines, tmp_path)
    section = told.partition("## How it stands, and what is not proved\n")[2].partition("\n\n## ")[0]
    assert section.splitlines() == [
        f"- also passed after the last edit: test `go test ./...` ok y 0.2s (L{first})",
        "- not seen in this session: a commit, a push, a pull request (L12)",
        f"- no file was edited for the last 2 prompts (since L{ask}); the last edit is of L{edit} (L{edit})",
    ]
    assert told.index("## How it stands") < told.index("## Goal")
