"""The log of what was said."""

from collections.abc import Callable
from typing import Any

import pytest

from spread.distill.aftermath import DENIED_LINES
from spread.distill.extract import Candidate, Weighed
from spread.distill.heard import AGENT, DECIDED, MESSAGE, Heard
from spread.distill.said import ANSWER_READ, Log, _marked, asked, whole_words
from spread.distill.turns import Turn, turn_of
from spread.distill.weighed import pieces_of
from spread.distillation_codec import shorten
from spread.transcript_events import Prompt, Say


def _turn(line: int, text: str) -> Turn:
    return turn_of(Prompt(line, text), "", None)


def _resolved(turn: Turn, most: int, safe: Callable[[str], str]) -> str:
    return shorten(safe(turn.prompt.text), most)


def _log(turns: list[Turn], heard: list[Heard], words: int = 400, page: str = "") -> str:
    return Log(turns, heard).laid_out(page, _resolved, str)(words)


def test_prompts_and_statements_stand_by_their_lines() -> None:
    """Newest prompt first, below each what the agent said on it, in order."""
    turns = [
        _turn(1, "raise the limit of the fetcher"),
        _turn(5, "and write the release notes"),
    ]
    heard = [
        (3, "The fetcher's limit was three because of the old server.", AGENT),
        (7, "The notes mention ninety retries.", AGENT),
    ]
    assert _log(turns, heard).splitlines() == [
        "L5 user: and write the release notes; L7 agent: The notes mention ninety retries.",
        "L1 user: raise the limit of the fetcher; L3 agent: The fetcher's limit was three because of the old server.",
    ]


def test_of_few_prompts_each_is_told() -> None:
    """Though the page has its words elsewhere: they do not say that this was asked for."""
    turns = [_turn(1, "find lamps of other colours"), _turn(5, "make the lamps brighter"), _turn(9, "go on")]
    page = "- find lamps of other colours; make the lamps brighter (L7)"
    told = _log(turns, [(7, "The lamps of other colours are brighter now.", AGENT)], page=page)
    assert "L1 user: find lamps of other colours" in told


def test_the_log_in_more_words_asks_for_no_line_again() -> None:
    """What was found out for fewer words holds."""
    turns = [_turn(1, "raise the limit"), _turn(5, "write the notes of the harbour")]
    asked_for = list[str]()

    def safe(text: str) -> str:
        asked_for.append(text)
        return text

    log_in = Log(turns, []).laid_out("", _resolved, safe)
    assert "harbour" in log_in(20)
    before = len(asked_for)
    assert log_in(20) == log_in(19)
    assert len(asked_for) == before


def test_statements_in_bold_print_and_tables_are_told() -> None:
    """A statement is taken though the marks around its words are not."""
    said = (
        "- **Cause:** the old server **refuses** parallel requests\n\n| limit | 30 per minute for each key |"
    )
    told = _log([_turn(1, "look")], [(3, said, AGENT)])
    assert "Cause: the old server refuses parallel requests; limit: 30 per minute for each key" in told


def test_what_only_leads_in_is_not_told() -> None:
    """However much room there is."""
    said = "Now I have a clear picture. The limit was three."
    told = _log(
        [_turn(1, "look at the fetcher"), _turn(5, "and on")], [(3, said, AGENT), (4, "Done with it.", AGENT)]
    )
    assert "picture" not in told
    assert "The limit was three." in told


def test_statements_of_a_message_stand_in_its_order() -> None:
    """However much each of them tells."""
    said = "The fetcher opens a socket first. It then sends 3 headers from `net/send.py`. Last it waits for the reply."
    told = _log([_turn(1, "look")], [(3, said, AGENT)])
    assert told.index("socket") < told.index("headers") < told.index("reply")


def test_an_answer_that_was_objected_to_is_not_told_with_its_question() -> None:
    """It would pass for the answer."""
    turn = _turn(1, "why do the tests of the shells fail?")
    turn.last = Say(4, "They fail because db.generate writes 3 files anew.")
    log = _log([turn, _turn(5, "no, that is the formatter")], [])
    assert "generate" not in log
    assert "generate" in _log([turn, _turn(5, "go on")], [])


