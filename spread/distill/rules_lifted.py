# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""Which rules of the user still bind after a later prompt: it may take one back, or ask for just what was forbidden."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill import rules_learned
from spread.distill.rules_waits import over
from spread.distill.words import in_plain, sentences, stems

SAID_CHARS: Final = 3_000  # of a prompt
_TERSE: Final = re.compile(r"\bu(?= (?:can|may)\b)")
_NEGATED: Final = re.compile(
    r"\b(?:don'?t|do not|dont|never|no need to|stop|not to|(?:hold off|wait) (?:on|with)(?: the)?)\s+(?:\w+ly\s+)?(\w{3,})"
)
_NO_ACT: Final = re.compile(r"(?:please,? )?no (commit|push|deploy|merge|release)(?:e?s|ments)?\b")
_QUOTED: Final = re.compile(r"\"[^\"\n]{8,200}\"|`[^`\n]{8,200}`|“[^”\n]{8,200}”")
_UNTIL_TOLD: Final = re.compile(
    r"\b(?:until|before) (?:i|we) (?:say|said|tell|told|confirm|approve|agree|ok|okay|give|have (?:said|approved|confirmed))\b"
)
_GOES: Final = re.compile(
    r"(?:[^?]*?[.!;] (?=(?:go ahead|go for it|proceed)\b))?(?:(?:ok(?:ay)?|yes|yeah|great|good|fine|perfect|nice|alright|all right|now|so|then|and|looks good|lgtm|please)[,.!]* )*"
    r"(?:go\b(?! (?:on|back|over|through|to)\b)|start\b|begin\b|implement\b|proceed\b|code\b|build it\b|do it\b|let'?s (?:go|start|begin|code|implement|build)\b)"
)
_ASKS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|now|please|and|then|yes|let's|can you|go ahead and|great|cool|perfect|nice|do(?: the)?)[,.!]?\s+)*(\w{3,})(?!:| (?:is|was|are|fails|failed|takes|seems|still|button|page|rejected|errors?)\b)",
)
_DO_THE: Final = re.compile(
    r", (?:now |please |then )*(?:do the (\w{3,})|(\w{3,}) (?:it|them|that)(?: again\b.*| now| please)?[.!]?$)"
)
_WORKS: Final = r"(?:touch|edit|change|modify|work|use)"
_REVOKE: Final = re.compile(  # each begins with its letter, not with `\b`, as the search is much faster so
    r"n(?<!\wn)(?:ever ?mind|o longer)\b|f(?<!\wf)(?:(?<!'t f)(?<!nt f)(?<!ot f)orget (?:(?:about )?(?:that|the rule|what i said|it|the|my)\b|(?!to\b|if\b|whether|how\b|i\b|about|the\b|my\b|it\b|that\b|what\b)(?=\w))|eel free to\b)|w(?<!\ww)e can (?:now )?(?:drop|remove|delete|change|touch|edit|break|rename|use)\b|"
    r"i(?<!\wi)(?:gnore (?:that|what i said|my (?:last|previous))|t'?s (?:ok|okay|fine) to)\b|y(?<!\wy)ou (?:can|may) (?:now )?\b|"
    r"g(?<!\wg)o ahead\b|c(?<!\wc)hanged my mind\b|a(?<!\wa)(?:ctually,? (?:let'?s|do|use|you)|s you (?:like|want|wish))\b|"
    r"s(?<!\ws)cra(?:tch that|p (?:the|that|this|my))\b|d(?<!\wd)rop the (?=[^.]{0,40}\brule\b)|r(?<!\wr)ule (?:is|are) (?:off|gone|void|over|dead)\b|d(?<!\wd)u (?:darfst|kannst) (?=(?:[\w-]+ ){0,5}?(?:jetzt|nun|wieder|ruhig|doch)\b)|a(?<!\wa)fter all(?=[.,!]|$)|"
    r"d(?<!\wd)as mit (?:de[nmrs] )?(?=(?:[\w-]+ ){1,5}(?:vergiss|(?:kannst|könnt) (?:du|ihr) (?:\w+ )?vergessen)\b(?! (?:\w+ )?nicht\b))|"
    r"v(?<!\wv)ergiss (?:(?:bitte |mal )?das mit (?:de[nmrs] )?|was ich (?:über|zu[mr]?|von) )(?![^.,;!]*\bnicht\b)|"
    r"o(?<!\wo)lvida lo (?:del?|que dije (?:del?|sobre)) |o(?<!\wo)(?<!n'o)ublie (?:(?:ce que j'ai dit (?:sur|des?)|l'histoire d(?:es?|u)|les?|la) |l')|"
    r"o(?<!\wo)(?<!no o)(?<!no te o)lvida (?:los?|las?|el) |l(?<!\wl)ascia perdere (?:(?:il?|lo|la|gli|le) |l')|e(?<!\we)(?<!não e)squeça (?:[oa]s? |iss?o d[eoa]s? )|"
    r"(?<!\w)(?:ya puedes|tu peux|vous pouvez|(?:já |agora )pode)\b|(?:现在|已经)?可以|теперь можно\b|ても(?:いい|大丈夫|構)",
)
# What is called fine: with an article it is only told how a thing stands.
_FINE: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|fine|alright|actually|yes|no|well|also)\b,? )*(?!the\b|it\b|this|that|all\b|everything|i\b|my\b)(.{2,60}?) "
    r"(?:is|are) (?:(?:now|totally|perfectly|also) )?(?:ok|okay|fine|allowed)\b(?! (?:on|in|with|at|when|to) )|"
    r"^(.{2,40}?) (?:ist|sind) (?:doch|jetzt|nun|auch) (?:ok|okay|erlaubt|in ordnung)\b|"
    r"^(?:(?:ok(?:ay)?|actually)\b,? )*(?!the\b|it\b|this|that)(\w[^,.]{1,40}?) (?:is|are|was|were) wrong after all\b"
)
_FREED: Final = re.compile(
    r"(?:(?:ok(?:ay)?|alright|actually|the|now)\b,? )*(?!my\b|our\b)(.{2,60}?) (?:is|are|'s) (?:now |again )?(?:fair game|lifted|(?:allowed|welcome)(?= again| now| here| in\b|[.,!]|$))"
)
_ANY: Final = re.compile(
    r"\byou (?:can|may) (?:now |again |also )*(\w{3,})\b.*\b(?:what(?:ever)?|anything|as (?:much|many)|freely)\b"
)
_CALLS: Final = re.compile(
    r"\b(?:is|are) (?:\w+ )?(?:ok|okay|fine|allowed)\b|\bafter all\b|\b(?:ist|sind) (?:doch|jetzt|nun|auch) (?:ok|erlaubt|in ordnung)|\b(?:fair game|lifted|welcome)\b"
)
_BANS: Final = re.compile(r"\b(?:no|not|never|don'?t|without|avoid|nothing|keine?\w*|sans|sin|sem)\b(.*)")
_BAN: Final = re.compile(r"\b(?:nunca|jamás|não|jamais|mai|non|nie|niemals|keine?\w*)\b|^no\b")
_TO_ASK: Final = re.compile(
    r"\b(?:ask|show|tell|check|confirm|wait|approv|frag|zeig|sag|demand|montr|prév|pregunt|avis|pergunt|chied)|[确问说確認聞]"
)
_HANDLED: Final = re.compile(
    r"\b(?:leave|touch|change|edit|modify|alone|untouched|rename|delete|remove|break|hands off)\b"
)
_RUNS: Final = re.compile(r"\byou (?:can|may) (?:now |also )?(?:run|use|start)\b")
_LOOKS: Final = re.compile(r"\byou (?:can|may) (?:now |also )?(?:look|read|see|check|open|show|try|find)\b")
# A ban of these is lifted by leave for any other of them.
_ALIKE: Final = frozenset(
    ("touch", "change", "edit", "modify", "use", "leave", "alter", "do", "make", "update", "ever")
)
_HANDLES: Final = frozenset(
    ("touch", "change", "edit", "modify", "alter", "update", "adapt", "adjust", "rewrite")
)
# Done to the work as a whole: of what is not said.
_ALONE: Final = frozenset((
    "commit", "push", "deploy", "merge", "release", "publish", "implement", "code", "start", "refactor", "rebase", "ask",
))  # fmt: skip
_WHEN: Final = re.compile(r"\b(?:before|until|after (?:each|every|an?|the)) [^,;]*")
_FOR_GOOD: Final = re.compile(r"\b(?:never|ever|always|from now on)\b")
# Leave is what such a rule asks for each time: it is lifted only by words of what is so from then on.
_ASKED_FOR: Final = re.compile(
    r"\b(?:ask|check with|show|tell|confirm)\b.*\b(?:before|first|each|every)\b|\bbefore\b.*\b(?:ask|show|tell|wait)\b|\bwithout (?:asking|my|checking|telling|(?:me|us) \w+ing)\b|"
    r"\bunless (?:i|we) (?:explicitly )?(?:say|tell|ask|order|request|approve|confirm)\b|\bohne (?:mein\w*|dass ich)\b|"
    r"\b(?:frag\w*|zeig\w*|sag\w*)\b.*\b(?:bevor|vorher|erst)\b|\b(?:bevor|vorher|erst)\b.*\b(?:frag\w*|zeig\w*|sag\w*)\b|\b(?:demande|montre|préviens)\w*.*\bavant\b|\b(?:pregunta|preguntar|avisa)\w*.*\bantes\b|"
    r"先.{0,6}(?:确认|问|说)|(?:前|先)に.{0,6}(?:確認|聞)"
)
_HENCEFORTH: Final = re.compile(
    r"\b(?:from now on|from here on|no longer|any ?more|any longer|stop \w+ing|no need to|(?:don'?t|do not) (?:need|have) to|without asking|forget|never ?mind|rule|whenever|freely|yourself|always|"
    r"ab jetzt|ab sofort|künftig|nicht mehr|ohne zu fragen|désormais|plus besoin|sans (?:me )?demander|ya no|de ahora|sin preguntar\w*)\b|以后|不用|不必|不再|今後|もう"
)
# Where it is not to be done may be all that a rule says.
_PLACES: Final = stems("main master develop trunk production prod staging")
# One of these stands in all that is found; to look is much faster.
_REVOKE_HINTS: Final = (
    "mind", "no longer", "forget ", "feel free", "ignore ", "s ok", "s fine", "you can ", "you may ", "we can ", "go ahead", "actually",
    "after all", "are ok", "are fine", "allowed", "as you ", "scratch that", "scrap ", "drop the", "rule is", "du darf", "du kann", "puedes", "peux", "pouvez", "pode", "可以", "можно", "ても", "fair game",
    "lifted", "welcome", " doch ", " jetzt ", " nun ", " auch ", "vergiss", "vergessen", "olvida ", "oublie ", "lascia perdere ", "esqueça ",
)  # fmt: skip
# What a duty is lifted with; a ban is not.
_SPARES: Final = re.compile(
    r"\b(?:don'?t|do not|no longer) (?:have|need) to\b|\bno need to\b|\bstop (?=\w+ing\b)|\bno (?=\w+ (?:needed|necessary|required)\b)|\bno (?=[\w -]{2,30} any ?(?:more|longer)\b)|\bno more (?!errors?\b|warnings?\b|problems?\b|issues?\b|questions?\b|time\b)(?=\w)|"
    r"\bya no (?:hace falta|es necesario|hay que|necesitas|tienes que)(?: (?:usar|utilizar))? (?=\w)|\bplus (?:besoin|nécessaire) d(?:e |')(?:utiliser )?(?=\w)|"
    r"\bnon (?:serve|occorre|bisogna|è) più (?:necessario )?(?:usare )?(?=\w)|\bnão (?:precisas?|é) mais (?:preciso |necessário )?(?:de )?(?:usar )?(?=\w)|"
    r"\b(?:ist|sind) nicht mehr (?:nötig|notwendig|erforderlich)\b"
)
_SPARE_HINTS: Final = (
    "need", "have to", "stop ", "required", "necessary", "any more", "anymore", "any longer", "no more", "ya no ", "plus besoin", "plus nécessaire",
    " più ", "não ", "nicht mehr ",
)  # fmt: skip
# What widens the only place to work in.
_WIDENS: Final = re.compile(
    rf"\byou (?:can|may|could) (?:now |also )*{_WORKS}\b.*\b(?:now|too|also|as well|again)\b|\byou (?:can|may) (?:now|also) {_WORKS}\b"
)
_NARROWS: Final = re.compile(rf"\bonly {_WORKS}\b|\b{_WORKS} only\b|\bonly allowed to\b")
# What begins the work itself, where until then it was only to be looked at or planned.
_BEGINS: Final = re.compile(
    r"\b(?:go ahead|implement (?:it|that|this|the plan)|start (?:coding|implementing)|you (?:can|may) (?:now )?(?:edit|change|write|start|implement|code))\b|"
    r"^(?:(?:ok(?:ay)?|alright|all right|yes|yep|good|great|now|then|so)\b[,.!]? )+(?:please |now )?(?:fix|apply|change) (?:it|that|this|them)\b"
)
# Likewise, where it was only to be looked at: assents to what was found, and orders a change.
_ORDERS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|alright|all right|yes|yep|good|great|now|then|so|ja|gut|dann|also)\b[,.!]? )+(?:please |now |bitte |jetzt )?"
    r"(?:delete|remove|drop|add|rename|move|replace|implement|refactor|rewrite|update|upgrade|migrate|cherry-?pick|merge|rebase|lösch|entfern|ersetz|änder|bau)(?:e|en)?\b"
)
_PAUSES: Final = re.compile(
    r"^(?:please )?read[- ]only(?=[.,!;]|$)|\bread[- ]only (?:please|for now|mode)\b|\b(?:just|only) plan\b|\bplan only\b|\bno code\b(?! (?:comments|changes to))|\b(?:don'?t|do not) (?:implement|code|write (?:any )?code)\b|"
    r"\b(?:just|only) look\b|\b(?:review|look) only\b|\b(?:nix|nichts) ändern\b|\b(?:don'?t|do not) (?:change|edit|modify|touch|fix) anything(?: yet| for now)?(?:[.,!]|$)"
)
_WIDE: Final = re.compile(r"(?![不能要了可以都也别请再现在已经先的])[\u3400-\u9fff]|[a-z]{3,}")
# A rule that lists several things; what leans on what stands before it is none of its own.
LIST: Final = 3  # parts
LEFT_OUT: Final = "…"
_PARTS: Final = re.compile(r", (?:and |but |und )?")
_DEPENDS: Final = re.compile(
    r"(?:it|they|that|this|these|those|i|we|as|because|since|so|or|which|who|until|unless|if|when|before|after|for|even|not even|please|es|sie|das|weil|bis|wenn|damit)\b"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_COMMA: Final = re.compile(r", |，")
# Of no telling what a rule is about.
_NO_MATTER: Final = stems(
    "leave alone change touch edit modify update well too again anymore more fine okay after every here keep still allowed longer ahead needed necessary required stop new anything everything "
    "yourself own vergiss vergessen kannst könnt das mit jetzt nun auch wieder ruhig doch noch ahora también ya maintenant aussi agora também теперь тоже"
)


# Takes back what was said just before, whatever it was, and gives leave for another way.
_THAT_LAST: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|oh|hm+|ah|actually|alright|all right|well|sorry|no|then|wait)\b[,.! ]*)*(?:forget|scratch|ignore|never ?mind|strike) (?:about )?(?:that|it|what i said|the last one)\b"
    r"(?! (?:bug|error|issue|file|test|one)\b)[^?]*\b(?:(?:is|are|'s) (?:fine|ok|okay|allowed|good)|you (?:can|may)|(?:let'?s )?(?:use|go with|take))\b"
)
# A rule is named as one and called off, in several languages; of any tense, but not where that is denied.
_RULE: Final = (
    "rule", "regel", "règle", "regla", "regra", "regola", "zasad", "reguł", "правил", "규칙", "规则", "規則", "ルール",
)  # fmt: skip
_CALLED_OFF: Final = re.compile(
    r"\b(?:forget|ignore|drop|scrap|scratch|cancel|withdraw|revoke|undo)|\bverg(?:iss|esst)\b|\b(?:aufheb|aufgehoben|streich|zurücknehm|nehme? .*\bzurück)|"
    r"\b(?:oubli|annul|retire|olvid|anul|cancel|quita|esque[çc]|dimentic|zapomnij|cofam|odwołuj|uchyl)|отмен|забуд|снима|убира|취소|잊|무시|없던|取消|作废|撤回|忘|取り消|撤廃"
)
_DENIED: Final = re.compile(
    r"n't\b|\b(?:dont|do not|never|not|nicht|nie|jamais|pas|nunca|não|non|no)\b|\bне\b|지 ?마|不要|不能|别|勿|ない"
)
# Asks, but for something to be done.
_POLITE: Final = re.compile(
    r"^(?:can|could|would(?! you (?:never|always|ever|say|rather|prefer))|will) you\b|^please\b|\bplease\b|\b(?:can|could) we (?:\w+ )?stick\b"
)


