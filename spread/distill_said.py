"""What was said: the user's prompts and the agent's statements that add most to the rest of the page.

An extract under a budget: again and again the line is taken that brings, for its length, most of the session's
telling words that the page lacks (greedy maximum coverage; Lin and Bilmes, "A Class of Submodular Functions for
Document Summarization", 2011). Newer lines win over older ones that tell of the same.
"""

import heapq
import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from typing import Final, NamedTuple

from spread.distill_gist import stress
from spread.distill_prompts import assents, is_short_reply
from spread.distill_questions import OFFER, ends_in_question
from spread.distill_reports import (
    CUT,
    LEAD_CHARS,
    Piece,
    announces,
    explains,
    is_item,
    joined,
    listed,
    pieces,
    points,
    worth,
)
from spread.distill_stale import Edited, edited_since, names_in, same
from spread.distill_turns import Turn
from spread.distill_verdict import closes, verdict
from spread.distill_words import PASTED_CHARS
from spread.distillation_codec import clean, shorten
from spread.distillation_letters import Words
from spread.distillation_once import WHOLE, Told
from spread.distillation_once import above as told_above
from spread.distillation_quote import quote

KEPT_CHARS: Final = 40_000  # of the agent's words: the newer ones tell what counts now
SPARE: Final = 60  # of the agent's sentences that were not chosen, which may be told where there is room
NEAR_CHARS: Final = 400  # redacted around a statement, so that no secret is cut in half first
PROMPT_CHARS: Final = 260  # of a prompt are shown
ANSWERED_CHARS: Final = 160  # of one that is shown with its answer
ANSWER_CHARS: Final = 200
ASKED_READ: Final = 1_000
DECISION_CHARS: Final = 300
CODE_WITHIN: Final = 240  # of a message, where it leads up to code
CODE_LINES: Final = 8
RUN_CHARS: Final = 300
DENIED_LINES: Final = 30
DENIED_TURNS: Final = 3
ANSWER_READ: Final = 2_400
MAX_WORDS: Final = 900
LEAST_LEFT: Final = 8  # words, for which nothing more is looked for
MORE_WORDS: Final = 60  # are chosen, for where the page turns out to have room for them
NAMED_WORDS: Final = 2  # a line's number and who spoke
MESSAGE_SHARE: Final = 0.4  # of the log is for one message at most, about
FEW_REPORTS: Final = 2  # of sub-agents
LEAST_SHARE: Final = 0.15  # and where there are more than
MESSAGES: Final = 5  # turns, less
LINE_COST: Final = 7  # words: those, and the reader's effort
GOES_ON_COST: Final = 3  # of what directly follows a chosen one: the fix after the problem, the reason
ITEM_COST: Final = 6  # of the next item of a list
USER_WORTH: Final = 2.0
PASSING: Final = 0.4  # of how things stood some turns ago, and of what was only supposed then
OBJECTED: Final = 0.4  # of what the user objected to
ON_THE_WAY: Final = 0.75  # of what the agent said before its last words on a prompt
COMMAND_WORDS: Final = 140  # of one are enough
COMMAND_WORTH: Final = 0.3  # of the text of a command, which is no report
ASKED: Final = 0.5  # of a question of the agent
CLOSING: Final = 1.25  # of what its last words on a prompt come to
REPLY_CHARS: Final = 240
MENDED: Final = " (edits followed)"  # ends what may be mended since
ANSWERED: Final = 1.3  # of what the user's answer then speaks of
FOUND: Final = 1.5  # of what the agent found out, as far as nobody objected
FLOOR: Final = 0.3  # of its words' worth stays, though other lines tell of the same things
FORM: Final = 0.2  # what it adds to a statement's worth that its form is one better
EMPTY: Final = -3.0  # below which a short statement only leads in what follows, or praises
EMPTY_WORDS: Final = 8
BEST_FORM: Final = 1.8  # what a statement counts, at most
MIN_SPACES: Final = 3  # in a statement
LEADS: Final = (":", "：")  # noqa: RUF001 - both end what only leads to something
ONCE: Final = 0.6  # what a word is worth that stands in one line only
COMMON: Final = 0.3  # and one that stands in a fifth of all lines
SURE: Final = 2.4  # of what stands in the calls themselves
COVERED: Final = 0.2  # what a word is still worth that an older line told
_WORD: Final = Words(r"[^\W\d_]{3,}|\d[\d.,:]*\d|\d")
_PASSING: Final = re.compile(
    r"\b(?:remaining|next step|still (?:fail|not|need|to)|not yet|pending|to ?do\b|status:|ready to|waiting|\d+/\d+ tasks|"
    r"likely|probably|perhaps|maybe|might be|i (?:think|suspect|believe)\b|(?:seem|appear)s? (?:to|like|that)\b)"
)
_STEM_CHARS: Final = 7
_STOP_WORDS: Final = (
    "the and for you that this with not are was were but all any from have has had will would could should can may into also "
    "just then than when what which where who how why its our your their they them there here these those now let about been "
    "being does did done only one two some more most other each very over under out off because need want make made use used "
    "using like get got see look"
)
_STOP: Final = frozenset(word[:_STEM_CHARS] for word in _STOP_WORDS.split())

