"""What the record proves of how a session ended: whether anybody confirmed the last change, and what no test is about."""

import re
from collections import Counter
from typing import Final

from spread.distill.agents import unseen
from spread.distill.calls import EDITS
from spread.distill.edits import is_pipeline, is_test
from spread.distill.files import relative
from spread.distill.later import wished_later
from spread.distill.ledger import Ledger
from spread.distill.ledger_calls import STARTS
from spread.distill.questions import ends_in_question
from spread.distill.reports import is_item
from spread.distillation_codec import shorten, some_of
from spread.distillation_told import UNTESTED

MAX_NAMES: Final = 3
WAYS: Final = 2  # items of a list that there may be a choice between
# Languages whose tests stand in files of their own; where they stand beside the code (Rust), nothing can be told.
_TESTED: Final = re.compile(
    r"\.(?:py|[cm]?[jt]sx?|vue|svelte|go|java|kts?|swift|rb|php|cs|exs?|scala|dart|c|cc|cpp)$"
)
_MAY_TEST: Final = re.compile(r"test|spec|e2e", re.I)

READ_CHARS: Final = 2_000
MAX_WAIT_CHARS: Final = 160
_DONE: Final = re.compile(r"^\W{0,12}[\u2713\u2714\u2705\u2611]")  # a list of what was done offers nothing
_SENTENCE: Final = re.compile(r"[.!?]\s")
ASKING_CHARS: Final = 300  # of a prompt that asks and does little else
# Asks how the user is to do something.
_HOW: Final = re.compile(
    r"\b(?:how|where) (?:am|do|can|must|shall) i (?!know|trust|tell|understand|explain|believe|think)|"
    r"\bwhat (?:do|should|must|am) i (?:have |need |supposed |meant )?(?:to )?(?:do|enter|type|run|use|click|press)\b|"
    r"\bwie (?:kann|soll|muss|mach\w*|bekomme|komme) ich\b|\bc[oó]mo (?:puedo|hago|tengo que)\b|\bcomment (?:puis-je|dois-je)\b",
    re.I,
)
_WAITS: Final = re.compile(
    r"^ready for (?:feedback|review|approval|comments)\b|\bready for your (?:feedback|review|approval|comments|decision)\b|"
    r"\b(?:await|awaiting|waiting (?:for|on)|standing by for) your\b",
    re.I,
)

Ends = list[tuple[int, str]]


def left_to_user(ledger: Ledger) -> bool:
    """Tell whether the agent's last words leave the next step to the user; a list kept after them changes nothing.

    A question that another call follows is one that the agent asks itself; what a form settles is left to the user, too.
    """
    said, asked = ledger.last_say, ledger.turns[-1].prompt.line if ledger.turns else 0
    if said is None or said.line <= asked:
        return False
    stands = ledger.end == "say" or (ledger.end == "call" and ledger.worked < said.line)
    return stands and ends_in_question(said.text)


def asks(ledger: Ledger) -> bool:
    """Tell whether the agent's last words leave the next step to the user, who has not decided it since."""
    said = ledger.last_say
    decided = said is not None and any(line > said.line for line, _ in ledger.decisions[-1:])
    return not decided and left_to_user(ledger)


def at_work(ledger: Ledger) -> bool:
    """Tell whether a sub-agent that was started for the last request is at work still, as far as is seen.

    No end of it is seen, nothing was said since, and only those were started later that its own message starts, too.
    """
    began = ledger.unfinished_at
    later = [agent.line for agent in ledger.agents if agent.line > began]
    asked = ledger.turns[-1].prompt.line if ledger.turns else 0
    since = max(asked, ledger.last_say.line if ledger.last_say else 0)
    together = max(later, default=began) - began == len(later)
    return ledger.unfinished_what.startswith(STARTS) and since <= began and together


