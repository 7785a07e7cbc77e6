# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""What a message of the agent leaves to the person: its questions, choices and offers, and what it says comes next."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.words import sentences, stems, unfenced
from spread.distillation_codec import shorten

_ASKING: Final = re.compile(
    r"(?:(?<=[.!?:\n]) |^\W*|\n\W*)([A-Z](?:[^.!?\n]|\.(?=\w))*\?)(?![\w`=&/.:]|['\"”’»][.,;])"
)
# No `key?: type` either, nor what is quoted within a sentence.
_ASKS_END: Final = re.compile(r"[?？](?![\w`=&/.:]|['\"”’»][.,;])")
_QUOTED: Final = re.compile(r'(?<![\w"])"\w[^"\n]*[?？] [^"\n]*"')  # with more behind a question
ASIDE_SPACES: Final = 3  # in what is said behind a question
ASIDE_CHARS: Final = 200
FIRST_CHARS: Final = 12
LEAST_CHARS: Final = 8  # of what is no question by itself
TAIL_CHARS: Final = 1_200
ASKED_READ: Final = 3_000  # of a message, for another question in it
_SECTION: Final = re.compile(r"^ {0,3}(?:#{1,6} |(?:---+|\*\*\*+|___+) *$)", re.M)
LONG_REPLY: Final = 6  # telling words of one that says more than which choice it takes
_BOUNDARY: Final = re.compile(r"[.!?:]\s+|[\n。！？|]")
OFFER: Final = re.compile(
    r"\b(?:should i|shall i|want me to|(?:would|do) you (?:like|want) me to|may i|can i|ready (?:for|to)|ok(?:ay)? to|proceed with)\b",
    re.I,
)


def _closing(said: str) -> str:
    """Return the closing part of a message without rows of tables: what these ask is what they tell of."""
    return _without_rows(unfenced(said, "")[-900:])


def _without_rows(text: str) -> str:
    if "|" not in text:
        return text
    return "\n".join(line for line in text.splitlines() if "|" not in line.strip()[:1] + line.strip()[-1:])


def question_of(said: str) -> str:
    """Return the last question in the closing part of a message, or an empty string."""
    if "?" not in said and "？" not in said:
        return ""
    tail = _closing(said).replace("**", "")
    end = max(
        (found.end() for found in _ASKS_END.finditer(tail) if not _is_shown(tail, found.start())), default=0
    )
    start = 0
    for found in _BOUNDARY.finditer(tail, 0, max(end - 1, 0)):
        # No stop is in code.
        if tail.count("`", tail.rfind("\n", 0, found.start()) + 1, found.start()) % 2 == 0:
            start = found.end()
    question = tail[start:end].strip(" *_#->|")
    return shorten(question, 300) if _asks_something(question) else ""


def _asks_something(question: str) -> bool:
    """Tell whether a question is long enough to stand alone; letters of scripts without small ones say twice as much."""
    return len(question) + sum(letter > "\u2e80" for letter in question) > LEAST_CHARS


def _in_code(text: str, at: int) -> bool:
    """Tell whether a place in a text is between the backticks of its line: what stands there asks nothing."""
    return text.count("`", text.rfind("\n", 0, at) + 1, at) % 2 == 1


def _is_shown(text: str, at: int) -> bool:
    """Tell whether a question mark is in code, or in what its line quotes and goes on behind: what a program asks, say."""
    start, end = text.rfind("\n", 0, at) + 1, f"{text}\n".index("\n", at)
    return _in_code(text, at) or any(
        quoted.start() < at < quoted.end() for quoted in _QUOTED.finditer(text, start, end)
    )


def question_to(said: str, reply: str) -> str:
    """Return the last question in the closing part of a message, or where a reply has no word of it, one of which it has.

    Of a list of choices one that a reply of some length takes up; where it takes up none, it answers none.
    """
    last = question_of(said)
    words = stems(reply) if said.count("?") + said.count("？") > 1 else set[str]()
    if not last or not words:
        return last
    if len(words) >= LONG_REPLY and (listed := choices_asked(said)) and stems(last) <= stems(listed):
        taken = ((2 * len(words & stems(asked)) - len(stems(asked)), asked) for asked in _questions(said))
        share, asked = max(taken, default=(-1, ""))
        return shorten(asked, 300) if share >= 0 else ""
    if words & stems(last):
        return last
    shared = [(len(words & stems(asked)), asked) for asked in _questions(said)]
    most = max((count for count, _ in shared), default=0)
    return next((shorten(asked, 300) for count, asked in reversed(shared) if count == most > 0), last)


