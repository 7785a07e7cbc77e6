"""What came after words that were said: an objection, an answer, edits; without it they read as if they still held."""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Final

from spread.distill.broken_off import breaks_off
from spread.distill.conceded import (
    FLATLY,
    IS_NOT,
    READ_CHARS,
    concedes,
    is_over,
    named_wrong,
    owns_up,
    speaks_of_trouble,
    takes_back,
    tells_of_a_failure,
)
from spread.distill.documents import is_document
from spread.distill.extract import telling_words
from spread.distill.heard import AGENT, DECIDED, DENIED, STATING, SUB_AGENT, Heard
from spread.distill.once import Known
from spread.distill.prompts import assents, refutes
from spread.distill.questions import OFFER, ends_in_question
from spread.distill.results import approves
from spread.distill.stale import Edited, edited_since, names_in, same
from spread.distill.turns import Turn, says_itself
from spread.distill.verdicts import spoken_of, verdicts

CODE_WITHIN: Final = 240  # of a message, where it leads up to code
CODE_LINES: Final = 8
DENIED_LINES: Final = 30  # between words and a denial of them
DENIED_TURNS: Final = 3  # after words, that may say what was not the cause
CONCEDED_TURNS: Final = 3  # before words of the user that the agent grants to be right
SHARED: Final = 2  # words with them has what they correct
ASKED_READ: Final = 4_000
MOST_ASKED: Final = 40  # words; a log or a review that was pasted has some with anything
MENDED: Final = " (edits followed)"  # ends what may be mended since
CONCEDED: Final = " (then to the user{}: “{}”)"
PASSED: Final = " (at the time)"  # ends that something failed while the agent was at work on it
TAKEN_BACK: Final = " (taken back, L{})"
PART_BACK: Final = " (L{}: “{}”)"  # the rest of it still holds
OWNED_UP: Final = " (the user then blamed themselves"
OWNED: Final = OWNED_UP + ", L{})"
ORDER_CHARS: Final = 90  # of a prompt that only orders what was offered
IN_ORDER: Final = " (in order again by the user's word, L{})"
AGAIN: Final = " (as in L{}, to which the user objected)"
SAID_AGAIN_TURNS: Final = 3  # in which last words may come again
LEAST_AGAIN: Final = 25  # telling words of them, of which half are the same
BACK: Final = 3  # messages before one that takes back what it was that was said
REPORT_CHARS: Final = 30  # characters of last words on a prompt that are what the next one objects to
_REFUSES: Final = re.compile(
    r"\b(?:not|no|never|leave|skip|instead|without|but|only|don'?t|nicht|kein\w*|lass|sin|pas|sans)\b", re.I
)
_PLANS: Final = "/.claude/plans/"  # what the client has the agent write before anything is changed
_REPORTS: Final = (AGENT, SUB_AGENT)


