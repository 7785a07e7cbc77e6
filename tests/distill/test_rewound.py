"""The user goes back in the conversation, and asks for something else in the place of a prompt."""

import json
from pathlib import Path

import pytest

from spread.distill import distill, distiller
from spread.distill.ledger import Ledger
from spread.distillation import body
from spread.transcript_events import Event
from spread.transcript_rewinds import MOST_COPIES, Rewinds, seems_rewound
from tests.distill.lines import CWD, SESSION, Lines

TOP = "9f0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f"
FIRST = "1a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
SECOND = "2a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
THIRD = "3a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
FOURTH = "4a0e7c52-3a4b-4c5d-8e6f-7a8b9c0d1e0f"
Copies = dict[str, str | None]


def copies(lines: Lines, prompt: str, files: Copies) -> None:
    """Add which copies of files the client has as they are before a prompt; of one that is not there, None."""
    kept = {
        name: {"backupFileName": copy, "version": 1, "realParentDir": lines.cwd}
        for name, copy in files.items()
    }
    lines.add({
        "type": "file-history-snapshot", "messageId": prompt, "isSnapshotUpdate": False,
        "snapshot": {"messageId": prompt, "trackedFileBackups": kept},
    })  # fmt: skip


def new(lines: Lines, prompt: str, name: str, copy: str | None = None) -> None:
    """Add which copy the client has of a file that it edits for the first time."""
    lines.add({
        "type": "file-history-delta", "snapshotMessageId": prompt, "trackingPath": name,
        "backup": {"backupFileName": copy, "realParentDir": lines.cwd},
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
        '{"type":"file-history-snapshot","messageId":["p"],"snapshot":{"trackedFileBackups":{}}}',
        '{"type":"file-history-delta","trackingPath":1}',
        '{"type":"file-history-',
    ):
        lines.raw.insert(-2, odd)
    assert "put back as they were: median.py, tide.py" in lines.page(tmp_path)


def test_of_files_without_end_the_newest_copies_are_known() -> None:
    """Whatever a transcript holds, so many are kept."""
    rewinds = Rewinds()
    for at in range(MOST_COPIES + 9):
        told = {"type": "file-history-delta", "trackingPath": f"{at}.py", "backup": {"backupFileName": "x"}}
        assert not rewinds.noted(at, json.dumps(told, separators=(",", ":")).encode(), CWD)
    assert next(iter(rewinds.copies)) == "9.py"
    assert len(rewinds.copies) == MOST_COPIES


def code_put_back(now: Copies, *, to: str = "", shell: str = "", early: bool = False) -> tuple[Lines, int]:
    """Return a session whose user goes on with the conversation, and the line of the prompt where that is seen.

    Args:
        now: The copies of files as they are at that prompt.
        to: Of a file that a sub-agent edited in the turn before.
        shell: A command at the end of that turn.
        early: What the client notes stands before the prompt.
    """
    lines = Lines()
    copies(lines, FIRST, {})
    lines.user("mend the mean of an empty list", uuid=FIRST)
    new(lines, FIRST, "mean.py")
    lines.write(f"{CWD}/mean.py")
    lines.say("The mean is mended.")
    copies(lines, SECOND, {"mean.py": "mean@v2"})
    lines.user("add a median", uuid=SECOND)
    lines.edit(f"{CWD}/mean.py")
    new(lines, SECOND, "tide.py", "tide@v1")
    lines.edit(f"{CWD}/tide.py")
    new(lines, SECOND, "median.py")
    lines.write(f"{CWD}/median.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    if shell:
        lines.bash(shell)
    lines.say("The median is there.")
    if early:
        copies(lines, THIRD, now)
    line = lines.user("add a variance", uuid=THIRD)
    if not early:
        lines.edit(f"{CWD}/tide.py" if to else f"{CWD}/variance.py")
        copies(lines, THIRD, now)
    lines.say("The variance is there.")
    return lines, line


@pytest.mark.parametrize("early", [True, False])
def test_code_that_was_put_back_without_the_conversation_is_not_told_as_there(
    early: bool, tmp_path: Path
) -> None:
    """The client tells it by its copies of the files: one has none, others are those of the prompt before."""
    lines, line = code_put_back({"mean.py": "mean@v2", "tide.py": "tide@v1", "median.py": None}, early=early)
    at = line - early
    page = lines.page(tmp_path)
    files = page.partition("## Files")[2].partition("\n## ")[0]
    assert "mean.py" in files
    assert "tide.py" not in files
    assert "median.py" not in files
    assert f"the edits of the turn before this prompt were put back: mean.py (L{at})" in page
    assert f"made and deleted again in the session: median.py (L{at})" in page
    assert "all edits taken back: tide.py" in page
    assert lines.distilled(tmp_path).validation.after_last_edit is False


def test_files_that_are_as_they_were_edited_stay(tmp_path: Path) -> None:
    """They have new copies; what was edited in answer to the prompt is none of the turn before."""
    kept: Copies = {"mean.py": "mean@v3", "tide.py": "tide@v2", "median.py": "median@v2"}
    page = code_put_back(kept)[0].page(tmp_path)
    files = page.partition("## Files")[2].partition("\n## ")[0]
    assert all(name in files for name in ("mean.py", "tide.py", "median.py", "variance.py"))
    assert "put back" not in page
    later = code_put_back({**kept, "tide.py": "tide@v1"}, to="tide.py")[0].page(tmp_path)
    assert "tide.py" in later.partition("## Files")[2].partition("\n## ")[0]


def test_what_is_in_a_commit_or_a_stash_is_not_gone(tmp_path: Path) -> None:
    """On another branch there is no such file, and it may come back."""
    gone: Copies = {"mean.py": None, "tide.py": "tide@v1", "median.py": None}
    stashed = code_put_back(gone, shell="git stash -u")[0].page(tmp_path)
    assert "made and deleted again" not in stashed
    lines, _ = code_put_back(gone)
    at = next(at for at, raw in enumerate(lines.raw) if "3 passed" in raw)
    more = Lines()
    more.raw = lines.raw[: at + 1]
    more.calls = 99
    more.bash(
        "git add -A && git commit -m 'Add a median' && git checkout -q main",
        "[median 1a2b3c4] Add a median\n 3 files changed\n create mode 100644 mean.py\n create mode 100644 median.py",
    )
    more.raw += lines.raw[at + 1 :]
    assert "median.py" in more.page(tmp_path).partition("## Files")[2].partition("\n## ")[0]


def test_of_files_in_another_folder_than_the_session_began_in_nothing_is_told(tmp_path: Path) -> None:
    """In a work tree that the client made a name is of another file; older clients do not say where one is."""
    lines, _ = code_put_back({"mean.py": "mean@v2", "tide.py": "tide@v1", "median.py": None})
    for folder in ('"realParentDir":"/home/dev/tree"', '"version":1'):
        lines.raw = [raw.replace(f'"realParentDir":"{CWD}"', folder) for raw in lines.raw]
        files = lines.page(tmp_path).partition("## Files")[2].partition("\n## ")[0]
        assert all(name in files for name in ("mean.py", "tide.py", "median.py"))