AGENT: Final = "agent"
SUB_AGENT: Final = "sub-agent"
COMMAND: Final = "text of the command"
DECIDED: Final = "decided"
DENIED: Final = "denied: "  # begins a decision that is one
RAN: Final = "ran"
EDITED: Final = "edit of"
PLANNED: Final = "plan, not deeds"
THE_PLAN: Final = "the plan (not what was done)"
MESSAGE: Final = "commit message claims"  # what was to be done when it was written, not what the edits did
UNSENT: Final = "message of a commit without a result"
TEXT: Final = "text claims"  # of a pull request, an issue and the like
CLAIMED: Final = 1.2  # of these
_REPORTS: Final = (AGENT, SUB_AGENT)
_WHOLE: Final = {DECIDED: USER_WORTH, RAN: USER_WORTH}  # not parted into sentences

_STATING: Final = (AGENT, SUB_AGENT, MESSAGE, UNSENT, TEXT)  # whose statements may be told beside the log

Safe = Callable[[str], str]
Resolved = Callable[[Turn, int, Safe], str]
Spare = tuple[int, str, str, str]  # the line, whose words, the statement, what stands around it
Heard = tuple[int, str, str]  # the line, the words, and whose they are: AGENT's, a sub-agent's, a plan's


@dataclass(slots=True)
class _Candidate:
    line: int
    text: str
    words: frozenset[str]
    length: int
    weight: float  # for its kind and place, of a statement as if its form were the best
    at: int  # the place in what was heard; a prompt: -1 - its place among the turns
    piece: Piece | None = None  # a statement whose form is not weighed so far
    source: str = ""  # the line a statement stands in
    order: int = 0
    under: str = ""  # what a statement stands under, told once before all of those
    part: int = 0  # its place among the parts of its message
    command: bool = False  # text of a command, which the user knows
    share: float = 1.0  # of what one message may have
    remarked: int = 0  # words of what became of its message
    effort: int = LINE_COST  # beside its own words
    floor: float = 0.0  # the share of its words' worth that stays, whatever other lines tell

    @property
    def place(self) -> tuple[int, int]:
        return self.line, self.at

    def cost(self, places: set[tuple[int, int, str]]) -> int:
        """Return how many words it adds to the page; where something of the same message stands, no name."""
        cost = self.length
        if (self.line, self.at, "") not in places:
            cost += NAMED_WORDS + self.remarked
        if self.under and (self.line, self.at, self.under) not in places:
            cost += self.under.count(" ") + 1
        return cost

    def take(self, places: set[tuple[int, int, str]]) -> None:
        places.update(((*self.place, ""), (*self.place, self.under)))


