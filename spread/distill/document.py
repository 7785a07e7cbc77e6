"""From what a session came to (the ledger) to the document that is handed over."""

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from spread import __version__
from spread.distill import claims, generated, handed, named, product, removed, ruled_tell
from spread.distill.agents import reported_on, told
from spread.distill.background import silenced
from spread.distill.decided import decided, distinct, overruled, typed_on
from spread.distill.document_tell import (
    CUT_SHORT,
    MAX_DECISIONS,
    MAX_ITEMS,
    Teller,
    begun,
    own_marks,
    resolved,
)  # fmt: skip
from spread.distill.doubts import doubts
from spread.distill.failed_tell import failed_of
from spread.distill.files import relative
from spread.distill.files_tell import files_told
from spread.distill.goal_tell import given_to, goal_of, last_request_of
from spread.distill.heard import AGENT, PLANNED, THOUGHT
from spread.distill.ledger import Ledger
from spread.distill.ledger_fields import WORTH_TELLING
from spread.distill.machine import told as of_machine
from spread.distill.main_check import main_check, state_of, validation_of
from spread.distill.net_tell import net_edits, turns_taken_back
from spread.distill.next import unticked
from spread.distill.next_git import left_out
from spread.distill.next_tell import Next
from spread.distill.plans import outline
from spread.distill.product import besides, product_of
from spread.distill.questions import ends_in_question, next_of, without_courtesy
from spread.distill.record_tell import Besides
from spread.distill.removed import gone_since
from spread.distill.reports import dense
from spread.distill.said import Log
from spread.distill.stale import by_name, without
from spread.distill.superseded import marked
from spread.distill.thoughts import found
from spread.distill.todos import KEPT_TODOS
from spread.distill.trials_tell import overcome
from spread.distill.turns import Turn
from spread.distill.undone import since
from spread.distill.validation import latest
from spread.distill.waived import waved_off
from spread.distill.words import kept_stems, stems
from spread.distillation import MAX_BYTES, Distillation
from spread.distillation_codec import map_text, shorten, texts_of
from spread.distillation_fields import Agent, Distiller, Files, ProjectRef, Todo
from spread.distillation_fit import words_on
from spread.distillation_items import UNTICKED
from spread.distillation_page import Page, render
from spread.distillation_room import MAX_WORDS, PAGE_CHARS, WORD_CHARS
from spread.distillation_told import BEFORE_REPORT, OF_DEEDS
from spread.project import Project
from spread.redact import Redactor
from spread.transcript_events import Facts, Say

_TOLD: Final = frozenset(  # fields in which every word that is not ours comes out of `tell`
    ("constraints", "summary", "completed", "decisions", "failed", "uncertainties", "context", "commits")
)
# By it, behind `root:`, a project without a remote is known on other machines.
_COMMIT: Final = re.compile(r"(?:root:)?[0-9a-f]{40}(?:[0-9a-f]{24})?")
COMMIT_CHARS: Final = 2_000  # with its files
DONE_CHARS: Final = 900
FAILED_CHARS: Final = 640  # of one
FEW_TODOS: Final = 2
ORDER_CHARS: Final = 300  # of all of them
LEAST_ORDER_CHARS: Final = 90
MAX_AGENTS: Final = 10
ASKED_TURNS: Final = 20  # of which it is looked what they speak of
ASKED_CHARS: Final = 600
PAGE_WORDS: Final = MAX_WORDS - 8  # what says that something was redacted is not known so far
WORTH_MORE: Final = 8  # words, for which more of the log is looked for
END_CHARS: Final = 300  # of the end of a report that was cut
WHOLE_LINES: Final = 6  # so many lines of a report are shown in any case
MAX_ROUNDS: Final = 4  # of redaction; one more than once is rare
MAX_SUMMARY_CHARS: Final = 2_400
REPORT_CHARS: Final = 400  # of a report; a shorter message only says that all is done