def still_binding(text: str, known: list[tuple[int, str]], last: int = 0) -> list[tuple[int, str]]:
    """Return the rules (line, words) that a later prompt does not take back, `last` the line of the prompt before it.

    It takes one back by saying so while speaking of the same thing, or by asking for just what was forbidden.
    """
    text = _TERSE.sub("you", text)
    low = in_plain(text[:SAID_CHARS])
    told = any(["until " in rule or "before " in rule for _, rule in known])
    if told and not low.rstrip().endswith("?") and _GOES.match(low):
        known = [item for item in known if not _UNTIL_TOLD.search(in_plain(item[1]))]
    spares = _SPARES.search(low) if any(map(low.__contains__, _SPARE_HINTS)) else None
    if gone := over([rule for _, rule in known], text[:SAID_CHARS]):
        known = [item for item in known if item[1] not in gone]
    if called := _called_off([rule for _, rule in known], low):
        known = [item for item in known if item[1] != called]
    if last and [line for line, _ in known].count(last) == 1 and _THAT_LAST.match(low):
        return [item for item in known if item[0] != last]
    revokes = any(map(low.__contains__, _REVOKE_HINTS)) and (_REVOKE.search(low) or _CALLS.search(low))
    begins = (
        _BEGINS.search(low)
        if "implement" in low
        else revokes or (any(map(low.__contains__, ("start", "fix ", "apply "))) and _BEGINS.search(low))
    )
    begins = begins or _ORDERS.match(low)
    if not (revokes or spares or begins) and not any(
        map(low.__contains__, _verbs(tuple([rule for _, rule in known])))
    ):
        return known
    said = [in_plain(part) for part in sentences(_QUOTED.sub(_unquoted, text[:SAID_CHARS]))]
    lifts = _lifter(said, text)
    left = [(line, _rest(rule, lifts) if lifts(rule) else rule) for line, rule in known]
    return known if left == known else [item for item in left if item[1]]


