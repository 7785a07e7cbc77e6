"""What the user's prompts decided: answers to the agent's questions, and what they state by themselves."""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final, NamedTuple

from spread.distill.options import takes_up
from spread.distill.prompts import asks_back, assents, is_answer
from spread.distill.questions import OFFER
from spread.distill.turns import Turn, choices_of, is_general
from spread.distill.words import kept_stems, own_words, sentences
from spread.distillation_parts import OF_THEIRS, OFFERED
from spread.distillation_told import SAID_SO, WHICH
from spread.transcript_events import Prompt

ASKED_CHARS: Final = 140  # of a question are shown beside its answer
WISH_CHARS: Final = 110  # of a wish of the user's own
REPLY_CHARS: Final = 300
PICKING_CHARS: Final = 240  # a longer reply tells more than what it picks
BACK_WORDS: Final = 12  # of a sentence that goes back; in a longer one a word stands for much
STATED: Final = 6  # statements of one prompt
STATED_CHARS: Final = 520  # of them together
WHOLE_CHARS: Final = 300  # of a prompt that is told whole, rather than what it states
_LABEL: Final = re.compile(r"\W*[A-H1-9][.):]\s")

_NOT_TAKEN: Final = re.compile(r" \(not: ([^()]+)\)$")
_AFTER_ALL: Final = re.compile(
    r"\b(?:after all|instead|rather|back to|actually|doch|lieber|finalement|mejor|wants?|prefers?|switch(?:ing)? to|go(?:ing)? with|mov(?:e|ing) to)\b",
    re.I,
)
# A choice by its number, and another one in its place.
_NUMBERED: Final = re.compile(r"→ “\W{0,2}([1-9])\W{0,2}” = ")
_ANOTHER: Final = re.compile(
    r"\W*(?:(?:h+m+|no|nope|nah|nee|ne|nein|doch|wait|warte|sorry|oh|ah|actually|rather|better|let'?s|then|lieber|dann|mejor|espera|plutôt|finalement|non|"
    r"ok(?:ay)?|take|go with|do|nimm|make it|option|number|the|やっぱり?|还是|改成)\b ?[,.!… ]*)+([1-9])(?: (?:then|instead|please|doch|bitte|rather))*(?=\W*$|[.,;:!] )",
    re.I,
)
SOON_LINES: Final = 60
_CLAUSES: Final = re.compile(r"[,;:] ")
_USES: Final = re.compile(
    r"(?:(?:and|so|then|ok(?:ay)?|please|we|you|should|will|lass uns|bitte|dann) )*"
    r"(?:use|take|make it|do it (?:in|with)|let'?s (?:use|take|do|try|have)|nimm|nehmen|verwende|utilise[rz]?|prends|usa|usemos)\b",
    re.I,
)
SAME_WORDS: Final = 2
BRIEF: Final = 120  # characters of an objection, which in more speaks of other numbers too
# Asks for what was before.
_AS_BEFORE: Final = re.compile(
    r"\b(?:(?:as|like|the way) it (?:was|used to be)|(?:put|change|turn|switch) (?:it|that|this|them) back|(?:undo|revert) (?:it|that|this)|"
    r"wie (?:es )?(?:vorher|zuvor|war)|wieder zurück|como (?:estaba|antes)|comme (?:avant|c'était))\b"
)
# Ends what the user wrote, where what was printed comes next.
_ANNOUNCES: Final = re.compile(
    r"\b(?:what (?:i|we|it) (?:now )?(?:get|got|see|saw|shows|says|said|prints|printed|gives|gave)|(?:i|we) (?:now |still |only |just )?(?:get|got|see)|it (?:now |still |only |just )?(?:says|said|prints|shows|gives)|"
    r"here(?:'s| is) (?:the|what)\b[^.!?]{0,40}|das kommt|kommt das|bekomme ich|me sale(?: esto)?|j'obtiens)\W*$"
)
_NUMBER: Final = re.compile(r"(?<![\w#./-])\d[\d.,]*(?![\w/-])")  # no part of a name, an id or a date
_SAID: Final = re.compile(r"“([^”]*)”")
REPEATED: Final = 12  # characters of a quotation that does not come twice by chance

Tell = Callable[[str, int], str]
Later = list[
    tuple[Prompt, frozenset[str], tuple[frozenset[str], ...]]
]  # with its words, and those of what it wants


