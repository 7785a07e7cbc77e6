# ruff: noqa: RUF001  (the patterns hold the dashes that people and agents write)
"""The parts of an item of the page, told apart in linear time: a peer may have written it, to keep us busy for ever."""

import re
from typing import Final

from spread.distillation_codec import shorten
from spread.distillation_told import LOOKS, OBJECTED, SAID, WISHED, WONDERED

# Word by word, which takes a fifth of the time that letter by letter does.
ITEM: Final = re.compile(r"- (?P<text>[^ ]*+(?: (?!\(L\d+\)\Z)[^ ]*+)*+)(?P<at> \(L\d+\))?\Z")

AT_LINE: Final = re.compile(r" \(L\d+\)$")  # ends what rests on a single line
TITLE_CHARS: Final = 60
_TITLE: Final = re.compile(r"\s[—–-]\s|:\s|[.?!]\s|\s\(|\*\*")
# Says that something was mistyped, or looked for where it is not; or nothing at all.
_MISTYPED: Final = re.compile(
    r"no such file or dir|ENOENT|cannot access|unknown revision|parse error near|unexpected (?:token|EOF)|"
    r"syntax ?error|(?:unknown|unrecognized|invalid) option|^: exit code \d+$",
    re.I,
)
# Says what nobody who goes on may do either, wherever they ask.
_BARRED: Final = re.compile(
    r"\b(?:(?:error|status|code|http)\W{0,3}(?:code )?(?:40[137]|429)\b|40[137]: |SAML|SSO\b|OAuth|forbidden|"
    r"unauthori[sz]ed|not authori[sz]ed|(?:insufficient|missing|lacks?|not have|without)(?: \w+)? permissions?\b|"
    r"authenticat\w+|credentials?\b|(?:missing|expired|access|api|auth|bearer) token|log(?:ged)? ?in\b|sign in\b|"
    r"rate limit|quota|ENOTFOUND|getaddrinfo|could not resolve|ECONNREFUSED|command not found|\w: not found$|"
    r"not recognized as|not installed)",
    re.I,
)

OF_THEIRS: Final = (
    WISHED,
    WONDERED,
)  # begin what the user had asked before, where the agent's question names nothing
# Behind what is decided, in the same sentence.
ASKS_TOO: Final = re.compile(r"(?<=\w), (?:can|could|would|will) (?:we|you)\b[^,?.!”]{0,120}\?")

Parts = dict[str, str]  # "" for what is not there

_ARROW: Final = " → “"
TO: Final = " (to: "  # begins what an objection is to
NOT: Final = " (not: "
ADVISED: Final = " (advised: "  # begins the options beside an answer in other words
OFFERED: Final = " (offered: "  # likewise, where none was advised
_TAKING: Final = ("” = ", f"”{NOT}", f"”{OFFERED}")  # stand behind words that take an option
_CODE: Final = re.compile(r"[^`]*`[^`]*`", re.S)
_FAILS: Final = re.compile(r"(?:failed|refused|stopped)[^:;`]*+")
_BECAME: Final = re.compile(r"(?<=”) (?:\([^()”]* since\)|\[[^]”]*\])(?=; |$)")
THEN: Final = re.compile(r"; (?:before that|then|later|the same|passed|another|a later|never|now|worked)\b")


def takes(text: str) -> bool:
    """Tell whether a text has words that take an option, with that or what else was offered."""
    return any(map(text.__contains__, _TAKING))


def answer(text: str) -> Parts | None:
    """Return a question, what was said to it, which option that picked, what it means, and what stands beside it."""
    at = text.find(_ARROW)
    if at < 0:
        return None
    begin = at + len(_ARROW)
    end = text.find("”", begin)
    while end >= 0:
        tail = _tail(text[end + 1 :])
        if tail is not None:
            return {"asked": text[:at], "said": text[begin:end], **tail}
        end = text.find("”", end + 1)
    return None