class Log:
    """Chooses once, on the first page it is given; use one for each document."""

    def __init__(
        self,
        turns: list[Turn],
        heard: list[Heard],
        undone: dict[str, int] | None = None,
        edited: Edited | None = None,
    ) -> None:
        self.turns, self.heard, self.undone = turns, heard, undone or {}
        self.edited = edited or {}
        self.files = same(frozenset(self.edited))
        self.changes = sorted(last for each in self.edited.values() for last, _, _ in each)
        self.names = _short({who for _, _, who in heard})
        self.starts = [turn.prompt.line for turn in turns]
        self.denied = sorted(line for line, said, who in heard if who == DECIDED and said.startswith(DENIED))
        self.chosen: list[_Candidate] | None = None
        self.above = set[int]()  # the places of turns whose prompts stand above on the page
        self.announced = list[tuple[int, str, int]]()
        self.candidates = list[_Candidate]()
        self._last = self._final()
        self._asking = {heard[at][0] for at in self._last}
        gone = sorted((line, name) for name, line in self.undone.items())
        self._gone = [line for line, _ in gone], [name for _, name in gone]

    def text(self, page: str, resolved: Resolved, safe: Safe, words: int) -> str:
        """Return one line a turn, newest first, in at most about `words` words.

        Args:
            page: The rest of the page, which need not be told again.
            resolved: Gives a prompt on one line of so many characters, by what makes its texts safe.
            safe: Gives a text redacted.
        """
        if self.chosen is None:
            above = told_above(page, next((line for line, _, who in self.heard[::-1] if who == AGENT), 0))
            self.candidates = self._candidates(resolved, page, above)
            most = min(words, MAX_WORDS)
            self.chosen = _choose(self.candidates, page, above, most + MORE_WORDS, most * self._share())
        kept = [it for it in self.chosen if it.at < 0 or self._is_safe(it, safe)]
        room, fits, places = words, list[_Candidate](), set[tuple[int, int, str]]()
        for it in kept:
            if room <= LEAST_LEFT:
                break
            if (cost := it.cost(places)) > room:
                continue
            room -= cost
            fits.append(it)
            it.take(places)
        while True:
            told = "\n".join(self._lines(fits, lambda at: self._told(at, resolved, safe)))
            if len(told.split()) <= words or not fits:
                return told
            fits.pop()  # names of speakers and what a list stands under are counted about

    def spare(self) -> list[Spare]:
        """Return the newest of the statements that were not chosen."""
        taken = set(map(id, self.chosen or ()))
        left = [(it.line, it.text, it.at) for it in self.candidates if it.at >= 0 and id(it) not in taken]
        out = list[Spare]()
        for line, text, at in sorted([*left, *self.announced], reverse=True)[:SPARE]:
            _, said, who = self.heard[at]
            if who not in _STATING or (who == AGENT and self.refuted(line)):
                continue
            said = _clean(said)
            if (found := said.find(text.removesuffix(CUT))) >= 0:
                near = said[max(0, found - NEAR_CHARS) : found + len(text) + NEAR_CHARS]
                out.append((line, who, text, near))
        return out

    def _told(self, at: int, resolved: Resolved, safe: Safe) -> str:
        """Return a prompt with what the agent answered in the end, unless the user then said that it is not so.

        Of one that stands above on the page, only that answer; nothing where there is none.
        """
        turn = self.turns[at]
        last, answered = turn.last, ""
        if last is not None and not self.refuted(last.line):
            answered = verdict(safe(last.text[:ANSWER_READ]), turn.prompt.text[:ASKED_READ], ANSWER_CHARS)
        if last is None or not answered or any(name in answered for name in self._denied(last.line)):
            return "" if at in self.above else resolved(turn, PROMPT_CHARS, safe)
        remark = self._remark(last.line, last.text, AGENT) or self.mended(last.line)
        asked = "" if at in self.above else f"{resolved(turn, ANSWERED_CHARS, safe)} "
        return f"{asked}L{last.line} {AGENT}{remark}: {answered}"

    def refuted(self, line: int) -> bool:
        """Tell whether the user objected to what was said there: with the next prompt, or by a denial soon after."""
        at = bisect_right(self.starts, line)
        until = min(line + DENIED_LINES, self.starts[at] if at < len(self.starts) else line + DENIED_LINES)
        denied = bisect_right(self.denied, line)
        return self._objected(at) or (denied < len(self.denied) and self.denied[denied] <= until)

    def _remark(self, line: int, said: str, who: str) -> str:
        """Return what became of words of an agent: without it they would be read as if they still held."""
        if who not in _STATING:
            return ""
        if who == AGENT and self.refuted(line):
            return " (the user then objected)"
        after = bisect_right(self.starts, line)
        turn = self.turns[after] if after < len(self.turns) else None
        is_taken = (
            who in _REPORTS and turn is not None and assents(turn.prompt.text) and OFFER.search(turn.asked)
        )
        if is_taken and line in self._asking:
            return " (before its offer was taken up)"
        # What is edited on the same prompt, the agent's last words on it tell.
        newest = (
            edited_since(said, names_in(said, self.files), line, self.edited, turn.prompt.line)
            if turn is not None
            else ""
        )
        if newest:
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

    def _objection(self, line: int) -> frozenset[str] | None:
        """Return the words of the next prompt if it objects, and what it objects to was not said by a denial."""
        at = bisect_right(self.starts, line)
        return _stems(self.turns[at].prompt.text[:1_000]) if self._objected(at) else None

    def _answered(self, line: int, parts: tuple[Piece, ...]) -> str:
        """Return the sentence that speaks most of what the user answered to what was asked there, of such the last."""
        at = bisect_right(self.starts, line)
        turn = self.turns[at] if at < len(self.turns) else None
        if turn is None or not turn.asked or turn.objects or len(turn.prompt.text) > REPLY_CHARS:
            return ""
        words = _stems(turn.picked or turn.prompt.text)
        stated = [part.text for part in parts if not part.text.endswith(("?", ":"))]
        counts = [len(words & _stems(text)) for text in stated]
        most = max(counts, default=0)
        return stated[len(counts) - 1 - counts[::-1].index(most)] if most else ""

    def _objected(self, at: int) -> bool:
        """Tell whether there is a prompt at this place and it objects."""
        return at < len(self.turns) and self.turns[at].objects

    def _is_safe(self, it: _Candidate, safe: Safe) -> bool:
        """Tell whether redaction leaves a statement as it is, seen together with what was said around it."""
        said = _clean(self.heard[it.at][1])
        if it.under and safe(it.under) != it.under:
            return False
        for text in (it.text, it.source):  # marks of bold print and tables are taken out of a statement
            text = text.removesuffix(CUT)
            if text and (at := said.find(text)) >= 0:
                return text in safe(said[max(0, at - NEAR_CHARS) : at + len(text) + NEAR_CHARS])
        return False

    def _share(self) -> float:
        """Return the part of the log that one message may have: of many turns, each has less."""
        return min(MESSAGE_SHARE, max(LEAST_SHARE, MESSAGES / max(len(self.turns), 1)))

    def _candidates(self, resolved: Resolved, page: str, above: Told) -> list[_Candidate]:
        newest = max([1, *(turn.prompt.line for turn in self.turns), *(line for line, _, _ in self.heard)])
        out, final, turns = list[_Candidate](), self._last, len(self.turns)
        count = sum(who == SUB_AGENT for _, _, who in self.heard)
        reports = 1.0 if count <= FEW_REPORTS else count**-0.5  # of many each has less
        for at, turn in enumerate(self.turns):
            if is_short_reply(turn.prompt.text) and f"(L{turn.prompt.line})" in page:
                continue  # a decision tells it with what it answers
            line = turn.prompt.line
            if above.tells_of(line) and above.again(
                f"{resolved(turn, ANSWERED_CHARS, _clean)} (L{line})", WHOLE
            ):
                self.above.add(at)
            told = self._told(at, resolved, _clean)
            if not told or (at in self.above and above.again(_at_end(told))):
                continue
            _add(out, turn.prompt.line, told, USER_WORTH, newest, -1 - at)
        for at, (line, said, who) in enumerate(self.heard):
            if who == DECIDED and f"(L{line})" in page:
                continue
            if who != AGENT and (who in _WHOLE or who.startswith((PLANNED, EDITED))):
                _add(out, line, _clean(said), _WHOLE.get(who, SURE), newest, at)
                continue
            value = BEST_FORM * self._standing(line, who, at in final)
            apart = self._objection(line) if who == AGENT and at not in final else None
            old = who == AGENT and bisect_right(self.starts, line) < turns - 1
            denied = self._denied(line) if who == AGENT else self._undone(line)
            before = who == AGENT and at not in final  # what came of an announcement is told by what followed
            closing = self._closing(line, said) if at in final else frozenset[str]()
            remarked, mended = self._remark(line, said, who).count(" "), self.mended(line) * (who == AGENT)
            remarked = remarked or mended.count(" ")
            answered = self._answered(line, _pieces(said)) if at in final else ""
            for it in _statements(said):
                text = it.piece.text
                if denied and any(name in text for name in denied):
                    continue
                if before and it.announces:
                    self.announced.append((line, text, at))
                    continue
                if not it.tells:
                    continue
                lasts = PASSING if old and it.passes else 1.0
                found = FOUND if who == AGENT and it.explains else 1.0
                if found > 1 and apart and apart.isdisjoint(_stems(text)):
                    found /= OBJECTED  # the objection is to something else
                closes = CLOSING if text in closing else 1.0
                chosen = text == answered
                closes *= ANSWERED if chosen else 1.0
                closes *= stress(it.piece) if who == SUB_AGENT else 1.0
                if who == AGENT and text.endswith("?"):
                    closes *= ASKED  # what was answered is told as a decision
                made = _add(out, line, text, value * lasts * found * closes, newest, at, it.piece)
                if made is not None:
                    made.floor = FLOOR if found > 1 or chosen else 0.0
                    made.command = who == COMMAND
                    made.share = reports if who == SUB_AGENT else 1.0
                    made.remarked = remarked
        return out

    def _closing(self, line: int, said: str) -> frozenset[str]:
        """Return the sentences of an agent's last words on a prompt that tell what came of it."""
        at = bisect_right(self.starts, line) - 1
        return (
            closes(_clean(said[:ANSWER_READ]), self.turns[at].prompt.text[:ASKED_READ])
            if at >= 0
            else frozenset()
        )

    def _denied(self, line: int) -> list[str]:
        """Return names of what the user soon afterwards says is not the cause, and of what is gone again."""
        at = bisect_right(self.starts, line)
        return [
            *(name for turn in self.turns[at : at + DENIED_TURNS] for name in turn.denies),
            *self._undone(line),
        ]

    def _undone(self, line: int) -> list[str]:
        lines, names = self._gone
        return names[bisect_right(lines, line) :]

    def _standing(self, line: int, who: str, final: bool) -> float:
        """Return what words are worth for where they stand, before their form is looked at."""
        if who != AGENT:
            return {COMMAND: COMMAND_WORTH, MESSAGE: CLAIMED, UNSENT: CLAIMED, TEXT: CLAIMED}.get(who, 1.0)
        return (OBJECTED if self.refuted(line) else 1.0) * (1.0 if final else ON_THE_WAY)

    def _final(self) -> set[int]:
        """Return the places in what was heard of the last words of the agent on each prompt."""
        last = {
            bisect_right(self.starts, line): at
            for at, (line, _, who) in enumerate(self.heard)
            if who == AGENT
        }
        return set(last.values())

    def _lines(self, chosen: list[_Candidate], told: Callable[[int], str]) -> list[str]:
        """Return the chosen, grouped by turn, newest turn first, in file order within."""
        groups: dict[int, list[_Candidate]] = {}
        for it in sorted(chosen, key=lambda it: (it.line, it.order)):
            groups.setdefault(bisect_right(self.starts, it.line) - 1, []).append(it)
        return [self._line(turn, groups[turn], told) for turn in sorted(groups, reverse=True)]

    def _line(self, turn: int, group: list[_Candidate], told: Callable[[int], str]) -> str:
        parts, speaker = list[str](), ("", "")
        for (line, at), its in groupby(group, key=lambda it: it.place):
            if at < 0:
                parts.append(f"{'' if -1 - at in self.above else f'L{line} user: '}{told(-1 - at)}")
                continue
            lines = [it for it in its if not (parts and it.text in parts[0])]  # told beside the prompt
            if not lines:
                continue
            who = self.heard[at][2]
            remark = self._remark(*self.heard[at]) or self.mended(line) * (who == AGENT)
            named = "" if (who, remark) == speaker else f" {self.names.get(who, who)}{remark}"
            said = listed((it.under, it.text, it.part) for it in lines)
            if (
                parts and f"L{line} {who}{remark}: " in parts[-1]
            ):  # the answer told beside the prompt is of the same message
                lead = said.partition(": ")[0]
                parts.append(said.removeprefix(f"{lead}: ") if f"{lead}: " in parts[-1] else said)
            else:
                parts.append(f"L{line}{named}: {said}")
            speaker = who, remark
        return joined(parts)


