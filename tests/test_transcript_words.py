"""What in user lines is a person's."""

import pytest

from spread.transcript_events import Mark, Prompt
from spread.transcript_words import words_of


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mend it", [Prompt(3, "mend it")]),
        ("<system-reminder>x</system-reminder> mend it", [Prompt(3, "mend it")]),
        ("mend it\n\n<system-reminder>\nbe brief", [Prompt(3, "mend it")]),
        ("hide <system-reminder> in the list", [Prompt(3, "hide <system-reminder> in the list")]),
        ("a <system-reminder>x</system-reminder> b\n<system-reminder>\nbe brief", [Prompt(3, "a  b")]),
        ("<ide_selection>code</ide_selection>\nmend it", [Prompt(3, "mend it")]),
        ("mend it\n<user-prompt-submit-hook>be brief</user-prompt-submit-hook>", [Prompt(3, "mend it")]),
        (
            "<create-pr-command>\nNever push\n</create-pr-command>",
            [Prompt(3, "/create-pr", "command"), Mark(3, "expansion", "Never push")],
        ),
        ("<create-pr-command>\nNever push", [Prompt(3, "<create-pr-command>\nNever push")]),
        ("<bash-input> ls </bash-input>", [Prompt(3, "ls", "shell")]),
        ("<user-memory-input>use tabs</user-memory-input>", [Prompt(3, "use tabs", "memory")]),
        ("<user-memory-input></user-memory-input>", []),
        (
            "<command-name>/review</command-name><command-args>a b</command-args>",
            [Prompt(3, "/review a b", "command")],
        ),
        ("<command-message>x</command-message>", []),
        ("<local-command-stdout>ok</local-command-stdout>", []),
        ("Base directory for this skill: /x", []),
        ("[Request interrupted by user]", [Mark(3, "interrupted", "[Request interrupted by user]")]),
        ("<task-notification>x", [Mark(3, "notice", "<task-notification>x")]),
        ("  ", []),
    ],
)
def test_words_of_a_person(text: str, told: list[Prompt | Mark]) -> None:
    """Wrappers and reminders are the client's; commands, shell lines and plain words a person's."""
    assert list(words_of(3, [text], machine=False)) == told


def test_texts_of_one_line_are_one_prompt() -> None:
    """Several blocks of one message belong together; a machine's are nobody's."""
    assert list(words_of(3, ["first", "second"], machine=False)) == [Prompt(3, "first\nsecond")]
    assert list(words_of(3, ["first"], machine=True)) == []
