# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""Rules that the user sets in a prompt, and which of them bind until a later one takes them back.

They are given verbatim or not at all. The patterns know English best and the plain forms of some other
languages; what they miss still stands in the log of what the user said.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from spread.distill import rules_shape, rules_subject, rules_tongues, rules_words
from spread.distill.words import in_plain, own_paragraphs, sentences, stems, unwrapped

# Quoted sentences, and the comments of code.
_SHOWN: Final = re.compile(
    r"\"[^\"]{4,400}[.!?]\s[^\"]{4,600}\"|“[^”]{4,400}[.!?]\s[^”]{4,600}”|^[ \t]*/\*.{0,2000}?\*/|"
    r"(?<!\w)'(?=\w)(?:[^'\n]|(?<=\w)'(?=\w)){4,400}[.!?]\s(?:[^'\n]|(?<=\w)'(?=\w)){4,600}'(?!\w)",
    re.S | re.M,
)
# A letter, with its greeting, its end and a name.
_LETTER: Final = re.compile(
    r"^(?:hi|hello|dear|hey|hallo|liebe\w?|moin|bonjour|hola|ol[aá]|good morning)(?: [^\s,]+){0,4}[,!:]\n(?:[^\n]*\n){1,40}?"
    r"(?:(?:many |kind |best |warm )?(?:thanks|thank you|regards|best|cheers|wishes)|sincerely|viele grüße|gruß|lg|mfg|cordialement|saludos|abraços)[,.!]?\n+[^\W\d][\w .-]{1,30}$",
    re.I | re.M,
)
# On a line of its own what another person said, or wrote.
_SAYS: Final = re.compile(
    r"(?!i\b|we\b|you\b|as i\b|like i\b)(?:[^:]{1,50} (?:wrote|writes|replied|said|says)|(?:[\w-]+ ){0,3}(?:slack|e?mail|ticket|message|note|feedback|quote) (?:from|by) [^:]{1,30}): ",
)
_LOGGED: Final = re.compile(  # a line that a program printed, and those right below it
    r"\s*(?:[\w.]*(?:Error|Warning|Exception)(?:\[\w+\])?: |npm (?:ERR|WARN|err|warn)|(?:WARN(?:ING)?|ERROR|FATAL|INFO|DEBUG|remote|fatal|hint)\b[:!\[ ]|"
    r"[Aa]ssertion (?:failed|error)|[\w.-]+: (?:error|fatal|warning)\b|\d+ (?:failing|passing|failed|passed)\s*(?:[(,]|$)|Traceback |(?:Assistant|Human|User|System|Tool result): |\w+ hook (?:success|feedback|error)\b)"
)
_TAGGED: Final = re.compile(r"\s*(?:</?[A-Za-z][^<>\n]{0,200}>|<!--)")
# What stands between two lines of these is shown.
_BLOCK: Final = re.compile(
    r"\s*(?:(~{3,})|<(output|logs?|results?|stdout|stderr|file|document|email|quote|transcript)(?: [^<>\n]{0,200})?>\s*$)"
)
_SHOWS: Final = re.compile(
    r"(?:here(?:'s| is| are)|this is|below (?:is|are)|these are)\b.{0,60}\b(?:texts?|spec|issue|ticket|e?mail|letter|message|logs?|output|error|trace|code|prompt|readme|"
    r"document|article|snippet|response|description|story|review|thread|transcript|policy|contract)\b.{0,60}:$|"
    r"(?!i\b|we\b|you\b).{1,60}\b(?:wrote|writes):$"
)
# Orders something to be made, of which what follows may tell.
_MADE: Final = re.compile(
    r"\W*(?:(?:please|can you|could you|let'?s|i want (?:you )?to|i need (?:you )?to|ok(?:ay)?|now|next:?),? )*"
    r"(?:build|write|implement|create|make|add|develop|design)(?: me| us)? (?:an?|the|some|new|support)\b"
)
_TITLED: Final = re.compile(
    r"#{0,6} ?(?!(?i:.*\b(?:rules?|notes?|before|please|constraints?|guidelines?|conventions?|requirements?|you|we|i)\b))[^\n.:!?]{3,40}:?\n+(?:[ \t]*[-*•] [^\n]+\n){2}"
)
_LONG: Final = {"pl": "please", "u": "you", "w/": "without", "do": "don't"}
_SHORTHAND: Final = re.compile(r"\b(?:pl[sz]e?|u|w/o|do'nt|donot)\b")
_ASKED: Final = re.compile(
    r"^(?:why|whats?(?! i (?:want|need))|how|when(?='s|s\b| (?:do|did|does|is|are|was|were|will|can|should|would)\b)|where(?!ver| possible)|who|which|"
    r"is|are|does|did|has|would|could|can (?!you)|do you|do we|should (?:i|we|it))\b",
)
_ASKED_LAST: Final = re.compile(
    r"(?!if\b|when\b|since\b|so\b|as\b|because\b|but\b|and\b|in\b|for\b|on\b|with\b)([^,?]{8,200}), (?:so |and |but |now )?(?:what|how|why|which|where|who|is|are|do|does|did)\b[^?]*\?$"
)
_OURS: Final = re.compile(r"\(l\d+(?:…l?\d+)?\)\W*$")  # ends a line of a hand-off that was put into a prompt
_NEGATED: Final = re.compile(
    r"\b(?:don'?t|do not|dont|never|no need to|stop|not to|(?:hold off|wait) (?:on|with)(?: the)?)\s+(?:\w+ly\s+)?(\w{3,})"
)
_NO_ACT: Final = re.compile(r"(?:please,? )?no (commit|push|deploy|merge|release)(?:e?s|ments)?\b")
# Asks for an answer, though it may name what should be so; `_HOLDS` says that it holds for what is done later, too.
_ENQUIRES: Final = re.compile(
    r"(?:(?:please|can you|could you|also|and|but|then|now|so|ok(?:ay)?|first|just|let'?s),? ){0,4}"
    r"(?:(?:double[- ]?)?check|confirm|verify|find out|figure out|see(?! (?:if|whether) (?:you|we|it) c)|tell me|explain|let me know|clarify)"
    r"(?: to me| for me| again)?,? (?:whether|if|that|how|why|what|which|where)\b",
)
_HOLDS: Final = re.compile(
    r"\b(?:(?:make|be) sure|ensure|avoid|keep|leave|prefer|refrain|stop|before|after|when(?:ever)?|each|every|from now on|\w*n'?t)\b"
)
_UNTIL_TOLD: Final = re.compile(
    r"\buntil (?:i|we) (?:say|said|tell|told|confirm|approve|agree|ok|okay|give|have (?:said|approved|confirmed))\b"
)
_GOES: Final = re.compile(
    r"(?:(?:ok(?:ay)?|yes|yeah|great|good|fine|perfect|nice|alright|all right|now|so|then|and|looks good|lgtm|please)[,.!]* )*"
    r"(?:go\b(?! (?:on|back|over|through|to)\b)|start\b|begin\b|implement\b|proceed\b|code\b|build it\b|do it\b|let'?s (?:go|start|begin|code|implement|build)\b)"
)
_ASKS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|now|please|and|then|yes|let's|can you|go ahead and|great|cool|perfect|nice|do(?: the)?)[,.!]?\s+)*(\w{3,})(?! (?:is|was|are|fails|failed|takes|seems|still|button|page)\b)",
)
_DO_THE: Final = re.compile(
    r", (?:now |please |then )*(?:do the (\w{3,})|(\w{3,}) (?:it|them|that)(?: again\b.*| now| please)?[.!]?$)"
)
_POLITE: Final = re.compile(
    r"^(?:can|could|would(?! you (?:never|always|ever|say|rather|prefer))|will) you\b|^please\b|\bplease\b|\b(?:can|could) we (?:\w+ )?stick\b"
)
_WORKS: Final = r"(?:touch|edit|change|modify|work|use)"
_REVOKE: Final = re.compile(  # each begins with its letter, not with `\b`, as the search is much faster so
    r"n(?<!\wn)(?:ever ?mind|o longer)\b|f(?<!\wf)(?:(?<!'t f)(?<!nt f)(?<!ot f)orget (?:(?:about )?(?:that|the rule|what i said|it|the|my)\b|(?!to\b|if\b|whether|how\b|i\b|about|the\b|my\b|it\b|that\b|what\b)(?=\w))|eel free to\b)|w(?<!\ww)e can (?:now )?(?:drop|remove|delete|change|touch|edit|break|rename|use)\b|"
    r"i(?<!\wi)(?:gnore (?:that|what i said|my (?:last|previous))|t'?s (?:ok|okay|fine) to)\b|y(?<!\wy)ou (?:can|may) (?:now )?\b|"
    r"g(?<!\wg)o ahead\b|c(?<!\wc)hanged my mind\b|a(?<!\wa)(?:ctually,? (?:let'?s|do|use|you)|s you (?:like|want|wish))\b|"
    r"s(?<!\ws)cra(?:tch that|p (?:the|that|this|my))\b|d(?<!\wd)rop the (?=[^.]{0,40}\brule\b)|r(?<!\wr)ule (?:is|are) (?:off|gone|void|over|dead)\b|d(?<!\wd)u (?:darfst|kannst) (?=(?:[\w-]+ ){0,5}?(?:jetzt|nun|wieder|ruhig|doch)\b)|a(?<!\wa)fter all(?=[.,!]|$)|"
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
_HANDLED: Final = re.compile(
    r"\b(?:leave|touch|change|edit|modify|alone|untouched|rename|delete|remove|break|hands off)\b"
)
_RUNS: Final = re.compile(r"\byou (?:can|may) (?:now |also )?(?:run|use|start)\b")
_LOOKS: Final = re.compile(r"\byou (?:can|may) (?:now |also )?(?:look|read|see|check|open|show|try|find)\b")
# A ban of these is lifted by leave for any other of them.
_ALIKE: Final = frozenset(
    ("touch", "change", "edit", "modify", "use", "leave", "alter", "do", "make", "update", "ever")
)
# One of these stands in all that is found; to look is much faster.
_REVOKE_HINTS: Final = (
    "mind", "no longer", "forget ", "feel free", "ignore ", "s ok", "s fine", "you can ", "you may ", "we can ", "go ahead", "actually",
    "after all", "are ok", "are fine", "allowed", "as you ", "scratch that", "scrap ", "drop the", "rule is", "du darf", "du kann", "puedes", "peux", "pouvez", "pode", "可以", "можно", "ても", "fair game",
    "lifted", "welcome", " doch ", " jetzt ", " nun ", " auch ",
)  # fmt: skip
# What a duty is lifted with; a ban is not.
_SPARES: Final = re.compile(
    r"\b(?:don'?t|do not|no longer) (?:have|need) to\b|\bno need to\b|\bstop (?=\w+ing\b)|\bno (?=\w+ (?:needed|necessary|required)\b)"
)
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
_PAUSES: Final = re.compile(
    r"^(?:please )?read[- ]only(?=[.,!;]|$)|\bread[- ]only (?:please|for now|mode)\b|\b(?:just|only) plan\b|\bplan only\b|\bno code\b(?! (?:comments|changes to))|\b(?:don'?t|do not) (?:implement|code|write (?:any )?code)\b|"
    r"\b(?:just|only) look\b|\b(?:don'?t|do not) (?:change|edit|modify|touch|fix) anything(?: yet| for now)?(?:[.,!]|$)"
)
_WIDE: Final = re.compile(r"(?![不能要了可以都也别请再现在已经先的])[\u3400-\u9fff]|[a-z]{3,}")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_COMMA: Final = re.compile(r", |，")
# Of no telling what a rule is about.
_NO_MATTER: Final = stems(
    "leave alone change touch edit modify update well too again anymore more fine okay after every here keep still allowed longer ahead needed necessary required stop new"
)


TITLE_CHARS: Final = 80  # of a heading, with its marks
LEAST_CHARS: Final = 8  # of a rule, and
LEAST_WIDE: Final = 4  # in letters of which each is a word
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
    text = unwrapped(_unshown(own_paragraphs(text)))
    out: list[str] = []
    before, last = "", ""
    made = _MADE.match(in_plain(text[:200])) or ("\n" in text[:TITLE_CHARS] and _TITLED.match(text))
    headed = rules_shape.listed(text, bool(made))
    for said in sentences(text):
        whole = f"{before or last} {said}"
        joined = len(last) <= CONDITION_CHARS and whole in text
        if (headed and _is_headed(said, headed)) or (
            _is_rule(said) and not _is_of_product(said, last, bool(made))
        ):
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


def _is_headed(said: str, listed: str) -> bool:
    """Tell whether a sentence stands in what is listed below a line that calls it rules."""
    return LEAST_CHARS <= len(said) <= 400 and said in listed and not said.endswith("?")


def _is_of_product(said: str, before: str, made: bool) -> bool:
    """Tell whether a sentence that follows another one tells what is to be made, and not how to work on it."""
    plain = in_plain(said)
    return bool(before) and (
        (made and rules_subject.is_of_made(plain)) or rules_subject.carries_on(plain, in_plain(before))
    )


def _unshown(text: str) -> str:
    """Return a prompt without what is only shown in it: logs, comments of code, and what "here is the text:" announces."""
    if '"' in text or "/*" in text or "'" in text or "“" in text:
        text = _SHOWN.sub("…", text)
    if "\n" in text and len(left := _LETTER.sub("", text)) > LEAST_CHARS:
        text = left
    if "\n" not in text and ":" not in text and "!" not in text and "<" not in text:
        return text
    lines, out, logged = text.split("\n"), list[str](), False
    last = next((at for at in range(len(lines) - 1, -1, -1) if not lines[at].strip()), 0)
    ends = ""
    for at, line in enumerate(lines):
        if ends:
            ends = "" if line.strip().startswith(ends) else ends
            continue
        if ends := _block_end(line, text):
            continue
        if _SHOWS.match(in_plain(line)):
            return "\n".join([*out, *lines[last:]]) if last > at else "\n".join(out)
        if _TAGGED.match(line) or (": " in line and _SAYS.match(in_plain(line))):
            out.append("")
            continue
        logged = bool(_LOGGED.match(line)) or (
            logged and bool(line.strip()) and (at < len(lines) - 1 or line[:1].isspace())
        )
        out.append("" if logged else line)
    return "\n".join(out)


def _block_end(line: str, text: str) -> str:
    """Return with what a block ends that a line begins, of which all is shown; of one in tags only where that is there."""
    found = _BLOCK.match(line)
    end = (found[1] or f"</{found[2]}>") if found else ""
    return end if end in text else ""


def _is_condition(said: str) -> bool:
    """Tell whether a sentence only says when, why or unless what the one before it says holds."""
    return len(said) <= CONDITION_CHARS and not said.endswith("?") and bool(_CONDITION.match(said))


def _is_rule(said: str) -> bool:
    plain = _SHORTHAND.sub(lambda found: _LONG[found[0][:2]], in_plain(said).replace("´", "'"))
    ascii_only = plain.isascii()
    if not (LEAST_CHARS if ascii_only else LEAST_WIDE) <= len(said) <= 400:
        return False
    if _OURS.search(plain) or (_ASKED.match(plain) and not _POLITE.search(plain)):
        return False
    if _ENQUIRES.match(plain) and not (rules_words.FIRM.search(plain) or _HOLDS.search(plain)):
        return False
    if said.endswith("?") and (found := _ASKED_LAST.match(plain)):
        plain = found[1]  # "don't be so long, what is left?"
    elif said.endswith(("?", "？")) and not (_POLITE.search(plain) and rules_words.FIRM.search(plain)):
        return False
    if rules_shape.gives_leave(plain):
        return False
    if rules_words.demands(plain) and not rules_words.is_told(plain):
        return True
    if not (rules_tongues.may_be_other(plain) and rules_tongues.OTHER.search(plain)):
        return False
    if rules_tongues.is_of_product(plain):
        return False
    told = rules_tongues.UNSAID.sub(rules_subject.BLANK, rules_words.unsaid(plain))
    return rules_tongues.OTHER.search(told) is not None


def still_binding(text: str, known: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the rules (line, words) that a later prompt does not take back.

    It takes one back by saying so while speaking of the same thing, or by asking for just what was forbidden.
    """
    low = in_plain(text[:3_000])
    if any("until " in rule for _, rule in known) and not low.rstrip().endswith("?") and _GOES.match(low):
        known = [item for item in known if not _UNTIL_TOLD.search(in_plain(item[1]))]
    spares = _SPARES.search(low) if "need" in low or "have to" in low or "stop " in low else None
    revokes = any(map(low.__contains__, _REVOKE_HINTS)) and (_REVOKE.search(low) or _CALLS.search(low))
    begins = (
        _BEGINS.search(low)
        if "implement" in low
        else revokes or (any(map(low.__contains__, ("start", "fix ", "apply "))) and _BEGINS.search(low))
    )
    if not (revokes or spares or begins) and not any(
        map(low.__contains__, _verbs(tuple([rule for _, rule in known])))
    ):
        return known
    said = [in_plain(part) for part in sentences(text[:3_000])]
    lifts = _lifter(said, text)
    out = [(line, rule) for line, rule in known if not lifts(rule)]
    return known if len(out) == len(known) else out


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
    spared = [_matter(_SPARES.sub("", part)) for part in clauses if _SPARES.search(part)]
    fine = [_matter(found[1] or found[2] or found[3]) for part in clauses if (found := _FINE.match(part))]
    asked = [found[1].lower() for part in said if not _NEGATED.search(part) and (found := _ASKS.match(part))]
    asked += [found[1] for part in said for found in _ANY.finditer(part)]
    asked += [
        found[1] or found[2] for part in said if not _NEGATED.search(part) for found in _DO_THE.finditer(part)
    ]
    if text.startswith("/"):
        asked.append(text[1:].split(" ", 1)[0].lower())
    parts = {part for word in asked for part in word.replace(":", "-").split("-")}
    words = f" {' '.join(asked)}"
    widens, begins = (any(map(pattern.search, stated)) for pattern in (_WIDENS, _BEGINS))

    def lifts(rule: str) -> bool:
        plain, verb = in_plain(rule), _forbidden(rule)
        if verb and (verb in parts or f" {verb}" in words):
            return True
        if (widens and _NARROWS.search(plain)) or (begins and _PAUSES.search(plain)):
            return True
        about = _matter(plain)
        if any(_on_same(words, about, verb) for part, words in taken if _is_leave(part, plain, verb)):
            return True
        if not verb and any(3 * len(words & about) >= 2 * max(len(words), 1) for words in spared):
            return True
        banned = _BANS.search(plain)
        of_what = (
            _matter(banned[1])
            if banned
            else about
            if plain.startswith("we use") or "only" in plain
            else set()
        )
        return not _HANDLED.search(plain) and any(
            _on_same(words, of_what) and words & of_what for words in fine
        )

    return lifts


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
def _verbs(rules: tuple[str, ...]) -> list[str]:
    return list(filter(None, map(_forbidden, rules)))


@lru_cache(1_000)
def _forbidden(rule: str) -> str:
    """Return the verb that a rule forbids, or an empty string."""
    plain = in_plain(rule)
    negated = _NEGATED.search(plain) or _NO_ACT.match(plain)
    return negated[1].lower().removesuffix("ing") if negated else ""
