"""What came after words that were said: an objection, an answer, edits; without it they read as if they still held."""

import re
import sys
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Final

from spread.distill.extract import telling_words
from spread.distill.heard import AGENT, DECIDED, DENIED, STATING, SUB_AGENT, Heard
from spread.distill.prompts import assents, refutes
from spread.distill.questions import OFFER, ends_in_question
from spread.distill.reports import Piece
from spread.distill.stale import Edited, edited_since, names_in, same
from spread.distill.turns import Turn

CODE_WITHIN: Final = 240  # of a message, where it leads up to code
CODE_LINES: Final = 8
DENIED_LINES: Final = 30  # between words and a denial of them
DENIED_TURNS: Final = 3  # after words, that may say what was not the cause
CONCEDED_TURNS: Final = 3  # before words of the user that the agent grants to be right
SHARED: Final = 2  # words with them has what they correct
ASKED_READ: Final = 4_000
MOST_ASKED: Final = 40  # words; a log or a review that was pasted has some with anything
REPLY_CHARS: Final = 240
MENDED: Final = " (edits followed)"  # ends what may be mended since
CONCEDED: Final = " (then to the user: “{}”)"
# Also "Ah yes, you're right" and "Good catch - it has one".
_CONCEDES: Final = re.compile(
    r"\W{0,4}(?:(?:ah|oh|hmm+|yes|sorry|apologies|good (?:point|question))\b[ ,.!\u2013\u2014-]{1,4}){0,2}"
    r"(you(?:['\u2019]re| are) (?:\w{1,20}ly |quite )?right|good catch|my (?:mistake|bad)|i (?:was wrong|stand corrected))\b",
    re.I,
)
_PLANS: Final = "/.claude/plans/"  # what the client has the agent write before anything is changed
_REPORTS: Final = (AGENT, SUB_AGENT)


