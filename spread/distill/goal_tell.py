"""What a document tells of what was asked for: the goal of a session and its last request."""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Final

from spread.distill.asked import title_of
from spread.distill.broken_off import breaks_off
from spread.distill.document_tell import Teller, ends, resolved
from spread.distill.ends import asks
from spread.distill.files import FileLedger
from spread.distill.handed import FIRST_PROMPTS, GOAL_CHARS, Handed, gone_on_with
from spread.distill.heard import DENIED
from spread.distill.ledger import Ledger
from spread.distill.net import MAX_NETS
from spread.distill.plans import PATH, turns_from
from spread.distill.prompts import assents, is_incidental, is_short_reply, says_a_goal
from spread.distill.resumed import BEFORE, UNDER_WAY, in_short
from spread.distill.rules import rules
from spread.distill.statements import statements
from spread.distill.superseded import marked
from spread.distill.turns import Turn
from spread.distill.words import is_typed, own_words, sentences
from spread.distillation_also import goes_on
from spread.distillation_codec import shorten
from spread.distillation_fields import UNKNOWN
from spread.distillation_told import GIVEN, HANDED, REFUSED_PLAN, TITLED
from spread.transcript_events import Facts, Prompt
from spread.transcript_words import SHOWN

BEGAN: Final = "the first edits came on: "
EARLIER: Final = "an earlier session in the same file was for: "
FEW_WORDS: Final = 12  # of a request that may be part of what was asked first
AT_WORK: Final = "still at work on: "  # begins what was asked before words that came meanwhile
HALTED: Final = "interrupted while at work on: "  # likewise, before an objection to how that was done
AT_WORK_CHARS: Final = 500
PLAN_READ: Final = 600  # characters of a prompt that may give up the plan
VOID_CHARS: Final = 80
FEW_OBJECTING: Final = 40  # words; with more it is said what is wanted instead
FEW_REQUESTS: Final = 3  # that a part of the first one is hardly overtaken
MANY_TURNS: Final = 8
LONG: Final = 1_400  # characters of a request with parts
PARTS: Final = 3  # headings, so many
BEGINNING: Final = 500
PARTS_WORDS: Final = 110  # of what they say
READ_CHARS: Final = 12_000
MANY_CHARS: Final = 700  # of a first request
FEW_CHARS: Final = 1_300  # of one that few others follow
# Begins what only wants to be told something: an explanation, or when the work is done.
_HEARS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|and|but|so|also|then|please|hm+|just|can you|could you)[, ]+)*(?:explain|describe|tell me|let me know|remind me|what(?:'?s| is| are| does| do| did)|why|"
    r"how (?:do|does|did|is|are|was|were)|is|are|was|were|does|do (?:we|they|you)|did)\b"
    r"(?! (?:this|that|it) (?:make sense|sound|look|work|ok|right|fine|correct)\b)",
    re.I,
)
# Begins what asks for something.
_ASKS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|and|but|so|also|then|now|great|good|yes|no|please|just)[, ]+)*(?:(?:can|could|would|will) (?:you|we)|let'?s|please) ",
    re.I,
)
FULL_WORDS: Final = 6
ASKING_WORDS: Final = 3
HEARING: Final = 2  # sentences; with more of them something is stated
_HEADING: Final = re.compile(r"(?m)^#{1,4} \S")
_REFUSALS: Final = (REFUSED_PLAN, DENIED)


