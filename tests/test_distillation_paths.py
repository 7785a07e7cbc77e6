"""A file is named by so much of its path that no other file of the session is meant."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from spread.distillation_paths import shortest
from tests.distill_lines import CWD, Lines


def test_the_shortest_end_that_tells_paths_apart() -> None:
    """A path that is the end of another stands in full, and that other with what stands before it."""
    assert shortest(["types/index.ts", "web/src/types/index.ts", "web/a.ts", "web/a.ts"]) == {
        "types/index.ts": "types/index.ts",
        "web/src/types/index.ts": "src/types/index.ts",
        "web/a.ts": "a.ts",
    }
    assert shortest(["a/x.py", "b/x.py", "x.py"]) == {"a/x.py": "a/x.py", "b/x.py": "b/x.py", "x.py": "x.py"}


def test_edits_and_commits_are_of_one_file(tmp_path: Path) -> None:
    """Of files of one name in folders of one name each has its own."""
    lines = Lines()
    lines.user("please add the lists")
    for path, name in (
        ("parts/list.py", "OldList"),
        ("web/parts/list.py", "NewList"),
        ("web/parts/b.py", "Rest"),
    ):
        content = f"class {name}:\n    pass\n"
        lines.tool("Write", {"file_path": f"{CWD}/{path}", "content": content}, twin={"type": "create"})
    lines.bash(
        "git add web/parts/list.py web/parts/b.py && git commit -m 'add the lists'",
        "[main 1a2b3c4] add the lists\n 2 files changed, 4 insertions(+)\n create mode 100644 web/parts/b.py\n"
        " create mode 100644 web/parts/list.py",
    )
    lines.say("Done.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "web/parts/list.py: +`NewList`" in page
    assert "- 1a2b3c4: b.py, web/parts/list.py" in page or "- 1a2b3c4: web/parts/list.py, b.py" in page
