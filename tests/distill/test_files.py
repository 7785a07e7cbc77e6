"""The state of each file a session touched."""

from pathlib import Path

import pytest

from spread.distill.effect import Effect
from spread.distill.files import FileLedger, absolute, relative
from spread.distill.reported import named_by
from tests.distill.lines import CWD, Lines


@pytest.mark.parametrize(
    ("path", "here", "wanted"),
    [
        ("a.py", "/p", "/p/a.py"),
        ("./x/../a.py", "/p", "/p/a.py"),
        ("/q/a.py", "/p", "/q/a.py"),
        ("~/a.py", "/p", "~/a.py"),
        ("~/q/a.py", "/home/dev/p", "/home/dev/q/a.py"),
        ("~", "/home/dev/p", "/home/dev"),
        ("~/a.py", "C:\\Users\\dev\\p", "C:/Users/dev/a.py"),
        ("~bob/a.py", "/home/dev/p", "~bob/a.py"),
        ("C:\\p\\a.py", "C:\\p", "C:/p/a.py"),
        ("c:/p/a.py", "C:\\p", "C:/p/a.py"),
        ("/c/p/a.py", "C:\\p", "C:/p/a.py"),
        ("/mnt/c/p/a.py", "C:\\p", "C:/p/a.py"),
        ("src\\a.py", "C:\\p", "C:/p/src/a.py"),
        ("", "/p", ""),
    ],
)
def test_absolute(path: str, here: str, wanted: str) -> None:
    """One spelling for one file, on Windows and in its shells as well."""
    assert absolute(path, here) == wanted


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/home/dev/p/a.py", "a.py"),
        ("/home/dev/pq/a.py", "~/pq/a.py"),
        ("/Users/dev/x", "~/x"),
        ("/etc/hosts", "/etc/hosts"),
        ("C:/Users/dev/x", "~/x"),
    ],
)
def test_relative(path: str, wanted: str) -> None:
    """From the project's root, else from the home directory, else as it is."""
    assert relative(path, "/home/dev/p") == wanted


def test_windows_root_is_found_whatever_its_case() -> None:
    """Windows paths are compared without case."""
    assert relative("C:/users/Dev/P/a.py", "C:/Users/dev/p") == "a.py"


def test_later_facts_supersede_earlier_ones() -> None:
    """Each path ends in one list, by what it came to."""
    files = FileLedger()
    files.write("/p/new", 1, created=True)
    files.write("/p/new", 2, created=False)
    files.write("/p/gone", 3, created=True)
    files.delete("/p/gone", 4)
    files.write("/p/old", 5, created=False)
    files.delete("/p/old", 6)
    files.delete("/p/back", 7)
    files.write("/p/back", 8, created=True)
    assert (files.created, files.modified, files.deleted) == ({"/p/new": 2}, {"/p/back": 8}, {"/p/old": 6})
    assert files.last_change == 8


def test_renames_follow_the_file() -> None:
    """A renamed new file is a new file; one renamed twice has one old name; directories move what is in them."""
    files = FileLedger()
    files.write("/p/d/new", 1, created=True)
    files.rename("/p/d", "/p/e", 2)
    files.rename("/p/a", "/p/b", 3)
    files.rename("/p/b", "/p/e", 4)  # a known directory: into it
    assert files.created == {"/p/e/new": 2}
    assert files.renamed == {"/p/e/b": ("/p/a", 4)}
    assert (files.edited()["/p/e/b"], files.edited_at("/p/e/b")) == (4, 4)
    files.write("/p/e/b", 7, created=False)
    assert (files.edited()["/p/e/b"], files.edited_at("/p/e/b")) == (7, 7)


def test_read_files_leave_the_list_when_changed() -> None:
    """A file is read or changed, not both; overwriting a known file does not create it."""
    files = FileLedger()
    files.saw("/p/a", 1)
    files.apply(Effect("write", "a"), "/p", 2)
    assert (files.read, files.created, files.modified) == ({}, {}, {"/p/a": 2})