def _at_end(answered: str) -> str:
    """Return an answer, told without its prompt, with its line at its end."""
    lead, _, said = answered.partition(": ")
    return f"{said} ({lead.partition(' ')[0]})"


def _short(whos: set[str]) -> dict[str, str]:
    """Return speakers that are files by their bare names, where only one file has that name."""
    files = {who.rpartition(" ")[2] for who in whos if "/" in who and not who.startswith(PLANNED)}
    names = Counter(file.rpartition("/")[2] for file in files)
    return {
        who: who.replace(file, name)
        for who in whos
        if (file := who.rpartition(" ")[2]) in files and names[name := file.rpartition("/")[2]] == 1
    }


def keep(heard: list[Heard], line: int, said: str, who: str = AGENT) -> None:
    """Add words to what was heard; the oldest go when there are more than KEPT_CHARS."""
    heard.append((line, said, who))
    if len(heard) % 32 == 0:
        room = KEPT_CHARS
        for at in range(len(heard) - 1, -1, -1):
            room -= len(heard[at][1])
            if room < 0:
                del heard[: at + 1]
                break


def replaced(heard: list[Heard], who: str, old: str, new: str) -> None:
    """Take out of what was written into a file the lines that an edit of it replaces."""
    gone = {line.strip() for line in old.splitlines()} - {line.strip() for line in new.splitlines()} - {""}
    for at, (line, said, whose) in enumerate(heard if gone else ()):
        if whose == who and any(text in said for text in gone):
            left = "\n".join(text for text in said.splitlines() if text.strip() not in gone)
            heard[at] = (line, left, whose)


