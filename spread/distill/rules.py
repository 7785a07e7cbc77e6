# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""Rules that the user sets in a prompt, and which of them bind until a later one takes them back.

They are given verbatim or not at all. The patterns know English best and the plain forms of some other
languages; what they miss still stands in the log of what the user said.
"""

import re
from functools import lru_cache
from typing import Final

from spread.distill.words import in_plain, own_paragraphs, sentences, stems, unwrapped

_IMPERATIVE_NOT: Final = (
    r"(?:^|[,;:(–—-]\s*|\b(?:please|but|and|so|also|just|you|we|let'?s|ok(?:ay)?|no|yes|then|to|now)\s+)"
    r"(?:do not|don'?t|dont|let'?s not|not to)\s+(?!know|think|see|understand|remember|care|have\b|get\b|mind|really|like|work|need|exist|look|feel|match|"
    r"seem|believe|recall|even|you\b|we\b|they\b)"
)
_STRONG: Final = re.compile(
    rf"\b(?:never|(?<!can )always|must(?:n'?t)?|avoid|make sure|be sure|ensure|from now on|no need (?:to|for)|stop \w+ing|"
    rf"(?:should|shall|need)(?: not|n'?t)|shouldnt|prefer\w*|refrain|forbidden|required|requirement|mandatory|"
    rf"under no circumstances|at all times|as a rule|better not|not allowed|only (?:use|change|touch|edit|do|run|when|if|in|"
    rf"the|what\w*|exactly)|(?:use|do|run|change|touch|edit|keep|need|want|not|just) only|instead of|rather than|"
    rf"without (?:any|asking|breaking|changing|touching|adding|removing|modifying|losing)|no (?:new|more|extra|external|emoji|"
    rf"comments?|mocks?|dependenc\w+|hacks?|fallbacks?|backward|micro\S*|\w+ing)|i (?:don'?t|do not|dont) want|"
    rf"(?:we|you) (?:don'?t|do not|dont) (?:want|need)|please use|leave \w+ (?:alone|as|unchanged|untouched)|"
    rf"keep (?:it|the|this|all|my|our|each|every|them|things)|stick (?:to|with)|needs? to (?:work|be|stay|support)|"
    rf"read[- ]?only (?:until|unless|please|for now|at first)|until i (?:say|tell|confirm|approve|give)|unless i (?:say|tell|ask)|"
    rf"(?<!to )ask (?:me )?(?:first|before)|would be (?:great|good|nice|better) if it (?:didn'?t|never)|(?:before|after) (?:you )?commit\w*|"
    rf"as (?!soon|quick|fast)\w+ as possible|where(?:ver)? possible)\b|\b(?:each|every) \w.* please\b|^please .*\b(?:each|every) \w|^(?:stay |strictly )?read[- ]?only\b|{_IMPERATIVE_NOT}",
)
# What is wanted only so, or not at all, said in the fewest words: none of these is found in the middle of a sentence.
_SHORT: Final = re.compile(
    r"(?:^|[,;:(–—] ?|\b(?:and|but|so|please|pls|then) )(?:"
    r"no (?!thanks?\b|worr|problem|need|rush|hurry|idea|way\b|one\b|longer|matter|doubt|wonder)(?:[\w-]+ ){1,4}(?:(?:please|pls|plz)(?![\w ])|until (?:i|we)\b)|"
    r"(?:commit|push|run|test|stop|ask|wait|report|update|build|lint|format)\b[^.,;?]{0,40}\b(?:after|before|for) (?:each|every)\b)"
)
_UNTIL_TOLD: Final = re.compile(
    r"\buntil (?:i|we) (?:say|said|tell|told|confirm|approve|agree|ok|okay|give|have (?:said|approved|confirmed))\b"
)
_GOES: Final = re.compile(
    r"(?:(?:ok(?:ay)?|yes|yeah|great|good|fine|perfect|nice|alright|all right|now|so|then|and|looks good|lgtm|please)[,.!]* )*"
    r"(?:go\b(?! (?:on|back|over|through|to)\b)|start\b|begin\b|implement\b|proceed\b|code\b|build it\b|do it\b|let'?s (?:go|start|begin|code|implement|build)\b)"
)
_FIRM: Final = re.compile(rf"\b(?:never|always|only|not?|must|stick (?:to|with))\b|{_IMPERATIVE_NOT}")
_OTHER: Final = re.compile(
    r"不要|不能|不许|不得|必须|禁止|务必|一定要|只能|只需|始终|永远|别(?:再|用|动|改)|勿|请(?:用|不)|"
    r"しない(?:で|こと)|禁止|必ず|絶対|してはいけ|ないでください|하지 ?마|반드시|금지|"
    r"\b(?:niemals|nie\b|(?<!noch )immer(?! noch)|auf keinen fall|bitte (?:kein|nicht|nur)|nicht (?:ändern|anfassen|löschen)|nur noch|"
    r"nunca|siempre|jamás|no (?:uses|toques|cambies|hagas|modifiques)|evita|asegúrate|"
    r"jamais|toujours|ne \w+ (?:pas|jamais|plus)|n'\w+ (?:pas|jamais|plus)|évite[rz]?|sempre|não (?:use|mude|altere|faça)|"
    r"nur les(?:en|end)|(?:frag|fragt|frage)(?: mich)? (?:vorher|zuerst|erst)|(?:vorher|zuerst|erst) (?:zu )?fragen|ohne (?:zu fragen|\w+ zu (?:ver)?ändern)|"
    r"solo lectura (?:por|hasta)|preg[uú]nta(?:me)? (?:antes|primero)|sin (?:tocar|cambiar|modificar|preguntar)|sans (?:toucher|modifier|demander|changer)|"
    r"mai\b|non (?:usare|toccare|modificare)|nooit|altijd|aldrig|alltid)\b|никогда|всегда|нельзя|обязательно|не надо|не (?:трогай|меняй|используй)",
)
# One of these stands in all of that which is of ASCII.
_OTHER_HINTS: Final = (
    "nie", "immer", "auf keinen", "bitte", "nicht ", "nur noch", "nunca", "siempre", "no uses", "no toques", "no cambies",
    "no hagas", "no modif", "evita", "jamais", " pas", " plus", "toujours", "sempre", "mai", "usare", "toccare",
    "modificare", "nooit", "altijd", "aldrig", "alltid", "nur les", "frag", "ohne ", "lectura", "gunta", "sin ", "sans ",
)  # fmt: skip
# An ASCII sentence without any of these matches none of the patterns of rules; to look is much faster.
_RULE_HINTS: Final = (
    "never", "always", "must", "avoid", "sure", "now on", "no ", "stop", "should", "shall", "need", "prefer", "refrain",
    "forbid", "requir", "mandat", "circum", "at all times", "as a rule", "better", "not", "only", "instead", "rather",
    "without", "don't", "dont", "use", "leave", "keep", "stick", "would be", "commit", "nie", "immer", "keinen", "bitte", "nur",
    "nunca", "siempre", "evita", "jamais", "toujours", "n'", "ne ", "sempre", "mai", "altijd", "aldrig", "alltid", "no\t",
    "nooit", "ensure", "from now", "no\n", "non ", "possible", "each ", "every ", "until i ", "unless i ", "ask ", "frag", "ohne ", "lectura", "gunta",
    "sin ", "sans ",
)  # fmt: skip
_STATEMENT: Final = re.compile(
    r"^(?:[\"'“‘(]|like\b|in theory\b)|^(?:just to be sure,? )?(?:it|this|that|there|they|he|she|the [^,.]{1,60} (?:is|are|was|"
    r"will|does|has)|the \w+ of|it will also)\b.{0,60}\bnever\b|^(?:(?:ah+|oh|ok(?:ay)?|hmm+|well|but|and|so)\b,? )*(?!it (?:would|'d) be \w+ if )(?:it|this|that|there|they|he|she|the \w+|i)\b.{0,40}\b(?:doesn'?t|does not|didn'?t|isn'?t|wasn'?t|can'?t|"
    r"cannot|couldn'?t|won'?t)\b|.{0,200}\bi wonder\b",
)
_ASKED: Final = re.compile(
    r"^(?:why|what|how|when|where|who|is|are|does|did|would|could|can (?!you)|do you|do we|should (?:i|we|it))\b",
)
# Asks for an answer, though it may name what should be so; `_HOLDS` says that it holds for what is done later, too.
_ENQUIRES: Final = re.compile(
    r"(?:(?:please|can you|could you|also|and|but|then|now|so|ok(?:ay)?|first|just|let'?s),? ){0,4}"
    r"(?:(?:double[- ]?)?check|confirm|verify|find out|figure out|see(?! (?:if|whether) (?:you|we|it) c)|tell me|explain|let me know|clarify)"
    r"(?: to me| for me| again)?,? (?:whether|if|that|how|why|what|which|where)\b",
)
_HOLDS: Final = re.compile(
    r"\b(?:(?:make|be) sure|ensure|avoid|keep|leave|prefer|refrain|stop|before|after|when(?:ever)?|each|every|from now on|\w*n'?t)\b"
)
_NEGATED: Final = re.compile(r"\b(?:don'?t|do not|dont|never|no need to|stop|not to)\s+(?:\w+ly\s+)?(\w{3,})")
_ASKS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|now|please|and|then|yes|let's|can you|go ahead and|great|cool|perfect|nice)[,.!]?\s+)*(\w{3,})",
)
_POLITE: Final = re.compile(
    r"^(?:can|could|would|will) you\b|^please\b|\bplease\b|\b(?:can|could) we (?:\w+ )?stick\b"
)
_REVOKE: Final = re.compile(  # each begins with its letter, not with `\b`, as the search is much faster so
    r"n(?<!\wn)(?:ever ?mind|o longer)\b|f(?<!\wf)(?:orget (?:about )?(?:that|the rule|what i said|it)|eel free to)\b|"
    r"i(?<!\wi)(?:gnore (?:that|what i said|my (?:last|previous))|t'?s (?:ok|okay|fine) to)\b|y(?<!\wy)ou (?:can|may) (?:now )?\b|"
    r"g(?<!\wg)o ahead and\b|c(?<!\wc)hanged my mind\b|a(?<!\wa)ctually,? (?:let'?s|do|use|you)\b",
)
# One of these stands in all that is found; to look is much faster.
_REVOKE_HINTS: Final = (
    "mind", "no longer", "forget ", "feel free", "ignore ", "s ok", "s fine", "you can ", "you may ", "go ahead", "actually",
)  # fmt: skip


CONDITION_CHARS: Final = 160  # of a sentence that is told with the rule before it
_CONDITION: Final = re.compile(
    r"(?:(?:but|and|only) )?(?:if|when|whenever|unless|until|once|except|otherwise|because|since|as long as|instead|wenn|außer|sonst|weil|"
    r"si|sauf|sinon|porque|salvo)\b",
    re.I,
)
_LEANS: Final = re.compile(  # what it is about stands in the sentence before it
    r"(?:(?:and|but|so|also|please|just|then),? ){0,3}(?:(?:it|its|this|that|these|those|they|them|same)\b|"
    r"only (?!use|change|touch|edit|do\b|run)|(?:should|must|never|always|don'?t|do not|keep|leave) (?:\w+ )?(?:it|this|that|them|these|those|they)\b)",
    re.I,
)


def rules(text: str) -> list[str]:
    """Return the sentences of a prompt that set a rule, verbatim; one that says when or why with the rule before it, and
    one that does not say of what with the sentence before it."""
    text = unwrapped(own_paragraphs(text))
    out: list[str] = []
    before, last = "", ""
    for said in sentences(text):
        whole = f"{before or last} {said}"
        joined = len(last) <= CONDITION_CHARS and whole in text
        if _is_rule(said):
            leans = joined and bool(last and _LEANS.match(said))
            if leans and before:
                out.pop()
            before = whole if leans else said
            out.append(before)
        elif before and _is_condition(said) and whole in text:
            out[-1] = before = whole
        else:
            before = ""
        last = said
    return out


def _is_condition(said: str) -> bool:
    """Tell whether a sentence only says when, why or unless what the one before it says holds."""
    return len(said) <= CONDITION_CHARS and not said.endswith("?") and bool(_CONDITION.match(said))


def _is_rule(said: str) -> bool:
    if not 8 <= len(said) <= 400:
        return False
    plain = in_plain(said)
    if plain.isascii() and not any(map(plain.__contains__, _RULE_HINTS)):
        return False
    if _ASKED.match(plain) and not _POLITE.search(plain):
        return False
    if _ENQUIRES.match(plain) and not (_FIRM.search(plain) or _HOLDS.search(plain)):
        return False
    if said.endswith(("?", "？")) and not (_POLITE.search(plain) and _FIRM.search(plain)):
        return False
    if (_STRONG.search(plain) or _SHORT.search(plain)) and not _STATEMENT.match(plain):
        return True
    return _may_be_other(plain) and _OTHER.search(plain) is not None


def _may_be_other(plain: str) -> bool:
    """Tell quickly whether a sentence may be a rule in another language."""
    return not plain.isascii() or any(map(plain.__contains__, _OTHER_HINTS))


def still_binding(text: str, known: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the rules (line, words) that a later prompt does not take back.

    It takes one back by saying so while speaking of the same thing, or by asking for just what was forbidden.
    """
    low = in_plain(text[:3_000])
    if any("until " in rule for _, rule in known) and not low.rstrip().endswith("?") and _GOES.match(low):
        known = [item for item in known if not _UNTIL_TOLD.search(in_plain(item[1]))]
    revokes = any(map(low.__contains__, _REVOKE_HINTS)) and _REVOKE.search(low)
    if not revokes and not any(map(low.__contains__, _verbs(tuple([rule for _, rule in known])))):
        return known
    said = [in_plain(part) for part in sentences(text[:3_000])]
    taken = [stems(_REVOKE.sub("", part)) for part in said if _REVOKE.search(part) and _states(part)]
    asked = [found[1].lower() for part in said if not _NEGATED.search(part) and (found := _ASKS.match(part))]
    if text.startswith("/"):
        asked.append(text[1:].split(" ", 1)[0].lower())
    if not taken and not asked:
        return known
    parts = {part for word in asked for part in word.replace(":", "-").split("-")}
    words = f" {' '.join(asked)}"
    out = []
    for line, rule in known:
        verb = _forbidden(rule)
        wanted = verb and (verb in parts or f" {verb}" in words)
        if not wanted and not any(_on_same(part, stems(rule)) for part in taken):
            out.append((line, rule))
    return out


def _states(said: str) -> bool:
    """Tell whether a sentence says something, and does not only ask."""
    return not said.endswith(("?", "？")) or bool(_POLITE.search(said))


def _on_same(said: set[str], rule: set[str]) -> bool:
    """Tell whether words speak of what a rule is about: they share half of the shorter one."""
    return 2 * len(said & rule) >= max(min(len(said), len(rule)), 1)


@lru_cache(16)  # the rules change rarely
def _verbs(rules: tuple[str, ...]) -> list[str]:
    return list(filter(None, map(_forbidden, rules)))


@lru_cache(1_000)
def _forbidden(rule: str) -> str:
    """Return the verb that a rule forbids, or an empty string."""
    negated = _NEGATED.search(in_plain(rule))
    return negated[1].lower().removesuffix("ing") if negated else ""
