"""Where a page has room, it tells what else is on record; and it begins with how things stand."""

from itertools import pairwise
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.ledger import Ledger
from spread.distill.record import RAN, Item, wrote
from spread.distill.record_lines import form, telling
from spread.distill.record_tell import Besides
from spread.distill.said import Log
from spread.distillation import body
from spread.distillation_room import MAX_WORDS
from spread.distillation_sections import RECORD_HEADING
from spread.distillation_told import RECORD
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines

A = "/home/dev/app/a.py"


def page(lines: Lines, folder: Path) -> str:
    return body(distill(lines.save(folder), machine="box").to_markdown())


def change(lines: Lines, old: str, new: str, path: str = A) -> int:
    return lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})


def record(lines: Lines, folder: Path) -> list[str]:
    return page(lines, folder).partition(f"## {RECORD_HEADING}\n")[2].splitlines()


def notice(lines: Lines, task: str, what: str) -> int:
    return lines.user(
        f"<task-notification>\n<task-id>{task}</task-id>\n<status>completed</status>\n"
        f'<summary>Background command "{what}" completed (exit code 0)</summary>\n</task-notification>'
    )


def test_what_commands_did_and_showed(tmp_path: Path) -> None:
    """The last of a command counts; what failed and then worked is told once, as what worked."""
    lines = Lines()
    lines.user("please install the parser")
    lines.bash("brew install acme/tap/parser", "parser 0.9.1 is already installed but outdated", code=1)
    lines.bash("make probe-all", "probe finds 3 of 4 sensors")
    last = lines.bash("make probe-all", "probe finds 4 of 4 sensors\n")
    done = lines.bash("brew install acme/tap/parser", "==> Pouring parser--1.4.2.bottle.tar.gz\n")
    gone = lines.bash("mkdir -p /tmp/parser-cache", "")
    lines.say("Done.")
    assert record(lines, tmp_path) == [
        f">L{gone} `mkdir -p /tmp/parser-cache` → ok",
        f">L{done} `brew install acme/tap/parser` → ==> Pouring parser--1.4.2.bottle.tar.gz",
        f">L{last} `make probe-all` → probe finds 4 of 4 sensors",
    ]


def test_what_looks_found(tmp_path: Path) -> None:
    """A search without a hit, a short file; not of a file that was changed or made later, nor a validation."""
    lines = Lines()
    lines.user("where is the timeout?")
    short = lines.tool("Read", {"file_path": "/home/dev/app/limits.cfg"}, "     1→request_seconds = 45\n")
    lines.tool("Read", {"file_path": A}, "     1→whole_seconds = 12\n")
    none = lines.tool("Grep", {"pattern": "timeoutMillis", "path": "src"}, "No files found")
    lines.tool("Glob", {"pattern": "**/*.toml"}, "No files found")
    some = lines.tool("Grep", {"pattern": "limitMillis", "path": "src", "type": "tsx"}, "No files found")
    lines.tool("Grep", {"pattern": "retryBudget", "path": "src"}, "No matches found")
    shell = lines.bash("grep -rn timeoutSeconds lib", "", code=1)
    content = "retryBudget = 4 * spareMillis\n"
    lines.tool(
        "Write", {"file_path": "/home/dev/app/src/b.toml", "content": content}, twin={"type": "create"}
    )
    lines.bash("pytest -q", "3 passed in 0.1s")
    change(lines, "whole_seconds = 12", "whole_seconds = 13")
    lines.say("Done.")
    told = record(lines, tmp_path)
    assert f">L{short} `Read limits.cfg` → request_seconds = 45" in told
    assert f">L{none} `Grep timeoutMillis in src` → No files found" in told
    assert f">L{some} `Grep limitMillis in src (tsx only)` → No files found" in told
    assert f">L{shell} `grep -rn timeoutSeconds lib` → printed nothing" in told
    assert "whole_seconds = 12 " not in "\n".join(told)
    assert not any("*.toml" in line or "No matches" in line for line in told)
    assert "passed" not in "\n".join(told)


