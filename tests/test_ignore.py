"""`.spreadignore`: what it names is named in no hand-off."""

import os
import time
from pathlib import Path

import pytest

from spread import ignore
from spread.distill import distill
from spread.distillation import Distillation
from spread.distillation_fields import Files, Rename, Todo, Validation
from spread.ignore import Ignore
from spread.project import Project
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    ("lines", "path", "out"),
    [
        ("*.key", "a.key", True), ("*.key", "deep/down/a.key", True), ("*.key", "a.keys", False),
        ("/plan.md", "plan.md", True), ("/plan.md", "docs/plan.md", False), ("plan.md", "docs/plan.md", True),
        ("docs/plan.md", "docs/plan.md", True), ("docs/plan.md", "x/docs/plan.md", False),
        ("private/", "private/a/b.txt", True), ("private/", "x/private/a", True), ("private/", "private", False),
        ("private", "private/a", True), ("private/", "private/", True),
        ("a/**/z", "a/z", True), ("a/**/z", "a/b/c/z", True), ("a/**/z", "a/b/c/zz", False),
        ("**/tmp", "x/y/tmp/f", True), ("a/**", "a/b", True), ("a/**", "a", False),
        ("?.txt", "b.txt", True), ("?.txt", "bb.txt", False), ("[ab].txt", "a.txt", True), ("[!a].txt", "a.txt", False),
        ("# note\n\n*.log", "x.log", True), ("\\#x", "#x", True), ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README.md", "x/NOTES.md", True), ("!a\na", "a", True), ("", "a", False), ("/", "a", False),
        ("*.key", "./a.key", True), ("*.key", "~/a.key", False), ("*.key", "../a.key", False),
        ("*.key", "/elsewhere/a.key", False), ("/a.key", "/root/it/a.key", True), ("x/*.key", "x\\a.key", True),
        ("/a.key", "///root/it/a.key", True), ("a.key", "//root/a.key", False),
    ],
)  # fmt: skip
def test_patterns(lines: str, path: str, out: bool) -> None:
    """The patterns mean what they mean in `.gitignore`."""
    assert Ignore(lines.split("\n"), "/root/it").matches(path) is out


@pytest.mark.parametrize("root", ["C:\\Users\\dev\\app", "c:/Users/dev/app/"])
@pytest.mark.parametrize(
    "named",
    [
        "C:\\Users\\dev\\app\\private\\plan.md",
        "c:/Users/dev/app/private/plan.md",
        "C:\\users\\Dev\\app\\private\\plan.md",
        "C:\\\\Users\\\\dev\\\\app\\\\private\\\\plan.md",
        "/c/Users/dev/app/private/plan.md",
        "/mnt/c/Users/dev/app/private/x",
        "file:///C:/Users/dev/app/private/plan.md",
        "private\\plan.md",
    ],
)
def test_paths_with_a_drive(root: str, named: str) -> None:
    """An absolute path on Windows is known as the project's however it is spelled; one that lies elsewhere is not."""
    told = Ignore(["/private/"], root).text(f"I wrote ({named}), see https://x.example/private/a.")
    assert "private" not in told.partition(", see")[0], told
    assert "https://x.example/private/a." in told
    assert not Ignore(["private/"], root).matches("D:\\Users\\dev\\app\\private\\plan.md")
    assert not Ignore(["private/"], "/root/it").matches("C:/Users/dev/app/private/plan.md")


def test_a_hostile_file_costs_little() -> None:
    """Many patterns of many stars against a long path end soon: the file may be a stranger's."""
    lines = ["/".join(["**", "*a*a*a*a*a*b"] * 32)] * 5000
    assert not Ignore(lines).matches("/".join(["a" * 100] * 60))
    assert not Ignore(["a"]).matches("/".join(["a"] * 100)), "what is deeper than any path is none"


def test_what_is_left_out_of_a_distillation() -> None:
    """Lists lose the paths, with their lines; texts show a note instead, also for absolute paths."""
    made = Distillation(
        id="s.1", session_id="s", goal="write private/plan.md, then docs/a.md.",
        completed=("edited /root/it/private/plan.md",), todos=(Todo("see `private/x`"),), next="read (private/plan.md)",
        validation=Validation(command="cat private/plan.md | wc"),
        files=Files(
            created=("private/plan.md", "docs/a.md"), modified=("private/x",), renamed=(Rename("private/y", "y"),),
            read=("README.md",),
        ),
        evidence={"files.created": ("L1", "L2"), "files.modified": ("L3",), "files.renamed": ("L4",), "goal": ("L9",)},
    )  # fmt: skip
    left = Ignore(["private/"], "/root/it").apply(made)
    assert left.files == Files(created=("docs/a.md",), read=("README.md",))
    assert left.evidence == {"files.created": ("L2",), "goal": ("L9",)}
    assert left.goal == "write [left out], then docs/a.md."
    assert (left.completed, left.next) == (("edited [left out]",), "read ([left out])")
    assert left.validation.command == "cat [left out] | wc"
    for text in (left.to_markdown(), left.to_json()):
        assert "private" not in text
        assert "plan.md" not in text
    assert Ignore().apply(made) is made


def test_it_is_read_from_the_top_of_the_project(tmp_path: Path) -> None:
    """A distillation is made with it; without a file nothing is left out."""
    session = Lines(str(tmp_path))
    session.user("write private/plan.md and open.md")
    path = session.save(tmp_path)
    project = Project(root=str(tmp_path))
    assert "private/plan.md" in distill(path, machine="m", project=project).goal
    (tmp_path / ignore.NAME).write_text("private/\n")
    assert distill(path, machine="m", project=project).goal == "write [left out] and open.md"
    assert not ignore.load(None)


def test_one_that_cannot_be_read_stops_it(tmp_path: Path) -> None:
    """What is not known cannot be kept out: nothing is made; a pipe is not waited for."""
    for make in (os.mkdir, os.mkfifo):
        (tmp_path / make.__name__).mkdir()
        make(tmp_path / make.__name__ / ignore.NAME)
        with pytest.raises(OSError, match="plain file"):
            ignore.load(str(tmp_path / make.__name__))


def test_a_pattern_longer_than_any_name_is_none() -> None:
    """The file may be anyone's, and brackets that are never closed are looked through once for each of them."""
    began = time.process_time()
    read = Ignore(["[" * (ignore.MAX_BYTES // 2), "private/"])
    assert [read.matches(path) for path in ("docs/a.md", "private/a.md")] == [False, True]
    assert time.process_time() - began < 1.0  # took ten
