# ruff: noqa: RUF001  (the dashes and signs that agents write)
"""What an agent only says it is at: what came of it is told by what followed, once the turn went on.

"I'm checking whether the cache is warm" tells nothing then; "The cache is cold, so I'm checking who clears it" tells its
first half. What it decided, with what it did not do or why, still tells.
"""

import re
from functools import lru_cache
from typing import Final

from spread.distill.reports import CUT, announces

LEAST_SPACES: Final = 4  # in a part that is told without the other one

# What only looks, and changes nothing by which it would be known.
_LOOKING: Final = (
    r"(?:(?:re|double|cross|spot|sanity)-?)?(?:check|verify|read|test|validat)|inspect|look|open|pull|fetch|load|download|"
    r"(?:re-?)?runn(?=ing (?!as\b|in\b|on\b|inside\b|under\b|with\b|out\b|into\b))|retry|search|grepp|query|trac|review|confirm|"
    r"compar|examin|explor|investigat|digg|gather|collect|list|scann|prob|watch|wait|poll|monitor|narrow|locat|identify|measur|"
    r"print|dump|reproduc|debug|profil|study|walk|count|find(?=ing (?:out|the|where|which|who)\b)|figur(?=ing out)|mak(?=ing sure)|tak(?=ing (?:a|another|one)\b)|"
    r"do(?=ing (?:an?|one|two|three|the|some|another) )|continu"
)
_LOOK: Final = (
    r"(?:(?:re|double|cross|spot|sanity)-?)?(?:check|verify|read|test|validate)|inspect|look|open|pull|fetch|load|download|"
    r"(?:re-?)?run|retry|search|grep|query|trace|review|confirm|compare|examine|explore|investigate|dig|gather|collect|list|scan|"
    r"probe|watch|wait|poll|monitor|narrow|locate|identify|measure|print|dump|reproduce|debug|profile|study|see|find|"
    r"figure out|make sure|take (?:a|another|one) (?:\w+ )?look|do (?:an?|one|two|the|some|another) (?:\w+ )?(?:check|pass|run|search|look)"
)
# What changes something, which the changes tell, but not why, nor what was let be.
_DOING: Final = (
    r"add|edit|updat|writ|creat|delet|remov|revert|mov|renam|replac|apply|implement|patch|fix|wir|putt|mak|merg|rebas|refactor|"
    r"lett|clean|sett|swapp?|switch|convert|extract|(?:re)?generat|adjust|tighten|rework|correct|try|push|committ|stag|prun|"
    r"(?:re)?install|(?:re)?start|(?:re)?build|deploy|launch|dispatch"
)
_OFTEN: Final = r"(?: (?:now|also|just|next|still|first|currently|quickly|then|only|simply|briefly|again))*"
_AM: Final = rf"(?:i'm|i am){_OFTEN}"
_WILL: Final = rf"(?:(?:i'll|i will|let me|let's){_OFTEN}|{_AM} going to{_OFTEN})"
_LOOKS: Final = (
    rf"(?:{_AM} (?:{_LOOKING})ing\b(?! (?:in|(?:this|that|it|your \w+) as)\b)|{_WILL} (?:{_LOOK})\b)"
)
_CHEERS: Final = r"(?:(?:(?:good|great|fair|nice|excellent) \w+|good|great|nice|perfect|excellent|found it|right|yes)(?:[.!,:]| [—–-]) )?"
_FIRST: Final = (
    rf"{_CHEERS}(?:(?:now|next|first|also|then|so|and|but|ok(?:ay)?|actually|meanwhile|finally)[,.:]? )*"
    r"(?:(?:for|to|before|after|while|once|as|with|in|on) [^,;:.]{1,60}, )?"
)
# One of these stands in all of what follows.
_HINTS: Final = ("i'm ", "i am ", "i'll ", "i will ", "let me ", "let's ")
_AT_IT: Final = re.compile(
    rf"{_FIRST}(?:{_LOOKS}|(?P<does>{_AM} (?:{_DOING})ing\b|(?:let me|let's)\b(?! know\b)))"
)
_WILL_DO: Final = re.compile(r"(?:\w+,? )?(?:i'll|i will|i'm going to)\b")
_THEN_AT_IT: Final = re.compile(
    rf"(?:;|,? [—–-]|,(?: (?:so|and|but|then|and then|so now))?| and then) (?:now |next )?{_LOOKS}"
)
# What it decided: with another way that it did not go, what it let be, or why.
_DECIDES: Final = re.compile(
    r"\b(?:rather than|instead|leav(?:e|ing)|keep(?:ing)?|retain(?:ing)?|preserv(?:e|ing)|untouched|unchanged|without|"
    r"unless|because|since|which (?:keeps|avoids|leaves|means|way))\b"
)
_LIMITS: Final = re.compile(r"\b(?:only|not|never|alone)\b")
_UNDER: Final = re.compile(  # begins what only holds with the rest, or is none of a statement
    r"\W*(?:since|because|given|as|while|before|after|once|if|when|whether|rather|regarding|for|to|with|now|next|then|i'm|i'll|i am|"
    r"i will|let me|good|great|fair|nice|perfect|ok|okay|here's|say|tell|try|please|can|should|do|so|and|but)\b"
)
# To what is not told then.
_POINTS: Final = re.compile(r"(?:this|that|it|they|these|those|which|then|i'm|i'll)\b")
# What a look showed, said in one breath with it.
_SHOWS: Final = re.compile(r"(?:\b(?:and|but)| [—–-]|:) (?:it|they|there|everything|nothing|none|all of) ")
# The same in other languages, where a sentence begins with it; where it ends so, what does something itself is not meant.
_LATIN: Final = re.compile(
    r"(?:jetzt |nun |als nächstes |zuerst )?(?:ich (?:werde|prüfe|überprüfe|kontrolliere|schaue|sehe mir|lese|suche|starte|führe|teste|"
    r"öffne|hole|vergleiche|untersuche|verifiziere)\b(?! nicht)|(?:prüfe|überprüfe|schaue|lese|suche|teste|vergleiche|untersuche) ich\b|"
    r"lass(?:en sie)? mich\b|schauen wir\b)|"
    r"(?:maintenant,? |ensuite,? |d'abord,? )?(?:je (?:vais (?:maintenant |d'abord |aussi )?(?:vérifier|regarder|lancer|relancer|consulter|"
    r"inspecter|lire|chercher|tester|examiner|voir)|vérifie|regarde|lance|relance|consulte|inspecte|lis|cherche|teste|examine)\b|"
    r"laisse[zs]?-moi\b|voyons\b)|"
    r"(?:ahora,? |primero,? |luego,? )?(?:voy a (?:revisar|comprobar|verificar|mirar|ver|ejecutar|buscar|leer|abrir|probar|inspeccionar|"
    r"examinar)|(?:estoy )?(?:revisando|comprobando|verificando|mirando|ejecutando|buscando|leyendo)|déj[ae]me|reviso|compruebo|verifico)\b|"
    r"(?:agora,? |primeiro,? )?(?:vou (?:verificar|checar|olhar|ver|ler|rodar|executar|buscar|procurar|testar|abrir)|"
    r"estou (?:verificando|checando|lendo|rodando|executando|buscando|testando)|deixe-me|deixa eu)\b|"
    r"(?:ora |adesso |prima )?(?:controllo|verifico|guardo|lancio|eseguo|cerco|leggo|sto (?:controllando|verificando|leggendo|cercando|"
    r"eseguendo)|vado a (?:controllare|verificare|vedere|leggere)|fammi|lasciami|vediamo)\b|"
    r"(?:nu )?(?:ik (?:ga|controleer|bekijk|lees|zoek|test)\b(?! niet)|laat me\b|laten we\b)"
)
_OTHERS: Final = re.compile(
    r"(?:теперь |сейчас |сначала |затем )?(?:я )?(?:проверю|посмотрю|запущу|проверяю|смотрю|запускаю|изучу|найду|ищу|читаю)\b|"
    r"давай(?:те)? (?:проверю|посмотрю|проверим|посмотрим)\b|"
    r"(?:现在|接下来|首先|然后|好的)?[,，]?(?:让我|我来|我先|我(?:将|会|要|正在|现在)(?:检查|查看|运行|验证|确认|测试|读取|搜索|看))[^。]*。?$|"
    r"[^。はが]*(?:確認|チェック|実行|検証|調査|テスト|検索|比較)(?:します|しています|してみます|していきます|しましょう)[。.]?$|"
    r"[^.은는]*(?:확인|검토|실행|검증|조사|테스트|검색)(?:하겠습니다|해 ?보겠습니다|하고 있습니다)[.]?$"
)


