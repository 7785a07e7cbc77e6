"""The list of todos, as the main session, sub-agents and a printed list keep it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from spread.distill import distill
from spread.distill.document_tell import Teller
from spread.distill.todos import KEPT_TODOS
from spread.distillation import Distillation
from spread.distillation_page import render
from tests.distill.lines import Lines


def _made(lines: Lines, tmp_path: Path) -> Distillation:
    return distill(lines.save(tmp_path), machine="laptop")


def _started() -> Lines:
    lines = Lines()
    lines.user("Build the parser in three steps")
    for number, subject in enumerate(("Read numbers", "Read words", "Write it down"), 1):
        lines.tool("TaskCreate", {"subject": subject}, f"Task #{number} created successfully: {subject}")
    return lines


def test_what_a_subagent_ticks_off_in_copied_lines_is_done(tmp_path: Path) -> None:
    """The list is shared."""
    lines = _started()
    lines.copied("TaskUpdate", {"taskId": "2", "status": "completed"}, "Updated task #2 status")
    lines.say("Two are left.")
    made = _made(lines, tmp_path)
    assert "Read words" in made.completed
    assert all("Read words" not in todo.text for todo in made.todos)


def test_a_printed_list_is_the_truth(tmp_path: Path) -> None:
    """Its order and its states take the place of what calls told before."""
    lines = _started()
    told = (
        "#3 [pending] Write it down [blocked by #4]\n#1 [completed] Read numbers\n#4 [in_progress] Read dates"
    )
    lines.tool("TaskList", {}, told)
    lines.say("So it stands.")
    made = _made(lines, tmp_path)
    assert [(todo.text, todo.status) for todo in made.todos] == [
        ("Write it down", "pending"),
        ("Read dates", "in_progress"),
    ]
    assert made.completed == ("Read numbers",)


def test_a_subagents_own_list_is_not_the_sessions(tmp_path: Path) -> None:
    """It plans its own order, and does not replace the session's."""
    lines = Lines()
    lines.user("Build the parser")
    lines.tool("TodoWrite", {"todos": [{"content": "Read numbers", "status": "pending"}]})
    own = {"todos": [{"content": "Grep for it", "status": "pending"}]}
    key = lines.call("TodoWrite", own, isSidechain=True, agentId="a1")
    lines.result(key, "ok", isSidechain=True, agentId="a1")
    lines.say("Done so far.")
    assert [todo.text for todo in _made(lines, tmp_path).todos] == ["Read numbers"]


def test_the_count_tells_of_all_todos_that_are_listed(tmp_path: Path) -> None:
    """Those passed by are counted apart, as they may be done."""
    lines = _started()
    lines.tool("TaskUpdate", {"taskId": "2", "status": "completed"}, "Updated task #2 status")
    lines.say("Which one is next?")
    assert "1 todo open and 1 never ticked off, may be done: Write it down" in _made(lines, tmp_path).next


def test_a_task_done_out_of_turn_throws_no_doubt_on_those_before_it(tmp_path: Path) -> None:
    """Who ticks off an earlier one after it goes by the list still."""
    lines = _started()
    for task in ("3", "1"):
        lines.tool("TaskUpdate", {"taskId": task, "status": "completed"}, f"Updated task #{task} status")
    lines.say("Which one is next?")
    value = _made(lines, tmp_path)
    assert "1 todo open: Read words" in value.next
    assert [todo.text for todo in value.todos] == ["Read words"]


