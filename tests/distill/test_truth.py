"""What the page must not claim: what is said too much, of another thing, or no longer."""

import random
from pathlib import Path

import pytest

from spread.distill.broken_off import breaks_off
from spread.distill.later import put_off
from spread.distill.questions import question_to
from spread.distill.trial import Trial
from spread.distill.trials import note
from spread.distill.trials_tell import told
from spread.distillation import Distillation
from spread.distillation_fields import Files
from spread.distillation_page import render
from spread.distillation_room import MAX_WORDS
from spread.distillation_told import UNFINISHED
from spread.transcript_events import Call
from tests.distill.lines import CWD, begun
from tests.distill.test_next import DENIED

STATUS = (
    "On branch fix\nYour branch is up to date with 'origin/main'.\n\n"
    "Changes not staged for commit:\n\tmodified:   a.py\n"
)


@pytest.mark.parametrize(
    ("said", "on_the_way"),
    [
        ("The colours are not there. Let me look at the style sheet.", True),
        ("The colours are not there:", True),
        ("Now add the colours in `theme.css`.", True),
        ("The colours are gone. Next, update the tests", True),
        ("Start the server.\nNow add a list of your own.", False),
        ("The colours are there. Now update works, too.", False),
        ("A colour is missing in `theme.css`. Adding it now.", True),
        ("The colours are there. Adding the tests is up to you.", False),
        ("The colours are there now.", False),
        ("The colours are there now. Let me know what you think of them.", False),
        ("The plan is written. I'll wait for your word before I begin.", False),
        ("The colours are there. I'll leave it at that.", False),
        ("The server starts. I'll wait for the port to open.", True),
        ("I'll take the first one. Shall I go on with the rest?", False),
        ("There are two lamps. I need to:\n1. Add `red` to the second\n2. Test both", True),
        ("There are two lamps. Once you agree, I will:\n1. Add `red` to the second\n2. Test both", False),
        ("There are two lamps. Both of them:\n- Are red\n- Are tested", False),
        ("The colours are not there.\n\n**Step 2: Add the colours**", True),
        ("The colours are not there.\n\n## 3. Adding the colours", True),
        ("The colours are there.\n\n**Step 2: Adding them is done**", False),
        ("What was done:\n\n**1. Added the colours**\n\n**2. Took out the greys**", False),
        ("The colours are there.\n\n**Ready for the paper**", False),
        ("**Step 2: The colours** are there.", False),
    ],
)
def test_words_on_the_way_answer_nothing(tmp_path: Path, said: str, on_the_way: bool) -> None:
    """A record that ends on what the agent does next was cut off before the answer."""
    assert breaks_off(said) == on_the_way
    lines = begun()
    lines.edit(f"{CWD}/a.py")
    lines.say(said)
    made = lines.distilled(tmp_path)
    assert made.answered != on_the_way
    assert made.next.startswith("the last request was not finished; take it up first") == on_the_way


def test_a_message_that_goes_on_with_a_call_answers_nothing(tmp_path: Path) -> None:
    """The client says so of each of its lines, whatever the words are."""
    for reason in ("tool_use", "end_turn"):
        lines = begun()
        lines.edit(f"{CWD}/a.py")
        content = [{"type": "text", "text": "The parser is mended."}]
        message = {"role": "assistant", "content": content, "stop_reason": reason}
        lines.say("The parser is mended.", message=message)
        assert lines.distilled(tmp_path).answered == (reason == "end_turn")


def test_a_record_that_ends_on_a_call_was_cut_off(tmp_path: Path) -> None:
    """What was said before the call is no answer, unless it asked: then only a list was kept."""
    for said, cut in (
        ("The parser is mended. I can sort the lists later.", True),
        ("Shall I sort them?", False),
    ):
        lines = begun()
        lines.edit(f"{CWD}/a.py")
        lines.say(said)
        lines.result(lines.call("TodoWrite", {"todos": []}), "Todos have been modified successfully.")
        made = lines.distilled(tmp_path)
        assert made.next.startswith("the last request was not finished") == cut
        assert (made.answered, made.state == "question open") == (not cut, not cut)


