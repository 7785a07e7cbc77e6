# ruff: noqa: E501  (a message folded over lines is harder to read than a long line)
"""What failed with what the agent said of it, and what short words of the user speak of."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.found import explanation
from spread.distill.options import picked
from spread.distill.turns import choices
from spread.distillation import Distillation
from spread.distillation_also import brief
from spread.distillation_fit import fit, room_of
from spread.distillation_page import _alone, render
from spread.distillation_worth import worth
from tests.distill.lines import CWD, Lines

STOPPED = "The user doesn't want to proceed with this tool use. The tool use was rejected. STOP what you are doing and wait for the user to tell you how to proceed."


def made(lines: Lines, folder: Path) -> Distillation:
    return distill(lines.save(folder), machine="laptop")


def failing(said: str, *between: str) -> Lines:
    """A build that fails, what was run then, and what the agent says."""
    lines = Lines()
    lines.user("please mend the parser for days")
    lines.bash("make app", "parser.c:7: error: unknown field 'days'", code=2)
    for command in between:
        lines.bash(command, "done")
    lines.say(said)
    return lines


def test_a_failure_is_told_with_what_the_agent_said_of_it(tmp_path: Path) -> None:
    """Right then, before anything else is done but looking; what helped follows."""
    lines = failing("The generator still writes the old header. Let me run it:", "git status", "ls src")
    lines.edit(f"{CWD}/gen.py")
    lines.bash("make app", "built")
    (told,) = made(lines, tmp_path).failed
    assert (
        "; the agent: “The generator still writes the old header.”; the same later worked after editing gen.py"
        in told
    )


@pytest.mark.parametrize(
    ("said", "between"),
    [
        ("The header of the generator is up to date.", ("cp a.h b.h",)),  # is of something else
        ("Unknown field days in the parser.", ()),  # the error says that
        ("Let me look at the generator:", ()),
    ],
)
def test_other_words_are_not_told_with_a_failure(said: str, between: tuple[str, ...], tmp_path: Path) -> None:
    """They are of what was done since, say no more than the error, or what is done next."""
    assert not any("the agent:" in item for item in made(failing(said, *between), tmp_path).failed)


def test_words_after_calls_that_ran_at_once_may_be_of_any(tmp_path: Path) -> None:
    """So those with a word of the failure are of it, wherever they stand; without any, none are."""
    for said, told in (
        ("The lamps are all lit. The header of the parser is the wrong one.", "The header of the parser is the wrong one."),
        ("The lamps are all lit and bright. Let me go on with the old ones:", ""),
    ):  # fmt: skip
        lines = Lines()
        lines.user("please mend the parser for days")
        lit, built = lines.call("Bash", {"command": "lamps"}), lines.call("Bash", {"command": "make app"})
        lines.result(lit, "lit")
        lines.result(built, "Exit code 2\nparser.c:7: error: unknown field 'days'", error=True)
        lines.say(said)
        (failed,) = made(lines, tmp_path).failed
        assert failed.partition("the agent: “")[2] == (f"{told}”" if told else "")


def test_words_after_a_prompt_answer_that(tmp_path: Path) -> None:
    """What the agent says to the user's next words is not of the failure."""
    lines = Lines()
    lines.user("please mend the parser for days")
    lines.bash("make app", "parser.c:7: error: unknown field 'days'", code=2)
    lines.user("which compiler is that?")
    lines.say("The compiler of the release image, version nine.")
    assert not any("the agent:" in item for item in made(lines, tmp_path).failed)


def test_a_diagnosis_told_with_its_failure_is_no_entry_of_its_own(tmp_path: Path) -> None:
    """It stands once."""
    lines = failing("The root cause is the old header that the generator writes.")
    told = made(lines, tmp_path).failed
    assert sum("old header" in item for item in told) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Great! The lock is held by the page. Let me stop it.", "The lock is held by the page."),
        ("Let me fix that - the bracket of the first type is missing.", "the bracket of the first type is missing."),
        ("I need to keep both of the changes. Let me do that:", "I need to keep both of the changes."),
        ("Let me look at the lock:", ""),
        ("Is the lock held by another page?", ""),
    ],
)  # fmt: skip
def test_what_explains_a_failure(said: str, told: str) -> None:
    """The first sentence that is no plan; of a plan why, else what is needed."""
    assert explanation(said) == told