def test_an_open_task_is_told_with_what_is_to_be_done(tmp_path: Path) -> None:
    """Not one that is done, and not without need: who says the same again says nothing."""
    lines = Lines()
    lines.user("Build the parser")
    orders = {
        "Heed the review": "From the review:\n1. Cut the ids\n2. Show progress",
        "Read dates": "Read dates",
    }
    for number, (subject, order) in enumerate((("Read numbers", "Also hexadecimal"), *orders.items()), 1):
        told = f"Task #{number} created successfully: {subject}"
        lines.tool("TaskCreate", {"subject": subject, "description": order}, told)
    lines.tool("TaskUpdate", {"taskId": "1", "status": "completed"}, "Updated task #1 status")
    lines.say("The numbers are read.")
    made = _made(lines, tmp_path)
    assert [todo.text for todo in made.todos] == [
        "Heed the review: 1. Cut the ids 2. Show progress",
        "Read dates",
    ]
    assert made.completed == ("Read numbers",)


def test_what_the_client_reminds_of_is_the_truth(tmp_path: Path) -> None:
    """Sub-agents tick off where nobody sees it; an empty list may be that of a session begun anew."""
    lines = _started()
    tasks: list[dict[str, Any]] = [
        {"id": "1", "subject": "Read numbers", "description": "all of them", "status": "completed"},
        {"id": "2", "subject": "Read words", "status": "in_progress", "blocks": ["3"]},
        {"id": "3", "subject": "Write it\ndown", "status": "pending"},
    ]
    for content in (tasks, [], "not a list"):
        attachment = {"type": "task_reminder", "content": content, "itemCount": len(content)}
        lines.add(
            {
                "parentUuid": None,
                "cwd": lines.cwd,
                "sessionId": "s",
                "type": "attachment",
                "attachment": attachment,
            }
        )
    lines.say("So it stands.")
    made = _made(lines, tmp_path)
    assert made.completed == ("Read numbers",)
    assert [(todo.text, todo.status) for todo in made.todos] == [
        ("Read words", "in_progress"),
        ("Write it down", "pending"),
    ]


def _many(count: int, done: int, tmp_path: Path) -> Distillation:
    lines = Lines()
    lines.user("Build the parser in many steps")
    for number in range(1, count + 1):
        told = f"Task #{number} created successfully: Step {number}"
        lines.tool("TaskCreate", {"subject": f"Step {number}"}, told)
        if number <= done:
            lines.tool("TaskUpdate", {"taskId": f"{number}", "status": "completed"}, "Updated task")
    lines.say("So it stands. Shall I go on with the next one?")
    return _made(lines, tmp_path)


def test_of_very_many_todos_those_that_are_done_go_first(tmp_path: Path) -> None:
    """Open ones stay while finished ones can go; then the oldest go, and the page says that there may be more."""
    finished = _many(KEPT_TODOS + 20, 60, tmp_path)
    assert f"{KEPT_TODOS + 20 - 60} todos open, older ones may be cut" in finished.next
    still_open = _many(KEPT_TODOS + 20, 0, tmp_path)
    assert f"{KEPT_TODOS} todos open, older ones may be cut" in still_open.next
    assert still_open.todos[0].text == "Step 21"
    assert (
        f"at least {KEPT_TODOS - len(still_open.todos)} more open ones are not listed"
        in still_open.to_markdown()
    )
    few = _many(KEPT_TODOS - 1, 0, tmp_path)
    assert "may be cut" not in few.next
    assert f"todos: {KEPT_TODOS - 1 - len(few.todos)} more open ones are not listed" in few.to_markdown()
    assert "more open ones" not in _many(len(few.todos), 0, tmp_path).to_markdown()


def test_a_list_that_is_written_at_once_is_bounded_too(tmp_path: Path) -> None:
    """However many todos a list holds, no more are kept."""
    lines = Lines()
    lines.user("Build the parser in many steps")
    items = [{"content": f"Step {at}", "status": "pending"} for at in range(KEPT_TODOS * 2)]
    lines.tool("TodoWrite", {"todos": items})
    lines.say("Shall I go on?")
    assert f"{KEPT_TODOS} todos open" in _made(lines, tmp_path).next


