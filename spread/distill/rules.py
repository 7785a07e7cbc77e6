# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""Rules that the user sets in a prompt, and which of them bind until a later one takes them back.

They are given verbatim or not at all. What is shown in a prompt and not said is known by patterns, and what sets a rule
by what its words weigh; what is missed still stands in the log of what the user said.
"""

import re
from functools import lru_cache
from typing import Final

from spread.distill import rules_learned
from spread.distill.rules_listed import listed
from spread.distill.rules_papers import last_blank, without_papers
from spread.distill.words import in_plain, own_paragraphs, sentences, unwrapped

# Quoted sentences, and the comments of code.
_SHOWN: Final = re.compile(
    r"(?<!\w)\"[^\"]{4,400}[.!?]\s[^\"]{4,600}\"|“[^”]{4,400}[.!?]\s[^”]{4,600}”|^[ \t]*/\*.{0,2000}?\*/|"
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
    r"\s*(?:[EW]: \S|● .*›|#\d+ (?:\d+\.\d+ |ERROR|WARNING|CACHED|DONE|\[)|\[?\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*|) \[?(?:\w+\]? )?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE)\b|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|"
    r"\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? |(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ \d\d:\d\d:\d\d |= (?:help|note): |##\[\w+\]|[\w./\\-]+:\d+(?::\d+)?: (?:error|warning|note|fatal)\b|"
    r"[\w.]*(?:Error|Warning|Exception)(?:\[\w+\])?: |npm (?:ERR|WARN|err|warn)|(?:WARN(?:ING)?|ERROR|FATAL|INFO|DEBUG|remote|fatal|hint)\b[:!\[ ]|"
    r"[Aa]ssertion (?:failed|error)|[\w.-]+: (?:error|fatal|warning)\b|\d+ (?:failing|passing|failed|passed)\s*(?:[(,]|$)|Traceback |panic: |goroutine \d|(?:Assistant|Human|User|System|Tool result): |\w+ hook (?:success|feedback|error)\b)"
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
# What was just said is taken back at once.
_THOUGHT_BETTER: Final = re.compile(
    r"(?:(?:actually|wait|oh|hm+|sorry|ah|well)\b[,.!]* )+(?:no\b[,.!]|no wait|scratch that|forget (?:that|it)|never ?mind|nvm|strike that)|(?:scratch|strike) that\b",
    re.I,
)
_OURS: Final = re.compile(r"\(l\d+(?:…l?\d+)?\)\W*$")  # ends a line of a hand-off that was put into a prompt
LEAST_CHARS: Final = 8  # of a rule, and
MOST_CHARS: Final = 400
LEAST_WIDE: Final = 4  # in letters of which each is a word
CONDITION_CHARS: Final = 160  # of a sentence that is told with the rule before it
_CONDITION: Final = re.compile(
    r"(?:(?:but|and|only) )?(?:if|when|whenever|unless|until|once|except|otherwise|because|since|as long as|instead|wenn|außer|sonst|weil|"
    r"si|sauf|sinon|porque|salvo)\b",
    re.I,
)
_DISPLAYS: Final = re.compile(r"\b(?:show(?! me)|display|return|render|redirect|hide)\b", re.I)
# Only orders that it be committed or pushed now, in however many commits: that binds nothing later.
_ONCE: Final = re.compile(
    r"(?:(?:and|then|so|ok(?:ay)?|yes|now|please|just|good|great|und|dann|ja|jetzt|bitte|noch|y|luego|sí|ahora|et|puis|oui|e|depois|sim|и|i)\b[ ,.!]*)*"
    r"(?:(?:do|make|mach|haz|hazme|fais|faz|faça|zrób|сделай) (?:an? |einen |un |um |o )?)?"
    r"(?:amend|squash|commit(?:t?en|t?e|tiere?|ea|ear|t?ez|ta)?|push(?:en|e|ea|ez)?|commit(?:te)? (?:and|n|&|und|y|et|e) push(?:e|en)?|закоммить|запушь)"
    r"(?:,? (?:it|this|that|them|all|both|everything|das|alles|beides|es|lo|(?:de )?todo|ambos|tout|ça|les deux|tudo|now|jetzt|ahora|maintenant|again|please|bitte|thanks|danke|por favor|merci|too|auch|separately|einzeln|getrennt|por separado|séparément|"
    r"(?:(?:folded |squashed )?(?:as|in|into|als|en|em|dans) )?(?:one|two|three|an?|the (?:right|same|last|previous)|eine[nm]|ein|zwei|un|une|dos|deux|um|dois)(?: (?:single|separate|einzigen|einzelne|solo|seul|só|único))? commits?))*\W*"
    r"|(?:(?:and|then|so|ok(?:ay)?|yes|now|please)\b[ ,.!]*)*(?:amend|squash|commit)(?: (?!always|never|every|each|only|whenever|future|all\b)[\w-]+){1,6} (?:as|in|into|to)(?: (?:an?|its|the|own|one|last|previous|first|separate|single|same)){1,3} commits?(?:, (?:one|a single) commit for (?:everything|all))?\W*"
    r"|(?:コミット|プッシュ)(?:も|を)?(?:して|お願い|しといて)?(?:ください|おいて|ね|します)?\W*|(?:请)?提交(?:一下|吧|了)?\W*|커밋(?:해 ?줘|하자)?\W*"
)
# Asks, though in a hurry no mark was typed.
_UNMARKED: Final = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|hm+|wait),? )*(?:wh?at|where|how)(?:'?s)? (?:(?!never|always|not)[\w']+ ){0,2}(?:is|are|r|was|were|did|do|does|we|u) (?:we|u|you|it|i|they)\b(?!.*\b(?:never|always|must|should|only)\b)|"
    r"(?:(?:and|but|so|ok(?:ay)?|hm+|wait),? )*(?:(?:did|does|was|were|is|are) (?:you|we|they|it|that|this|there|i)|(?:do|have) (?:you|we|they|i))\b[^.!;:,]*$"
)
_HASHED: Final = re.compile(
    r"#+ *(?=[^\W\d])"
)  # as one writes for the memory of the project; no heading stands alone
_LEANS: Final = re.compile(  # what it is about stands in the sentence before it
    r"(?:(?:and|but|so|also|please|just|then),? ){0,3}(?:(?:it|its|this|that|these|those|they|them|same)\b|"
    r"only (?!use|change|touch|edit|do\b|run)|(?:should|must|never|always|don'?t|do not|keep|leave) (?:\w+ )?(?:it|this|that|them|these|those|they)\b)",
    re.I,
)


def set_by(text: str, kind: str) -> list[str]:
    """Return the rules that a prompt of a kind sets; what is typed to be remembered is one as it stands."""
    if kind == "memory" and len(text) <= MOST_CHARS and "\n" not in text:
        return [text]
    return rules(text) if kind in ("typed", "queued", "command", "memory") else []


def rules(text: str) -> list[str]:
    """Return the sentences of a prompt that set a rule, verbatim; one that says when or why with the rule before it, and
    one that does not say of what with the sentence before it.
    """
    text = looked_through(text)
    if text.startswith("#") and "\n" not in text:
        text = _HASHED.sub("", text)
    out: list[str] = []
    before, last = "", ""
    headed = listed(text)
    for said in sentences(text):
        if before and _THOUGHT_BETTER.match(said):
            out.pop()
            before = ""
        whole = f"{before or last} {said}"
        if before and _is_condition(said) and whole in text:
            out[-1] = before = whole
        elif is_likely(said) or (headed and _is_headed(said, headed)):
            leans = len(last) <= CONDITION_CHARS and whole in text and bool(last and _LEANS.match(said))
            if leans and before:
                out.pop()
            before = whole if leans else said
            out.append(before)
        else:
            before = ""
        last = said
    return out


def looked_through(text: str) -> str:
    """Return what of a prompt may hold rules: what the person typed, without what is only shown in it."""
    return unwrapped(unshown(own_paragraphs(without_papers(text))))


def is_likely(said: str) -> bool:
    """Tell whether a sentence is likely a rule."""
    return (
        (LEAST_CHARS if said.isascii() else LEAST_WIDE) <= len(said) <= MOST_CHARS
        and not _OURS.search(said.lower())
        and not _ONCE.fullmatch(in_plain(said))
        and not (said.endswith(("?", "？")) and rules_learned.enquires(said))
        and not _UNMARKED.match(in_plain(said))
        and rules_learned.odds(said) > rules_learned.weights().least
    )


def _is_headed(said: str, listed: str) -> bool:
    """Tell whether a sentence stands in what is listed below a line that calls it rules."""
    return LEAST_CHARS <= len(said) <= MOST_CHARS and said in listed and not said.endswith("?")


@lru_cache(1)  # of most prompts it is asked twice
def unshown(text: str) -> str:
    """Return a prompt without what is only shown in it: logs, comments of code, and what "here is the text:" announces."""
    if '"' in text or "/*" in text or "'" in text or "“" in text:
        text = _SHOWN.sub("…", text)
    if "\n" in text and len(left := _LETTER.sub("", text)) > LEAST_CHARS:
        text = left
    if "\n" not in text and ":" not in text and "!" not in text and "<" not in text:
        return text
    lines, out, logged = text.split("\n"), list[str](), False
    last = last_blank(lines)
    ends = ""
    for at, line in enumerate(lines):
        if ends:
            ends = "" if line.strip().startswith(ends) else ends
            continue
        if ends := _block_end(line, text):
            continue
        if _SHOWS.match(in_plain(line)):
            return "\n".join([*out, *lines[last:]]) if last > at else "\n".join(out)
        if line.startswith(">") or _TAGGED.match(line) or (": " in line and _SAYS.match(in_plain(line))):
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
    return (
        len(said) <= CONDITION_CHARS
        and not said.endswith("?")
        and _CONDITION.match(said) is not None
        and not _DISPLAYS.search(said)
    )
