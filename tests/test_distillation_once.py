"""What stands above on the page is not told again below, and its words are all used."""

import re
from pathlib import Path
from typing import Any

import pytest

from spread import distillation_once as once
from spread.distill import distill
from spread.distillation import Distillation
from spread.distillation_fields import Files, ProjectRef, Todo, Validation
from spread.distillation_page import render
from spread.distillation_room import MAX_WORDS
from spread.distillation_told import LEFT, UNDONE
from tests.distill.lines import Lines

LATE = "files changed after the last validation"
RUN = "no test or build was run after the last edit (L9)"


def page(**more: Any) -> str:
    return render(Distillation("s.1", "s", **more))


def section(text: str, heading: str) -> list[str]:
    """Return the lines of a section, an empty list where there is none."""
    return (
        text.partition(f"\n## {heading}")[2].partition("\n")[2].partition("\n## ")[0].strip("\n").splitlines()
    )


def item_of(text: str) -> once.Item:
    return once.item_of(text, text)


@pytest.mark.parametrize(
    ("line", "told"), [("L9", "- one (L9), and two"), ("L(", "- one (L9), and two (L()")]
)
def test_line_within_a_doubt(line: str, told: str) -> None:
    """A doubt that names its line within is not given it again; another document's may be anything, a pattern too."""
    given = page(uncertainties=("one (L9), and two",), evidence={"uncertainties": (line,)})
    assert told in section(given, "How it stands")


@pytest.mark.parametrize(
    ("below", "again"),
    [
        ("- user: “keep the pink tiles” (L7)", True),
        ("- user objected: “keep the pink tiles”; the agent: “they were slow” (L7)", False),
        ("- user: “keep the pink tiles” (L8)", False),  # they said it again
        ("- user: “keep the pink tiles”", False),
        ("- where to put them? → “keep the pink tiles” (L7)", False),
        ("- (L7)", False),
    ],
)
def test_same_line_and_words(below: str, again: bool) -> None:
    """What was told above is not told again; the same words of another line, or with more beside them, are."""
    assert once.Told(["- please keep the pink tiles, always (L7)"]).again(below) == again


def test_log_tells_of_several_lines() -> None:
    """The words of one of them are not those of another."""
    told = once.Told()
    told.log(["L3 user: keep the pink tiles L5 agent: They are kept."])
    told_again, other = (item_of(f"- “keep the pink tiles” (L{line})") for line in (3, 5))
    assert told.lacks([told_again, other]) == [False, True]


def test_state_says_what_changed_after_the_validation() -> None:
    """Once, and not what follows from it."""
    check = Validation("make test", "passed", 0, "L4", after_last_edit=False)
    evidence = {"uncertainties": ("L4", "L9"), "next": ("L9",)}
    doubts = (f"{LATE}, only documents: notes.md", "not seen in this session: a commit, a test run")
    it: dict[str, Any] = {
        "uncertainties": doubts,
        "next": f"{RUN}\nput off: “the rest” (L8)",
        "evidence": evidence,
    }
    told = page(validation=check, **it)
    assert "passed, but files changed after it, only documents: notes.md (L4)" in told
    assert (LATE in told, RUN in told) == (False, False)
    assert "\n- not seen here: a commit, a test run\n" in told
    assert "\n- not seen here: a commit\n" in page(**it)  # of no check at all it says so
    alone = page(validation=check, next=f"{RUN}\nanswered (L9), no question or todo is open")
    assert RUN in alone  # else nothing would seem to be open


def test_hidden_exit_code_is_told_with_the_state() -> None:
    """Then the doubt about it is not told a second time."""
    check = Validation("make test", "unknown", None, "L4", after_last_edit=True)
    told = page(
        validation=check,
        uncertainties=("whether the last validation passed cannot be known",),
        evidence={"uncertainties": ("L4",)},
    )
    assert "last validation `make test` unknown: nothing proves that it passed (L4)" in told
    assert "cannot be known" not in told


