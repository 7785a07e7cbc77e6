"""Sharing a session is not told, and its passphrase goes nowhere."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.own import foreign, given_to_us, secret_of
from spread.distill.shell import split
from spread.distillation import Distillation
from spread.transcript_events import Prompt
from tests.distill.lines import Lines

SECRET = "violet " + "harbour " + "seventeen"


def session() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit("/home/dev/app/a.py")
    lines.say("The parser is mended now.")
    return lines


def made(lines: Lines, folder: Path, last: str | None = None) -> Distillation:
    return distill(lines.save(folder), machine="box", last_message=last)


def holds_secret(value: Distillation) -> bool:
    told = (value.to_json() + value.to_markdown()).lower()
    return any(word in told for word in SECRET.split())


def shared(lines: Lines) -> None:
    """What Claude does when it follows our skill."""
    lines.tool("Bash", {"command": "mktemp /tmp/spread-told.XXXXXX"}, "/tmp/spread-told.c3D4e5")
    lines.write("/tmp/spread-told.c3D4e5", created=False)
    lines.tool("Write", {"file_path": "/tmp/spread-told.c3D4e5", "content": "please mend the parser"})
    lines.tool("Bash", {"command": "mktemp /tmp/spread-pass.XXXXXX"}, "/tmp/spread-pass.a1B2c3")
    lines.write("/tmp/spread-pass.a1B2c3", created=False)
    lines.tool("Write", {"file_path": "/tmp/spread-pass.a1B2c3", "content": SECRET})
    command = "spread share --session abc --relay --passphrase-file /tmp/spread-pass.a1B2c3"
    lines.tool("Bash", {"command": command}, "running", twin={"backgroundTaskId": "b1"})
    lines.bash("rm -f /tmp/spread-pass.a1B2c3", "no", code=1)


FORMS = (
    f"/distill-share {SECRET}",
    f"/spread:distill-share --relay wss://relay.example/x {SECRET}",
    f"/claude-spread:distill-receive --room a7f3b2 {SECRET}",
    f"<command-message>x</command-message>\n<command-name>/distill-share</command-name>\n"
    f"<command-args>--lan {SECRET}</command-args>",
    f"<command-name>spread:distill-receive</command-name><command-args>{SECRET}</command-args>",
)


@pytest.mark.parametrize("form", FORMS)
def test_passphrase_is_nowhere_and_the_request_before_stays(tmp_path: Path, form: str) -> None:
    """Whatever form the skill was called in, the session reads as before it, without the passphrase."""
    plain = made(session(), tmp_path)
    lines = session()
    lines.user(form)
    lines.user(f"Base directory for this skill: /x\n\n# Share\n\nARGUMENTS: {SECRET}", isMeta=True)
    shared(lines)
    lines.say(f"Shared with {SECRET}. The code is a7f3b2-amber-tiger-lamp.")
    value = made(lines, tmp_path, "Shared.")
    assert not holds_secret(value)
    assert "spread-" not in value.to_json().replace("claude-spread", "")
    assert (value.last_request, value.summary, value.state) == (
        plain.last_request,
        plain.summary,
        plain.state,
    )
    assert value.goal == plain.goal  # which the narrative repeats: its words are no secret
    assert (value.files, value.failed, value.uncertainties) == (
        plain.files,
        plain.failed,
        plain.uncertainties,
    )


def test_queued_call_of_the_skill_is_dropped_too(tmp_path: Path) -> None:
    """A prompt that lives only in the queue is no other way in."""
    lines = session()
    lines.queue("enqueue", f"/distill-share {SECRET}")
    assert not holds_secret(made(lines, tmp_path))
    lines.queue("remove")
    assert not holds_secret(made(lines, tmp_path))


def test_passphrase_given_in_plain_words_is_taken_out(tmp_path: Path) -> None:
    """When Claude calls the skill for a request in prose, the passphrase it hands on is known and removed."""
    lines = session()
    lines.user(f"Always be quick. Hand this to my laptop, the passphrase is {SECRET}, never tell it.")
    lines.add({"type": "custom-title", "customTitle": f"Share with {SECRET.title()}", "sessionId": "s"})
    lines.tool("Skill", {"skill": "spread:distill-share", "args": f"--relay {SECRET}"})
    lines.say(f"I use {SECRET.upper()} as the\npassphrase.")
    value = made(lines, tmp_path)
    assert not holds_secret(value)
    assert value.redactions["passphrase"] >= 2
    assert "[redacted:passphrase]" in value.last_request


def test_passphrase_written_by_the_shell_is_taken_out(tmp_path: Path) -> None:
    """Against the skill's advice, but no reason to tell it."""
    lines = session()
    lines.user("hand it over with the words I gave you")
    lines.bash(f"printf %s '{SECRET}' > /tmp/spread-pass.a1B2c3 && spread share --session x", "bad", code=1)
    lines.say(f"It failed: {SECRET} was refused.")
    assert not holds_secret(made(lines, tmp_path))


def test_next_prompt_is_told_again(tmp_path: Path) -> None:
    """Only the turns of our skills are left out."""
    lines = session()
    lines.user(f"/distill-share {SECRET}")
    lines.say("The code is there.")
    lines.user("now add a test for empty input")
    lines.write("/home/dev/app/test_a.py")
    lines.say("Added a test for empty input.")
    value = made(lines, tmp_path)
    assert value.last_request == "now add a test for empty input"
    assert value.summary == "Added a test for empty input."
    assert value.files.created == ("test_a.py",)


@pytest.mark.parametrize(
    "text", ["distill-share is broken, mend it", "/distill-shares x", "/other:command distill-share"]
)
def test_other_prompts_are_not_ours(text: str) -> None:
    """Speaking of the skill is not calling it."""
    assert given_to_us(Prompt(1, text)) is None


def test_own_commands_in_a_line_are_left_out_and_others_stay() -> None:
    """`spread share` beside a real command hides only itself."""
    source = "spread inbox; npm test && /usr/bin/spread show latest; spread demo; rm -f /tmp/spread-pass.ab12"
    assert [item.words[0] for item in foreign(split(source))] == ["npm", "spread"]


def test_secret_is_what_is_left_without_options() -> None:
    """Options and their addresses are no part of a passphrase."""
    assert secret_of(f"--relay wss://r.example {SECRET} --room a7f3b2") == SECRET
    assert secret_of("--relay") == ""