def test_a_denial_objects_to_what_was_said_before_it() -> None:
    """The agent's reasons for what the user then denied do not stand."""
    denied = (7, "denied: Bash `make`; the user said: “do both”", DECIDED)
    told = _log([_turn(1, "look")], [(4, "Skip 2 of them in `a.py` because nothing gains.", AGENT), denied])
    assert "L4 agent (the user then objected): Skip 2" in told
    since = [(4, "Skip 2 of them in `a.py` because nothing gains.", AGENT), (6, "Now the lamp.", AGENT)]
    told = _log([_turn(1, "look")], [*since, denied])
    assert "L4 agent (the user then denied a call): Skip 2" in told  # it was of the lamp
    edits = {"a.py": [(5, 5, "a.py")]}  # which the words were of
    log = Log([_turn(1, "look")], [since[0], denied], None, edits).laid_out("", _resolved, str)(400)
    assert "(the user then objected)" not in log
    later = (4 + DENIED_LINES + 1, *denied[1:])
    told = _log([_turn(1, "look")], [(4, "Skip 2 of them in `a.py` because nothing gains.", AGENT), later])
    assert "L4 agent: Skip 2" in told


def test_one_message_does_not_fill_the_log() -> None:
    """Others are heard beside a long one that tells more."""
    long = "\n".join(
        f"- `net/x{w}.py` {w}a {w}b {w}c {w}d {w}e {w}f {w}g {w}h" for w in ("kilo", "lima", "mike", "nine")
    )
    heard = [(3, "The socket closes late.", AGENT), (7, long, AGENT)]
    turns = [_turn(1, "look"), _turn(5, "go on")]
    assert "socket" in _log(turns, heard, words=44)


def test_a_decision_is_told_whole() -> None:
    """It is not parted into sentences."""
    told = _log([_turn(1, "look")], [(3, "Which one? → “The new one. The old one is slow.”", DECIDED)])
    assert told == "L3 decided: Which one? → “The new one. The old one is slow.”"


def test_last_words_count_more_than_words_on_the_way() -> None:
    """The one that ends the turn is chosen before one that says a little more."""
    turns = [_turn(1, "look"), _turn(9, "go on")]
    heard = [(3, "The socket closes seconds late here.", AGENT), (4, "The parser stumbles over tabs.", AGENT)]
    assert "tabs" in _log(turns, heard, words=12)
    assert "socket" not in _log(turns, heard, words=12)


def test_what_was_objected_to_counts_little() -> None:
    """A statement that stood is chosen before a newer one that did not."""
    turns = [_turn(1, "look"), _turn(5, "go on"), _turn(9, "no, that is not it")]
    heard = [(3, "The socket closes late here.", AGENT), (7, "The parser stumbles over tabs.", AGENT)]
    assert turns[2].objects
    assert "socket" in _log(turns, heard, words=14)
    assert "tabs" not in _log(turns, heard, words=14)


def test_how_things_stood_long_ago_counts_little() -> None:
    """What remained to be done some turns ago gives way to a finding, though that is older."""
    turns = [_turn(1, "look"), _turn(5, "go on"), _turn(8, "on"), _turn(9, "on")]
    heard = [(3, "The socket closes late here.", AGENT), (7, "Remaining: mend the parser's tabs.", AGENT)]
    assert "socket" in _log(turns, heard, words=14)
    assert "Remaining" not in _log(turns, heard, words=14)


@pytest.mark.parametrize("guess", ["probably stumbles", "might stumble"])
def test_what_was_once_supposed_counts_little(guess: str) -> None:
    """A guess of some turns ago gives way to a finding; of now it is told."""
    turns = [_turn(1, "look"), _turn(5, "go on"), _turn(8, "on"), _turn(9, "on")]
    heard = [
        (3, "The socket closes late here.", AGENT),
        (7, f"The parser {guess} over tabs.", AGENT),
    ]
    assert "socket" in _log(turns, heard, words=14)
    assert guess in _log(turns[:2], heard, words=14)


def test_what_directly_follows_a_statement_goes_before_others() -> None:
    """The reason that stands behind a claim, rather than something as long from another message."""
    claim = "`mark_ended` must stand in `session_end.py` with number 12, not 13."
    reason = "The older caller comes along after each single round."
    other = "Some younger helper walks around between both outer rings."
    heard = [(3, f"{claim} {reason}", "sub-agent"), (4, other, "sub-agent")]
    assert reason in _log([], heard, words=26)
    assert other not in _log([], heard, words=26)
    apart = [(3, claim, "sub-agent"), (4, other, "sub-agent"), (3, reason, "sub-agent")]
    assert other in _log([], apart, words=26)


def test_of_a_prompt_each_wish_is_told() -> None:
    """A prompt too long for its line is not just cut at its end."""
    said = f"I committed it{' as it was' * 12}. I want larger commits. Then please name the groups first."
    told = asked(said, 100)
    assert "I want larger commits." in told
    assert "name the groups first" in told


def test_what_the_page_holds_is_not_told_again() -> None:
    """A statement whose words all stand on the page already is left out."""
    heard = [
        (3, "The old server refuses parallel requests.", AGENT),
        (4, "Its certificate expires in March.", AGENT),
    ]
    told = _log([_turn(1, "look")], heard, page="The old server refuses parallel requests, always.")
    assert "certificate" in told
    assert "refuses" not in told