def forget(heard: list[Heard], who: str, gone: list[str]) -> None:
    """Take lines out of what was written into a file that hold any of these texts."""
    for at, (line, said, whose) in enumerate(heard if gone else ()):
        if whose == who and any(text in said for text in gone):
            left = [text for text in said.splitlines() if not any(each in text for each in gone)]
            heard[at] = (line, "\n".join(left), whose)


def rewritten(heard: list[Heard], label: str) -> None:
    """Forget what edits told of a file that is now written as a whole, or is gone."""
    of = {f"in {label}", f"comment in {label}", f"{EDITED} {label}"}
    heard[:] = [item for item in heard if item[2] not in of]


def _answers_itself(said: str) -> bool:
    """Tell whether a message is a few words on code as it is and then, asking, code as it shall be."""
    at = said.find("```", 0, CODE_WITHIN)
    code = said[at : said.find("```", at + 3)] if at > 0 else ""
    return code.count("\n") > CODE_LINES and ends_in_question(said)


def _add(
    out: list[_Candidate],
    line: int,
    text: str,
    value: float,
    newest: int,
    at: int,
    piece: Piece | None = None,
) -> _Candidate | None:
    """Add a candidate, when it has any telling words."""
    words, length = _measured(text)
    if not words:
        return None
    recent = 0.5 + 0.5 * line / newest
    source, under, part = (piece.source, piece.under, piece.place) if piece else ("", "", 0)
    made = _Candidate(line, text, words, length, value * recent, at, piece, source, len(out), under, part)
    out.append(made)
    return made


