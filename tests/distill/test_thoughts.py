"""What the agent thought: of a failure that nothing said explains, and of what it was about to do; never as said."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.thoughts import aim, cause, found
from spread.transcript import DENIED, SAID, Reader
from spread.transcript_events import Say, Thought
from spread.transcript_values import THOUGHT_CHARS
from tests.distill.lines import Lines

WHY = "The reader takes the old header because the cache still holds it from before."


def _events(lines: Lines, agent: str = "") -> list[object]:
    reader = Reader(agent)
    return [event for raw in lines.data().splitlines(keepends=True) for event in reader.feed(raw)]


def _page(lines: Lines, tmp_path: Path) -> str:
    return distill(lines.save(tmp_path), machine="laptop").to_markdown()


def _failed(thoughts: list[str], *, said: str = "", worked: bool = True) -> Lines:
    lines = Lines()
    lines.user("make the tests of the parser pass again")
    lines.bash("pytest tests/test_parser.py", "FAILED tests/test_parser.py::test_head - ValueError", code=1)
    for thought in thoughts:
        lines.think(thought)
    if said:
        lines.say(said)
    lines.edit("/home/dev/app/parser.py")
    lines.bash("pytest tests/test_parser.py", "1 passed in 0.1s", code=0 if worked else 1)
    lines.say("All of it is done now.")
    return lines


def test_a_thought_written_into_a_message_is_none_of_its_words() -> None:
    """Some models begin a message with it; a mark that nothing closes, or in the midst of words, is only a word."""
    lines = Lines()
    lines.say("<thinking>\nThe head is wrong.\n</thinking>\n\nThe head has to change.")
    lines.say("<thinking>\nNothing to say.\n</thinking>")
    lines.say("<thinking> stays open")
    lines.say("It drops <thinking>what is in it</thinking> then.")
    assert _events(lines) == [
        Thought(1, "The head is wrong."),
        Say(1, "The head has to change."),
        Thought(2, "Nothing to say."),
        Say(3, "<thinking> stays open"),
        Say(4, "It drops <thinking>what is in it</thinking> then."),
    ]


def test_a_call_that_never_ran_does_not_part_a_thought_from_the_failure(tmp_path: Path) -> None:
    """The client could not let it run; what is thought then is still of what failed before."""
    lines = Lines()
    lines.user("make the tests of the parser pass again")
    lines.bash("pytest tests/test_parser.py", "FAILED tests/test_parser.py::test_head - ValueError", code=1)
    away = "The model is temporarily unavailable, so auto mode cannot determine the safety of Bash right now."
    lines.bash("pytest -k head tests/test_parser.py", away, code=1)
    lines.think(WHY)
    lines.edit("/home/dev/app/parser.py")
    lines.bash("pytest tests/test_parser.py", "1 passed in 0.1s")
    lines.say("All of it is done now.")
    assert f"the agent: “(thought) {WHY}”" in _page(lines, tmp_path)


def test_a_thought_is_an_event_of_its_own() -> None:
    """Its end alone is read, from where a sentence begins; an empty one and a sub-agent's are none."""
    lines = Lines()
    lines.think("")
    lines.think("The head is wrong.")
    lines.think("x" * THOUGHT_CHARS + " of it. It ends so.")
    lines.think("y" * THOUGHT_CHARS + "y")
    assert _events(lines) == [Thought(2, "The head is wrong."), Thought(3, "It ends so.")]
    assert _events(lines, "agent-1") == []


@pytest.mark.parametrize(
    ("thought", "told"),
    [
        (WHY, WHY),
        (f"I found the root cause: {WHY[0].lower()}{WHY[1:]} I'll drop it.", f"t{WHY[1:]}"),
        (f"{WHY} Wait, the cache is empty. Let me look at the header once more.", ""),
        (f"{WHY} The test depends on a file that nobody writes.", "The test depends on a file that nobody writes."),
        (f"{WHY[:-1]}—it was read an hour ago, by the run before it.", WHY[:-1]),
        ("The reader probably takes the old header because the cache still holds it.", ""),
        ("Is it that the reader takes the old header because the cache holds it?", ""),
        ("I need to drop the cache because the reader takes the old header from it.", ""),
        ("The user wants the header gone because the cache still holds the old one.", ""),
        ("This is because the cache still holds the old header from before that.", ""),
        ("The parser reads each line of the file and keeps its header for later.", ""),
    ],
)  # fmt: skip
def test_only_a_firm_cause_is_taken_of_a_thought(thought: str, told: str) -> None:
    """No guess, question, plan or wish, and nothing that stands before a turn of it."""
    assert cause(thought) == told


def test_a_thought_explains_what_nothing_said_does(tmp_path: Path) -> None:
    """The last one counts; what the agent said of the failure goes before it."""
    page = _page(_failed([WHY, "The lock is stale because a run before it was killed."]), tmp_path)
    assert "the agent: “(thought) The lock is stale because a run before it was killed.”" in page
    assert WHY not in page
    page = _page(_failed([WHY], said="The header of the fixture was renamed last week."), tmp_path)
    assert "the agent: “The header of the fixture was renamed last week.”" in page
    assert "(thought)" not in page


def test_a_thought_on_a_failure_is_told_only_when_it_was_mended(tmp_path: Path) -> None:
    """What nothing bore out may be a wrong guess."""
    assert "(thought)" in _page(_failed([WHY]), tmp_path)
    assert "(thought)" not in _page(_failed([WHY], worked=False), tmp_path)