class Writer(Teller):
    """Write one ledger; use once, as the redactor's counts and the evidence gather here."""

    def __init__(self, ledger: Ledger, facts: Facts, project: Project | None, redactor: Redactor) -> None:
        super().__init__(redactor, ledger)
        self.ledger, self.facts, self.project = ledger, facts, project
        ledger.files.close()
        self.root = project.root.replace("\\", "/") if project and project.root else ledger.root
        self.checks = latest(ledger.runs, ledger.settled, ledger.files.last_change)
        self.main_check = main_check([*self.checks.values()], ledger)
        self.left = left_out(ledger, project)
        gone = removed.told(ledger.removed, ledger.heard, self.root)
        self.doubts = doubts(
            ledger, facts, project, self.checks.values(), self.main_check, self.root, self.left, gone
        )
        plans = [
            (line, told, f"{PLANNED}{name and f' in {name}'}")
            for name, (line, plan) in ledger.plans.items()
            if (told := outline(plan))
        ]
        changed = max([ledger.files.last_change, *(line for line, _ in ledger.remote.values())])
        fresh = [each for each in ledger.mused if each[0] > changed]  # else it may be mended
        mused = [(line, told, THOUGHT) for line, told in found(fresh)]
        self.product = product_of(ledger)
        overtaken = {**ledger.undone, **gone, **ledger.stale, **silenced(ledger.record)}
        of_git = claims.overtaken(ledger.git.repos, ledger.git.commits)
        overtaken |= overcome(ledger.trials) | of_git | claims.off(ledger.git.repos)
        overtaken |= claims.void(ledger.git.repos, ledger.git.commits)
        by_git = turns_taken_back(ledger)
        self.log = Log(
            ledger.turns,
            [*besides(self.product, ledger), *plans, *mused],
            overtaken,
            by_name(ledger.files.edited(), ledger.files.first),
            ledger.versions, by_git,
        )  # fmt: skip
        self.besides = Besides(ledger, self.root, self.log)
        self.failed = failed_of(ledger, self.log, self.root, self.main_check, of_git)

    def write(self, session: str, machine: str, revision: int) -> Distillation:
        """Return the document, redacted.

        It is written to learn what it will tell, which is then redacted in one go; and where that tells
        something otherwise, it is written again, until nothing is told that it has not seen.

        Raises:
            SpreadError: Redaction did not finish; there is no document then.
        """
        told, settled = self._compose(session, machine, revision), False
        for _ in range(MAX_ROUNDS):
            if settled := self.is_settled(_untold(told)):
                break
            told = self._compose(session, machine, revision)  # of which some may be put together anew
        if sum(map(len, texts_of(told))) * 2 > MAX_BYTES:  # paths of extreme length or number
            kinds = ("created", "modified", "deleted", "renamed")
            few = {name: getattr(told.files, name)[:40] for name in kinds}
            told = told.beside(files=Files(**few), evidence={}, context=shorten(told.context, 2_000))
        rest = _others(told) if not settled else [] if self.clear else _untold(told)
        safe = dict(zip(rest, self.cleared(rest), strict=True))
        if any(text != safe[text] for text in rest):  # something was told that did not come through `tell`
            told = map_text(told, lambda text: safe.get(text, text))
        if self.about_redaction(told):
            told = fitting(map_text(told, own_marks))
        counts = {name: count for name, count in sorted(self.redactor.counts.items()) if count}
        return told.beside(redactions=counts)

    def _compose(self, session: str, machine: str, revision: int) -> Distillation:
        """Return the document; what redaction has seen is told so."""
        self.begin()
        facts, ledger, project = self.facts, self.ledger, self._project()
        comes = Next(
            self, ledger, self.root, project.branch, [*self.checks.values()], self.main_check, self.left
        )
        made = Distillation(
            id=f"{session}.{revision}",
            session_id=session,
            revision=revision,
            project=project,
            machine=machine,
            agent=Agent("claude-code", facts.version, facts.model),
            started_at=facts.started_at,
            ended_at=facts.ended_at,
            state=state_of(ledger, self.main_check, self.root, self.checks.values()),
            goal=self.part("goal", lambda: goal_of(ledger, facts, self)),
            last_request=self.part("last_request", lambda: last_request_of(ledger, self)),
            constraints=self.listed(
                "constraints", marked(ledger.constraints, ledger.turns, self.tell, values=True), 400
            ),
            summary=self._summary(),
            completed=self.part("completed", self._completed),
            decisions=self.part("decisions", lambda: self.listed("decisions", self._decisions(), 600)),
            failed=self.listed("failed", self.failed, FAILED_CHARS),
            files=self.part("files", lambda: files_told(ledger.files, self.root, self)),
            validation=validation_of(self.main_check, ledger, self),
            todos=self._todos(),
            next=self.part("next", comes.told),
            uncertainties=self.listed("uncertainties", [*self.doubts, *self._unlisted()], 400),
            commits=self.listed("commits", ledger.git.told_commits(self.root, MAX_ITEMS), COMMIT_CHARS),
            evidence=dict(sorted(self.evidence.items())),
            distiller=Distiller("claude-spread", __version__),
        )
        return made.beside(context=self._context(made))

    def _project(self) -> ProjectRef:
        known, ledger = self.project or Project(), self.ledger
        places = ledger.git.repos.places.items()
        elsewhere = {place.branch for where, place in places if where not in ("", self.root)}
        here = {place.branch for where, place in places if where in ("", self.root)} - {""}
        last = ledger.git.branch  # of any of them
        own = here.pop() if len(here) == 1 else ""
        seen = own if last in elsewhere and last != own else last
        if self.facts.went > ledger.git.branched and self.facts.branch != "HEAD":
            seen = self.facts.branch  # by the client itself, after git told of one
        # Detached, where it has none.
        branch = known.branch or ("" if known.head else seen or self.facts.branch)
        head = known.head or ledger.git.head(self.root, branch)
        return ProjectRef(
            known.key or "", known.remote or "", branch, head, known.dirty, relative(self.root, "")
        )

    def _decisions(self) -> list[tuple[int, str]]:
        """Return answers, approved and rejected plans, denials with words, and what prompts state; in order."""
        rules = [
            *(text for _, text in self.ledger.constraints),
            *(rule for _, _, rule, _ in self.ledger.lifted),
        ]
        known = "\0".join(rules)
        shown = {*self.evidence.get("goal", ()), *self.evidence.get("last_request", ())}
        out = list(self.ledger.decisions)
        then = ""
        for turn in reversed(self.ledger.turns):
            if len(out) > len(self.ledger.decisions) + MAX_DECISIONS:
                break  # older ones would not be shown
            if turn.prompt.kind in ("typed", "queued") and not typed_on(turn, then):
                out += decided(turn, self.tell, known, shown=f"L{turn.prompt.line}" in shown)
            then = turn.prompt.text
        for line, at, rule, text in self.ledger.lifted:
            out.append((line, f"rule “{rule}” (L{at}) no longer holds, as the user said: “{text}”"))
        turns, out = self.ledger.turns, sorted(out)
        newest = marked(out[-2 * MAX_DECISIONS :], turns, self.tell)  # older ones are not shown
        return distinct(overruled([*out[: -2 * MAX_DECISIONS], *newest], turns, self.tell))

    def _completed(self) -> tuple[str, ...]:
        todos = self.ledger.todos.values()
        ended = ((line, begun(text, DONE_CHARS)) for line, text, how in todos if how == "completed")
        ticked = [(line, self.safe(text).strip()) for line, text in ended]
        done = [(line, f"“{text}”" if text.startswith(OF_DEEDS) else text) for line, text in ticked]
        gone = self.ledger.names, self.ledger.undone, self.ledger.became
        files = self.ledger.files.gone
        done = [
            (line, f"{text}{since(text, line, *gone) or gone_since(text, line, files)}")
            for line, text in done[-MAX_ITEMS:]
        ]
        done = marked(done, self.ledger.turns, self.tell)
        links = [(line, f"pull request {link}") for link, line in self.ledger.links.items()]
        few = len(self.ledger.agents) <= 4
        agents = told(
            self.ledger.agents, self.safe, MAX_AGENTS, 420 if few else 120, self.ledger.files.edited_at
        )
        changed = [
            *net_edits(self.ledger, self.root, self.left),
            *of_machine(self.ledger.machine, self.safe, self.ledger.removed),
            *generated.told(self.ledger.generated, self.ledger.files, self.root),
            *named.told(self.ledger, self.root),
            *links,
            *self._ruled(),
        ]
        rest = [*done, *agents, *product.told(self.product, self.ledger, self.safe)]
        return self.listed("completed", [*changed, *rest[-max(MAX_ITEMS - len(changed), 1) :]], DONE_CHARS)

    def _ruled(self) -> list[tuple[int, str]]:
        files = self.ledger.files
        ruled = {name: rules for name, rules in self.ledger.ruled.items() if name not in files.deleted}
        before = handed.told(given_to(self.ledger))
        if not ruled:
            return before
        beside = sum(len(said.split()) for _, said in self.ledger.constraints)
        stands = ruled_tell.told(ruled, self._deeds(), self.root, files.edited(), beside, self.safe)
        return [*before, *stands]

    def _deeds(self) -> frozenset[str]:
        """Return the telling words of what was asked and run."""
        ledger = self.ledger
        said = [turn.prompt.text[:ASKED_CHARS] for turn in ledger.turns[-ASKED_TURNS:]]
        ran = [run.source[:ASKED_CHARS] for runs in ledger.runs.values() for run in runs]
        changed = [path.rpartition("/")[2] for path in ledger.edits]
        usual = ["test commit branch push"] if changed else []
        return frozenset[str]().union(*map(kept_stems, [*said, *ran, *changed, *usual, *ledger.runs]))

    def _todos(self) -> tuple[Todo, ...]:
        doubtful = unticked(self.ledger)
        open_ = [(key, *item) for key, item in self.ledger.todos.items() if item[2] != "completed"][
            :MAX_ITEMS
        ]
        self.cite("todos", [line for _, line, _, _ in open_])
        told = marked(
            [(line, self.tell(text, 240)) for _, line, text, _ in open_], self.ledger.turns, self.tell
        )
        return tuple(
            Todo(words + (UNTICKED if it[0] in doubtful else self._ordered(*it[:3], len(open_))), it[3])
            for it, (_, words) in zip(open_, told, strict=True)
        )

    def _unlisted(self) -> list[tuple[int, str]]:
        """Tell how many open todos are more than are listed."""
        todos = self.ledger.todos.values()
        open_ = [line for line, _, status in todos if status != "completed"]
        over, least = len(open_) - MAX_ITEMS, "at least " if len(todos) >= KEPT_TODOS else ""
        return [(max(open_), f"todos: {least}{over} more open ones are not listed")] if over > 0 else []

    def _ordered(self, key: str, line: int, text: str, count: int) -> str:
        """Return what is to be done for an open todo, where there are few and its name does not say it all."""
        waved, said = waved_off(self.ledger.turns, text, line)
        if said:
            return f" (the user later: “{self.tell(said, 120)}”, L{waved})"
        if at := reported_on(self.ledger.agents, line, text):
            return f" (its sub-agent has reported, L{at})"
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
        report = dense(without_courtesy(last.text))
        text = self.tell_lines(report, MAX_SUMMARY_CHARS)
        rest, end = text.splitlines(), ""
        if text.endswith(CUT_SHORT):  # its end is not among these
            end = self.tell(report.rpartition("\n")[2], END_CHARS)
        elif rest:
            end = rest.pop()
        said = next_of(end) or ends_in_question(last.text)  # stands as what comes next
        if len(rest) >= WHOLE_LINES and not said and not end.startswith(("- ", "* ", "`")):
            text = "\n".join([f"(its end:) {end}", *rest])  # where offers and what is open stand
        others = [say for turn in self.ledger.turns[-4:] if (say := _report_of(turn, last)) and say != last]
        telling = [say for say in others if len(say.text) > REPORT_CHARS] or others
        longer = telling[-1] if telling else None
        if longer and self.log.refuted(longer.line):  # what was said after the objection tells how it stands
            longer = next((say for say in others[::-1] if len(say.text) > WORTH_TELLING), longer)
        if (
            len(text) < 400
            and longer
            and len(longer.text) > WORTH_TELLING
            and len(longer.text) > 1.5 * len(text)
        ):
            told = self.tell_lines(
                dense(without(longer.text, longer.line, self.ledger.stale)), MAX_SUMMARY_CHARS - 600
            )
            became = self.log.after.remark(longer.line, longer.text, AGENT).strip(" ()")
            if self.log.refuted(longer.line) and self.log.after.blamed(longer.line):
                became = "to which the user then objected"
            then = became and f", {became}"
            text += f"\n{BEFORE_REPORT}{longer.line}{then}:) {told}"
        return text

    def _context(self, made: Distillation) -> str:
        """Return the log of what was said, which fills what the rest leaves of the page, and what else is on record."""
        whole = Page(made)
        page = whole.text("")
        room = min(PAGE_WORDS - words_on(page), (PAGE_CHARS - len(page)) // WORD_CHARS)
        log_in = self.log.laid_out(page, resolved, self.safe)
        log = log_in(room)
        told = self.besides.below(log, page, lambda: whole.text(log), self.safe)
        return _longer(whole, log_in, log, room) if told == log and log else told


def _longer(whole: Page, log_in: Callable[[int], str], log: str, room: int) -> str:
    """Return the log with more in it, where the lists before it turn out to leave room; else with what fits."""
    shown = whole.text(log)
    words = PAGE_WORDS - words_on(shown)
    left = min(words, (PAGE_CHARS - len(shown)) // WORD_CHARS)
    if words < 0:
        return log_in(room + words)
    if left < WORTH_MORE:
        return log
    longer = log_in(room + left)
    if longer == log:
        return log
    fits = words_on(whole.text(longer)) <= PAGE_WORDS
    return longer if fits else log


def _report_of(turn: Turn, told: Say) -> Say | None:
    """Return what tells most of a turn beside what is told: its last words, where they tell something, or its longest."""
    last = turn.last
    ends = last and last != told and not last.calls and len(last.text) > REPORT_CHARS
    return last if ends else turn.longest


def fitting(told: Distillation) -> Distillation:
    """Return a document without so much of the end of its log as makes its page too long, since its marks grew."""
    while len(render(told).split()) > MAX_WORDS and told.context:
        told = told.beside(context=told.context.rpartition("\n")[0])
    return told


def _untold(told: Distillation) -> list[str]:
    """Return the texts of a document that may not have come through `tell`."""
    names = (item.name for item in fields(told) if item.name not in _TOLD and item.name != "evidence")
    return _others(tuple(getattr(told, name) for name in names))


def _others(told: Any) -> list[str]:
    """Return the texts of something that are no id of a commit, which is no secret."""
    return [text for text in texts_of(told) if not _COMMIT.fullmatch(text)]