def _tail(text: str) -> Parts | None:
    """Return what follows the quotation of an answer, if it is nothing else: ` = picked`, `: means`, ` (beside)`."""
    beside = _beside(text)
    picked = means = ""
    at = 0
    if text.startswith(" = "):
        colon = text.find(": ", 3)
        while colon > 0 and _is_in_code(text, colon):
            colon = text.find(": ", colon + 1)
        at = min(place for place in (colon, beside, len(text)) if place >= 3)
        picked = text[:at]
    if text.startswith(": ", at):
        end = beside if beside > at + 1 else len(text)
        means, at = text[at:end], end
    if at < len(text) and at != beside:
        return None
    return {"picked": picked, "means": means, "beside": text[at:]}


def _beside(text: str) -> int:
    """Return where a bracket begins that ends the text; -1: nowhere."""
    if not text.endswith(")"):
        return -1
    quoted = max(text.rfind("“"), text.rfind("”"))
    passed = text.find(NOT, quoted + 1)
    plain = text.rfind(" (", quoted + 1)
    if plain >= 0 and set("()") & set(text[plain + 2 : -1]):
        plain = -1
    return min((place for place in (passed, plain) if place >= 0), default=-1)


def objection(text: str) -> Parts | None:
    """Return what the user objected, to what, and the agent's reply."""
    begin = len(OBJECTED) + 1
    if not text.startswith(f"{OBJECTED}“"):
        return None
    end = text.find("”", begin)
    while end >= 0:
        tail, to, reply = text[end + 1 :], "", ""
        if tail.startswith(TO):
            at = tail.find(f"){SAID}")
            if at >= 0 and tail.endswith("”"):
                to, reply = tail[: at + 1], tail[at + 1 :]
            elif tail.endswith(")"):
                to = tail
        elif tail.startswith(SAID) and tail.endswith("”"):
            reply = tail
        if not tail or to or reply:
            return {"said": text[begin:end], "to": to, "reply": reply}
        end = text.find("”", end + 1)
    return None


def failure(text: str) -> Parts | None:
    """Return what failed, why, what the agent said of it, and what then worked."""
    code = _CODE.match(text)
    for found in _FAILS.finditer(text, code.end()) if code else ():
        end = found.end()
        what = text[:end]
        if end == len(text):
            return {"what": what, "why": "", "said": "", "then": ""}
        if text.startswith(": ", end):
            said = text.find(SAID, end)
            closed = text.find("”", said + len(SAID)) + 1 if said >= 0 else 0
            then = THEN.search(text, closed or end + 2)
            at = then.start() if then else len(text)
            why = min(said, at) if closed else at
            if closed and (mark := _BECAME.search(text, why, at)):
                at = mark.start()  # stays, where words are cut
            return {"what": what, "why": text[end:why], "said": text[why:at], "then": text[at:]}
        if THEN.match(text, end):
            return {"what": what, "why": "", "said": "", "then": text[end:]}
    return None


def is_trifle(what: str, why: str) -> bool:
    """Tell whether a tool from elsewhere was not used as it wants, something was mistyped, elsewhere, or only asked."""
    return LOOKS in what or (what[:1].islower() and not is_barred(why)) or _MISTYPED.search(why) is not None


def is_barred(why: str) -> bool:
    """Tell whether access was refused, or a program or the network is not there: it holds for who goes on, too."""
    return _BARRED.search(why) is not None


def _is_in_code(text: str, at: int) -> bool:
    return text.count("`", 0, at) % 2 > 0


def title(option: str) -> str:
    """Return what an option is called: its words up to where it is explained."""
    bare = option.strip(" *")
    if bare.count("**") % 2 == 0:  # bold print is within, and ends no name
        bare = bare.replace("**", "")
    ends = (found.start() for found in _TITLE.finditer(bare))
    end = next((end for end in ends if end > 2 and not _is_in_code(bare, end)), len(bare))
    return shorten(bare[:end], TITLE_CHARS)