OFFERED = "Three ways:\n\nA) Short lease: a lock for a turn\nB) Build `pack` as a command\nC) Keep the notes\n\nWhich one do you like?"


def test_an_option_is_picked_by_its_name() -> None:
    """As long as its title alone has all the words of the reply, and something was asked."""
    asked = "Which one do you like?"
    assert picked("do the short lease", OFFERED, asked) == (
        "Short lease: a lock for a turn",
        "Build `pack` as a command; Keep the notes",
    )
    for reply in (
        "take the lock",
        "yes",
        "short notes",
        "is the lease short?",
        "no short lease",
        "don't do the short lease",
    ):
        assert picked(reply, OFFERED, asked) == ("", "")
    assert picked("do the short lease", OFFERED) == ("", "")


def test_a_short_remark_is_told_with_what_it_speaks_of(tmp_path: Path) -> None:
    """The sentence before that shares its words; a question that only offers is told by that, too."""
    lines = Lines()
    lines.user("please mend the parser for days")
    lines.say("The reader is slow.\n\nThe writer splits the days by month in two files. Want me to do this?")
    at = lines.user("but the days must not be split by month")
    told = made(lines, tmp_path).decisions
    assert told == (
        "user: “but the days must not be split by month” (to: The writer splits the days by month in two files.)",
    )
    assert made(lines, tmp_path).lines_of("decisions") == (f"L{at}",)


def test_a_prompt_that_was_sent_too_early_and_one_that_asks(tmp_path: Path) -> None:
    """The first is told with the next, which says the same and more; the other states what it asks about."""
    early = "I think the writer needs a log that says why it stops"
    lines = Lines()
    lines.user("please plan the parser for days")
    lines.say("The plan stands.")
    lines.user(early)
    lines.user(f"{early}. I guess for now the reader needs none")
    lines.say("It is logged.")
    lines.user(
        "so now a question: I write two days for now and the reader has to take both, which one is read?"
    )
    lines.say("The last one.")
    lines.user("thanks")
    told = made(lines, tmp_path).decisions
    assert [text.count("says why it stops") for text in told] == [1]


def test_a_mere_yes_to_an_offer_of_this_is_none(tmp_path: Path) -> None:
    """The offer does not say what is offered; what followed does."""
    lines = Lines()
    lines.user("please mend the parser for days")
    lines.say("The reader is slow. Want me to fix this?")
    lines.user("yes")
    assert made(lines, tmp_path).decisions == ()


def test_what_the_user_takes_back_of_their_own(tmp_path: Path) -> None:
    """It is told as what they object to, if it was only talked of and they object to no words of the agent."""
    lines = Lines()
    lines.user("please plan the parser for days")
    lines.say("It could be one file.")
    lines.user("how about a field for the year as well?")
    lines.say("The header has room for one more.")
    lines.user("no, remove this again, people would rely on it")
    told = made(lines, tmp_path).failed
    assert any("(to: their own “how about a field for the year as well?”)" in item for item in told)
    lines.raw = lines.raw[:3]
    lines.edit(f"{CWD}/x.h")
    lines.say("The header has room for one more.")
    lines.user("no, remove this again, people would rely on it")
    assert not any("their own" in item for item in made(lines, tmp_path).failed)


@pytest.mark.parametrize("ran", [True, False])
def test_what_ran_when_it_was_interrupted_was_not_denied(ran: bool, tmp_path: Path) -> None:
    """The client writes the same result for both; of what it broke off it names the message."""
    lines = Lines()
    lines.user("please mend the parser for days")
    lines.result(lines.call("Bash", {"command": "python days.py"}), STOPPED, error=True)
    more = {"interruptedMessageId": "msg_1"} if ran else {}
    text = "[Request interrupted by user for tool use]"
    lines.add(lines._entry("user", [{"type": "text", "text": text}], **more))
    lines.user("never run that on this machine, it takes hours")
    page = lines.page(tmp_path)
    assert ("denied: Bash `python days.py`" in page) is not ran
    assert ("interrupted by the user while it ran: Bash `python days.py`" in page) is ran


