"""The list of todos, as the session and its sub-agents keep it and as it was printed."""

import re
from typing import Final

from spread.distill.ledger_fields import Fields
from spread.distill.newest import drop_oldest
from spread.transcript_events import Call, Mark

ORDER_CHARS: Final = 400
KEPT_ORDERS: Final = 20
KEPT_TODOS: Final = 200
_TASK: Final = re.compile(
    r"(?m)^#(\S+) \[(\w+)\] (\S.{0,400}?)(?: \(\S{1,80}\))?(?: \[blocked by [^\]\n]{1,200}\])?$"
)


def written(ledger: Fields, call: Call) -> None:
    """Take over a list that the session wrote anew."""
    items = call.input.get("todos")
    # A sub-agent keeps its own list there.
    if call.ok is not False and isinstance(items, list) and not call.agent:
        ledger.todos = {
            str(at): (call.line, str(item.get("content") or ""), str(item.get("status") or "pending"))
            for at, item in enumerate(items)
            if isinstance(item, dict)
        }
        _cut(ledger)


def created(ledger: Fields, call: Call) -> None:
    """Add a task."""
    task = call.extra.get("task")
    told = re.search(r"#(\S+)", call.output)
    next_one = str(len(ledger.todos) + 1) if len(ledger.todos) < KEPT_TODOS else f"L{call.line}"
    key = str(task.get("id")) if isinstance(task, dict) else told[1] if told else next_one
    if call.ok:
        ledger.todos[key] = (call.line, str(call.input.get("subject") or ""), "pending")
        _cut(ledger)
        _described(ledger, key, call)


def updated(ledger: Fields, call: Call) -> None:
    """Take over what became of a task; sub-agents share the list."""
    key, status = str(call.input.get("taskId")), call.input.get("status")
    if not call.ok or key not in ledger.todos:
        return
    if status == "deleted":
        del ledger.todos[key]
        return
    _, text, old = ledger.todos[key]
    subject = call.input.get("subject")
    _described(ledger, key, call)
    ledger.todos[key] = (call.line, str(subject) if subject else text, str(status) if status else old)


def _described(ledger: Fields, key: str, call: Call) -> None:
    """Keep what is to be done for a task, in short, as its name may say only where that came from."""
    told = call.input.get("description")
    if isinstance(told, str) and told.strip():
        ledger.orders.pop(key, None)
        ledger.orders[key] = told[:ORDER_CHARS]
        drop_oldest(ledger.orders, KEPT_ORDERS)


def listed(ledger: Fields, call: Call) -> None:
    """Take the list as it was printed for the truth: sub-agents and the user keep it up, too."""
    tasks = call.extra.get("tasks")
    if isinstance(tasks, list):
        found = [
            tuple(str(task.get(name) or "") for name in ("id", "status", "subject"))
            for task in tasks
            if isinstance(task, dict)
        ]
    else:
        found = _TASK.findall(call.output)
    if call.ok:
        _take(ledger, call.result_line, found)


def reminded(ledger: Fields, mark: Mark) -> None:
    """Take over the list that the client reminds the agent of; where it is empty, it may be of another session."""
    _take(ledger, mark.line, _TASK.findall(mark.text))


def _take(ledger: Fields, line: int, found: list[tuple[str, ...]]) -> None:
    told = {key: (status, subject) for key, status, subject in found}
    if not told:
        return
    for key in [key for key, (_, _, status) in ledger.todos.items() if status != "completed"]:
        if key not in told:
            del ledger.todos[key]
    for key, (status, subject) in told.items():
        at, text, old = ledger.todos.get(key, (line, subject, ""))
        done = status == old == "completed"  # and stays told at the line where that was seen first
        ledger.todos[key] = (at if done else line, subject or text, status or old or "pending")
    _cut(ledger)


def _cut(ledger: Fields) -> None:
    """Leave out the oldest of more todos than are kept, those that are done before all others."""
    if (over := len(ledger.todos) - KEPT_TODOS) > 0:
        done = [key for key, (_, _, status) in ledger.todos.items() if status == "completed"]
        for key in done[:over]:
            del ledger.todos[key]
        drop_oldest(ledger.todos, KEPT_TODOS)
