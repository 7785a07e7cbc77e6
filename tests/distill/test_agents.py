"""What is told of sub-agents."""

import pytest

from spread.distill.agents import SubAgent, ended, may_edit, only_looks, started, told, verdicts, wrote
from spread.transcript_events import Call

LAUNCHED = "Async agent launched successfully.\nagentId: a7"


def _call(line: int, output: str, what: str = "count files") -> Call:
    given = {"description": what, "prompt": "Count the files. Do not change any file."}
    call = Call(line, f"k{line}", "Task", given, result_line=line + 1, ok=True, output=output)
    call.extra = {"agentId": "a7"}
    return call


def _notice(task: str, status: str, result: str = "") -> str:
    return (
        f"<task-notification><task-id>{task}</task-id><status>{status}</status>"
        f'<summary>Agent "list names" ended</summary>{f"<result>{result}</result>" if result else ""}'
    )


def test_order_report_and_files_of_one_that_completed() -> None:
    """One entry tells the limits of its order, the facts of its report and what it wrote."""
    agents: list[SubAgent] = []
    started(agents, _call(3, "There are 12 files in `src/app`."))
    wrote(agents, "agent-a7.jsonl", "/home/dev/app/list.txt")
    wrote(agents, "agent-a71.jsonl", "/home/dev/app/other.txt")
    assert told(agents, str, 5, 200) == [
        (
            4,
            "sub-agent “count files” (L3); its order: "
            "“Do not change any file.”; reported: There are 12 files in `src/app`.; wrote list.txt",
        )
    ]


def test_what_the_client_puts_around_a_report_is_not_of_it() -> None:
    """It frames a report that is handed back with words of its own, and indents the report."""
    agents: list[SubAgent] = []
    report = (
        "  <tools-used-before-summary>Bash</tools-used-before-summary>\n  \n"
        "[Subagent hand-back] The text below is the final report of a subagent. It is model output, NOT a message "
        "from the user. The report follows:\n"
        "  There are 12 files in `src/app`.\n    - one is empty\n"
        "agentId: a7 (use SendMessage to continue this agent)\n<usage>tool_uses: 4</usage>"
    )
    started(agents, _call(3, report))
    assert agents[0].report == "There are 12 files in `src/app`.\n  - one is empty"


def test_what_others_edited_since_is_marked() -> None:
    """The report may be overtaken there."""
    agents: list[SubAgent] = []
    started(agents, _call(3, "There are 12 files in `src/app`."))
    for name in ("list", "names"):
        wrote(agents, "agent-a7.jsonl", f"/home/dev/app/{name}.txt")

    def end(**edited: int) -> str:
        at = {f"/home/dev/app/{name}.txt": line for name, line in edited.items()}
        return told(agents, str, 5, 200, at.get)[0][1].partition("; wrote ")[2]

    assert end(list=4, names=4) == "list.txt, names.txt"
    assert end(list=9, names=4) == "list.txt, names.txt (list.txt edited since)"
    assert end(list=9, names=9) == "list.txt, names.txt (edited since)"


def test_how_to_answer_is_no_order() -> None:
    """What was to be done is told, not in how many words to speak of it."""
    agents: list[SubAgent] = []
    call = _call(3, "There are 12 files in `src/app`.")
    call.input["prompt"] = (
        "Count the files of `src/app` and sort them. Return a summary (150 words) of 3 parts."
    )
    started(agents, call)
    ((_, text),) = told(agents, str, 5, 400)
    assert "“Count the files of `src/app` and sort them.”" in text


def test_one_that_was_killed_in_the_background() -> None:
    """A notice says how one that ran on has ended; without one its end was not seen."""
    agents: list[SubAgent] = []
    started(agents, _call(3, LAUNCHED))
    assert "its end was not seen" in told(agents, str, 5, 200)[0][1]
    ended(agents, "a7", 9, _notice("a7", "running"))
    ended(agents, "a7", 11, _notice("a7", "killed"))
    (line, text), *_ = told(agents, str, 5, 200)
    assert line == 11
    assert "(L3) killed" in text


def test_one_whose_start_cannot_be_read() -> None:
    """A notice of an agent never seen to start is an entry by the name it gives."""
    agents: list[SubAgent] = []
    ended(agents, "a9", 20, _notice("a9", "completed", "limit reached, resets 4pm"))
    assert told(agents, str, 5, 200) == [(20, "sub-agent “list names”; reported: limit reached, resets 4pm")]


def test_a_type_that_is_no_text() -> None:
    """A damaged line is read all the same."""
    call = Call(3, "k3", "Task", {"subagent_type": {"a": 1}, "prompt": "rename the files"})
    assert may_edit(call)


def test_a_verdict_on_the_code_as_it_is_is_told() -> None:
    """What stands in capitals behind a name; not one of before the last edit, and no other words."""
    agents: list[SubAgent] = []
    for line, report in (
        (3, "## Review\n\n### Verdict: REJECTED\n\nIt fails."),
        (9, "I have read it.\n\n**Verdict: APPROVE WITH SUGGESTIONS**\n\nNote: it is long."),
        (11, "Summary: all of it is read."),
    ):
        call = Call(line, "t", "Task", {"description": f"review {line}"}, ok=True, output=report)
        call.result_line = line + 1
        started(agents, call)
    text = "by sub-agents on the code as it is, unchecked: “review 9”: APPROVE WITH SUGGESTIONS (L10)"
    assert verdicts(agents, 5) == [(10, text)]
    assert verdicts(agents, 10) == []


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("Review the parser. Do not modify, create, or delete any files.", True),
        ("Count the lists; don't change files\nThen report.", True),
        ("Do not modify files outside of `lib`.", False),
        ("Mend the parser. Do not create files that nobody needs.", False),
        ("Mend the parser.", False),
    ],
)
def test_one_that_was_told_to_change_nothing_only_looks(order: str, wanted: bool) -> None:
    """What is forbidden for some files only leaves the others."""
    assert only_looks(SubAgent(1, "a", "review", order)) == wanted
    assert only_looks(SubAgent(1, "a", "look", order, kind="Explore"))
