"""The user goes back in the conversation, and asks for something else in the place of a prompt."""

from pathlib import Path

import pytest

from spread.distill import distill, distiller
from spread.distill.ledger import Ledger
from spread.distillation import body
from spread.transcript_events import Event
from spread.transcript_rewinds import seems_rewound
from tests.distill.lines import CWD, SESSION, Lines

TOP = "9f0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f"
FIRST = "1a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
SECOND = "2a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
THIRD = "3a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
FOURTH = "4a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
Copies = dict[str, str | None]


def copies(lines: Lines, prompt: str, files: Copies) -> None:
    """Add which copies of files the client has as they are before a prompt; of one that is not there, None."""
    kept = {name: {"backupFileName": copy, "version": 1} for name, copy in files.items()}
    lines.add({
        "type": "file-history-snapshot", "messageId": prompt, "isSnapshotUpdate": False,
        "snapshot": {"messageId": prompt, "trackedFileBackups": kept},
    })  # fmt: skip


def new(lines: Lines, prompt: str, name: str, copy: str | None = None) -> None:
    """Add which copy the client has of a file that it edits for the first time."""
    lines.add({
        "type": "file-history-delta", "snapshotMessageId": prompt, "trackingPath": name,
        "backup": {"backupFileName": copy},
    })  # fmt: skip