@pytest.mark.parametrize(
    ("todo", "what"),
    [("Read numbers and dates", "Read the numbers"), ("Set up numbers and dates", "Setup of numbers")],
)
def test_a_todo_whose_sub_agent_has_reported_says_so(tmp_path: Path, todo: str, what: str) -> None:
    """By the name of the order alone that is not certain, so it stays open; what is left is named as next."""
    lines = Lines()
    lines.user("Build the parser")
    named = (todo, "Write the table down")
    todos = [
        {"content": text, "status": status}
        for text, status in zip(named, ("in_progress", "pending"), strict=True)
    ]
    lines.tool("TodoWrite", {"todos": todos})
    order = {
        "description": what,
        "prompt": f"{what}, and test it.",
        "subagent_type": "worker",
    }
    lines.tool("Task", order, "The numbers are read now, with a test of each.")
    made = _made(lines, tmp_path)
    assert [todo.text for todo in made.todos] == [f"{named[0]} (its sub-agent has reported, L5)", named[1]]
    assert f"2 todos open (1 in progress and reported on by a sub-agent): {named[1]}" in made.next
    assert ">2 todos open (1 in progress and reported on by a sub-agent)" in render(made)
    lines.tool("Task", order, "Async agent launched successfully.\nagentId: a1")
    assert "has reported" not in _made(lines, tmp_path).to_markdown(), "another one has begun with it anew"


def test_a_list_that_was_written_anew_passes_none_by(tmp_path: Path) -> None:
    """What it says is to be done was not done when it was written."""
    lines = Lines()
    lines.user("tar the hull and wash the sails")
    todos = [
        {"content": "Wash the sails", "status": "pending"},
        {"content": "Tar the hull", "status": "completed"},
    ]
    lines.tool("TodoWrite", {"todos": todos})
    lines.say("The hull is tarred.")
    assert [todo.text for todo in _made(lines, tmp_path).todos] == ["Wash the sails"]


def test_what_comes_after_the_task_in_work_is_not_passed_by(tmp_path: Path) -> None:
    """A task that was put in between and done throws no doubt on those."""
    lines = _started()
    for task, status in (("3", "completed"), ("1", "in_progress")):
        lines.tool("TaskUpdate", {"taskId": task, "status": status}, f"Updated task #{task} status")
    lines.say("Going on.")
    assert not any("may be done" in todo.text for todo in _made(lines, tmp_path).todos)


def test_a_task_whose_file_is_deleted_since_says_so(tmp_path: Path) -> None:
    """What was ticked off would pass for what stands."""
    lines = Lines()
    lines.user("keep the lines in a queue, and count them")
    for number, subject in enumerate(("A queue of lines", "Count the lines"), 1):
        lines.tool("TaskCreate", {"subject": subject}, f"Task #{number} created successfully: {subject}")
    for number, name in enumerate(("queue", "count"), 1):
        lines.write(f"/home/dev/app/{name}.py")
        lines.tool(
            "TaskUpdate", {"taskId": str(number), "status": "completed"}, f"Updated task #{number} status"
        )
    lines.user("the disk wears out, please mend that")
    at = lines.bash("rm queue.py")
    lines.say("It is gone.")
    done = [text for text in _made(lines, tmp_path).completed if "lines" in text]
    assert done == [f"A queue of lines (queue.py deleted since, L{at})", "Count the lines"]


def test_of_a_todo_without_an_end_its_beginning_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Secrets are not looked for in what is never told."""
    longest: list[int] = []
    cleared = Teller.cleared

    def counted(self: Teller, texts: list[str], beside: Iterable[str] = ()) -> list[str]:
        longest.append(max(map(len, texts), default=0))
        return cleared(self, texts, beside)

    monkeypatch.setattr(Teller, "cleared", counted)
    lines = _started()
    todo = {"content": "Read the words of it " * 5_000, "status": "completed", "activeForm": "x"}
    lines.tool("TodoWrite", {"todos": [todo]})
    lines.say("It is read.")
    assert any(text.startswith("Read the words") for text in _made(lines, tmp_path).completed)
    assert max(longest) < 10_000
