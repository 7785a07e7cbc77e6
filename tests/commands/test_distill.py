"""`spread distill` on the command line's plain values."""

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from spread.commands.distill import find, run
from spread.distillation import Distillation
from spread.errors import SpreadError, TranscriptError, UsageError
from tests.distill.lines import SESSION, Lines


@pytest.fixture
def transcript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "claude" / "projects" / "-home-dev-app"
    folder.mkdir(parents=True)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    lines = Lines()
    lines.user("please write the parser ü für alle")
    lines.write("/home/dev/app/parser.py")
    return lines.save(folder)


def test_markdown_goes_to_stdout(transcript: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The default form is Markdown, alone on stdout."""
    assert run(transcript) == 0
    out, err = capfd.readouterr()
    assert Distillation.from_markdown(out).files.created == ("parser.py",)
    assert err == ""


def test_that_nothing_was_said_is_told(transcript: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A session that was only opened, or of another agent's that looks like ours, has a page without a word."""
    Path(transcript).write_text(
        '{"type":"user","sessionId":"s","message":{"role":"user","parts":[{"text":"do"}]}}\n'
    )
    assert run(transcript) == 0
    out, err = capfd.readouterr()
    assert Distillation.from_markdown(out).says_nothing
    assert err == f"note: no prompt, answer or change was found in {transcript}\n"


def test_json_goes_to_stdout(transcript: str, capfd: pytest.CaptureFixture[str]) -> None:
    """`--format json` prints one JSON document."""
    assert run(transcript, form="json") == 0
    assert json.loads(capfd.readouterr().out)["goal"] == "please write the parser ü für alle"


def test_session_is_found_by_id_and_by_its_beginning(transcript: str) -> None:
    """A session id, or enough of it, stands for its transcript."""
    assert find(SESSION) == transcript
    assert find(SESSION[:6]) == transcript


def test_ambiguous_beginning_is_refused(transcript: str) -> None:
    """Two sessions with the same beginning are not guessed between; an exact id wins."""
    other = Path(transcript).with_name(f"{SESSION[:8]}-other.jsonl")
    other.write_bytes(Path(transcript).read_bytes())
    with pytest.raises(TranscriptError, match="2 sessions begin with"):
        find(SESSION[:8])
    assert find(SESSION) == transcript


@pytest.mark.parametrize("source", ["nosuch", "*", "../..", "no/such.jsonl"])
def test_unknown_session_is_explained(transcript: str, source: str, tmp_path: Path) -> None:
    """What is not there is an error with a hint, wildcards and paths included."""
    with pytest.raises(SpreadError) as caught:
        run(source, output=str(tmp_path / "out.md"))
    assert caught.value.hint


def test_output_file_is_written_privately(transcript: str, tmp_path: Path) -> None:
    """`-o` writes the same text, readable by the user alone."""
    path = tmp_path / "out.md"
    assert run(transcript, output=str(path)) == 0
    assert Distillation.from_markdown(path.read_text(encoding="utf-8")).session_id == SESSION
    assert path.stat().st_mode & 0o077 == 0


def test_output_that_is_there_is_replaced(transcript: str, tmp_path: Path) -> None:
    """A file keeps its mode, and a link to it leads there still."""
    path, link = tmp_path / "out.md", tmp_path / "link"
    path.write_text("long before " * 10_000)
    path.chmod(0o644)
    link.symlink_to("out.md")
    assert run(transcript, output=str(link)) == 0
    assert link.is_symlink()
    assert path.read_text("utf-8").startswith("+++\n")
    assert "long before" not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize("there", [True, False])
def test_output_survives_a_write_that_fails(
    transcript: str, tmp_path: Path, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk what stood in the file is there still, and nothing lies beside it."""
    path = tmp_path / "out.md"
    if there:
        path.write_text("before")

    def full(handle: int, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(SpreadError, match="cannot write") as caught:
            run(transcript, output=str(path))
    assert "No space" in caught.value.why
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith((".md", ".tmp"))] == [
        "out.md"
    ] * there
    assert not there or path.read_text() == "before"


def test_output_may_be_no_file(transcript: str, tmp_path: Path) -> None:
    """A pipe takes it as it comes, and so does what stdout is, though others go on writing there."""
    command = f"{sys.executable} -m spread.cli distill {transcript} -o /dev/stdout"
    piped = subprocess.run(f"{command} | cat", shell=True, capture_output=True, check=True).stdout
    assert piped.startswith(b"+++\n")
    subprocess.run(f"({command}; echo after) > {tmp_path}/all", shell=True, capture_output=True, check=True)
    assert (tmp_path / "all").read_bytes().endswith(b"after\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reading:
        assert run(transcript, output=str(pipe)) == 0
        assert reading.stdout is not None
        assert reading.stdout.read() == piped
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_unwritable_output_is_explained(transcript: str, tmp_path: Path) -> None:
    """A directory that is not there is named."""
    with pytest.raises(SpreadError, match="cannot write"):
        run(transcript, output=str(tmp_path / "no" / "out.md"))


def test_unknown_form_is_a_usage_error(transcript: str) -> None:
    """Only md and json exist."""
    with pytest.raises(UsageError):
        run(transcript, form="xml")


def test_an_audit_shows_what_was_removed_and_not_the_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`--audit` prints rule, mask, number and place instead of the document, as text and as JSON."""
    secret = "ghp_" + "Zx9Kq2Lm7Rt4Vw8B" + "n3Yc6Pd1Sf5Gh0JaUeQi"
    lines = Lines()
    lines.user(f"deploy with {secret}")
    path = lines.save(tmp_path)
    assert run(path, audit=True) == 0
    text = capfd.readouterr().out
    assert "gh…Qi (40 characters)" in text
    assert "goal (L1)" in text
    assert run(path, form="json", audit=True) == 0
    (item,) = json.loads(raw := capfd.readouterr().out)["removed"]
    assert {"field": "goal", "line": "L1"} in item["places"]
    assert secret not in text + raw
    assert "deploy" not in text + raw


def test_an_audit_of_a_clean_session_says_so(transcript: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing removed is one line."""
    assert run(transcript, audit=True) == 0
    assert capfd.readouterr().out == f"nothing was removed from session {SESSION}\n"


def test_values_of_the_environment_are_secrets(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this machine's environment holds under a secret-like name is taken out here too."""
    value = "wint" + "erberry-lane-0417-blue"
    monkeypatch.setenv("MY_API_SECRET", value)
    lines = Lines()
    lines.user(f"call it {value}")
    assert run(lines.save(tmp_path)) == 0
    assert value not in capfd.readouterr().out