def test_the_newer_of_two_alike_is_told() -> None:
    """Of two statements with the same words the later one stands for both, so nothing stale is told."""
    heard = [
        (3, "The parser tests fail on empty input.", AGENT),
        (9, "The parser tests pass on empty input.", AGENT),
    ]
    told = _log([_turn(1, "mend it")], heard, words=14)
    assert "L9 agent: The parser tests pass on empty input." in told
    assert "fail" not in told


def test_the_log_keeps_to_its_room() -> None:
    """However much was said, the log has about as many words as it may."""
    heard = [
        (at, f"Stage {at} waits {at * 7} seconds because module{at} needs number{at}.", AGENT)
        for at in range(2, 900)
    ]
    for words in (40, 200, 800):
        assert 0.7 * words < len(_log([_turn(1, "go")], heard, words).split()) <= words + 4


def test_objections_are_told() -> None:
    """Whether the user objected to what the agent had said stands beside it."""
    turns = [
        _turn(1, "find the cause of the crash"),
        _turn(5, "no, that is wrong, look at the cache"),
    ]
    assert "L3 agent (the user then objected): The crash comes from the parser" in _log(
        turns, [(3, "The crash comes from the parser and its buffer.", AGENT)]
    )


def test_a_wish_that_begins_with_no_is_against_the_last_words() -> None:
    """What was found before that, and is not spoken of, was not objected to; what fails still may be of it."""
    found = "The crash comes from the parser and its buffer."
    heard = [(3, found, AGENT), (4, "I would exempt the old tests in the rule.", AGENT)]
    first, wish = _turn(1, "find the cause of the crash"), "no exemptions, move the tests into the new folder"
    assert f"L3 agent: {found}" in _log([first, _turn(6, wish)], heard)
    assert "L3 agent (the user then objected)" in _log(
        [first, _turn(6, "no, it still stops there at noon")], heard
    )
    assert "L3 agent (the user then objected)" in _log(
        [first, _turn(6, "no, no parser, no buffer, only tests")], heard
    )


def test_a_statement_with_a_secret_is_left_out() -> None:
    """What redaction would change is not told in part."""
    log = Log([_turn(1, "go on")], [(3, "The passphrase of the staging server is tulip.", AGENT)])
    assert "tulip" in log.laid_out("", _resolved, str)(100)
    assert "tulip" not in log.laid_out("", _resolved, lambda text: text.replace("tulip", "[redacted]"))(100)


@pytest.mark.parametrize("whose", ["comment in tulip.py", "edit of tulip.py"])
def test_a_statement_in_a_file_named_by_a_secret_is_left_out(whose: str) -> None:
    """The name stands beside the words, so it must be fit to be told as well."""
    log = Log([_turn(1, "go on")], [(3, "The shelves are read in order, since the lamps are lit so.", whose)])
    assert "tulip" in log.laid_out("", _resolved, str)(100)
    assert "tulip" not in log.laid_out("", _resolved, lambda text: text.replace("tulip", "[redacted]"))(100)


def test_whose_words_they_are_is_told() -> None:
    """A plan or a sub-agent is not taken for the agent's account of what was done."""
    heard = [
        (3, "The plan removes the claim command altogether.", "the plan (not what was done)"),
        (4, "Kept the fallback because older clients need it.", AGENT),
    ]
    assert _log([_turn(1, "go on with hooks please")], heard) == (
        "L1 user: go on with hooks please; L3 the plan (not what was done): The plan removes the claim command "
        "altogether. L4 agent: Kept the fallback because older clients need it."
    )


def test_a_question_is_told_with_its_answer() -> None:
    """A prompt that asks brings the facts of the agent's answer along; one that orders does not."""
    turn = _turn(1, "how long do the tests of the shells take?")
    turn.last = Say(4, "They take 40 seconds because each shell starts anew.")
    assert _log([turn], []) == (
        "L1 user: how long do the tests of the shells take? "
        "L4 agent: They take 40 seconds because each shell starts anew."
    )


def test_of_a_pasted_review_the_demands_are_told() -> None:
    """A long prompt is given by its beginning and the parts with facts, not by its first words alone."""
    praise = "This is lovely and well made work indeed.\n" * 20
    told = asked(f"more feedback:\n{praise}- limit retries to 3 in `app/fetch.py`\n", 200)
    assert told.startswith("more feedback: This is")
    assert "[…]" in told
    assert "limit retries to 3 in `app/fetch.py`" in told
    assert asked("short", 200) == "short"