def test_a_thought_is_not_said(tmp_path: Path) -> None:
    """It is no report, no answer and no question, and decides nothing of the state."""
    lines = Lines()
    lines.user("look at the parser")
    lines.edit("/home/dev/app/parser.py")
    lines.think("Everything is done and pushed, all 40 tests passed. Which of the two heads do you want?")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert made.summary == ""
    assert made.state == "needs verification"
    assert "40 tests" not in made.to_markdown()
    assert "two heads" not in made.to_markdown()


def test_an_unfinished_record_tells_what_was_about_to_be_done(tmp_path: Path) -> None:
    """Unless the user stopped it, or it was done."""
    plan = "Now I need to write the second reader for the task files of the parser."
    lines = Lines()
    lines.user("write both readers of the parser")
    lines.think(f"The first one is written. {plan} Let me look at it.")
    lines.tool("Read", {"file_path": "/home/dev/app/parser.py"}, "x")
    assert f"the agent thought last: “{plan}” (L2)" in distill(lines.save(tmp_path), machine="laptop").next
    stopped = "[Request interrupted by user]"
    before = [*lines.raw]
    lines.user(stopped)
    assert "thought last" not in distill(lines.save(tmp_path), machine="laptop").next
    lines.raw = before
    lines.write("/home/dev/app/tasks.py")
    assert "thought last" not in distill(lines.save(tmp_path), machine="laptop").next


def test_short_aims_are_told_together() -> None:
    """One that says too little alone stands behind the one before it, with the line of that."""
    before = "Now let me change the other writer of the task files."
    assert aim([(3, "I'll look."), (5, before), (8, "I need to change this one too.")]) == (
        5,
        f"{before} I need to change this one too.",
    )
    assert aim([(3, "All of the tests passed.")]) == (0, "")


def test_a_secret_in_a_thought_is_taken_out(tmp_path: Path) -> None:
    """It passes the redactor like all else."""
    secret = "ghp_" + "Ab3dEf6hIj" * 4
    lines = Lines()
    lines.user("write both readers of the parser")
    lines.think(f"Now I need to put the token {secret[:40]} into the reader of the task files.")
    lines.tool("Read", {"file_path": "/home/dev/app/parser.py"}, "x")
    page = _page(lines, tmp_path)
    assert "thought last: “Now I need to put the token" in page
    assert secret[:40] not in page
    lines = _failed([f"The reader fails because {secret[:40]} is no token of it any more."])
    page = _page(lines, tmp_path)
    assert "(thought) The reader fails because" in page
    assert secret[:40] not in page


def test_what_was_thought_of_a_denied_call_is_no_aim(tmp_path: Path) -> None:
    """The user did not want it."""
    plan = "Now I need to drop the table of users to start from nothing."
    lines = Lines()
    lines.user("clean up the parser's database")
    lines.think(plan)
    aimed = distill(lines.save(tmp_path), machine="laptop").next
    lines.tool(
        "Bash",
        {"command": "psql -c 'drop table users'"},
        f"{DENIED}. {SAID}no, never drop tables",
        error=True,
    )
    denied = distill(lines.save(tmp_path), machine="laptop").next
    assert ("thought last" in aimed, "thought last" in denied) == (True, False)


@pytest.mark.parametrize(
    ("thought", "told"),
    [
        (
            "Good data! I can see that:\n- eth1 dropped 3 packets\n- the disk has 341 MB free\nLet me look at the log.",
            ["I can see that:", "- eth1 dropped 3 packets", "- the disk has 341 MB free"],
        ),
        (
            "No rule of the firewall dropped anything today.",
            ["No rule of the firewall dropped anything today."],
        ),
        (
            "Good! Great, the kernel has no errors at all. Fine, it is on.",
            ["the kernel has no errors at all."],
        ),
        ("The table holds 12 rows. Wait, those are of the old file.", []),
        ("It may hold 12 rows. Does the index hold the rest, too? Now remove the 3 old rows.", []),
        ("Reading the index in steps of 12 rows, as the table is large.", []),
        ("I need to check:\n- the log of 12 May\n- the table of rows", []),
    ],
)
def test_what_a_thought_found_is_its_firm_statements(thought: str, told: list[str]) -> None:
    """Of a list each with what it stands under; nothing that is planned, asked or taken back."""
    assert [line for _, text in found([(1, thought)]) for line in text.split("\n")] == told


def test_what_was_only_thought_is_told_until_the_agent_speaks(tmp_path: Path) -> None:
    """As thought, not as said: what it then says tells what of that holds."""
    lines = Lines()
    lines.user("look through the logs of the router for all that is wrong")
    lines.bash("ssh yard dmesg", "eth1: 3 dropped")
    lines.think("The kernel dropped 3 packets on eth1 since 12:00 today. Let me look at the disk.")
    lines.bash("ssh yard df", "/ 341M")
    lines.think("The disk /dev/sda1 has 341 MB left of 360 MB.")
    lines.bash("ssh yard uptime", "up 3 days")
    page = _page(lines, tmp_path)
    assert "agent, thought only: The kernel dropped 3 packets on eth1 since 12:00 today." in page
    assert "The disk /dev/sda1 has 341 MB left of 360 MB." in page
    lines.edit("/home/dev/app/limits.conf")
    lines.think("The table of routes holds 12 rows, of which 3 are of the old net.")
    page = _page(lines, tmp_path)
    assert "agent, thought only: The table of routes holds 12 rows" in page
    assert "on eth1 since 12:00" not in page
    lines.say("Only a few packets were dropped.")
    lines.bash("ssh yard uptime", "up 3 days")
    assert "thought only" not in _page(lines, tmp_path)
