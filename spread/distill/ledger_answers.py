"""What the user answered to a call: to questions and plans, and which calls were denied."""

from collections.abc import Iterator
from typing import Final

from spread.distill import inline, to_verify
from spread.distill.asked import answers, own_words, plan_of, put_back, still_asked, title_of, was_edited
from spread.distill.broken_off import breaks_off
from spread.distill.calls import ACTING, SHELLS, acts_of, what_of
from spread.distill.effect import MAYBE, Effect
from spread.distill.git_commands import source_of
from spread.distill.heard import DECIDED, DECISION_CHARS, DENIED, THE_PLAN, keep
from spread.distill.ledger_fields import KEPT_ITEMS, KEPT_PROMPT_CHARS, WORTH_TELLING, Fields
from spread.distill.newest import drop_oldest
from spread.distill.plans import KEPT_PLANS, READ_CHARS, only_planned, outline
from spread.distill.rules import rules
from spread.distill.shell import effects, split
from spread.distill.spelling import absolute, folder_of
from spread.distillation_codec import shorten
from spread.distillation_told import REFUSED_PLAN
from spread.transcript_events import Call

_WRITTEN: Final = ("write", "append", "modify", inline.LATER)  # what effects on files may be


KEPT_PLAN_CHARS: Final = 20_000
SENT_BACK: Final = "the user sent back the plan "
TITLE_CHARS: Final = 100
STEPS_CHARS: Final = 200
THEN_CHARS: Final = 80


def on_ask(ledger: Fields, call: Call) -> None:
    for told in answers(call):
        _decided(ledger, call.result_line, told)
    for answer in own_words(call):
        for text in rules(answer):
            ledger.constraints.append((call.result_line, text))


def on_plan(ledger: Fields, call: Call) -> None:
    if call.ok:
        plan = plan_of(call)
        title = title_of(plan)
        ledger.plan = (call.result_line, plan[:KEPT_PROMPT_CHARS])
        same = f"{SENT_BACK}“{shorten(title, TITLE_CHARS)}”"  # which was changed, not dropped
        ledger.rejected = [item for item in ledger.rejected if not item[1].startswith(same)]
        planned(ledger, call.result_line, plan, "")
        ledger.planning = 0
        ledger.to_verify = call.result_line, to_verify.steps_of(plan)
        keep(ledger.heard, call.result_line, plan[:KEPT_PLAN_CHARS], THE_PLAN)
        edited = ", as they edited it" if was_edited(call) else ""
        ledger.decisions.append((call.result_line, f"approved the plan “{shorten(title, 160)}”{edited}"))


def on_planning(ledger: Fields, call: Call) -> None:
    if call.ok and not call.agent and not ledger.planning:
        ledger.planning = call.result_line


def in_plan_mode(ledger: Fields, line: int, *, on: bool) -> None:
    """Note since when the session is in plan mode, as a prompt or the client tells; edits of a plan do not end it."""
    if not (on and ledger.planning and only_planned(ledger.files.edited(), ledger.planning)):
        ledger.planning = line if on else 0


def planned(ledger: Fields, line: int, plan: str, name: str) -> None:
    """Keep what a plan says now; after an edit of its document nobody knows that, until it is read again."""
    ledger.plans.pop(name, None)
    if plan:
        ledger.plans[name] = (line, plan[:READ_CHARS])
        drop_oldest(ledger.plans, KEPT_PLANS)


def done_all_the_same(ledger: Fields, acts: list[str], call: Call) -> None:
    """Forget what was denied without a word and then done all the same; of an edit tell that."""
    done = set(acts)
    edits = call.name not in SHELLS
    for line, left in [
        item for item in ledger.refused.items() if not item[1] or not done.isdisjoint(item[1])
    ]:
        ledger.refused[line] = [act for act in left if act not in acts]
        if ledger.denied and ledger.denied[0] == line and set(left) & done:
            ledger.denied = line, f"Bash `{'; '.join(ledger.refused[line])}`"
        if not ledger.refused[line]:
            del ledger.refused[line]
            later = f"{_said_since(ledger, line)} later (L{call.line})" if edits else ""
            ledger.rejected = [
                (at, f"{text}{later}" if at == line else text)
                for at, text in ledger.rejected
                if at != line or edits
            ]


def _said_since(ledger: Fields, line: int) -> str:
    """Return that a file was edited which the user would not have, after what they said since, if anything."""
    said = next((turn.prompt for turn in ledger.turns if turn.prompt.line > line), None)
    then = f"; the user then: “{shorten(said.text, THEN_CHARS)}” (L{said.line})" if said else ""
    return f"{then}; the file was edited{'' if said else ' all the same'}"