def test_items_of_a_list_are_told_below_its_heading() -> None:
    """Once, however many of them are told."""
    said = "**Removed scripts:**\n- the old `fetch.sh` starter script\n- the old `send.sh` starter of mails"
    told = _log([_turn(1, "look")], [(3, said, AGENT)])
    assert "L3 agent: Removed scripts: the old `fetch.sh` starter script; the old `send.sh`" in told


def test_a_list_of_which_items_are_left_out_says_so() -> None:
    """At either end, and not where it is whole: nobody takes some of its points for all of them."""
    items = [f"- The {name} server refuses parallel requests since Monday." for name in ("old", "red", "new")]
    whole = "\n".join(["What was found:", *items[:2]])
    told = _log([_turn(1, "look")], [(3, f"It was slow all day. {whole}", AGENT)])
    assert "found: The old server" in told
    assert told.endswith("since Monday.")
    shown = {at: "\n".join(["Found:", *items[:at], "- It all ended well.", *items[at:]]) for at in (0, 1, 3)}
    for at, (before, after) in {0: ("", "…"), 1: ("…", "…"), 3: ("…", "")}.items():
        parts = pieces_of(shown[at])
        chosen = [it for it in parts if "ended" in it.text]
        made = [Weighed(it.text, frozenset(), 4, 1.0, 0.0, it.source, it.under, it.place) for it in chosen]
        marked = [text for _, text, _ in _marked(made, parts)]
        assert marked == [f"{before}It all ended well{after or '.'}"]


def test_a_cause_that_the_user_denies_is_not_told() -> None:
    """Nor where it was said a prompt earlier; other words of the same message stay."""
    said = "The files change since `db:make` writes them anew. There are four of them in the client."
    turns = [
        _turn(1, "look"),
        _turn(5, "which files are left?"),
        _turn(8, "the formatter writes them, not db:make"),
    ]
    assert "db:make` writes" in _log(turns[:2], [(3, said, AGENT)])
    turns[2] = turn_of(Prompt(8, "no, the formatter writes them, not db:make"), "", None)
    log = _log(turns, [(3, said, AGENT)])
    assert "db:make` writes" not in log
    assert "four of them" in log


def test_what_was_found_out_stays_beside_newer_words_on_it() -> None:
    """Newer lines on the same things do not push out where they come from; fragments are never told."""
    found = "The root cause is that the cache keeps the old key of the server."
    newer = [(9 + at, f"Now the cache of the server gets key number {at}.", AGENT) for at in range(6)]
    heard = [(3, found, AGENT), *newer, (30, "The cache (of the key.\n- `old server key is", AGENT)]
    log = _log([_turn(1, "why does the login fail?"), _turn(40, "thanks, go on then")], heard, 90)
    assert found in log
    assert "(of the" not in log
    assert "`old" not in log


def test_a_diagnosis_is_not_taken_down_by_an_objection_to_something_else() -> None:
    """What the next prompt objects to is told as objected to, what it does not speak of keeps its worth."""
    found = "The problem is that the login stores the identifier of the tenant."
    heard = [(3, found, AGENT), (4, "The colours of the chart look fine to me now.", AGENT)]
    turns = [_turn(1, "look into the tenants"), _turn(6, "no, the colours of the chart are wrong")]
    assert "L3 agent (the user then objected): " + found in _log(turns, heard, 60)


def test_words_of_a_commit_are_told_as_claims() -> None:
    """What a message says was done need not have been."""
    heard = [(3, "Replace every bare except of the scripts by a narrow one.", MESSAGE)]
    assert "L3 commit message claims: Replace every" in _log([_turn(1, "tidy the scripts")], heard)


def test_an_answer_and_more_of_the_same_message_are_named_once() -> None:
    """What is told beside a question and what the log takes of it stand under one line."""
    said = Say(
        3,
        "It takes 41 seconds because of the browser tests.\n\nThe login page alone needs `wait_for_load`, 9 times.",
    )
    asking = turn_of(Prompt(1, "how long do the browser tests of the login page take?"), "", None)
    asking.last = said
    turns = [asking, _turn(9, "thanks, go on then")]
    more = [(3, said.text + " The cache of the runner is empty on each Monday.", AGENT)]
    assert _log(turns, more, 200).count("L3 agent") == 1


def test_what_a_yes_has_changed_is_told_with_it() -> None:
    """A state told beside an offer that the user takes up no longer holds; one with any other answer stands alone."""
    said = "An old server on port 5173 holds the cache. Want me to stop it and start it anew?"
    for reply, told in (
        ("yeah", "agent (before its offer was taken up): An old"),
        ("ok, stop the old server and start it anew", "agent (before its offer was taken up): An old"),
        ("do not start it anew", "agent: An old"),
        ("leave it", "agent: An old"),
        ("look there first", "agent: An old"),
    ):
        turns = [
            _turn(1, "why is the page empty"),
            turn_of(Prompt(5, reply), said, None),
            _turn(9, "go on now"),
        ]
        heard = [(3, said, AGENT), (7, "The second thing was looked at in detail as well.", AGENT)]
        assert told in _log(turns, heard)


