"""What was said: the user's prompts and the agent's statements that add most to the rest of the page.

Chosen by `extract`; what the words of each speaker are worth stands here.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from spread.distill.aftermath import OWNED_UP, Aftermath
from spread.distill.extract import (
    Candidate,
    Candidates,
    Message,
    Weighed,
    choose,
    fitting,
    telling_words,
    whole,
)
from spread.distill.heard import (
    AGENT,
    COMMAND,
    COMMENTED,
    DECIDED,
    EDITED,
    PLANNED,
    RAN,
    STATING,
    SUB_AGENT,
    Heard,
    short_names,
)
from spread.distill.once import Known
from spread.distill.prompts import assents, greets, is_short_reply
from spread.distill.reports import (
    CUT,
    Piece,
    invites,
    is_item,
    joined,
    listed,
    points,
)
from spread.distill.stale import Edited
from spread.distill.turns import Turn
from spread.distill.verdict import verdict
from spread.distill.versions import Versions, corrected
from spread.distill.weighed import OBJECTED, Bearing, pieces_of, weighed
from spread.distill.words import PASTED_CHARS
from spread.distillation_codec import clean_again, shorten
from spread.distillation_fit import words_on
from spread.distillation_once import WHOLE, Told
from spread.distillation_once import above as told_above
from spread.distillation_quote import quote

SUBJECT_CHARS: Final = 60  # of a prompt that says in short what a list is of
LEAST_SUBJECT: Final = 2  # telling words of it
SPARE: Final = 60  # of the agent's sentences that were not chosen, which may be told where there is room
NEAR_CHARS: Final = 400  # redacted around a statement, so that no secret is cut in half first
_OF_FILES: Final = (COMMENTED, EDITED)  # begin what names a file
PICKED_CHARS: Final = 40  # of an option, by which it is known again
PROMPT_CHARS: Final = 260  # of a prompt are shown
ANSWERED_CHARS: Final = 160  # of one that is shown with its answer
ANSWER_CHARS: Final = 200
ASKED_READ: Final = 1_000
ANSWER_READ: Final = 2_400
MAX_WORDS: Final = 900
MORE_WORDS: Final = 60  # are chosen, for where the page turns out to have room for them
MESSAGE_SHARE: Final = 0.4  # of the log is for one message at most, about
FEW_REPORTS: Final = 2  # of sub-agents
LEAST_SHARE: Final = 0.15  # and where there are more than
MESSAGES: Final = 5  # turns, less
USER_WORTH: Final = 2.0  # times a statement of usual form
COMMAND_WORTH: Final = 0.2  # of the text of a command, which is no report
OWNED_CHARS: Final = 90  # of what the user did that was a mistake
FEW_TURNS: Final = 6  # of which what was asked is told each time,
ASKED_FLOOR: Final = 0.4  # though the page has its words elsewhere
_POINTS: Final = re.compile(
    r"\b(?:that|this|it|these|those|them)\b", re.I
)  # to what was said, and names nothing
_CITED: Final = re.compile(r"\(L\d+\)")
_WHOLE: Final = (DECIDED, RAN)  # not parted into sentences

Safe = Callable[[str], str]
Resolved = Callable[[Turn, int, Safe], str]
Spare = tuple[int, str, str, str]  # the line, whose words, the statement, what stands around it


class Log:
    """What was said, of which is told what the rest of a page lacks."""

    def __init__(
        self,
        turns: list[Turn],
        heard: list[Heard],
        undone: dict[str, int] | None = None,
        edited: Edited | None = None,
        versions: Versions | None = None,
        by_git: dict[int, int] | None = None,
    ) -> None:
        self.turns, self.heard, self.versions = turns, heard, versions or {}
        self.after = Aftermath(turns, heard, undone or {}, edited or {}, by_git)
        self.names = short_names({who for _, _, who in heard})
        self.chosen: list[Candidate] | None = None
        self.above = set[int]()  # the places of turns whose prompts stand above on the page
        self.announced = list[tuple[int, str, int]]()
        self.candidates = Candidates()

    def laid_out(self, page: str, resolved: Resolved, safe: Safe) -> Callable[[int], str]:
        """Return what gives the log in at most about so many words: one line a turn, newest first.

        Args:
            page: The rest of the page, which need not be told again.
            resolved: Gives a prompt on one line of so many characters, by what makes its texts safe.
            safe: Gives a text redacted.
        """

        self.chosen, self.above, self.announced = None, set(), []

        def text(words: int) -> str:
            if self.chosen is None:  # at the first length that is asked for
                self.chosen = self._chosen(page, resolved, min(words, MAX_WORDS))
            fits = fitting([each for each in self.chosen if is_safe[each.order]], words)
            while True:
                told = "\n".join(map(lines.__getitem__, self._grouped(fits)))
                if words_on(told) <= words or not fits:
                    return told
                fits.pop()  # names of speakers and what a list stands under are counted about

        is_safe = Known[int, bool](lambda order: self._is_safe(order, safe))
        lines = Known[tuple[Candidate, ...], str](
            lambda group: self._line(group, lambda at: self._told(at, resolved, safe), safe)
        )
        return text

    def _chosen(self, page: str, resolved: Resolved, most: int) -> list[Candidate]:
        above = told_above(page, next((line for line, _, who in self.heard[::-1] if who == AGENT), 0))
        self.candidates = self._candidates(resolved, frozenset(_CITED.findall(page)), above)
        return choose(self.candidates, page, above, most + MORE_WORDS, most * self._share())

    def spare(self) -> list[Spare]:
        """Return the newest of the statements that were not chosen."""
        taken, its = {each.order for each in self.chosen or ()}, self.candidates.its
        left = [
            (of.line, its[order].text, of.at)
            for order, of in enumerate(self.candidates.of)
            if of.at >= 0 and order not in taken
        ]
        out = list[Spare]()
        for line, text, at in sorted([*left, *self.announced], reverse=True)[:SPARE]:
            _, said, who = self.heard[at]
            if who not in STATING or (who == AGENT and self.after.refuted(line)):
                continue
            said = clean_again(said)
            if (found := said.find(text.removesuffix(CUT))) >= 0:
                near = said[max(0, found - NEAR_CHARS) : found + len(text) + NEAR_CHARS]
                out.append((line, who, text, near))
        return out

    def refuted(self, line: int) -> bool:
        """Tell whether the user objected to what was said there: with the next prompt, or by a denial soon after."""
        return self.after.refuted(line)

    def _told(self, at: int, resolved: Resolved, safe: Safe) -> str:
        """Return a prompt with what the agent answered in the end, unless the user then said that it is not so.

        Of one that stands above on the page, only that answer; nothing where there is none.
        """
        turn = self.turns[at]
        last, answered = turn.last, ""
        if last is not None and not self.after.refuted(last.line):
            if safe is clean_again:
                answered = _answer(last.text, turn.prompt.text)
            else:
                answered = verdict(safe(whole_words(last.text)), turn.prompt.text[:ASKED_READ], ANSWER_CHARS)
        if (
            last is None
            or not answered
            or invites(answered)
            or any(map(answered.__contains__, self.after.denied_of(last.line)))
        ):
            return "" if at in self.above else resolved(turn, PROMPT_CHARS, safe)
        remark = self._became(last.line, last.text, AGENT, safe)
        asked = None if at in self.above else resolved(turn, ANSWERED_CHARS, safe)
        return _beside(asked, last.line, remark, answered)

    def _is_safe(self, order: int, safe: Safe) -> bool:
        """Tell whether redaction leaves a statement as it is, seen together with what was said around it."""
        it, at = self.candidates.its[order], self.candidates.of[order].at
        if at < 0:
            return True  # a prompt is told redacted
        _, said, who = self.heard[at]
        said = clean_again(said)
        if (it.under and safe(it.under) != it.under) or (who.startswith(_OF_FILES) and safe(who) != who):
            return False
        for text in (it.text, it.source):  # marks of bold print and tables are taken out of a statement
            text = text.removesuffix(CUT)
            if text and (at := said.find(text)) >= 0:
                return text in safe(said[max(0, at - NEAR_CHARS) : at + len(text) + NEAR_CHARS])
        return False

    def _share(self) -> float:
        """Return the part of the log that one message may have: of many turns, each has less."""
        return min(MESSAGE_SHARE, max(LEAST_SHARE, MESSAGES / max(len(self.turns), 1)))

    def _prompts(self, resolved: Resolved, cited: frozenset[str], above: Told, newest: int) -> Candidates:
        out, floor = Candidates(newest), ASKED_FLOOR if len(self.turns) <= FEW_TURNS else 0.0
        for at, turn in enumerate(self.turns):
            line = turn.prompt.line
            if f"(L{line})" in cited and is_short_reply(turn.prompt.text):
                continue  # a decision tells it with what it answers
            if greets(turn.prompt.text):
                continue
            if above.tells_of(line) and above.again(
                f"{resolved(turn, ANSWERED_CHARS, clean_again)} (L{line})", WHOLE
            ):
                self.above.add(at)
            told = self._told(at, resolved, clean_again)
            if assents(told):
                continue  # of that alone nobody learns what was agreed to
            if not told or (at in self.above and above.again(_at_end(told))):
                continue
            out.add(Message(line, -1 - at), whole(told, USER_WORTH, floor))
        return out

    def _candidates(self, resolved: Resolved, cited: frozenset[str], above: Told) -> Candidates:
        newest = max([1, *self.after.starts, *map(itemgetter(0), self.heard)])
        out = self._prompts(resolved, cited, above, newest)
        final = self.after.final
        count = [who for _, _, who in self.heard].count(SUB_AGENT)
        last = self.after.starts[-1] if self.after.starts else 0
        reports = 1.0 if count <= FEW_REPORTS else count**-0.5  # of many each has less
        hello = len(self.turns) > 1 and greets(self.turns[0].prompt.text)
        for at, (line, said, who) in enumerate(self.heard):
            if hello and line < self.turns[1].prompt.line and who == AGENT:
                continue
            if who == DECIDED and f"(L{line})" in cited:
                continue
            if who != AGENT and (who in _WHOLE or who.startswith((PLANNED, EDITED))):
                out.add(Message(line, at), whole(clean_again(said)))
                continue
            ends = at in final
            bearing = self._bearing(line, said, who, final=ends, last=last)
            if ends and (picked := self._picked_from(line, cited)):
                bearing = bearing._replace(picked=picked)
            announced, statements = weighed(said, bearing)
            self.announced += [(line, text, at) for text in announced]
            if statements:
                remarked = self.after.remark(line, said, who).count(" ")
                share = reports if who == SUB_AGENT else 1.0
                out.add(Message(line, at, remarked, share, who == COMMAND), statements)
        return out

    def _bearing(self, line: int, said: str, who: str, *, final: bool, last: int) -> Bearing:
        """Return what bears on the worth of statements that stand at a line.

        Args:
            final: They are of the agent's last words on a prompt.
            last: The line of the last prompt.
        """
        after = self.after
        if who != AGENT:
            return Bearing(who, COMMAND_WORTH if who == COMMAND else 1.0, tuple(after.undone_of(line)))
        value = OBJECTED if after.refuted(line) else 1.0
        return Bearing(
            who,
            value,
            tuple(after.denied_of(line)),
            bisect_right(after.starts, line) < len(self.turns) - 1,
            not final,  # what came of an announcement is told by what followed
            line < last,
        )

    def _picked_from(self, line: int, cited: frozenset[str]) -> str:
        """Return the beginning of the option of a message that the next prompt picks, where a decision tells it."""
        at = bisect_right(self.after.starts, line)
        told = at < len(self.turns) and f"(L{self.after.starts[at]})" in cited
        return self.turns[at].picked[:PICKED_CHARS].rstrip("… ") if told else ""

    def _asked_for(self, line: int, said: str, safe: Safe) -> str:
        """Return the short prompt that items of a list were said on which do not tell of what they are."""
        at = bisect_right(self.after.starts, line) - 1
        turn = self.turns[at] if at >= 0 and at not in self.above else None
        if turn is None or turn.prompt.kind != "typed" or turn.asked or turn.objects:
            return ""
        text = turn.prompt.text
        named = (
            len(text) <= SUBJECT_CHARS and not (assents(text) or _POINTS.search(text)) and telling_words(text)
        )
        apart = named and len(named) >= LEAST_SUBJECT and named.isdisjoint(telling_words(said))
        return f", on “{safe(text)}”" if apart else ""

    def _became(self, line: int, said: str, who: str, safe: Safe) -> str:
        """Return what became of words; of a mistake that the user owned up to then, in the user's own."""
        remark = self.after.remark(line, said, who)
        if not remark.startswith(OWNED_UP):
            return remark
        prompt = self.turns[bisect_right(self.after.starts, line)].prompt
        own = shorten(safe(prompt.text[:ASKED_READ]), OWNED_CHARS)
        return f" (then the user: “{own}”, L{prompt.line})"

    def _grouped(self, chosen: list[Candidate]) -> list[tuple[Candidate, ...]]:
        """Return the chosen, grouped by turn, newest turn first, in file order within."""
        groups: dict[int, list[Candidate]] = {}
        for each in sorted(chosen, key=lambda each: (each.of.line, each.order)):
            groups.setdefault(bisect_right(self.after.starts, each.of.line) - 1, []).append(each)
        return [tuple(groups[turn]) for turn in sorted(groups, reverse=True)]

    def _line(self, group: tuple[Candidate, ...], told: Callable[[int], str], safe: Safe) -> str:
        """Return what is told of one turn: of the prompt, and what was chosen of the answers to it."""
        parts: list[str] = []
        speaker = "", ""
        for (line, at), its in groupby(group, key=lambda each: each.of[:2]):
            if at < 0:
                parts.append(f"{'' if -1 - at in self.above else f'L{line} user: '}{told(-1 - at)}")
                continue
            lines = [
                each.it for each in its if not (parts and each.it.text in parts[0])
            ]  # else beside the prompt
            if not lines:
                continue
            heard, text, who = self.heard[at]
            remark = self._became(heard, text, who, safe)
            named = "" if (who, remark) == speaker else f" {self.names.get(who, who)}{remark}"
            said = corrected(listed(_marked(lines, pieces_of(text))), heard, self.versions)
            if who == AGENT and not parts and all(it.under for it in lines):
                named += self._asked_for(heard, said, safe)
            # The answer told beside the prompt is of the same message.
            if parts and f"L{line} {who}{remark}: " in parts[-1]:
                lead = said.partition(": ")[0]
                parts.append(said.removeprefix(f"{lead}: ") if f"{lead}: " in parts[-1] else said)
            else:
                parts.append(f"L{line}{named}: {said}")
            speaker = who, remark
        return joined(parts)


