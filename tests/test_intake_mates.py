"""What a teammate gets of a hand-off: nothing of where things lie on this machine."""

from pathlib import Path

import pytest

from spread.distillation import Distillation
from spread.distillation_fields import Files, ProjectRef
from spread.intake_mates import for_mate, homes_of

HOME = "/home/susanna"
TOP = f"{HOME}/clients/acme/it"


def made(**fields: object) -> Distillation:
    project = ProjectRef(id=f"path:{HOME}/git/it", directory="~/clients/acme/it")
    return Distillation(id="s.1", session_id="s", project=project, **fields)  # type: ignore[arg-type]


def test_paths_of_the_project_and_of_the_home() -> None:
    """They begin at the project's top, or with `~`; what only begins alike is another's."""
    told = for_mate(
        made(
            goal=f"mend {TOP}/cart.py and {HOME}/diary.md, in {TOP}.", next=f"`cd {TOP} && pytest`",
            failed=(f"{TOP}-old/a.py", f"{HOME}x/b", "~/.claude/projects/-home-susanna-clients-acme-it/a.jsonl"),
        ), HOME,
    )  # fmt: skip
    assert told.goal == "mend cart.py and ~/diary.md, in .."
    assert told.next == "`cd . && pytest`"
    assert told.failed == (
        "~/clients/acme/it-old/a.py",
        f"{HOME}x/b",
        "~/.claude/projects/-~-clients-acme-it/a.jsonl",
    )
    assert told.project == ProjectRef(id=f"path:{HOME}/git/it")
    assert "susanna-" not in told.to_markdown()


def test_what_was_read_outside() -> None:
    """It is not listed, and the lines of the rest stay theirs."""
    files = Files(modified=("~/x", "a.py"), read=("~/diary.md", "b.py", "/etc/hosts"))
    told = for_mate(made(files=files, evidence={"files.read": ("L1", "L2", "L3"), "goal": ("L4",)}), HOME)
    assert told.files == Files(modified=("~/x", "a.py"), read=("b.py",))
    assert told.evidence == {"files.read": ("L2",), "goal": ("L4",)}
    told = for_mate(made(files=Files(read=("~/diary.md",)), evidence={"files.read": ("L1",)}), HOME)
    assert not told.evidence
    assert for_mate(made(files=files, evidence={"files.read": ("L1",)}), HOME).evidence == {
        "files.read": ("L1",)
    }


def test_no_home() -> None:
    """Where the home is the root, or no work tree is known, nothing else is changed."""
    bare = Distillation(id="s.1", session_id="s", goal="mend /a/b")
    assert for_mate(bare, "") == bare
    assert for_mate(bare, "", "/") == bare
    assert homes_of()[0] != "/"


def test_a_home_that_is_the_root_names_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine happens to stand is no home."""
    monkeypatch.setenv("HOME", "/")
    monkeypatch.chdir(tmp_path)
    there = Distillation(id="s.1", session_id="s", goal=f"mend {tmp_path}/b")
    assert for_mate(there, *homes_of()) == there


def test_a_home_that_is_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs name it by where it lies."""
    (tmp_path / "volume").mkdir()
    (tmp_path / "home").symlink_to("volume")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    told = for_mate(made(goal=f"mend {tmp_path}/volume/diary.md"), *homes_of())
    assert told.goal == "mend ~/diary.md"
