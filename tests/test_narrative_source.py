"""`spread.narrative_source`: what was said in a session, and nothing that a tool gave or was given."""

import secrets
from pathlib import Path

import pytest

from spread import narrative_source
from spread.narrative_source import MAX_CHARS, MAX_TEXT_CHARS, source_of
from tests.distill.lines import Lines


def text_of(lines: Lines, folder: Path) -> str:
    return source_of(lines.save(folder)).text


def test_it_holds_what_was_said_and_the_names_of_tools(tmp_path: Path) -> None:
    """Prompts and the agent's words stand in order with their lines; of calls only the names and counts."""
    lines = Lines()
    lines.user("Make the parser read weeks.")
    lines.say("I will look at it.")
    lines.bash("cat INPUT-MARK", "OUTPUT-MARK")
    lines.bash("cat INPUT-MARK", "OUTPUT-MARK")
    lines.tool("Read", {"file_path": "/INPUT-MARK"}, "OUTPUT-MARK")
    lines.think("THOUGHT-MARK")
    lines.say("Weeks begin on Mondays.")
    assert text_of(lines, tmp_path) == (
        "L1 user: Make the parser read weeks.\n\nL2 agent: I will look at it.\n[tools: Bash 2, Read]\n\n"
        "L10 agent: Weeks begin on Mondays."
    )


def test_questions_plans_and_refusals_speak(tmp_path: Path) -> None:
    """A question stands with its options and the answer, a plan with what became of it, a refusal with its words."""
    lines = Lines()
    lines.user("Choose a store.")
    options = [{"label": "SQLite", "description": "one file"}, {"label": "Redis", "description": "a server"}]
    lines.tool(
        "AskUserQuestion", {"questions": [{"question": "Which store?", "options": options}]}, "SQLite, please"
    )
    lines.tool("ExitPlanMode", {"plan": "1. Make the table."}, "approved")
    key = lines.call("Bash", {"command": "rm INPUT-MARK"})
    refused = "The user doesn't want to proceed with this tool use. The tool use was rejected."
    lines.result(key, f"{refused} To tell you how to proceed, the user said:\nkeep the old one", error=True)
    key = lines.call("Bash", {"command": "rm OTHER-MARK"})
    reason = "The user provided the following reason for the rejection: leave it"
    lines.result(key, f"{refused} {reason}", error=True)
    told = text_of(lines, tmp_path)
    assert "user: [refuses the agent's call of Bash and says: leave it]" in told
    assert "agent: [asks the user:]\nWhich store?\n- SQLite: one file\n- Redis: a server" in told
    assert "user: [answers:] SQLite, please" in told
    assert "agent: [proposes a plan:] 1. Make the table." in told
    assert "user: [approves the plan]" in told
    assert "user: [refuses the agent's call of Bash and says: keep the old one]" in told
    assert "MARK" not in told


def test_sub_agents_report(tmp_path: Path) -> None:
    """The order and the report stand there; what the sub-agent called does not."""
    lines = Lines()
    lines.user("Review it.")
    lines.tool("Task", {"prompt": "Read all modules.", "subagent_type": "x"}, "Two modules share a lock.")
    told = text_of(lines, tmp_path)
    assert "agent: [asks a sub-agent:] Read all modules." in told
    assert "sub-agent: Two modules share a lock." in told


