# ruff: noqa: E501  (a table of cases folded over lines is harder to read than a long line)
"""What the agent says of its own errors."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.found import answer_to_objection, found
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("The issue is that the cache holds an old lock file of the packages.", "agent's diagnosis"),
        ("It turns out that the tool reads its settings from the parent folder.", "agent noted"),
        ("I was wrong about the branch: it had been merged two weeks before.", "agent noted"),
        ("That did not work, since the server ignores the header completely.", "agent noted"),
        ("The tests were not actually run, although the agent had told so.", "agent noted"),
        ("The helper is done, but there are compilation errors in two files.", "agent supposed"),
        ("Fall back to the manual trigger, which works around the missing hook.", ""),
        ("The issue is probably that the cache holds an old lock file.", ""),
        ("If the issue is the cache, then the lock file has to go away first.", ""),
        ("Let me see whether the issue is the cache of the package manager.", ""),
        ("Is the issue that the cache holds an old lock file of the packages?", ""),
        ("The lock file of the packages was written anew and then committed.", ""),
        ("I'm falling back on the second mirror, as the first does not work with this key.", ""),
        ("I'm getting the old page, so the new header did not work for this proxy.", "agent noted"),
        ("The page now adds an example of the mirror and the workaround for the proxy.", ""),
        ("A second mirror in the settings is the workaround for the proxy of the office.", "agent noted"),
    ],
)
def test_what_proved_wrong_and_what_was_the_cause(said: str, kind: str) -> None:
    """Only what is stated counts, no plan, no question and no guess."""
    assert found(said) == ([(kind, said)] if kind else [])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I see the issue. The counts are taken after the edits of the agent. Let me fix that.", "The counts are taken after the edits of the agent."),
        ("Found it! `timeout` is 0 there, which means that it waits for ever.", "`timeout` is 0 there, which means that it waits for ever."),
        ("**Found the problem!** Line 18 of the hooks refuses all generated files.", "Line 18 of the hooks refuses all generated files."),
        ("I see the issue - the folder of the tool is counted as an edit of the user.", "the folder of the tool is counted as an edit of the user."),
        ("Found it. Let me fix the way that the path of the folder is written.", ""),
        ("Found it. Their standard is a command that takes a document by its input.", ""),
        ("I see the issue: maybe the counts are taken after the edits of it.", ""),
        ("I found the file that you were looking for in the other folder.", ""),
    ],
)  # fmt: skip
def test_what_follows_the_words_that_a_cause_is_found(said: str, told: str) -> None:
    """It is the cause, unless it is a plan or a guess."""
    assert found(said) == ([("agent's diagnosis", told)] if told else [])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("You're right! The hooks of the project get in the way of the command here.", "The hooks of the project get in the way of the command here."),
        ("Good catch - the hooks of the project get in the way of the command.", "the hooks of the project get in the way of the command."),
        ("You're absolutely right! Let me fix that at once for you, now.", ""),
        ("Fair point. Let me look at it. I'll take that out and let the server tell it instead.", "I'll take that out and let the server tell it instead."),
        ("Sorry.", ""),
    ],
)  # fmt: skip
def test_the_answer_to_an_objection(said: str, told: str) -> None:
    """It is what the message says beyond politeness and plans."""
    assert answer_to_objection(said) == told


def test_an_error_that_names_nothing_is_none() -> None:
    """It says of nothing what proved wrong."""
    assert found("Ah yes, you are right - I had it all backwards there!") == []


def test_what_a_remark_says_of_a_file_may_be_no_more_after_an_edit_of_it(tmp_path: Path) -> None:
    """It is told with the edit that came later; what it says of another file stands."""
    lines = Lines()
    lines.user("please mend the build")
    lines.say("The level in settings.toml still shows the old number, which is odd.")
    lines.edit("/home/dev/app/other.py")
    lines.say("It is done.")
    told = "agent noted: “The level in settings.toml still shows the old number, which is odd.”"
    assert distill(lines.save(tmp_path), machine="box").failed == (told,)
    lines.edit("/home/dev/app/settings.toml")
    lines.say("It is done.")
    assert distill(lines.save(tmp_path), machine="box").failed == (f"{told} (settings.toml edited since)",)


def test_errors_that_code_did_not_have_are_told(tmp_path: Path) -> None:
    """It built at once; where it did not, the build tells that."""
    for output, told in (("", True), ("Exit code 1\na.go:3:5: undefined: ink", False)):
        lines = Lines()
        lines.user("please add the flag")
        lines.say("The helper is done, but there are compilation errors in two files.")
        built = lines.tool("Bash", {"command": "go build ./..."}, output, error=bool(output))
        failed = distill(lines.save(tmp_path), machine="box").failed
        supposed = "agent supposed: “The helper is done, but there are compilation errors in two files.”"
        assert (f"{supposed} (then it passed without an edit, L{built + 1})" in failed) is told
        assert any(item.startswith(supposed) for item in failed) is told