@pytest.mark.parametrize(
    ("ran", "command", "changed"),
    [
        (True, "cat >> days_test.py <<'X'\nassert 7\nX\npytest -q", True),
        (True, "python - <<'X'\nopen('days_test.py', 'a').write('assert 7')\nX\npytest -q", True),
        (True, "cat days_test.py; pytest -q", False),
        (False, "cat >> days_test.py <<'X'\nassert 7\nX\npytest -q", False),
    ],
)
def test_what_was_interrupted_may_have_written_before(
    ran: bool, command: str, changed: bool, tmp_path: Path
) -> None:
    """What passed before tells no more of a file of the session that it writes."""
    lines = Lines()
    lines.user("please mend the parser for days")
    lines.edit(f"{CWD}/days_test.py")
    lines.bash("pytest -q", "3 passed in 0.10s")
    lines.user("one more test")
    lines.result(lines.call("Bash", {"command": command}), STOPPED, error=True)
    more = {"interruptedMessageId": "msg_1"} if ran else {}
    text = "[Request interrupted by user for tool use]"
    lines.add(lines._entry("user", [{"type": "text", "text": text}], **more))
    assert ("after it: days_test.py" in lines.page(tmp_path)) is changed


@pytest.mark.parametrize(
    ("says", "then"),
    [
        ("", "; the file was edited all the same"),
        ("continue", "; the user then: “continue” (L5); the file was edited"),
    ],
)
def test_an_edit_refused_without_a_word_and_made_later(says: str, then: str, tmp_path: Path) -> None:
    """Both are told, with what the user said between them; to look at the file again is not to edit it."""
    lines = Lines()
    lines.user("please mend the parser for days")
    given = {"file_path": f"{CWD}/days.py", "old_string": "a", "new_string": "count = 7"}
    lines.result(lines.call("Edit", given), STOPPED, error=True)
    lines.add(lines._entry("user", [{"type": "text", "text": "[Request interrupted by user for tool use]"}]))
    if says:
        lines.user(says)
    lines.tool("Read", {"file_path": f"{CWD}/days.py"}, "a")
    assert not any("the file was edited" in item for item in made(lines, tmp_path).failed)
    at = lines.edit(f"{CWD}/days.py")
    (told,) = made(lines, tmp_path).failed
    assert told.startswith("denied by the user: Edit ")
    assert told.endswith(f"{then} later (L{at})")


def test_a_statement_is_held_against_the_log_alone() -> None:
    """What it speaks of stands in no other line of the log; an answer keeps its question."""
    said = "- user: “the squash keeps the trailers” (to: The tool has the same limits.) (L8)"
    assert _alone(said) == "- user: “the squash keeps the trailers” (L8)"
    assert _alone("- Which one? → “the squash” (L8)") == "- Which one? → “the squash” (L8)"


def test_a_long_word_takes_the_room_of_several() -> None:
    """A page has its limits in characters, too."""
    assert room_of("three short words") == 3
    assert room_of("https://example.com/" + "a" * 60) > 5


def test_a_failure_that_was_explained_tells_more() -> None:
    """Than the same one without a word."""
    bare = "- `make x` failed: no rule y; passed after editing a.mk (L5)"
    said = "- `make x` failed: no rule y; the agent: “The rule was renamed.”; passed after editing a.mk (L5)"
    assert worth(said) > worth(bare)


def test_a_yes_in_the_words_of_the_question_tells_nothing() -> None:
    """What was done shows it; one that adds something does."""
    yes = "- Want me to delete the two old files? → “yes, delete them” (L5)"
    more = "- Want me to delete the two old files? → “yes, but keep the second” (L5)"
    assert brief(yes.replace("them", "the files")) == ""
    assert brief(more) == "“keep the second” (L5)"
    assert worth(yes.replace("them", "the two")) < worth(more)


def test_what_leads_to_a_question_decides_little() -> None:
    """Someone who asks back has not chosen yet."""
    asks = "- Which lock do you want? → “if both of them are in auto mode for an hour. does this come up more often” (L5)"
    says = "- Which lock do you want? → “the one that both of them have in auto mode for an hour. it comes up often” (L5)"
    assert worth(asks) < worth(says)


def test_what_is_a_rule_already_gives_way() -> None:
    """A choice that stands nowhere else has its room."""
    rule = "build it, but only when the path has nothing usable"
    known = f"- Which artifacts do you want to have? → “{rule}” (not: Fail at once) (L9)"
    new = "- How wide shall the window get for them? → “lower the breathing room to 20 for renders” (not: A wider one) (L5)"
    for beside, kept in (("", known), (rule, new)):
        told = fit([known, new], 30, rest=True, beside=beside).items
        assert len(told) == 1
        assert kept.split("“")[1][:16] in told[0]


