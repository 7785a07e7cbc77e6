"""Comments that an edit adds."""

import json
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.edits import MAX_CHARS, changes_of, comments, comments_of, gist_of, is_test
from spread.distillation_told import RECORD
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines


def test_an_attribute_is_no_comment() -> None:
    """Of Rust and PHP; what stands above it is one."""
    new = "/// How the lamps are lit at night.\n#[derive(Debug, Clone, PartialEq, Eq)]\nenum Lamp {\n    Lit,\n}"
    assert comments(new) == ["How the lamps are lit at night."]


def test_comments_that_were_not_there_before() -> None:
    """Lines that belong together are one; short ones, directives and code are none."""
    old = "// kept from the first version on\n"
    new = (
        "#!/bin/sh\n// kept from the first version on\nlet a = 1; // three words here\n"
        "// The cache is asked first,\n// as the server is slow.\n\n  # retry only once per key\n"
        "// eslint-disable-next-line no-x y z\n"
        '/* closes the socket at once */\n"""Return the name of the key."""\n// short\n'
    )
    assert comments(new, old) == [
        "The cache is asked first, as the server is slow.",
        "retry only once per key",
        "closes the socket at once Return the name of the key. short",
    ]


def test_what_the_preprocessor_is_told_is_no_comment() -> None:
    """Right behind the mark, where comments of other languages have a blank."""
    assert comments("#include <stdio.h>\n#define LINES_OF_LOG the last 40\n#ifdef A_B and so on more") == []
    assert comments("# include the last line of all") == ["include the last line of all"]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("src/test_a.py", True),
        ("a/tests/x.rs", True),
        ("a_test.go", True),
        ("ui/b.spec.ts", True),
        ("test.js", True),
        ("shop/tests.py", True),
        ("/app/tests/gate.yml", True),
        ("/app/.github/workflows/test.yml", False),
        (r"C:\app\.github\workflows\test.yml", False),
        ("src/latest.py", False),
        ("src/contest/a.py", False),
    ],
)
def test_which_files_hold_tests(path: str, is_one: bool) -> None:
    """By the names that test runners look for."""
    assert is_test(path) == is_one


def test_every_form_of_an_edit() -> None:
    """A new file, a replacement and several replacements in one; whatever else an input holds is no text."""
    note = "# asks the cache before the server"
    assert comments_of(Call(1, "", "Write", {"content": note})) == note[2:]
    edits = [{"new_string": note}, {"new_string": "# gives up after three tries", "old_string": ""}, 7]
    assert (
        comments_of(Call(1, "", "MultiEdit", {"edits": edits})) == f"{note[2:]}\ngives up after three tries"
    )
    assert comments_of(Call(1, "", "Edit", {"new_string": note, "old_string": note})) == ""
    assert comments_of(Call(1, "", "Edit", {"new_string": 5})) == ""
    assert len(comments_of(Call(1, "", "Write", {"content": f"{note}\n\n" * 400}))) == MAX_CHARS


def test_what_an_edit_replaced_is_not_told(tmp_path: Path) -> None:
    """Of a document only what stands there in the end is told."""
    lines = Lines()
    lines.user("please write the notes")
    path, first = (
        f"{CWD}/notes.md",
        "Beyond ten commits the dispatch summary is asked.\nTitles have seventy characters.",
    )
    lines.tool("Edit", {"file_path": path, "old_string": "x", "new_string": first})
    then = {
        "old_string": first.splitlines()[0],
        "new_string": "Beyond ten commits their subjects are listed.",
    }
    lines.tool("Edit", {"file_path": path, **then})
    value = distill(lines.save(tmp_path), machine="desk")
    told = f"{value.context}\n{value.completed}"
    assert "dispatch" not in told
    assert "seventy" in told
    assert "subjects" in told


def test_a_sentence_that_goes_on_over_lines_is_told_whole(tmp_path: Path) -> None:
    """An edit of prose wraps its lines; those around one that was replaced since are not put together."""
    lines = Lines()
    lines.user("please write the notes")
    path = f"{CWD}/notes.md"
    first = "The lamp of the upper hall is lit by its own switch,\nwhich hangs beside the door of the cellar."
    lines.tool("Edit", {"file_path": path, "old_string": "x", "new_string": first})
    second = "The bell in the tower is wound up by hand each week,\nby whoever has the key\nof the tower and some time."
    lines.tool("Edit", {"file_path": path, "old_string": "y", "new_string": second})
    lines.tool("Edit", {"file_path": path, "old_string": second.splitlines()[1], "new_string": "by all"})
    told = distill(lines.save(tmp_path), machine="desk").to_markdown()
    assert first.replace("\n", " ") in told
    assert "each week, of the tower" not in told