def test_what_the_agent_asks_itself_waits_for_nobody(tmp_path: Path) -> None:
    """A question that a call follows is its own, as is one in the middle of the work."""
    lines = begun()
    lines.edit(f"{CWD}/a.py")
    lines.say("Why is the list empty? It was filled above.")
    lines.bash("grep -c a a.py", "1")
    made = lines.distilled(tmp_path)
    assert made.next.startswith("the last request was not finished")
    assert (made.answered, made.state) == (False, "needs verification")


def test_a_courtesy_at_the_end_leaves_no_question_open(tmp_path: Path) -> None:
    """Neither is it words on the way: what was said above it is the answer."""
    for said, state in (
        ("The parser reads lists already. Let me know if you need anything else!", "no change"),
        ("The parser reads lists already. Let me know which of them to sort.", "question open"),
    ):
        lines = begun()
        lines.say(said)
        made = lines.distilled(tmp_path)
        assert (made.answered, made.state) == (True, state)
        assert made.next.startswith("answered (L2)") == (state == "no change")


def test_what_was_done_and_checked_needs_no_second_start(tmp_path: Path) -> None:
    """Where only the report on it is missing, what is left is looked at; not where a check failed."""
    for output, done in (("6 passed in 0.11s", True), ("1 failed, 5 passed in 0.11s", False)):
        lines = begun()
        lines.say("Routing is done.")
        lines.user("oh, and log the type of the error only")
        lines.edit(f"{CWD}/route.py")
        check = lines.bash("pytest -q; git status --short", output)
        told = lines.distilled(tmp_path).next
        worked_on = f"the last request was worked on, a check passed (L{check + 1}); no report"
        assert told.startswith(worked_on if done else "the last request was not finished; take it up first")


@pytest.mark.parametrize(
    ("said", "then", "next_"),
    [
        ("The reader is fast, the writer is not! Let me add a timer there:", "", UNFINISHED),
        ("Interesting: the reader is not it. Now I'll fix the writer, too.", "", UNFINISHED),
        ("The writer takes 600 ms. Let me measure where:", "", "; the agent then: “Let me measure where”"),
        ("That works. Let me add the file and commit:", "git commit -am 'route: a timer'", ""),
        ("That works. Let me clean up:", "rm /tmp/out.txt", ""),
        ("That works, and nothing else is slow.", "", ""),
    ],
)
def test_what_the_agent_said_it_does_after_the_check(
    said: str, then: str, next_: str, tmp_path: Path
) -> None:
    """A change is still to be made, a look is told; what was done since leaves nothing of it."""
    lines = begun()
    lines.edit(f"{CWD}/route.py")
    check = lines.bash("pytest -q", "6 passed in 0.11s")
    lines.say(said)
    if then:
        lines.bash(then, "[main 1a2b3c4] route: a timer" if "commit" in then else "")
    else:
        lines.tool("Read", {"file_path": f"{CWD}/write.py"}, "def write(): pass")
    told = lines.distilled(tmp_path).next.partition("\n")[0]
    if next_ == UNFINISHED:
        assert told.startswith(f"{UNFINISHED}; take it up first")
    else:
        worked_on = f"the last request was worked on, a check passed (L{check + 1}); no report{next_}"
        assert told.removesuffix(f" (L{check + 1})") == worked_on


def test_a_check_that_passed_ends_nothing_while_a_sub_agent_is_at_work(tmp_path: Path) -> None:
    """Of several that began together the one without an end is told, whichever of them it is."""
    for at in (0, 1):
        lines = begun()
        keys = [
            lines.call(
                "Task", {"description": what, "prompt": f"Build the {what}.", "subagent_type": "builder"}
            )
            for what in ("reader", "writer")
        ]
        lines.edit(f"{CWD}/a.py")
        lines.bash("pytest -q", "6 passed in 0.11s")
        lines.result(keys[1 - at], "It is built.")
        lines.result(lines.call("TodoWrite", {"todos": []}), "Todos have been modified successfully.")
        made = lines.distilled(tmp_path)
        assert made.state == "needs verification"
        assert "no end is seen of Task `" + ("reader", "writer")[at] in made.next


def test_a_diagnosis_is_mended_by_edits_on_the_same_prompt_or_after_an_answer(tmp_path: Path) -> None:
    """Not by those on a later matter; whether the file was edited again since makes no difference."""
    cause = "The root cause is the cache of the lists, which nobody clears."
    for asks, then, mended in (
        ("", "and now the titles, please", False),
        (" Shall I clear it?", "yes", True),
    ):
        lines = begun()
        lines.say(cause + asks)
        lines.user(then)
        lines.edit(f"{CWD}/a.py")
        lines.say("It is done.")
        lines.user("and the docs of the reader, too")
        lines.edit(f"{CWD}/a.py")
        lines.say("They are written.")
        assert ("nobody clears.” (edits followed) (L2)" in lines.page(tmp_path)) == mended


