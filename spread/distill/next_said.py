"""What the agent said is left, noticed or offered, and nothing later takes up."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from spread.distill.aftermath import DENIED_LINES
from spread.distill.ends import Ends
from spread.distill.heard import AGENT, DENIED
from spread.distill.later import put_off, wished_later
from spread.distill.ledger import Ledger
from spread.distill.noticed import PROMISE
from spread.distill.noticed import left as left_open
from spread.distill.offered import half_answered, left_alone
from spread.distill.options import options_of
from spread.distill.prompts import assents, says_no
from spread.distill.record import CHECKED
from spread.distill.stale import is_stale
from spread.distill.turns import Turn
from spread.distill.unproven import dropped, still
from spread.distill.validation import Check
from spread.distill.verdicts import verdicts
from spread.distill.words import stems
from spread.distillation_codec import shorten
from spread.transcript_events import Say

UNTRIED: Final = "not tried, the agent said: "
PUT_OFF: Final = "left for later: "
PROPOSED: Final = "named as next steps, not taken up since: "  # nobody decided that they are for later
OF_LISTED: Final = ", of {} listed"
PUT_OFF_TURNS: Final = 12
MAX_PUT_OFF: Final = 3
MAX_SAID: Final = 2  # of what was noticed, not tried or denied
LONG_CHARS: Final = 200
ITEM_CHARS: Final = 130
LISTS: Final = 2  # commas, and words of a reply
# Puts something off, and is not what is put off.
_PUTS_OFF: Final = stems("left later follow followup deferred remaining remains")
_ASKS_USER: Final = re.compile(r"\?\Z|\b(?:your (?:call|choice|decision)|up to you)\b", re.I)
_SENTENCE: Final = re.compile(r"(?<=[.!?;。！？]) ?")  # noqa: RUF001 - all of them end one
# Speaks, in so few words, of nothing but that it is to be committed.
_COMMITS: Final = re.compile(r"\bcommit|コミット|提交|закоммич", re.I)
COMMIT_CHARS: Final = 40
_NUMBER: Final = re.compile(r"#(\d+)\b")
_NEXT_STEPS: Final = re.compile(r"(?im)^[^\w\n]*(?:(?:recommended|suggested|proposed) )?next steps?[^\w\n]*$")
_WORDS: Final = re.compile(r"\w+")
REPEATED: Final = 6  # words of a report, one after the other: the user took them from there
REPEATED_READ: Final = 1_000


def what_was_put_off(ledger: Ledger) -> Ends:
    """Return what the last reports put off and nothing later takes up."""
    out, known, listed = Ends(), set[str](), dict[int, int]()
    later, unread = list[set[str]](), list[str]()
    after: Turn | None = None
    # A sub-agent that is sent may do it where nobody sees it.
    edits = sorted([*ledger.files.edited().values(), *[agent.line for agent in ledger.agents]])
    checked = [item.line for item in ledger.record if item.kind == CHECKED]
    commands = set[str]()
    for turn in reversed(ledger.turns[-PUT_OFF_TURNS:]):
        agreed, after = after is not None and assents(after.prompt.text), turn
        again = turn.prompt.text in commands  # whose report is newer
        if turn.prompt.kind == "command":
            commands.add(turn.prompt.text)
        if agreed or again:  # the user had it done
            continue
        says = list({say.line: say for say in (turn.longest, turn.last) if say is not None}.values())
        ended = [say for say in says if not _goes_on(ledger, turn, say.line, edits, checked)]
        found = [(say.line, text) for say in ended for text in put_off(say.text)]
        if turn is not ledger.turns[-1]:  # which stands on the page
            found += [(turn.prompt.line, text) for text in wished_later(turn.prompt.text)]
        if found:
            later += [stems(part) for text in unread for line in text.splitlines() for part in _parts(line)]
            unread = []
        for line, text in found:
            listed[line] = listed.get(line, 0) + 1
            words = stems(text) - _PUTS_OFF or stems(text)
            taken_up = any(2 * len(words & each) >= len(words) for each in later) or _is_done(
                ledger, line, text
            )
            # Of a list in one sentence the reply takes up a part, and says of the rest what it says.
            then = next((each for each in ledger.turns if each.prompt.line > line), None)
            reply = then.prompt.text if then else ""
            taken_up = taken_up or (text.count(",") >= LISTS and len(words & stems(reply)) >= LISTS)
            # What asks the user something, the reply that speaks of it answers.
            taken_up = taken_up or (
                _ASKS_USER.search(text) is not None
                and "?" not in reply
                and not words.isdisjoint(stems(reply))
            )
            # The one thing that a question was about its answer settles, if that is no "no" and edits followed.
            alone = then and sum(each == line for each, _ in found) == 1 and not says_no(reply)
            settled = then and alone and any(map(then.asked.lower().__contains__, words))
            taken_up = taken_up or bool(settled and then and edits and edits[-1] > then.prompt.line)
            # Of what a report proposes the user took what they want in its own words, and edits followed.
            taken_up = taken_up or _chosen_from(ledger, text, line, says, edits)
            # What the reply turns down by its number is not to come.
            taken_up = taken_up or _turned_down(text, line, says, reply)
            if words and text not in known and not taken_up and not is_stale(text, line, ledger.stale):
                known.add(text)
                said = next((say.text for say in says if say.line == line), "")
                proposed = text in _proposed(said)[0].partition("\n#")[0] and words.isdisjoint(_PUTS_OFF)
                lead = PROPOSED if proposed else PUT_OFF
                out.append((line, f"{lead}“{shorten(text, ITEM_CHARS)}”"))
        unread += [turn.prompt.text, _taken(turn), *(say.text for say in says)]
    return _counted(out[:MAX_PUT_OFF], listed)


def _taken(turn: Turn) -> str:
    """Return the question that a prompt says yes to by speaking of the same: what it offers is asked for with it."""
    reply, asked = turn.prompt.text, turn.asked
    if turn.objects or turn.passed or ";" in asked or "?" in reply or says_no(reply):
        return ""
    return asked if not stems(reply).isdisjoint(stems(asked)) else ""


def _turned_down(text: str, line: int, says: list[Say], reply: str) -> bool:
    """Tell whether a reply turns down by its number what stands as an item in a message's list."""
    said = next((say.text for say in says if say.line == line), "")
    declined = [label for label, no in verdicts(reply, said).items() if no] if said else []
    options = options_of(said) if declined else {}
    return any(stems(text) <= stems(options[label]) for label in declined)