def _starving(count: int) -> str:
    """Return a page with so many decisions and failures, and no log yet."""
    said = tuple(f"user: “put header {at} of volume {at} below page {at} of it”" for at in range(count))
    bad = tuple(f"`make {at}` failed: no rule for page {at} of volume {at}" for at in range(count))
    return render(Distillation("s.1", "s", goal="mend all of it " * 165, decisions=said, failed=bad))


@pytest.mark.parametrize(("name", "less"), [("STARVED_WORDS", 0), ("VERY_STARVED", 1)])
def test_the_log_leaves_more_to_lists_that_starve(
    monkeypatch: pytest.MonkeyPatch, name: str, less: int
) -> None:
    """Where they would need far more than there is; where they have room it keeps its own."""
    sizes = [len(_starving(count).split()) for count in (4, 90)]
    monkeypatch.setattr(f"spread.distillation_page.{name}", less)
    few, many = (len(_starving(count).split()) for count in (4, 90))
    assert few == sizes[0]
    assert many < sizes[1]


def test_what_the_agent_was_stopped_for_corrects_it() -> None:
    """No word of what is to be done may show a choice: that the agent was stopped does; a question is none for that."""
    said = "put all lamps into the cellar. can you add a red one?"
    assert choices(said) == []
    assert choices(said, halts=True) == ["put all lamps into the cellar."]


@pytest.mark.parametrize(
    "said",
    [
        "back to the old lamps, red ones later",
        "leave lamps in cellar then",
        "then drop them, i tell the others",
        "zurück damit, wie vorher",
        "mejor lámparas rojas",
        "赤いランプのままで行きます、あとは任せます",
    ],
)
def test_what_goes_back_to_something_decides(said: str) -> None:
    """Who returns to what was before overrules what was decided in between."""
    assert choices(said) == [said]


def test_a_choice_that_was_gone_back_on_says_so(tmp_path: Path) -> None:
    """Of another option of it the user says that it is to be after all; other objections leave it as it is."""
    for then, is_overruled in (
        ("no, then the lantern after all", True),
        ("no, the red one", False),
        ("ok", False),
        ("the lamps are too hot, I see now. use the lantern", True),
        ("paint the lamps and use the lantern's paint for them", False),
        ("use the lantern for the shed", False),
    ):
        lines = Lines()
        lines.user("light the pier")
        options = [{"label": "Lamps", "description": "Bright"}, {"label": "Lantern", "description": "Cheap"}]
        question = {
            "question": "What shall light it?",
            "header": "Light",
            "multiSelect": False,
            "options": options,
        }
        answers = {"What shall light it?": "Lamps"}
        lines.tool("AskUserQuestion", {"questions": [question]}, "answered", twin={"answers": answers})
        lines.say("The lamps hang.")
        lines.user(then)
        lines.say("Good.")
        lines.user("paint it")
        first = lines.distilled(tmp_path).decisions[0]
        assert (f"overruled (L5): “{then}”" in first) == is_overruled
        assert ("(not: Lantern)" in first) != is_overruled


def test_going_back_to_an_option_by_its_first_word(tmp_path: Path) -> None:
    """Nobody repeats the whole of an option; a word that the one taken has, too, tells nothing."""
    ways = "Ways: (1) column for the rate in the table with a step, (2) the rate by the kind of lamp."
    for then, gone_back in (
        ("then the column after all", True),
        ("use another rate instead", False),
        ("it is not in the list of lamps, instead it shows --with-column and stops there", False),
    ):
        lines = Lines()
        lines.user("each lamp has its own rate")
        lines.say(ways)
        lines.user("2")
        lines.say("It goes by the kind.")
        lines.user(then)
        lines.say("Good.")
        told = "\n".join(lines.distilled(tmp_path).decisions)
        assert "= the rate by the kind of lamp" in told
        assert (f"overruled (L5): “{then}”" in told) is gone_back