def test_what_was_noticed_is_of_the_file_that_is_named(tmp_path: Path) -> None:
    """Words that name other files are not of the one that was read last; nor is what the user then refused."""
    for said, seen in (
        ("There is a bug in line 6: the list is cleared twice.", True),
        ("There is a bug in `b.py`: the list is cleared twice.", False),
    ):
        lines = begun()
        lines.tool("Read", {"file_path": f"{CWD}/a.py"}, "1\tx")
        lines.say(said)
        lines.tool("Read", {"file_path": f"{CWD}/c.txt"}, "1\tx")
        lines.say("That is all there is to see.")
        assert ("noticed in a.py, no edit of it seen since" in lines.distilled(tmp_path).next) == seen
    lines = begun()
    lines.tool("Read", {"file_path": f"{CWD}/a.py"}, "1\tx")
    lines.say("This is a bug of the linter: the list is cleared once. I'll switch the rule off.")
    lines.tool(
        "Edit", {"file_path": f"{CWD}/a.py", "old_string": "a", "new_string": "# off"}, DENIED, error=True
    )
    lines.user("but you clear it in two places?")
    lines.say("It is so.")
    assert "noticed" not in lines.distilled(tmp_path).next


def test_what_is_only_weighed_or_begun_was_not_put_off() -> None:
    """The price of a way that is not taken, and what the agent does next."""
    assert put_off("The shells of Windows still need a driver.") == [
        "The shells of Windows still need a driver."
    ]
    assert put_off("Cons: the shells of Windows would still need a driver.") == []
    assert put_off("Now let me write the next steps at the end of the plan.") == []


def test_a_question_that_any_answer_fits_offers_nothing(tmp_path: Path) -> None:
    """Nor does one that was cut from a list of things."""
    for asked, seen in (
        ("Want me to draw the old charts of the harbour anew?", True),
        ("What would you like to see in the charts of the harbour?", False),
        ("Charts of the harbour - drawn anew (as the old ones?", False),
    ):
        lines = begun()
        lines.say(f"The parser is mended. {asked}")
        lines.user("please sort the titles of the books by year instead of by name")
        lines.say("They are sorted.")
        assert ("offered, not spoken of since" in lines.distilled(tmp_path).next) == seen


def test_a_commit_without_a_result_may_have_taken_what_was_left(tmp_path: Path) -> None:
    """What a status before it listed is told as of then, and the branch that it compares with by name."""
    lines = begun()
    lines.edit(f"{CWD}/a.py")
    lines.bash("git status", STATUS)
    stands = "up to date with origin/main by a status (L4); not committed"
    assert f"{stands}: a.py" in lines.page(tmp_path)
    lines.call("Bash", {"command": "git add a.py && git commit -m 'mend the parser'"})
    assert f"{stands} by then: a.py" in lines.page(tmp_path)


def test_files_of_one_name_are_told_apart_though_one_has_nothing_to_tell(tmp_path: Path) -> None:
    """An edit of the one must not be read as of the other."""
    lines = begun()
    lines.tool(
        "Edit", {"file_path": f"{CWD}/web/io.py", "old_string": "a = b", "new_string": "a = b\ndef fetch():"}
    )
    lines.edit(f"{CWD}/app/io.py")
    lines.say("Both are mended.")
    assert "\n- web/io.py: +`fetch`" in lines.page(tmp_path)


def test_a_reply_is_told_with_the_question_that_it_speaks_of(tmp_path: Path) -> None:
    """With the last one only where it has a word of that, or of none; a name of a file ends no sentence."""
    both = "Should I also set the level in parse_lists.py to high? Or leave that as a separate cleanup?"
    for reply, asked in (
        ("yeah that level should be high", "Should I also set the level in parse_lists.py to high?"),
        ("a separate one, and set the level there", "Or leave that as a separate cleanup?"),
        ("let us talk of the budget", "Or leave that as a separate cleanup?"),
    ):
        assert question_to(both, reply) == asked
    lines = begun()
    lines.say(both)
    lines.user("yeah that level should be high")
    lines.say("It is.")
    lines.user("and the docs of the reader, too")
    lines.say("They are written.")
    assert "to high? → “yeah that level should be high” (L3)" in lines.page(tmp_path)