def test_reverted_files_are_not_modified() -> None:
    """What git took back, one file or a directory, did not change."""
    files = FileLedger()
    files.write("/p/x/a", 1, created=False)
    files.write("/p/b", 2, created=False)
    files.apply(Effect("revert", "x"), "/p", 3)
    assert files.modified == {"/p/b": 2}


def test_noise_and_backups_are_left_out() -> None:
    """Temporary files, caches, forced removal of unknown files and a backup put back change nothing."""
    files = FileLedger()
    files.apply(Effect("write", "/tmp/x"), "/p", 1)
    files.apply(Effect("tree", "node_modules"), "/p", 2)
    files.apply(Effect("delete", "maybe", sure=False), "/p", 3)
    files.apply(Effect("copy", "a", "/tmp/a.bak"), "/p", 4)
    files.apply(Effect("copy", "/tmp/a.bak", "a"), "/p", 5)
    assert (files.created, files.modified, files.deleted) == ({}, {}, {})


def test_files_from_outside_are_created_and_moved_away_deleted() -> None:
    """Moving in makes a file, moving out removes one."""
    files = FileLedger()
    files.apply(Effect("rename", "/tmp/x", "in.txt"), "/p", 1)
    files.apply(Effect("rename", "out.txt", "/tmp/y"), "/p", 2)
    assert (files.created, files.deleted) == ({"/p/in.txt": 1}, {"/p/out.txt": 2})


def test_files_that_a_sub_agent_reports_as_new() -> None:
    """A report names them one by one or in a list below a heading; what it only changed is not new."""
    report = (
        "**Created file:** `/srv/x/a.go` (package x)\nUpdated `/srv/x/b.go`.\n\n**Files created:**\n"
        "- `/srv/x/c.go` - types\n- `make all`\nNotes:\n- `/srv/x/d.go` is old"
    )
    assert named_by(report) == (["/srv/x/a.go", "/srv/x/c.go"], [], [])
    files = FileLedger()
    files.saw("/srv/x/c.go", 1)
    files.reported(report, "/srv", 2)
    files.write("/srv/x/a.go", 3, created=False)
    assert (files.created, files.modified) == ({"/srv/x/a.go": 3}, {})


def test_files_that_a_sub_agent_reports_as_changed() -> None:
    """A list below a heading names them: known files are changed then, new ones made; what fits none tells nothing."""
    report = (
        "**Files changed** (all below `lib`, nothing else touched):\n- `lib/a.go` - a\n  - `kept.go` as it was\n"
        "- `/srv/x/lib/new.go` (new) - b\n- `lib/other.go`(new)\n- `b.go` - c\n- `unheard.go`\n\n"
        "To be looked at:\n- `/srv/x/lib/c.go`"
    )
    assert named_by(report) == (
        ["/srv/x/lib/new.go"],
        ["lib/a.go", "b.go", "unheard.go"],
        ["lib/other.go"],
    )
    files = FileLedger()
    files.write("/srv/x/lib/a.go", 1, created=True)
    for path in ("/srv/x/lib/b.go", "/srv/x/b.go", "/srv/x/lib/c.go"):
        files.saw(path, 1)
    files.reported(report, "/srv/x/lib", 5)
    assert files.created == {"/srv/x/lib/a.go": 5, "/srv/x/lib/new.go": 5}
    assert files.modified == {"/srv/x/lib/b.go": 5}
    assert files.last_change == 5


def test_new_files_of_a_report_stand_where_its_changed_ones_do() -> None:
    """Its paths are all from one directory, which those tell that are known; where they tell two, nobody knows."""
    report = "**Files changed:**\n- `lib/a.go` - a\n- `lib/new.go` (new) - b\n- `lib/sub/c.go` - c\n"
    for folder, made in (("/srv/x/", {"/srv/x/lib/new.go": 5}), ("/srv/y/", {})):
        files = FileLedger()
        files.saw("/srv/x/lib/a.go", 1)
        files.saw(f"{folder}lib/sub/c.go", 1)
        files.reported(report, "/srv/x/lib", 5)
        assert files.created == made
    files = FileLedger()
    files.reported(report, "/srv/x/lib", 5)
    assert files.created == {}


