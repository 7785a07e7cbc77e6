# ruff: noqa: RUF001  (the patterns hold the dashes and quotes that people and agents write)
"""Options that the agent laid out by letters or numbers: which of them a reply takes, and which not."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.words import sentences, stems
from spread.distillation_codec import shorten
from spread.distillation_parts import title

OPTION_CHARS: Final = 200
LEAST_CHARS: Final = 5  # of an option within a line: "errors (1) and (2)" are none
MEANS_CHARS: Final = 40  # of a sentence that says something
READ_CHARS: Final = 6_000  # of the message, its end
CALLED_CHARS: Final = 70  # of each of several that are taken
NAME_CHARS: Final = 60  # of a reply that is an option's name
ALONE_CHARS: Final = 120  # of a reply that is nothing but labels
REPLY_CHARS: Final = 300  # a longer reply may begin with a label, but not name one further on
_LINE: Final = re.compile(
    r"^\W*(?:(?:option|approach|alternative)\s+\**`?)?([1-9]|[A-H])`?\**\s*(?:[.):—–]|-(?=\s))\s*(\S.+)$",
    re.I,
)
_IN_BRACKETS: Final = re.compile(r"(?<![\w.])([A-H1-9])\** \(([^()\n]{3,80})\)")
_NAMED: Final = re.compile(r"\b(?:option|approach|alternative)\s+#?([1-9A-H])\b", re.I)
_CELL: Final = re.compile(r"\**(?:option\s+)?([A-H]|[1-9])\**\s*[.):—–]\s*(\S.+)$", re.I)
# Of a list within a line, its first and each further label; what is behind the last one goes to the end of its sentence.
_WITHIN: Final = re.compile(r"(?<![\w)`])\(([1-9]|[a-hA-H])\)\s+(?=\S)")
_SENTENCE_END: Final = re.compile(r"(?<=[^\W\d_])[.?!](?=\s|$)|(?<=[`)%\d])[.?!](?=\s+[A-Z(`]|$)")
_JOINS: Final = re.compile(r"[\s,;.]*(?:\b(?:or|and|oder|und|o|ou)\s*)?$")
_LABEL: Final = r"\(?#?([1-9]|[a-h])"
_ALONE: Final = re.compile(
    rf"(?:(?:let'?s |please )?(?:do|allow|take|use|pick|choose|go with|i(?:'d| would)? (?:prefer|like|pick|choose)|both)?\s*)"
    rf"(?:options?|numbers?|approach|die|nimm|variante|nummer)?\s*{_LABEL}\)?(?:\s*(?:,|and|or|&|\+|\s)\s*{_LABEL}\)?)*\s*(?:please|bitte)?[.)!]*",
    re.I,
)
_BOTH: Final = re.compile(
    r"(?:(?:i(?:'d)? (?:want|like|prefer)|let'?s (?:do|have)|do|take|yes,?|ok(?:ay)?,?) )*both(?: of (?:them|these))?\b[^?]{0,40}",
    re.I,
)
_EXPLAINS: Final = re.compile(r"\s[—–-]\s|:\s|[.?!](?:\s|$)")
_BRACKETS: Final = re.compile(r"\s*\(([^()]*)\)")
_MORE: Final = re.compile(r"(?<![\w.#])#?([1-9]|[a-h])(?![\w'-]|\.\d)", re.I)
_DECLINES: Final = re.compile(
    r"\b(?:no|not|none|never|neither|nor|without|skip|drop|stop|except|instead|rather|dont|nicht|kein\w*|ohne)\b|n['’]t\b", re.I
)  # fmt: skip
_LEADS: Final = re.compile(
    r"(?:(?i:(?:i (?:think|guess)|i'd say|ok(?:ay)?,?|yes,?|let'?s (?:do|go with)) )*(?i:option )?\(?\**([A-Ha-h])\**[.):,],?(?=\s|$))|"
    r"\(([1-9])\),?(?=\s|$)|"
    r"(?:option )?#?([1-9]) (?:is|does|seems|sounds|looks|works|please)\b(?! (?:\w+ly |just |also )?(?:wrong|not|no|out|bad|too|false)\b)"
)
# A number and a comma, or a word of other languages for taking one before it; what asks takes nothing.
_FIRST: Final = re.compile(
    r"(?:(?:ok(?:ay)?|ja|да|так|sim|sí|oui|давай(?:те)?|бер[уи]|лучше|тогда|вариант|nimm|nehmen wir|lieber|variante|vamos(?: com| de)?|prefiro|prefiero|opci[oó]n|opção|opcja|weź|"
    r"dawaj|wybieram|je prends|plutôt|la|el|a|o|选|選|就|第)[\s,]*){0,3}([1-9])(?:[,，、](?!\s*\d)|吧|番|번|\s*$)(?!.*[?？])",
    re.I | re.S,
)
_AMONG: Final = re.compile(
    r"\b(?:do|option|go with|start with|take|pick|choose|number|use|build|implement|try)\s+[#(]?([1-9A-H])\b(?![\w'.-]\w)(?! (?:more|other|times?|minutes?|seconds?|hours?|days?)\b)"
    r"(?:[.)]?(?: and |, | & )#?([1-9A-H])\b(?![\w'.-]\w))?"
)
_PAIR: Final = re.compile(  # labels written as the list has them, as nobody writes mere numbers
    r"(?<![\w.#])([1-9A-H])[.)] ?(?:,|and|&|\+|und|et|y|e) #?([1-9A-H])(?:[.)](?!\w)|\b(?![\w'.-]\w))"
)
# Of a list of things none of which is turned down so; behind a mere number its end, as "fix 2 tests" counts.
_TAKES_UP: Final = re.compile(
    r"\b(?:examine|address|tackle|fix|discuss|review|handle|look (?:at|into)|go (?:over|through)|begin with|work on)\s+[#(]?([1-9A-H])\)?"
    r"(?=\s*(?:$|[,;!]|\.(?:\s|$))|\s+(?:first|next|now)\b)"
)
_PRAISES: Final = re.compile(
    r"\b(?:[oO]ption ([A-H1-9])|([B-H])) (?:is|seems?|sounds?|looks?) (?:to be )?(?:like )?(?:an? |the )?(?:very |really |quite |much )?"
    r"(?:good|fine|ok|okay|best|better|right|great|nice|reasonable|perfect|way to go)\b"
)
_OR: Final = re.compile(r",? or ")
_DIGIT: Final = re.compile(r"(?<![\w.])[1-9]\b")
_STOPS: Final = re.compile(r"[.!?/]\s")


def options_of(said: str) -> dict[str, str]:
    """Return the options of a message by their labels in capitals: the last list of letters and that of numbers."""
    return _options(said[-READ_CHARS:])


@lru_cache(200)
def _options(said: str) -> dict[str, str]:
    groups: dict[bool, dict[str, str]] = {False: {}, True: {}}
    for line in said.splitlines():
        found = (
            [cell for text in line.split("|") if (cell := _CELL.match(text.strip()))]
            if line.lstrip().startswith("|")
            else [item]
            if (item := _LINE.match(line))
            else []
        )
        for label, text in [(item[1].upper(), item[2].strip(" *|")) for item in found] or _within(line):
            group = groups[label.isdigit()]
            if label in group or label < max(group, default=""):
                group.clear()
            group[label] = text
    return groups[False] | groups[True]


def _within(line: str) -> list[tuple[str, str]]:
    """Return the labels and options of a list that a line holds, as "(1) wait, (2) go on", from the first one on."""
    found = [*_WITHIN.finditer(line)] if "(2)" in line or "(b)" in line.lower() else []
    start = next((at for at, item in enumerate(found) if item[1] in ("1", "a", "A")), len(found))
    out = list[tuple[str, str]]()
    for at, item in enumerate(found[start:], start):
        if ord(item[1]) != ord(found[start][1]) + len(out):
            break
        until = found[at + 1].start() if at + 1 < len(found) else len(line)
        text = line[item.end() : until]
        if end := _SENTENCE_END.search(text):
            text = text[: end.start()]
        out.append((item[1].upper(), _JOINS.sub("", text).replace("**", "")))
    return out if len(out) > 1 and all(len(text) > LEAST_CHARS for _, text in out) else []


@lru_cache(64)  # a reply is asked about more than once
def labels_of(reply: str) -> list[str]:
    """Return the labels that a reply names as what it takes."""
    text = reply.strip()
    if len(text) <= ALONE_CHARS and (found := _ALONE.fullmatch(text)):
        return [label.upper() for label in _MORE.findall(text)] if found[2] else [found[1].upper()]
    if found := _LEADS.match(text):
        own = len(_WITHIN.findall(text)) > 1  # a list of the user's own
        return [] if own else [(found[1] or found[2] or found[3]).upper()]
    if len(text) <= REPLY_CHARS and (found := _FIRST.match(text)):
        return [found[1]]
    if len(text) <= REPLY_CHARS and (found := _AMONG.search(text)):
        return [label.upper() for label in found.groups() if label]
    if len(text) > REPLY_CHARS:
        return []
    found = _PAIR.search(text) or _TAKES_UP.search(text) or _PRAISES.search(text)
    if not found or _DECLINES.search(_STOPS.split(text[: found.start()])[-1]):
        return []
    return [label.upper() for label in found.groups() if label]


def takes_up(reply: str) -> bool:
    """Tell whether a reply only names by its label what comes next: that turns down nothing."""
    found = _TAKES_UP.search(reply[:REPLY_CHARS])
    if found is None:
        return False
    said = _STOPS.split(reply[: found.start()])[-1] + _STOPS.split(reply[found.start() :])[0]
    return not _DECLINES.search(said)


def named(reply: str, said: str) -> str:
    """Return the option of a message that a reply speaks of by its label, an empty string where it names none."""
    found = _NAMED.search(reply[:REPLY_CHARS])
    return options_of(said).get(found[1].upper(), "").replace("**", "") if found else ""


def referred(said: str) -> str:
    """Return the label of the option that a message speaks of last, an empty string where it names none."""
    found = _NAMED.findall(said[-READ_CHARS:])
    return found[-1].upper() if found else ""


def _in_brackets(label: str, said: str) -> str:
    """Return the name that stands in brackets behind a label, with the sentence that says what it means."""
    found = [item for item in _IN_BRACKETS.finditer(said) if item[1] == label]
    if not found:
        return ""
    means = next((part for part in sentences(said[found[-1].end() :]) if len(part) >= MEANS_CHARS), "")
    return f"{found[-1][2]}{means and ': '}{means}".replace("**", "")


def _by_name(reply: str, said: str) -> list[str]:
    """Return the label of the option that alone bears in its title all the telling words of a short reply."""
    if (
        len(reply) > NAME_CHARS
        or reply.endswith("?")
        or _DECLINES.search(reply)
        or not (words := stems(reply))
    ):
        return []
    found = [label for label, text in options_of(said).items() if words <= stems(title(text))]
    return found if len(found) == 1 and not found[0].isdigit() else []


def picked(reply: str, said: str, asked: str = "") -> tuple[str, str]:
    """Return the option of a message that a reply takes, and the titles of the others; empty where it names none.

    Args:
        asked: The question that the message ends with: to one an option's name can be an answer.
    """
    labels = labels_of(reply) or (_by_name(reply.strip(), said) if asked else [])
    both = not labels and bool(_BOTH.fullmatch(reply.strip()))
    options = options_of(said) if labels or both else {}
    if both:
        labels = [label for label in options if not label.isdigit()] or list(options)
        if len(labels) != 2:
            return "", ""
    taken = [options[label] for label in labels if label in options]
    if len(labels) == 1 and not taken:  # the list stands elsewhere
        return _in_brackets(labels[0], said[-READ_CHARS:]), ""
    if (
        not taken
        or len(taken) < len(labels)
        or (len(taken) == 1 and _asks_otherwise(asked, labels[0], taken[0]))
    ):
        return "", ""
    alike = [label for label in options if label.isdigit() == labels[0].isdigit() and label not in labels]
    alike += _left_beside(taken, options, labels)
    told = (
        shorten(taken[0].replace("**", ""), OPTION_CHARS)
        if len(taken) == 1
        else "; ".join(map(_called, taken))
    )
    return told, "" if takes_up(reply) else "; ".join(_titled(options[label]) for label in alike[:5])


def _titled(option: str) -> str:
    """Return what an option is called; code that was cut in the middle stands without its mark."""
    name = title(option).rstrip(".")
    return name.replace("`", "") if name.count("`") % 2 else name


def _asks_otherwise(asked: str, label: str, option: str) -> bool:
    """Tell whether the closing question lays out two ways of its own, so that a number may mean one of them."""
    ways = _OR.split(asked)
    if not label.isdecimal() or len(ways) != 2 or int(label) > 2 or _DIGIT.search(asked):
        return False
    return stems(ways[int(label) - 1]).isdisjoint(stems(option))


def _called(option: str) -> str:
    """Return what an option is called that is taken with others: up to where it is explained, no brackets in it."""
    name = _EXPLAINS.split(option.replace("**", ""), maxsplit=1)[0]
    return shorten(_BRACKETS.sub(r", \1", name), CALLED_CHARS)


def _left_beside(taken: list[str], options: dict[str, str], labels: list[str]) -> list[str]:
    """Return the options of the other list that a step leaves which is taken and builds on one of them."""
    first = next((found[1].upper() for text in taken if (found := _NAMED.search(text))), "")
    if first not in options or first.isdigit() == labels[0].isdigit():
        return []
    return [label for label in options if label.isdigit() == first.isdigit() and label != first]
