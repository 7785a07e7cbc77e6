"""Where a session was left in the middle of something: a choice, a mode, an edit, helpers that were stopped."""

import re
from typing import Final

from spread.distill.agents import unseen
from spread.distill.files import relative
from spread.distill.ledger import Ledger
from spread.distill.options import options_of, referred
from spread.distill.plans import is_plan, only_planned, parts_of
from spread.distill.record import CHECKED, RAN, WROTE, Item, is_whole
from spread.distill.words import sentences
from spread.distillation_codec import shorten, some_of

QUOTED_CHARS: Final = 160
SHOWN_AGENTS: Final = 4
SHOWN_FILES: Final = 5
MAX_IMPORTS: Final = 6
_CUT: Final = ("open", "call", "interrupted", "api-error", "prompt")
_ENDED: Final = ("", "completed")
_IMPORT: Final = re.compile(
    r"(?:import|from|use|using|require|include|#include|@import)\b.*|(?:const|let|var) .*\brequire\(.*|"
    r"(?:[\w.]+ )?\"[\w./@-]+\""  # as Go lists them
)
_FAVOURS: Final = re.compile(
    r"\b(?:i(?:'d| would)? (?:recommend|suggest|prefer|favou?r|pick|advise|lean)|my (?:pick|advice|recommendation|suggestion|favou?rite)|recommendation:|recommended)\b|"
    r"(?:empfehle|recommande|recomiendo|おすすめ|推荐|建议|рекомендую)",
    re.I,
)
_NAME: Final = re.compile(r"\w+")

Ends = list[tuple[int, str]]


def choice(ledger: Ledger) -> str:
    """Return that the user has to choose, where the last words lay out options and speak of one, and nothing was done."""
    last = ledger.last_say
    if last is None or ledger.end != "say" or not ledger.turns:
        return ""
    asked = ledger.turns[-1].prompt.line
    if max(ledger.files.edited().values(), default=0) > asked or any(
        at > asked for at, _, _ in ledger.git.commits
    ):
        return ""
    options = options_of(last.text)
    label = referred(last.text)
    alike = [each for each in options if each.isdigit() == label.isdigit()] if label in options else []
    if len(alike) < 2:
        return ""
    told = [
        part for part in sentences(last.text) if referred(part) == label and not part.startswith((label, "#"))
    ]
    said = f": “{shorten(told[-1].replace('**', ''), QUOTED_CHARS)}”" if told else ""
    return f"the user has to choose among {len(alike)} options, none is taken up so far{said}"


def favoured(said: str, questions: list[str]) -> str:
    """Return the line right before the questions of a message where it says which of several things the agent would take."""
    at = said.find(questions[0])
    lines = [line.strip() for line in said[: max(at, 0)].splitlines() if line.strip()]
    before = lines[-1].replace("**", "") if lines else ""
    return before if _FAVOURS.search(before) and not before.startswith(("|", "#", "-")) else ""


def planning(ledger: Ledger) -> Ends:
    """Tell that the session is in plan mode: no plan was approved, nor anything else edited, since it went there."""
    line = ledger.planning
    if not line or not only_planned(ledger.files.edited(), line):
        return []
    return [
        (line, f"plan mode is on since L{line}: nothing may be implemented before the user approves a plan")
    ]


def unbegun(ledger: Ledger, root: str, code: int) -> Ends:
    """Tell of a plan that was written on a request of its own, after which no code was edited, nor anything but plans.

    Args:
        code: The line of the last edit of code, 0 where there is none.
    """
    if (
        not code
        or ledger.planning
        or ledger.hosts
        or any(agent.ended_at > code for agent in unseen(ledger.agents))
    ):
        return []
    edited = ledger.files.edited()
    asked = next((turn.prompt.line for turn in ledger.turns if turn.prompt.line > code), 0)
    plans = [path for path, line in edited.items() if is_plan(path) and code < asked < line]
    if not plans:
        return []
    path = max(plans, key=edited.__getitem__)
    if not only_planned(edited, edited[path]):  # what it plans may be documents
        return []
    return [(edited[path], f"no code was edited after {relative(path, root)} was written (L{edited[path]})")]


def untouched(ledger: Ledger) -> Ends:
    """Tell which files that the approved plan names were not edited since, where others of them were.

    Once the edits are committed it was carried out as far as it was to be, maybe otherwise than planned.
    """
    line, plan = ledger.plans.get("", (0, ""))
    if not plan or ledger.hosts or any(agent.ended_at > line for agent in unseen(ledger.agents)):
        return []
    since = {path: at for path, at in ledger.files.edited().items() if at > line}
    edited = {path.rpartition("/")[2] for path in since}
    if ledger.git.commits and ledger.git.commits[-1][0] > max(since.values(), default=0):
        return []
    names = dict.fromkeys(path.rpartition("/")[2] for path in parts_of(plan)[1])
    left = [name for name in names if name not in edited]
    if not left or len(left) == len(names):
        return []
    return [(line, f"named in the approved plan, not edited since: {some_of(left, SHOWN_FILES)}")]


def stopped(ledger: Ledger) -> Ends:
    """Tell of sub-agents that were stopped or failed for the last request, or since the agent spoke last: what they
    left nobody looked at."""
    asked = ledger.turns[-1].prompt.line if ledger.turns else 0
    since = min(asked, ledger.last_say.line if ledger.last_say else 0)
    ended = [agent for agent in ledger.agents if agent.end not in _ENDED and agent.ended_at > since]
    if not ended:
        return []
    names = some_of(ended, SHOWN_AGENTS, lambda agent: f"“{agent.what}” (L{agent.ended_at})")
    how = "failed" if all(agent.end == "failed" for agent in ended) else "were stopped"
    return [(ended[-1].ended_at, f"see what sub-agents left unfinished that {how}: {names}")]


def imports_only(ledger: Ledger, root: str) -> Ends:
    """Tell that the last edit of a session that broke off only adds imports, which nothing written here uses."""
    record = [item for item in ledger.record if item.kind == WROTE]
    if not record or ledger.end not in _CUT or record[-1].gone:
        return []
    last = record[-1]
    asked = ledger.turns[-1].prompt.line if ledger.turns else 0
    ran = any(item.line > last.line and item.kind in (RAN, CHECKED) for item in ledger.record)
    if ran or not max(asked, max(ledger.files.edited().values(), default=0) - 1) < last.line:
        return []
    if ledger.record[0].line > asked and not is_whole(ledger.record):
        return []
    lines = [line.strip() for line in last.said.splitlines()]
    if not 0 < len(lines) <= MAX_IMPORTS or not all(map(_IMPORT.fullmatch, lines)) or _is_used(record, lines):
        return []
    told = ", ".join(f"`{line.strip(',;')}`" for line in lines).replace('"', "")
    name = relative(last.what, root)
    fails = name.endswith(".go") and not any(line.startswith(("_ ", ". ")) for line in lines)
    so = ", without which Go does not build it" if fails else ""
    edit = f"the last edit (L{last.line}) only adds imports to {name}: {told}"
    return [(last.line, f"{edit}; no use of them is written yet{so}")]


def _is_used(record: list[Item], lines: list[str]) -> bool:
    """Tell whether other edits of the same file name what lines import."""
    names = [found[-1] for line in lines if (found := _NAME.findall(line))]
    others = [item.said for item in record[:-1] if item.what == record[-1].what]
    return any(re.search(rf"\b{name}\b", said) for said in others for name in names)
