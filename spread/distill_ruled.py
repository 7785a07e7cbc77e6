"""Rules that bind who goes on though the user did not type them: of skills, files of rules, orders to sub-agents.

Of each place the firmest sentences are kept; those are told that speak of what the session did.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from spread.distill_plans import unnumbered
from spread.distill_reports import CUT, is_item, pieces
from spread.distill_words import stems_once
from spread.distillation_codec import clean
from spread.transcript_events import Call

READ_CHARS: Final = 20_000
KEPT: Final = 8  # places
KEPT_EACH: Final = 10  # rules of each
MOST_CHARS: Final = 200  # of a rule; and
LONG_CHARS: Final = 130  # of one that need not be told from its beginning
LIST_CHARS: Final = 600  # of a list of them, which is told cut
LEAST_STEMS: Final = 3  # telling words of one
FIRM: Final = 1.8  # what a rule is worth at least
FIRM_PLACE: Final = 0.8  # of that for a heading of rules above it
STRESSED: Final = 0.3  # and for bold print
LISTED: Final = 3.2  # what a list of what is forbidden or demanded is worth, and
HEADS: Final = 3.2  # the headings below one of rules; a sentence has up to 3.1
SAME: Final = 0.6  # part of the words of a rule that another one has
AT_LEAST: Final = 2.0  # what a rule of an order is worth; its lists are of its task
AGAIN: Final = 8.0  # and more, where another order has it
KEPT_ORDERED: Final = 24
ORDERS: Final = "the orders to sub-agents"
SKILL: Final = "skill "
_BASE: Final = re.compile(r"Base directory for this skill: *([^\n]+)")
_FILES: Final = re.compile(
    r"(?:^|/)(?:(?:claude|agents?|gemini|contributing|conventions|guidelines|code_?style|styleguide|coding[_-]standards|"
    r"objectives?|requirements|constitution|principles|prd|spec(?:ification)?|copilot-instructions)(?:\.local)?\.(?:mdc?|mdx|rst|adoc)|\.cursorrules|\.windsurfrules|"
    r"\.(?:claude|agents|codex|cursor|github|gemini|opencode)/(?:[^/]+/)*(?:skill|[^/]*(?:rules|instructions)[^/]*|rules/[^/]+)\.mdc?)$",
    re.I,
)
_RULING: Final = re.compile(
    r"\b(?:rules?|principles?|constraints?|guidelines?|conventions?|important|critical|must|never|always|do not|don'?t|red flags?|invariants?|"
    r"limits?|restrictions?|polic(?:y|ies)|non-?goals|gates?|remember|before (?:you )?commit\w*|what not to|mandatory|"
    r"regeln|grundsätze|wichtig|règles|principes|reglas|principios|regras|regole|правила|важно)\b|规则|原则|约束|注意|规范|ルール|原則|규칙|원칙"
)
_FIRM: Final = re.compile(
    r"\b(?:never|(?<!almost )always|must(?:n'?t)?|do(?: not|n'?t)|may not|forbidden|prohibited|not allowed|(?:is|are|be) required|mandatory|refuses?|"
    r"under no circumstances|no exceptions?|only (?:after|when|if|use|once|in|the)|avoid|(?:before|after) (?:each |every |any |you )?commit\w*|"
    r"niemals|immer|nie|nunca|siempre|jamais|toujours|sempre|mai|nooit|altijd|никогда|всегда|нельзя|обязательно)\b|"
    r"不要|不能|不得|必须|禁止|务必|必ず|絶対|してはいけ|ないでください|하지 ?마|반드시|금지"
)
_VERY: Final = re.compile(  # at the beginning, or behind a label: else it may only tell how a thing works
    r"(?:^|^[^:.]{2,60}: |[—–;,] |\((?!never|always))(?:please |but |and )?(?:never(?! \w+ed\b)|always|do not|don'?t|must|avoid|niemals|immer|nunca|siempre|jamais|toujours)\b|"  # noqa: RUF001
    r"\b(?:must (?:not|never)|mandatory|forbidden|is required|under no circumstances|no exceptions?)\b|禁止|必须|必ず|금지"
)
_LEADS: Final = re.compile(
    r"\b(?:never|always|do not|don'?t|must not|not allowed|forbidden|mandatory|niemals|immer|nunca|siempre|jamais|toujours)\b|不要|禁止|必须|必ず|금지"
)
_FORBIDS: Final = re.compile(r"\b(?:do not|don'?t|must)\b")
_SHORT: Final = re.compile(r"\W*(?:do not|don'?t|never|always)\b(?!.*\b(?:it|them|this|that)\b)", re.I)
_LINK: Final = re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)")
_MARK: Final = re.compile(r"^(?:\d+[.)]|[-*])\s*")
_DANGLES: Final = re.compile(r"(?:this|that|these|those|it|they|he|she|such)\b")
_ITSELF: Final = re.compile(r"\bthis (?:skill|command|document|file|guide)\b")  # speaks of where it stands
_HEADING: Final = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*$")
_MATTER: Final = re.compile(r"\A---\n.*?\n---\n", re.S)
_BEGINS: Final = re.compile(r"\s*(?:[-*•>|#+]|\d{1,2}[.)]\s|```|<)")  # a line that is not wrapped text
_GREP: Final = re.compile(r"(?m)^\d+[-:]|^--$")
_REMINDER: Final = "<system-reminder>"
_FENCE: Final = "```"
_WIDE: Final = "\u3000"

Rule = tuple[float, int, str]  # how firm it is, and its line
Ruled = dict[str, tuple[int, list[Rule]]]  # by where they stand, with the last line that this was read in


def is_of_rules(path: str, known: Iterable[str]) -> bool:
    """Tell whether a file holds rules: by its name, or as one of a skill that was loaded."""
    if _FILES.search(path):
        return True
    bases = (name.removeprefix(SKILL) for name in known if name.startswith(SKILL))
    return path.endswith((".md", ".mdc")) and any(path.startswith(f"{base}/") for base in bases)


def looked(ruled: Ruled, path: str, call: Call) -> None:
    """Keep what was read in a file of rules, or found there."""
    if call.ok and not call.agent and is_of_rules(path, ruled):
        text = unnumbered(call.output[:READ_CHARS]).partition(_REMINDER)[0]
        note(ruled, path, call.result_line, _GREP.sub("", text) if call.name == "Grep" else text)


def loaded(ruled: Ruled, line: int, text: str) -> None:
    """Keep the rules of a skill that was loaded."""
    if found := _BASE.match(text):
        note(ruled, f"{SKILL}{found[1].strip().replace(chr(92), '/').rstrip('/')}", line, text)


def edited(ruled: Ruled, path: str, call: Call) -> None:
    """Take over what an edit makes of the rules of a file."""
    if path not in ruled:
        return
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if not (isinstance(old, str) and isinstance(new, str)):
        del ruled[path]
        note(ruled, path, call.line, str(call.input.get("content") or ""))
        return
    line, rules = ruled[path]
    gone = {said for _, said in _rules(old)}
    ruled[path] = line, [rule for rule in rules if rule[2] not in gone]
    note(ruled, path, call.line, new)


def learned(ruled: Ruled, name: str, line: int, text: str) -> None:
    """Keep what was learned from mistakes, as a place tells it."""
    if text:
        ruled[name] = line, [(HEADS, line, text)]


def ordered(ruled: Ruled, line: int, order: str) -> None:
    """Keep what an order to a sub-agent demands; what more than one of them does is a rule of the session."""
    before, known = ruled.pop(ORDERS, (0, []))[1], list[Rule]()
    found = [(value, line, said) for value, said in _rules(order[:READ_CHARS]) if AT_LEAST <= value < LISTED]
    had = {said for _, _, said in before}
    if 2 * sum(said in had for _, _, said in found) > len(found):  # given again as it was
        found = []
    words = [stems_once(said) for _, _, said in found]
    have = [stems_once(said) for _, _, said in before]
    for each, (value, first, said) in zip(have, before, strict=True):
        again = any(is_same(each, other) for other in words)
        known.append((AGAIN + value % AGAIN if again else value, first, said))
    new = [rule for rule, each in zip(found, words, strict=True) if not any(is_same(it, each) for it in have)]
    ruled[ORDERS] = line, sorted([*known, *new], key=lambda item: -item[0])[:KEPT_ORDERED]


def note(ruled: Ruled, name: str, line: int, text: str) -> None:
    """Keep the firmest rules of a text beside those known of the same place."""
    found = [(value, line, said) for value, said in _rules(text[:READ_CHARS])]
    if not found and not name.startswith(SKILL):
        return
    before = ruled.pop(name, (0, []))[1]
    known = {said for _, _, said in found}
    every = [*found, *(item for item in before if item[2] not in known)]
    ruled[name] = line, sorted(every, key=lambda item: -item[0])[:KEPT_EACH]
    while len(ruled) > KEPT:
        del ruled[next(iter(ruled))]


def _rules(text: str) -> Iterator[tuple[float, str]]:
    """Yield the firm sentences of a text, with how firm they are."""
    for ruling, body, heads in _parts(text):
        if heads:
            yield HEADS, heads
        lists = dict[str, list[str]]()
        for piece in pieces(clean(_LINK.sub(r"\1", _unwrapped(body)))):
            said = piece.text.replace("\u2019", "'")
            if piece.heading or said.endswith((":", "?", CUT)) or "[ ]" in piece.source:
                continue
            low = said.lower()
            if _DANGLES.match(low) or _ITSELF.search(low):
                continue
            if is_item(piece.source) and _LEADS.search(piece.under.lower()):
                lists.setdefault(piece.under, []).append(said.rstrip("."))
                continue
            firm, very = bool(_FIRM.search(low)), bool(_VERY.search(low))
            value = firm + very + FIRM_PLACE * ruling + STRESSED * (firm and "**" in piece.source)
            if value >= FIRM and (said := _clause(said, low)) and _stands_alone(said):
                yield value, said
        for lead, items in lists.items():
            yield LISTED, listed(lead, items)


def listed(lead: str, items: list[str]) -> str:
    """Return a list on one line: whole items, as no secret may be cut in half before it is seen."""
    while len(items) > 1 and sum(map(len, items)) > LIST_CHARS:
        items = items[:-1]
    return f"{lead}: {'; '.join(items)}"


def _clause(said: str, low: str) -> str:
    """Return a rule, of a long sentence from the clause on that forbids or demands; nothing where that is long, too."""
    if len(said) > LONG_CHARS and (found := _FORBIDS.search(low)):
        begins = max(low.rfind(mark, 0, found.start()) for mark in (", ", "; ", " — ", " (", ": "))
        said = f"…{said[begins + 2 :].lstrip('— (')}" if begins > 0 else said
        said = said if "(" in said else said.replace(")", "")
    return said if len(said) <= MOST_CHARS else ""


def _stands_alone(said: str) -> bool:
    """Tell whether a rule says enough to be told alone."""
    count = len(stems_once(said))
    wide = max(said) > _WIDE  # its words have no blanks between them
    return count >= LEAST_STEMS or (count > 0 and (wide or bool(_SHORT.match(said))))


def _parts(text: str) -> Iterator[tuple[bool, str, str]]:
    """Yield whether a part of a text stands under a heading of rules, and the part, without what is fenced.

    Below a heading of rules the headings of its parts are rules themselves, given in the third place.
    """
    fences = [line for line in text.splitlines() if line.lstrip().startswith(_FENCE)]
    fenced = len(fences) % 2 == 1 and fences[0].strip() == _FENCE  # the text begins within one
    ruling, title, level = False, "", 0
    body, titles = list[str](), list[str]()
    for line in _MATTER.sub("", text, count=1).splitlines():
        if line.lstrip().startswith(_FENCE):
            fenced = not fenced
            line = ""
        if fenced:
            continue
        heading = _HEADING.match(line) if line.startswith("#") else None
        if heading is None:
            body.append(line)
            continue
        yield ruling, "\n".join(body), ""
        body, named = [], _MARK.sub("", heading[2]).replace("**", "")
        if ruling and len(heading[1]) > level:
            titles.append(named)
            continue
        yield from _titles(title, titles)
        title, titles, level = named, [], len(heading[1])
        ruling = bool(_RULING.search(title.lower()))
    yield ruling, "\n".join(body), ""
    yield from _titles(title, titles)


def _titles(title: str, titles: list[str]) -> Iterator[tuple[bool, str, str]]:
    if len(titles) > 1:
        yield True, "", listed(title, titles)


def _unwrapped(text: str) -> str:
    """Return a text with wrapped lines put together."""
    out, before = list[str](), ""
    for line in text.split("\n"):
        if before.strip() and line.strip() and not _BEGINS.match(line) and before.lstrip()[:1] not in "#|`<":
            out[-1] += f" {line.strip()}"
        else:
            out.append(line)
        before = line
    return "\n".join(out)


def is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two rules, by their telling words, say the same."""
    return len(one & other) >= SAME * min(len(one), len(other))
