# ruff: noqa: RUF001  (the patterns hold letters of other scripts on purpose)
"""Rules that hold only for a while, "don't push yet", in several languages: and which later words end one.

Since it was said to be of a while, less is enough than for any other rule: leave, or an order, that names what was to wait.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from spread.distill.words import in_plain, sentences

MAX_WORDS: Final = 14  # of a sentence that ends one
LEAST_LETTERS: Final = 3  # of a word that tells what waits
# A while, each language with its own words for it.
_WHILE: Final = re.compile(
    r"\b(?:yet|for (?:now|the moment|the time being)|until|till|before (?:i|that|then)|while i|hold off|wait with|noch (?:[\w-]+ )?(?:nichts?|kein\w*)|vorerst|erst ?mal|einstweilen|momentan|bis (?:ich|wir|morgen|nächste|ende|\w+tag)|pas encore|"
    r"pour (?:l'instant|le moment)|tout de suite|todavía|aún|de momento|por ahora|hasta que|ainda|por enquanto)\b|まだ|今は|しばらく|当面|今のところ|目前|一旦|とりあえず|暂时|暂不|先(?:不|别)"
)
_FOR_GOOD: Final = re.compile(
    r"\b(?:never|always|every|each|from now on|nie(?:mals)?|immer|jede\w*|jamais|toujours|chaque|nunca|siempre|cada)\b"
)
# Likewise, without the "nie" that in Slavic languages says "not".
_FOR_EVER: Final = re.compile(_FOR_GOOD.pattern.replace("nie(?:mals)?", "niemals"))
_NOT: Final = re.compile(
    r"\b(?:don'?t|do not|dont|not|no|nothing|never|without|skip|hold off|wait|leave|stop|nicht|nichts|kein\w*|nie|pas|rien|jamais|nada|nunca|não|sin)\b|ない|不|别|没|勿"
)
# What ends it: leave, or that the time has come; and what may, where nothing is told.
_LEAVE: Final = re.compile(
    r"\b(?:go ahead|you can|you may|can be|it'?s (?:\w+day)|i'?m back|(?:is|are) (?:done|over|green|through|finished|merged|ready|free|stable)|"
    r"kannst|darfst|könnt|ist (?:durch|fertig|vorbei|frei)|vas-y|tu peux|vous pouvez|c'est bon|puedes|pode)\b"
)
_NOW: Final = re.compile(
    r"\b(?:now|jetzt|nun|maintenant|ahora|ya|venga|agora|já)\b|^\W*(?:ok(?:ay)?|fine|alright|all right|bitte|vale)\b"
)
_TELLS: Final = re.compile(
    r"(?:the|it|this|that|there|my|our|die|der|das|es|le|la|les|ça|el|los|las|why|warum|pourquoi)\b"
)
# No work at all yet; and the order to begin with it.
_PAUSES: Final = re.compile(
    r"\bnichts (?:ändern|anfassen|schreiben|bauen|machen)|\b(?:rien|nada) (?:changer|modifier|toucher|cambiar|tocar)|\b(?:change|touche|modifie|cambies|toques) (?:rien|nada)\b"
)
_WORKS: Final = re.compile(
    r"^(?!.*\b(?:nicht|nichts|pas|rien|nada|no)\b)(?=.*\b(?:jetzt|nun|dann|los|maintenant|vas-y|ahora|ya|adelante)\b).*\b(?:bau|baue|schreib|schreibe|änder|ändere|mach|fix|leg|implementier|ajoute|écris|change|corrige|implémente|añade|escribe|cambia|arregla|implementa)\b"
)
# Nothing at all is to be changed, or it is only to be looked at: of no prompt but this one.
_LOOKS: Final = re.compile(
    r"\b(?:don'?t|do not|not to) (?:change|edit|touch|modify|fix|write|restart|do|implement) (?:anything|any (?:code|files?))(?: yet| for now| here)?\W*(?:$|,)|"
    r"\b(?:don'?t|do not|not) (?:change|edit|code|implement|fix)(?: yet| it yet)?\W*$|\b(?:plan|look|read) first\b|\b(?:just|only) (?:look|plan)\b|\b(?:look|plan) only\b|\b(?:without|no) (?:edits?|changes|(?:changing|touching|editing) anything)\W*$|"
    r"\b(?:nichts|nix) (?:ändern|anfassen|anrühren|neu starten)\b|\b(?:änder\w*|fass\w*) (?:noch )?nichts\b|\bnur (?:schauen|gucken|ansehen|anschauen|lesen|planen)\b|\bohne (?:etwas|was|irgendwas) (?:zu ändern|anzufassen)|"
    r"\b(?:change|touche|modifie)[sz]? rien\b|\bsans rien (?:changer|toucher|modifier)\b|\bregardez? (?:seulement|juste)\b|"
    r"\bno (?:cambies|toques|modifiques) nada\b|\bsin (?:cambiar|tocar|modificar)(?: nada)?\W*$|\bs[oó]lo mira\b|"
    r"\bnão (?:mud[ae]|mex[ae]|alter[ae])(?: em)? nada\b|\bsem (?:mexer|mudar|alterar)(?: em)?(?: nada)?\W*$|\bsó olh[ae]\b|"
    r"\bnon (?:cambiare|toccare|modificare) (?:niente|nulla)\b|\bsenza (?:cambiare|toccare|modificare)(?: niente| nulla)?\W*$|"
    r"\bnic nie (?:zmieniaj|ruszaj|rób|dotykaj)|\bnie (?:zmieniaj|ruszaj|dotykaj) niczego\b|\bniets (?:wijzigen|aanpassen|veranderen)\b|\balleen kijken\b|"
    r"\bничего не (?:меняй|трогай|правь|делай|перезапускай)|\bтолько посмотри|(?:不要|别|不)(?:改|动)(?:任何东西|代码)?[。,，]?$|只看|見るだけ|何も(?:変え|変更し|触ら)ない"
)
_BARS: Final = re.compile(r"\b(?:don'?t|do not|dont) (\w{3,})\b")
_DOES_IT: Final = re.compile(r"(\w{3,}) (?:it|that|this|them)(?=[.,;!]|$| now\b| then\b| please\b)")
_KANA: Final = re.compile(r"[\u3041-\u309f]")
_COMES_FAR: Final = re.compile(
    r"(?:て|で)(?:いい|ください|下さい|ね|よ|$)|して(?:$|[。!！])|現在|现在|可以|吧|了$"
)
# Before what waits, where it is no more than an order.
_FILLER: Final = re.compile(
    r"(?:(?:ok(?:ay)?|yes|and|then|so|good|great|please|now|looks good|lgtm|ja|gut|und|dann|also|oui|bon|et|sí|bueno|y|vale|sim|e)\b[,.! ]*)*"
)
_EVENT: Final = re.compile(r"\b(?:until|till|before|while|bis|because|as i|hasta)\b.*|,.*")
_WORD: Final = re.compile(r"[a-z][a-z./_-]{2,}")
_FAR_WORD: Final = re.compile(r"[\u30a0-\u30ff]{2,}|[\u4e00-\u9fff]{2,}")
_FAR: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SUBJUNCTIVE: Final = re.compile(r"(?:as|es|an|en)$")
_OF_NO_ACT: Final = frozenset((
    "yet", "now", "for", "the", "moment", "time", "being", "until", "before", "while", "hold", "off", "wait", "with", "don", "dont", "not", "nothing", "never", "skip", "leave", "alone", "stop", "please", "just", "anything", "everything", "any", "this", "that", "these", "those", "them",
    "its", "our", "all", "gets", "get", "have", "are", "was", "touch", "change", "edit", "modify", "make", "run", "use", "out", "but", "and", "still", "from", "been",
    "nicht", "nichts", "noch", "vorerst", "erst", "erstmal", "mal", "einstweilen", "momentan", "bis", "kein", "keine", "keinen", "bitte", "das", "die", "der", "den", "dem", "mach", "fass", "ich", "brauche", "brauch", "fur",
    "pas", "rien", "encore", "pour", "instant", "tout", "suite", "les", "des", "une", "aux", "fais", "faire", "ici", "touche",
    "todavia", "aun", "momento", "por", "ahora", "hasta", "que", "hagas", "haga", "haz", "los", "las", "nada", "toque", "toques", "ainda", "enquanto", "faca", "nao",
))  # fmt: skip
# They do not tell what waits.
_ANY_ACT: Final = frozenset((
    "put", "add", "write", "create", "build", "start", "code", "implement", "schreib", "schreibe", "bau", "baue", "ajoute", "ajoutez", "ecris", "anadas", "agregues", "escribas", "crees",
))  # fmt: skip


def waits(rule: str) -> bool:
    """Tell whether a rule forbids something only for a while."""
    return bool(_acts(rule))


@lru_cache(400)  # the same rules are asked about at each change
def only_looks(rule: str) -> bool:
    """Tell whether a rule says that nothing at all be changed, and not that this holds for good."""
    plain = in_plain(rule)
    return _LOOKS.search(plain) is not None and not _FOR_EVER.search(plain)


def over(rules: list[str], text: str) -> list[str]:
    """Return those of the rules that put off what a prompt lets be done, or orders."""
    waiting = [*filter(_acts, rules)]
    said = list(sentences(text)) if waiting else []
    return [rule for rule in waiting if _is_over(_acts(rule), said) or _is_ordered(rule, said)]


def _is_ordered(rule: str, said: list[str]) -> bool:
    """Tell whether just that is ordered which a rule says is not to be done for a while: "write it"."""
    found = _BARS.search(in_plain(rule))
    return found is not None and any(
        (told := _DOES_IT.match(_FILLER.sub("", in_plain(each), count=1))) and told[1] == found[1]
        for each in said
    )


def _is_over(acts: frozenset[str], said: list[str]) -> bool:
    return any(_ends(acts, each) or ("" in acts and _WORKS.search(in_plain(each))) for each in said)


@lru_cache(400)  # the same rules are asked about at each prompt
def _acts(rule: str) -> frozenset[str]:
    """Return the words of what a rule puts off, none where it holds for good."""
    plain = in_plain(rule)
    if not (_WHILE.search(plain) and _NOT.search(plain)) or _FOR_GOOD.search(plain):
        return frozenset()
    if _FAR.search(plain):
        return frozenset(_far(plain))
    if _PAUSES.search(plain):
        return frozenset(("",))
    words = set(_WORD.findall(_folded(_EVENT.sub("", plain) or plain))) - _OF_NO_ACT
    return frozenset(words - _ANY_ACT)


def _far(plain: str) -> set[str]:
    """Return the words of writing without blanks, of Chinese every two letters after what forbids."""
    ban = max(plain.find(sign) + len(sign) for sign in ("不要", "别", "不")) if "ない" not in plain else 0
    words = _FAR_WORD.findall(plain[max(ban, 0) :])
    return {
        word[at : at + 2] if "ない" not in plain else word for word in words for at in range(len(word) - 1)
    }


def _ends(acts: frozenset[str], said: str) -> bool:
    plain = in_plain(said)
    if said.endswith(("?", "？", "吗", "か。", "か")) or _NOT.search(plain):
        return False
    if _FAR.search(plain):
        then = "し" if _KANA.search(plain) else ""
        return bool(_COMES_FAR.search(plain)) and any(f"{act}{then}" in plain for act in acts)
    if len(plain.split()) > MAX_WORDS:
        return False
    folded = _folded(plain)
    told = next((word for word in _WORD.findall(folded) if any(_is_same(act, word) for act in acts)), "")
    if not told:
        return False
    if _LEAVE.search(plain):
        return True
    return not _TELLS.match(plain) and (
        _NOW.search(plain) is not None or _FILLER.sub("", folded, count=1).startswith(told)
    )


def _is_same(act: str, word: str) -> bool:
    """Tell whether two words are forms of one."""
    shorter = min(len(act), len(word))
    need = LEAST_LETTERS if shorter <= 4 else 4 if shorter == 5 else 5
    return act[:need] == word[:need] or (
        len(stem := _SUBJUNCTIVE.sub("", act)) >= LEAST_LETTERS and stem != act and word.startswith(stem)
    )


def _folded(plain: str) -> str:
    """Return a text without accents."""
    if plain.isascii():
        return plain
    return "".join(
        letter for letter in unicodedata.normalize("NFD", plain) if not unicodedata.combining(letter)
    )