def decided(turn: Turn, tell: Tell, known: str, *, shown: bool) -> list[tuple[int, str]]:
    """Return (line, text) of what a typed prompt decided.

    Args:
        known: What stands among the rules, all of it: sentences, some with a condition.
        shown: The prompt stands on the page already, as the goal or the last request.
    """
    reply, line = turn.prompt.text, turn.prompt.line
    if turn.picked and takes_up(reply):
        return []  # what comes next, work shows
    if turn.picked and len(reply) <= PICKING_CHARS:
        general = turn.picked.endswith("?")  # "something else?", "all of these?"
        beside = f" (not: {tell(turn.passed, 200)})" if turn.passed and not general else ""
        asked = tell(WHICH if _LABEL.match(turn.asked) or not turn.asked else turn.asked, ASKED_CHARS)
        means = "" if general else f" = {tell(turn.picked, 200)}"
        return [(line, f"{asked} → “{tell(reply, REPLY_CHARS)}”{means}{beside}")]
    if turn.asked and is_answer(reply, turn.asked):
        question = turn.asked[: turn.asked.rfind("?") + 1] or turn.asked  # what is said behind it, work shows
        agrees = assents(reply)
        if agrees and not turn.about and (not OFFER.search(question) or is_general(question, 1)):
            return []  # what follows shows what to
        told = tell(reply, REPLY_CHARS)
        if turn.about and agrees:
            question = turn.about  # a wish of their own
        elif turn.about:
            return [(line, f"{SAID_SO}{told}” (to: {tell(turn.about, ASKED_CHARS)})")]
        beside = f"{OFFERED}{tell(turn.passed, 200)})" if turn.passed else ""
        most = WISH_CHARS if question.startswith(OF_THEIRS) else ASKED_CHARS
        return [(line, f"{tell(question, most)} → “{told}”{beside}")]
    if (shown and len(reply) < 700) or assents(reply) or asks_back(reply):
        return []  # that is told, or what follows shows what was agreed to, or answers
    known = _same(known)
    said = [text for text in choices_of(turn) if not _stands(text, known)][:STATED]
    out: list[str] = []
    room = STATED_CHARS
    if said and len(reply) <= WHOLE_CHARS:
        own, last = own_words(reply), reply.strip().rpartition("\n")[2].strip()
        if _ANNOUNCES.search(own.lower()) and last not in own:  # they say little without what that was
            own = f"{own.rstrip(' …')} … {last}"
        said = [own]
    for text in said:
        room -= len(text) + 1
        if room >= 0:
            out.append(tell(text, 300))
    to = f" (to: {tell(turn.about, ASKED_CHARS)})" if turn.about and not turn.objects else ""
    to = to or (f"{OFFERED}{tell(turn.passed, 200)})" if turn.passed and not turn.picked else "")
    return [(line, f"{SAID_SO}{'” “'.join(out)}”{to}")] if out else []


@lru_cache(1)
def _same(known: str) -> str:
    """Return the same object for the same text, which need not be compared then."""
    return known


@lru_cache(1_000)  # rules are long and many, and mostly the same at the next revision
def _stands(text: str, known: str) -> bool:
    return text in known


def overruled(items: list[tuple[int, str]], turns: list[Turn], tell: Tell) -> list[tuple[int, str]]:
    """Return decisions, with a choice that the user went back on later told with their words for another option of it."""
    out = list[tuple[int, str]]()
    prompts = [turn.prompt for turn in turns if turn.objects or _goes_back(turn.prompt.text[:PICKING_CHARS])]
    lines = [prompt.line for prompt in prompts]
    said = [kept_stems(prompt.text[:PICKING_CHARS]) for prompt in prompts]
    choosing = any(" (not: " in text for _, text in items)
    backs = [_back(prompt.text[:PICKING_CHARS]) for prompt in prompts] if choosing else []
    cut = [(turn.prompt, turn.prompt.text[:PICKING_CHARS]) for turn in turns] if choosing else []
    later = [(prompt, kept_stems(text), wanted) for prompt, text in cut if (wanted := _wanted(text))]
    then = _objected(turns)
    others = [(turn.prompt, number) for turn, number in _numbers(turns)] if choosing else []
    for line, text in items:
        choice = _choice(text) if " (not: " in text else None
        last = None
        if choice and (taken := _by_number(text, line, others)):
            text = f"{choice.taken}; {taken[0]} (L{taken[1].line}): “{tell(taken[1].text, ASKED_CHARS)}”"
            out.append((line, text))
            continue
        if choice:
            first = bisect_right(lines, line)
            ats = [said.index(words, first) for it in choice.others if (words := _with(it, said, first))] or [
                at for at in range(first, len(backs)) if not choice.heads.isdisjoint(backs[at])
            ][:1]
            last = prompts[min(ats)] if ats else _in_its_place(choice, line, later)
        if choice and last:
            text = f"{choice.taken}; overruled (L{last.line}): “{tell(last.text, ASKED_CHARS)}”"
        elif line in then and text.startswith(SAID_SO) and _is_against(text, then[line].text):
            text += f"; the next prompt objects (L{then[line].line})"
        out.append((line, text))
    return out


def _numbers(turns: list[Turn]) -> list[tuple[Turn, int]]:
    """Return the prompts that go back to another number of a list, and answer no question."""
    found = [(turn, _ANOTHER.match(turn.prompt.text[:PICKING_CHARS])) for turn in turns if not turn.asked]
    return [(turn, int(it[1])) for turn, it in found if it]


