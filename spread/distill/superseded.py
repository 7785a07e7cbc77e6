"""What the user said later of what a line tells: that there be none of it, or another one."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill.plans import NO_FURTHER, NONE_OF
from spread.distill.rules import unshown
from spread.distill.turns import Turn
from spread.distill.words import in_plain, kept_stems, sentences

READ_CHARS: Final = 600  # of a prompt
SAID_CHARS: Final = 80
SET_CHARS: Final = 120  # of a sentence that sets something
LEAST_CHARS: Final = 3  # of what is named
PAIR: Final = 2
_NONE: Final = re.compile(NONE_OF + r"(?:(?:more|the|using) )?((?:[\w+#-]+ ){0,2}[\w+#-]+)" + NO_FURTHER)
# Likewise of what is named before, or comes to its end.
_DROPPED: Final = re.compile(
    r"(?:^|[,;.] )(?:the |that |this )?((?:[\w+#-]+ ){0,2}[\w+#-]+) ?[:,] (?:drop|skip|scrap|forget|leave out) (?:it|that|them|those)\b"
    r"|\bstop (?:the|this|that) ((?:[\w+#-]+ ){0,1}[\w+#-]+)" + NO_FURTHER
)
# Likewise in so many words; a rule that names it holds no more as it was said.
_FORGET: Final = re.compile(
    r"(?<!n't )(?<!dont )(?<!not )(?<!never )(?<!ne )(?<!n')(?<!no )(?<!nicht )(?<!не )\b(?:forget(?: about)?|scrap|oublie[zr]?|oublions|laisse[zr]? tomber|"
    r"olvida(?:te|mos)?(?: de)?|esque[çc]e|vergiss|vergesst|dimentica|zapomnij o|забудь(?: про)?) (?:the |that |an? |les? |la |el |los |las |den |die |das |l')?(?!(?:nicht|pas|no|not|to|how|what|zu|dass|que)\b)((?:[\w+#-]+ )?[\w+#-]+)(?= ?[,.:;!]|$)"
)
# What has another name now; of what is called in code the word alone may be any other.
_RENAMED: Final = re.compile(
    r"\b(?:rename|renombra|renomme[rz]?|benenne?|renomeie|rinomina) (?:the |it from |from |das |el |la |le )?([\w.+-]{3,40}) (?:to|into|as|in|zu|a|en|por|para)\b"
)
_COLOUR: Final = re.compile(r"(?<!\w)#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})\b")
_CLAUSE: Final = re.compile(r"[,;:] | and | und | y | et |\.(?= |$)")
_AT_ALL: Final = (" altogether", " entirely", " completely", " please", " again", " then")
_HINTS: Final = (
    "renam", "renom", "benenn", "renombra", "rinomin", "stop th", "no ", "not ", "without ", "drop ", "skip ", "scrap ", "forget ", "oubli", "tomber", "olvid", "esque", "verg", "dimentica", "zapomnij", "забудь", "kein", "ohne ", "sin ", "nada ", "pas d"
)  # fmt: skip
# Says how something is, or that it is not done now; of these nothing is given up.
_IDLE: Final = frozenset(
    ("sure", "need", "problem", "problems", "worries", "idea", "way", "yet", "now", "longer", "more", "thanks",
     "good", "right", "working", "done", "found", "change", "changes", "all", "only", "just", "this", "that",
     "these", "those", "it", "them", "here", "there", "one", "necessary", "possible", "true", "today", "later",
     "issue", "issues", "rush", "hurry")
)  # fmt: skip
_CODED: Final = re.compile(r"(?<![\w.#/-])#?[a-z]{0,2}\d[\w.]*\w(?![\w/-])")
# How much of what: where a sentence calls that too much, or names another number instead, it holds no more.
_AMOUNT: Final = re.compile(r"(?<![\w.,-])(\d[\d.,]*) ?(?:%|[^\W\d_]{2,})")
_NUMBER: Final = re.compile(r"(?<![\w.,-])\d[\d.,]*(?!\w*[./-]\d)")
_INSTEAD: Final = re.compile(
    r"\b(?:too|instead|rather|not|zu|statt|anstatt|nicht|trop|plutôt|demasiad[oa]s?|demais|muito|em vez|en vez|слишком|вместо|zamiast|za)\b"
)
_TOO: Final = re.compile(r"(?<![\w.#/-])(\d[\d.]*) (?:is|are|was) (?:[a-z]+ )?too ")
_DIGIT: Final = re.compile(r"\d")
_MAY_SET: Final = re.compile(r"[#\d]")  # is in what sets a value
_WORD: Final = re.compile(r"\w+")


class _Set(NamedTuple):
    """A value, its form, and the telling words beside it."""

    form: str
    value: str
    words: frozenset[str]


Told = list[tuple[int, str]]
Given = list[tuple[int, str, str]]  # the line of a prompt, what it names, and the sentence that says so


def marked(items: Told, turns: list[Turn], tell: Callable[[str, int], str], *, values: bool = False) -> Told:
    """Return items with the words by which the user, on a later prompt, gave up what they name, or set another value.

    Args:
        values: Only with a number or what is to be forgotten, as of rules: which else are given up is known otherwise.
    """
    first = min(items)[0] if items else 0
    set_anew = [] if values else _set_by(turns, first)
    given: dict[str, Given] = {}  # by the first word of what is named, in order
    for prompt in [turn.prompt for turn in turns if turn.prompt.line > first] if items else ():
        for phrase, said in _given_up_by(prompt.text):
            if values and not (phrase.isdigit() or _AMOUNT.fullmatch(phrase) or phrase in _forgotten(said)):
                continue
            given.setdefault(_WORD.findall(phrase)[0], []).append((prompt.line, phrase, said))
    if not given and not set_anew:
        return items
    names = given.keys()
    return [
        (line, text)
        if names.isdisjoint((read := _read(text))[1]) and not (set_anew and read[2])  # as nearly always
        else (line, f"{text}{_then(line, text, given, tell) or _anew(line, text, set_anew, tell)}")
        for line, text in items
    ]


def _set_by(turns: list[Turn], after: int) -> list[tuple[int, str, _Set]]:
    """Return, with the lines of prompts and what they say, what these set after a line."""
    prompts = [turn.prompt for turn in turns if turn.prompt.line > after]
    return [(prompt.line, said, set_) for prompt in prompts for said, set_ in _sets(prompt.text[:READ_CHARS])]


def _anew(line: int, text: str, later: list[tuple[int, str, _Set]], tell: Callable[[str, int], str]) -> str:
    """Return the last words that set another value, of the same form, of something that a text sets one of."""
    low, _, may_set = _read(text)
    own = _set(low) if later and may_set else None
    if own is None:
        return ""
    for at, said, other in reversed(later):
        if at > line and other.form == own.form and other.words <= own.words:
            return f" (then, L{at}: “{tell(said, SAID_CHARS)}”)" if other.value != own.value else ""
    return ""


@lru_cache(1_000)  # the prompts come again at each revision
def _sets(prompt: str) -> tuple[tuple[str, _Set], ...]:
    """Return what a prompt sets, with the sentences that say so."""
    if not _MAY_SET.search(prompt):
        return ()
    told = (said for said in sentences(unshown(prompt)) if said[-1] != "?" and len(said) <= SET_CHARS)
    clauses = ((said, _set(clause)) for said in told for clause in _CLAUSE.split(in_plain(said)))
    return tuple((said, set_) for said, set_ in clauses if set_ is not None)


@lru_cache(1_000)
def _set(low: str) -> _Set | None:
    """Return the one value that words in plain lower case name, with what it is of."""
    colours = _COLOUR.findall(low)
    found = colours or [word for word in _CODED.findall(low) if len(word) >= LEAST_CHARS]
    words = frozenset(word for word in kept_stems(low) if not _DIGIT.search(word))
    if len(set(found)) != 1 or not words:
        return None
    return _Set("#" if colours else _DIGIT.sub("9", found[0]), found[0], words)


def _then(line: int, text: str, given: dict[str, Given], tell: Callable[[str, int], str]) -> str:
    low, words, _ = _read(text)
    heads = given.keys() & words
    named = sorted([each for head in heads for each in given[head] if each[0] > line and each[1] in low])
    own = {phrase for phrase, _ in _given_up(text) if not _DIGIT.search(phrase)} if named else set()
    for at, phrase, said in named:
        if phrase not in own and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", low):
            return f" (then, L{at}: “{tell(said, SAID_CHARS)}”)"
    return ""


@lru_cache(500)  # what is told comes again at the next revision
def _read(text: str) -> tuple[str, frozenset[str], bool]:
    """Return a text in plain lower case, its words, and whether it may set a value."""
    low = in_plain(text)
    return low, frozenset(_WORD.findall(low)), _MAY_SET.search(text) is not None


@lru_cache(1_000)
def _given_up_by(prompt: str) -> tuple[tuple[str, str], ...]:
    return _given_up(prompt[:READ_CHARS])


@lru_cache(4_000)  # the prompts come again at each revision
def _given_up(prompt: str) -> tuple[tuple[str, str], ...]:
    """Return what a prompt wants none of or replaces, each with the sentence that says so."""
    low = in_plain(prompt)
    if not any(map(low.__contains__, _HINTS)) and len(_DIGIT.findall(low)) < PAIR:
        return ()
    told = [*sentences(unshown(prompt))]
    if len(prompt) == READ_CHARS and told and len(told[-1]) < READ_CHARS // 2:
        del told[-1]  # it was cut, perhaps in a secret, of which the half would not be known as one
    return tuple((phrase, said) for said in told if said[-1] != "?" for phrase in _phrases(in_plain(said)))


@lru_cache(1_000)
def _forgotten(said: str) -> list[str]:
    """Return what a sentence says is to be forgotten."""
    return _FORGET.findall(in_plain(said))


def _phrases(low: str) -> Iterator[str]:
    dropped = ("".join(each) for each in _DROPPED.findall(low))
    for phrase in (*_NONE.findall(low), *dropped, *_RENAMED.findall(low), *_FORGET.findall(low)):
        for more in _AT_ALL:
            phrase = phrase.removesuffix(more)
        if len(phrase) >= LEAST_CHARS and _WORD.search(phrase) and _IDLE.isdisjoint(phrase.split()):
            yield phrase
    yield from _TOO.findall(low) if " too " in low else ()
    numbers = {each.rstrip(".,") for each in _NUMBER.findall(low)}
    if len(numbers) == PAIR and _INSTEAD.search(low):
        yield from (found[0] for found in _AMOUNT.finditer(low) if len(found[0]) >= LEAST_CHARS)
    if len(_DIGIT.findall(low)) > LEAST_CHARS:
        coded = _CODED.findall(low)
        shapes = [_DIGIT.sub("9", word) for word in coded]
        # Of two values of a form in one sentence one is in place of the other, of more it speaks of all.
        for word, shape in zip(coded, shapes, strict=True):
            if len(word) >= LEAST_CHARS and shapes.count(shape) == PAIR and coded.count(word) == 1:
                yield word