def test_an_order_takes_up_the_first_of_two_ways_only() -> None:
    """The other one is what the agent would rather not do."""
    said = "The lamp holds the old cache of the server. Want me to empty the lamp, or should it keep the old cache?"
    for reply, taken in (("empty the lamp now", True), ("keep the old cache", False)):
        turns = [_turn(1, "why is it dark"), turn_of(Prompt(5, reply), said, None), _turn(9, "go on now")]
        heard = [(3, said, AGENT), (7, "The second thing was looked at in detail as well.", AGENT)]
        assert ("(before its offer was taken up)" in _log(turns, heard)) == taken


@pytest.mark.parametrize(
    ("objection", "told"),
    [
        ("hmm no i do not turn them by hand, so that's wrong", True),
        ("no, call it a bell from now on", False),  # a wish, which leaves the rest as it is
        ("and what of the bells?", False),
    ],
)
def test_what_was_said_again_and_then_refuted_is_told_with_it(objection: str, told: bool) -> None:
    """The first time it reads as if it held, as the objection came prompts later."""
    cause = (
        "The lamps flicker because their wicks differ from the plan: whenever somebody turns a wick by hand, "
        "the keeper compares all of them with the stored heights, kills the burners and lights every lamp again, "
        "so each room is dark for seconds, shutters close, clocks stop and the watchman rings."
    )
    turns = [_turn(1, "why do the lamps flicker?"), _turn(5, "and what is to be done?"), _turn(9, objection)]
    turns[0].last, turns[1].last = (
        Say(3, cause),
        Say(7, f"{cause} So the cleanest way is to store no heights."),
    )
    heard = [(say.line, say.text, AGENT) for turn in turns if (say := turn.last)]
    heard.append((11, "Then it must be the draught from the harbour that moves the shutters.", AGENT))
    assert Log(turns, heard).after.remark(3, cause, AGENT) == (
        " (as in L7, to which the user objected)" if told else ""
    )


TROUBLE = "The lamps are lit. The blocker is your harbour line, which carries no oil."


@pytest.mark.parametrize(
    ("said", "reply", "edited", "over"),
    [
        (TROUBLE, "the harbour line is back up, go on", 0, True),
        (TROUBLE, "ok now it works", 0, True),
        ("The server is not responding on that port.", "server restored, go on", 0, True),
        ("The lamps are lit and the harbour line carries oil.", "ok now it works", 0, False),  # no trouble
        (TROUBLE, "ok now it works", 4, False),  # the edit may have helped
        (TROUBLE, "go on when the line is back", 0, False),
        (TROUBLE, "is the line back up now?", 0, False),
        (TROUBLE, "and now the bells, please", 0, False),
    ],
)
def test_a_trouble_that_is_over_by_the_users_word_is_told_so(
    said: str, reply: str, edited: int, over: bool
) -> None:
    """What the agent named as its cause was not mended by it, and stands in the way no longer."""
    turns = [_turn(1, "light them"), _turn(5, reply), _turn(9, "and the bells")]
    heard = [(3, said, AGENT), (7, "The bells ring at noon.", AGENT)]
    files = {"a.py": [(edited, 0, "a.py")]} if edited else {}
    remark = Log(turns, heard, edited=files).after.remark(3, said, AGENT)
    assert (remark == " (in order again by the user's word, L5)") == over


def test_words_about_a_file_that_changed_since_are_told_so() -> None:
    """On a later prompt, that is; a file of the name that came later, or was left alone, is another."""
    heard = [(3, "The fetcher in `fetch.py` waits for 3 clients.", AGENT), (7, "All of them wait.", AGENT)]
    turns = [_turn(1, "look"), _turn(5, "and mend it")]
    for edited, remark in (
        ({"fetch.py": [(9, 0, "fetch.py")]}, "L3 agent (fetch.py edited since): The fetcher"),
        ({"fetch.py": [(9, 2, "fetch.py")]}, "L3 agent (fetch.py edited since): The fetcher"),
        ({"fetch.py": [(9, 6, "fetch.py")]}, "L3 agent: The fetcher"),
        ({"fetch.py": [(4, 0, "fetch.py")]}, "L3 agent (edits followed): The fetcher"),
        ({"other.py": [(9, 0, "other.py")]}, "L3 agent: The fetcher"),
    ):
        assert remark in Log(turns, heard, {}, edited).laid_out("", _resolved, str)(400)