def went_back(now: Copies, *, parent: str = TOP, steps: int = 1) -> tuple[Lines, int, int]:
    """Return a session that goes back before its second prompt, and the lines of that and of the one in its place.

    Args:
        now: The copies of files as they are at the end.
        parent: What the last prompt follows.
        steps: How many prompts are left behind.
    """
    lines = Lines()
    copies(lines, FIRST, {})
    lines.user("mend the mean of an empty list", uuid=FIRST)
    new(lines, FIRST, "tide.py", "tide@v1")
    lines.edit(f"{CWD}/tide.py")
    lines.say("The mean is mended.")
    copies(lines, SECOND, {"tide.py": "tide@v2"})
    began = lines.user("add a median, never round it", uuid=SECOND, parentUuid=TOP)
    lines.edit(f"{CWD}/tide.py")
    new(lines, SECOND, "median.py")
    lines.write(f"{CWD}/median.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.say("The median takes the upper one of two.")
    if steps > 1:
        copies(lines, THIRD, {"tide.py": "tide@v3", "median.py": "median@v2"})
        lines.user("and a mode", uuid=THIRD, parentUuid=FIRST)
        lines.say("There may be several modes; which one do you want?")
    copies(lines, FOURTH, now)
    line = lines.user("add a variance", uuid=FOURTH, parentUuid=parent)
    lines.say("The variance is there.")
    return lines, began, line


@pytest.mark.parametrize(
    ("now", "steps", "told"),
    [
        (
            {"tide.py": "tide@v2", "median.py": None},
            1,
            "the client put back as they were: median.py, tide.py",
        ),
        ({"tide.py": "tide@v3", "median.py": "median@v2"}, 1, "edits from there on stay: median.py, tide.py"),
        (
            {"tide.py": "tide@v4", "median.py": None},
            2,
            "the client put back as they were: median.py, tide.py",
        ),
        ({"tide.py": "tide@v3", "median.py": "median@v2"}, 2, "edits from there on stay: median.py, tide.py"),
        ({"tide.py": "tide@v4"}, 2, "edits from there on may be undone: median.py, tide.py"),
        ({}, 1, "edits from there on may be undone: median.py, tide.py"),
    ],
)
def test_what_was_said_is_taken_back_and_what_was_done_if_it_was_put_back(
    now: Copies, steps: int, told: str, tmp_path: Path
) -> None:
    """What the client notes of files at the prompts tells which are as they were."""
    lines, began, line = went_back(now, steps=steps)
    page = lines.page(tmp_path)
    assert f"the user went back to before L{began}; {told} (L{line})" in page
    assert "never round it" not in page
    assert "takes the upper one" not in page
    assert "several modes" not in page
    assert ("created: median.py" in page) is ("put back" not in told)
    assert "The mean is mended." in page


def test_a_check_of_what_was_put_back_is_of_other_code(tmp_path: Path) -> None:
    """It ran, but not on what is there now."""
    stays, _, _ = went_back({"tide.py": "tide@v3", "median.py": "median@v2"})
    back, _, _ = went_back({"tide.py": "tide@v2", "median.py": None})
    assert stays.distilled(tmp_path).validation.after_last_edit is True
    assert back.distilled(tmp_path).validation.after_last_edit is False


def test_who_goes_on_behind_the_last_message_takes_nothing_back(tmp_path: Path) -> None:
    """Nor is it told where files are as they were."""
    lines, _, _ = went_back({"tide.py": "tide@v2", "median.py": None}, parent=THIRD)
    page = lines.page(tmp_path)
    assert "went back" not in page
    assert "never round it" in page


@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_the_first_prompt_is_taken_back_where_the_client_says_that_the_user_went(
    explicit: bool, after: bool, tmp_path: Path
) -> None:
    """What takes its place follows the last message all the same, and has its number; that alone may mean anything."""
    lines = Lines()
    lines.user("write a parser in C, never in Rust", turnPosition={"turnIndex": 1})
    lines.say("The parser is written.")
    said = {"type": "last-prompt", "leafUuid": "0", "explicit": explicit, "sessionId": SESSION}
    if not after:
        lines.add(said)
    lines.user("write a lexer by hand", turnPosition={"turnIndex": 1})
    if after:
        lines.add(said)
    lines.say("The lexer is written.")
    assert ("never in Rust" not in lines.page(tmp_path)) is explicit


def test_reading_on_is_the_same_as_reading_all(tmp_path: Path) -> None:
    """Wherever it was left: also before the client notes what it put back."""
    lines, _, _ = went_back({"tide.py": "tide@v2", "median.py": None})
    raw = [*lines.raw]
    raw[-3], raw[-2] = raw[-2], raw[-3]
    path, state = tmp_path / f"{SESSION}.jsonl", str(tmp_path / "state")
    for count in range(1, len(raw) + 1):
        path.write_text("\n".join(raw[:count]) + "\n")
        if not any('"type":"user"' in one for one in raw[:count]):
            continue
        whole = body(distill(str(path), machine="box").to_markdown())
        assert body(distill(str(path), machine="box", state=state).to_markdown()) == whole
    assert "put back as they were" in whole


def test_nothing_is_folded_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the user went back shows in the bytes, before anything is made of what was left behind."""
    added, add = list[int](), Ledger.add

    def noted(self: Ledger, event: Event) -> None:
        added.append(event.line)
        add(self, event)

    monkeypatch.setattr(Ledger, "add", noted)
    lines, began, line = went_back({"tide.py": "tide@v2", "median.py": None})
    told = lines.distilled(tmp_path)
    assert "put back as they were" in body(told.to_markdown())
    assert added == sorted(added)
    assert added.count(line) == 1
    assert began not in added


def test_what_only_looks_like_going_back_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of the client's own may follow what a prompt follows, and is none."""
    lines = Lines()
    lines.user("mend the mean of an empty list", uuid=FIRST, parentUuid=TOP)
    lines.user("Caveat: what follows is for you", uuid=SECOND, isMeta=True, parentUuid=TOP)
    lines.edit(f"{CWD}/tide.py")
    lines.say("The mean is mended.")
    assert seems_rewound(lines.save(tmp_path))
    page = lines.page(tmp_path)
    monkeypatch.setattr(distiller, "seems_rewound", lambda path: False)
    assert lines.page(tmp_path) == page


def test_going_back_again_and_further(tmp_path: Path) -> None:
    """What was left behind twice is told once; denials, plans and todos there are none any more."""
    lines, began, _ = went_back({"tide.py": "tide@v2", "median.py": None})
    lines.tool("TodoWrite", {"todos": [{"content": "name it", "status": "pending", "activeForm": "Naming"}]})
    other = "5a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
    copies(lines, other, {"tide.py": "tide@v2", "median.py": None})
    lines.user("add a range", uuid=other, parentUuid=TOP)
    lines.say("The range is there.")
    page = lines.page(tmp_path)
    assert page.count("the user went back to before") == 1
    assert f"before L{began};" in page
    assert "name it" not in page
    assert "variance" not in page


def test_odd_notes_of_files_tell_nothing(tmp_path: Path) -> None:
    """As nothing in a file may be fatal."""
    lines, _, _ = went_back({"tide.py": "tide@v2", "median.py": None})
    for odd in (
        '{"type":"file-history-snapshot","messageId":1}',
        '{"type":"file-history-delta","trackingPath":1}',
        '{"type":"file-history-',
    ):
        lines.raw.insert(-2, odd)
    assert "put back as they were: median.py, tide.py" in lines.page(tmp_path)