def _marked(chosen: list[Weighed], parts: tuple[Piece, ...]) -> Iterable[tuple[str, str, int]]:
    """Yield statements with what they stand under and their places; where items of a list are left out at an end, it says so."""
    places = {part.place: at for at, part in enumerate(parts)}
    ends = [None, *chosen, None]
    for it, before, then in zip(chosen, ends, ends[2:], strict=False):
        text, at = it.text, places.get(it.part)
        if at is not None and is_item(it.source):
            if not (before and before.under == it.under) and _goes_on(parts[at], parts[:at][::-1]):
                text = f"…{text}"
            if not (then and then.under == it.under) and _goes_on(parts[at], parts[at + 1 :]):
                text = f"{text.rstrip('….')}…"
        yield it.under, text, it.part


def _goes_on(part: Piece, others: tuple[Piece, ...]) -> bool:
    """Tell whether the next of others, but for more of the same item, is an item of the same list."""
    then = next((other for other in others if other.source != part.source), None)
    return then is not None and then.under == part.under and is_item(then.source)


def _at_end(answered: str) -> str:
    """Return an answer, told without its prompt, with its line at its end."""
    lead, _, said = answered.partition(": ")
    return f"{said} ({lead.partition(' ')[0]})"


def whole_words(said: str) -> str:
    """Return the part of an answer that is read, no word of it cut."""
    if len(said) <= ANSWER_READ:
        return said
    lines = said[:ANSWER_READ].rpartition("\n")[0]
    return lines or said[:ANSWER_READ].rpartition(" ")[0]


@lru_cache(400)  # of most turns it comes again at the next revision
def _answer(said: str, asked: str) -> str:
    """Return what a message answers to a prompt, as it stands."""
    return verdict(clean_again(whole_words(said)), asked[:ASKED_READ], ANSWER_CHARS)


@lru_cache(400)  # one that comes again is the same object, which is looked up faster
def _beside(asked: str | None, line: int, remark: str, answered: str) -> str:
    """Return an answer as it stands beside its prompt."""
    return f"{'' if asked is None else f'{asked} '}L{line} {AGENT}{remark}: {answered}"


@lru_cache(1_000)  # the prompts come again at the next revision
def asked(said: str, most: int) -> str:
    """Return a prompt on one line: of a long one its beginning, and what tells most of the rest."""
    if len(said) <= max(most, PASTED_CHARS):
        return quote(" ".join(said.split()), most)
    head = shorten(said, most * 2 // 5)
    rest = points(said[len(head) :].partition(" ")[2], most - len(head))
    return f"{head} […] {' '.join(rest.split())}" if rest else shorten(said, most)
