# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""What is in a person's words: requests, rules, objections, short replies; and the agent's questions.

Rules are given verbatim or not at all. The patterns know English best and the plain forms of some other
languages; what they miss still stands in the log of what the user said.
"""

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from spread.distillation_codec import shorten
from spread.distillation_letters import Words

_FENCE: Final = "```"
_PASTED: Final = re.compile(
    r"^\s*(?:[>$%│┃╭╰├└●⎿✓✗|]|\d{4}-\d\d-\d\d[T ]|\d\d:\d\d:\d\d|at \S+ \(|File \"|\[\w+\]|Traceback|[+-]{3} |@@ |diff --git"
    r"|npm (?:ERR|warn)|[Ee]rror[:\[]|ERROR|[Ww]arning: |\w+Error: |#\d+ |<[a-zA-Z/])"
)
WRAPPED_CHARS: Final = 55  # a line shorter than this was ended on purpose
_MARKER: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_WIDE_STOPS: Final = "。！？；"
_STOPS: Final = re.compile(r"[.!?\n](?:(?<=\n)\n*|\s+)")  # in text without wide ones; several times as fast
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？])(?<!\b\d\.)[\s]+|(?<=[。！？])|\n+|(?<=；)")

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
    rf"would be (?:great|good|nice|better) if it (?:didn'?t|never)|(?:before|after) (?:you )?commit\w*|"
    rf"as (?!soon|quick|fast)\w+ as possible|where(?:ver)? possible)\b|\b(?:each|every) \w.* please\b|^please .*\b(?:each|every) \w|{_IMPERATIVE_NOT}",
)
_FIRM: Final = re.compile(rf"\b(?:never|always|only|not?|must|stick (?:to|with))\b|{_IMPERATIVE_NOT}")
_OTHER: Final = re.compile(
    r"不要|不能|不许|不得|必须|禁止|务必|一定要|只能|只需|始终|永远|别(?:再|用|动|改)|勿|请(?:用|不)|"
    r"しない(?:で|こと)|禁止|必ず|絶対|してはいけ|ないでください|하지 ?마|반드시|금지|"
    r"\b(?:niemals|nie\b|(?<!noch )immer(?! noch)|auf keinen fall|bitte (?:kein|nicht|nur)|nicht (?:ändern|anfassen|löschen)|nur noch|"
    r"nunca|siempre|jamás|no (?:uses|toques|cambies|hagas|modifiques)|evita|asegúrate|"
    r"jamais|toujours|ne \w+ (?:pas|jamais|plus)|n'\w+ (?:pas|jamais|plus)|évite[rz]?|sempre|não (?:use|mude|altere|faça)|"
    r"mai\b|non (?:usare|toccare|modificare)|nooit|altijd|aldrig|alltid)\b|никогда|всегда|нельзя|обязательно|не надо|не (?:трогай|меняй|используй)",
)
# An ASCII sentence without any of these matches none of the patterns of rules; to look is much faster.
_RULE_HINTS: Final = (
    "never", "always", "must", "avoid", "sure", "now on", "no ", "stop", "should", "shall", "need", "prefer", "refrain",
    "forbid", "requir", "mandat", "circum", "at all times", "as a rule", "better", "not", "only", "instead", "rather",
    "without", "don't", "dont", "use", "leave", "keep", "stick", "would be", "commit", "nie", "immer", "keinen", "bitte", "nur",
    "nunca", "siempre", "evita", "jamais", "toujours", "n'", "ne ", "sempre", "mai", "altijd", "aldrig", "alltid", "no\t",
    "nooit", "ensure", "from now", "no\n", "non ", "possible", "each ", "every ",
)  # fmt: skip
_STATEMENT: Final = re.compile(
    r"^(?:[\"'“‘(]|like\b|in theory\b)|^(?:just to be sure,? )?(?:it|this|that|there|they|he|she|the [^,.]{1,60} (?:is|are|was|"
    r"will|does|has)|the \w+ of|it will also)\b.{0,60}\bnever\b|^(?:(?:ah+|oh|ok(?:ay)?|hmm+|well|but|and|so)\b,? )*(?!it (?:would|'d) be \w+ if )(?:it|this|that|there|they|he|she|the \w+|i)\b.{0,40}\b(?:doesn'?t|does not|didn'?t|isn'?t|wasn'?t|can'?t|"
    r"cannot|couldn'?t|won'?t)\b",
)
_ASKED: Final = re.compile(
    r"^(?:why|what|how|when|where|who|is|are|does|did|would|could|can (?!you)|do you|do we|should (?:i|we|it))\b",
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
_OBJECTION: Final = re.compile(
    r"^(?:no\b(?! worries| problem)|nope|nah|wrong|stop\b|wait\b|hmm+,? (?!ok|yes|nice|good|cool|great|pros\b|what|how|which|where|can\b|could|should|would)|undo|revert|none of|but what (?:if|about)|(?:ah+\b.{0,3})?the (?:issue|problem|cause) is\b)|"
    r"\b(?:that'?s (?:wrong|not (?:right|what|correct|it|true))|not what i|did(?:n'?t| not) (?:work|help|fix|change)|"
    r"does(?:n'?t| not) (?:work|help|look right|seem (?:to )?(?:work|right))|still (?:fail|broken|not|the same|see|get|wrong|happen|"
    r"doesn)\w*|you (?:broke|removed|deleted|forgot|missed|didn'?t|ignored)|revert|undo|why did you|not working|"
    r"isn'?t (?:working|right|correct)|worse|better not|i said|i told you|incorrect)\b|不对|错了|还是不|没有用|違う|nein\b|falsch",
)
_GREETING: Final = re.compile(
    r"^(?:hi|hello|hey|yo|hiya|good (?:morning|evening|afternoon)|test(?:ing)?|are you there|continue|go on|resume|"
    r"thanks?(?: you)?|ok(?:ay)?|yes|no|y|n|hallo|hola|你好|こんにちは)\b[\s\w,]{0,12}[.!?]*$",
    re.I,
)
_LOCAL: Final = frozenset((
    "add-dir", "agents", "bashes", "bug", "clear", "compact", "config", "context", "copy", "cost", "desktop",
    "doctor", "effort", "exit", "export", "extra-usage", "fast", "feedback", "fork", "help", "hooks", "ide",
    "init-verifiers", "install", "install-github-app", "keybindings", "login", "logout", "mcp", "memory", "mobile",
    "model", "output-style", "permissions", "plan", "plugin", "plugins", "privacy-settings", "quit",
    "rate-limit-options", "release-notes", "reload-plugins", "remote-control", "remote-env", "rename", "resume",
    "rewind", "sandbox", "session", "skills", "stats", "status", "statusline", "tag", "tasks", "terminal-setup",
    "theme", "todos", "upgrade", "usage", "vim", "voice", "passes", "color", "branch", "btw",
))  # fmt: skip
_ANSWER: Final = re.compile(
    r"(?:yes|yep|yeah|no|nope|ok(?:ay)?|sure|let'?s|option|number|both|neither|all|none|use|go|keep|i'd|i would|i want|prefer|"
    r"don'?t|do|leave|skip|only|\d[.):]?)\b",
    re.I,
)
_ASKING: Final = re.compile(r"(?:(?<=[.!?:\n]) |^\W*|\n\W*)([A-Z](?:[^.!?\n]|\.(?=\w))*\?)(?![\w`=&/.])")
_ASKS_END: Final = re.compile(r"[?？](?![\w`=&/.])")
_BOUNDARY: Final = re.compile(r"[.!?:]\s+|[\n。！？|]")


CONDITION_CHARS: Final = 160  # of a sentence that is told with the rule before it
_CONDITION: Final = re.compile(
    r"(?:(?:but|and|only) )?(?:if|when|whenever|unless|until|once|except|otherwise|because|since|as long as|instead|wenn|außer|sonst|weil|"
    r"si|sauf|sinon|porque|salvo)\b",
    re.I,
)


def sentences(text: str, wanted: Callable[[str], bool] | None = None) -> Iterator[str]:
    """Yield the sentences a person wrote, without code, pasted output and list markers.

    Args:
        wanted: Which of them; the others cost less.
    """
    text = _unfenced(text, "\n")
    wide = not text.isascii() and any(map(text.__contains__, _WIDE_STOPS))
    for part in _SENTENCE.split(text) if wide else _stopped(text):
        if part and (wanted is None or wanted(part)) and not _PASTED.match(part):
            marker = _MARKER.match(part)  # `sub` would look for the beginning at every place
            part = (part[marker.end() :] if marker else part).strip()
            if part:
                yield part


def _unfenced(text: str, instead: str) -> str:
    """Return `text` with something else instead of its fenced code."""
    if _FENCE not in text:
        return text
    parts = text.split(_FENCE)
    return instead.join(parts[::2]) + (instead if len(parts) % 2 == 0 else "")  # the last one may have no end


def _stopped(text: str) -> Iterator[str]:
    """Yield `text` in the parts that end in a stop and a blank, or in a newline."""
    at = 0
    for found in _STOPS.finditer(text):
        end, after = found.span()
        stop = text[end]
        if stop == "." and text[end - 1 : end].isdigit() and not text[max(0, end - 2) : end - 1].isalnum():
            continue  # "build 1. and 2. here" goes on
        yield text[at : end if stop == "\n" else end + 1]
        at = after
    yield text[at:]


def _plain(text: str) -> str:
    """Return `text` in lower case with straight apostrophes, as the patterns have them; `re.I` takes three times as long."""
    return text.lower().replace("’", "'")


def _own_words(text: str) -> str:
    """Return what of a long prompt the person most likely typed: its first and its last paragraph."""
    if len(text) <= 900:
        return text
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    first, last = parts[0], parts[-1] if len(parts) > 1 else ""
    return f"{first if len(first) <= 900 else first[:300]}\n\n{last if len(last) <= 500 else ''}"


def _unwrapped(text: str) -> str:
    """Return `text` with lines put together that some editor or terminal had wrapped."""
    out: list[str] = []
    before = ""
    for line in text.split("\n"):
        if (
            len(before) >= WRAPPED_CHARS
            and before[-1] not in ".!?:;"
            and (line[:1].islower() or line[:1] == "(")
        ):
            out[-1] += f" {line}"
        else:
            out.append(line)
        before = line
    return "\n".join(out)


def rules(text: str) -> list[str]:
    """Return the sentences of a prompt that set a rule, verbatim; one that says when or why with the rule before it."""
    text = _unwrapped(_own_words(text))
    out, before = list[str](), ""
    for said in sentences(text):
        whole = f"{before} {said}"
        if _is_rule(said):
            out.append(said)
            before = said
        elif before and _is_condition(said) and whole in text:
            out[-1] = before = whole
        else:
            before = ""
    return out


def _is_condition(said: str) -> bool:
    """Tell whether a sentence only says when, why or unless what the one before it says holds."""
    return len(said) <= CONDITION_CHARS and not said.endswith("?") and bool(_CONDITION.match(said))


def _is_rule(said: str) -> bool:
    if not 8 <= len(said) <= 400:
        return False
    plain = _plain(said)
    if plain.isascii() and not any(map(plain.__contains__, _RULE_HINTS)):
        return False
    if _ASKED.match(plain) and not _POLITE.search(plain):
        return False
    if said.endswith(("?", "？")) and not (_POLITE.search(plain) and _FIRM.search(plain)):
        return False
    return bool((_STRONG.search(plain) and not _STATEMENT.match(plain)) or _OTHER.search(plain))


_WONDERS: Final = re.compile(r"^(?:why|what|how|who|where|would|could|can|should|do (?:you|we))\b")
_CHOICE: Final = re.compile(
    r"\b(?:i think|i'd|i would|i feel like|i guess|i want|i need|we (?:would )?want|we should|should (?:be|appear|just|live|use|"
    r"display|also|have|capture|go)|let's|lets|(?:has|have) to|is|are|keeps|directly|not|instead|for now|name it|called|rather|use|not just|"
    r"actually|already|isn't|is not|not relevant|too? much|risk|don't have|doesn't (?:keep|handle)|for consistency)\b|"
    r"^(?:no|yes|ok|okay|hmm+|[a-d][.)])\b|"
    r"^also (?!i\b|it\b|this\b|that\b|there|the\b|wh|how\b|is\b|are\b|can\b|could\b)[a-z]{3,}",
)
# A wish in the form of a question.
_ASKED_FOR: Final = re.compile(
    r"^(?:any chance (?:we|you) c(?:an|ould)|(?:can|could) we (?:please |just |also |instead |maybe )?(?:use|not|drop|leave|keep|rename|put|avoid|skip))\b"
)


# What the user sees go wrong, as long as no word tells what to do: a report, which the repair soon makes untrue.
_SYMPTOM: Final = re.compile(
    r"\b(?:still (?:see|seeing|get|getting|show\w*|not)|(?:can't|cannot|can not) (?:get|see|seem|find|log|open)|seems?|"
    r"looks like|(?:it's|its|is) giving|giving me|i'm (?:seeing|getting)|i (?:get|see|got)|there's no|remains?|ends? up|"
    r"displayed|stuck)\b"
)
_DIRECTS: Final = re.compile(
    r"\b(?:should|must|let's|lets|want|need|instead|prefer|rather|please|don't|dont|do not|use|keep|make|name it|called|"
    r"i'd|i would|has to|have to|for now|add|remove|change|put|only|never|always)\b"
)
PASTED_CHARS: Final = 600  # so long a prompt is in part not typed
_OWN_VOICE: Final = re.compile(r"\b(?:i|i'd|i'm|we|we're|you|let's|lets|please|don't|dont|my|our|me|us)\b")
_OUTPUT: Final = re.compile(
    r":\d+:\d+|\bUncaught\b|\b\w+(?:Error|Exception):|://localhost|^\d+-\d+: |\bversion: |^(?:[A-Z]\w+ ){1,3}[A-Z]\w+$|\S{60}"
)
# A pasted prompt of a shell, with what the command printed below it.
_TERMINAL: Final = re.compile(
    r"^[ \t]*(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[:\s][^\n$#]{0,120}[$#]|PS [A-Z]:[^\n>]{0,120}>|[A-Z]:\\[^\n>]{0,120}>|[$%]|➜) [^\n]*(?:\n(?!\n)[^\n]*)*",
    re.M,
)
_SHOWS: Final = re.compile(r"[$%#>➜] ")
_QUOTATION: Final = re.compile(r"\"[^\"]{40,600}\"|“[^”]{40,600}”")


def unpasted(text: str) -> str:
    """Return a prompt without what was pasted from a terminal; nothing where it is all that."""
    return _TERMINAL.sub("", text).strip() if _SHOWS.search(text) else text


SEVERAL: Final = 3  # paragraphs of a prompt are a list of what is wanted
_BLANK: Final = re.compile(r"\n\s*\n")


def own_words(text: str) -> str:
    """Return what the person wrote of a prompt, on one line, verbatim but for what is quoted or was printed."""
    lines = _unfenced(_typed(unpasted(text)), "\n…\n").splitlines()
    told = ("…" if _PASTED.match(line) or _OUTPUT.search(line) else line for line in lines)
    return " ".join(" ".join(told).split())


def _typed(text: str) -> str:
    return _QUOTATION.sub("“…”", _unwrapped(_own_words(text)))


def choices(text: str, *, answers: bool = False) -> list[str]:
    """Return the sentences of a prompt that prefer, decide, correct or state something, verbatim; no questions.

    Args:
        answers: The prompt follows a question of the agent; then whatever it states counts.
    """
    text = unpasted(text)
    listed = len(text) <= PASTED_CHARS and len(_BLANK.findall(text.strip())) >= SEVERAL - 1
    corrects = answers or objects(text) or listed
    out = []
    for said in sentences(_typed(text)):
        plain = _plain(said)
        wish = bool(_ASKED_FOR.match(plain))
        asks = not wish and (said.endswith(("?", "？")) or (_WONDERS.match(plain) and not corrects))
        if not 10 <= len(said) <= 300 or asks or not (wish or corrects or _CHOICE.search(plain)):
            continue
        if not answers and _SYMPTOM.search(plain) and not _DIRECTS.search(plain):
            continue
        if (len(text) <= PASTED_CHARS or _OWN_VOICE.search(plain)) and not _OUTPUT.search(said):
            out.append(said)
    return out


_WORD: Final = Words(r"[^\W\d_]{3,}")
_STOP: Final = frozenset((
    "the", "and", "for", "you", "that", "this", "with", "not", "don", "can", "are", "was", "but", "all", "any",
    "use", "have", "from", "should", "must", "never", "always", "make", "sure", "want", "need", "please", "only",
    "when", "will", "would", "could", "into", "also", "just", "let", "now", "then", "than", "what", "your", "our",
    "its", "it's", "don't",
))  # fmt: skip


def stems(text: str) -> set[str]:
    """Return the telling words of a text, cut to six letters, to see whether two texts speak of the same."""
    return set(_stems(text))


def stems_once(text: str) -> frozenset[str]:
    """Return what `stems` does of a text that does not come again."""
    return frozenset([word[:6] for word in set(_WORD.of(text.lower())) - _STOP])


_stems: Final = lru_cache(1_000)(stems_once)  # what was rejected or ruled is compared again at each revision


def still_binding(text: str, known: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the rules (line, words) that a later prompt does not take back.

    It takes one back by saying so while speaking of the same thing, or by asking for just what was forbidden.
    """
    low = _plain(text[:3_000])
    revokes = any(map(low.__contains__, _REVOKE_HINTS)) and _REVOKE.search(low)
    if not revokes and not any(map(low.__contains__, _verbs(tuple([rule for _, rule in known])))):
        return known
    said = [_plain(part) for part in sentences(text[:3_000])]
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
    negated = _NEGATED.search(_plain(rule))
    return negated[1].lower().removesuffix("ing") if negated else ""


