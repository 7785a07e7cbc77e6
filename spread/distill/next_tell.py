"""What a document tells of what comes next, and what else was left open."""

import re
from dataclasses import dataclass
from typing import Final

from spread.distill.broken_off import comes_next, is_edit
from spread.distill.closing import is_their_own, takes_leave
from spread.distill.document_tell import Teller
from spread.distill.ends import answered, at_work, left_to_user
from spread.distill.ledger import Ledger
from spread.distill.ledger_calls import IN_IT, STARTS
from spread.distill.left_off import choice, favoured
from spread.distill.next import lines_of, open_ends, unticked
from spread.distill.next_said import UNTRIED
from spread.distill.prompts import only_halts
from spread.distill.questions import ends_in_question, next_of, questions_of, to_try, with_aside
from spread.distill.record import looks
from spread.distill.shell import split
from spread.distill.shown import is_look
from spread.distill.superseded import marked
from spread.distill.thoughts import aim
from spread.distill.trials_tell import failed_last, named
from spread.distill.validation import Check
from spread.distill.waived import waived, waved_off
from spread.distill.words import stems
from spread.distillation_fields import NONE
from spread.distillation_told import SEE, TO_WRITE, UNFINISHED
from spread.transcript_events import Prompt

QUOTED_CHARS: Final = 60  # of a quotation that do not come twice by chance
THOUGHT_CHARS: Final = 300
ASKED_CHARS: Final = 400  # of a question
LONG_CHARS: Final = 2_000  # of a report
GIST_CHARS: Final = 160
AHEAD_CHARS: Final = 420
ORDER_CHARS: Final = 220  # of what a sub-agent was told to do
_DECLINES: Final = re.compile(
    r"I (?:would|will) not\b(?!.*\b(?:next|remain\w*|still|todo|before|until|unless|once|first|but|instead)\b)",
    re.I,
)
WORKED_ON: Final = "the last request was worked on, a check passed (L{}); no report"
AS_CHANGED: Final = "; files changed since: run it first"
CLOSED: Final = "the user's last words ask for nothing"  # begins these
HALTED: Final = "the user stopped the work: ask what is wanted before going on"
INTERRUPTED: Final = "the user interrupted it without a word: ask what is wanted before going on"
REFUSED: Final = "the user refused the last call without a word: ask what is wanted before going on"


