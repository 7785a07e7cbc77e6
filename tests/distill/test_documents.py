"""What is told of documents that a session writes, where they are what it came to."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from spread.distill import distill, document, document_tell
from spread.distill import statements as its_statements
from spread.distill.documents import MAX_WORDS, chosen, note, room_for, said
from spread.distill.statements import besides, files_of, parts_of, statements
from spread.distillation import body
from spread.distillation_sections import DOCUMENT_HEADING
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines

SPEC = "/home/dev/app/docs/spec.md"
TEXT = """# Locks of the store

## Context

Two hooks write one file, so that the later one takes back what the earlier one wrote.

## States

```
FREE ──take──> HELD
HELD ──drop──> FREE + SAVED
```

| State | Owner | Action |
|---|---|---|
| HELD | alive | **Wait** at most 5 seconds |
| HELD | dead | **Break** the lock, keep the file |

## Rules

- **Order**: the newest writer waits, never the oldest
- **Names**: a lock is called after its file, with `.lock` at the end

## Checks

- Verification: `make check` passes
"""


def edit(lines: Lines, old: str, new: str, path: str = SPEC) -> int:
    return lines.tool("Edit", {"file_path": path, "old_string": old, "new_string": new})


def write(lines: Lines, text: str, path: str = SPEC) -> int:
    twin = {"type": "create", "filePath": path, "content": text}
    return lines.tool("Write", {"file_path": path, "content": text}, twin=twin)


def told(lines: Lines, folder: Path) -> str:
    """Return the section of the page that tells what was written."""
    page = body(distill(lines.save(folder), machine="box").to_markdown())
    return page.partition(f"## {DOCUMENT_HEADING}\n")[2].partition("\n\n## ")[0]


def test_a_document_is_told_as_it_stands(tmp_path: Path) -> None:
    """Rows, drawn arrows and rules of each part; what an edit replaced is gone, and the line is that of the edit."""
    lines = Lines()
    lines.user("please write down how locks shall work")
    write(lines, TEXT)
    lines.user("ten seconds, please")
    last = edit(lines, "at most 5 seconds", "at most 10 seconds")
    lines.say("Changed.")
    section = told(lines, tmp_path)
    assert (
        f"HELD: alive: Wait at most 10 seconds; HELD: dead: Break the lock, keep the file (L{last})"
        in section
    )
    assert "HELD drop → FREE + SAVED" in section
    assert "Order: the newest writer waits, never the oldest" in section
    assert "5 seconds" not in section


def test_code_is_what_most_sessions_come_to(tmp_path: Path) -> None:
    """A document that was carried out is not told: the edits are."""
    lines = Lines()
    lines.user("please write down how locks shall work")
    write(lines, TEXT)
    lines.user("good, now build it")
    for at in range(4):
        lines.edit(f"/home/dev/app/store{at}.py")
    lines.say("Built.")
    assert told(lines, tmp_path) == ""


def test_a_document_is_what_a_session_without_code_came_to(tmp_path: Path) -> None:
    """Also when versions were raised last, and a document that was there before then named it; not beside code."""
    for path, expected in (("/home/dev/app/package.json", True), ("/home/dev/app/src/locks.ts", False)):
        lines = Lines()
        lines.user("please write down how locks shall work")
        write(lines, TEXT)
        for number in range(4):
            edit(lines, f"0.{number}.0", f"0.{number + 1}.0", path)
        edit(lines, "two hooks", "two hooks: how they lock", "/home/dev/app/README.md")
        lines.say("Changed.")
        assert ("Order: the newest writer waits" in told(lines, tmp_path)) is expected
        page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
        assert "how they lock" in page


def test_a_plan_is_told_as_far_as_edits_wrote_it(tmp_path: Path) -> None:
    """Of another document of which only a part is known nothing is, nor of a plan after which code was made."""
    for name, after, is_told in (("PLAN.md", 0, True), ("spec.md", 0, False), ("PLAN.md", 30, False)):
        lines = Lines()
        lines.user("please write down how the locks work")
        lines.edit("/home/dev/app/a.py")
        edit(lines, "# Locks", TEXT, f"/home/dev/app/docs/{name}")
        for at in range(after):
            lines.edit(f"/home/dev/app/{at}.py")
        lines.say("It is written down.")
        assert ("the newest writer waits" in told(lines, tmp_path)) == is_told


def test_an_approved_plan_is_told_until_something_is_changed(tmp_path: Path) -> None:
    """Though it stands in no file."""
    lines = Lines()
    lines.user("please plan the locks")
    lines.edit("/home/dev/app/old.py")
    lines.tool("ExitPlanMode", {"plan": TEXT}, "User has approved your plan.")
    lines.say("Shall I begin?")
    assert "the plan: Context: Two hooks write one file" in told(lines, tmp_path)
    lines.user("yes")
    lines.edit("/home/dev/app/store.py")
    lines.say("Begun.")
    assert told(lines, tmp_path) == ""


def test_a_document_changed_by_a_command_is_not_known(tmp_path: Path) -> None:
    """Nobody knows what a command made of it."""
    lines = Lines()
    lines.user("please write down how locks shall work")
    write(lines, TEXT)
    lines.bash("sed -i 's/seconds/minutes/' docs/spec.md")
    lines.say("Changed.")
    assert told(lines, tmp_path) == ""


def test_a_document_that_brings_nothing_new_is_given_no_room() -> None:
    """All its words stand on the page already, be it the only document."""
    text = "Two hooks write one file."
    assert said({SPEC: (3, text)}, {}, 100, text, str) == []
    both = {SPEC: (3, TEXT), "/home/dev/app/docs/old.md": (1, text)}
    assert [path for path, _ in said(both, {}, 100, text, str)] == [SPEC]


def test_secrets_in_a_document_are_taken_out(tmp_path: Path) -> None:
    """Also where a statement would be cut within one."""
    secret = "ghp_" + "a1B2c3D4e5" * 4
    lines = Lines()
    lines.user("please write down how locks shall work")
    write(
        lines,
        TEXT + f"\n## Access\n\n- **Token**: {'the store is read with ' * 9}the token {secret} always\n",
    )
    lines.say("Written.")
    section = told(lines, tmp_path)
    assert section
    assert "ghp_" not in section


def test_a_secret_is_counted_for_each_text_that_tells_it(tmp_path: Path) -> None:
    """For the prompt, the report and a path that is told as it is; however often each is looked at."""
    secret = "ghp_" + "a1B2c3D4e5" * 4
    lines = Lines()
    lines.user(f"please put the token {secret} into the settings of the parser")
    lines.tool(
        "Write",
        {"file_path": f"{CWD}/{secret}/a.py", "content": "x = 1\n"},
        twin={"type": "create"},
    )
    lines.say(f"Done, with {secret} in it. Shall I commit it?")
    made = distill(lines.save(tmp_path), machine="box")
    assert secret not in made.to_markdown()
    assert made.redactions == {"github-token": 3}


def with_secrets(tmp_path: Path, turns: int) -> str:
    lines = Lines()
    for at in range(turns):
        secret = "ghp_" + f"a1B2c3D4e5{at:02}".ljust(36, "Z")
        lines.user(f"the password is Harbour{at}lamp9 and the lamp {at} of pier {at % 7} flickers, see to it")
        lines.bash(
            f"curl -H 'x-lamp: {at}' lamps.test/pier/{at % 7}", f"lamp {at} has {secret} and glows {at}"
        )
        lines.say(
            f"Lamp {at} had a loose wire because the storm of night {at} shook it. It uses {secret} now, "
            f"decided on since pier {at % 7} has no other. Lamp {at} must be looked at again in week {at}."
        )
    return lines.save(tmp_path)


def test_what_is_told_does_not_depend_on_what_was_told_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = with_secrets(tmp_path, 40)
    first = distill(path, machine="box")
    assert first.redactions
    assert distill(path, machine="box") == first  # which begins with how those texts were told
    before = dict.fromkeys(document_tell._before, "told otherwise, of other secrets")
    monkeypatch.setattr(document_tell, "_before", before)
    assert distill(path, machine="box") == first


@pytest.mark.parametrize("rounds", [0, 1])
def test_where_redaction_does_not_settle_all_is_redacted_once_more(
    rounds: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(document_tell, "_before", {})
    monkeypatch.setattr(document, "MAX_ROUNDS", rounds)
    text = distill(with_secrets(tmp_path, 20), machine="box").to_markdown()
    assert "ghp_" not in text
    assert not re.search(r"Harbour\d", text)
    assert "flickers" in text


def call(line: int, **given: object) -> Call:
    return Call(line, f"t{line}", "Edit", dict(given), ok=True)


def test_a_text_is_known_as_far_as_its_edits_tell() -> None:
    """All of it after it was written whole or where the client says what was there; else none to be told of."""
    known: dict[str, tuple[int, bool, str]] = {}
    assert note(known, call(1, content="one\ntwo\n"), SPEC) == "one\ntwo\n"
    assert note(known, call(2, old_string="two", new_string="three"), SPEC) == "one\nthree\n"
    assert note(known, call(3, old_string="seven", new_string="eight"), SPEC) == ""
    assert known[SPEC] == (3, False, "one\nthree\n\neight")


def test_copies_and_older_plans_are_not_told() -> None:
    """Of two copies the newer one is, edits of both count; an older plan was carried out."""
    long = "\n".join(f"- line {at} of the document tells something" for at in range(20))
    plan, spec, copy = "/a/plans/x.md", "/a/spec.md", "/a/copy.md"
    known = {plan: (1, True, f"{long}\n".upper()), spec: (2, True, long), copy: (3, True, f"# Copy\n{long}")}
    shown, paths = chosen(known, None, {plan: 1, spec: 2, copy: 3})
    assert list(shown) == [copy]
    assert paths == {copy, spec}
    assert room_for(paths, [plan, *[spec] * 9, copy]) > MAX_WORDS // 2
    assert room_for(paths, ["/a/b.py"] * 6 + [spec] * 4) == 0


def test_what_an_edit_wrote_comes_first() -> None:
    """In few words what somebody wanted changed is told, with the line of that, though it stands at the end."""
    text = "\n".join(
        f"## Part {part}\n\n- **Rule {part}**: the {word} writer waits for the {word} reader\n"
        for part, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"))
    )
    line = "- **Rule 5**: the sixth writer waits for the sixth reader"
    told = (40, "Part 5", "Rule 5: the sixth writer waits for the sixth reader")
    assert statements(text, 7, {line: 40}, "", 14) == [told]
    assert statements(text, 7, {}, "", 14) != [told]


STEPS = """# Locks