def goal_of(ledger: Ledger, facts: Facts, teller: Teller) -> str:
    """Return what the session is for: its first telling request, and what later ones made of it."""
    asked = [turn for turn in ledger.turns if not is_incidental(turn.prompt.text, turn.prompt.kind)]
    turns = [turn for turn in asked if turn.prompt.line >= ledger.begun] or asked
    telling = [turn for turn in turns if says_a_goal(turn.prompt.text, turn.prompt.kind)] or turns
    if not telling:
        return _handed(ledger, teller) or UNKNOWN
    begun = turns[0] is not telling[0] and _filled(turns[0].prompt, telling[0].prompt.line, facts)
    telling = [turns[0], *telling] if begun else telling
    first, lines = telling[0], [telling[0].prompt.line]
    goal, few = "", len(telling) <= FEW_REQUESTS  # more of them would overtake its parts
    if few:
        said = ledger.last_say.text if ledger.last_say else ""
        goal = _in_parts(first.prompt, said, teller.safe)
    goal = goal or _first(first.prompt.text, FEW_CHARS if few else MANY_CHARS, teller)
    now, began = _current(telling, ledger), _began(telling, ledger)
    others = [turn for turn in turns if turn not in (now, began)]  # these are told
    ((_, goal),) = marked([(first.prompt.line, goal)], others, teller.tell)
    bare = first.prompt.kind == "command" and " " not in first.prompt.text
    if (bare or begun) and len(telling) > 1:
        then = telling[1]
        goal, lines = (
            f"{goal}\nthen: {resolved(then, 400, teller.safe)} (L{then.prompt.line})",
            [*lines, then.prompt.line],
        )
    plan = ledger.plan
    if began and began is not now and not (plan and plan[0] < began.prompt.line):
        goal += f"\n{BEGAN}{resolved(began, 300, teller.safe)} (L{began.prompt.line})"
    if plan and plan[0] > first.prompt.line and first.prompt.kind != "plan":
        goal += f"\n{_planned(plan, turns, ledger.files, teller)}"
        lines.append(plan[0])
    if now and not (plan and plan[0] > now.prompt.line):
        goal += f"\nlately: {resolved(now, 300, teller.safe)} (L{now.prompt.line})"
    goal += _earlier(asked[: -len(turns)], teller) + _before_record(ledger, teller)
    if before := _handed(ledger, teller):
        goal += f"\n{before}"
    if facts.title:
        goal += f"\n{TITLED}{teller.tell(facts.title, 100)}”)"
    teller.cite("goal", lines)
    return goal


def _first(text: str, most: int, teller: Teller) -> str:
    """Return a first request on one line: of one that may hold what was pasted its beginning."""
    return ends(teller.safe(text), most) if is_typed(text) else teller.tell(text, MANY_CHARS)


def _in_parts(prompt: Prompt, reported: str, safe: Callable[[str], str]) -> str:
    """Return what a long prompt asks for, each of its parts on a line of its own; nothing where it has no parts.

    A plan that was made in one session is often all that another one is asked for.

    Args:
        reported: What the agent said last, whose words need not be told again.
        safe: Gives a text redacted.
    """
    if len(prompt.text) < LONG or len(_HEADING.findall(prompt.text, 0, READ_CHARS)) < PARTS:
        return ""
    text = safe(prompt.text[:READ_CHARS])
    begins = shorten(text, BEGINNING)
    parts = statements(text, prompt.line, {}, f"{reported}\n{begins}", PARTS_WORDS)
    told = [
        f"{title and f'{title}: '}{'; '.join(said for *_, said in each)}"
        for title, each in groupby(parts, key=lambda part: part[1])
    ]
    return "\n".join([begins, *told]) if told else ""


def _deleted(plan: tuple[int, str], files: FileLedger) -> int:
    """Return the line where the last of the files went that an approved plan names and that were made; 0 where one stays."""
    line, names = plan[0], {path.rpartition("/")[2] for path in PATH.findall(plan[1])}
    gone = [at for path, at in files.gone.items() if at > line and path.rpartition("/")[2] in names]
    stay = (at > line and path.rpartition("/")[2] in names for path, at in files.edited().items())
    return max(gone) if gone and not any(stay) else 0