class _Statement(NamedTuple):
    """A sentence or list item of what was heard, with what holds of it wherever it was said."""

    piece: Piece
    announces: bool  # of an agent: what came of it is told by what followed
    tells: bool
    passes: bool  # is of how things stood, or of what was only supposed
    explains: bool  # says what something comes from, or stands in a list of what it comes from


@lru_cache(400)  # most come again at the next revision
def _statements(said: str) -> tuple[_Statement, ...]:
    """Return what may be told of words by itself, and what only announces."""
    parts = _pieces(said)
    leads, out = {part.under for part in parts}, list[_Statement]()
    for piece in parts:
        text, under = piece.text, piece.under
        if text.endswith(":") and shorten(text.rstrip(": "), LEAD_CHARS) in leads:
            continue  # told with what stands below it
        only_leads = text.endswith(LEADS) and "`" not in text  # what it leads to is told under it
        tells = text.count(" ") >= MIN_SPACES and not only_leads
        passes = tells and _PASSING.search(text.lower()) is not None
        explained = tells and (explains(text) or (bool(under) and explains(under)))
        out.append(_Statement(piece, announces(text), tells, passes, explained))
    return tuple(out)


_clean: Final = lru_cache(1_000)(clean)  # the prompts come again at the next revision


@lru_cache(400)
def _pieces(said: str) -> tuple[Piece, ...]:
    return pieces(clean(said))


@lru_cache(1_500)  # most texts come again at the next revision
def _measured(text: str) -> tuple[frozenset[str], int]:
    """Return what `_stems` does, and how many words the text has."""
    stems = frozenset([word[:_STEM_CHARS] for word in set(_WORD.of(text.lower()))]) - _STOP
    return stems, len(text.split())