def test_why_a_change_was_made_and_how_a_thing_is_started(tmp_path: Path) -> None:
    """Both stand in the log, with the file and the line."""
    lines = Lines()
    lines.user("please mend the server")
    lines.tool(
        "Write",
        {"file_path": "/home/dev/app/a.py", "content": "import os\n# Kubo listens on another host here\n"},
    )
    lines.tool("Bash", {"command": "DB_HOST=db.local PORT=5000 npm run dev"}, "listening")
    lines.tool("Bash", {"command": "grep -rn alpha src"}, "a.py:3: alpha")
    lines.tool("Bash", {"command": "BASE=$(git merge-base main HEAD) && npm run dev:base"}, "listening")
    lines.tool("Bash", {"command": "GIT_EDITOR=true git rebase -i main"}, "Successfully rebased")
    lines.tool("Bash", {"command": "A_EDITOR=true B_EDITOR=true git rebase -i next"}, "Successfully rebased")
    lines.tool("Bash", {"command": 'PLACE="$(go env PLACE)/terminal"; ls "$PLACE"; make look'}, "a.go")
    told = distill(lines.save(tmp_path), machine="desk").context.partition(RECORD)[0]
    assert "comment in a.py: Kubo listens on another host here" in told
    assert "ran: DB_HOST=db.local PORT=5000 npm run dev" in told
    assert not any(map(told.__contains__, ("grep", "merge-base", "rebase", "go env")))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"version": "0.3.0",', '"version": "0.4.0",', ['`"version": "0.3.0",` → `"version": "0.4.0",`']),
        ("a\n  retries = 3\nb", "a\n  retries = 5\nb", ["`retries = 3` → `retries = 5`"]),
        ("x = f(a, b, c, d, 1)", "x = f(a, b, c, d, 2)", ["`c, d, 1)` → `c, d, 2)`"]),
        ("import a", "import b", []),  # says nothing of what it does
        ("x = 'a'", 'x = "a"', []),  # only layout
        ('say(\\"a day\\")', 'say("a day")', []),
        ("a\nif b:\n  c", "d = 1\na\nif b or d:\n  c", ["`if b:` → `if b or d:`"]),  # the lines stand apart
        ("a\nb\nc", "d\ne\nf", []),  # more than a line or two
        ("a = 1", "a = 1\nb = 2", []),  # nothing was there before
    ],
)
def test_small_edits_are_told_old_to_new(old: str, new: str, told: list[str]) -> None:
    """The part that differs, with a word or two around it."""
    call = Call(1, "k", "Edit", {"old_string": old, "new_string": new})
    assert changes_of(call) == told


def test_an_edit_that_was_edited_again_is_not_told(tmp_path: Path) -> None:
    """Only what still stands there counts."""
    lines = Lines()
    lines.user("let the fetcher try more often")
    for old, new in (("pause(short)", "pause(longer)"), ("pause(longer)", "pause(slow)")):
        lines.tool("Edit", {"file_path": "/home/dev/app/net.py", "old_string": old, "new_string": new})
    lines.say("The fetcher tries more often now, as was asked for.")
    told = distill(lines.save(tmp_path), machine="box").context
    assert "edit of net.py: `pause(longer)` → `pause(slow)`" in told
    assert "`pause(short)`" not in told


def test_a_file_is_told_by_its_folder_where_two_have_its_name(tmp_path: Path) -> None:
    """Else what was done in one would be taken for the other's."""
    lines = Lines()
    lines.user("let both stores answer sooner")
    for path, said in (
        ("disk/store.py", "asks the index first"),
        ("net/store.py", "keeps one socket open"),
        ("net/wire.py", "packs numbers in bytes"),
    ):
        new = f"# {said} now\n"
        lines.tool("Edit", {"file_path": f"{CWD}/{path}", "old_string": "", "new_string": new})
    lines.say("Both answer sooner.")
    told = distill(lines.save(tmp_path), machine="box").context
    for name in ("disk/store.py: asks the", "net/store.py: keeps one", " wire.py: packs numbers"):
        assert name in told