def test_what_the_background_came_to(tmp_path: Path) -> None:
    """And calls of which nothing more is known, and what a commit has overtaken."""
    lines = Lines()
    lines.user("please set up the machine")
    key = lines.call("Bash", {"command": "make toolchain", "run_in_background": True})
    lines.result(key, "Command running in background with ID: b7", twin={"backgroundTaskId": "b7"})
    status = lines.bash("git status --short", "?? scratch/\n?? notes.local\n")
    commit = lines.bash("git commit -qm 'Add the list' list.txt")
    ended = notice(lines, "b7", "Build the toolchain")
    lines.say("Done.")
    lines.call("Bash", {"command": "cargo install ripgrep-all"})
    told = record(lines, tmp_path)
    ran = f">L{ended} in the background `make toolchain`: "
    assert f'{ran}Background command "Build the toolchain" completed (exit code 0)' in told
    assert (
        f">L{status} `git status --short` (before the commit of L{commit}) → ?? scratch/; ?? notes.local"
        in told
    )


def test_what_cannot_be_told_is_not_begun(tmp_path: Path) -> None:
    """A file of one line, too long to be words, leaves no lead without anything behind it."""
    lines = Lines()
    lines.user("please write the list of colours")
    packed = f'{{"colours":["{"red,blue," * 20}"]}}'
    lines.tool(
        "Write", {"file_path": "/home/dev/app/colours.json", "content": packed}, twin={"type": "create"}
    )
    lines.bash("ls colours.json", "colours.json")
    lines.say("Done.")
    page = lines.page(tmp_path)
    assert "taken out of" not in page
    assert "written in colours.json" not in page


def test_what_was_taken_out_and_code_that_was_only_shown(tmp_path: Path) -> None:
    """A commit without a result overtakes nothing."""
    lines = Lines()
    lines.user("please drop the widget settings")
    code = 'settings.reload = lib.mkForce "";'
    said = lines.say(f"This turns all of it off:\n```nix\n{code}\n```\nI take the block out instead.")
    cut = change(lines, "  spacing_of_tiles = 14;\n  kept = true;\n", "  kept = true;\n")
    status = lines.bash("git status --short", " M a.py\n?? scratch/notes.local\n")
    lines.say("Done.")
    lines.call("Bash", {"command": "git commit -qm 'Drop the settings' a.py"})
    told = record(lines, tmp_path)
    assert f">L{cut} taken out of a.py: spacing_of_tiles = 14;" in told
    assert f">L{status} `git status --short` → M a.py; ?? scratch/notes.local" in told
    assert f">L{said} agent, in code: nix {code}" in told


def test_secret_in_the_name_of_a_file_is_redacted(tmp_path: Path) -> None:
    """Also where it is said that the file was changed later."""
    secret = "ghp_" + "".join(f"{at:x}Z" for at in range(4, 22))[:36]
    lines = Lines()
    lines.user("Count the shelves.")
    lines.bash(f"./count > {secret}.txt", "12 shelves, of which 4 are lit")
    lines.edit(f"{CWD}/{secret}.txt")
    lines.say("Done.")
    told = lines.distilled(tmp_path).to_markdown()
    assert "changed later" in told
    assert secret[:12] not in told


def test_secrets_of_outputs_are_redacted(tmp_path: Path) -> None:
    """Whatever was shown is told as everything else is: redacted, also where redaction changes how much fits."""
    secret = "ghp_" + "".join(f"{at:x}Z" for at in range(4, 22))[:36]
    lines = Lines()
    lines.user("please look at the settings")
    lines.bash("make settings", f"region = north\nGITHUB_TOKEN={secret}\nworkers = 12\n")
    lines.say("Done.")
    told = "\n".join(record(lines, tmp_path))
    assert "region = north" in told
    assert secret[:12] not in told


def test_what_is_told_is_chosen_for_each_page() -> None:
    """Redaction may take so much out of a page that more of the record has room on it."""
    ledger = Ledger()
    ledger.record.append(Item(7, RAN, "make gadgets", "spinning 12 gadgets"))
    full = "word " * MAX_WORDS
    besides = Besides(ledger, "", Log([], []))
    assert besides.below("", full, lambda: full, str) == ""
    assert besides.below("", "", lambda: "", str) == f"{RECORD}\nL7 `make gadgets` → spinning 12 gadgets"