def test_files_in_no_commit_are_named_once() -> None:
    """What comes next counts them; where it names others, all of them stand there."""
    names = ("a.py", "lib/b.py", "lib/c.py", "d.py", "e.py")
    doubts = (f"changed, in no commit seen: {', '.join(names)}",)
    after = "changed, in no commit seen: e.py (L9), …/lib/c.py (L8), d.py (L7), a.py (L6) and 1 more"
    evidence = {"uncertainties": ("L9",)}
    told = page(uncertainties=doubts, next=after, evidence=evidence)
    assert section(told, "Next") == [">changed, in no commit seen: the 5 files above"]
    for others in (after.replace("e.py", "f.py"), after.replace("1 more", "2 more")):
        assert section(page(uncertainties=doubts, next=others, evidence=evidence), "Next") == [f">{others}"]
    git = (
        "repository, branch main: HEAD abc1234 (L3); not committed: a.py, lib/b.py, lib/c.py, d.py, e.py",
        *doubts,
    )
    told = page(uncertainties=git, next=after, evidence={"uncertainties": ("L5", "L9")})
    assert section(told, "How it stands") == [f"- {git[0]} (L5)"]
    assert section(told, "Next") == [">changed, in no commit seen: the 5 files above"]
    more = page(
        uncertainties=(f"{git[0]}; untracked: f.py",), next=after, evidence={"uncertainties": ("L5",)}
    )
    assert section(more, "Next") == [">changed, in no commit seen: the 5 files above"]
    others = git[0].replace(
        "; ", "; 7 files not committed, 2 of them with no edit recognised (a script or somebody else): x, y; "
    )
    wider = page(uncertainties=(others, *doubts), next=after, evidence={"uncertainties": ("L5", "L9")})
    assert section(wider, "Next") == [">changed, in no commit seen: the 5 files above and 2 more by git"]


def test_what_comes_next_is_short() -> None:
    """Quotations of one line stand together, todos are counted, and a draft that is told above is none again."""
    lines = (
        "put off: “the icons” (L7)",
        "put off: “the sounds” (L7)",
        "pull request #4 still a draft when last seen (L5)",
        "2 todos open: mend the parser (L3)",
        "answered (L9), no question is open",
    )
    told = page(
        uncertainties=("pull request #4 when last seen: opened as a draft",),
        next="\n".join(lines),
        todos=(Todo("mend the parser"), Todo("write notes")),
        evidence={"uncertainties": ("L5",), "answer": ("L9",), "todos": ("L3", "L3")},
    )
    assert section(told, "Next") == [
        ">put off: “the icons”, “the sounds” (L7)",
        ">2 todos open (L3)",
        ">besides, the last request is answered, no question is open",
    ]
    assert section(told, "Todos") == ["- [pending] mend the parser; [pending] write notes (L3)"]


def test_a_call_without_its_result_comes_first_whatever_stands_above() -> None:
    """That its outcome is unknown stands among the doubts, too; what to do about it does not."""
    call = f"`rm -rf {'/'.join(f'part{at}' for at in range(60))}`"
    told = page(
        uncertainties=(f"2 tool calls have no result in the transcript; the last: Bash {call}",),
        next=f"see what came of {call}: its result is not in the record (L5)\nnot pushed: 1 commit (L4)",
        evidence={"uncertainties": ("L5",)},
    )
    assert section(told, "Next")[0].startswith(">see what came of `rm -rf part0/")


def test_request_that_is_the_goal() -> None:
    """It is named as the goal only where it is that very prompt."""
    it: dict[str, Any] = {"goal": "mend the parser", "last_request": "mend the parser"}
    same = page(**it, evidence={"goal": ("L2",), "last_request": ("L2",), "answer": ("L8",)})
    assert section(same, "Last request") == [">as the goal (L2) (answered L8)"]
    again = page(**it, evidence={"goal": ("L2",), "last_request": ("L5",)})
    assert section(again, "Last request") == [">mend the parser (L5) (no final answer)"]


def test_title_is_that_of_the_session() -> None:
    """It heads the page and leaves the goal."""
    told = page(goal="mend the parser\n(session titled “Parsing”)", evidence={"goal": ("L2",)})
    assert told.startswith("# Parsing\nsession s, ")
    assert section(told, "Goal") == [">mend the parser (L2)"]


def test_report_does_not_repeat_what_comes_next() -> None:
    """What stands there is left out of it."""
    told = page(
        summary="All is done.\nThe macOS question is left open on purpose.\nShall I push?",
        next="The macOS question is left open on purpose. Shall I push? (L9)",
    )
    assert section(told, "The agent's last report") == [">All is done."]


def test_rule_is_no_decision_again() -> None:
    """Unless the rule was left out for want of room."""
    it: dict[str, Any] = {"decisions": ("user: “never use tabs”", "user: “use two spaces”")}
    evidence = {"decisions": ("L4", "L6"), "constraints": ("L4",)}
    told = page(constraints=("please never use tabs",), evidence=evidence, **it)
    assert section(told, "Decisions") == ["- user: “use two spaces” (L6)"]
    many = tuple(
        f"rule {at} of the {'very ' * 9}many rules" for at in range(20)
    )  # of which some are left out
    hidden = page(constraints=("please never use tabs", *many), evidence=evidence, **it)
    assert "- user: “never use tabs” (L4)" in section(hidden, "Decisions")


