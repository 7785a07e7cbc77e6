"""`spread distill` on the command line's plain values."""

import json
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
