"""From what a session came to (the ledger) to the document that is handed over."""

from typing import Any, Final

from spread import (
    __version__,
    distill_machine,
    distill_product,
    distill_removed,
    distill_ruled_tell,
    distill_trials,
)
from spread.distill_agents import told, unseen
from spread.distill_alike import once
from spread.distill_asked import title_of
from spread.distill_decided import decided, distinct
from spread.distill_document_tell import MAX_DECISIONS, MAX_ITEMS, Teller, own_marks, resolved
from spread.distill_doubts import doubts, is_elsewhere
from spread.distill_ends import answered
from spread.distill_failure import shown
from spread.distill_files import relative
from spread.distill_found import CAUSE
from spread.distill_goal import in_parts
from spread.distill_ledger import Ledger
from spread.distill_left_off import choice, favoured
from spread.distill_mended import Outcomes
from spread.distill_net_tell import net_edits, taken_back
from spread.distill_next import lines_of, open_ends, unticked
from spread.distill_next_code import is_prose, last_code
from spread.distill_next_git import left_out
from spread.distill_next_said import UNTRIED
from spread.distill_plans import outline
from spread.distill_product import besides, product_of
from spread.distill_record_tell import Besides
from spread.distill_reports import dense
from spread.distill_resumed import BEFORE, in_short
from spread.distill_said import DENIED, PLANNED, Log
from spread.distill_stale import by_name, without
from spread.distill_thoughts import aim
from spread.distill_trials import named
from spread.distill_turns import Turn
from spread.distill_validation import HOOK, Check, latest
from spread.distill_words import (
    ends_in_question,
    is_incidental,
    is_short_reply,
    next_of,
    questions_of,
    rules,
    says_a_goal,
    stems,
    stems_once,
)
from spread.distillation import MAX_BYTES, Distillation
from spread.distillation_codec import map_text, shorten, texts_of
from spread.distillation_fields import (
    NONE,
    UNKNOWN,
    WRITTEN_AGAIN,
    Agent,
    Distiller,
    Files,
    ProjectRef,
    Rename,
    Todo,
    Validation,
)
from spread.distillation_page import MAX_WORDS, PAGE_CHARS, UNTICKED, WORD_CHARS, Page
from spread.distillation_told import (
    BEFORE_REPORT,
    OBJECTED,
    REFUSED_PLAN,
    SAID,
    SEE,
    TITLED,
    TO_WRITE,
    UNFINISHED,
)
from spread.project import Project
from spread.redact import Redactor
from spread.transcript_events import Facts, Prompt

_TOLD: Final = frozenset(  # fields in which every word that is not ours comes out of `tell`
    ("constraints", "summary", "completed", "decisions", "failed", "uncertainties", "context", "commits")
)
_REFUSALS: Final = (REFUSED_PLAN, DENIED)
MAX_FILES: Final = 300
MAX_TRIALS: Final = 14
COMMIT_CHARS: Final = 2_000  # with its files
QUOTED_CHARS: Final = 60  # of a quotation that do not come twice by chance
MAX_FOUND: Final = 16
FAILED_CHARS: Final = 640  # of one
FEW_TODOS: Final = 4
ORDER_CHARS: Final = 300  # of all of them
LEAST_ORDER_CHARS: Final = 90
MAX_AGENTS: Final = 10
ASKED_TURNS: Final = 20  # of which it is looked what they speak of
ASKED_CHARS: Final = 600
PAGE_WORDS: Final = MAX_WORDS - 8  # what says that something was redacted is not known so far
WORTH_MORE: Final = 8  # words, for which more of the log is looked for
WHOLE_LINES: Final = 6  # so many lines of a report are shown in any case
MAX_SUMMARY_CHARS: Final = 2_400
THOUGHT_CHARS: Final = 300
WORTH_TELLING: Final = 240  # an earlier message that is shorter only announces what is done next


def _says(said: str, untried: str) -> bool:
    """Tell whether words speak of what was not tried."""
    words = stems(untried.removeprefix(UNTRIED))
    return 2 * len(words & stems(said)) >= len(words)