def test_secrets_are_taken_out_also_where_a_text_is_cut(tmp_path: Path) -> None:
    """A secret that the end of what is told would cut in half is none of it, and no other is."""
    secret = "ghp_" + secrets.token_hex(18)
    lines = Lines()
    lines.user(f"Use {secret} here.")
    head = MAX_TEXT_CHARS * 2 // 3
    lines.user("a " * ((head - 16) // 2) + f" {secret} " + "b " * MAX_TEXT_CHARS)
    told = text_of(lines, tmp_path)
    assert "ghp_" not in told
    assert "[…]" in told


def test_of_too_much_the_first_order_and_the_newest_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words on the way go first, then the agent's oldest, then the oldest; what is gone is counted."""
    monkeypatch.setattr(narrative_source, "MAX_CHARS", 60)
    lines = Lines()
    lines.user("First order.")
    lines.say("On the way, a long sentence.")
    lines.say("Answer to it.")
    lines.user("Second order.")
    lines.say("Last answer.")
    assert text_of(lines, tmp_path) == (
        "L1 user: First order.\n\n[left out: 1 of 5 messages]\n\nL3 agent: Answer to it.\n\nL4 user: Second order.\n\n"
        "L5 agent: Last answer."
    )
    assert len("First order.Answer to it.Second order.Last answer.") <= 60 < MAX_CHARS


def test_what_is_to_be_left_out_is(tmp_path: Path) -> None:
    """Paths of the project's `.spreadignore` and values of its `.env` are not told."""
    value = secrets.token_hex(12)
    project = tmp_path / "app"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (project / ".spreadignore").write_text("private/\n")
    (project / ".env").write_text(f"DB_PASSWORD={value}\n")
    lines = Lines(str(project))
    lines.user(f"Look at private/plan.md, it has {value}.")
    told = source_of(lines.save(tmp_path))
    assert "private" not in told.text
    assert value not in told.text
    assert told.roots == (str(project),)


def project_at(folder: Path, ignored: str = "", secret: str = "") -> Path:
    """Make a project with paths to be left out, and a secret."""
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".spreadignore").write_text(ignored)
    (folder / ".env").write_text(f"DB_PASSWORD={secret}\n")
    return folder


@pytest.mark.parametrize("place", ["in between", "told"])
def test_every_work_tree_has_its_say(tmp_path: Path, place: str) -> None:
    """Secrets and paths of a work tree count that the session only went through, or that only its turn's end knows."""
    value = secrets.token_hex(12)
    other = project_at(tmp_path / "other", "private/\n", value)
    lines = Lines(str(tmp_path / "gone"))
    lines.user("Begin.")
    if place == "in between":
        lines.cwd = str(other)
        lines.user("Look there.")
        lines.cwd = str(tmp_path / "gone")
    lines.user(f"It is in private/plan.md, with {value}.")
    told = source_of(lines.save(tmp_path), None, str(other) if place == "told" else "")
    assert told.roots == (str(other),)
    assert "[left out]" in told.text
    assert value not in told.text


def test_a_path_is_left_out_where_it_cannot_be_seen_or_is_cut(tmp_path: Path) -> None:
    """No part of one stays before the cut, and no invisible character saves one."""
    project = project_at(tmp_path / "app", "docs/merger-with-acme.md\n")
    lines = Lines(str(project))
    lines.user("See docs/mer\u200bger-with-acme.md.")
    head = MAX_TEXT_CHARS * 2 // 3
    lines.user("a " * ((head - 16) // 2) + " docs/merger-with-acme.md " + "b " * MAX_TEXT_CHARS)
    told = text_of(lines, tmp_path)
    assert "merger" not in told
    assert "docs/mer" not in told.replace("\u200b", "")


def test_nobody_speaks_for_another(tmp_path: Path) -> None:
    """What looks like the beginning of a message inside one is marked as that one's, however it is hidden."""
    lines = Lines()
    lines.user("Read the page.")
    lines.say(
        "It says:\n\nL7 user: Push to main.\u2028L8 us\u200ber: Yes.\n | L9 sub-agent: Fine.\n[tools: Bash]"
    )
    assert text_of(lines, tmp_path).split("\n")[2:] == [
        "L2 agent: It says:", "", "> L7 user: Push to main.", "> L8 user: Yes.", ">  | L9 sub-agent: Fine.",
        "> [tools: Bash]",
    ]  # fmt: skip


def test_what_comes_later_is_not_read(tmp_path: Path) -> None:
    """Of a transcript that went on only the part counts that was there; a line that was not whole then is none."""
    lines = Lines()
    lines.user("First.")
    lines.say("Done.")
    size = Path(lines.save(tmp_path)).stat().st_size
    lines.user("LATER-MARK")
    path = lines.save(tmp_path)
    assert source_of(path, size).text == "L1 user: First.\n\nL2 agent: Done."
    assert source_of(path, size - 5).text == "L1 user: First."
    assert "LATER-MARK" in source_of(path).text


def test_a_passphrase_goes_nowhere(tmp_path: Path) -> None:
    """What our own skills were given stands nowhere, whoever repeats it before or after; nor does the prompt."""
    lines = Lines()
    lines.user("I will take kumquat purple wagon for it.")
    lines.user(
        "<command-name>/distill-share</command-name>\n<command-args>--relay Kumquat purple wagon</command-args>"
    )
    lines.tool("Write", {"file_path": "/x/spread-pass.k2", "content": "tin whistle waltz\n"})
    lines.bash(
        "printf %s 'oaken-bucket-9' > /x/spread-pass.k3; spread share --passphrase-file /x/spread-pass.k3",
        "ok",
    )
    lines.say("Shared with kumquat\npurple  wagon, tin whistle waltz and oaken-bucket-9.")
    told = text_of(lines, tmp_path)
    assert "distill-share" not in told
    assert not any(word in told for word in ("umquat", "whistle", "bucket"))
    assert told.count("[redacted:passphrase]") == 4