def place_of(said: str, question: str) -> int:
    """Return where a question begins by its first words, the end where these are not found as they stand."""
    at = said.rfind(question[:FIRST_CHARS])
    return at if at >= 0 else len(said)


def _questions(said: str) -> list[str]:
    """Return all questions in the closing part of a message."""
    closing = _closing(said)
    found = [each[1] for each in _ASKING.finditer(closing) if not _is_shown(closing, each.end() - 1)]
    return [part for each in found if _asks_something(part := each.replace("**", "").strip(" *_#->|"))]


def last_part(said: str) -> str:
    """Return the whole lines at the end of a message that are read for what its last question is about; no code."""
    text = unfenced(said, "")
    return text if len(text) <= ASKED_READ else text[-ASKED_READ:].partition("\n")[2]


def asked_before(said: str, question: str) -> list[str]:
    """Return the questions that stand before another one in the same section of a message."""
    plain = _without_rows(last_part(said)).replace("**", "")
    section = _SECTION.split(plain[: place_of(plain, question)])[-1]
    return [part for found in _ASKING.findall(section) if len(part := found.strip(" *_#->|")) > FIRST_CHARS]


def with_aside(said: str, question: str) -> str:
    """Return a question with what its line says behind it, where that ends the message: how, how much, or what not."""
    line = _closing(said).rstrip().rpartition("\n")[2].replace("**", "")
    aside = line.rpartition(question)[2].strip(" *_") if question in line else ""
    if aside.count(" ") < ASIDE_SPACES or _LEAVES.search(aside.lower()):
        return question
    return f"{question} {shorten(aside, ASIDE_CHARS)}"


def questions_of(said: str) -> list[str]:
    """Return the questions in the closing part of a message in order, at most three, the last one always."""
    if chosen := choices_asked(said):
        return [shorten(chosen, 300)]
    last = question_of(said).replace("**", "")
    if not last:
        return []
    # Of an earlier section they belong to what stands there, such as what to look for in a trial.
    plain = said.replace("**", "")
    section = _SECTION.split(plain[: place_of(plain, last)])[-1]
    asked = [
        shorten(part, 200)
        for part in _questions(said)
        if part not in last and last not in part and place_of(section, part) < len(section)
    ]
    return [*asked[-2:], last]


# What the person is to choose from, named in a list that ends the message.
_OFFERED: Final = re.compile(
    r"\b(?:should i|shall i|want me to|would you (?:like|prefer)|do you (?:want|prefer)|which (?:of|one|option|approach))\b[^?]{0,80}:\W*$",
    re.I,
)
_LABELLED: Final = re.compile(r"\W*(?:option )?(?:([A-H])|([1-9]))\**[.):]\**\s+\S", re.I)
CHOICES_READ: Final = 3_000
CHOICE_CHARS: Final = 70  # of each
AFTER_CHOICES: Final = 3  # lines of advice may follow them


@lru_cache(64)
def choices_asked(said: str) -> str:
    """Return the question that a list of choices at the end of a message follows, with these; else an empty string."""
    lines = [line.strip() for line in said[-CHOICES_READ:].splitlines() if line.strip()]
    found = [(at, item) for at, line in enumerate(lines) if (item := _LABELLED.match(line))]
    first = next((at for at, item in reversed(found) if (item[1] or item[2]).upper() in ("A", "1")), 0)
    listed = [at for at, _ in found if at >= first]
    if not first or len(listed) < 2 or listed[-1] < len(lines) - 1 - AFTER_CHOICES:
        return ""
    before = lines[first - 1].replace("**", "").strip(" *_#>")
    lettered = bool(next(item[1] for at, item in found if at == first))
    asks = before.endswith(("?", "？")) or bool(_OFFERED.search(before))
    asks = asks or (lettered and ("?" in before or lines[listed[-1]].endswith("?")))
    parts = re.split(r"(?<=[.!?])\s+", before)
    asked = [part for part in parts if part.endswith(("?", "？"))] or [
        part for part in parts if part.endswith(":")
    ]
    if not asks or not asked:
        return ""
    return f"{asked[-1]} {'; '.join(shorten(lines[at].replace('**', '').lstrip('-*• '), CHOICE_CHARS) for at in listed)}"