FEW_REQUESTS: Final = 3  # that a part of the first one is hardly overtaken


class Writer(Teller):
    """Write one ledger; use once, as the redactor's counts and the evidence gather here."""

    def __init__(self, ledger: Ledger, facts: Facts, project: Project | None, redactor: Redactor) -> None:
        super().__init__(redactor, ledger.secrets)
        self.ledger, self.facts, self.project = ledger, facts, project
        self.root = project.root.replace("\\", "/") if project and project.root else ledger.root
        self.checks = latest(ledger.runs, ledger.settled, ledger.files.last_change)
        self.main_check = self._main_check()
        self.left = left_out(ledger, project)
        gone = distill_removed.told(ledger.removed, ledger.heard, self.root)
        self.doubts = doubts(
            ledger, facts, project, self.checks.values(), self.main_check, self.root, self.left, gone
        )
        plans = [
            (line, told, f"{PLANNED}{name and f' in {name}'}")
            for name, (line, plan) in ledger.plans.items()
            if (told := outline(plan))
        ]
        self.product = product_of(ledger)
        overtaken = {**ledger.undone, **gone, **ledger.stale}
        self.log = Log(
            ledger.turns,
            [*besides(self.product, ledger), *plans],
            overtaken,
            by_name(ledger.files.edited(), ledger.files.first),
        )
        self.besides = Besides(ledger, self.root, self.log)
        self.failed = self._failed()

    def write(self, session: str, machine: str, revision: int) -> Distillation:
        """Return the document, redacted.

        It is written to learn what it will tell, which is then redacted in one go; and where that took
        something out, it is written again.

        Raises:
            SpreadError: Redaction did not finish; there is no document then.
        """
        told = self._compose(session, machine, revision)
        if self.redact():
            told = self._compose(session, machine, revision)
        if sum(map(len, texts_of(told))) * 2 > MAX_BYTES:  # paths of extreme length or number
            few = {
                name: getattr(told["files"], name)[:40]
                for name in ("created", "modified", "deleted", "renamed")
            }
            told |= {"files": Files(**few), "evidence": {}, "context": shorten(told["context"], 2_000)}
        rest = texts_of({name: told[name] for name in told if name not in _TOLD | {"evidence"}})
        safe = dict(zip(rest, self.cleared(rest), strict=True))
        if any(text != safe[text] for text in rest):  # something was told that did not come through `tell`
            told = map_text(told, lambda text: safe.get(text, text))
        if self.about_redaction(told):
            told = map_text(told, own_marks)
        counts = {name: count for name, count in sorted(self.redactor.counts.items()) if count}
        return Distillation(**told, redactions=counts)

    def _compose(self, session: str, machine: str, revision: int) -> dict[str, Any]:
        """Return the fields of the document; what `tell` has seen redacted is told so."""
        facts, ledger = self.facts, self.ledger
        fields: dict[str, Any] = dict(
            id=f"{session}.{revision}",
            session_id=session,
            revision=revision,
            project=self._project(),
            machine=machine,
            agent=Agent("claude-code", facts.version, facts.model),
            started_at=facts.started_at,
            ended_at=facts.ended_at,
            state=self._state(),
            goal=self.part("goal", self._goal),
            last_request=self.part("last_request", self._last_request),
            constraints=self.listed("constraints", ledger.constraints, 400),
            summary=self._summary(),
            completed=self.part("completed", self._completed),
            decisions=self.part("decisions", lambda: self.listed("decisions", self._decisions(), 600)),
            failed=self.listed("failed", self.failed, FAILED_CHARS),
            files=self.part("files", self._files),
            validation=self._validation(self.main_check),
            todos=self._todos(),
            next=self.part("next", self._next),
            uncertainties=self.listed("uncertainties", self.doubts, 400),
            commits=self.listed("commits", ledger.git.told_commits(self.root), COMMIT_CHARS),
            evidence=dict(sorted(self.evidence.items())),
            distiller=Distiller("claude-spread", __version__),
        )
        return fields | {"context": self._context(Distillation(**fields))}

    def _project(self) -> ProjectRef:
        known, ledger = self.project or Project(), self.ledger
        places = ledger.git.repos.places.items()
        elsewhere = {place.branch for where, place in places if where not in ("", self.root)}
        here = {place.branch for where, place in places if where in ("", self.root)} - {""}
        last = ledger.git.branch  # of any of them
        own = here.pop() if len(here) == 1 else ""
        seen = own if last in elsewhere and last != own else last
        branch = known.branch or seen or self.facts.branch
        head = known.head or ledger.git.head(self.root)
        return ProjectRef(
            known.key or "", known.remote or "", branch, head, known.dirty, relative(self.root, "")
        )

    def _goal(self) -> str:
        asked = [turn for turn in self.ledger.turns if not is_incidental(turn.prompt.text, turn.prompt.kind)]
        turns = [turn for turn in asked if turn.prompt.line >= self.ledger.begun] or asked
        telling = [turn for turn in turns if says_a_goal(turn.prompt.text, turn.prompt.kind)] or turns
        if not telling:
            return UNKNOWN
        begun = turns[0] is not telling[0] and self._filled(turns[0].prompt, telling[0].prompt.line)
        telling = [turns[0], *telling] if begun else telling
        first, lines = telling[0], [telling[0].prompt.line]
        goal = ""
        if len(telling) <= FEW_REQUESTS:  # later ones would overtake its parts
            said = self.ledger.last_say.text if self.ledger.last_say else ""
            goal = in_parts(first.prompt, said, self.safe)
        goal = goal or self.tell(first.prompt.text, 700)
        bare = first.prompt.kind == "command" and " " not in first.prompt.text
        if (bare or begun) and len(telling) > 1:
            then = telling[1]
            goal, lines = (
                f"{goal}\nthen: {resolved(then, 400, self.safe)} (L{then.prompt.line})",
                [*lines, then.prompt.line],
            )
        plan = self.ledger.plan
        if plan and plan[0] > first.prompt.line and first.prompt.kind != "plan":
            goal += f"\nlater, by an approved plan: {self.tell(title_of(plan[1], ''), 200)} (L{plan[0]})"
            lines.append(plan[0])
        if (now := self._current(telling)) and not (plan and plan[0] > now.prompt.line):
            goal += f"\nlately: {resolved(now, 300, self.safe)} (L{now.prompt.line})"
        if self.ledger.resumed[0]:
            line, said = self.ledger.resumed
            goal += f"\n{BEFORE}{self.tell(in_short(said), 700)} (L{line})"
        if self.facts.title:
            goal += f"\n{TITLED}{self.tell(self.facts.title, 100)}”)"
        self.cite("goal", lines)
        return goal

    def _filled(self, first: Prompt, until: int) -> bool:
        """Tell whether a prompt of a few words was the work of a good part of the session, up to a line."""
        few = len(first.text.split(None, 3)) < 4 and not rules(first.text)
        return few and 3 * (until - first.line) > self.facts.lines

    def _current(self, telling: list[Turn]) -> Turn | None:
        """Return the prompt that says what is being done now, where neither the first nor the last one does."""
        if not is_short_reply(self.ledger.turns[-1].prompt.text):
            return None
        full = [turn for turn in telling[1:] if len(turn.prompt.text.split()) > 6 and not turn.objects]
        return full[-1] if full else None

    def _last_request(self) -> str:
        asked = [turn for turn in self.ledger.turns if turn.prompt.kind != "shell"]
        if not asked:
            return UNKNOWN
        turn = asked[-1]
        self.cite("last_request", [turn.prompt.line])
        if turn.last is not None and self.ledger.end in ("say", "waits"):
            self.cite("answer", [turn.last.line])
        return self._refused(turn.prompt.line) + resolved(turn, 700, self.safe)

    def _refused(self, after: int) -> str:
        """Return what the user said last on refusing a plan or a call, where that is newer than the last prompt."""
        said = [
            (line, text)
            for line, text in self.ledger.decisions
            if line > after and text.startswith(_REFUSALS)
        ]
        if not said:
            return ""
        line, text = said[-1]
        what, _, words = text.partition("; user")
        what = "the plan" if what == REFUSED_PLAN else what.removeprefix(DENIED)
        words = self.tell(words.partition("“")[2].rstrip("”").replace("” “", "… "), 300)
        return f"{words} (newer, said on refusing {self.tell(what, 120)}, L{line})\n"

    def _decisions(self) -> list[tuple[int, str]]:
        """Return answers, approved and rejected plans, denials with words, and what prompts state; in order."""
        known = {text for _, text in self.ledger.constraints} | {rule for _, _, rule, _ in self.ledger.lifted}
        shown = {*self.evidence.get("goal", ()), *self.evidence.get("last_request", ())}
        out = list(self.ledger.decisions)
        for turn in reversed(self.ledger.turns):
            if len(out) > len(self.ledger.decisions) + MAX_DECISIONS:
                break  # older ones would not be shown
            if turn.prompt.kind in ("typed", "queued"):
                out += decided(turn, self.tell, known, shown=f"L{turn.prompt.line}" in shown)
        for line, at, rule, text in self.ledger.lifted:
            out.append((line, f"rule “{rule}” (L{at}) no longer holds, as the user said: “{text}”"))
        return distinct(sorted(out))

    def _fresh(self, check: Check) -> bool:
        return check.at > self.ledger.files.last_change

    def _still_failing(self, check: Check) -> bool:
        """Tell whether a check failed and nothing changed since but documents."""
        files = self.ledger.files
        late = (path for path, line in files.edited().items() if line > check.at)
        return check.outcome == "failed" and check.at > files.moved and all(map(is_prose, late))

    def _main_check(self) -> Check | None:
        """Return the run that says most about now: a failing one after the last edit, else the last that told."""
        checks = list(self.checks.values())
        fresh = [item for item in checks if self._fresh(item)]
        failed = list(filter(self._still_failing, checks))
        told = [item for item in fresh if item.outcome != UNKNOWN]
        if told and not failed and all(item.outcome == "passed" for item in told):  # all of them are told
            return max(told, key=lambda item: (item.kind == "test", HOOK not in item.command, item.at))
        files = self.ledger.files  # documents since then make little difference
        unseen_code = [line for path, line in files.listed_only().items() if not is_prose(path)]
        code = max([last_code(self.ledger), files.moved, *unseen_code])
        told = told or [item for item in checks if item.outcome != UNKNOWN and item.at > code]
        return max(failed or told or fresh or checks, key=lambda item: item.at, default=None)

    def _state(self) -> str:
        ledger, main = self.ledger, self.main_check
        if main and self._still_failing(main):
            return "failing"
        if ledger.end in ("api-error", "interrupted"):
            return "blocked"
        asks = ledger.end == "say" and ledger.last_say and ends_in_question(ledger.last_say.text)
        if asks or ledger.end == "waits":
            return "question open"
        files = ledger.files
        elsewhere = ledger.hosts or unseen(ledger.agents)  # what they changed nobody knows
        changed = files.created or files.modified or files.deleted or files.renamed
        if not (changed or elsewhere or distill_machine.is_other(ledger.machine)):
            return "no change"
        since = max(
            (agent.ended_at for agent in unseen(ledger.agents)), default=0
        )  # they may have edited, too
        sure = main and main.outcome == "passed" and self._fresh(main) and main.at > since
        sure = sure and main and not is_elsewhere(ledger, main, self.root)
        return "validated" if sure else "needs verification"

    def _validation(self, check: Check | None) -> Validation:
        if check is None:
            return Validation()
        self.cite("validation", [check.line, check.at])
        failure = shown(self.tell_lines(check.failure, 5_000), 900)
        command = self.tell(check.command, 300)
        return Validation(
            command,
            check.outcome,
            check.exit_code,
            f"L{check.at}",
            self._fresh(check),
            failure,
            self.tell(check.counts, 80),
        )

    def _failed(self) -> list[tuple[int, str]]:
        """Return what was rejected or objected to, of alike ones the newest, what proved wrong, and what failed."""
        turns = self.ledger.turns
        after = [*turns[1:], None]
        admits = {
            turn.prompt.line: turn.admits
            for turn, then in zip(turns, after, strict=False)
            if turn.admits and not (then and then.objects)
        }
        told = tuple(
            (line, text, admits.get(line, "") if text.startswith(OBJECTED) else "")
            for line, text in reversed(self.ledger.rejected)
        )
        tried = distill_trials.told(self.ledger.trials, MAX_TRIALS) + taken_back(self.ledger, self.root)
        explained = "\n".join(text.partition(SAID)[2] for _, text in tried)
        noted = tuple(
            item
            for item in reversed(self.ledger.found)
            if item[2] not in explained and not self.log.refuted(item[0])
        )
        rejected, found = once(told, noted)
        causes = [line for line, text in found if text.startswith(CAUSE)]
        outcomes = Outcomes(self.ledger, self.log, causes)
        found = [
            (line, text + outcomes.of(line, text) if text.startswith(CAUSE) else text)
            for line, text in found[:MAX_FOUND]
        ]
        last = self.main_check.at if self.main_check else 0  # told on its own
        return sorted([*rejected, *found, *(item for item in tried if item[0] != last)])

    def _completed(self) -> tuple[str, ...]:
        done = [(line, text) for line, text, status in self.ledger.todos.values() if status == "completed"]
        links = [(line, f"pull request {link}") for link, line in self.ledger.links.items()]
        few = len(self.ledger.agents) <= 4
        agents = told(self.ledger.agents, self.safe, MAX_AGENTS, 420 if few else 120)
        changed = [
            *net_edits(self.ledger, self.root, self.left),
            *distill_machine.told(self.ledger.machine),
            *links,
            *self._ruled(),
        ]
        rest = [*done, *agents, *distill_product.told(self.product, self.ledger, self.safe)]
        return self.listed("completed", [*changed, *rest[-max(MAX_ITEMS - len(changed), 1) :]], 900)

    def _ruled(self) -> list[tuple[int, str]]:
        files = self.ledger.files
        ruled = {name: rules for name, rules in self.ledger.ruled.items() if name not in files.deleted}
        if not ruled:
            return []
        beside = sum(len(said.split()) for _, said in self.ledger.constraints)
        return distill_ruled_tell.told(ruled, self._deeds(), self.root, files.edited(), beside, self.safe)

    def _deeds(self) -> frozenset[str]:
        """Return the telling words of what was asked and run."""
        ledger = self.ledger
        said = [turn.prompt.text[:ASKED_CHARS] for turn in ledger.turns[-ASKED_TURNS:]]
        ran = [run.source[:ASKED_CHARS] for runs in ledger.runs.values() for run in runs]
        changed = [path.rpartition("/")[2] for path in ledger.edits]
        usual = ["test commit branch push"] if changed else []
        return stems_once("\n".join([*said, *ran, *changed, *usual, *ledger.runs]))

    def _todos(self) -> tuple[Todo, ...]:
        doubtful = unticked(self.ledger)
        open_ = [(key, *item) for key, item in self.ledger.todos.items() if item[2] != "completed"][
            :MAX_ITEMS
        ]
        self.cite("todos", [line for _, line, _, _ in open_])
        return tuple(
            Todo(
                self.tell(text, 240)
                + (UNTICKED if key in doubtful else self._ordered(key, text, len(open_))),
                status,
            )
            for key, _, text, status in open_
        )

    def _ordered(self, key: str, text: str, count: int) -> str:
        """Return what is to be done for an open todo, where there are few and its name does not say it all."""
        order = self.ledger.orders.get(key, "") if count <= FEW_TODOS else ""
        lines = [line.strip() for line in order.splitlines() if line.strip()]
        told = " ".join(lines[1:] if len(lines) > 1 and lines[0].endswith(":") else lines)
        return (
            f": {self.tell(told, max(ORDER_CHARS // count, LEAST_ORDER_CHARS))}"
            if stems(told) - stems(text)
            else ""
        )

    def _summary(self) -> str:
        """Return the agent's own report: its last message nearly whole, an earlier longer one when that is short."""
        last = self.ledger.last_say
        if last is None:
            return ""
        self.cite("summary", [last.line])
        text = self.tell_lines(dense(last.text), MAX_SUMMARY_CHARS)
        lines = text.splitlines()
        said = next_of(lines[-1]) or ends_in_question(last.text) if lines else ""  # stands as what comes next
        if len(lines) > WHOLE_LINES and not said and not lines[-1].startswith(("- ", "* ", "`")):
            text = "\n".join([f"(its end:) {lines[-1]}", *lines[:-1]])  # where offers and what is open stand
        others = [turn.longest for turn in self.ledger.turns[-4:] if turn.longest and turn.longest != last]
        telling = [say for say in others if len(say.text) > 400] or others
        longer = telling[-1] if telling else None
        if (
            len(text) < 400
            and longer
            and len(longer.text) > WORTH_TELLING
            and len(longer.text) > 1.5 * len(text)
        ):
            told = self.tell_lines(
                dense(without(longer.text, longer.line, self.ledger.stale)), MAX_SUMMARY_CHARS - 600
            )
            then = ", to which the user then objected" if self.log.refuted(longer.line) else ""
            text += f"\n{BEFORE_REPORT}{longer.line}{then}:) {told}"
        return text

    def _next(self) -> str:
        ledger, last = self.ledger, self.ledger.last_say
        if ledger.end == "api-error" and ledger.error:
            why = self.tell(ledger.error.text, 200)
            stopped = (
                f"the service stopped the session (“{why}”); once that is over, take up the last request"
            )
            return self._with_ends(stopped + self._meant(), [ledger.error.line])
        if ledger.end == "waits":
            line, asks = ledger.waiting
            return self._with_ends(self.tell(asks, 500), [line])
        if ledger.turns and (self._unsaid() or ledger.end in ("prompt", "api-error", "interrupted", "open")):
            if ledger.end == "open" and ledger.unfinished_what:
                call, to, aim = ledger.unfinished_what.partition("` (to ")
                what = self.tell(f"{named(call + '`' if to else call)}{to.removeprefix('`')}{aim}", 200)
                git = aim and not aim.startswith(TO_WRITE)
                on = f" on branch {branch}" if git and (branch := self._project().branch) else ""
                return self._with_ends(
                    f"{SEE}{what}{on}: its result is not in the record", [ledger.unfinished_at]
                )
            return self._with_ends(f"{UNFINISHED}; take it up first{self._meant()}", [])
        if last and any(line > last.line for line, _ in ledger.decisions[-1:]):
            last = None  # what it asked is decided
        if last and ends_in_question(last.text) and (questions := questions_of(last.text)):
            asked = " / ".join(self.tell(question, 300) for question in questions)
            picks = favoured(last.text, questions)
            told = f" (the agent before that: “{self.tell(picks, 240)}”)" if picks else ""
            return self._with_ends(f"the user has to answer: {asked}{told}", [last.line])
        said = next_of(last.text) if last else ""
        if last and said:
            return self._with_ends(self.tell_lines(said, 700), [last.line])
        if last and (chosen := choice(ledger)):
            return self._with_ends(self.tell(chosen, 400), [last.line])
        main = self.main_check
        if main and main.outcome == "failed":
            return self._with_ends(f"make `{self.tell(main.command, 200)}` pass", [main.at])
        newest = max((line for line, _, _ in ledger.todos.values()), default=0)
        doubtful = unticked(ledger)
        for status in ("in_progress", "pending"):
            for key, (line, text, now) in ledger.todos.items():
                if now == status and key not in doubtful and (status == "pending" or line == newest):
                    return self._with_ends(self.tell(text, 300), [line], todos=False)
        left = last and ledger.end == "say" and ends_in_question(last.text)
        closing = (
            f"the agent left the next step to the user (L{last.line})" if last and left else answered(ledger)
        )
        return "\n".join(filter(None, (self._with_ends("", []), closing))) or NONE

    def _meant(self) -> str:
        """Return what the agent was about to do by its last thoughts, unless the user stopped it."""
        line, thought = aim(self.ledger.thoughts) if self.ledger.end != "interrupted" else (0, "")
        return f"; the agent thought last: “{self.tell(thought, THOUGHT_CHARS)}” (L{line})" if thought else ""

    def _unsaid(self) -> bool:
        """Tell whether the record ends on a call after which the agent still had to say what came of it."""
        ledger, last = self.ledger, self.ledger.last_say
        if ledger.end != "call" or not ledger.turns:
            return False
        # A question stands, whatever list was kept after it.
        return last is None or last.line <= ledger.turns[-1].prompt.line or not ends_in_question(last.text)

    def _with_ends(self, first: str, lines: list[int], *, todos: bool = True) -> str:
        """Return what comes next with what else was left open; that nothing was, when it looks complete."""
        ends = open_ends(self.ledger, self.root, self.checks.values(), self.left, todos=todos)
        said = " ".join(first.replace("**", "").split())
        quoted = (text.partition("“")[2].rstrip("”…")[:QUOTED_CHARS] for _, text in ends)
        ends = [end for end, words in zip(ends, quoted, strict=True) if not words or words not in said]
        ends = [(line, text) for line, text in ends if not (text.startswith(UNTRIED) and _says(said, text))]
        if not ends:
            self.cite("next", lines)
            return first
        if first and lines:
            first += f" (L{lines[0]})"
        return "\n".join(filter(None, (first, lines_of(ends, self.tell))))

    def _files(self) -> Files:
        files = self.ledger.files
        return Files(
            self._paths("created", files.created),
            self._paths("modified", files.modified),
            self._paths("deleted", files.deleted),
            self._renames(),
            tuple(relative(path, self.root) for path in list(files.read)[::-1][:MAX_ITEMS]),
        )

    def _paths(self, kind: str, known: dict[str, int]) -> tuple[str, ...]:
        pairs = [(relative(path, self.root), line) for path, line in known.items()]
        pairs = sorted(pairs, key=lambda pair: (pair[0].startswith(("~", "/")), pair[0]))[:MAX_FILES]
        first = self.ledger.files.first if kind == "created" else {}
        begun = {relative(path, self.root): line for path, line in first.items()}
        self.cite(f"files.{kind}", [begun.get(path, line) for path, line in pairs])
        if any(begun.get(path, line) != line for path, line in pairs):
            self.cite(WRITTEN_AGAIN, [line for _, line in pairs])
        return tuple(path for path, _ in pairs)

    def _renames(self) -> tuple[Rename, ...]:
        renamed = sorted(self.ledger.files.renamed.items())[:MAX_FILES]
        self.cite("files.renamed", [line for _, (_, line) in renamed])
        return tuple(Rename(relative(old, self.root), relative(new, self.root)) for new, (old, _) in renamed)

    def _context(self, made: Distillation) -> str:
        """Return the log of what was said, which fills what the rest leaves of the page, and what else is on record."""
        whole = Page(made)
        page = whole.text("")
        room = min(PAGE_WORDS - len(page.split()), (PAGE_CHARS - len(page)) // WORD_CHARS)
        log = self.log.text(page, resolved, self.safe, room)
        told = self.besides.below(log, page, lambda: whole.text(log), self.safe)
        return self._longer(whole, page, log, room) if told == log and log else told

    def _longer(self, whole: Page, page: str, log: str, room: int) -> str:
        """Return the log with more in it, where the lists before it turn out to leave room; else with what fits."""
        shown = whole.text(log)
        words = PAGE_WORDS - len(shown.split())
        left = min(words, (PAGE_CHARS - len(shown)) // WORD_CHARS)
        if words < 0:
            return self.log.text(page, resolved, self.safe, room + words)
        if left < WORTH_MORE:
            return log
        longer = self.log.text(page, resolved, self.safe, room + left)
        if longer == log:
            return log
        fits = len(whole.text(longer).split()) <= PAGE_WORDS
        return longer if fits else log