def objects(text: str) -> bool:
    """Tell whether a prompt objects to what was just done or said."""
    return any(_OBJECTION.search(_plain(said)) for said in islice(sentences(text[:1500]), 4))


@lru_cache(500)  # the prompts of a session are asked about at each revision
def is_incidental(text: str, kind: str) -> bool:
    """Tell whether a prompt asks for nothing by itself: greetings, "continue", the client's own commands."""
    if kind == "shell":
        return True
    if kind == "command":
        return text[1:].split(" ", 1)[0] in _LOCAL
    return len(text) < 2 or bool(_GREETING.match(text.strip()))


_FORBIDS: Final = re.compile(r"(?:please |but |and )*(?:do not|don'?t|dont|never|no|stop)\b", re.I)


@lru_cache(500)  # the prompts of a session are asked about at each revision
def says_a_goal(text: str, kind: str) -> bool:
    """Tell whether a prompt can be what a session is for: more than a word or two, and no mere prohibition."""
    if kind != "command" and len(text.split(None, 3)) < 4:
        return False
    said = sentences(text[:1_000])
    first = next(said, "")
    return not first or any(not _FORBIDS.match(_plain(part)) for part in chain((first,), said))


def is_same(one: str, other: str) -> bool:
    """Tell whether two prompts are the same but for a word in six: one was given again, a slip in it mended."""
    words = SequenceMatcher(None, one[:1_000].split(), other[:1_000].split(), autojunk=False)
    return len(one.split(None, 3)) > 3 and words.ratio() >= 5 / 6