def _stems(text: str) -> frozenset[str]:
    """Return the words of a text that tell something, cut so that their forms are one."""
    return _measured(text)[0]


def _first_gain(it: _Candidate, new: frozenset[str], value: dict[str, float]) -> float:
    """Return what a candidate brings when nothing is told so far, for its length."""
    total = sum(map(value.__getitem__, new))
    if it.floor:
        total = (1.0 - it.floor) * total + it.floor * sum(map(value.__getitem__, it.words))
    return total * it.weight / (it.length + LINE_COST)


def _choose(candidates: list[_Candidate], page: str, above: Told, room: int, most: float) -> list[_Candidate]:
    """Return candidates in the order in which they are worth their room.

    Args:
        above: What stands on the page.
        most: Words of one message.
    """
    counts = Counter(chain.from_iterable([it.words for it in candidates]))
    common = max(4, len(candidates) // 5)
    by_count = {
        # Of few binary places, so that they add up to the same in any order: sets have none.
        count: round((COMMON if count > common else ONCE if count == 1 else min(count, 8) ** 0.5) * 2**30)
        / 2**30
        for count in set(counts.values())
    }
    value = {word: by_count[count] for word, count in counts.items()}
    shown = {word[:_STEM_CHARS] for word in _WORD.of(page.lower())}
    told, told_words = dict[str, int](), set[str]()  # by word the newest line that tells it
    places, spent = set[tuple[int, int, str]](), Counter[tuple[int, int]]()

    lacking = [it.words - shown for it in candidates]

    def gain(it: _Candidate, new: frozenset[str]) -> float:
        known = new & told_words
        total = (1.0 - it.floor) * sum(map(value.__getitem__, new - known if known else new))
        if it.floor:
            total += it.floor * sum(map(value.__getitem__, it.words))
        elif known:  # the floor is above what is covered
            total += COVERED * sum([value[word] for word in known if told[word] < it.line])
        return total * it.weight / (it.length + it.effort)

    next_of = {(it.line, it.at, it.part): at for at, it in enumerate(candidates) if it.at >= 0}
    taken = set[int]()
    heap = [(-_first_gain(it, lacking[at], value), at) for at, it in enumerate(candidates)]
    heapq.heapify(heap)
    out, prompts = list[_Candidate](), page
    while heap and room > LEAST_LEFT:
        _, at = heapq.heappop(heap)
        it = candidates[at]
        if at in taken:
            continue
        if it.cost(places) > room or spent[it.place] > (COMMAND_WORDS if it.command else most * it.share):
            continue
        if it.piece is not None and it.text in prompts:  # the answer beside a prompt, or what stands above
            continue
        if it.at >= 0 and above.tells_of(it.line) and above.again(f"{it.text} (L{it.line})"):
            continue
        if it.piece is not None:  # few come so far
            form = worth(it.piece)
            if form < EMPTY and it.length <= EMPTY_WORDS:
                continue
            it.weight *= (1 + FORM * min(form, 4.0)) / BEST_FORM
            it.piece = None
        now = gain(it, lacking[at])
        if heap and now < -heap[0][0] - 1e-12:
            if now > 0:
                heapq.heappush(heap, (-now, at))
            continue
        if now <= 0:
            break
        out.append(it)
        if it.at < 0:
            prompts += f"{it.text}\n"
        room -= it.cost(places)
        it.take(places)
        spent[it.place] += it.length
        taken.add(at)
        told_words |= it.words
        for word in it.words:
            told[word] = max(told.get(word, 0), it.line)
        if (after := next_of.get((*it.place, it.part + 1))) is not None and after not in taken:
            candidates[after].effort = ITEM_COST if is_item(candidates[after].source) else GOES_ON_COST
            heapq.heappush(heap, (-gain(candidates[after], lacking[after]), after))
    return out


@lru_cache(1_000)  # the prompts come again at the next revision
def asked(said: str, most: int) -> str:
    """Return a prompt on one line: of a long one its beginning, and what tells most of the rest."""
    if len(said) <= max(most, PASTED_CHARS):
        return quote(" ".join(said.split()), most)
    head = shorten(said, most * 2 // 5)
    rest = points(said[len(head) :].partition(" ")[2], most - len(head))
    return f"{head} […] {' '.join(rest.split())}" if rest else shorten(said, most)