def test_what_edits_of_the_same_prompt_may_have_mended_is_told_so() -> None:
    """Once for words that follow each other; the last words on a prompt tell how it is."""
    heard = [
        (3, "The fetcher does not wait for its 3 clients.", AGENT),
        (5, "Its table `days` holds 41 broken rows.", AGENT),
        (7, "Now the reader of 17 files waits for all of them.", AGENT),
    ]
    turns = [_turn(1, "look"), _turn(9, "and now the docs")]
    told = Log(turns, heard, {}, {"x.py": [(6, 0, "x.py")]}).laid_out("", _resolved, str)(400)
    assert "L3 agent (edits followed): The fetcher does not wait for its 3 clients. L5: Its table" in told
    assert "L7 agent: Now the reader" in told
    assert "edits followed" not in Log(turns, heard, {}, {"x.py": [(12, 0, "x.py")]}).laid_out(
        "", _resolved, str
    )(400)


def test_what_was_only_announced_is_not_told() -> None:
    """What came of it is told by what followed; the last words on a prompt say what is to come."""
    heard = [
        (3, "Let me try a long value for `Interval` of the 2 clients.", AGENT),
        (5, "The 2 clients wait for `Close()` because it flushes.", AGENT),
        (7, "I'll wait for the 3 runners of `ci` now.", AGENT),
    ]
    told = _log([_turn(1, "look")], heard)
    assert "Interval" not in told
    assert "flushes" in told
    assert "runners" in told


def test_the_answer_beside_a_prompt_is_told_once() -> None:
    """What the agent answered in the end stands with the prompt, not in the log besides; not when it was refuted."""
    answer = "The padding was drawn by the window. The cause was the `margin` of 96 in `window.go`."
    turn, after = (
        _turn(1, "the picture has padding that nobody wants"),
        _turn(5, "and now the other pictures"),
    )
    turn.last = Say(3, answer)
    told = _log([turn, after], [(3, answer, AGENT)])
    assert f"L1 user: the picture has padding that nobody wants L3 agent: {answer}" in told
    assert told.count("drawn by the window") == 1
    after.objects = True
    assert "nobody wants L3 agent: The padding" not in _log([turn, after], [(3, answer, AGENT)])


def test_a_list_of_commits_is_not_told() -> None:
    """It tells nothing that the commits do not."""
    ids = " ".join(f"{at:07x}a{at}" for at in range(20, 29))
    heard: list[Heard] = [
        (2, f"The groups are these: {ids} (render)\nThe cache fix stays apart from the rest.", AGENT)
    ]
    assert _log([], heard) == "L2 agent: The cache fix stays apart from the rest."


def test_what_only_leads_to_a_list_is_not_told_alone() -> None:
    """It stands over the items that are told; unless it names something in code."""
    said = (
        "Found the following lamps of the northern pier:\n\n- none\n\n"
        "The `pier.lamp` setting is read by the harbour master because:\n\n- it is old"
    )
    told = _log([_turn(1, "look")], [(3, said, AGENT)])
    assert "northern pier" not in told
    assert "`pier.lamp` setting" in told


def test_the_log_never_takes_more_words_than_it_is_given() -> None:
    """Whoever speaks, and whatever stands above a list more than once."""
    heard = [
        (
            at,
            f"# Reader{at % 2} settings\nThe field `limit_{at}` of part {at} is now read by `load_{at}`.",
            f"comment in file{at}.go",
        )
        for at in range(40)
    ]
    for words in (60, 90, 130):
        told = Log([], heard).laid_out("", lambda turn, most, safe: "", str)(words)
        assert 30 < len(told.split()) <= words


def test_ways_to_choose_from_are_no_statements() -> None:
    """Once the user has answered the decision tells which was taken; what the agent advises stays."""
    ways = (
        "The totals are known on the server only.\n\nOptions:\n\n"
        "1. **Always send the totals** - fixed values for each of the harbours\n   ```json\n   {}\n   ```\n"
        "2. **Put a marker there** - something like `mode: auto` for each of the harbours\n\n"
        "I lean to the first, as nothing else has to change for it. What do you prefer?"
    )
    turns = [
        _turn(1, "what do we do with the harbours?"),
        _turn(3, "do nothing, and write a test of the lamps"),
    ]
    told = _log(turns, [(2, ways, AGENT)])
    assert "for each of the harbours" not in told
    assert "as nothing else has to change for it" in told
    assert "for each of the harbours" in _log(turns[:1], [(2, ways, AGENT)])


def test_what_the_person_may_try_right_then_is_told_to_nobody() -> None:
    """It is of no use later; what else the message says stays."""
    turns = [
        _turn(1, "the lamps of the pier stay dark"),
        _turn(3, "they are lit"),
        _turn(5, "and the others?"),
    ]
    said = "The relay waits for the sensor of the pier. Try switching the lamps on now - I watch the relay of them."
    told = _log(turns, [(2, said, AGENT), (4, "Go ahead and reload the page of the lamps.", AGENT)])
    assert "waits for the sensor" in told
    assert "Try switching" not in told
    assert "reload" not in told