def is_short_reply(text: str) -> bool:
    """Tell whether a prompt can only be understood from what it answers."""
    return len(text) <= 40 and len(text.split()) <= 6


_OPEN_QUESTION: Final = re.compile(
    r"\b(?:anything else|what(?:'s| is) next|what (?:would you like|do you want|should (?:i|we)) (?:to )?(?:work|do)|how can i help)\b",
    re.I,
)


@lru_cache(500)
def is_answer(text: str, question: str = "") -> bool:
    """Tell whether a prompt that follows a question answers it, rather than asks for the next thing."""
    if len(text) > 300 or text.startswith("/") or _OPEN_QUESTION.search(question):
        return False
    if text.endswith("?") and len(text) < 60:
        return bool(re.match(r"(?:yes|no|ok)\b[^?]*,", text, re.I))
    return is_short_reply(text) or bool(_ANSWER.match(text)) or "?" not in text


_ASSENT: Final = re.compile(
    r"(?:(?:y|yes|yep|yeah|ok(?:ay)?|sure|go(?: ahead| on)?|continue|proceed|please|do (?:it|so|that)|lets?|let's|sounds good|good|great|"
    r"perfect|nice|cool|fine|thanks?|try|keep|going|it|that|this|and|with|for|now|then|correct|right|agreed?|all|looks)\b[\s,.!]*){1,7}",
    re.I,
)