def test_a_layout_is_no_change() -> None:
    """Lines that differ in blanks, and the rules of tables, are neither what an edit changed nor its gist."""

    def gist(old: str, new: str) -> str:
        return gist_of(Call(1, "", "Edit", {"old_string": old, "new_string": new}))

    assert gist("| a   | b   |\n| --- | --- |\n| c | d  |", "| a | b |\n|---|---|\n| c | d |") == ""
    assert gist("Port int\nName string", "Port  int\nName  string\nLimit int") == "+`Limit int`"
    assert gist("Port int\nName string", "Port  int\nName  text") == "`Name string` → `Name text`"


def test_a_linter_that_is_silenced_is_told() -> None:
    """Of a comment that was added nothing is told, but that by it nothing was mended; code beside it tells more."""

    def gist(old: str, new: str) -> str:
        return gist_of(Call(1, "", "Edit", {"old_string": old, "new_string": new}))

    assert gist("run()", "// it runs\nrun()") == ""
    assert gist("run()", "//nolint:errlint // it ends\nrun()") == "+`//nolint:errlint // it ends`"
    assert gist("run()", "//nolint:errlint // it ends\nrun()\nstop()") == "+`stop()`"


def test_lines_that_a_later_edit_replaced_are_not_told(tmp_path: Path) -> None:
    """Over several lines, too: they no longer stand."""
    for later, told_of in (("  const bright = lamp.low();\n  return bright;", False), ("  go();", True)):
        lines = Lines()
        lines.user("compare the lamps without their case")
        path = f"{lines.cwd}/lamps.js"
        given = [
            ("  return lamp === old;", "  const bright = lamp.low();\n  return bright;"),
            (later, "  stay();"),
        ]
        for old, new in given:
            lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})
        lines.say("They are compared.")
        lines.user("and now the gate")
        lines.say("It is open.")
        context = lines.distilled(tmp_path).context
        assert ("→ `const bright = lamp.low(); return bright;`" in context) is told_of


@pytest.mark.parametrize("out", [True, False])
def test_an_edit_of_which_a_later_one_takes_out_a_line_is_not_told(tmp_path: Path, out: bool) -> None:
    """What it put in stands there no longer as it would be told."""
    lines = Lines()
    lines.user("the routes have to tell what they answer")
    path, call, hook = f"{CWD}/routes.js", "return handler(body)", "console.log(method, path)"
    old, new = "return {status: 200, body: handler(body)}", f"{hook}\n  {call}"
    lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})
    if out:
        lines.tool("Edit", {"file_path": path, "old_string": f"  {hook}\n", "new_string": ""})
    lines.say("They answer.")
    assert ("console.log(method, path)" in lines.page(tmp_path)) is not out


CELL = {"cell_type": "code", "id": "rate", "source": ["import csv\n", "step = 0.1"]}


@pytest.mark.parametrize(
    ("given", "cells", "told"),
    [
        ({"cell_id": "rate"}, [CELL], "nb.ipynb: step 0.1 → 0.5"),
        ({"cell_id": "cell-0"}, [{"source": "step = 0.1"}], "nb.ipynb: step 0.1 → 0.5"),
        ({"cell_id": "rate", "edit_mode": "insert"}, [CELL], "nb.ipynb: step = 0.5"),
        ({"cell_id": "rate", "edit_mode": "delete"}, [CELL], "nb.ipynb: removed `step`"),
        ({"cell_id": "other"}, [CELL], ""),
        ({"cell_id": "rate"}, [7, CELL], ""),
    ],
)
def test_an_edit_of_a_cell_is_told_as_one_of_what_stood_there(
    tmp_path: Path, given: dict[str, str], cells: list[object], told: str
) -> None:
    """The client shows the notebook as it was before; where the cell is not found, nothing is known of it."""
    lines = Lines()
    lines.user("please take larger steps")
    of = {"notebook_path": f"{CWD}/nb.ipynb", "new_source": "import csv\nstep = 0.5", **given}
    lines.tool("NotebookEdit", of, "Updated cell", twin={"original_file": json.dumps({"cells": cells})})
    lines.say("They are larger.")
    made = lines.distilled(tmp_path)
    net = [text.removeprefix("net edit of ") for text in made.completed if text.startswith("net edit of ")]
    assert made.files.modified == ("nb.ipynb",)
    assert net == ([told] if told else [])
