"""Projects that a generator began."""

from pathlib import Path

import pytest

from spread.distill.begun import folders
from tests.distill.lines import CWD, begun


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("cargo new --lib core", [("core", "")]),
        ("cd web && npm create vite@latest shop -- --template x", [("shop", "web")]),
        ("npx create-next-app@latest site --ts", [("site", "")]),
        ("django-admin startproject shop", [("shop", "")]),
        ("rails new blog && cd blog", [("blog", "")]),
        ("uv init tool/", [("tool", "")]),
        ("npm create vite@latest .", []),
        ("cargo new $NAME", []),
        ("django-admin startproject shop .", []),
        ("docker run x rails new blog", []),
        ("gh pr create --title x", []),
        ("cargo test new", []),
        ("if true; then cargo new a; fi", []),
    ],
)
def test_the_folder_is_the_one_that_the_generator_was_given(
    source: str, wanted: list[tuple[str, str]]
) -> None:
    """Where none is named, or it is the directory itself, none was begun."""
    assert folders(source) == wanted


def test_what_is_edited_in_it_was_created(tmp_path: Path) -> None:
    """Though it was read first, nothing of it was there before the session."""
    lines = begun()
    lines.bash("cargo new core")
    lines.tool("Read", {"file_path": f"{CWD}/core/src/main.rs"}, "1\tfn main() {}")
    lines.edit(f"{CWD}/core/src/main.rs")
    lines.edit(f"{CWD}/src/lib.rs")
    files = lines.distilled(tmp_path).files
    assert (files.created, files.modified) == (("core/src/main.rs",), ("src/lib.rs",))


def test_a_folder_that_was_known_before_was_not_begun(tmp_path: Path) -> None:
    """A generator may go over what is there."""
    lines = begun()
    lines.tool("Read", {"file_path": f"{CWD}/core/a.rs"}, "1\tx")
    lines.bash("cargo new core")
    lines.edit(f"{CWD}/core/a.rs")
    assert lines.distilled(tmp_path).files.modified == ("core/a.rs",)


def test_a_project_begun_and_removed_is_neither(tmp_path: Path) -> None:
    """It came and went, whatever is done in its place later."""
    lines = begun()
    lines.bash("rails new blog")
    lines.bash("rm -r blog")
    files = lines.distilled(tmp_path).files
    assert (files.created, files.deleted) == ((), ())