OFFER: Final = re.compile(
    r"\b(?:should i|shall i|want me to|(?:would|do) you (?:like|want) me to|may i|can i|ready (?:for|to)|ok(?:ay)? to|proceed with)\b",
    re.I,
)


@lru_cache(500)
def assents(text: str) -> bool:
    """Tell whether a reply only says yes: what follows shows what to."""
    return bool(_ASSENT.fullmatch(text.strip()))


def question_of(said: str) -> str:
    """Return the last question in the closing part of a message, or an empty string."""
    if "?" not in said and "？" not in said:
        return ""
    tail = _unfenced(said, "")[-900:]
    end = max((found.end() for found in _ASKS_END.finditer(tail)), default=0)
    start = 0
    for found in _BOUNDARY.finditer(tail, 0, max(end - 1, 0)):
        start = found.end()
    question = tail[start:end].strip(" *_#->|")
    return shorten(question, 300) if len(question) > 8 else ""


def question_to(said: str, reply: str) -> str:
    """Return the last question in the closing part of a message, or where a reply has no word of it, one of which it has."""
    last = question_of(said)
    words = stems(reply) if said.count("?") + said.count("？") > 1 else set[str]()
    if not last or not words or words & stems(last):
        return last
    shared = [(len(words & stems(asked)), asked) for asked in _questions(said)]
    most = max((count for count, _ in shared), default=0)
    return next((shorten(asked, 300) for count, asked in reversed(shared) if count == most > 0), last)