_STOPS: Final = re.compile(r"\s(?<=[.!?]\s)\s*")
_ITEM: Final = re.compile(r"(?:[-•*+]|\d{1,2}[.)]) ")
LISTED: Final = 6  # items of what an offer is about
LINES_LISTED: Final = 16  # with what stands below these
_COURTESY: Final = re.compile(
    r"\blet me know if (?:you (?:need|have|want) (?:anything|any|more|help|further)\b|there(?:'s| is) anything)(?! to)",
    re.I,
)
# A question that says by itself that nothing is left; with a choice behind it, it asks for that.
_NO_MORE: Final = re.compile(
    r"(?:(?:is|was) there |(?:do you|did you) (?:need|want|have) |(?:can|may|shall) i (?:help|assist)(?: you)? with )?anything else\b[^,?:]*\?$",
    re.I,
)
_LEAVES: Final = re.compile(
    r"\b(?:let me know|(?<!\bis )(?<!\bare )(?<!\bstill )waiting for|waiting for your|your call|(?:up to|for) you to decide|(?:until|unless|without) you(?:r)? deci\w+|"
    r"please (?:confirm|advise|choose|paste|send|share)|tell me (?:what|which|whether|if|how|where|when|who|the|its|your))\b"
    r"|(?:^|[.!?:] )(?:just |please )?(?:say|pick|choose|decide|name) (?:what|which|whether|how|where|when|who|one)\b"
)


def says_no_more(text: str) -> bool:
    """Tell whether words only ask whether there is anything else."""
    return _NO_MORE.match(text) is not None


def without_courtesy(said: str) -> str:
    """Return a message without the line at its end that only asks whether there is anything else."""
    before, _, last = said.rstrip().rpartition("\n")
    return before if before and says_no_more(last.strip(" *_")) else said


@lru_cache(500)  # most messages are asked about again at the next revision
def ends_in_question(said: str) -> bool:
    """Tell whether a message leaves the next step to the person."""
    lines = [line.strip(" *_>`)") for line in said.splitlines() if line.strip(" *_>`-")]
    closing = _STOPS.split(lines[-1])[-3:] if lines else []
    if closing and says_no_more(closing[-1]):
        lines[-1] = lines[-1].removesuffix(closing.pop()).strip(" *_>`")
        lines = lines if lines[-1] else lines[:-1]
    if any(line.endswith(("?", "？")) for line in [*lines[-2:], *closing, _offer_above(lines)]):
        return True
    if choices_asked(said):
        return True
    return bool(lines) and _LEAVES.search(_COURTESY.sub("", lines[-1].lower())) is not None


def _offer_above(lines: list[str]) -> str:
    """Return the offer in the line that leads to the list at the end of a message, which tells what it is about."""
    parts = [part.strip() for part in _STOPS.split(_above_list(lines))]
    return next((part for part in reversed(parts) if part.endswith("?") and OFFER.match(part)), "")


def _above_list(lines: list[str]) -> str:
    """Return the line with a colon that leads to the list at the end of a message, else an empty string."""
    at = len(lines) - 1
    while at > 0 and _ITEM.match(lines[at]):
        at -= 1
    items = lines[at + 1 :]
    if items and items[0][:1].isdigit():  # the others stand below these
        items = [line for line in items if line[:1].isdigit()]
    few = 0 < len(items) <= LISTED and len(lines) - at <= LINES_LISTED
    return lines[at] if few and lines[at].endswith(":") else ""


_MUST: Final = re.compile(
    r"(?:(?:so|now|then|next|here|and),? )?i(?:'ll| will| need to| have to| must|'m going to)(?: now| also| still| first)*"
    r"(?: do(?: the following| this| these| both)?)?:"
)


