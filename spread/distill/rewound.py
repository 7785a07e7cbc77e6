"""Where the user went back in the conversation: what was said and done from there on is no part of it any more."""

from typing import Final

from spread.distill.ends import Ends
from spread.distill.files import relative
from spread.distill.ledger import Ledger
from spread.distill.record import WROTE
from spread.distill.turns import Turn
from spread.distillation_codec import some_of

SHOWN: Final = 3  # files


def rewinds(turns: list[Turn]) -> list[tuple[int, int]]:
    """Return the lines of prompts that others took the place of, as they follow the same message, with those of these."""
    prompts = [turn.prompt for turn in turns if turn.prompt.parent]
    if len({prompt.parent for prompt in prompts}) == len(prompts):  # as nearly always
        return []
    out, known = list[tuple[int, int]](), dict[str, int]()
    for prompt in prompts:
        if known.get(prompt.parent, prompt.line) < prompt.line:
            out.append((known[prompt.parent], prompt.line))
        known[prompt.parent] = prompt.line
    return out


def told(ledger: Ledger, root: str) -> Ends:
    """Return which files were edited in between: the client may have put them back as they were, which it does not say."""
    out = Ends()
    for began, line in rewinds(ledger.turns):
        wrote = [item.what for item in ledger.record if item.kind == WROTE and began < item.line < line]
        if wrote:
            names = some_of([relative(path, root) for path in dict.fromkeys(wrote)], SHOWN)
            out.append(
                (line, f"the user went back to before L{began}; edits from there on may be undone: {names}")
            )
    return out