def test_what_came_and_went_is_remembered() -> None:
    """A file made and deleted in the session is in no list of changes, but known to have been."""
    files = FileLedger()
    for name in ("a", "b"):
        files.write(f"/x/{name}.py", 1, created=True)
        files.delete(f"/x/{name}.py", 2)
    files.write("/x/b.py", 3, created=True)
    assert files.gone == {"/x/a.py": 2}
    assert files.created == {"/x/b.py": 3}


def test_what_was_created_keeps_the_line_where_it_was() -> None:
    """A later write does not move the creation; one after a deletion is another."""
    files = FileLedger()
    files.write("/p/a.py", 3, created=True)
    files.write("/p/a.py", 9, created=False)
    assert (files.first["/p/a.py"], files.created["/p/a.py"]) == (3, 9)
    files.rename("/p/a.py", "/p/b.py", 11)
    assert files.first == {"/p/b.py": 3}
    files.delete("/p/b.py", 12)
    files.write("/p/b.py", 15, created=True)
    assert files.first == {"/p/b.py": 15}


def test_what_was_read_is_not_told_when_its_folder_is_gone() -> None:
    """Nobody can read it again; a folder whose name only begins so is another."""
    files = FileLedger()
    for path in ("/p/out/a.md", "/p/outer.md"):
        files.read[path] = 1
    files.apply(Effect("tree", "out"), "/p", 2)
    assert list(files.read) == ["/p/outer.md"]


def test_what_was_edited_is_gathered_once_nothing_more_is_added() -> None:
    """The same after closing as before, however often it is asked for."""
    files = FileLedger()
    files.write("/p/a.py", 1, created=True)
    files.write("/p/b.py", 2, created=False)
    files.told.add("/p/b.py")
    before = files.edited()
    files.close()
    assert files.edited() == before == {"/p/a.py": 1}
    assert files.edited() is files.edited()


def test_what_may_have_been_written_is_listed_only_if_it_was_changed_before() -> None:
    """Whatever was checked before it may be another now."""
    files = FileLedger()
    files.write("/p/a.py", 1, created=True)
    files.apply(Effect("maybe", "b.py"), "/p", 2)
    assert (files.created, files.modified, files.last_change) == ({"/p/a.py": 1}, {}, 2)
    files.apply(Effect("maybe", "a.py"), "/p", 3)
    assert files.created == {"/p/a.py": 3}


def test_what_is_made_anew_did_not_go() -> None:
    """A file that came, went and came again by what git tells is there."""
    files = FileLedger()
    files.write("/p/a.py", 1, created=True)
    files.delete("/p/a.py", 2)
    files.made("/p/a.py", 3)
    assert (files.created, files.gone) == ({"/p/a.py": 3}, {})


LISTED = (
    "[main 1a2b3c4] x\n 2 files changed\n rename {src => lib}/a.py (90%)\n rename {src => lib}/b.py (100%)"
)


@pytest.mark.parametrize(
    ("steps", "modified", "renamed"),
    [
        ([("git mv src lib", "")], ("lib/a.py",), [("src", "lib")]),
        (
            [("mv src lib", ""), ("git status --short", "R  src/b.py -> lib/b.py")],
            ("lib/a.py",),
            [("src", "lib")],
        ),
        ([("git mv src lib", ""), ("git commit -am x", LISTED)], ("lib/a.py",), [("src", "lib")]),
        ([("git mv src lib", ""), ("git mv lib src", "")], ("src/a.py",), []),
        ([("git mv src/a.py src/c.py", "")], ("src/c.py",), [("src/a.py", "src/c.py")]),
    ],
)
def test_a_folder_that_moved(
    tmp_path: Path, steps: list[tuple[str, str]], modified: tuple[str, ...], renamed: list[tuple[str, str]]
) -> None:
    """With what was changed in it goes all that nobody looked at, told once; what was read there has its new name."""
    lines = Lines()
    lines.user("please rename the sources")
    lines.tool("Read", {"file_path": f"{CWD}/src/c/d.py"}, "1\tx = 1")
    lines.edit(f"{CWD}/src/a.py")
    for step in steps:
        lines.bash(*step)
    made = lines.distilled(tmp_path).files
    assert (made.modified, [(it.old, it.new) for it in made.renamed]) == (modified, renamed)
    assert made.read == ("lib/c/d.py" if ("src", "lib") in renamed else "src/c/d.py",)