def _called_off(rules: list[str], low: str) -> str:
    """Return the rule that a prompt calls off as one: the one that shares most words with what says so, or with all of it."""
    if not any(map(low.__contains__, _RULE)):
        return ""
    for said in sentences(low):
        if not any(map(said.__contains__, _RULE)) or not _CALLED_OFF.search(said) or _DENIED.search(said):
            continue
        for words in map(_matter, (said, low) if _states(said) else ()):
            shared, at = max(
                ((len(words & _matter(in_plain(rule))), at) for at, rule in enumerate(rules)), default=(0, 0)
            )
            if shared:
                return rules[at]
    return ""


def takes_back(said: str) -> bool:
    """Tell whether a sentence takes something back and says nothing else, which may be a rule in its turn."""
    plain = in_plain(said)
    hinted = not _COMMA.search(plain) and any(map(plain.__contains__, _REVOKE_HINTS))
    return hinted and _REVOKE.search(plain) is not None and not _HENCEFORTH.search(plain)


def what_went(known: list[tuple[int, str]], binding: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return what of the rules (line, words) binds no more: all of one, or the parts that its rest leaves out."""
    out = list[tuple[int, str]]()
    for line, rule in known:
        if (line, rule) not in binding:
            rests = (
                text for at, text in binding if at == line and LEFT_OUT in text and (at, text) not in known
            )
            rest = next(rests, "")
            out.append(
                (line, ", ".join(part for part in _PARTS.split(rule) if part not in rest) if rest else rule)
            )
    return out


def _rest(rule: str, lifts: Callable[[str], bool]) -> str:
    """Return what is left of a rule that is a list, where just some of it is lifted; nothing of any other."""
    parts = _PARTS.split(rule)
    gone = [part for part in parts if lifts(part)]
    left = [part for part in parts if part not in gone and not _DEPENDS.match(in_plain(part))]
    if _read(rule).pauses:  # beside that may stand what was to be looked at
        left = [part for part in left if rules_learned.odds(part) > 0]
    if len(parts) < LIST or not gone or not left:
        return ""
    for part in gone:
        rule = rule.replace(part, LEFT_OUT, 1)
    return rule


def _unquoted(found: re.Match[str]) -> str:
    """Return a quotation, nothing of one that gives leave itself: what stands elsewhere takes nothing back."""
    plain = in_plain(found[0])
    return "…" if _REVOKE.search(plain) or _CALLS.search(plain) or _SPARES.search(plain) else found[0]


def _lifter(said: list[str], text: str) -> Callable[[str], bool]:
    """Return what tells whether the sentences of a prompt take a rule back."""
    stated = [part for part in said if _states(part)]
    clauses = [
        clause
        for part in stated
        for clause in dict.fromkeys((*_COMMA.split(part), part))
        if "，" not in clause
    ]
    taken = [
        (part, _matter(_REVOKE.sub("", part)))
        for part in clauses
        if _REVOKE.search(part) and not _LOOKS.search(part)
    ]
    taken += [(part, _matter(found[1])) for part in clauses if (found := _FREED.match(part))]
    spared = [(part, _matter(_SPARES.sub("", part))) for part in clauses if _SPARES.search(part)]
    fine = [_matter(found[1] or found[2] or found[3]) for part in clauses if (found := _FINE.match(part))]
    plain_ones = [part for part in said if not _NEGATED.search(part)]
    asked = [(found[1], part) for part in plain_ones if (found := _ASKS.match(part))]
    asked += [(found[1], "") for part in said for found in _ANY.finditer(part)]
    asked += [(found[1] or found[2], part) for part in plain_ones for found in _DO_THE.finditer(part)]
    if text.startswith("/"):
        asked.append((text[1:].split(" ", 1)[0].lower().replace(":", "-"), ""))
    wanted = [(f"-{verb}", _matter(part) - stems(verb)) for verb, part in asked]
    widens, begins = (any(map(pattern.search, stated)) for pattern in (_WIDENS, _BEGINS))
    begins = begins or any(map(_ORDERS.match, stated[:1]))

    lasts = any(map(_HENCEFORTH.search, said))

    def lifts(rule: str) -> bool:
        it = _read(rule)
        plain, verb, about = it.plain, it.verb, it.about
        if not lasts and verb != "ask" and it.asks:
            return False
        if verb and any(
            (f"-{verb}" in done and _is_of_it(it, on)) or _is_to_handle(done, it, on) for done, on in wanted
        ):
            return True
        if (widens and it.narrows) or (begins and it.pauses):
            return True
        if any(_on_same(words, about, verb) for part, words in taken if _is_leave(part, plain, verb)):
            return True
        if lasts and verb in _ALONE and any(verb in part.split() for part, _ in taken):
            return True
        for part, words in spared if not verb and (it.asks or not _BAN.search(plain)) else ():
            of_it = not it.asks or _TO_ASK.search(part)
            if of_it and 3 * len(words & it.orders) >= 2 * max(len(words), 1):
                return True
        return any(_on_same(words, it.bans) and words & it.bans for words in fine)

    return lifts


class _Rule(NamedTuple):
    """What of a rule is asked at each prompt."""

    plain: str
    verb: str  # that it forbids
    asks: bool
    narrows: bool
    pauses: bool
    about: set[str]
    orders: set[str]  # of that, what is not only named to say when
    bans: set[str]  # what it bans that may be called fine


@lru_cache(100)  # the rules change rarely
def _read(rule: str) -> _Rule:
    plain = in_plain(rule)
    about, banned, asks = _matter(plain), _BANS.search(plain), _ASKED_FOR.search(plain) is not None
    bans = _matter(banned[1]) if banned else about if plain.startswith("we use") or "only" in plain else set()
    return _Rule(
        plain,
        _forbidden(rule),
        asks=asks,
        narrows=_NARROWS.search(plain) is not None,
        pauses=_PAUSES.search(plain) is not None,
        about=about,
        orders=about if asks else about & _matter(_WHEN.sub("", plain)),
        bans=set() if _HANDLED.search(plain) else bans,
    )


def _is_of_it(rule: _Rule, on: set[str]) -> bool:
    """Tell whether an order to do what a rule forbids is of what the rule speaks of; a commit is a commit."""
    about = rule.about - stems(rule.verb)
    if about and on and not about & on and (about & _PLACES or _FOR_GOOD.search(rule.plain)):
        return False
    return rule.verb in _ALONE or not on or not about or bool(on & about)


def _is_to_handle(done: str, rule: _Rule, on: set[str]) -> bool:
    """Tell whether what is ordered changes just what a rule forbids to touch."""
    return rule.verb in _HANDLES and done.strip("-") in _HANDLES and bool(on) and on <= rule.about


def _is_leave(said: str, rule: str, verb: str) -> bool:
    """Tell whether a sentence that gives leave may give it for what a rule forbids."""
    if _RUNS.search(said) and _HANDLED.search(rule):
        return False
    return not verb or verb in _ALIKE or verb[:5] in said


def _matter(said: str) -> set[str]:
    """Return the telling words of a rule, or of what takes one back, without those of any of them."""
    words = stems(said)
    if _HAN.search(said):  # no blanks stand between words: each letter that tells something
        words = set(_WIDE.findall(said))
    return words - _NO_MATTER or words


def _states(said: str) -> bool:
    """Tell whether a sentence says something, and does not only ask."""
    return not said.endswith(("?", "？")) or bool(_POLITE.search(said))


def _on_same(said: set[str], rule: set[str], verb: str = "") -> bool:
    """Tell whether words speak of what a rule is about: they share half of the shorter one, without the verb."""
    if verb in ("run", "use", "start") and len(said) > 1 and len(rule) > 1:
        said, rule = said - {verb}, rule - {verb}
    return 2 * len(said & rule) >= max(min(len(said), len(rule)), 1)


@lru_cache(16)  # the rules change rarely
def _verbs(rules: tuple[str, ...]) -> set[str]:
    """Return the verbs of which one stands in an order to do what one of the rules forbids."""
    verbs = set(map(_forbidden, rules)) - {""}
    return verbs if verbs.isdisjoint(_HANDLES) else verbs | _HANDLES


@lru_cache(1_000)
def _forbidden(rule: str) -> str:
    """Return the verb that a rule forbids, or an empty string."""
    plain = in_plain(rule)
    negated = _NEGATED.search(plain) or _NO_ACT.match(plain)
    return negated[1].lower().removesuffix("ing") if negated else ""