def test_what_an_edit_that_failed_quotes_of_the_file_is_no_cause() -> None:
    """The first line says why: what follows is what was to be replaced."""
    trials: dict[str, Trial] = {}
    output = 'String to replace not found in file.\nString: return fail("error: no store")'
    given = {"file_path": "/a.go", "old_string": "x", "new_string": "y"}
    note(trials, Call(1, "t1", "Edit", given, CWD, "", result_line=2, ok=False, output=output), "")
    assert [text for _, text in told(trials, 9)] == [
        "Edit `/a.go` failed: String to replace not found in file."
    ]


def test_what_answers_the_last_of_several_failures_answers_them(tmp_path: Path) -> None:
    """A rebase that goes on is like the step that failed last, not like how it was begun."""
    lines = begun()
    lines.bash("git rebase origin/main", "error: could not apply a1b2c3d... the parser", code=1)
    lines.bash("git rebase --continue", "error: could not apply b2c3d4e... the parser", code=1)
    lines.bash("git add . && git rebase --continue", "Successfully rebased and updated refs/heads/fix.")
    lines.say("The branch is on top of the other now.")
    page = lines.page(tmp_path)
    assert "failed 2 times since L2: error: could not apply" in page
    assert "then worked: `git add . && git rebase --continue` (L6)" in page


def test_ways_that_nobody_chose_between_are_not_all_done(tmp_path: Path) -> None:
    """A list, where nothing was changed on the prompt, may be one to choose from; one of deeds is not."""
    ways = "There are two ways:\n- Leave the dock as it is.\n- Write it once, by a script.\nThe first is cheaper."
    for edits, closing in (
        (False, "answered (L2); what that lists the user has not replied to"),
        (True, "answered (L4), no question or todo is open"),
    ):
        lines = begun()
        if edits:
            lines.edit(f"{CWD}/a.txt")
        lines.say(ways)
        assert lines.distilled(tmp_path).next.splitlines()[-1] == closing


def test_a_validation_where_nothing_was_edited_is_told_so(tmp_path: Path) -> None:
    """It may be of another part of the project; not one that ran at the top, or where a file was edited."""
    for edited, command, part in (
        ("server/a.py", "cd web && npm test", True),
        ("web/a.ts", "cd web && npm test", False),
        ("server/a.py", "npm test", False),
    ):
        lines = begun()
        lines.edit(f"{CWD}/{edited}")
        lines.bash(command, "Tests:       3 passed, 3 total")
        lines.say("It is mended.")
        told_so = "- the last validation ran in web, where no file was edited (L5)\n" in lines.page(tmp_path)
        assert told_so == part


def test_no_page_has_too_many_words_whatever_fills_it() -> None:
    """The heading of a list begun last counts, too, and what no cut makes as short as it should be."""
    for seed in range(20, 140):
        some = random.Random(seed)
        log = [f"L{at} agent: {'word ' * some.randrange(10, 90)}" for at in range(some.randrange(4, 16))]
        made = [f"c{at}/c{at}.py" for at in range(some.randrange(40))]
        files = Files(
            created=tuple(made), read=tuple(f"a{at}/b{at}.py" for at in range(some.randrange(1, 24)))
        )
        done = [f"step {at}: {'one more ' * some.randrange(1, 9)}" for at in range(some.randrange(30))]
        failed = [
            f"`make {at}` failed: {'no rule ' * some.randrange(1, 9)}" for at in range(some.randrange(20))
        ]
        chosen = [f"user: “{'this way ' * some.randrange(1, 12)}”" for _ in range(some.randrange(20))]
        page = render(
            Distillation(
                "s.1", "s", 1, goal="x", summary="done " * some.randrange(200), completed=tuple(done),
                failed=tuple(failed), decisions=tuple(chosen), files=files, context="\n".join(log),
            )
        )  # fmt: skip
        assert len(page.split()) <= MAX_WORDS, seed


