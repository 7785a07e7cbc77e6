"""Which rules of the user bind after a prompt: what it sets and takes back, and what of that it says stands after all."""

import re
from typing import Final

from spread.distill.rules import unshown
from spread.distill.rules_lifted import SAID_CHARS, still_binding, takes_back, what_went
from spread.distill.rules_waits import only_looks, waits
from spread.distill.turns import Turn
from spread.distill.words import in_plain, sentences, stems

_NAMES: Final = ("rule", " ban", "policy", "regel", "verbot", "règle", "interdi", "regla", "prohib", "regra")
_STANDS: Final = re.compile(
    r"\b(?:rule|ban|policy|regel|verbot|règle|interdiction|regla|prohibición|regra)\b"
    r"(?:(?!n't\b|\b(?:no|not|never|nicht|nie|ne|n'|não)\b)[^.!?]){0,40}?"
    r"\b(?:stands?|holds?|applies|is (?:back|on again)|still|remains?|stays|after all|gilt|bleibt|steht|reste|tient|s'applique|sigue|vale|vuelve|continua)\b"
    r"(?![^.!?]{0,20}\b(?:nicht|no more|any ?more|any longer|pas|plus|in the way|off|gone|void)\b)"
)
_DOUBTED: Final = re.compile(r"\b(?:if|whether|unless|ob|falls|wenn|si)\b")
# Of no telling which rule is meant.
_NO_MATTER: Final = stems(
    "rule ban policy regel verbot règle interdiction regla prohibición regra stands stand holds hold applies back again still remains stays "
    "after all then also doch wieder gilt bleibt steht also denn yes okay"
)

Lifted = tuple[int, int, str, str]  # the line of the prompt, that of the rule, the rule, the prompt's words


def holds_again(text: str, lifted: list[Lifted]) -> tuple[str, Lifted | None]:
    """Return the sentence of a prompt that says of a rule that was taken back that it stands, and that rule; else none.

    It is the one whose words it names, the last of several; where it names none, the last that was taken back.
    """
    if not lifted or not any(map(in_plain(text).__contains__, _NAMES)):
        return "", None
    for said in sentences(text):
        plain = in_plain(said)
        if said.endswith("?") or not _STANDS.search(plain) or _DOUBTED.search(plain):
            continue
        words = stems(said) - _NO_MATTER
        fits = [each for each in lifted if words & (stems(each[2]) - _NO_MATTER)] if words else lifted
        if fits:
            return said, fits[-1]
    return "", None


def begun(known: list[tuple[int, str]], turns: list[Turn], changed: int) -> list[tuple[int, str]]:
    """Return the rules (line, words) without those that nothing be changed, where that was done on a later prompt.

    They were of what was to be looked at or planned first, in whichever language.
    """
    asked = next((turn.prompt.line for turn in reversed(turns) if turn.prompt.line < changed), 0)
    return [each for each in known if each[0] >= asked or not only_looks(each[1])]


def bound(
    text: str, line: int, last: int, known: list[tuple[int, str]], lifted: list[Lifted], new: list[str]
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the rules (line, words) that bind after a prompt, and those that it took back for good.

    Args:
        text: The prompt's, empty where it takes nothing back.
        last: The line of the prompt before it.
        known: The rules that bound before it.
        lifted: Those taken back before; what stands after all is taken out of them.
        new: The sentences of it that are likely rules.
    """
    said = unshown(text[:SAID_CHARS]) if text and (known or lifted) else ""
    stands, again = holds_again(said, lifted)
    if again:  # what says so takes nothing back
        said = said.replace(stands, "")
        lifted.remove(again)
        known = sorted([*known, again[1:3]])
    binding = still_binding(said, known, last) if said and known else known
    gone = [] if binding is known else [each for each in what_went(known, binding) if not waits(each[1])]
    lifting = binding is not known
    out, bare = [*binding], {each.strip(" .!") for _, each in binding}
    for each in new:
        if each.strip(" .!") not in bare and not (lifting and takes_back(each)):
            out.append((line, each))
            bare.add(each.strip(" .!"))
    return out, gone