def _questions(said: str) -> list[str]:
    """Return all questions in the closing part of a message."""
    parts = [part.replace("**", "").strip(" *_#->|") for part in _ASKING.findall(_unfenced(said, "")[-900:])]
    return [part for part in parts if len(part) > 8]


def questions_of(said: str) -> list[str]:
    """Return the questions in the closing part of a message in order, at most three, the last one always."""
    if chosen := _choices_asked(said):
        return [shorten(chosen, 300)]
    last = question_of(said).replace("**", "")
    if not last:
        return []
    asked = [shorten(part, 200) for part in _questions(said) if part not in last and last not in part]
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
def _choices_asked(said: str) -> str:
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


def ends_in_question(said: str) -> bool:
    """Tell whether a message leaves the next step to the person."""
    lines = [line.strip(" *_>`)") for line in said.splitlines() if line.strip(" *_>`-")]
    closing = re.split(r"(?<=[.!?])\s+", lines[-1])[-3:] if lines else []
    if any(line.endswith(("?", "？")) for line in [*lines[-2:], *closing]) or _choices_asked(said):
        return True
    return bool(
        lines
        and re.search(
            r"\b(?:let me know|waiting for|your call|please (?:confirm|advise|choose))\b", lines[-1], re.I
        )
    )


_NEXT: Final = re.compile(
    r"\b(?:next(?: step| up|,|:| i)|remaining (?:work|steps?|tasks?|items?|issues?|problems?)|remains? to|"
    r"still (?:to do|need|needs|left|missing|open)|todos?:|to do:|follow-?up|not yet|left to|"
    r"(?:deliberately|intentionally)? ?left (?:open|undone|out|alone)|not (?:yet )?(?:done|tested|verified|exercised|proven|pushed|covered)|untested|"
    r"say the word|if you(?:'d like| want| wish)\b(?=[^.\n]*\b(?:i|let me|tell me|say)\b)|i (?:would|will|'ll|can) (?:then )?|should i|would you like|want me to|shall i|let me know|you(?:'ll| will)? need to)\b",
    re.I,
)


def next_of(said: str) -> str:
    """Return the sentences of the agent's last message that say what comes next, at most three."""
    found = [item for item in sentences(said[-2500:]) if _NEXT.search(item) and len(item) < 500]
    return "\n".join(shorten(item, 300) for item in found[-3:])