def test_a_diagnosis_after_which_the_same_failed_again_did_not_help(tmp_path: Path) -> None:
    """That edits followed is not told alone then."""
    said = "The root cause is the list of parts, which nobody clears."
    for output, ending in (
        ("", "(edits followed) (L4)"),
        ("x", "(edits followed, and it failed again) (L4)"),
    ):
        lines = begun()
        lines.bash("pack --all", "error: no list of the parts", code=1)
        lines.say(said)
        lines.edit(f"{CWD}/a.py")
        lines.bash("pack --all", "error: no list of the parts" if output else "", code=bool(output))
        if not output:
            lines.bash("pack --all", "error: no list of the parts", code=1)
        lines.say("It is another matter.")
        assert f"nobody clears.” {ending}" in lines.page(tmp_path), output


def test_what_a_diagnosis_holds_against_a_file_and_an_edit_took_out_is_told(tmp_path: Path) -> None:
    """Unless a later edit puts it back it is in the way no longer, whatever fails then."""
    for back, again, ending in (
        (False, False, "(edits followed: `only: main` taken out, L3) (L2)"),
        (False, True, "(edits followed: `only: main` taken out, L5, and it failed again) (L4)"),
        (True, True, "(edits followed, and it failed again) (L4)"),
    ):
        lines = begun()
        if again:
            lines.bash("pack --all", "error: no list of the parts", code=1)
        lines.say("The root cause is `only: main`, with which rules.yml takes no list of the parts.")
        for old, new in [("only: main, all", "all"), ("all", "only: main, all")][: 1 + back]:
            given = {"file_path": f"{CWD}/rules.yml", "old_string": old, "new_string": new}
            lines.tool("Edit", given)
        if again:
            lines.bash("pack --all", "error: no list of the parts", code=1)
        lines.say("It is another matter.")
        assert f"no list of the parts.” {ending}" in lines.page(tmp_path), ending


def test_what_failed_worked_later_though_it_changes_nothing(tmp_path: Path) -> None:
    """The same command that worked answers it, though it edits no file."""
    lines = begun()
    lines.bash("bun install -g tool", "error: no route to the host", code=1)
    lines.say("The network is down.")
    lines.user("it is back, go on")
    lines.bash("bun install -g tool", "installed tool@1.0")
    lines.say("It is there.")
    (failed,) = lines.distilled(tmp_path).failed
    assert failed.endswith("the same later worked (L6)")


def test_another_command_on_the_same_host_answers_no_failure(tmp_path: Path) -> None:
    """The host and a pipe are all that the two share; the same program with other options does answer."""
    lines = begun()
    lines.bash("ssh root@box 'pack list | grep -i dns'", "pack: database is locked", code=2)
    lines.bash("ssh root@box 'ls /etc/services.d | grep -E (dns|web)'", "dns")
    lines.say("It is there.")
    assert "then worked" not in str(lines.distilled(tmp_path).failed)
    lines.bash("ssh root@box 'sleep 2; pack list | grep dns'", "dns-tools 1.0")
    lines.say("And it is a package.")
    assert "then worked: `sleep 2; pack list" in str(lines.distilled(tmp_path).failed)


def test_what_ssh_says_of_every_connection_is_no_cause(tmp_path: Path) -> None:
    """OpenSSH 10.1 and later warn at each call to an older server."""
    lines = begun()
    banner = (
        "** WARNING: connection is not using a post-quantum key exchange algorithm.\n"
        "** The server may need to be upgraded. See https://openssh.com/pq.html\n"
    )
    lines.bash("ssh root@box 'svc stop'", f"{banner}svc: no such service", code=127)
    lines.say("It is not there.")
    page = lines.page(tmp_path)
    assert "no such service" in page
    assert "server may need" not in page


def test_a_lifted_rule_stands_with_the_rules(tmp_path: Path) -> None:
    """Who reads the old one there learns that it no longer holds."""
    lines = begun()
    at = lines.user("do not commit anything")
    lines.say("Mended.")
    lines.user("commit it now")
    lines.say("Committed.")
    lines.user("and what about the weeks?")
    rules = lines.page(tmp_path).partition("## Rules")[2].partition("\n## ")[0]
    assert f"rule “do not commit anything” (L{at}) no longer holds" in rules


