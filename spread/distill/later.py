"""What a report puts off: sentences that say so, and items below a heading that does."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.reports import FENCED, announces
from spread.distill.words import sentences

_PUT_OFF: Final = re.compile(
    r"\b(?:(?:is|are|was|were|be|been|being|i|we|have|has) deferred|deferred (?:to|until|for|as|by)|defer (?:it|this|that|to)|(?:left|leave|saved?|kept) for (?:later|now|a (?:later|future))|postponed?|"
    r"follow-?ups?(?! (?:message|question|prompt|request)s?\b)|out of scope|next steps?|(?:is|are|comes?) (?:up )?next(?=[.,;!]|$)|not yet|still (?:to do|needs?|missing|left)|remains? to be|todos?:|"
    r"future (?:work|considerations?|improvements?|prs?)|separate (?:pr|issue|ticket)|"
    r"fehl(?:t|en) noch|noch nicht|steh(?:t|en) noch aus|(?:todavía|aún|ainda) n[oã]o?|(?:todavía |aún |ainda )?faltam? \w+[aei]r|quedan? por|"
    r"pas encore|(?:il )?reste à|осталось|(?:ещ[её]|пока) не|jeszcze nie|(?:pozostał|został)[ao] jeszcze)\b|还没|還沒|尚未|まだ.{1,30}(?:ません|ない)|未(?:実装|対応|完成|完了)|아직.{1,30}(?:않|없|못)",
    re.I,
)
_HEADING: Final = re.compile(
    r"(?:what(?:'s| is)? (?:remains|left)|remaining|deferred|out of scope|follow-?ups?|next steps?|not (?:yet|done)\b|still (?:to do|open)|"
    r"future (?:work|considerations?|improvements?)|left (?:open|for later)|todos?|(?:noch )?offene? (?:punkte|aufgaben|fragen)|noch (?:offen|zu tun)|(?:es )?fehl(?:t|en) noch|"
    r"pendientes?|por hacer|(?:il )?reste à faire)\b|(?:open(?: (?:points?|items?|tasks?|issues?|ends))?|offen|faltan?|queda(?:n)?|(?:il )?reste|à faire)$",
    re.I,
)
_INLINE: Final = re.compile(  # what stands behind it is still to be done
    r"(?:(?:still )?open(?: (?:points?|items?|tasks?|issues?|ends?))?(?!(?:\*\*)? ?: *(?:https?:|[`/]))|(?:still )?to ?do|remaining|left to do|not done(?: yet)?|next(?: up)?(?! ?: *(?:https?:|[`/]))|"
    r"(?:noch )?offen(?: (?:ist|sind|bleibt|bleiben)(?: noch)?)?|(?:noch )?zu tun|(?:es )?(?:bleibt|bleiben|fehl(?:t|en)) noch|als nächstes|(?:ainda |todavía |aún )?(?:falta[nm]?|queda(?:n)?|resta[nm]?)(?: (?:ainda|todavía|aún|só|sólo|solo))?(?: (?:por|a) (?:hacer|fazer))?(?: pendientes?)?|pendientes?|"
    r"(?:il )?reste(?: encore)?(?: à faire)?|à faire|da fare|(?:resta|manca)(?:no)?(?: ancora)?(?: da fare)?|nog te doen|kvar(?: att göra)?|(?:ещ[её] )?осталось(?: сделать)?|(?:do zrobienia )?(?:jeszcze )?(?:pozosta(?:je|ło|ły)|został[oay]?)(?: jeszcze)?(?: do zrobienia)?|do zrobienia|zbývá(?: udělat)?) ?: (?=\S)|"
    r"(?:还剩下?|剩下的?|待办(?:事项)?|下一步|残り(?:は|の作業)?|次は|未完了|남은 (?:일|작업)|다음 단계) ?[:\uff1a] ?(?=\S)",
    re.I,
)
_ASIDE: Final = re.compile(r"\([^()]*\)|`[^`]*`|\"[^\"]*\"|“[^”]*”")  # names things rather than does them
_NOTHING: Final = re.compile(
    r"\b(?:no|nothing|none|zero|without|all)\b.{0,30}\b(?:remain|left|deferred|follow|next|todo)|^[✅✓✔☑]|\[x\]",
    re.I,
)
# That nothing was done so far is how it stood; git tells how it stands.
_NO_DEED: Final = re.compile(
    r"\b(?:nothing|anything|nichts|nada|rien|ничего|nic)\b|"
    r"\b(?:committed|pushed|committet|commited|gepusht|eingecheckt|commité|poussé|commiteado|закоммичен\w*|zacommitowan\w*)\W*$|\bhe hecho commit\b|\bfiz commit\b",
    re.I,
)
DEED_CHARS: Final = 60  # of such a sentence
_NO_PLAN: Final = re.compile(r"\?$|\b(?:if|unless|whether|when|until|would|could|might)\b", re.I)
_ITEM: Final = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)]|\|(?!\W*$))\s*(?:\[ \]\s*)?(.+)")
MOST: Final = 8
_HINTS: Final = (
    "defer", "later", "for now", "postpon", "follow", "scope", "next", "not yet", "not done", "still", "remain", "todo", "future",
    "separate", "left", "open", "to do", "offen", "fehl", "zu tun", "falta", "pendient", "queda", "por hacer", "reste", "à faire",
    "noch", "bleib", "nächste", "resta", "manca", "da fare", "te doen", "kvar", "pozosta", "został", "zrobienia", "zbývá", "剩", "待办", "下一步", "残り", "次は", "남은", "다음", "todavía", "aún", "ainda", "pas encore", "остал", "не ", "还没", "還沒", "尚未", "まだ", "未", "jeszcze", "아직",
)  # fmt: skip


# What a person wants done at another time; a time that only is something is no such wish.
_ANOTHER_TIME: Final = re.compile(
    r"(?:(?:and|then|so|ok(?:ay)?|but),? )?(?:(?:do|leave|keep|save) (?:that|this|it|the rest) (?:for|to|until) )?"
    r"(?:tomorrow|tomorow|tmrw|tmr|next (?:session|week|sprint)|on monday|monday(?=[:,])|morgen|mañana|demain|amanhã|завтра)(?: (?:morning|then))?"
    r"(?:[:,]|(?! (?:is|are|was|were|has|will|would|at|morning|on|in|works|should|i am|i'm)\b) )|"
    r"(?:(?:続き|残り|あと)は)?(?:明日|来週)|(?:(?:剩下|其余)的?)?(?:明天|下周)",
    re.I,
)
_TIMES: Final = (
    "tomo", "later", "another ", "not now", "not today", "not yet", "tmr", "next ", "monday", "morgen", "mañana", "demain",
    "amanhã", "завтра", "明", "来週", "下周",
)  # fmt: skip
# Behind what is to be done then; who speaks of themselves leaves nothing to do.
_THEN: Final = re.compile(
    r"(?!i(?:'ll| will|'m| am)\b|we(?:'ll| will)\b).{8,}(?:, ?| -+ |\bbut )(?:but |and |only |just |do (?:that|this|it) )*"
    r"(?:tomorrow|next (?:session|week|sprint|time)|on monday|later|another (?:day|time)|not (?:now|today|yet))\W*",
    re.I,
)
WISH_CHARS: Final = 400
LEAST_CHARS: Final = 16
LEAST_IDEOGRAMS: Final = 6  # which say more


def wished_later(said: str) -> list[str]:
    """Return the sentences of a prompt that say what is to be done at another time."""
    low = said.lower()
    if not any(map(low.__contains__, _TIMES)):
        return []
    wholes = [whole for whole in sentences(said) if len(whole) <= WISH_CHARS]
    parts = [part for whole in wholes for part in ([whole] if _THEN.fullmatch(whole) else whole.split("; "))]
    return [
        part
        for part in parts
        if (_ANOTHER_TIME.match(part) or _THEN.fullmatch(part))
        and (LEAST_CHARS if part[1] < "\u3000" else LEAST_IDEOGRAMS) <= len(part)
        and part[-1] not in "?\uff1f"
    ]


@lru_cache(32)  # the last reports come again at the next revision
def put_off(said: str) -> list[str]:
    """Return what a report says was put off or is still to be done: sentences, and items below such a heading."""
    low = said.lower()
    if not any(map(low.__contains__, _HINTS)):
        return []
    out, listing = list[str](), False
    for line in (FENCED.sub("\n", said) if "```" in said else said).splitlines():
        bare = line.strip(" #*_:>|")
        if not bare:
            continue
        item = _ITEM.match(line)
        ends = line.rstrip(" *").endswith(":")
        head = bare.rpartition(". ")[2] if ends and not item else bare
        titled = line.lstrip().startswith(("#", "**")) or ends
        if titled and len(head) <= 70 and (not item or ends):
            listing = bool(_HEADING.match(head)) and not _NOTHING.search(head)
        elif item and listing:
            out.append(item[1].strip(" *|"))
        else:
            listing = listing and bool(item)
            parts = [part.strip(" *").replace("**", "") for part in sentences(line)]
            out += [part[found.end() :] for part in parts if (found := _INLINE.match(part))]
            out += [
                part
                for part in parts
                if _PUT_OFF.search(_ASIDE.sub("", part))
                and not _NO_PLAN.search(part)
                and not announces(part)
                and not _INLINE.match(part)
                and not (len(part) <= DEED_CHARS and _NO_DEED.search(part))
            ]
    kept = [part.replace("**", "") for part in out if 12 <= len(part) <= 400 and not _NOTHING.search(part)]
    return list(dict.fromkeys(kept))[:MOST]