def test_that_nothing_waited_to_be_committed_soon_is_no_longer_so() -> None:
    """It gives way to what lasts, once other prompts followed."""
    turns = [_turn(1, "fold it"), _turn(3, "and now the relay"), _turn(5, "go on"), _turn(7, "go on")]
    said = "The branch `piers` is five commits, working tree clean. The branch `lamps` holds its relay in one file."
    told = _log(turns, [(2, said, AGENT)], words=24)
    assert "`lamps`" in told
    assert "working tree" not in told
    said = "The 9 checks of `piers` should now pass with `relay`. The branch `lamps` holds its relay in one file."
    told = _log(turns, [(2, said, AGENT)], words=24)
    assert "`lamps`" in told
    assert "should now pass" not in told


def test_an_objection_is_not_to_what_was_answered_before_without_a_prompt() -> None:
    """Where the agent concedes what no prompt on record says, the next prompt speaks of later words."""
    turns = [
        _turn(1, "the lamps of the pier stay dark"),
        _turn(5, "no, the issue is the sensor of the harbour"),
    ]
    said = (2, "The issue was that the relay of the pier waits for the clock of the town.", AGENT)
    after = [
        (4, "The drawing of the piers holds it all.", AGENT),
        (6, "The sensor of the harbour it is.", AGENT),
    ]
    assert "(the user then objected): The issue was" in _log(turns, [said, *after])
    told = _log(turns, [said, (3, "You're right! The clock shows nothing there.", AGENT), *after])
    assert "(the user then objected): The issue was" not in told
    assert "The issue was that the relay" in told


def test_what_the_agent_then_conceded_says_so() -> None:
    """Its first words on the next prompt grant that the user is right, though no objection shows in that prompt."""
    turns = [_turn(1, "light the lamps of the pier"), _turn(5, "the relay of the pier has a timer already")]
    said = (3, "The pier needs a new timer of ninety seconds, as the relay has none.", AGENT)
    for reply, how in (
        ("You're right! It has.", "you're right"),
        ("Good point - you are absolutely right, it has.", "you are absolutely right"),
        ("Ah yes, good catch: it has one.", "good catch"),
        ("I was wrong there.", "i was wrong"),
        ("That's a crucial distinction! It has one.", "that's a crucial distinction"),
    ):
        told = _log(turns, [said, (7, reply, AGENT)])
        assert f"L3 agent (then to the user: “{how}”): The pier needs" in told
    long = f"You're {'x' * 40}ly right. It has."  # of which nothing is told among words of ours
    for reply in ("Right, you said so.", "The lamps you're right about are lit.", "Now the relay.", long):
        assert "(then to the user" not in _log(turns, [said, (7, reply, AGENT)])
    later = [said, (7, "Now the relay.", AGENT), (8, "You're right! It has one.", AGENT)]
    assert "L3 agent: The pier needs" in _log(turns, later)


def test_what_was_conceded_is_what_the_prompt_speaks_of() -> None:
    """Not words between that only end a turn, and nothing where no words are of that."""
    turns = [
        _turn(1, "light the lamps"),
        _turn(5, "rest a while"),
        _turn(8, "you said timer: the relay of the pier has one"),
    ]
    heard = [(6, "Stopped with 3 open.", AGENT), (9, "You're right. The relay has it.", AGENT)]
    told = _log(turns, [(3, "The relay of the pier has no timer of its own.", AGENT), *heard])
    assert "L3 agent (then to the user: “you're right”): The relay" in told
    assert "L6 agent: Stopped" in told
    assert "(then to the user" not in _log(turns, [(3, "All 4 doors were painted.", AGENT), *heard])


def test_what_was_pasted_at_length_is_of_anything() -> None:
    """A log or a review has some words in common with whatever was said before."""
    said = (3, "The relay of the pier has a timer of its own.", AGENT)
    pasted = " ".join(f"{one}{two}mp of {two}{one}or" for one in "lbdfgh" for two in "aeiou")
    for more, shown in (("", True), (pasted, False)):
        turns = [_turn(1, "light the lamps"), _turn(5, f"a review says: the relay of the pier blinks {more}")]
        told = _log(turns, [said, (7, "You're right. It does.", AGENT)])
        assert ("(then to the user" in told) == shown