def test_edits_after_a_diagnosis_are_of_what_they_are(tmp_path: Path) -> None:
    """Edits of another file do not say that a diagnosis was right; of which they were, the page says."""
    cause = "The root cause is the cache of the lists in `a.py`, which nobody clears."
    plain = "The root cause is the cache of the lists, which nobody clears."
    for said, path, ending in (
        (cause, "a.py", "(edits followed)"),
        (cause, "b.py", "(edits of b.py followed)"),
        (plain, "b.py", "(edits followed)"),
        (plain, "README.md", "(edits of README.md followed)"),
    ):
        lines = begun()
        lines.tool("Read", {"file_path": f"{CWD}/a.py"}, "1\tx")
        lines.say(said)
        lines.edit(f"{CWD}/{path}")
        lines.say("It is done.")
        assert f"nobody clears.” {ending} (L4)" in lines.page(tmp_path), (said, path)


def test_a_diagnosis_that_another_followed_was_not_all(tmp_path: Path) -> None:
    """The first is told with the line of the second."""
    lines = begun()
    lines.say("The root cause is the cache of the lists, which nobody clears.")
    lines.edit(f"{CWD}/a.py")
    second = lines.say("The actual cause is the order of the titles, which is never kept.")
    lines.edit(f"{CWD}/b.py")
    lines.say("It is done.")
    page = lines.page(tmp_path)
    assert f"nobody clears.” (edits followed, then another diagnosis, L{second}) (L2)" in page
    assert f"never kept.” (edits followed) (L{second})" in page


def test_a_diagnosis_before_a_pass_without_an_edit(tmp_path: Path) -> None:
    """Nothing was mended, so it cannot have been the cause."""
    lines = begun()
    lines.bash("pytest -q", "1 failed in 0.1s", code=1)
    lines.say("Let me look at the lists.")
    lines.bash("cat a.py", "x = 1")
    at = lines.say("The root cause is the cache of the lists, which nobody clears.")
    passed = lines.bash("pytest -q", "1 passed in 0.1s") + 1
    lines.edit(f"{CWD}/a.py")
    lines.say("It is done.")
    assert f"nobody clears.” (then it passed without an edit, L{passed}) (L{at})" in lines.page(tmp_path)


@pytest.mark.parametrize(
    ("said", "then", "told"),
    [
        ("The problem is that there are some syntax errors in the list of titles.", "go build ./...", True),
        ("The problem is that there are some syntax errors in the list of titles.", "cat a.py", False),
        ("The problem is the cache of the lists, which nobody ever clears.", "go build ./...", False),
    ],
)
def test_code_that_builds_without_an_edit_was_not_wrong_as_written(
    tmp_path: Path, said: str, then: str, told: bool
) -> None:
    """A build that passes refutes that it cannot be read, though none failed; of what it does it tells nothing."""
    lines = begun()
    lines.edit(f"{CWD}/a.go")
    lines.say(said)
    lines.bash(then)
    lines.edit(f"{CWD}/README.md")
    lines.say("It is done.")
    page = lines.page(tmp_path)
    assert said in page
    assert ("it passed without an edit" in page) == told


@pytest.mark.parametrize(
    ("failing", "then", "output", "told"),
    [
        ("npx eslint .", "ruff check .", "All checks passed!", False),
        ("ruff check .", "ruff check .", "All checks passed!", True),
        (
            "git commit -m titles",
            "git push",
            "✔️ lint (0.17 seconds)\n   98b484b..04ef02a  main -> main",
            False,
        ),
    ],
)
def test_another_check_that_passed_says_nothing_of_a_diagnosis(
    tmp_path: Path, failing: str, then: str, output: str, told: bool
) -> None:
    """One linter is not another, and what a push runs is not what refused the commit."""
    lines = begun()
    lines.bash(failing, "a.py:1:1: F401 unused\nFound 1 error.\n🥊 lint (0.17 seconds)", code=1)
    lines.say("Let me look at the lists.")
    lines.bash("cat a.py", "x = 1")
    lines.say("The root cause is the cache of the lists, which nobody clears.")
    lines.bash(then, output)
    lines.edit(f"{CWD}/a.py")
    lines.say("It is done.")
    assert ("it passed without an edit" in lines.page(tmp_path)) == told