def _chosen_from(ledger: Ledger, text: str, line: int, says: list[Say], edits: list[int]) -> bool:
    """Tell whether the user later had something done by words of the report that proposes a thing as a next step."""
    said = next((say.text for say in says if say.line == line), "")
    steps, words = _proposed(said)
    if text not in steps:
        return False
    asked = (each.prompt for each in ledger.turns if line < each.prompt.line < (edits[-1] if edits else 0))
    return any("?" not in prompt.text and _repeats(prompt.text[:REPEATED_READ], words) for prompt in asked)


@lru_cache(32)  # the last reports come again at the next revision
def _proposed(said: str) -> tuple[str, str]:
    """Return what a report says below a heading of next steps, and all of its words where there is one."""
    head = _NEXT_STEPS.search(said) if "next step" in said.lower() else None
    return (said[head.end() :], f" {' '.join(_WORDS.findall(said.lower()))} ") if head else ("", "")


def _repeats(text: str, words: str) -> bool:
    """Tell whether so many words of a text stand in others one after the other."""
    own = _WORDS.findall(text.lower())
    return any(f" {' '.join(own[at : at + REPEATED])} " in words for at in range(len(own) - REPEATED + 1))


def _counted(chosen: Ends, listed: dict[int, int]) -> Ends:
    """Say behind the last one of a list how many there are: those left would pass for all of it."""
    out = Ends()
    for at, (line, text) in enumerate(chosen):
        last = line not in (later for later, _ in chosen[at + 1 :])
        left = sum(each == line for each, _ in chosen)
        out.append(
            (line, f"{text}{OF_LISTED.format(listed[line])}" if last and left < listed[line] else text)
        )
    return out


def _goes_on(ledger: Ledger, turn: Turn, line: int, edits: list[int], checked: list[int]) -> bool:
    """Tell whether work on the same prompt followed a message: what that lists was to be done right then.

    Args:
        edits: The lines of all edits, in order.
        checked: Those of all checks.
    """
    then = bisect_right(ledger.turns, turn.prompt.line, key=lambda each: each.prompt.line)
    if then == len(ledger.turns):
        return ledger.end not in ("say", "waits")
    end = ledger.turns[then].prompt.line
    if turn.last and turn.last.line == line and any([line < each < end for each in checked]):
        return True  # nothing was said of what that came to: it was no report
    return bisect_right(edits, line) < bisect_left(edits, end)