def test_advice_of_git_tells_nothing() -> None:
    """A status says with each of its lists how one would undo it."""
    assert telling('  (use "git restore <file>..." to discard changes in working directory)') == ""
    assert telling("\tmodified:   lamps/hall.py").endswith("lamps/hall.py")


def test_a_list_told_in_part_says_so() -> None:
    """Who reads some packages of a list takes them for all, unless their number stands there."""
    lists = "\n".join(f"package-{name} - 2.{name}" for name in range(20))
    for said, of in ((lists, "of 20 lines: "), (f"{lists}\n…\nlast one", "of 22+ lines: ")):
        ledger = Ledger()
        ledger.record.append(Item(7, RAN, "pacman --query all", said))
        [part] = Besides(ledger, "", Log([], [])).lines("", str, 40, 1_000)
        told = sum(part.count(f"package-{name} - ") for name in range(20)) + part.count("last one")
        assert 0 < told < 20
        assert part.startswith(f"L7 `pacman --query all` → {told} {of}")
        [whole] = Besides(ledger, "", Log([], [])).lines("", str, 100, 2_000)
        assert ("lines: " in whole) == ("…" in said)


def test_a_list_that_its_command_cut_says_so() -> None:
    """What a page drops of a command line may have cut what it shows."""
    lists = "\n".join(f"package-{name} - 2.{name}" for name in range(5))
    for command, shown in (
        ("pacman --query all | head -5", "5 of 6+ lines: package-0"),
        ("pacman --query all | head -n 6", "package-0"),
        ("pacman --query all | tail -n +2", "package-0"),
    ):
        ledger = Ledger()
        ledger.record.append(Item(7, RAN, command, lists))
        [told] = Besides(ledger, "", Log([], [])).lines("", str, 90, 2_000)
        assert told.partition(" → ")[2].startswith(shown), command


def test_what_was_searched_for_stays_with_what_was_found() -> None:
    """Without it two services that are named so would be all there are; what only cuts lines is dropped."""
    ledger = Ledger()
    ledger.record.append(Item(7, RAN, "pack --services 2>&1 | grep log | head -40", "log-reader\nlog-writer"))
    [told] = Besides(ledger, "", Log([], [])).lines("", str, 90, 2_000)
    assert told == "L7 `pack --services 2>&1 | grep log` → log-reader; log-writer"


def test_what_edits_wrote_is_quoted(tmp_path: Path) -> None:
    """As it is now: what a later edit replaced, or a checkout took back, is not."""
    lines = Lines()
    lines.user("please mend the parser")
    old = change(
        lines, "def days():\n    pass", "def days(text):\n    zones = read_zones(text)\n    return len(zones)"
    )
    lines.say("Done.")
    assert f">L{old} written in a.py: def days(text): zones = read_zones(text) return len(zones)" in page(
        lines, tmp_path
    )
    change(
        lines,
        "    zones = read_zones(text)\n",
        "    marks = read_marks(text, most=MOST_MARKS, strict=True)\n",
    )
    lines.say("Done again.")
    told = page(lines, tmp_path)
    assert (
        f">L{old} written in a.py: def days(text): …return len(zones) (in place of: def days(): pass)" in told
    )
    assert "marks = read_marks(text, most=MOST_MARKS, strict=True)" in told
    lines.bash("git checkout -- a.py")
    lines.say("Taken back.")
    assert "written in a.py" not in page(lines, tmp_path)