def _by_number(text: str, line: int, later: list[tuple[Prompt, int]]) -> tuple[str, Prompt] | None:
    """Return by which option of its list, named by its number soon after, a choice is overruled, and the prompt that says so."""
    first, options = _NUMBERED.search(text), _NOT_TAKEN.search(text)
    if not first or not options:
        return None
    left, own = options[1].split("; "), int(first[1])
    for prompt, number in later:
        at = number - 1 - (number > own)
        if line < prompt.line <= line + SOON_LINES and number != own and at < len(left):
            return f"overruled by “{left[at]}”", prompt
    return None


def _with(option: frozenset[str], said: list[frozenset[str]], first: int) -> frozenset[str]:
    """Return the words of the first prompt, from a place on, that speaks for an option; none where none does."""
    return next(filter(option.issubset, islice(said, first, None)), frozenset())


def _objected(turns: list[Turn]) -> dict[int, Prompt]:
    """Return by the lines of prompts the next one where it objects."""
    return {turn.prompt.line: then.prompt for turn, then in pairwise(turns) if then.objects}


def _is_against(text: str, then: str) -> bool:
    """Tell whether an objection may put something in place of a decision: a number for its own, what it names, or what was."""
    if _AS_BEFORE.search(then[:PICKING_CHARS].lower()):
        return True
    if len(then) <= BRIEF and _NUMBER.search(text) and _NUMBER.search(then):
        return True
    return len(then) <= PICKING_CHARS and len(kept_stems(_quoted(text)) & kept_stems(then)) >= SAME_WORDS


class _Choice(NamedTuple):
    """A choice between options, in their telling words."""

    taken: str  # all that is told of it but for the others
    own: frozenset[str]  # of the option taken alone
    others: tuple[frozenset[str], ...]
    heads: frozenset[str]  # with which another one begins


@lru_cache(500)  # most come again at the next revision
def _choice(text: str) -> _Choice | None:
    """Return the choice that a decision tells with the options that were not taken, None for another decision."""
    found = _NOT_TAKEN.search(text)
    if found is None:
        return None
    taken, options = text[: found.start()], found[1].split(";")
    others = tuple([words for each in options if (words := kept_stems(each))])
    own = frozenset[str]().union(*map(kept_stems, _SAID.findall(taken))).difference(*others)
    heads = frozenset(filter(None, map(_head, options))) - kept_stems(taken)
    return _Choice(taken, own, others, heads)


def _in_its_place(choice: _Choice, line: int, later: Later) -> Prompt | None:
    """Return the first later prompt that names the option taken and then, in a clause that wants it, another one."""
    own = choice.own
    for prompt, named, wanted in later if own else ():
        meant = wanted if prompt.line > line and not own.isdisjoint(named) else ()
        if any(other <= words and own.isdisjoint(words) for other in choice.others for words in meant):
            return prompt
    return None


@lru_cache(1_000)
def _wanted(said: str) -> tuple[frozenset[str], ...]:
    """Return the telling words of each clause of a prompt that wants something used."""
    parts = (part for each in sentences(own_words(said)) if each[-1] != "?" for part in _CLAUSES.split(each))
    return tuple(kept_stems(part) for part in parts if _USES.match(part))


@lru_cache(1_000)  # most are asked about again at the next revision
def _back(prompt: str) -> frozenset[str]:
    """Return the telling words of the short sentences by which a prompt goes back."""
    said = (each for each in sentences(own_words(prompt)) if each.count(" ") < BACK_WORDS)
    return frozenset(
        word for each in said if not each.endswith("?") and _goes_back(each) for word in kept_stems(each)
    )


def _head(option: str) -> str:
    """Return the first telling word of an option, cut as `kept_stems` does."""
    return next((word for each in option.split() for word in kept_stems(each)), "")


@lru_cache(1_000)  # most are asked about again at the next revision
def _goes_back(said: str) -> bool:
    return _AFTER_ALL.search(said) is not None


def typed_on(turn: Turn, then: str) -> bool:
    """Tell whether the next prompt is the same and more, and this one was no answer: it was sent too early."""
    text = turn.prompt.text.strip()
    return (
        REPEATED <= len(text) < len(then.strip()) and then.startswith(text) and not (turn.asked or turn.about)
    )


@lru_cache(500)  # most come again at the next revision
def _quoted(text: str) -> str:
    """Return what a decision quotes, to compare it."""
    return " ".join(_SAID.findall(text)).lower().strip(" .!")


def distinct(items: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return decisions without those that only repeat the words of one before."""
    out, known = list[tuple[int, str]](), set[str]()
    for line, text in items:
        said = _quoted(text)
        if len(said) < REPEATED or said not in known:
            known.add(said)
            out.append((line, text))
    return out
