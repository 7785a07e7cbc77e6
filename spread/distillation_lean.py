"""An item of a list in few words, where others would have no room: what it does not need goes, not what it says."""

import re
from functools import lru_cache
from typing import Final

from spread import distillation_parts as parts
from spread.distillation_also import ALONE, CHOSE, LABEL, OF_WORDS, PLACE, call, cause
from spread.distillation_codec import command, shorten
from spread.distillation_parts import AT_LINE
from spread.distillation_quote import quote
from spread.distillation_spoken import whole
from spread.distillation_told import LOOKS, THOUGHT, WHICH

MOST: Final = 115  # characters, about
LEAST: Final = 40  # characters of a part of one
CALL: Final = 48  # of a call
REPLY: Final = 75  # of what was said on taking an option
NOT_TAKEN: Final = " (not: "  # begins the options beside an answer
EACH_OPTION: Final = 36  # characters of each
MEANING: Final = 90  # of what a name means that stands with nothing else
NAME_MORE: Final = 16  # and so many more, where a name would be cut
EXPLANATION: Final = 90  # of what the agent said of a failure
THOUGHT_OF: Final = 125  # of what it thought, which says what the failure came from
_CHANGE: Final = re.compile(r" \([^()`]*`[^`]*`(?: → `[^`]*`)?\)")  # the code of an edit
_CODE: Final = re.compile(r"`([^`]*)`")
_BECAME: Final = re.compile(r"`([^`]*)` → `([^`]*)`")
_BREAKS: Final = " (,"  # before which two lines of code are told apart
SAME: Final = 12  # characters that both begin with, and more, say nothing
_HOW: Final = re.compile(r"(?<=`) failed(?= |$)")


@lru_cache(2_000)
def lean(item: str) -> str:
    """Return a choice without its question, a failure without what filters its output; empty for any other item."""
    found = parts.ITEM.match(item)
    if found is None:
        return ""
    text, at = found["text"], found["at"] or ""
    if (answer := parts.answer(text)) and answer["picked"]:
        return f"- {_picked(answer)}{at}"
    if answer and answer["beside"].startswith(NOT_TAKEN) and len(answer["said"].split()) >= ALONE:
        said = quote(answer["said"], whole(answer["said"], REPLY))
        return f"- {CHOSE}“{said}”{passed(answer['beside'], max(LEAST, MOST - len(said)))}{at}"
    if (failure := parts.failure(text)) and failure["why"] and "“" not in failure["what"]:
        return f"- {_failure(failure)}{at}"
    return ""


def _picked(answer: parts.Parts) -> str:
    """Return the option that was taken by its name, and those that were not; the question where that says little."""
    picked = parts.title(answer["picked"].removeprefix(" = "))
    asked, reply = answer["asked"].split(), answer["said"].strip()
    to = f"{'…' * (len(asked) > OF_WORDS)}{' '.join(asked[-OF_WORDS:])} → "
    lead = CHOSE if len(picked.split()) >= ALONE else to
    beside = passed(answer["beside"], max(LEAST, MOST - len(lead) - len(picked)))
    # Neither it nor the name tells anything.
    if len(reply) <= LABEL and lead == to and answer["asked"] == WHICH:
        return f"{CHOSE}{picked}{part(answer['means'], MEANING)}{beside}"
    if len(reply) <= LABEL:
        return f"{lead}{picked}{beside}"
    return f"“{quote(reply, whole(reply, REPLY))}” = {picked}{beside}"


def _failure(failure: parts.Parts) -> str:
    what = _CODE.sub(lambda code: f"`{call(code[1], CALL)}`", failure["what"])
    then = codes(_unrun(AT_LINE.sub("", failure["then"])), LEAST)
    why = PLACE.sub("", failure["why"].removeprefix(": "), count=1)
    room = THOUGHT_OF if failure["said"].startswith(THOUGHT) else EXPLANATION
    if said := part(failure["said"], room, "”"):  # what was edited then, the edits tell
        then = _CHANGE.sub("", then)
    left = max(2 * LEAST, MOST - len(what) - len(then))
    most = max(left - len(said), left // 2) if said else left  # few words leave more to the error
    return f"{_HOW.sub('', what).replace(LOOKS, '')}: {cause(why, most)}{said}{then}"


def _unrun(then: str) -> str:
    """Return what then worked without the command line, where what was edited before it stands."""
    at = then.rfind("`", 0, len(then) - 1)
    edited = then.startswith("; later passed after ") and then.endswith("`") and then[at - 2 : at] == ": "
    return then[: at - 2] if edited else then


def passed(beside: str, most: int) -> str:
    """Return what stands beside an answer cut; of options that were not taken each to a share, so that none is lost."""
    options = beside.removesuffix(")").split("; ")
    if len(options) == 1 or not beside.startswith((NOT_TAKEN, parts.ADVISED, parts.OFFERED, parts.TO)):
        return part(beside, most, ")")
    share = max(most // len(options), EACH_OPTION)
    shares = (share + len(NOT_TAKEN) * (at == 0) for at in range(len(options)))
    cut = zip(options, shares, strict=True)
    answer = not beside.startswith(parts.TO)
    told = (part(each, _to_name(each, most) if answer else most) for each, most in cut)
    return "; ".join(told) + ")"


def _to_name(option: str, most: int) -> int:
    """Return how much of an option is told: to the end of a name that is cut, which may be all it is told by."""
    found = next((it for it in _CODE.finditer(option) if it.end() > most), None)
    return found.end() + 1 if found and found.start() <= most and found.end() - most <= NAME_MORE else most


def part(text: str, most: int, end: str = "") -> str:
    """Return `text` cut; a blank that it begins with stays."""
    lead = " " if text[:1] == " " else ""
    return text if len(text) <= most else lead + shorten(text.removesuffix(end), most) + end


def codes(text: str, most: int) -> str:
    """Return `text` with each piece of code in it cut; of what became something else, both from where they differ."""
    if "` → `" in text:
        text = _BECAME.sub(_differing, text)
    return _CODE.sub(lambda found: f"`{command(found[1], most)}`", text)


def _differing(found: re.Match[str]) -> str:
    old, new = found[1], found[2]
    at = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(map(old[:at].rfind, _BREAKS)) + 1
    return found[0] if start < SAME else f"`…{old[start:]}` → `…{new[start:]}`"
