"""A file is named by so much of its path that no other file of the session is meant."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distillation_paths import is_within, shortest, speaks_of, within_any
from tests.distill.lines import CWD, Lines


def test_the_shortest_end_that_tells_paths_apart() -> None:
    """A path that is the end of another stands in full, and that other with what stands before it."""
    assert shortest(["types/index.ts", "web/src/types/index.ts", "web/a.ts", "web/a.ts"]) == {
        "types/index.ts": "types/index.ts",
        "web/src/types/index.ts": "src/types/index.ts",
        "web/a.ts": "a.ts",
    }
    assert shortest(["a/x.py", "b/x.py", "x.py"]) == {"a/x.py": "a/x.py", "b/x.py": "b/x.py", "x.py": "x.py"}
    assert shortest(["a/b/x.py", "y.py"], ["c/b/x.py", "d/b/x.py"]) == {
        "a/b/x.py": "a/b/x.py",
        "y.py": "y.py",
    }
    assert shortest(["a/b/x.py", "z/a/c/x.py"]) == {"a/b/x.py": "b/x.py", "z/a/c/x.py": "c/x.py"}


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
    page = lines.page(tmp_path)
    assert "web/parts/list.py: +`NewList`" in page
    assert "- 1a2b3c4: b.py, web/parts/list.py" in page or "- 1a2b3c4: web/parts/list.py, b.py" in page


@pytest.mark.parametrize(
    ("text", "path", "means"),
    [
        ("cat types/README.md", "/x/hooks/README.md", False),
        ("cat hooks/README.md", "/x/hooks/README.md", True),
        ("cat ./README.md", "/x/README.md", True),
        ("head data.py", "/x/a.py", False),
        ("head data.py a.py", "/x/a.py", True),
        ('head "$D/a.py"', "/x/a.py", True),
    ],
)
def test_a_text_that_names_a_file(text: str, path: str, means: bool) -> None:
    """Not one of the same name elsewhere, nor one whose name ends so."""
    assert speaks_of(text, path) == means


def test_what_was_looked_at_is_the_file_that_changed_later(tmp_path: Path) -> None:
    """A file of the same name in another folder is another one."""
    lines = Lines()
    lines.user("please mend the lists")
    lines.bash("tally web/notes.cfg core/notes.cfg", "812 web/notes.cfg\n45 core/notes.cfg\n857 total")
    lines.bash("weigh web/notes.cfg", "Access rights of this one are 0644")
    lines.tool("Edit", {"file_path": f"{CWD}/core/notes.cfg", "old_string": "a = 1", "new_string": "a = 2"})
    lines.say("Done.")
    page = lines.page(tmp_path)
    assert "`tally web/notes.cfg core/notes.cfg` (notes.cfg changed later, L6)" in page
    assert "`weigh web/notes.cfg` →" in page


@pytest.mark.parametrize(
    ("path", "place", "within"),
    [
        ("/a/b", "/a/b", True),
        ("/a/b/c.py", "/a/b", True),
        ("/a/b/c.py", "/a/b/", True),
        ("/a", "/", True),
        ("/a/bc", "/a/b", False),
        ("/a", "/a/b", False),
        ("/a/b", "/a/b/", False),
    ],
)
def test_what_is_within_a_place(path: str, place: str, within: bool) -> None:
    """A place holds itself and what is below it, not what only begins alike."""
    assert is_within(path, place) == within


def test_paths_below_any_of_many_places() -> None:
    """Held against all places at once, a path counts as it does held against each of them."""
    paths = ["/a", "/a/b.py", "/ab/c.py", "/d/e/f.py", "/d/e2", "g.py", ""]
    for places in ([], ["/a"], ["/a/", "/d/e"], ["g.py", "/"], ["", "/d"]):
        each = {path for path in paths if any(is_within(path, place) for place in places)}
        assert within_any(paths, places) == each


@given(st.lists(st.from_regex(r"\A/?(?:[ab]/){0,3}[xy]\Z"), max_size=8), st.integers(0, 8))
def test_an_end_is_of_one_path_alone(paths: list[str], count: int) -> None:
    """No other path ends so, unless it is all of the path, and with less of it another would."""
    known = dict.fromkeys(paths)
    for path, end in shortest(paths[:count], paths[count:]).items():
        others = [f"/{other}" for other in known if other != path]
        assert end == path or (path.endswith(f"/{end}") and not any(o.endswith(f"/{end}") for o in others))
        shorter = end.partition("/")[2]
        assert not shorter or any(o.endswith(f"/{shorter}") for o in others)
