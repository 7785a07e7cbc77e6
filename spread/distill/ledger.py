"""What a session came to, folded from its events one by one; bounded, whatever the session's length."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from spread.distill import (
    explained,
    handed,
    ledger_answers,
    ledger_calls,
    ledger_tasks,
    outside,
    own,
    record,
    resumed,
    ruled,
    thoughts,
    todos,
    versions,
)
from spread.distill.broken_off import breaks_off
from spread.distill.calls import task_of
from spread.distill.claims import marked
from spread.distill.files import absolute
from spread.distill.found import answer_to_objection, found
from spread.distill.heard import COMMAND, DECIDED, ending, keep, ordering
from spread.distill.ledger_fields import KEPT_FOUND, KEPT_ITEMS, KEPT_PROMPT_CHARS, Fields
from spread.distill.ledger_shell import typed
from spread.distill.net import settle_what_stays
from spread.distill.net_back import last_kept
from spread.distill.noticed import noticed
from spread.distill.prompts import is_incidental, is_same, objects, only_halts
from spread.distill.questions import ends_in_question, question_to
from spread.distill.rules import set_by
from spread.distill.rules_back import begun, bound
from spread.distill.subject import wish_of
from spread.distill.to_verify import steps_of
from spread.distill.turns import OBJECT_CHARS, Turn, choices_of, objection_of, speaks_of, turn_of
from spread.distill.unproven import KEPT as KEPT_UNPROVEN
from spread.distill.unproven import unproven
from spread.distill.user_ran import went_well
from spread.distillation_codec import shorten
from spread.distillation_told import OWN
from spread.redact_known import without
from spread.transcript_events import Call, Event, Mark, Prompt, Say, Thought
from spread.transcript_words import BROKE_OFF

KEPT_SAY_CHARS: Final = 8_000
KEPT_PROMPTS: Final = 80  # the newest ones, and
FIRST_PROMPTS: Final = 5  # these: the goal is among them
FULL_TURNS: Final = 6
OLD_SAY_CHARS: Final = 2_000
OLD_PROMPT_CHARS: Final = 1_300
FIRST_TURNS: Final = 20  # of which more is kept: what a goal says
KEPT_RULES: Final = 30
KEPT_CHANGES: Final = 400  # lines of changes
OWN_CHARS: Final = 90  # of a prompt that the next one may take back
_SAYS_NO_MODE: Final = ("queued", "shell", "command")  # kinds of prompts that hold no word of plan mode
_READ: Final = frozenset(("skill", "memory", "hook"))  # marks of what was only read, and said by nobody


@dataclass
class Ledger(Fields):
    """Feed every event in file order to `add`; then read the fields."""

    def add(self, event: Event) -> None:
        if isinstance(event, Call):
            if not event.agent and event.result_line > self.at:
                self.beside = self.beside or event.line < self.at
                self.at = event.result_line
            ledger_calls.take(self, event)
            return
        if isinstance(event, Mark) and event.kind in _READ:
            self._ruled(event)
            return
        if isinstance(event, Mark) and event.kind in outside.TAKES:
            outside.TAKES[event.kind](self, event)
            return
        if self.secrets:
            event = replace(event, text=without(event.text, self.secrets)[0])
        if isinstance(event, Thought):  # nobody was told
            self._thought(event)
            return
        if event.line > self.at and event.text:
            self.at = event.line
        if isinstance(event, Say):
            self._say(event)
        elif isinstance(event, Prompt):
            self._prompt(event)
        else:
            self._mark(event)

    def settle(self) -> None:
        """Find out now, for the next revision too, what the document may want to know of turns and files."""
        for turn in self.turns:
            if turn.chosen is None:
                choices_of(turn)
        last = last_kept(self.files.net)
        for net in self.files.net.values():
            settle_what_stays(net, last)

    # -- words ----------------------------------------------------------------

    def _thought(self, thought: Thought) -> None:
        if self.ours:
            return
        self.thoughts.append((thought.line, thought.text))
        del self.thoughts[: -thoughts.LAST]
        self.mused.append((thought.line, thought.text))
        del self.mused[: -thoughts.KEPT]
        failed = explained.unexplained(self.trials, self._spoken()) if self.trials else None
        if failed and (why := thoughts.cause(thought.text)):
            explained.think(failed, why)

    def _spoken(self) -> int:
        """Return the line where the agent or the user last said something."""
        prompt = self.turns[-1].prompt.line if self.turns else 0
        return max(self.last_say.line if self.last_say else 0, prompt)

    def _say(self, say: Say) -> None:
        """Keep what the agent said, and what it says of failures, files and what nobody tried."""
        if self.ours:
            return
        self._changed()
        self.thoughts.clear()
        self.mused.clear()
        text = ending(say.text, KEPT_SAY_CHARS)
        low = text.lower()  # once for all that look for words, as that takes long outside of ASCII
        if "pushed" in low or "committed" in low:
            text = marked(text, self.git.repos, self.git.done)
            low = text.lower()
        if "/pull/" in low:
            self.named_request = True
        if self.versions:
            text = versions.marked(text, self.versions)
        say = replace(say, text=text)
        since = self._spoken()
        self.last_say, self.end, self.stopped = say, "call" if say.calls or breaks_off(text) else "say", None
        keep(self.heard, say.line, text)
        if not self.turns and not self.resumed[0] and self.end == "call":
            self.resumed = say.line, ""  # nobody asked for it on record
        self.ahead = resumed.unless_after(say.line, self.ahead)
        if self.left_before:
            self.left_before = resumed.still_left(self.left_before, text)
        noted = found(text, low)
        self.likely = ""
        if self.trials and (failed := explained.unheard(self.trials, since)):
            self.likely = noted[0][1] if noted else explained.why(failed, text, beside=self.beside)
            ends = not (noted or say.calls)
            why = explained.why(failed, text, beside=self.beside, ends=True) if ends else self.likely
            explained.explain(failed, why)
        elif self.trials:
            asked = self.turns[-1].prompt.line if self.turns else 0
            explained.take_back(self.trials, text, noted, asked)
        self.beside = False
        if noted:
            self.found += [(say.line, kind, words) for kind, words in noted]
            del self.found[:-KEPT_FOUND]
        noticed(self.noticed, say.line, text, low, self.files)
        if untried := unproven(text, low):
            self.unproven += [(say.line, words) for words in untried]
            del self.unproven[:-KEPT_UNPROVEN]
        if self.turns:
            self._on_turn(self.turns[-1], say)

    def _on_turn(self, turn: Turn, say: Say) -> None:
        """Keep what was said on a prompt, of an objection what is admitted."""
        if turn.objects and not turn.admits:
            # After edits it may already be of something else.
            edited = self.files.last_change > turn.prompt.line
            answers = not edited or speaks_of(turn.prompt.text, say.text)
            turn.admits = answer_to_objection(say.text) if answers else ""
        turn.last = say
        if turn.longest is None or len(say.text) >= len(turn.longest.text):
            turn.longest = say

    def _prompt(self, prompt: Prompt) -> None:
        """Take in a prompt: as an answer, for the rules that it sets or lifts, and as the beginning of a turn."""
        given = own.given_to_us(prompt)
        self.ours = given is not None
        self.likely = ""
        if given is not None:
            self.keep_secret(own.secret_of(given))
            return
        if prompt.kind == "memory":
            self._bind(prompt)
            return
        if (
            prompt.kind == "lead" and self.turns
        ):  # its order is what the session is for; the rest is between agents
            return
        self._changed()
        self.thoughts.clear()
        if prompt.kind == "shell":
            self.typed = prompt.text
        else:
            self.git.told(prompt.line, prompt.text)
        if "/pull/" in prompt.text:
            self.named_request = True
        self._take_back(prompt)
        refusing = self.stopped is not None
        if prompt.kind in ("typed", "queued") and not is_incidental(prompt.text, prompt.kind):
            ledger_answers.worded(self, prompt.text)
        self.stopped = None
        self.ahead = resumed.unless_after(prompt.line, self.ahead)
        if self.left_before:
            self.left_before = resumed.still_left(self.left_before, prompt.text)
        self._bind(prompt)
        if prompt.kind not in _SAYS_NO_MODE:
            ledger_answers.in_plan_mode(self, prompt.line, on=prompt.planning)
        if prompt.kind != "queued":
            self.mused.clear()
        if prompt.kind == "plan":
            self.to_verify = prompt.line, steps_of(prompt.text)
        prompt = replace(prompt, text=prompt.text[:KEPT_PROMPT_CHARS])
        commands = prompt.kind == "command" or (prompt.kind == "queued" and prompt.text.startswith("/"))
        if commands and is_incidental(prompt.text, "command"):
            return
        self._begin_turn(prompt, refusing=refusing)

    def _begin_turn(self, prompt: Prompt, *, refusing: bool) -> None:
        """Note what was asked, what it answers, and whether it objects to what was done.

        Args:
            refusing: It says why a call was denied, and is told with that.
        """
        # What it says nobody can read here; it belongs to what was asked.
        if prompt.kind == "shown" and self.turns:
            self.turns[-1].shown, self.end = prompt.line, "prompt"
            return
        before = self.last_say
        # It was not said yet.
        if before and before.line > (prompt.queued or prompt.line) and not objects(prompt.text):
            before = None
        asked = question_to(before.text, prompt.text) if before and self._answerable(before) else ""
        if self.turns and prompt.line < self.turns[-1].prompt.line:  # queued, and never seen to be taken up
            at = bisect_right(self.turns, prompt.line, key=lambda turn: turn.prompt.line)
            self.turns.insert(at, turn_of(prompt, "", None))
            return
        if self.another:
            self.begun, self.another = prompt.line, False
        if before and self.turns and self._worked_since(before.line) and objects(prompt.text):
            # The objection may be to what was done without a word.
            before = before if speaks_of(prompt.text, before.text) else None
        turn = turn_of(prompt, asked, before, self._wish_before(before) if before else "")
        turn.halts = self.end == "interrupted"
        if turn.halts and turn.objects and self.turns and not turn.about:
            turn.about = record.stopped_at(self.record, self.turns[-1].prompt.line)
        self.turns.append(turn)
        self._drop_turns()
        for kept in (self.decisions, self.rejected, self.git.commits):
            del kept[:-KEPT_ITEMS]
        self._shorten_turns()
        if len(self.turns) > 1 and turn.objects and not refusing and not only_halts(prompt.text):
            about = turn.about or self._own_wish()
            self.rejected.append((prompt.line, objection_of(turn, about, before)))
        if prompt.kind != "shell":
            self.end = "prompt"

    def _worked_since(self, line: int) -> bool:
        """Tell whether the agent was asked something, changed a file or ran a command after a line."""
        last = max(self.turns[-1].prompt.line, self.files.last_change)
        return last > line or bool(record.stopped_at(self.record, line))

    def _bind(self, prompt: Prompt) -> None:
        """Take over the rules that a prompt sets, and let go of those that it lifts."""
        last = self.turns[-1].prompt.line if self.turns else 0
        said = "" if prompt.kind == "plan" else prompt.text
        # What `/compact` keeps is no rule.
        ours = prompt.kind == "command" and is_incidental(prompt.text, prompt.kind)
        new = [] if ours else set_by(prompt.text, prompt.kind)
        self.constraints, gone = bound(said, prompt.line, last, self.constraints, self.lifted, new)
        self.lifted += [(prompt.line, at, rule, shorten(prompt.text, 120)) for at, rule in gone]
        del self.constraints[20:-KEPT_RULES]

    def _changed(self) -> None:
        """Note that files were changed since what was said before."""
        if self.files.last_change > max(self.mended[-1:], default=0):
            self.mended.append(self.files.last_change)
            edited = max(self.files.edited().values(), default=0)  # here: others may change files meanwhile
            self.constraints = begun(self.constraints, self.turns, edited)
            del self.mended[:-KEPT_CHANGES]

    def _own_wish(self) -> str:
        """Return what the user asked just before, if it is short and was only talked of: that they may take back."""
        before = self.turns[-2] if len(self.turns) > 1 else None
        if before is None or before.objects or before.prompt.kind not in ("typed", "queued"):
            return ""
        said, edited = before.prompt.text, self.files.last_change > before.prompt.line
        asked = "?" in said and OBJECT_CHARS <= len(said) <= OWN_CHARS
        return f"{OWN}{said}”" if asked and not edited else ""

    def _wish_before(self, said: Say) -> str:
        """Return what the user had asked for that the agent answered, if nothing was edited for it."""
        turn = next((turn for turn in reversed(self.turns) if turn.prompt.line < said.line), None)
        if turn is None or turn.prompt.kind not in ("typed", "queued"):
            return ""
        return "" if self.files.last_change > turn.prompt.line else wish_of(turn.prompt.text)

    def _answerable(self, said: Say) -> bool:
        """Tell whether a prompt now can answer what was said last; a list of todos kept after a question changes nothing.

        What an earlier prompt answered, as calls followed it without a word, is no question any more.
        """
        answered = bool(self.turns) and self.turns[-1].prompt.line > said.line
        asks = self.end == "call" and not answered and ends_in_question(said.text)
        return self.end in ("say", "interrupted") or asks

    def _take_back(self, prompt: Prompt) -> None:
        """Forget a prompt that was stopped and is now given again, a slip in it mended."""
        old = self.turns[-1].prompt if self.turns else None
        if old is None or self.end not in ("interrupted", "api-error") or not is_same(old.text, prompt.text):
            return
        self.turns.pop()
        self.constraints = [item for item in self.constraints if item[0] != old.line]
        self.another = self.another or self.begun == old.line

    def _drop_turns(self) -> None:
        """Keep the first and the newest turns, and of what was said between only what was decided.

        It would else seem to be said on the last of the first ones, and the next that is kept to answer it.
        """
        if len(self.turns) > FIRST_PROMPTS + KEPT_PROMPTS:
            gone, since = (self.turns[at].prompt.line for at in (FIRST_PROMPTS, -KEPT_PROMPTS))
            self.heard[:] = [it for it in self.heard if not gone < it[0] < since or it[2] == DECIDED]
            del self.turns[FIRST_PROMPTS:-KEPT_PROMPTS]

    def _shorten_turns(self) -> None:
        """Keep of older turns only what the document can show of them."""
        if len(self.turns) <= FULL_TURNS:
            return
        turn = self.turns[-FULL_TURNS - 1]
        turn.longest = None
        if len(self.turns) > FIRST_TURNS + FULL_TURNS:
            turn.prompt = replace(turn.prompt, text=turn.prompt.text[:OLD_PROMPT_CHARS])
        if turn.last is not None and len(turn.last.text) > OLD_SAY_CHARS:
            turn.last = Say(turn.last.line, turn.last.text[:OLD_SAY_CHARS])

    def _mark(self, mark: Mark) -> None:
        if self.ours and mark.kind in ("interrupted", "api-error", "orphan"):
            return
        if mark.kind == "interrupted":
            self.end = "interrupted"
            if mark.text == BROKE_OFF:
                ledger_answers.broke_off(self)
        elif mark.kind == "api-error":
            self.error, self.end = mark, "api-error"
        elif mark.kind == "orphan" and self.end == "say":
            self.end = "call"  # what was said last only led to it
        elif mark.kind == "ended":
            ledger_answers.ended(self)
        elif mark.kind == "link":
            self.links.setdefault(mark.text, mark.line)
        elif mark.kind == "session":
            self.another = True
        elif mark.kind == "compacted" and mark.text:
            self.ahead = mark.line, resumed.next_of(mark.text)
            if not self.turns:
                self._resume(mark)
        elif mark.kind == "expansion":
            keep(self.heard, mark.line, ordering(mark.text)[:KEPT_SAY_CHARS], COMMAND)
        elif mark.kind in ("shell", "shell-errors"):
            self._typed(mark)
        elif mark.kind == "handed":
            handed.take(self.handed, mark.line, mark.text)
        elif mark.kind.startswith("plan_mode"):
            ledger_answers.in_plan_mode(self, mark.line, on=mark.kind == "plan_mode")
        elif mark.kind == "tasks":
            todos.reminded(self, mark)
        elif mark.kind == "notice" and (task := task_of(mark.text)):
            ledger_tasks.settle(self, task, mark.line, mark.text)

    def _ruled(self, mark: Mark) -> None:
        """Take over what a skill that was loaded rules, a file of rules that the client added, or a hook at the start."""
        if mark.kind == "skill":
            ruled.loaded(self.ruled, mark.line, mark.text)
            return
        if mark.kind == "hook":
            ruled.note(self.ruled, ruled.HOOK, mark.line, mark.text)
            return
        path, _, text = mark.text.partition("\n")
        if path:
            ruled.note(self.ruled, absolute(path, self.cwd), mark.line, text)

    def _resume(self, mark: Mark) -> None:
        """Take over what the client's summary says of the part before the record."""
        if said := resumed.request_of(mark.text):
            self.resumed = mark.line, said
            self.left_before = resumed.left_of(mark.text)
            ruled.learned(self.ruled, resumed.MISHAPS, mark.line, resumed.mishaps_of(mark.text))

    def _typed(self, mark: Mark) -> None:
        """Take over what came of a command that the user ran in the session."""
        ok = mark.kind == "shell" or went_well(mark.text)
        line, given = mark.line, {"command": self.typed}
        call = Call(line, "", "Bash", given, self.cwd, result_line=line, ok=ok, output=mark.text)
        typed(self, self.keep_printed(call), self.typed)