def test_a_diagnosis_that_proved_right_is_no_failure(tmp_path: Path) -> None:
    """The same check passed after the edits, or the user said that it works; where nothing was done, that is said."""
    cause = "The root cause is the cache of the lists, which nobody clears."
    for passes, then, ending in (
        (True, "", "(edits followed, then it passed, L11)"),
        (False, "", "(edits followed)"),
        (False, "it works now, thanks", "(then the user: “it works now, thanks”, L13)"),
    ):
        lines = begun()
        lines.bash("pytest -q", "1 failed in 0.1s", code=1)
        lines.say("Let me look at the lists.")
        lines.bash("cat a.py", "x = 1")
        at = lines.say(cause)
        lines.edit(f"{CWD}/a.py")
        if passes:
            lines.bash("pytest -q", "1 passed in 0.1s")
        else:
            lines.bash("ls", "a.py")
        lines.say("It is done.")
        if then:
            lines.user(then)
            lines.say("Good to know.")
        assert f"nobody clears.” {ending} (L{at})" in lines.page(tmp_path), (passes, then)
    lines = begun()
    at = lines.say(cause)
    assert f"nobody clears.” (no edit since) (L{at})" in lines.page(tmp_path)


def test_a_cause_that_the_report_tells_after_the_edits_is_not_told_to_be_open(tmp_path: Path) -> None:
    """The edits before it may be what was done about it; on the way to more work nothing was done yet."""
    cause = "This ends the double rows, which were caused by lists that nobody clears."
    lines = begun()
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "1 passed in 0.1s")
    at = lines.say(cause)
    assert f"nobody clears.” (L{at})" in lines.page(tmp_path)
    lines.bash("cat a.py", "x = 1")
    assert f"nobody clears.” (no edit since) (L{at})" in lines.page(tmp_path)


def test_the_last_validation_is_one_that_told_something_of_the_code_as_it_is(tmp_path: Path) -> None:
    """A later run of which nobody knows whether it passed takes nothing from it, where only documents changed since."""
    for after, last in (("README.md", "`pytest -q` passed"), ("b.py", "`ruff check .` unknown")):
        lines = begun()
        lines.edit(f"{CWD}/a.py")
        lines.bash("pytest -q", "4 passed in 0.1s")
        lines.bash("ruff check . | head -3", "some words")
        lines.edit(f"{CWD}/{after}")
        lines.say("It is done.")
        assert f"last validation {last}" in lines.page(tmp_path)


def test_a_status_told_in_other_words_is_no_whole_one(tmp_path: Path) -> None:
    """What wraps git may tell a status in part: what that does not list may be new, or be in a commit."""
    for status, hidden in (
        ("## main\n M b.py\n", True),
        ("main...origin/main [ahead 2]\nModified: 9 files\n   b.py\n   ... +8 more\n", False),
    ):
        lines = begun()
        lines.write(f"{CWD}/new.py")
        lines.edit(f"{CWD}/b.py")
        lines.bash("git status", status)
        lines.say("It is done.")
        assert ("in no status listed" in lines.page(tmp_path)) == hidden


def test_a_call_without_a_result_may_have_written_a_file(tmp_path: Path) -> None:
    """Where its line is cut before the file's name, that is told; where it shows it, not again."""
    long = "printf '<svg>" + "x9" * 90 + "</svg>' > icons/logo.svg"
    for command, last in (
        (long, "…` (to write logo.svg): its result"),
        ("echo 1 > icons/logo.svg", "logo.svg`: its result"),
    ):
        lines = begun()
        lines.call("Bash", {"command": command})
        assert last in lines.distilled(tmp_path).next


def test_what_only_began_in_the_background_has_not_worked(tmp_path: Path) -> None:
    """It may fail yet; what ended well has worked."""
    for background in (False, True):
        lines = begun()
        lines.bash("pack serve --all", "error: no list of the parts", code=1)
        lines.say("Once more.")
        given = {"command": "pack serve --all"}
        began = "Command running in background with ID: b1. Output is being written to: /tmp/b1.output"
        lines.tool(
            "Bash",
            given,
            began if background else "served",
            twin={"backgroundTaskId": "b1"} if background else None,
        )
        lines.say("It is served.")
        assert ("later worked" in str(lines.distilled(tmp_path).failed)) != background


def test_what_is_said_after_another_failure_is_not_of_the_one_before(tmp_path: Path) -> None:
    """Also where nothing is kept of that one, as the checks of a pull request that failed."""
    for between in (False, True):
        lines = begun()
        lines.bash("pack --all", "error: no list of the parts", code=1)
        if between:
            lines.bash("gh pr checks 7", "build\tfail\t2m", code=1)
        lines.say("The container of the builder lacks its compiler.")
        lines.edit(f"{CWD}/a.py")
        lines.say("Done.")
        assert ("the agent: “The container" in lines.page(tmp_path)) != between