def lists_own_steps(said: str) -> bool:
    """Tell whether a message ends in a list of what the agent has to do, as it says right above that."""
    if not _ITEM.match(said[said.rstrip().rfind("\n") + 1 :].strip()):
        return False
    lead = _above_list(
        [line.strip(" *_>`") for line in said[-TAIL_CHARS:].splitlines() if line.strip(" *_>`-")]
    )
    return _MUST.fullmatch(_STOPS.split(lead)[-1].lower().replace("\u2019", "'")) is not None


_NEXT: Final = re.compile(
    r"\b(?:next(?: step| up|,|:| i)|remaining (?:work|steps?|tasks?|items?|issues?|problems?)|remains? to|"
    r"still (?:to do|need|needs|left|missing|open)|todos?:|to do:|follow-?up|not yet|left to|"
    r"(?:deliberately|intentionally)? ?(?<!\bnow )left (?:open|undone|out(?! now\b)|alone)|not (?:yet )?(?:done|tested|verified|exercised|proven|covered)|not (?:yet pushed|pushed (?:yet|so far))|untested|"
    r"tomorrow(?!')|tonight(?!')|(?:für|para|pour) (?:morgen|heute abend|mañana|amanhã|demain|ce soir)|morgen früh|"
    r"say the word|^(?:just |please )?(?:say|pick|choose|decide|name) (?:what|which|whether|how|where|when|who|one)\b|if you(?:'d like| want| wish)\b(?=[^.\n]*\b(?:i|let me|tell me|say)\b)|i (?:would|will|'ll|can(?! (?:now |also |clearly )?(?:confirm|see|report)\b)) (?:then )?|should i|would you like|want me to|shall i|let me know|tell me (?:its|which|whether|what|where|when)|(?:until|unless|without) you(?:r)? deci\w+|you(?:'ll| will)? need to|please (?:run|try|test|retest|re-?run|check|restart|reload|refresh|open|paste|send|share|set|add|install|verify|confirm))\b",
    re.I,
)
# Words that end a message and leave a trial to the person; of a usage among others nobody is told to do it now.
_HANDS_OVER: Final = re.compile(
    r"(?:(?:now|then|so|ok(?:ay)?|next|just|please)[, ]+){0,2}(?:go ahead and (?:try|run|test|re-?run|restart|reload)\b|"
    r"(?:try (?!to\b)|restart|reload|refresh|re-?run)\b|(?:once|after|as soon as) [^,]{3,60}, (?:please )?(?:run|try|re-?run|restart|reload|test)\b|"
    r"ready for you to (?:test|try|validate|check|review))",
    re.I,
)
_CLOSING_CODE: Final = re.compile(r"```[^\n]*\n([^`]{1,600})```\s*$")
TRIAL_CHARS: Final = 240
COMMANDS_CHARS: Final = 160


def to_try(said: str) -> str:
    """Return the sentence at the end of a message that leaves a trial to the person, with the commands it ends in."""
    tail = said[-TAIL_CHARS:].rstrip()
    code = _CLOSING_CODE.search(tail)
    words = (tail[: code.start()] if code else tail).rstrip().rpartition("\n")[2].replace("**", "")
    found = [part for part in sentences(words) if _HANDS_OVER.match(part)]
    if not found:
        return ""
    last = shorten(found[-1], TRIAL_CHARS)
    if not code or not last.endswith(":") or not words.rstrip().endswith(":"):
        return last.rstrip(":")
    lines = [line.strip() for line in code[1].splitlines() if line.strip()]
    return f"{last} `{shorten('; '.join(lines), COMMANDS_CHARS)}`"


_LEFT_OUT: Final = re.compile(r"\b(?:i(?:'ll| will) (?:not|leave)|i won't)\b(?!.*\buntil\b)", re.I)


def next_of(said: str) -> str:
    """Return the sentences of the agent's last message that say what comes next, at most three."""
    found = [item for item in sentences(said[-2500:]) if _NEXT.search(item) and len(item) < 500]
    found = [item for item in found if not (_COURTESY.search(item) or _LEFT_OUT.search(item))]
    return "\n".join(shorten(item, 300) for item in found[-3:])