class Aftermath:
    """What came after each line of a session, as far as it bears on words that were said there.

    Args:
        undone: The last line of each definition that is gone again.
        edited: The changes of each file.
    """

    def __init__(self, turns: list[Turn], heard: list[Heard], undone: dict[str, int], edited: Edited) -> None:
        self.turns, self.edited = turns, edited
        self.files = same(frozenset(edited))
        self.changes = sorted(
            last for each in edited.values() for last, _, path in each if _PLANS not in path
        )
        self.starts = [turn.prompt.line for turn in turns]
        self.denied = sorted(line for line, said, who in heard if who == DECIDED and said.startswith(DENIED))
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
        gone = sorted((line, name) for name, line in undone.items())
        self._gone = [line for line, _ in gone], [name for _, name in gone]
        conceded = {line: how for line, said, who in heard if who == AGENT and (how := _conceded(said))}
        self._conceded = [*conceded]
        self._corrected = self._then_conceded(heard, last, conceded)
        self._refuted = dict[int, bool]()
        self._remarks = dict[tuple[int, str, str], str]()

    def _then_conceded(
        self, heard: list[Heard], last: dict[int, int], conceded: dict[int, str]
    ) -> dict[int, str]:
        """Return the lines of the agent's last words on prompts that its first ones on a later prompt grant to be wrong.

        Args:
            last: Their places in what was heard, by how many prompts stand before.
            conceded: How it grants that, by line.
        """
        out, first = dict[int, str](), dict[int, int]()
        for line, _, who in heard if conceded else ():
            if who == AGENT:
                first.setdefault(bisect_right(self.starts, line), line)
        for at, how in [(at, conceded[line]) for at, line in first.items() if at and line in conceded]:
            asked = telling_words(self.turns[at - 1].prompt.text[:ASKED_READ])
            if len(asked) > MOST_ASKED:
                continue
            for before in range(at - 1, max(at - 1 - CONCEDED_TURNS, -1), -1):
                line, said, _ = heard[last[before]] if before in last else (0, "", "")
                # It is that which the prompt speaks of.
                if len(asked & telling_words(said[:ASKED_READ])) >= SHARED:
                    out[line] = how
                    break
        return out

    def refuted(self, line: int) -> bool:
        """Tell whether the user objected to what was said there: with the next prompt, or by a denial soon after."""
        known = self._refuted.get(line)
        if known is None:
            at = bisect_right(self.starts, line)
            objected = self._objected(at) and not self._answers_unseen(line, at) and self._meant(line, at)
            known = self._refuted[line] = objected or self._denied(line, at)
        return known

    def blamed(self, line: int) -> bool:
        """Tell whether what was refuted surely is what the user objected to: no denial of what the agent said since."""
        at = bisect_right(self.starts, line)
        if self._objected(at) and not self._answers_unseen(line, at) and self._meant(line, at):
            return True
        denied = bisect_right(self.denied, line)
        until = self.denied[denied]
        edited = bisect_left(self.changes, until) > bisect_right(self.changes, line)  # which they were of
        return not edited and bisect_left(self._spoke, until) == bisect_right(self._spoke, line)

    def _meant(self, line: int, at: int) -> bool:
        """Tell whether the prompt at this place may be against words: the last before it, those it speaks of, or all."""
        said = self.turns[at].prompt.text[:ASKED_READ]
        if bisect_right(self._spoke, line) == bisect_left(self._spoke, self.starts[at]) or refutes(said):
            return True
        words = self._said.get(line, "")[:ASKED_READ]
        return len(telling_words(said) & telling_words(words)) >= SHARED

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
        known = self._remarks.get((line, said, who))
        if known is None:
            known = self._became(line, said, who) or (self.mended(line) if who in _REPORTS else "")
            self._remarks[line, said, who] = known
        return known

    def _became(self, line: int, said: str, who: str) -> str:
        """Return what surely became of words of an agent."""
        if who not in STATING:
            return ""
        if who == AGENT and self.refuted(line):
            return " (the user then objected)" if self.blamed(line) else " (the user then denied a call)"
        if who == AGENT and line in self._corrected:
            return CONCEDED.format(self._corrected[line])
        after = bisect_right(self.starts, line)
        turn = self.turns[after] if after < len(self.turns) else None
        may_offer = turn is not None and who in _REPORTS and line in self._asking
        if may_offer and turn and assents(turn.prompt.text) and OFFER.search(turn.asked):
            return " (before its offer was taken up)"
        # What is edited on the same prompt, the agent's last words on it tell.
        named = names_in(said, self.files) if turn is not None else ()
        if turn and named and (newest := edited_since(said, named, line, self.edited, turn.prompt.line)):
            return f" ({newest} edited since)"
        late = bool(self.changes) and self.changes[-1] > line and line in self._asking
        return " (code for it followed; edits came later)" if late and _answers_itself(said) else ""

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
        turn += turn < len(self.turns) and bool(self.turns[turn].asked)
        return self.starts[turn] if turn < len(self.starts) else sys.maxsize

    def objection(self, line: int) -> frozenset[str] | None:
        """Return the words of the next prompt if it objects, and what it objects to was not said by a denial."""
        at = bisect_right(self.starts, line)
        return telling_words(self.turns[at].prompt.text[:1_000]) if self._objected(at) else None

    def answered(self, line: int, parts: tuple[Piece, ...]) -> str:
        """Return the sentence that speaks most of what the user answered to what was asked there, of such the last."""
        at = bisect_right(self.starts, line)
        turn = self.turns[at] if at < len(self.turns) else None
        if turn is None or not turn.asked or turn.objects or len(turn.prompt.text) > REPLY_CHARS:
            return ""
        words = telling_words(turn.picked or turn.prompt.text)
        stated = [part.text for part in parts if not part.text.endswith(("?", ":"))]
        counts = [len(words & telling_words(text)) for text in stated]
        most = max(counts, default=0)
        return stated[len(counts) - 1 - counts[::-1].index(most)] if most else ""

    def _objected(self, at: int) -> bool:
        """Tell whether there is a prompt at this place and it objects."""
        return at < len(self.turns) and self.turns[at].objects

    def denied_of(self, line: int) -> list[str]:
        """Return names of what the user soon afterwards says is not the cause, and of what is gone again."""
        return self._denies.get(bisect_right(self.starts, line), []) + self.undone_of(line)

    def undone_of(self, line: int) -> list[str]:
        """Return names of what is gone again since."""
        lines, names = self._gone
        return names[bisect_right(lines, line) :]


@lru_cache(400)  # most words come again at the next revision
def _conceded(said: str) -> str:
    """Return how words grant that the user is right, an empty string where they do not begin so."""
    found = _CONCEDES.match(said)
    return found[1].lower() if found else ""


def _answers_itself(said: str) -> bool:
    """Tell whether a message is a few words on code as it is and then, asking, code as it shall be."""
    at = said.find("```", 0, CODE_WITHIN)
    code = said[at : said.find("```", at + 3)] if at > 0 else ""
    return code.count("\n") > CODE_LINES and ends_in_question(said)