def test_a_plan_that_the_client_asks_for_mends_nothing() -> None:
    """It is written before anything is changed."""
    turns, heard = (
        [_turn(1, "light the lamps")],
        [(3, "The relay of the pier has no timer.", AGENT), (9, "So.", AGENT)],
    )
    for path, shown in (("/home/dev/.claude/plans/lamps.md", False), ("/home/dev/app/relay.py", True)):
        told = Log(turns, heard, {}, {"x": [(5, 5, path)]}).laid_out("", _resolved, str)(400)
        assert ("L3 agent (edits followed): The relay" in told) == shown


def test_an_option_that_a_decision_tells_is_not_told_again() -> None:
    """As it was laid out it may say what the user then had otherwise; the rest of the message is told."""
    said = (
        "The lamps need oil of the harbour.\nA) Fill the green lamp by hand each night\nB) Fill it by a pipe"
    )
    turns = [_turn(1, "how do we fill the lamps?")]
    turns.append(turn_of(Prompt(5, "A)"), "", Say(3, said)))
    turns.append(_turn(8, "now the gate"))
    heard = [(3, said, AGENT)]
    assert "A) Fill the green lamp" in _log(turns, heard)
    told = _log(turns, heard, page="- which option? → “A)” = Fill the green lamp by hand (L5)")
    assert "Fill the green lamp" not in told
    assert "oil of the harbour" in told


def test_what_speaks_again_of_what_is_gone_is_not_told() -> None:
    """A definition that was taken out again is named by one statement; another one of the message means it as well."""
    said = (
        "- `test_lamp_without_oil` verifies that the wick is omitted when empty\n\n"
        "The oil test verifies that empty wicks are omitted from the lamp.\n\nThe gate of the harbour opens at nine."
    )
    heard = [(3, said, AGENT)]
    told = Log([_turn(1, "look")], heard, {"test_lamp_without_oil": 7}).laid_out("", _resolved, str)(400)
    assert "omitted" not in told
    assert "The gate of the harbour opens at nine." in told
    assert "The oil test verifies" in _log([_turn(1, "look")], heard)


def test_the_user_owns_up_in_their_own_words() -> None:
    """They say where what the agent met comes from; a secret among them does not come through."""
    turns = [_turn(1, "count the lamps"), _turn(5, "oops I messed up, key K1 was in the wrong list")]
    heard = [(3, "Nine lamps are lit, and the list of the harbour has seven.", AGENT)]
    told = Log(turns, heard).laid_out("", _resolved, lambda text: text.replace("K1", "[gone]"))(400)
    assert "L3 agent (then the user: “oops I messed up, key [gone] was in the wrong list”, L5): Nine" in told


def test_a_line_of_the_log_is_made_once_while_it_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last of what was chosen has no room in the end, the lines of the other turns are as they were."""
    made, line_of = list[tuple[int, ...]](), Log._line

    def line(log: Log, group: tuple[Candidate, ...], *more: Any) -> str:
        made.append(tuple(each.order for each in group))
        return line_of(log, group, *more)

    monkeypatch.setattr(Log, "_line", line)
    turns = [_turn(at, f"go on with shelf number {at}") for at in range(1, 80, 10)]
    heard = [
        (
            at + 1,
            f"Shelf {at} holds lamps of kind {at * 7}, since crate {at * 3} was lost on the way.",
            MESSAGE,
        )
        for at in range(1, 80, 10)
    ]
    for words in range(20, 200, 10):
        made.clear()
        assert _log(turns, heard, words)
        assert len(made) == len(set(made))


def test_items_that_do_not_tell_of_what_they_are_stand_with_what_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under a heading that fits anything, a list of what was removed says nothing without it."""
    monkeypatch.setattr("spread.distill.said.USER_WORTH", 0.1)  # the prompt itself finds no room
    lists = "All gone.\n\n**Removed files and scripts:**\n- /etc/init.d/relay and its 14 hooks\n- 3 menus of the panel"
    turns = [
        _turn(1, "clean up the house router please, one service after another"),
        _turn(5, "uninstall the OpenVPN Server"),
        _turn(9, "go on"),
    ]
    told = _log(turns, [(7, lists, AGENT), (11, "Well.", AGENT)], 22)
    assert "L7 agent, on “uninstall the OpenVPN Server”: Removed files and scripts: " in told
    said = lists.replace("relay", "OpenVPN")
    assert ", on “" not in _log(turns, [(7, said, AGENT), (11, "Well.", AGENT)], 22)


def test_no_word_of_a_long_answer_is_cut() -> None:
    """What is read of it ends with a line, or with a word where it is all one line."""
    lines = "The lamp is lit.\n" * ANSWER_READ
    assert set(whole_words(lines).splitlines()) == {"The lamp is lit."}
    assert whole_words("lantern " * ANSWER_READ).endswith("lantern")
    assert len(whole_words(lines)) <= ANSWER_READ
    assert whole_words("The lamp is lit.\n") == "The lamp is lit.\n"