def test_paths_are_told_in_full_once() -> None:
    """What all are below stands before them, and what is in no commit is named by names that are clear."""
    paths = tuple(
        f"tools/made/in/place/{name}/{end}"
        for name in ("app", "web", "api")
        for end in ("main.py", f"{name}.py")
    )
    left = f"{LEFT}tools/made/in/place/app/app.py, tools/made/in/place/web/main.py, other/main.py"
    told = page(files=Files(modified=paths), uncertainties=(left,), evidence={"uncertainties": ("L9",)})
    assert section(told, "Files") == [
        "- modified, all below tools/made/in/place/: app/{main.py, app.py}, "
        "web/{main.py, web.py}, api/{main.py, api.py}"
    ]
    assert section(told, "How it stands") == [
        f"- {LEFT}app.py, tools/made/in/place/web/main.py, other/main.py (L9)"
    ]
    far, there = f"~/data/Temp/{'deep/' * 20}last/cmp.js", f"~/data/{'deep/' * 20}last/cmp.js"
    assert section(page(files=Files(created=(far,))), "Files") == ["- created: ~/data/…/last/cmp.js"]
    assert section(page(files=Files(created=(there,))), "Files") == [f"- created: {there}"]
    few = page(files=Files(modified=("tools/made/in/place/a/b.py", "tools/made/in/place/c/d.py")))
    assert section(few, "Files") == ["- modified: tools/made/in/place/a/b.py, tools/made/in/place/c/d.py"]


def test_where_relative_paths_start() -> None:
    """It is told once, in a second work tree or where files elsewhere were changed, not where nobody can mistake it."""
    tree, start = "~/it/.worktrees/new", "- paths from "
    told = page(files=Files(modified=("a.py",)), project=ProjectRef(directory=tree))
    assert section(told, "Files") == [f"{start}{tree}", "- modified: a.py"]
    far = page(
        files=Files(created=("~/other/b.py",), modified=("a.py",)), project=ProjectRef(directory="~/it")
    )
    assert section(far, "Files") == [f"{start}~/it", "- created: ~/other/b.py", "- modified: a.py"]
    for files in (("a.py",), ("~/.claude/plans/b.md", "a.py"), ("~/other/b.py",)):
        assert start not in page(files=Files(created=files), project=ProjectRef(directory="~/it"))


def test_modified_file_of_whose_edits_nothing_is_left() -> None:
    """It says so where the file stands; one that only begins like it is another."""
    undone = f"{UNDONE}lib/a.ts (`lamp`), b.ts; the user before that: “not c.ts”"
    files = Files(modified=("b.ts", "lib/a.ts", "lib/a.tsx"))
    evidence = {"failed": ("L9",), "files.modified": ("L3", "L4", "L5")}
    told = section(page(files=files, failed=(undone,), evidence=evidence), "Files")
    assert told == ["- modified: b.ts (L3, all taken back), lib/{a.ts (L4, all taken back), a.tsx (L5)}"]


def test_changed_files_were_read_as_well() -> None:
    """What was changed does not stand among those that were only read."""
    told = page(files=Files(modified=("a.py",), read=("a.py", "b.py")))
    assert section(told, "Files only read") == ["- b.py"]


def test_deed_that_a_commit_tells() -> None:
    """A todo with the words of a commit's subject is told by the commit."""
    told = page(
        commits=("abc1234 feat: add a parser of durations",),
        completed=("Add a parser of durations", "Add a parser of dates"),
        evidence={"commits": ("L9",), "completed": ("L10", "L10")},
    )
    assert section(told, "Commits") == ["- abc1234 feat: add a parser of durations (L9)"]
    assert section(told, "Ticked off") == ["- Add a parser of dates (L10)"]


def test_failure_that_came_again() -> None:
    """The newest stands for older ones that say nothing else."""
    items = [
        item_of("- `make test | tail -30` failed: no rule for target (L9)"),
        item_of("- `make test` failed: no rule for target (L5)"),
        item_of("- `make test` failed: no space left (L3)"),
    ]
    assert once.newest(tuple(items)) == [items[0], items[2]]