def _parts(line: str) -> list[str]:
    """Return the sentences of a long line: of so many words half of any others stand in it by chance."""
    return [line] if len(line) <= LONG_CHARS else _SENTENCE.split(line)


def noticed(ledger: Ledger) -> Ends:
    """Return defects that the agent noticed in files which nobody edited since, and what it put off doing to them."""
    found = left_open(ledger.noticed, ledger.files)
    return [
        (
            line,
            f"{'put off' if text.startswith(PROMISE) else f'noticed in {_name(path)}'}, no edit of it seen since: “{shorten(text, ITEM_CHARS)}”",
        )
        for line, path, text in found
        if not is_stale(text, line, ledger.stale) and not _refuted(ledger, line)
    ][:MAX_SAID]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _refuted(ledger: Ledger, line: int) -> bool:
    """Tell whether the user objected to what the agent said there: with the next prompt, or by a denial soon after."""
    after = next((turn for turn in ledger.turns if turn.prompt.line > line), None)
    if after is not None and after.objects:
        return True
    return any(
        [line < at <= line + DENIED_LINES and text.startswith(DENIED) for at, text in ledger.decisions]
    )


def offered(ledger: Ledger) -> Ends:
    """Return what the agent offered and nobody took up."""
    found = left_alone(ledger.turns[-PUT_OFF_TURNS:])
    return [
        (
            line,
            f"offered, {f'put off by the user (L{then})' if then else 'not spoken of since'}: “{shorten(text, ITEM_CHARS)}”",
        )
        for line, text, then in found
        if not _is_done(ledger, line, text)
    ][:1]


def unanswered_of_list(ledger: Ledger) -> Ends:
    """Return the questions of a list of which the user answered another one."""
    found = half_answered(ledger.turns[-PUT_OFF_TURNS:])
    return [(line, f"asked, not answered: “{shorten(text, ITEM_CHARS)}”") for line, text in found[:MAX_SAID]]


def untried(ledger: Ledger, checks: Iterable[Check]) -> Ends:
    """Return what the agent said was not run or could not be verified, as far as nothing later speaks of it."""
    if not ledger.unproven:
        return []
    heard = [(line, said) for line, said, who in ledger.heard if who == AGENT]
    heard += [(turn.prompt.line, turn.prompt.text) for turn in ledger.turns]
    found = still(ledger.unproven, heard, max((check.at for check in checks), default=0))
    found = [(line, text) for line, text in found if not is_stale(text, line, ledger.stale)]
    return [(line, f"{UNTRIED}“{shorten(text, ITEM_CHARS)}”") for line, text in found[:MAX_SAID]]


def denied_requests(ledger: Ledger) -> Ends:
    """Return what the user asked for and whose call was denied, and that nothing later takes up."""
    files = ledger.files
    changed = [line for lines in (files.created, files.modified, files.deleted) for line in lines.values()]
    return [
        (
            line,
            f"a call for it was denied, not asked again: “{shorten(text, ITEM_CHARS)}”",
        )
        for line, text in dropped(ledger.turns, ledger.refused, changed)
        if not _is_done(ledger, line, text)
    ][:MAX_SAID]


def _is_done(ledger: Ledger, since: int, text: str) -> bool:
    """Tell whether facts after a line speak of what was put off: a commit, a file it names, its pull request."""
    files, words = ledger.files, stems(text)
    made = max([0, *(line for line, _, _ in ledger.git.commits)])
    if made > since and len(text) <= COMMIT_CHARS and _COMMITS.search(text):
        return True
    if any(
        line > since and 2 * len(words & stems(told)) >= len(words) for line, _, told in ledger.git.commits
    ):
        return True
    changed = {**files.created, **files.modified}
    if any(line > since and path.rpartition("/")[2] in text for path, line in changed.items()):
        return True
    numbers = _NUMBER.findall(text)
    states = [
        ledger.git.repos.requests[number][1] for number in numbers if number in ledger.git.repos.requests
    ]
    return any(state.startswith(("merged", "closed", "no longer")) for state in states)
