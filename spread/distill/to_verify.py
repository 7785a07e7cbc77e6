"""The checks that a plan names, and those of them that no call is seen to make on what was written last."""

import re
from collections.abc import Iterable
from typing import Final

from spread.distill.agents import unseen
from spread.distill.calls import LOOKING
from spread.distill.ledger_fields import Fields
from spread.distill.record import CHECKED, GIVEN, RAN, TASK, Item
from spread.distill.runs import known_kind
from spread.distill.shell import split
from spread.distill.unrun import NO_RUN
from spread.distillation_codec import shorten

READ_CHARS: Final = 20_000
KEPT: Final = 8
KEPT_CHARS: Final = 400  # of each
SHOWN_CHARS: Final = 250  # of all of them
_HEADING: Final = re.compile(r"(?m)^#{1,5} +(?:\d+[.)] *)?(.+)$")
_OF_CHECKS: Final = re.compile(
    r"(?:manual(?:ly)? )?(?:verif|test plan|testing\b|validation\b|how to (?:test|verify))", re.I
)
_ITEM: Final = re.compile(r"(?:[-*]|\d{1,2}[.)]) +(?:\[.\] +)?(\S.*)")
_CODE: Final = re.compile(r"`([^`\n]+)`")
_FENCED: Final = re.compile(r"(?ms)^[ \t]*```.*?^[ \t]*```")
_COMMENT: Final = re.compile(r"(?m)^[ \t]*#.*\n")
_BLANK: Final = re.compile(r"[<\[{…]")  # begins what is to be filled in
_FOREIGN: Final = "mcp__"


def steps_of(plan: str) -> list[str]:
    """Return the items of the last section of a plan that says how to check it, each with what stands below it."""
    plan = _FENCED.sub(lambda found: _COMMENT.sub("", found[0]), plan[:READ_CHARS])
    heads = [*_HEADING.finditer(plan)]
    for at in range(len(heads) - 1, -1, -1):
        if _OF_CHECKS.match(heads[at][1]):
            end = heads[at + 1].start() if at + 1 < len(heads) else len(plan)
            if found := _items(plan[heads[at].end() : end]):
                return [item[:KEPT_CHARS] for item in found[:KEPT]]
    return []


def _items(text: str) -> list[str]:
    out, fenced, below = list[str](), False, False
    for line in text.splitlines():
        bare, inside = line.strip(), below and line[:1] in (" ", "\t")
        if bare.startswith("```"):
            fenced = not fenced
        elif fenced and bare:
            if inside:
                out[-1] += f" `{bare}`"
            else:
                out.append(f"`{bare}`")
        elif not fenced and (found := _ITEM.match(bare)):
            if inside:
                out[-1] += f" {found[1].rstrip('.;')};"
            else:
                out.append(found[1])
                below = True
        elif bare and not fenced:
            below = False
    return [item.rstrip(";") for item in out]


def unmade(ledger: Fields, since: int, passed: Iterable[str]) -> list[tuple[int, str]]:
    """Return (line, text) of a plan's checks that no call is seen to make after the last edit of code.

    Args:
        since: The line of that edit.
        passed: The kinds of validation that are seen to have run after it.
    """
    line, items = ledger.to_verify
    record = ledger.record
    if (
        not items
        or not record
        or record[0].line > since
        or line > since
        or _is_of_another(ledger, line, since)
    ):
        return []
    if any(not agent.ended_at or agent.ended_at > since for agent in unseen(ledger.agents)):
        return []
    later = [item for item in record if item.line > since and item.kind in (RAN, CHECKED, TASK, GIVEN)]
    ran = "\n".join(_ran(item) for item in later if item.kind != GIVEN)
    ran += "\n".join(turn.prompt.text for turn in ledger.turns if turn.prompt.line > since)
    kinds, free = set(passed), any(map(_may_try, later))
    left = [item for item in items if not _is_made(item, ran, kinds, free=free)]
    if not left:
        return []
    told = shorten("; ".join(left).replace("**", ""), SHOWN_CHARS)
    return [(line, f"checks of the plan not seen after the last edit: {told}")]


def _is_of_another(ledger: Fields, line: int, since: int) -> bool:
    """Tell whether the last edit is of a request that came when what was done for the plan was committed.

    Who only answers what the agent asked may have it go on with the plan.
    """
    done = next((at for at, _, _ in ledger.git.commits if line < at < since), since)
    return any(done < turn.prompt.line < since and not turn.asked for turn in ledger.turns)


def _ran(item: Item) -> str:
    """Return what a call ran; of a line that failed without its validations: only the checks tell which it came to."""
    if item.ok or "&&" not in item.what:
        return item.what
    return "\n".join(" ".join(each.words) for each in split(item.what) if not known_kind(each))


def _may_try(item: Item) -> bool:
    """Tell whether a call may be a trial by hand: it runs something that is no validation, or drives another program."""
    if item.kind == GIVEN:
        return item.what.startswith(_FOREIGN)
    return item.kind == TASK or (
        item.kind == RAN
        and any(each.words and each.name not in LOOKING | NO_RUN for each in split(item.what))
    )


def _is_made(item: str, ran: str, kinds: set[str], *, free: bool) -> bool:
    """Tell whether a command of an item ran, or anything may have been it."""
    named = False
    for code in _CODE.findall(item):
        typed = code.startswith("/") and "/" not in code[1:]
        commands = [] if typed else [each for each in split(code) if each.words and each.name not in LOOKING]
        keys = [code] if typed else [_key(each.words) for each in commands]
        named = named or " " in code or typed or any(map(known_kind, commands))
        if any(key and key in ran for key in keys) or any(known_kind(each) in kinds for each in commands):
            return True
    return free and not named


def _key(words: list[str]) -> str:
    """Return a command up to what is to be filled in."""
    blank = next((at for at, word in enumerate(words) if _BLANK.match(word)), len(words))
    return " ".join(words[:blank])