def test_long_facts_keep_their_lines() -> None:
    """Only short ones of a list are put on one line, and each keeps what it rests on."""
    long = f"- {'word ' * 40}end (L3)"
    assert once.facts(["- a (L1)", "- b (L2)", long, "- c"]) == ["- a (L1); b (L2)", long, "- c"]


def test_paths_of_one_kind_are_on_one_line() -> None:
    """Kinds stay apart."""
    assert once.paths(["- created: a", "- modified: b", "- modified: c"]) == [
        "- created: a",
        "- modified: b, c",
    ]
    assert once.paths(["- a, b", "- c"]) == ["- a, b, c"]


def test_log_does_not_repeat_what_stands_above(tmp_path: Path) -> None:
    """Neither a statement of the last report nor a prompt that is a decision; what was answered to that stays."""
    lines = Lines()
    lines.user("please build the importer of the old address book")
    lines.say("The old book holds 412 entries in a format of its own.")
    asked = lines.user("let's keep the phone numbers in a table, and not in the entry")
    lines.edit("/home/dev/app/importer.py")
    lines.say("Phone numbers are in the table `phones` now, with a key to the entry.")
    lines.user("and tell me what is left of it")
    last = lines.say("The importer skips 17 entries whose encoding nobody knows.")
    told = render(distill(lines.save(tmp_path), machine="box"))
    log = "\n".join(section(told, "Said on the way"))
    assert f"not in the entry (L{asked})" in told
    assert (f"L{asked} user" in log, "table `phones` now" in log) == (False, True)
    assert (f"L{last}" in log, told.count("17 entries whose encoding")) == (False, 1)


def test_words_of_the_page_are_used(tmp_path: Path) -> None:
    """Where more is known than there is room for, no more than a few are left, and none is too many."""
    lines = Lines()
    lines.user("please build the importer of the old address book")
    for at in range(60):
        lines.edit(f"/home/dev/app/part{at}.py")
        lines.bash(f"make part{at}", f"part{at}.c:{at}: error: symbol table_{at} is not known", code=1)
        lines.say(f"The cause is that table {at} of the old book holds {at} numbers of the wrong length.")
        lines.user(f"no, keep column {at} of table {at} as it is, the length of kind {at} is meant so")
    told = render(distill(lines.save(tmp_path), machine="box"))
    assert re.search(r"- …\d+ more", told)
    assert MAX_WORDS - 12 <= len(told.split()) <= MAX_WORDS


def test_a_list_that_is_first_shown_where_room_is_left_over_does_not_go_beyond_the_page() -> None:
    """Its heading, and what it says of what is left out, are words too."""
    read = tuple(f"folder{at}/file{at}.py" for at in range(40))
    for count in range(1_030, 1_050):
        log = (
            "\n".join(f"L{at} agent: {'word ' * 18}" for at in range(count // 20))
            + "\nL9"
            + " w" * (count % 20)
        )
        todos = tuple(Todo(f"todo number {at} is here to be done") for at in range(9))
        told = page(context=log, files=Files(read=read), todos=todos)
        assert len(told.split()) <= MAX_WORDS


def test_several_open_todos_are_told_before_lists_of_what_was_done() -> None:
    """Each of them is work that comes next, though the page is full of what is over."""
    over = tuple(f"`tool{at} --all` failed: part {at} of the parser was missing" for at in range(60))
    said = tuple(f"user: “let part {at} of the printer be as it is in the other printer”" for at in range(60))
    held = tuple(
        f"ab12cd{at:x} feat(printer): let part {at} of it be printed again and again" for at in range(9)
    )
    todos = tuple(
        Todo(f"make part {at} of the scanner in the way that the printer has it") for at in range(4)
    )
    shown = section(page(failed=over, decisions=said, completed=over, commits=held, todos=todos), "Todos")
    assert all(todo.text in "\n".join(shown) for todo in todos)


def test_long_lists_of_files_leave_room_for_what_was_decided_and_failed() -> None:
    """Paths are many characters and few words: else words of the page stay unused."""
    paths = tuple(f"src/{'configuration' * 3}{at}/{'preview' * 3}{at}.module.css" for at in range(45))
    said = tuple(f"user: “let part {at} of the printer be {'as it was ' * 5}{at}”" for at in range(20))
    over = tuple(
        f"`make part{at}` failed: there is no such part {at} in the list of parts" for at in range(20)
    )
    heard = "\n".join(f"L{at} agent: part {at} of the scanner is told of here" for at in range(30))
    text = page(
        files=Files(modified=paths), decisions=said, failed=over, summary="It prints. " * 150, context=heard
    )
    assert len(text.split()) > MAX_WORDS - 100