def _decided(ledger: Fields, line: int, told: str) -> None:
    ledger.decisions.append((line, told))
    keep(ledger.heard, line, shorten(told, DECISION_CHARS), DECIDED)


def _name(call: Call) -> str:
    """Name a denied call: what an edit would have written, what was asked."""
    if call.name == "ExitPlanMode":
        return "the plan"
    if call.name == "AskUserQuestion":
        asked = call.input.get("questions")
        first = asked[0] if isinstance(asked, list) and asked and isinstance(asked[0], dict) else {}
        return f"the question “{shorten(str(first.get('question') or ''), 140)}”"
    path, new = call.input.get("file_path"), call.input.get("new_string")
    if not isinstance(path, str):
        return what_of(call)
    known = {line.strip() for line in str(call.input.get("old_string") or "").splitlines()}
    lines = (line.strip() for line in (new if isinstance(new, str) else "").splitlines())
    added = next((line for line in lines if len(line) > 2 and line not in known), "").replace("`", "")
    parts = path.replace("\\", "/").split("/")
    name = path if len(parts) < 3 else "/".join(["…", *parts[-2:]])
    return f"{call.name} `{name}`" + (f" to write `{shorten(added, 80)}`" if added else "")


def denied(ledger: Fields, call: Call) -> None:
    what = _name(call)
    if not call.words and call.name in ACTING and (acts := acts_of(call)):
        ledger.denied, ledger.refused[call.result_line] = (call.result_line, what_of(call)), acts
        if len(ledger.refused) > KEPT_ITEMS:
            del ledger.refused[min(ledger.refused)]
    if call.name == "AskUserQuestion":
        for told in put_back(call.words):
            _decided(ledger, call.result_line, told)
        if asks := still_asked(call):
            ledger.put_back = call.line, asks
            if ledger.turns and ledger.last_say and len(ledger.last_say.text) > WORTH_TELLING:
                ledger.turns[-1].longest = ledger.last_say  # what the questions are about
        if not call.words:
            ledger.rejected.append((call.result_line, f"denied by the user: {what}"))
    elif call.words:
        kind = REFUSED_PLAN if call.name == "ExitPlanMode" else f"{DENIED}{what}"
        _decided(ledger, call.result_line, f"{kind}; user: “{shorten(call.words, 480)}”")
        if kind == REFUSED_PLAN and (plan := plan_of(call)):
            steps = shorten(outline(plan), STEPS_CHARS)
            told = f"{SENT_BACK}“{shorten(title_of(plan), TITLE_CHARS)}”{steps and f'; its {steps}'}"
            ledger.rejected.append((call.result_line, told))
        for text in rules(call.words):
            ledger.constraints.append((call.result_line, text))
    else:
        ledger.stopped, ledger.half = (call.result_line, what), [*_writes(call)]
        ledger.rejected.append((call.result_line, f"denied by the user: {what}"))


def _writes(call: Call) -> Iterator[str]:
    """Yield the files that the commands of a call name as written by them."""
    if call.name not in SHELLS or not (source := source_of(call)):
        return
    commands = split(source)
    for effect, here in (*effects(commands, ok=True), *inline.written(source, commands, "")):
        if effect.kind in _WRITTEN:
            yield absolute(effect.path, folder_of(here, call.cwd))


def broke_off(ledger: Fields) -> None:
    """Take over that what seemed denied ran when the user broke it off: they had let it run, and files of the session
    that it writes may be others since.
    """
    if ledger.stopped is not None:
        line, what = ledger.stopped
        ledger.stopped, told = None, f"interrupted by the user while it ran: {what}"
        ledger.rejected = [(at, told if at == line else text) for at, text in ledger.rejected]
        for path in ledger.half:
            ledger.files.apply(Effect(MAYBE, path), "", line)
        ledger.refused.pop(line, None)
        ledger.denied = None if ledger.denied and ledger.denied[0] == line else ledger.denied


def ended(ledger: Fields) -> None:
    """Take what was said last for the answer, as the turn is over: only a list of todos was kept after it."""
    said, asked = ledger.last_say, ledger.turns[-1].prompt.line if ledger.turns else 0
    decided = max((line for line, _ in ledger.decisions[-1:]), default=0)  # in a form, after those words
    if ledger.end == "call" and said and max(asked, ledger.worked, decided) < said.line:
        ledger.end = "call" if breaks_off(said.text) else "say"


def worded(ledger: Fields, words: str) -> None:
    """Take words that follow a denial for its reason."""
    if ledger.stopped is not None:
        line, what = ledger.stopped
        ledger.rejected = [item for item in ledger.rejected if item[0] != line]
        _decided(ledger, line, f"{DENIED}{what}; user then: “{shorten(words, 300)}”")