def test_a_line_that_was_changed_in_part_is_not_quoted(tmp_path: Path) -> None:
    """And files of one name are told apart."""
    lines = Lines()
    lines.user("please mend the parser")
    ceiling = "ceiling = floor(weight)\nwidest_gadget_margin = ceiling * 7 + spare_offset\n"
    first = lines.tool("Write", {"file_path": A, "content": ceiling})
    widgets = "threshold_for_widgets = 41 + offset_of_gadgets\n"
    other = lines.tool("Write", {"file_path": "/home/dev/app/lib/a.py", "content": widgets})
    change(lines, "floor(", "rounded(")
    lines.say("Done.")
    told = record(lines, tmp_path)
    assert f">L{first} written in app/a.py: …widest_gadget_margin = ceiling * 7 + spare_offset" in told
    assert f">L{other} written in lib/a.py: {widgets.strip()}" in told


def test_what_an_edit_put_into_a_line_goes_with_the_line() -> None:
    """It is told as long as it stands there; what was taken out and is back was not taken out."""
    record: list[Item] = []
    edits = (
        ("int(float(text) * 100)", "round(float(text) * 100)"),
        ("def show(cents):", "def show(cents, sign):\n    return sign"),
        ("    return round(float(text) * 100)", "    return int(Decimal(text) * 100)"),
        ("def show(cents, sign):", "def show(cents):"),
    )
    for line, (old, new) in enumerate(edits):
        wrote(record, Call(line, "", "Edit", {"old_string": old, "new_string": new}), A)
        if line == 1:
            assert [item.gone for item in record] == [edits[0][0], edits[1][0]]
    assert not any("round(" in item.said or "def show(cents):" in item.gone for item in record)


def test_the_page_keeps_its_length(tmp_path: Path) -> None:
    """However much was written."""
    lines = Lines()
    lines.user("please mend the parser")
    for at in range(40):
        change(lines, f"x{at}", " ".join(f"name{at}_{word}" for word in range(90)), f"/home/dev/app/f{at}.py")
    lines.say("Done.")
    told = page(lines, tmp_path)
    assert "written in f3" in told
    assert len(told.split()) <= MAX_WORDS + 5


def test_code_of_a_report(tmp_path: Path) -> None:
    """What a sub-agent quotes of the code it found stands nowhere else."""
    lines = Lines()
    lines.user("where is the count?")
    report = "Found it.\n" + "The panel shows how many keys there are, as the list of keys tells it.\n" * 8
    report += "```ts\ncount: keys.size > 0 ? keys.size : undefined, // shown only with keys\n```\n"
    lines.tool("Task", {"description": "find", "prompt": "look", "subagent_type": "Explore"}, report)
    lines.say("It is there.")
    assert "sub-agent, in code: ts count: keys.size > 0 ? keys.size : undefined," in page(lines, tmp_path)