def _planned(plan: tuple[int, str], turns: list[Turn], files: FileLedger, teller: Teller) -> str:
    """Return what an approved plan is for, with the words of the user that gave it up."""
    line, title = plan[0], title_of(plan[1], "")
    after = (turn for turn in turns if turn.prompt.line > line)
    void = next((turn for turn in after if turns_from(title, turn.prompt.text[:PLAN_READ])), None)
    then = ""
    if void:
        then = f"; then the user: “{resolved(void, VOID_CHARS, teller.safe)}” (L{void.prompt.line})"
    elif gone := _deleted(plan, files):
        then = f"; what was made for it was deleted again (L{gone})"
    return f"later, by an approved plan: {teller.tell(title, 200)} (L{line}){then}"


def _earlier(turns: list[Turn], teller: Teller) -> str:
    """Return what an earlier one of several sessions in one file was for, as the page tells of all of the file."""
    first = next((it.prompt for it in turns if says_a_goal(it.prompt.text, it.prompt.kind)), None)
    return f"\n{EARLIER}{teller.tell(first.text, 240)} (L{first.line})" if first else ""


def _before_record(ledger: Ledger, teller: Teller) -> str:
    """Return what was asked for before the record begins, where it begins in the middle of earlier work."""
    line, said = ledger.resumed
    ending = len(ledger.turns) <= MANY_TURNS  # later ones overtake what was asked last then
    before = f"{BEFORE}{teller.tell(in_short(said, ending=ending), 700)}" if said else UNDER_WAY
    return f"\n{before} (L{line})" if line else ""


def given_to(ledger: Ledger) -> Handed | None:
    """Return the hand-off that the session was given and goes on with."""
    if not ledger.handed:
        return None  # as mostly: what was asked and changed need not be looked at
    prompts = [turn.prompt.text for turn in ledger.turns[:FIRST_PROMPTS]]
    return gone_on_with(ledger.handed, prompts, ledger.files.edited())


def _handed(ledger: Ledger, teller: Teller) -> str:
    """Return what the hand-off says that the work is for, an empty string where there is none."""
    given = given_to(ledger)
    if given is None or not given.goal:
        return ""
    return (
        f"{GIVEN}{given.origin.removeprefix(HANDED)}: {teller.tell(given.goal, GOAL_CHARS)} (L{given.line})"
    )


def _filled(first: Prompt, until: int, facts: Facts) -> bool:
    """Tell whether a prompt of a few words was the work of a good part of the session, up to a line."""
    few = len(first.text.split(None, 3)) < 4 and not rules(first.text)
    return few and 3 * (until - first.line) > facts.lines


def _current(telling: list[Turn], ledger: Ledger) -> Turn | None:
    """Return the prompt that says what is being done now, where neither the first nor the last one does."""
    last = ledger.turns[-1]
    objects = last.objects and len(own_words(last.prompt.text).split()) <= FEW_OBJECTING
    if not (objects or _says_nothing(last)):  # what is objected to was asked for before
        return None
    full = [
        turn
        for turn in telling[1:]
        if _is_full(turn.prompt.text) and not (turn.objects or _only_hears(turn.prompt.text))
    ]
    return full[-1] if full and full[-1] is not _at_work(ledger) else None


def _is_full(text: str) -> bool:
    """Tell whether a prompt has words enough to say what is to be done: fewer where it asks for something."""
    words = len(text.split())
    return words > FULL_WORDS or (words > ASKING_WORDS and _ASKS.match(text) is not None)


def _only_hears(text: str) -> bool:
    """Tell whether a prompt comes down to what it wants to be told: that is no work, and soon done."""
    said = [*sentences(text[:PLAN_READ])]
    return 0 < len(said) <= HEARING and len(text) <= PLAN_READ and _HEARS.match(said[-1]) is not None


def _says_nothing(turn: Turn) -> bool:
    """Tell whether a prompt does not say by itself what is to be done: a word or two, an answer, a question."""
    text = turn.prompt.text
    few = len(text.split(None, 3)) < 4
    return is_short_reply(text) and (few or bool(turn.asked) or "?" in text or assents(text) or goes_on(text))


