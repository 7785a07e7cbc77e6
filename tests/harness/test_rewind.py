"""The real client: where its user goes back in the conversation, a page tells what is still so."""

import shutil
from pathlib import Path

import pytest

from spread import distill
from spread.distillation import body
from tests.conftest import need
from tests.e2e.world import wait_until
from tests.harness.client import Sandbox, find_client
from tests.harness.terminal import Session

MENU = "Restore the code"
SECOND = "write down the units, never in English"


def write(path: Path, text: str) -> dict[str, object]:
    """Return a reply that writes a file."""
    return {"tools": [{"name": "Write", "input": {"file_path": str(path), "content": text}}]}


@pytest.mark.parametrize(
    ("choice", "came"), [("1", "put back as they were"), ("2", "edits from there on stay")]
)
def test_what_the_user_went_back_behind_is_taken_back(choice: str, came: str, tmp_path: Path) -> None:
    """Two prompts back, code and conversation or the conversation alone; and reading on is the same as reading all."""
    need(find_client(), "the claude client; set CLAUDE_BIN")
    need(shutil.which("tmux"), "tmux")
    box = Sandbox(tmp_path / "box")
    weeks, units = box.project / "weeks.py", box.project / "units.py"
    box.reply_with({
        "sequence": [
            write(weeks, "WEEK = 7\n"), "The first is done.",
            write(units, "UNITS = []\n"), "The second is done.",
            "The third is done.", "The fourth is done.",
        ]
    })  # fmt: skip
    with box, Session(box, "--permission-mode", "acceptEdits") as terminal:
        terminal.ready()
        for text, answer in (
            ("write down the weeks", "The first"),
            (SECOND, "The second"),
            ("and say more of that", "The third"),
        ):
            terminal.submit(text)
            assert terminal.wait_for(f"{answer} is done."), terminal.screen()
        (path,) = map(str, box.transcripts())
        state = str(tmp_path / "state")
        distill.distill(path, machine="box", state=state)
        terminal.submit("/rewind")
        assert terminal.wait_for(MENU), terminal.screen()
        terminal.keys("Up", "Up")
        assert terminal.wait_for("\u276f write down the units"), terminal.screen()
        terminal.keys("Enter")
        assert terminal.wait_for("1. Restore code and conversation"), terminal.screen()
        terminal.keys(choice)
        wait_until("the menu has gone", lambda: "Restore" not in terminal.screen())
        terminal.keys(*["BSpace"] * len(SECOND))  # it gives the prompt back to be edited
        wait_until("the prompt is empty", lambda: f"\u276f {SECOND}" not in terminal.screen())
        terminal.submit("write down the days")
        assert terminal.wait_for("The fourth is done."), terminal.screen()
        assert units.exists() is (choice == "2")
        wait_until("the answer is on record", lambda: "The fourth is done." in Path(path).read_text())
    whole = body(distill.distill(path, machine="box").to_markdown())
    assert f"; {came}" in whole or f"; the client {came}" in whole
    assert "never in English" not in whole
    assert "The second is done." not in whole
    files = whole.partition("## Files")[2].partition("##")[0]
    assert ("units.py" in files, "weeks.py" in files) == (choice == "2", True)
    assert body(distill.distill(path, machine="box", state=state).to_markdown()) == whole