**Date:** 2026-03-01

## Step 1: Take it

Every writer of the store takes the lock before it reads, and waits for at most ten seconds.

**Files:**
- `src/store/locks.py` — `take()` waits, as `LockError` says how long
- Modify: `src/store/files.py`: call `take()` in `save()`

- `src/other.py` is only read here

## Files to change

| Step | File | How |
|---|---|---|
| 2 | `src/cli.py` | Modify |
| 2 | `src/old.py` | Delete |

## Layout

```
src/
├── locks.py   # NEW: all locks
└── files.py   # as it was
```

## Checks

| Case | Safe? |
|---|---|
| two writers at once | only with the lock of the file |

```bash
# once
make lint && make check
```
"""


def test_a_part_is_told_with_its_files() -> None:
    """Each by its name and what is named beside it, below a line that says so, in a table or in a drawn tree."""
    parts = dict(parts_of(STEPS))
    assert files_of("Take it", parts["Step 1: Take it"])[0] == {
        "locks.py": "locks.py: take(), LockError",
        "files.py": "files.py: take(), save()",
    }
    assert [*files_of("Files to change", parts["Files to change"])[0].values()] == ["cli.py", "old.py"]
    assert files_of("Layout", parts["Layout"])[0] == {"locks.py": "locks.py: NEW: all locks"}
    said = {title: text for _, title, text in statements(STEPS, 7, {}, "", 45)}
    assert said["Step 1: Take it"].endswith("; Files: locks.py: take(), LockError")
    assert besides({"a.py": "a.py: f(), g()", "b.py": "b.py"}, "", 4) == ("Files: a.py: f(), g()", 4)
    assert besides({"a.py": "a.py: f()", "b.py": "b.py"}, "what a.py says", 4) == ("Files: b.py", 2)


def test_what_is_to_be_run_is_told() -> None:
    """Commands of a short fenced piece; a row with the head that asks what it answers, no head by itself, no date."""
    said = {title: text for _, title, text in statements(STEPS, 7, {}, "", 90)}
    assert "Run: `make lint && make check`" in said["Checks"]
    assert "Case, Safe?: two writers at once: only with the lock of the file" in said["Checks"]
    assert "Date" not in "".join(said.values())
    assert "Step: File: How" not in "".join(said.values())


def test_a_long_table_leaves_room_for_other_parts() -> None:
    """Its rows are neighbours, but each further one is worth less; a number that each begins with tells nothing."""
    names = [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "sigma",
    ]
    rows = [f"| REQ-{at:03} | {name} | the store keeps its lines |" for at, name in enumerate(names)]
    table = "\n".join(["| ID | Part | What |", "|---|---|---|", *rows])
    errors = "- broken pages go to another folder\n- nothing is deleted without a question\n"
    text = f"# T\n\n## Parts\n\n{table}\n\n## Errors\n\n{errors}"
    said = {title: text for _, title, text in statements(text, 7, {}, "", 90)}
    assert said["Errors"] == "broken pages go to another folder; nothing is deleted without a question"
    assert said["Parts"].count("REQ-") == len(rows) - 1


def test_a_list_that_goes_on_says_so() -> None:
    """Its last item is left out; one told to its end, or a sentence, has no mark."""
    text = "## Parts\nThe tool comes with only these:\n- read.py (reads what was typed)\n- write.py (writes it down)\n"
    assert statements(f"{text}- b.py\n", 7, {}, "", 40)[0][2].endswith("write.py (writes it down)…")
    assert statements(text, 7, {}, "", 40)[0][2].endswith("write.py (writes it down)")


def test_a_document_that_nobody_edits_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the page tells elsewhere, and however much room there is; an edit has it looked at anew."""
    text, looked = f"{TEXT}- **Age**: a lock of yesterday is dead\n", list[str]()
    parts_of_text = its_statements.parts_of

    def parts(text: str) -> Iterable[tuple[str, str]]:
        looked.append(text)
        return parts_of_text(text)

    monkeypatch.setattr(its_statements, "parts_of", parts)
    first = statements(text, 7, {}, "", 20)
    elsewhere = "HELD: alive, so wait at most 5 seconds; dead, so break the lock and keep the file."
    assert statements(text, 7, {}, elsewhere, 20) != first
    assert statements(text, 7, {}, "", 60) != first
    assert statements(text, 7, {}, "", 20) == first
    assert len(looked) == 1
    statements(text, 7, {"- **Age**: a lock of yesterday is dead": 40}, "", 20)
    assert len(looked) == 2


def test_what_a_document_says_is_chosen_once_beside_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most revisions come with the report of the one before, and a page may be written twice."""
    rooms, made = list[int](), its_statements._Choice.made

    def choose(choice: its_statements._Choice, room: int) -> list[its_statements._Statement]:
        rooms.append(room)
        return made(choice, room)

    monkeypatch.setattr(its_statements._Choice, "made", choose)
    text = f"{TEXT}- **Dust**: a lock that nobody took for a week is swept\n"
    first = statements(text, 7, {}, "It waits.", 50)
    first.clear()  # is the caller's
    assert statements(text, 7, {}, "It waits.", 50)
    assert len(rooms) == 1