def _began(telling: list[Turn], ledger: Ledger) -> Turn | None:
    """Return the later request of its own on which the first file was edited, where that is not the last one."""
    nets = ledger.files.net
    made = ledger.files.first  # of what was written anew since, the edits begin with that
    begun = (min(net.since, made.get(path, net.since)) for path, net in nets.items())
    edited = min(begun, default=0) if len(nets) < MAX_NETS else 0
    before = [turn for turn in telling if turn.prompt.line < edited]
    turn = before[-1] if len(before) > 1 else None
    own = (
        turn and not (turn.asked or turn.objects or turn.picked) and len(turn.prompt.text.split()) > FEW_WORDS
    )
    return turn if own and turn is not ledger.turns[-1] else None


def _at_work(ledger: Ledger) -> Turn | None:
    """Return the prompt that the agent is still at work on where the last one only came while it was, or halted it."""
    if ledger.end in ("say", "waits") or not ledger.turns:
        return None
    *before, newest = ledger.turns
    if newest.halts and newest.prompt.kind == "typed" and _says_how(newest, ledger):
        return next((turn for turn in reversed(before) if turn.prompt.kind in ("typed", "command")), None)
    if newest.prompt.kind != "queued":
        return None
    begun = next((turn for turn in reversed(before) if turn.prompt.kind in ("typed", "command")), None)
    # What else was typed meanwhile, the agent may have answered, and ended with that.
    last = next((turn.last for turn in reversed(ledger.turns) if turn.last), None) if begun else None
    on_the_way = last and begun and last.line > begun.prompt.line and (last.calls or breaks_off(last.text))
    return begun if on_the_way else None


def _says_how(turn: Turn, ledger: Ledger) -> bool:
    """Tell whether a prompt says how to go on, and not with what: it objects, or in a few words sets a rule or says "go on"."""
    few = len(turn.prompt.text.split(None, FEW_WORDS)) <= FEW_WORDS
    rules_it = few and any(line == turn.prompt.line for line, _ in ledger.constraints)
    return turn.objects or rules_it or (few and goes_on(turn.prompt.text))


def last_request_of(ledger: Ledger, teller: Teller) -> str:
    """Return what the user asked for last, with what was said on refusing something after that."""
    asked = [turn for turn in ledger.turns if turn.prompt.kind != "shell"]
    if not asked:
        return UNKNOWN
    turn = asked[-1]
    teller.cite("last_request", [turn.prompt.line])
    if turn.last is not None and (ledger.end in ("say", "waits") or asks(ledger)):
        teller.cite("answer", [turn.last.line])
    begun = _at_work(ledger)
    told = begun and f"L{begun.prompt.line}" not in teller.evidence.get("goal", ())
    at_work = (
        f"{HALTED if turn.halts else AT_WORK}{resolved(begun, AT_WORK_CHARS, teller.safe)} (L{begun.prompt.line})\n"
        if begun and told
        else ""
    )
    shown = f"{SHOWN['image']} (newer, L{turn.shown})\n" if turn.shown else ""
    return shown + _refused(turn.prompt.line, ledger, teller) + at_work + resolved(turn, 700, teller.safe)


def _refused(after: int, ledger: Ledger, teller: Teller) -> str:
    """Return what the user said last on refusing a plan or a call, where that is newer than the last prompt."""
    said = [(line, text) for line, text in ledger.decisions if line > after and text.startswith(_REFUSALS)]
    if not said:
        return ""
    line, text = said[-1]
    what, _, words = text.partition("; user")
    what = "the plan" if what == REFUSED_PLAN else what.removeprefix(DENIED)
    words = teller.tell(words.partition("“")[2].rstrip("”").replace("” “", "… "), 300)
    return f"{words} (newer, said on refusing {teller.tell(what, 120)}, L{line})\n"