@lru_cache(4_000)
def stated(text: str) -> str:
    """Return what of a sentence tells something once the turn went on: all of it, a part as it stands there, or nothing."""
    low = text.lower().replace("\u2019", "'")
    if len(low) != len(text):  # a few capitals are longer in lower case, so places would differ
        return text
    if any(map(low.__contains__, _HINTS)):
        return _stated(text, low)
    return "" if _LATIN.match(low) or (not text.isascii() and _OTHERS.match(low)) else text


def _stated(text: str, low: str) -> str:
    if at_it := _AT_IT.match(low):
        if at_it["does"] and (_DECIDES.search(low) or (at_it["does"][0] == "i" and _LIMITS.search(low))):
            return text
        return text if _SHOWS.search(low) else _after(text, low)
    if announces(text):
        return text if _WILL_DO.match(low) and _DECIDES.search(low) else ""
    then = _THEN_AT_IT.search(low)
    return f"{text[: then.start()]}{CUT}" if then and _tells(low[: then.start()]) else text


def _after(text: str, low: str) -> str:
    """Return what a sentence that begins with what the agent is at goes on with, where that stands by itself."""
    at = low.find("; ")
    tail = low[at + 2 :] if at > 0 else ""
    return text[at + 2 :] if _tells(tail) and not _POINTS.match(tail) else ""


def _tells(part: str) -> bool:
    """Tell whether a part of a sentence states something by itself."""
    closed = part.count("`") % 2 == 0 and part.count("(") == part.count(")")
    return closed and part.count(" ") >= LEAST_SPACES and not _UNDER.match(part)
