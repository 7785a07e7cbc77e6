"""The user's own words on the page: what they say in few words is not cut, and has its room before other lists."""

from typing import Final

from spread.distillation_told import OBJECTED, REFUSED_PLAN, REWORKED, SAID_SO

CHARS: Final = 260  # of about forty words, which are told whole
MOST_WORDS: Final = 300  # of a list have their room
OF_LOG: Final = 60  # of these, from what else the log would have
SURE: Final = 0.9  # of its share of what is there: others have use for what it does not need
LEAST_RULE: Final = 12  # characters of one that is not told twice
LEAST_LEFT: Final = 3  # words of what is left without it
_WHOLE: Final = (SAID_SO, OBJECTED, REFUSED_PLAN, "denied: ", REWORKED)


def is_spoken(text: str) -> bool:
    """Tell whether an item quotes the user; or, as rarely happens, what the agent found wrong with its own work."""
    return text.startswith(_WHOLE)


def whole(said: str, most: int) -> int:
    """Return how many characters such words may have where others have `most`."""
    return max(most, min(len(said), CHARS))


def without_rules(item: str, rules: tuple[str, ...]) -> str:
    """Return an item without the sentences of a longer quotation that stand among the rules."""
    begin, end = item.find("“") + 1, item.rfind("”")
    said = item[begin:end]
    for rule in rules:
        if len(rule) < LEAST_RULE or rule not in said:
            continue
        before, _, after = said.partition(rule)
        left = f"{before.rstrip()}…{after.lstrip(' .')}".removesuffix(" …")
        if begin and "“" not in left and len(left.split()) > LEAST_LEFT:
            said = left
    return f"{item[:begin]}{said}{item[end:]}" if begin and said != item[begin:end] else item


def lacking(wanted: int, spoken: int, others: int, room: int, most: int) -> int:
    """Return how many words a list lacks for what the user said, as far as the log gives them up, up to `most`.

    Args:
        wanted: By the list, `others` by those it shares the room with.
        spoken: Words of the user in it.
    """
    share = min(1.0, max(room, 0) / max(wanted + others, 1))
    return min(max(min(spoken, wanted, MOST_WORDS) - int(SURE * share * wanted), 0), most)


def share_of(wanted: int, spoken: int, others: int, room: int, most: int) -> int:
    """Return how many words of a room such a list gets, of which `lacking` has come for it."""
    own = min(spoken, wanted, MOST_WORDS)
    share = min(1.0, max(room, 0) / max(wanted + others, 1))
    less = min(1.0, max(room - most, 0) / max(wanted + others, 1))
    return max(int(share * wanted), min(own, int(less * wanted) + most))