def test_a_folder_that_was_made_here_is_no_renamed_one(tmp_path: Path) -> None:
    """All that is in it was made under its first name, and counts as made under the last."""
    lines = Lines()
    lines.user("please begin the library")
    lines.write(f"{CWD}/src/a.py")
    lines.bash("mv src lib")
    made = lines.distilled(tmp_path).files
    assert (made.created, made.renamed) == (("lib/a.py",), ())


def test_a_folder_with_files_of_the_session_is_no_changed_file() -> None:
    """What `git checkout REVISION -- .` put there may be anything: only what was checked before is out of date."""
    files = FileLedger()
    files.write("/p/src/a.py", 1, created=False)
    files.apply(Effect("modify", "."), "/p", 2)
    files.apply(Effect("modify", "src"), "/p", 3)
    files.apply(Effect("modify", "b.py"), "/p", 4)
    assert (files.modified, files.moved) == ({"/p/src/a.py": 1, "/p/b.py": 4}, 3)


def test_the_time_of_a_file_is_no_change() -> None:
    """To touch a file that is known to be there leaves it as it is; else it makes one."""
    files = FileLedger()
    files.saw("/p/read.py", 1)
    files.write("/p/a.py", 2, created=False)
    for at, name in enumerate(("read.py", "a.py", "new.py"), 3):
        files.apply(Effect("touch", name), "/p", at)
    assert (files.modified, files.created, files.last_change) == ({"/p/a.py": 2}, {"/p/new.py": 5}, 5)


@pytest.mark.parametrize(
    ("again", "deleted", "modified"),
    [
        ("ls ..", ("demos",), ()),
        ("mkdir -p demos/new", (), ("demos",)),
        ("cp -r samples demos", (), ("demos",)),
        ("echo x > demos/new.py", (), ("demos",)),
        ("mv samples demos", (), ()),
        ("mkdir demos && touch demos/a.py && rm -rf demos", ("demos",), ()),
        ("mkdir -p demos/new && rm -rf demos", ("demos",), ()),
    ],
)
def test_a_deleted_folder_that_is_made_again_is_there(
    tmp_path: Path, again: str, deleted: tuple[str, ...], modified: tuple[str, ...]
) -> None:
    """It holds something else than before, until it is deleted once more."""
    lines = Lines()
    lines.user("please begin the demos anew")
    lines.bash("rm -r demos")
    for command in again.split(" && "):
        lines.bash(command)
    made = lines.distilled(tmp_path).files
    assert (made.deleted, made.modified) == (deleted, modified)


def test_a_file_that_a_failed_line_moved_on_is_where_the_commit_says(tmp_path: Path) -> None:
    """Of a line that failed nobody knows how far it came; the list of the commit tells."""
    lines = Lines()
    lines.user("please move the reader")
    lines.edit("/home/dev/app/old/a.cc")
    lines.bash("git mv old new")
    lines.bash("git mv new/a.cc new/b.cc && tidy new", "tidy found something", code=4)
    lines.bash(
        "git add -A && git commit -m 'Move it'",
        "[main 1234567] Move it\n 2 files changed, 2 insertions(+)\n rename old/x => new/x (100%)\n"
        " rename old/a.cc => new/b.cc (90%)",
    )
    lines.say("Moved.")
    files = lines.distilled(tmp_path).files
    assert files.modified == ("new/b.cc",)
    assert ("old/a.cc", "new/b.cc") in [(each.old, each.new) for each in files.renamed]