class Aftermath:
    """What came after each line of a session, as far as it bears on words that were said there.

    Args:
        undone: The last line of each definition that is gone again.
        edited: The changes of each file.
        by_git: The lines of prompts of whose edits git took back all, with where.
    """

    def __init__(
        self,
        turns: list[Turn],
        heard: list[Heard],
        undone: dict[str, int],
        edited: Edited,
        by_git: dict[int, int] | None = None,
    ) -> None:
        self.turns, self.edited, self.by_git = turns, edited, by_git or {}
        self.files = same(frozenset(edited))
        self.changes = sorted(
            [last for each in edited.values() for last, _, path in each if _PLANS not in path]
        )
        self.starts = [turn.prompt.line for turn in turns]
        self.denied = sorted(
            [line for line, said, who in heard if who == DECIDED and said.startswith(DENIED)]
        )
        self._said = {line: said for line, said, who in heard if who == AGENT}
        self._spoke = sorted(self._said)
        last = {
            bisect_right(self.starts, line): at for at, (line, _, who) in enumerate(heard) if who == AGENT
        }
        # The places in what was heard of the agent's last words on each prompt.
        self.final = set(last.values())
        self._asking = {heard[at][0] for at in self.final}
        # By the place of a turn, what it and the next ones say is not the cause.
        self._denies = dict[int, list[str]]()
        for at, turn in enumerate(turns):
            for place in range(max(at - DENIED_TURNS + 1, 0), at + 1) if turn.denies else ():
                self._denies.setdefault(place, []).extend(turn.denies)
        gone = sorted([(line, name) for name, line in undone.items()])
        self._gone = [line for line, _ in gone], [name for _, name in gone]
        conceded = {line: how for line, said, who in heard if who == AGENT and (how := concedes(said))}
        self._conceded = [*conceded]
        self._corrected = self._then_conceded(heard, last, conceded)
        self._ends = {turn: (heard[at][0], len(heard[at][1])) for turn, at in last.items()}
        self._taken_back = self._then_taken_back([(line, said) for line, said, who in heard if who == AGENT])
        self._objecting = {at for at, turn in enumerate(turns) if turn.objects}
        # Tells of a line whether the user objected to what was said there: with the next prompt, or by a denial soon after.
        self.refuted: Callable[[int], bool] = Known(self._is_refuted).__getitem__
        self._remarks = Known(self._remark)

    def _then_conceded(
        self, heard: list[Heard], last: dict[int, int], conceded: dict[int, str]
    ) -> dict[int, str]:
        """Return the lines of the agent's last words on prompts that its first ones on a later prompt grant to be wrong.

        Args:
            last: Their places in what was heard, by how many prompts stand before.
            conceded: How it grants that, by line.
        """
        out, first, granted = dict[int, str](), dict[int, int](), dict[int, frozenset[str]]()
        for line, said, who in heard if conceded else ():
            at = bisect_right(self.starts, line)
            if who == AGENT and at not in first:
                first[at] = line
                granted[at] = telling_words(said[:READ_CHARS]) if line in conceded else frozenset()
        for at, how in [(at, conceded[line]) for at, line in first.items() if at and line in conceded]:
            asked = telling_words(self.turns[at - 1].prompt.text[:ASKED_READ])
            if len(asked) > MOST_ASKED:
                continue
            for before in range(at - 1, max(at - 1 - CONCEDED_TURNS, -1), -1):
                line, said, _ = heard[last[before]] if before in last else (0, "", "")
                # It is that which the prompt speaks of; of what was said just before, the answer names it, too.
                if _shares(asked, said) >= SHARED or (
                    before == at - 1 and _shares(asked | granted[at], said)
                ):
                    of = spoken_of(
                        self.turns[at - 1].prompt.text, said
                    )  # the other items of a list still hold
                    out[line] = CONCEDED.format(of and f" on {of}", how)
                    break
        return out

    def _then_taken_back(self, said: list[tuple[int, str]]) -> dict[int, str]:
        """Return the lines of the agent's words of which it said soon afterwards, unasked, that they were wrong."""
        out = dict[int, str]()
        for at, (line, text) in enumerate(said):
            how = takes_back(text)
            if not how:
                continue
            words, turn = telling_words(text[:READ_CHARS]), bisect_right(self.starts, line)
            flatly = how == FLATLY or (how == IS_NOT and turn and "?" in self.turns[turn - 1].prompt.text)
            for before, earlier in said[max(at - (1 if how == FLATLY else BACK), 0) : at][::-1]:
                same = bisect_right(self.starts, before)
                # To the user's question a "no" takes nothing back.
                if same < turn - (not flatly):
                    break
                if _shares(words, earlier):
                    part = named_wrong(text)
                    out.setdefault(before, PART_BACK.format(line, part) if part else TAKEN_BACK.format(line))
                    break
        return out

    def taken_back(self, line: int) -> str:
        """Return where the agent itself took back what it said there."""
        return self._taken_back.get(line, "")

    def _is_refuted(self, line: int) -> bool:
        at = bisect_right(self.starts, line)
        objected = at in self._objecting and self._is_objected_to(line, at)
        return objected or (bool(self.denied) and self._denied(line, at))

    def _is_objected_to(self, line: int, at: int) -> bool:
        """Tell whether the prompt at this place, the next one after a line, objects to what was said there."""
        return at in self._objecting and not self._answers_unseen(line, at) and self._meant(line, at)

    def blamed(self, line: int) -> bool:
        """Tell whether what was refuted surely is what the user objected to: no denial of what the agent said since."""
        at = bisect_right(self.starts, line)
        if self._is_objected_to(line, at):
            return True
        denied = self.denied[bisect_right(self.denied, line)]
        return not any(
            bisect_left(each, denied) - bisect_right(each, line) for each in (self._spoke, self.changes)
        )

    def _meant(self, line: int, at: int) -> bool:
        """Tell whether the prompt at this place may be against words: the last before it, those it speaks of, or all."""
        turn, words = self.turns[at], self._said.get(line, "")
        said = turn.prompt.text[:ASKED_READ]
        end, size = self._ends.get(at, (line, 0))
        if line == end:
            # What was done after them without a word may be it.
            done = bisect_left(self.changes, turn.prompt.line) - bisect_right(self.changes, line)
            alone = not turn.about and (done or says_itself(said))
            return not alone or _shares(telling_words(said), words) > 0
        if size < REPORT_CHARS or (refutes(said) and not turn.about):
            return True
        own = telling_words(said)
        return _shares(own, words) > 0 and _shares(own | telling_words(turn.about), words) >= SHARED

    def _said_again(self, line: int, said: str) -> int:
        """Return the line of last words soon after that say what these do, and to which the user objected; else 0."""
        turn = bisect_right(self.starts, line)
        for then in filter(self._objecting.__contains__, range(turn + 1, turn + 1 + SAID_AGAIN_TURNS)):
            later, _ = self._ends.get(then, (0, 0))
            wrong = later and refutes(self.turns[then].prompt.text[:ASKED_READ])
            if wrong and self.refuted(later) and self.blamed(later):
                words = telling_words(self._said[later][:ASKED_READ])
                shared = len(words & telling_words(said[:ASKED_READ]))
                if len(words) >= LEAST_AGAIN and 2 * shared >= len(words):
                    return later
        return 0

    def _denied(self, line: int, at: int) -> bool:
        """Tell whether a denial came soon after a line, before the turn at this place."""
        denied = bisect_right(self.denied, line)
        if denied == len(self.denied) or self.denied[denied] > line + DENIED_LINES:
            return False
        return at == len(self.starts) or self.denied[denied] <= self.starts[at]

    def _answers_unseen(self, line: int, at: int) -> bool:
        """Tell whether the agent conceded something after a line that no prompt says: the next one speaks of other words then."""
        then = bisect_right(self._conceded, line)
        return then < len(self._conceded) and (
            at == len(self.starts) or self._conceded[then] < self.starts[at]
        )

    def remark(self, line: int, said: str, who: str) -> str:
        """Return what became of words of an agent: without it they would be read as if they still held."""
        return self._remarks[line, said, who] if who in STATING else ""

    def _remark(self, heard: Heard) -> str:
        line, said, who = heard
        known = self._became(line, said, who) or (self.mended(line) if who in _REPORTS else "")
        return known or (
            PASSED if who == AGENT and tells_of_a_failure(said) and self._went_on(line, said) else ""
        )

    def _went_on(self, line: int, said: str) -> bool:
        """Tell whether the agent was at work when it said what stands at a line, and the user has asked for more since."""
        if not self.starts or line >= self.starts[-1]:
            return False
        return line not in self._asking or breaks_off(said)

    def _became(self, line: int, said: str, who: str) -> str:
        """Return what surely became of words of an agent."""
        asking = line in self._asking
        if who == AGENT:
            if self.refuted(line) and (of := self._objected_items(line, said)) is not None:
                return of
            if self.refuted(line):
                return " (the user then objected)" if self.blamed(line) else " (the user then denied a call)"
            if asking and (again := self._said_again(line, said)):
                return AGAIN.format(again)
            if line in self._corrected:
                return self._corrected[line]
            if line in self._taken_back:
                return self._taken_back[line]
        after = bisect_right(self.starts, line)
        if self.by_git and after and (back := self.by_git.get(self.starts[after - 1], 0)) > line:
            return TAKEN_BACK.format(back)
        if after < len(self.turns):
            turn = self.turns[after]
            if asking and who == AGENT and owns_up(turn.prompt.text):
                return OWNED.format(turn.prompt.line)
            if asking and who in _REPORTS and turn.asked and _takes_up(turn):
                return " (before its offer was taken up)"
            if who == AGENT and self._in_order_again(line, said, turn):
                return IN_ORDER.format(turn.prompt.line)
            if since := self.edited_since(said, line):
                return since
        late = asking and _answers_itself(said) and self._coded > line
        return " (code for it followed; edits came later)" if late else ""

    @cached_property
    def _coded(self) -> int:
        """The line of the last edit of what is no document."""
        edits = (edit for each in self.edited.values() for edit in each)
        return max((last for last, _, path in edits if not is_document(path)), default=0)

    def _objected_items(self, line: int, said: str) -> str | None:
        """Return which items of a list the next prompt turns down, if it answers that by its numbers, else None."""
        at = bisect_right(self.starts, line)
        labels = verdicts(self.turns[at].prompt.text, said) if at in self._objecting else {}
        declined = ", ".join(label for label, no in labels.items() if no)
        return None if not labels else f" (the user then objected to {declined} of it)" if declined else ""

    def _in_order_again(self, line: int, said: str, turn: Turn) -> bool:
        """Tell whether words speak of a trouble of which the next prompt says that it is over, with no edit in between."""
        prompt = turn.prompt
        if turn.objects or len(prompt.text) > ORDER_CHARS or not speaks_of_trouble(said):
            return False
        changed = bisect_right(self.changes, line)
        if changed < len(self.changes) and self.changes[changed] < prompt.line:
            return False
        return is_over(prompt.text) or bool(approves(prompt.text))

    def edited_since(self, said: str, line: int) -> str:
        """Return which of the files that words of a line speak of was edited on a later prompt.

        What is edited on the same one, the agent's last words on it tell.
        """
        at = bisect_right(self.starts, line)
        named = names_in(said, self.files) if at < len(self.starts) else ()
        newest = edited_since(said, named, line, self.edited, self.starts[at]) if named else ""
        return f" ({newest} edited since)" if newest else ""

    def mended(self, line: int, changes: list[int] | None = None) -> str:
        """Return that edits followed what the agent found out or asked, up to the next prompt or the one after an answer.

        What it found may be mended then; what it asked about is as the user wanted it.

        Args:
            changes: The lines of edits, in order; without them the last one of each file counts.
        """
        changes = self.changes if changes is None else changes
        after = bisect_right(changes, line)
        return MENDED if after < len(changes) and changes[after] < self.until(line) else ""

    def until(self, line: int) -> int:
        """Return the line of the next prompt, or of the one after an answer: what follows is of another matter."""
        turn = bisect_right(self.starts, line)
        if turn < len(self.turns):
            turn += bool(self.turns[turn].asked) or self._on_question(line, self.turns[turn].prompt.text)
        return self.starts[turn] if turn < len(self.starts) else sys.maxsize

    def _on_question(self, line: int, prompt: str) -> bool:
        """Tell whether last words on a prompt ask something, and the next one speaks of the same, whatever it answers."""
        said = self._said.get(line, "") if line in self._asking else ""
        return ends_in_question(said) and _shares(telling_words(prompt[:ASKED_READ]), said) > 0

    def denied_of(self, line: int) -> list[str]:
        """Return names of what the user soon afterwards says is not the cause, and of what is gone again."""
        return self._denies.get(bisect_right(self.starts, line), []) + self.undone_of(line)

    def undone_of(self, line: int) -> list[str]:
        """Return names of what is gone again since."""
        lines, names = self._gone
        return names[bisect_right(lines, line) :]