@dataclass(frozen=True)
class Next:
    """What comes next after a session.

    Args:
        branch: That the session was on at last.
        checks: The last of each kind; `main` says most about now.
        left: Files that were not committed, each with the line of its last change.
    """

    teller: Teller
    ledger: Ledger
    root: str
    branch: str
    checks: list[Check]
    main: Check | None
    left: dict[str, int]

    def told(self) -> str:
        """Return it, with what else was left open."""
        ledger, last = self.ledger, self.ledger.last_say
        if ledger.end == "api-error" and ledger.error:
            why = self.teller.tell(ledger.error.text, 200)
            stopped = (
                f"the service stopped the session (“{why}”); once that is over, take up the last request"
            )
            return self._with_ends(stopped + self._meant(), [ledger.error.line])
        if ledger.end == "waits":
            line, asks = ledger.waiting
            return self._with_ends(self.teller.tell(asks, 500), [line])
        turn = ledger.turns[-1] if ledger.turns else None
        leaves = ledger.end == "prompt" and turn is not None and takes_leave(turn.prompt.text, turn.asked)
        cut = ledger.end in ("prompt", "api-error", "interrupted", "open") and not leaves
        if ledger.turns and (self._unsaid() or cut):
            return self._with_ends(*self._broken_off(ledger.turns[-1].prompt))
        if last and any(line > last.line for line, _ in ledger.decisions[-1:]):
            last = None  # what it asked is decided
        if last and ends_in_question(last.text) and (questions := questions_of(last.text)):
            return self._with_ends(self._to_answer(last.text, questions), [last.line])
        if last and (said := _steps(next_of(last.text))):
            return self._with_ends(self.teller.tell_lines(said, 700), [last.line])
        if last and (chosen := choice(ledger)):
            return self._with_ends(self.teller.tell(chosen, 400), [last.line])
        main = self.main
        if main and main.outcome == "failed":
            return self._with_ends(self._failed(main), [main.at])
        if todo := self._todo():
            return self._with_ends(self.teller.tell(todo[1], 300), [todo[0]], todos=False)
        if last and ledger.end == "say" and (trial := to_try(last.text)):
            return self._with_ends(f"left to the user to try: “{self.teller.tell(trial, 420)}”", [last.line])
        left = last and ledger.end == "say" and ends_in_question(last.text)
        closing = (
            f"the agent left the next step to the user (L{last.line})" if last and left else answered(ledger)
        )
        return "\n".join(filter(None, (self._with_ends("", []), self.teller.tell(closing, 300)))) or NONE

    def _failed(self, main: Check) -> str:
        """Return that a check has to pass, or what the user said of its failure who wants something else."""
        changed = self.ledger.files.last_change
        line, said = waived(self.ledger.turns, main, changed)
        command = self.teller.tell(main.command, 200)
        if not said and any(is_look(item.words) for item in split(main.command)):
            return f"get the checks on the server to pass, failed by `{command}`"
        if not said:
            return f"make `{command}` pass{AS_CHANGED if changed > main.at else ''}"
        when = "then" if line > main.at else "before"
        return f"`{command}` failed; the user {when}: “{self.teller.tell(said, GIST_CHARS)}” (L{line})"

    def _broken_off(self, asked: Prompt) -> tuple[str, list[int]]:
        """Return what to do about a turn that did not come to its end, and the line that says so."""
        ledger = self.ledger
        if ledger.end == "open" and ledger.unfinished_what:
            return f"{SEE}{self._unanswered()}: its result is not in the record", [ledger.unfinished_at]
        if only_halts(asked.text):
            return f"{UNFINISHED}; {HALTED}", [asked.line]
        if ledger.stopped:
            return f"{UNFINISHED}; {REFUSED}", [ledger.stopped[0]]
        if ledger.end == "interrupted":
            return f"{UNFINISHED}; {INTERRUPTED}{self._failed_last()}{self._put_back()}", []
        if ledger.end == "prompt" and is_their_own(asked.text):
            return f"{CLOSED}: “{self.teller.tell(asked.text, GIST_CHARS)}”", [asked.line]
        running = self._running()
        more = f"{self._put_back()}{running}{self._failed_last()}{self._ahead() or self._meant()}"
        main, edited = self.main, ledger.files.last_change
        passed = main and main.outcome == "passed" and asked.line < edited < main.at
        if ledger.end == "call" and main and passed and not running:
            step = self._went_on_to(main.at)
            if not is_edit(step):
                then = f"; the agent then: “{self.teller.tell(step, GIST_CHARS)}”" if step else ""
                return f"{WORKED_ON.format(main.at)}{then}{more}", []
        return f"{UNFINISHED}; take it up first{more}", []

    def _went_on_to(self, since: int) -> str:
        """Return what the agent said after a line that it does next, if from there on it only looked at something."""
        says = self.ledger.last_say
        if says is None or says.line < since:
            return ""
        later = (item for item in self.ledger.record if item.line > says.line)
        return comes_next(says.text) if all(map(looks, later)) else ""

    def _running(self) -> str:
        """Return the last sub-agent that is at work still."""
        ledger, began = self.ledger, self.ledger.unfinished_at
        if not at_work(ledger):
            return ""
        what = self.teller.tell(named(ledger.unfinished_what.partition(IN_IT)[0]), 200)
        gist = self._gist()
        return f"; no end is seen of {what}{gist and f' ({gist})'} (L{began})"

    def _failed_last(self) -> str:
        """Return that the last call failed after which the record ends: what it was to do is still to be done."""
        failed = self.teller.tell(failed_last(self.ledger.trials, self.ledger.at), 240)
        return f"; its last call: {failed} (L{self.ledger.at})" if failed else ""

    def _gist(self) -> str:
        """Return what the last call without a result changes, or what it tells a sub-agent to do."""
        ledger = self.ledger
        if not ledger.unfinished_what.startswith(STARTS):
            return self.teller.tell(ledger.unfinished_gist, GIST_CHARS)
        order = self.teller.tell(ledger.unfinished_gist, ORDER_CHARS)
        return f"its order: “{order}”" if order else ""

    def _unanswered(self) -> str:
        """Return the last call without a result, what it was to do, and where."""
        outer, within, inner = self.ledger.unfinished_what.partition(IN_IT)
        call, to, aim = (inner or outer).partition("` (to ")
        what = self.teller.tell(f"{named(call + '`' if to else call)}{to.removeprefix('`')}{aim}", 200)
        gist = self._gist()
        gist = gist and f" ({gist})"
        if within:
            return f"{self.teller.tell(named(outer), 200)}{gist}{within}{what}"
        git = aim and not aim.startswith(TO_WRITE)
        on = f" on branch {branch}" if git and (branch := self.branch) else ""
        return f"{what}{on}{gist}"

    def _to_answer(self, said: str, questions: list[str]) -> str:
        """Return questions to the user, with what the agent itself would do."""
        if len(said) > LONG_CHARS:  # what is told of the report may lack its end
            questions = [*questions[:-1], with_aside(said, questions[-1])]
        asked = " / ".join(self.teller.tell(question, ASKED_CHARS) for question in questions)
        picks = favoured(said, questions)
        told = f" (the agent before that: “{self.teller.tell(picks, 240)}”)" if picks else ""
        return f"the user has to answer: {asked}{told}{self._put_back()}"

    def _todo(self) -> tuple[int, str] | None:
        """Return (line, text) of the item in progress, if the list is as new, else of the first one pending."""
        todos, doubtful = self.ledger.todos, unticked(self.ledger)
        newest = max((line for line, _, _ in todos.values()), default=0)
        for status in ("in_progress", "pending"):
            for key, (line, text, now) in todos.items():
                open_ = now == status and key not in doubtful and (status == "pending" or line == newest)
                if open_ and not waved_off(self.ledger.turns, text, line)[0]:
                    ((_, text),) = marked([(line, text)], self.ledger.turns, self.teller.tell)
                    return line, f"{text}{self._overtaken(line, doubtful) if now == 'in_progress' else ''}"
        return None

    def _overtaken(self, line: int, doubtful: set[str]) -> str:
        """Return that what a list has in progress may be done, where edits and an answer followed, and what is after it."""
        ledger, last = self.ledger, self.ledger.last_say
        edited = max(ledger.files.edited().values(), default=0)
        if ledger.end != "say" or last is None or not line < edited < last.line:
            return ""
        todos = ledger.todos.items()
        left = (text for key, (_, text, now) in todos if now == "pending" and key not in doubtful)
        after = next(left, "")
        return f" (edits followed, may be done){after and f'; after it: {after}'}"

    def _put_back(self) -> str:
        """Return what the agent had asked that the user wants to speak about first, until they said something."""
        line, asks = self.ledger.put_back
        newest = self.ledger.turns[-1].prompt.line if self.ledger.turns else 0
        told = f"; put back by the user to discuss first: {self.teller.tell(asks, 400)} (L{line})"
        return told if line > newest else ""

    def _meant(self) -> str:
        """Return what the agent was about to do by its last thoughts."""
        line, meant = aim(self.ledger.thoughts)
        return (
            f"; the agent thought last: “{self.teller.tell(meant, THOUGHT_CHARS)}” (L{line})" if meant else ""
        )

    def _ahead(self) -> str:
        """Return what the client's summary at the end of the record says comes next."""
        line, said = self.ledger.ahead
        return (
            f"; the client's summary at the end: “{self.teller.tell(said, AHEAD_CHARS)}” (L{line})"
            if said
            else ""
        )

    def _unsaid(self) -> bool:
        """Tell whether the record ends on a call after which the agent still had to say what came of it."""
        return self.ledger.end == "call" and bool(self.ledger.turns) and not left_to_user(self.ledger)

    def _with_ends(self, first: str, lines: list[int], *, todos: bool = True) -> str:
        """Return what comes next with what else was left open; that nothing was, when it looks complete."""
        ends = open_ends(self.ledger, self.root, self.checks, self.left, todos=todos)
        said = " ".join(first.replace("**", "").split())
        quoted = (text.partition("“")[2].rstrip("”…")[:QUOTED_CHARS] for _, text in ends)
        ends = [end for end, words in zip(ends, quoted, strict=True) if not words or words not in said]
        ends = [(line, text) for line, text in ends if not (text.startswith(UNTRIED) and _says(said, text))]
        if not ends:
            self.teller.cite("next", lines)
            return first
        if first and lines:
            first += f" (L{lines[0]})"
        return "\n".join(filter(None, (first, lines_of(ends, self.teller.tell))))


def _steps(said: str) -> str:
    """Return lines on what comes next without those that only say what does not."""
    return "\n".join(line for line in said.splitlines() if not _DECLINES.match(line))


def _says(said: str, untried: str) -> bool:
    """Tell whether words speak of what was not tried."""
    words = stems(untried.removeprefix(UNTRIED))
    return 2 * len(words & stems(said)) >= len(words)
