"""Whether a session came to a document rather than to code, and what is told of that then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from spread.distill.documents import MAX_WORDS, chosen, is_document, room_for, said
from spread.distill.heard import COMMENTED, EDITED, RAN, THE_PLAN, Heard
from spread.distill.ledger import Ledger
from spread.distill.ledger_edits import label
from spread.distill.messages import unwrapped
from spread.distill.net_back import back_at
from spread.distill.net_tell import undone_edits
from spread.distill.plans import is_plan
from spread.distillation_told import STANDS

_DATA: Final = (".json", ".jsonc", ".yaml", ".yml", ".toml", ".lock", ".txt")  # hold values, tell nothing
CREATED_WORDS: Final = 180  # of documents that were made where no code was changed
PLAN_WORDS: Final = 180  # of a plan that was written last, or of which only a part is known


@dataclass(frozen=True)
class Product:
    """The documents that a session came to: line and text by path, none where it made something else."""

    texts: dict[str, tuple[int, str]] = field(default_factory=dict)
    room: int = 0  # words that they get


def product_of(ledger: Ledger) -> Product:
    """Return what of a session's documents it came to, its plan among them unless files were changed after that."""
    plan = ledger.plans.get("") if ledger.plan else None
    if plan and plan[0] < ledger.files.last_change:
        plan = None
    texts, paths = chosen(ledger.documents, plan, ledger.files.edited())
    room = MAX_WORDS if plan else room_for(paths, ledger.edits)
    if ledger.edits and ledger.edits[-1] in texts and is_plan(ledger.edits[-1]):
        room = max(room, PLAN_WORDS)  # nothing came of it yet
    if not room and _only_written(ledger):
        texts = {path: told for path, told in texts.items() if path in ledger.files.created}
        room = CREATED_WORDS if texts else 0
    if any(path and not ledger.documents[path][1] for path in texts):
        room = min(room, PLAN_WORDS)  # of a part of it
    return Product(texts, room) if room else Product()


def _only_written(ledger: Ledger) -> bool:
    """Tell whether all that was changed are documents, and files with values."""
    return all(is_document(path) or path.endswith(_DATA) for path in ledger.files.edited())


def besides(product: Product, ledger: Ledger) -> list[Heard]:
    """Return what was heard without what documents say, where they are told for themselves."""
    known = (path for path, (_, whole, _) in ledger.documents.items() if whole or path in product.texts)
    told = {THE_PLAN, *(f"in {label(path)}" for path in known)} if product.texts else set()
    running = {line for line, _ in ledger.background.values()}  # told with how things stand
    undone = {
        f"{who} {label(path)}": line
        for path, line in undone_edits(ledger).items()
        for who in (EDITED, COMMENTED)
    }
    back = {
        f"{who} {label(path)}": net
        for path, net in ledger.files.net.items()
        if net.gone
        for who in (EDITED, COMMENTED)
    }
    return [
        (line, _joined(words) if who.startswith("in ") else words, who)
        for line, words, who in ledger.heard
        if who not in told
        and not (who == RAN and line in running)
        and line > undone.get(who, 0)
        and not (who in back and back_at(back[who], line))
    ]


# Of prose the edits know lines one by one; most come again at the next revision.
_joined: Final = lru_cache(200)(unwrapped)


def told(product: Product, ledger: Ledger, safe: Callable[[str], str]) -> list[tuple[int, str]]:
    """Return (line, text) of what the documents say, a part in each.

    Args:
        safe: Gives a text redacted.
    """
    edits: dict[str, dict[str, int]] = {path: {} for path in product.texts}
    known = {f"in {label(path)}": path for path in product.texts}
    for line, words, who in ledger.heard:
        if path := known.get(who):
            edits[path].update((part.strip(), line) for part in words.splitlines())
    report = ledger.last_say.text if ledger.last_say else ""
    out = list[tuple[int, str]]()
    for path, parts in said(product.texts, edits, product.room, report, safe):
        name = f"{path.rpartition('/')[2] or 'the plan'}: "
        for line, title, text in parts:
            out.append((line, f"{STANDS}{name}{title and f'{title}: '}{text}"))
            name = ""
    return out