def _shares(words: frozenset[str], said: str) -> int:
    """Return how many of some telling words a text has, without numbers."""
    return len([word for word in words & telling_words(said[:ASKED_READ]) if not word[0].isdigit()])


def _takes_up(turn: Turn) -> bool:
    """Tell whether a prompt says yes to an offer: in a word, or as an order in words of it."""
    return _accepts(turn.prompt.text, turn.asked, turn.objects)


@lru_cache(500)  # most come again at the next revision
def _accepts(said: str, asked: str, objects: bool) -> bool:
    """Tell whether a prompt says yes to the offer in a question."""
    offer = OFFER.search(asked)
    if offer is None:
        return False
    if assents(said) or objects or "?" in said or len(said) > ORDER_CHARS or _REFUSES.search(said):
        return assents(said)
    words = telling_words(said)
    first = asked[offer.start() :].partition(" or ")[0]  # what else it asks is another way
    return 2 * len(words & telling_words(first)) >= max(len(words), 2 * SHARED)


def _answers_itself(said: str) -> bool:
    """Tell whether a message is a few words on code as it is and then, asking, code as it shall be."""
    at = said.find("```", 0, CODE_WITHIN)
    code = said[at : said.find("```", at + 3)] if at > 0 else ""
    return code.count("\n") > CODE_LINES and ends_in_question(said)