def test_a_number_that_the_next_prompt_objects_to_says_so(tmp_path: Path) -> None:
    """The newer one may stand elsewhere on the page only, or it is to be as before; other objections are about how."""
    for then, told in (
        ("hold on, the others say 55", True),
        ("no, in the other file", False),
        (f"no, in the other file, {'which nobody looked at so far, ' * 4}from 2025 on", False),
        ("no, for the lamps Anna said nothing of the kind, leave it", True),
        ("hmm, no, leave it as it was. the others read that", True),
    ):
        lines = Lines()
        lines.user("each lamp has its own price")
        lines.say("They have.")
        lines.user("anna says 60 is too low for the lamps. make it 49")
        lines.say("They are free from 49.")
        lines.user(then)
        lines.say("Good.")
        lines.user("now write a short note on all of the lamps for the others")
        lines.say("It is written.")
        decided = "\n".join(lines.distilled(tmp_path).decisions)
        assert ("make it 49”; the next prompt objects (L5)" in decided) is told


def test_a_question_that_names_another_way_decides_nothing() -> None:
    """Though no mark ends it."""
    assert choices("one more: is lamp9 fine now, or should it be replaced") == []


def test_a_question_of_one_who_hesitates_decides_nothing() -> None:
    """Neither a mark at its end nor a second m is needed."""
    assert choices("hm so what is it. it prints something when it goes out?") == []


def test_who_only_sees_a_point_decides_nothing() -> None:
    """What they said before that of their own may be refuted by the answer."""
    assert choices("the lamp came at noon!! ok makes sense. wait, how is it from May then?") == []
    assert choices("ok makes sense, use the lamp from May") == ["ok makes sense, use the lamp from May"]


@pytest.mark.parametrize(
    ("said", "decides"),
    [("do it, 45 lamps though", True), ("agreed, drop the lantern", True), ("do it, push after that", False)],
)
def test_who_agrees_with_more_than_that_decides(said: str, decides: bool) -> None:
    """What is added to it is another than what was offered; a deed of git is none."""
    assert bool(choices(said)) == decides


@pytest.mark.parametrize(
    "said",
    [
        "the town wants lamps after all, 300 of them, in a row",
        "you know what, 40 lamps for the pier and 20 at the gate",
        "let it be an option of the lamps, 40 by default",
        "make it 25 lamps for the pier",
        "Und jetzt endgültig: 49 Lampen am Kai",
        "Gas fliegt raus, die Gebühren sind zu hoch.",
    ],
)
def test_what_is_decided_anew(said: str) -> None:
    """Else the older words on it would be the newest that stand on the page."""
    assert choices(said) == [said]


def test_what_is_to_work_decides_nothing() -> None:
    """It is the task itself."""
    assert choices("make it work for all of the lamps") == []


@pytest.mark.parametrize(
    ("then", "option"),
    [
        ("hm no, rather 3", "a bell"),
        ("nee, doch 1. aber leise", "a horn"),
        ("3 of them are broken", ""),
        ("no, 2 is right", ""),
    ],
)
def test_going_back_to_an_option_by_its_number(then: str, option: str, tmp_path: Path) -> None:
    """The number means the list that the choice was of, as long as no question was asked since."""
    lines = Lines()
    lines.user("warn the ships")
    lines.say("How shall they be warned?\n1. a horn\n2. a lamp\n3. a bell")
    lines.user("2")
    lines.say("The lamp hangs.")
    line = lines.user(then)
    lines.say("Good.")
    told = "\n".join(lines.distilled(tmp_path).decisions)
    assert (f"= a lamp; overruled by “{option}” (L{line}): “{then}”" in told) is bool(option)
    assert ("overruled" in told) is bool(option)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "there is no resume command, it is the -r switch now. However, this is what I got\n\ndev@box:~/app$ tool -r\nNo record found here",
            "this is what I got … No record found here”",
        ),
        ("there is no resume command, it is the -r switch now. See it yourself", "See it yourself”"),
        (
            "there is no resume command, it is the -r switch now. Try it\n\ndev@box:~/app$ tool -r\nNo record found here",
            "Try it”",
        ),
    ],
)
def test_words_that_announce_output_are_told_with_how_it_ends(tmp_path: Path, said: str, told: str) -> None:
    """Without it nobody would know what they speak of."""
    lines = Lines()
    lines.user("please mend the start of the tool")
    lines.say("Done. Start it with `tool resume`.")
    lines.user(said)
    lines.say("Ah. I look for the record.")
    lines.user("and rename the option, please")
    lines.say("Renamed.")
    assert any(item.endswith(told) for item in made(lines, tmp_path).decisions)