def test_a_status_is_out_of_date_once_the_user_says_that_they_committed(tmp_path: Path) -> None:
    """What it listed as changed is not told as not committed any more; a word on a merge says nothing of that."""
    for said, known in (
        ("I committed it. What is next?", True),
        ("I committed something on main meanwhile? no wait, you do it", False),
        ("I merged the other branch. What is next?", False),
    ):
        lines = begun()
        lines.edit(f"{CWD}/a.py")
        lines.bash("git status", STATUS)
        lines.say("The parser is mended.")
        line = lines.user(said)
        page = lines.page(tmp_path)
        assert (f"committed by the user since, as they say (L{line})" in page) == known
        assert ("not committed: a.py" in page) != known


def test_what_was_queued_answers_no_question_that_came_after_it(tmp_path: Path) -> None:
    """A prompt stands where it was typed: the agent had not asked yet when it was."""
    for late in (True, False):
        lines = begun()
        lines.edit(f"{CWD}/a.py")
        wish = "I think we want to drop the old cache of lists as well"
        if late:
            lines.say("Which of the two trees should keep the comments?")
        lines.queue("enqueue", wish)
        if not late:
            lines.say("Which of the two trees should keep the comments?")
        lines.queue("dequeue")
        lines.user(wish)
        lines.say("Dropped.")
        lines.user("and now sort them by their names, please")
        lines.say("Sorted.")
        told = "\n".join(lines.distilled(tmp_path).decisions)
        assert wish in told
        assert ("Which of the two trees" in told) == late


def test_the_report_before_a_short_word_is_not_the_one_that_was_objected_to(tmp_path: Path) -> None:
    """What was said after the objection tells how it stands, though it is shorter."""
    old = "The cache of the lists is not what you see there: the words come from the old index, " * 6
    new = (
        "You are right, it is the cache of the lists that holds the words, since nobody clears it on a change. "
        * 3
    )
    for mended in (True, False):
        lines = begun()
        lines.say(old)
        lines.user("no, that is wrong, the old index is empty")
        if mended:
            lines.say(new)
            lines.edit(f"{CWD}/a.py")
            lines.user("good, and now run the tests please")
        lines.say("Let me run them.")
        summary = lines.distilled(tmp_path).summary
        assert ("You are right" in summary) == mended
        assert ("the old index" in summary) != mended


@pytest.mark.parametrize(
    ("command", "output", "told"),
    [
        ("quux add parser", "error: no network", True),
        ("quux add parser", "zsh: command not found: quux", False),
        ("make add", "error: no network", False),
    ],
)
def test_a_program_that_ran_later_is_not_missing(
    tmp_path: Path, command: str, output: str, told: bool
) -> None:
    """That it was not found before is no hindrance any more, whatever came of the later run."""
    lines = begun()
    lines.bash("which quux && quux --version", "quux not found", code=1)
    line = lines.bash(command, output, code=1)
    lines.say("It did not get through.")
    assert (f"quux not found; later it was there (L{line})" in lines.page(tmp_path)) == told


@pytest.mark.parametrize(
    ("command", "output", "told"),
    [
        ("cd app && python -m quux parser.py", "2 problems found", True),
        ("python3 -m quux --list", "2 problems found", True),
        ("cd app && python -m quux parser.py", "bash: cd: app: No such file or directory", False),
        ("python -m quux parser.py", "/usr/bin/python: No module named quux", False),
        ("python -m frobber parser.py", "2 problems found", False),
        ("ls app && python -m quux parser.py", "2 problems found", False),
    ],
)
def test_a_module_that_ran_later_is_not_missing(
    tmp_path: Path, command: str, output: str, told: bool
) -> None:
    """What was installed meanwhile is there, though what Python ran by it fails for another reason."""
    lines = begun()
    lines.bash("python -m quux .", "/usr/bin/python: No module named quux", code=1)
    line = lines.bash(command, output, code=1)
    lines.say("It did not get through.")
    assert (f"No module named quux; later it was there (L{line})" in lines.page(tmp_path)) == told
