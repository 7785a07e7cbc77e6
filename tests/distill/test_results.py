"""The user's last word on the result, and the agent's on what it saw."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.results import _WORKS, asks_why, judges
from tests.distill.lines import Lines

LAST_WORD = "the user's last word on whether it works"


def told(lines: Lines, folder: Path) -> str:
    return "\n".join(distill(lines.save(folder), machine="box").uncertainties)


def begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser of the import")
    lines.edit("/home/dev/app/a.py")
    lines.say("The parser skips comments now.")
    return lines


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("it worked!", "it worked!"),
        ("ok now it works", "ok now it works"),
        ("Seems to work. Commit it", "Seems to work."),
        ("all fixed? no: hmm, still seeing the old title", "still seeing the old title"),
        ("that doesn't work", "that doesn't work"),
        ("same error again", "same error again"),
        ("funktioniert jetzt", "funktioniert jetzt"),
        ("jetzt geht es, danke", "jetzt geht es, danke"),
        ("jetzt geht es um die Farbe", ""),
        ("geht immer noch nicht", "geht immer noch nicht"),
        ("läuft bei mir jetzt auch, danke! Schreib es auf", "läuft bei mir jetzt auch, danke!"),
        ("nice, works on the old phone too. merge it", "nice, works on the old phone too."),
        ("works for me now", "works for me now"),
        ("good, it's small enough. next: the icons", "good, it's small enough."),
        ("works with the new ones as of now and then", ""),
        ("see whether that's small enough", ""),
        ("ahora si, funciona. sube los cambios", "ahora si, funciona."),
        ("还是不行", "还是不行"),
        ("動きました", "動きました"),
        (
            "Still broken, the page is empty when I click it",
            "Still broken, the page is empty when I click it",
        ),
        ("it's still not working, can you look?", "it's still not working, can you look?"),
        ("the login page is still broken if I resize", "the login page is still broken if I resize"),
        ("make the label say not working when offline", ""),
        ("if it still fails, please tell me", ""),
        ("does it work now?", ""),
        ("make sure it works", ""),
        ("explain how this works", ""),
        ("I think that still doesn't work for long files", ""),
        ("it works like the other one should", ""),
        ("it never worked", ""),
        ("getting 500 errors on the list calls", "getting 500 errors on the list calls"),
        ("we get an import error now", "we get an import error now"),
        ("we are getting no errors", ""),
        ("are we getting rid of errors by that", ""),
        ("hm that worked last month", ""),
        ("it worked before the upgrade", ""),
        ("add a test", ""),
    ],
)
def test_what_judges_the_result(said: str, kept: str) -> None:
    """Who asks, wishes or weighs does not."""
    assert judges(said) == kept


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("why does it pass here but fail on the server? Run make check", True),
        ("any ideas why the imports are failing?", True),
        ("Why do I get a 500 error on each list?", True),
        ("do you know why the build is red again?", True),
        ("why would it fail without the lock?", False),
        ("why does it fail when the lock is gone?", False),
        ("why is the error type a string?", False),
        ("why did you fail to say so?", False),
        ("why is the red button so wide?", False),
    ],
)
def test_who_asks_why_something_fails_saw_it_fail(said: str, asks: bool, tmp_path: Path) -> None:
    """Nothing is validated then, though checks passed here, until files change or the user goes on."""
    assert bool(asks_why(said)) is asks
    lines = begun()
    lines.bash("make test", "4 passed in 0.1s")
    lines.user(said)
    lines.bash("make test", "4 passed in 0.1s")
    lines.say("It passes here; the server is behind.")
    value = distill(lines.save(tmp_path), machine="box")
    assert (value.state == "validated") is not asks
    assert (LAST_WORD in "\n".join(value.uncertainties)) is asks
    lines.user("ah, the server had an old copy. Thanks")
    lines.say("Good.")
    value = distill(lines.save(tmp_path), machine="box")
    assert value.state == "validated"
    assert LAST_WORD not in "\n".join(value.uncertainties)


def test_last_word_of_the_user_with_what_changed_since(tmp_path: Path) -> None:
    """It is quoted, with the files that were edited after it, or that none was."""
    lines = begun()
    line = lines.user("it worked!")
    lines.say("Good.")
    assert f"{LAST_WORD}: “it worked!”, no edit seen since" in told(lines, tmp_path)
    lines.user("now rename the option")
    lines.edit("/home/dev/app/b.py")
    lines.say("Renamed.")
    value = distill(lines.save(tmp_path), machine="box")
    assert f"{LAST_WORD}, 1 prompt ago: “it worked!”; edited since: b.py" in value.uncertainties
    assert value.lines_of("uncertainties")[0] == f"L{line}"


def test_a_word_that_it_works_is_no_more_about_what_was_made_many_prompts_later(tmp_path: Path) -> None:
    """Not where files were edited since; where none was, it still holds."""
    for edits, kept in ((True, False), (False, True)):
        lines = Lines()
        lines.user("please mend the parser")
        lines.edit("/home/dev/app/a.py")
        lines.say("Try it.")
        lines.user("it worked!")
        for at in range(5):
            lines.say("Good.")
            lines.user(f"now look at part {at} of the reader")
            if edits:
                lines.edit("/home/dev/app/b.py")
        lines.say("Done.")
        told = distill(lines.save(tmp_path), machine="box").uncertainties
        assert any(text.startswith(LAST_WORD) for text in told) is kept


def test_a_denial_is_told_until_it_is_overtaken(tmp_path: Path) -> None:
    """Not where edits and several prompts followed, and not where nothing had been done."""
    lines = begun()
    lines.user("still getting the error")
    lines.edit("/home/dev/app/b.py")
    lines.say("Mended.")
    assert f"{LAST_WORD}: “still getting the error”; edited since: b.py" in told(lines, tmp_path)
    for said in ("rename the option", "sort the list", "add a note"):
        lines.user(said)
        lines.say("Done.")
    assert LAST_WORD not in told(lines, tmp_path)
    early = Lines()
    early.user("how could the import go faster")
    early.say("With a cache in a table.")
    early.user("a table does not work here")
    early.say("Then in a file.")
    assert LAST_WORD not in told(early, tmp_path)


def test_word_of_the_agent_on_what_a_call_showed(tmp_path: Path) -> None:
    """It is quoted where a call after the last edit showed something just before, and the user did not speak since."""
    claim = "The menu shows the name, so that fix works."
    lines = begun()
    lines.say(claim)
    assert "the agent on what it saw" not in told(lines, tmp_path)
    lines.tool("mcp__browser__snapshot", {}, "- button: Ada")
    line = lines.say(claim.replace(", so", " —"))
    value = distill(lines.save(tmp_path), machine="box")
    words = (
        "the agent on what it saw after the last edit of code: “The menu shows the name — that fix works.”"
    )
    assert f"L{line}" in value.lines_of("uncertainties")
    assert words in value.uncertainties
    lines.user("it is still broken")
    lines.say("I look at it.")
    assert "the agent on what it saw" not in told(lines, tmp_path)


@pytest.mark.parametrize(
    ("says", "fails"),
    [
        ("Still ~800 ms. I look at what comes before it:", True),
        ("Hmm, that's still the same error.", True),
        ("It still works on the old phone.", False),
        ("Still to do: the writer.", False),
        ("The build passes. It is still red in one place, which is of another change.", False),
    ],
)
def test_what_passed_is_not_validated_where_the_agent_saw_it_fail(
    says: str, fails: bool, tmp_path: Path
) -> None:
    """A build that passes may be what shows that nothing is better; after a further edit that was before."""
    lines = begun()
    lines.bash("make build && time ./app", "0.81 total")
    lines.say(says)
    value = lines.distilled(tmp_path)
    assert value.state == ("needs verification" if fails else "validated")
    assert ("the agent on what it saw" in str(value.uncertainties)) is fails
    lines.edit("/home/dev/app/a.py")
    lines.bash("make build", "")
    assert "the agent on what it saw" not in told(lines, tmp_path)
    assert lines.distilled(tmp_path).state == "validated"


@pytest.mark.parametrize(
    ("edits", "says", "then"),
    [
        (False, "Import is working again.", " (then the agent: it works, L{})"),
        (True, "Import is working again.", " (edits followed, then the agent: it works, L{})"),
        (True, "Import is not working again.", " (edits followed)"),
        (False, "Import should be working now.", " (no edit since)"),
    ],
)
def test_a_cause_after_which_the_agent_saw_it_work(edits: bool, says: str, then: str, tmp_path: Path) -> None:
    """What was done about it may be no edit, such as to start a server with another address."""
    lines = begun()
    lines.user("the import gets no answer, why is that?")
    cause = lines.say("The root cause is that the import asks port 5000, where nobody listens.")
    lines.bash("IMPORT_PORT=5001 ./serve", "listening")
    if edits:
        lines.edit("/home/dev/app/port.py")
    lines.tool("mcp__browser__snapshot", {}, "- list: 3 rows")
    line = lines.say(f"{says} It is read.")
    assert f"nobody listens.”{then.format(line)} (L{cause})" in lines.page(tmp_path)


def test_a_cause_before_another_is_not_told_to_have_helped(tmp_path: Path) -> None:
    """What the agent saw then it saw after the last one."""
    lines = begun()
    lines.user("the import gets no answer, why is that?")
    lines.say("The root cause is that the import asks port 5000, where nobody listens.")
    lines.bash("IMPORT_PORT=5001 ./serve", "listening")
    lines.say("The root cause is that the server drops what has no name.")
    lines.tool("mcp__browser__snapshot", {}, "- list: 3 rows")
    line = lines.say("Import is working again.")
    assert lines.page(tmp_path).count(f"then the agent: it works, L{line}") == 1


def test_fixed_alone_may_be_what_the_user_did() -> None:
    """Asked to mend something, they say so in one word; more words speak of how it is."""
    assert not _WORKS.search("fixed")
    assert _WORKS.search("fixed now, thanks")