def test_what_git_took_back_was_edited(tmp_path: Path) -> None:
    """A prompt for which files were edited and taken back is none that changed no file."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(A)
    lines.bash("git commit -qam mend && git log --oneline -1", "4f2a9c1 mend")
    lines.say("Done.")
    lines.user("try it with a table; if that is no faster, throw it away")
    lines.tool("Edit", {"file_path": A, "old_string": "c", "new_string": "d"})
    lines.bash(f"git checkout {A}", "Updated 1 path from the index")
    lines.say("It was no faster.")
    lines.user("and how does it read a line?")
    lines.say("By its first word.")
    assert "no file edited for" not in page(lines, tmp_path)


def test_an_edit_of_which_no_end_is_seen_may_have_come(tmp_path: Path) -> None:
    """Then nobody knows that the last prompts changed no file; a look tells nothing of that."""
    for tool, there in (("Edit", False), ("Read", True)):
        lines = Lines()
        lines.user("read the lists")
        lines.edit(f"{CWD}/lists.py")
        lines.say("They are read.")
        lines.user("is that fast?")
        lines.say("It is as fast as the disk.")
        lines.user("then the helper as well")
        given = {"file_path": f"{CWD}/helper.py", "old_string": "a = 1", "new_string": "a = 2"}
        lines.call(tool, given)
        assert ("no file edited for the last 2 prompts" in lines.page(tmp_path)) is there


def test_how_things_stand_comes_first(tmp_path: Path) -> None:
    """Every command that passed on the files as they are, what was not done, and prompts that changed nothing."""
    lines = Lines()
    lines.user("please mend the parser")
    edit = lines.edit(A)
    first = lines.bash("go test ./...", "ok  \tx/y\t0.2s") + 1
    lines.bash("go test -tags=slow ./slow", "ok  \tx/slow\t9.1s")
    lines.say("Done.")
    lines.user("are you sure? it is still grey")
    lines.say("Let me look.")
    word = lines.user("ah, now it works")
    lines.say("Good.")
    told = page(lines, tmp_path)
    section = told.partition("## How it stands\n")[2].partition("\n\n## ")[0]
    assert section.splitlines() == [
        "- not seen here: a commit, a push, a pull request, a test written or changed",
        f"- the user's last word on whether it works: “ah, now it works”, no edit seen since (L{word})",
        f"- no file edited for the last 2 prompts, since L{edit}",
    ]
    state = told[told.index("**State") :].partition("\n\n")[0].splitlines()
    assert state == [
        f"**State: validated**; passed after the last edit: `go test -tags=slow ./slow` ok slow 9.1s (L{first + 2}), "
        f"test `go test ./...` ok y 0.2s (L{first})",
    ]
    assert told.index("## How it stands") < told.index("## Goal")


def test_a_newer_look_at_the_same_place_counts(tmp_path: Path) -> None:
    """A listing that shows most of an older one again, and a count of which a part was taken again."""
    lines = Lines()
    lines.user("what is there?")
    names = [f"cargo_{word}.csv" for word in ("wheat", "maize", "barley", "millet", "sorghum")]
    lines.tool("Bash", {"command": "ls depot"}, "\n".join(names[:4]))
    lines.bash("find depot -name '*.csv' && find pier -name '*.csv' | wc -l", "3 of seven\n0")
    lines.say("There are some.")
    lines.user("and now?")
    counted = lines.bash("find depot -name '*.csv'", "5 of seven")
    lines.tool("Bash", {"command": "ls -1 depot"}, "\n".join(names))
    lines.say("There are more.")
    told = "\n".join(record(lines, tmp_path))
    assert told.count("cargo_wheat.csv") == 1
    assert f"L{counted} " in told
    assert "3 of seven" not in told


def test_of_code_comments_tell_most_and_rows_of_numbers_least() -> None:
    """Though each number is a new word; tags and their attributes tell as little."""
    comment, code = (
        form("// Only show the harbour tab in winter mode"),
        form("count: boats.size > 0 ? boats.size : 1,"),
    )
    drawn = [
        form(line)
        for line in (
            'd="M9 5H7a2 2 0 00-2 2v12a2 2 0 002 2h10"',
            'viewBox="0 0 24 24"',
            'fill="none"',
            "size={2}",
            "<svg>",
        )
    ]
    assert comment > code > max(drawn)
    assert form("14") == form("3 of 7 lamps") == code


@pytest.mark.parametrize(
    "line",
    [
        "[notice] A new release of pip is available: 24.0 -> 24.2",
        "npm notice New major version of npm available! 9.1.0 -> 10.0.1",
        "npm notice Run npm install -g npm@10.0.1 to update!",
        "==> WARNING: A newer version of conda exists. <==",
        "  latest version: 24.5.0",
        "Please update conda by running",
        "│  Update available 5.1.0 -> 6.0.0  │",
    ],
)
def test_a_program_that_offers_its_update_tells_nothing(line: str) -> None:
    assert not telling(line)


@pytest.mark.parametrize(
    "line",
    [
        "npm notice total files: 12",
        "lamps 2.1: a new version of the schedule format is written",
        "current version of the schema: 12",
        "No update available for hall",
    ],
)
def test_what_only_speaks_of_versions_tells_something(line: str) -> None:
    assert telling(line)


def test_what_a_download_shows_of_its_way_tells_nothing() -> None:
    """The headings of the meter of curl are no part of what came."""
    assert not telling("  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current")
    assert not telling("                                 Dload  Upload   Total   Spent    Left  Speed")
    assert telling("Total of the upload: 3 lamps") == "Total of the upload: 3 lamps"


def test_the_newest_list_of_files(tmp_path: Path) -> None:
    """Though it is long, as what was installed stands in it, too."""
    lines = Lines()
    lines.user("which files are there?")
    own = [f"/home/dev/app/src/part{at}/piece{at}.swift" for at in range(12)]
    lines.tool("Glob", {"pattern": "src/**/*.swift"}, "\n".join(own[:9]))
    foreign = [f"/home/dev/app/.build/checkouts/dep{at}/some{at}.swift" for at in range(120)]
    at = lines.tool(
        "Glob", {"pattern": "**/*.swift"}, "\n".join([*own, "/home/dev/app/tests/t.swift", *foreign])
    )
    lines.say("All of these.")
    told = record(lines, tmp_path)
    assert len(told) == 1
    assert told[0].startswith(f">L{at} `Glob **/*.swift` → src/part0/piece0.swift; ")
    assert "tests/t.swift" in told[0]
    assert ".build" not in told[0]


def test_what_is_laid_out_anew_was_not_written() -> None:
    """An edit that only aligns lines wrote none of them; what an earlier one wrote stands as it is aligned now."""
    kept: list[Item] = []
    texts = ("", "Limit int // lamps at once", "Limit    int // lamps at once\nLampCount int")
    for line, (old, new) in enumerate(pairwise(texts), 1):
        wrote(kept, Call(line, "", "Edit", {"old_string": old, "new_string": new}), A)
    assert [(item.line, item.said) for item in kept] == [
        (1, "Limit    int // lamps at once"),
        (2, "LampCount int"),
    ]


def test_that_a_picture_was_taken_is_no_record(tmp_path: Path) -> None:
    """Its name says nothing of what it shows; what a tool read off the screen does."""
    lines = Lines()
    lines.user("please look at the gate")
    shot = [{"type": "text", "text": "### Result\n- [Picture of the gate](./gate-1.png)"}]
    lines.tool("mcp__eye__take_picture", {"filename": "gate-1.png"}, shot)
    seen = [{"type": "text", "text": '### Result\n"the gate is 38px high"'}]
    line = lines.tool("mcp__eye__measure", {"what": "gate"}, seen)
    lines.say("It is too low.")
    told = record(lines, tmp_path)
    assert not any("gate-1.png" in each for each in told)
    assert any(each.startswith(f">L{line} ") for each in told)


def test_what_failed_in_the_background_and_ran_again_is_not_how_it_stands(tmp_path: Path) -> None:
    """A later run of the same command overtakes it, whatever stands beside it on the line."""
    lines = Lines()
    lines.user("please ship the parser")
    change(lines, "a", "b")
    started = "Command running in background with ID: b1"
    lines.tool(
        "Bash",
        {"command": "ship beta --quiet", "run_in_background": True},
        started,
        twin={"backgroundTaskId": "b1"},
    )
    lines.user(
        "<task-notification>\n<task-id>b1</task-id>\n<status>failed</status>\n"
        '<summary>Background command "ship" failed with exit code 1</summary>\n</task-notification>'
    )
    assert "run in the background after the last edit" in page(lines, tmp_path)
    lines.bash("bump 513 && ship beta --quiet", "number 513\nshipped 513")
    lines.say("It is shipped.")
    assert "run in the background after the last edit" not in page(lines, tmp_path)


def test_a_search_that_found_nothing_did_not_fail(tmp_path: Path) -> None:
    """Its exit code says no more; with other words, or of another program, it does."""
    lines = Lines()
    lines.user("does anything here speak of the gateway?")
    grep = lines.bash("grep -rn '422\\|400' . --include=*.md", code=1)
    lines.bash("./probe --gateway", code=1)
    lines.say("Nothing does.")
    told = record(lines, tmp_path)
    assert f">L{grep} `grep -rn '422\\|400' . --include=*.md` → nothing found" in told
    assert not any("probe" in line and "nothing found" in line for line in told)


def test_how_many_rows_a_database_showed_is_no_row() -> None:
    """They stand above it; that there is none is all that is told."""
    assert telling("(3 rows)") == ""
    assert telling("(0 rows)") == "(0 rows)"
    assert telling(" idle | 61") == "idle | 61"