def answered(ledger: Ledger) -> str:
    """Return that the last request was answered and that nothing waits for an answer, an empty string if either is not so."""
    last = ledger.last_say
    if last is None or not ledger.turns or ledger.end != "say" or ends_in_question(last.text):
        return ""
    changed = max([ledger.files.last_change, *(line for line, _, _ in ledger.git.commits)])
    said = last.text.splitlines()
    listed = 0 if any(map(_DONE.search, said)) else sum(is_item(text.strip()) for text in said)
    if changed < ledger.turns[-1].prompt.line and listed >= WAYS:
        return f"answered (L{last.line}); what that lists the user has not replied to"
    asked = ledger.turns[-1].prompt
    if changed < asked.line and len(asked.text) <= ASKING_CHARS and _HOW.search(asked.text):
        return f"answered (L{last.line}): the user is to do what they asked about; not seen done"
    if later := wished_later(asked.text):
        return f"answered (L{last.line}); the user put off: “{shorten(later[-1], MAX_WAIT_CHARS)}”"
    open_ = any(status != "completed" for _, _, status in ledger.todos.values())
    todos = "" if open_ else ", no todo is open"
    if waits := waiting(last.text):
        return f"answered (L{last.line}), the agent waits: “{waits}”{todos}"
    return f"answered (L{last.line}), no question{'' if open_ else ' or todo'} is open"


def waiting(said: str) -> str:
    """Return the last sentence of a message if it says that the user's word is waited for."""
    last = " ".join(said[-READ_CHARS:].strip().splitlines()[-1:]).strip(" *_#->`|")
    last = last[max((found.end() for found in _SENTENCE.finditer(last)), default=0) :]
    found = _WAITS.search(last)
    # Of a long one what it ends in, from words of ours on: a cut anywhere may leave half a secret.
    begin = found.start() if found and len(last) > MAX_WAIT_CHARS else 0
    return f"{'…' if begin else ''}{last[begin:]}" if found else ""


def unconfirmed(ledger: Ledger) -> Ends:
    """Tell that the user said nothing after the last change."""
    last = max(ledger.files.edited().values(), default=0)
    says = ledger.last_say
    if says is None or not ledger.turns or ledger.end != "say" or ends_in_question(says.text):
        return []
    if not ledger.turns[-1].prompt.line < last < says.line:
        return []
    return [(last, f"the user has not spoken since the last change (L{last}): unconfirmed")]


def untested(ledger: Ledger, root: str) -> Ends:
    """Name code that changed after the last edit of a test; only where every edit is seen."""
    files = ledger.files
    if unseen(ledger.agents) or ledger.unread or ledger.hosts or any(map(is_test, files.told)):
        return []
    edited = {
        name: line
        for path, line in files.edited().items()
        if path not in files.deleted and not (name := relative(path, root)).startswith(("~", "/"))
    }
    tests = {line: name for name, line in edited.items() if _MAY_TEST.search(name) and not is_pipeline(name)}
    since = max(tests, default=0)
    if since and not is_test(tests[since]):
        return []  # whether that is a test nobody knows
    names = [name for name, line in edited.items() if line > since and _TESTED.search(name)]
    if not names:
        return []
    newest = sorted(names, key=lambda name: -edited[name])
    ends = Counter(name.rpartition("/")[2] for name in names)
    told = some_of(newest, MAX_NAMES, lambda name: f"{_short(name, ends)} (L{edited[name]})")
    lead = f"no edit of a test seen after L{since}; code changed since" if since else UNTESTED
    return [(edited[newest[0]], f"{lead}: {told}")]


def _short(name: str, ends: Counter[str]) -> str:
    """Return the end of a path, with so much before it that it is the only one."""
    folders, _, end = name.rpartition("/")
    return f"…/{folders.rpartition('/')[2]}/{end}" if ends[end] > 1 and folders else end


def unmoved(ledger: Ledger) -> Ends:
    """Tell that the last prompts, more than one, changed no file."""
    edited = max(ledger.files.edited().values(), default=0)
    back = (line for net in ledger.files.net.values() for _, line in net.gone)
    last = edited and max(edited, *back, 0)  # what git took back was edited before
    later = [
        turn.prompt.line for turn in ledger.turns if turn.prompt.line > last and turn.prompt.kind != "shell"
    ]
    if not last or len(later) < 2 or unseen(ledger.agents):
        return []
    if ledger.unfinished_at > last and ledger.unfinished_what.startswith(EDITS):
        return []  # what came of that edit nobody knows
    return [
        (
            last,
            f"no file edited for the last {len(later)} prompts, since L{last}",
        )
    ]
