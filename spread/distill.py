"""Events to a redacted distillation; same input, same output, no model.

Everything told is taken from the transcript with its line, and passes the redactor twice: as a whole
before it is shortened (half a secret is still one), and once more at the very end.
"""

import os
from typing import Final

from spread import __version__
from spread.distill_files import relative
from spread.distill_ledger import Ledger, Turn
from spread.distill_words import (
    ends_in_question,
    is_incidental,
    is_short_reply,
    next_of,
    option_of,
    question_of,
)
from spread.distillation import (
    NONE,
    UNKNOWN,
    Agent,
    Distillation,
    Distiller,
    Files,
    ProjectRef,
    Rename,
    Todo,
    Validation,
)  # fmt: skip
from spread.distillation_codec import clean, map_text, shorten
from spread.project import Project, resolve
from spread.redact import Redactor
from spread.transcript import Call, Facts, Reader, Say, agent_files, check, open_lines, session_of

MAX_FILES: Final = 300
MAX_READ: Final = 60
MAX_ITEMS: Final = 40
MAX_LOG_CHARS: Final = 6_000
MAX_SUMMARY_CHARS: Final = 2_400


def distill(
    path: str,
    *,
    machine: str,
    revision: int = 1,
    project: Project | None = None,
    last_message: str | None = None,
    redactor: Redactor | None = None,
) -> Distillation:
    """Return the distillation of the transcript at `path`.

    Args:
        project: Resolved from the session's own directory when None and that directory exists.
        last_message: What the agent said last, from the Stop payload; the file on disk lags behind it.

    Raises:
        TranscriptError: Unreadable, or no Claude Code transcript.
    """
    ledger, facts = fold(path)
    if last_message and last_message.strip():
        text = last_message.strip()
        if ledger.last_say is None or ledger.last_say.text != text[-len(ledger.last_say.text) :]:
            ledger.add(Say(facts.lines + 1, text))
    if project is None and facts.cwd and os.path.isdir(facts.cwd):
        project = resolve(facts.cwd, with_state=True)
    writer = _Writer(ledger, facts, project, redactor or Redactor())
    return writer.write(session_of(path, facts), machine, revision)


def fold(path: str) -> tuple[Ledger, Facts]:
    """Return everything a transcript came to, sub-agents' edits included."""
    reader, ledger = Reader(), Ledger()
    beside = agent_files(path, "")
    for raw in open_lines(path):
        for event in reader.feed(raw):
            ledger.add(event)
            if beside and isinstance(event, Call) and event.name in ("Task", "Agent"):
                agent = str(event.extra.get("agentId") or "")
                if agent in beside:
                    _add_agent(ledger, beside.pop(agent), event.result_line)
    check(reader.facts, path)
    for event in reader.finish():
        ledger.add(event)
    for agent in sorted(beside):
        _add_agent(ledger, beside[agent], reader.facts.lines)
    return ledger, reader.facts


def _add_agent(ledger: Ledger, path: str, line: int) -> None:
    """Add what a sub-agent did, at the line of the session where its result came."""
    reader = Reader(agent=os.path.basename(path))
    for raw in open_lines(path):
        for event in reader.feed(raw):
            if isinstance(event, Call):
                event.line = event.result_line = line
                ledger.add(event)


class _Writer:
    def __init__(self, ledger: Ledger, facts: Facts, project: Project | None, redactor: Redactor) -> None:
        self.ledger, self.facts, self.project, self.redactor = ledger, facts, project, redactor
        self.root = self._root()
        self.evidence: dict[str, tuple[str, ...]] = {}

    def tell(self, text: str, most: int) -> str:
        """Return `text` redacted, cleaned, then shortened to one line."""
        return shorten(self.redactor.text(clean(text[: 2 * most + 2_000])), most)

    def tell_lines(self, text: str, most: int) -> str:
        """Return `text` redacted and cleaned, its lines kept, cut at `most` characters with a note."""
        text = self.redactor.text(clean(text)).strip()
        text = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
        return text if len(text) <= most else text[:most].rsplit(None, 1)[0] + " … [cut]"

    def cite(self, name: str, lines: list[int]) -> None:
        if lines:
            self.evidence[name] = tuple(f"L{line}" for line in lines)

    def write(self, session: str, machine: str, revision: int) -> Distillation:
        facts, ledger = self.facts, self.ledger
        check = self._validation()
        value = Distillation(
            id=f"{session}.{revision}",
            session_id=session,
            revision=revision,
            project=self._project(),
            machine=machine,
            agent=Agent("claude-code", facts.version, facts.model),
            started_at=facts.started_at,
            ended_at=facts.ended_at,
            state=self._state(),
            goal=self._goal(),
            last_request=self._last_request(),
            constraints=self._listed("constraints", ledger.constraints, 400),
            summary=self._summary(),
            completed=self._completed(),
            decisions=self._listed("decisions", self._decisions(), 600),
            failed=self._listed("failed", self._failed(), 500),
            files=self._files(),
            validation=check,
            todos=self._todos(),
            next=self._next(),
            uncertainties=self._uncertainties(),
            context=self._context(),
            commits=self._listed(
                "commits", [(line, f"{sha} {text}") for line, sha, text in ledger.commits], 200
            ),
            evidence={},
            redactions={},
            distiller=Distiller("claude-spread", __version__),
        )
        value = map_text(value, self.redactor.text)
        counts = {name: count for name, count in sorted(self.redactor.counts.items()) if count}
        object.__setattr__(value, "evidence", dict(sorted(self.evidence.items())))
        object.__setattr__(value, "redactions", counts)
        assert isinstance(value, Distillation)
        return value

    # -- where ----------------------------------------------------------------

    def _root(self) -> str:
        if self.project and self.project.root:
            return self.project.root.replace("\\", "/")
        first, last = self.facts.first_cwd.replace("\\", "/"), self.facts.cwd.replace("\\", "/")
        return last if first.startswith(last.rstrip("/") + "/") else first

    def _project(self) -> ProjectRef:
        known, ledger = self.project, self.ledger
        branch = (known.branch if known else None) or ledger.branch or self.facts.branch
        head = (known.head if known else None) or (ledger.commits[-1][1] if ledger.commits else "")
        if not known:
            return ProjectRef("", "", branch, head)
        return ProjectRef(known.key or "", known.remote or "", branch, head, known.dirty)

    # -- what was asked -------------------------------------------------------

    def _requests(self) -> list[Turn]:
        return [turn for turn in self.ledger.turns if not is_incidental(turn.prompt.text, turn.prompt.kind)]

    def _goal(self) -> str:
        turns = self._requests()
        telling = [turn for turn in turns if not is_short_reply(turn.prompt.text)] or turns
        if not telling:
            return UNKNOWN
        first = telling[0]
        self.cite("goal", [first.prompt.line])
        return self.tell_lines(first.prompt.text, 700)

    def _last_request(self) -> str:
        asked = [turn for turn in self.ledger.turns if turn.prompt.kind != "shell"]
        if not asked:
            return UNKNOWN
        turn = asked[-1]
        self.cite("last_request", [turn.prompt.line])
        if turn.last is not None and self.ledger.end == "say":
            self.cite("answer", [turn.last.line])
        return self._resolved(turn, 700)

    def _resolved(self, turn: Turn, most: int) -> str:
        """Return a prompt; a short reply together with what it answers."""
        text = self.tell_lines(turn.prompt.text, most)
        if not is_short_reply(turn.prompt.text) or not turn.before:
            return text
        picked = option_of(turn.prompt.text, turn.before.text)
        if picked:
            return f"{text} (picks: {self.tell(picked, 200)})"
        return f"{text} (to the agent's question: {self.tell(turn.asked, 220)})" if turn.asked else text

    def _decisions(self) -> list[tuple[int, str]]:
        short = [
            (turn.prompt.line, f"{self.tell(turn.asked, 240)} → “{self._resolved_reply(turn)}”")
            for turn in self.ledger.turns
            if turn.asked
            and turn.before
            and is_short_reply(turn.prompt.text)
            and turn.prompt.kind != "command"
        ]
        return sorted([*self.ledger.decisions, *short])

    def _resolved_reply(self, turn: Turn) -> str:
        picked = option_of(turn.prompt.text, turn.before.text) if turn.before else ""
        return self.tell(turn.prompt.text, 60) + (f" = {self.tell(picked, 160)}" if picked else "")

    # -- how it went ----------------------------------------------------------

    def _state(self) -> str:
        ledger = self.ledger
        checks = ledger.checks.values()
        if any(item.outcome == "failed" for item in checks):
            return "failing"
        if ledger.end in ("api-error", "interrupted"):
            return "blocked"
        if ledger.end == "say" and ledger.last_say and ends_in_question(ledger.last_say.text):
            return "question open"
        changed = self._changed()
        if not changed:
            return "no change"
        last = ledger.last_check
        fresh = last is not None and last.at > ledger.files.last_change
        return "validated" if last and last.outcome == "passed" and fresh else "needs verification"

    def _changed(self) -> bool:
        files = self.ledger.files
        return bool(files.created or files.modified or files.deleted or files.renamed)

    def _validation(self) -> Validation:
        check = self.ledger.last_check
        if check is None:
            return Validation()
        self.cite("validation", [check.line, check.at])
        after = check.at > self.ledger.files.last_change
        failure = self.tell_lines(check.failure, 900)
        return Validation(
            self.tell(check.command, 300), check.outcome, check.exit_code, f"L{check.at}", after, failure
        )

    def _failed(self) -> list[tuple[int, str]]:
        problems = [
            (item.line, f"`{item.command}` failed: {item.error}")
            for item in list(self.ledger.problems.values())[-6:]
        ]
        return sorted([*self.ledger.rejected, *problems])

    def _completed(self) -> tuple[str, ...]:
        done = [(line, text) for line, text, status in self.ledger.todos.values() if status == "completed"]
        links = [(line, f"pull request {link}") for link, line in self.ledger.links.items()]
        return self._listed("completed", [*links, *done], 200)

    def _todos(self) -> tuple[Todo, ...]:
        open_ = [item for item in self.ledger.todos.values() if item[2] != "completed"][:MAX_ITEMS]
        self.cite("todos", [line for line, _, _ in open_])
        return tuple(Todo(self.tell(text, 240), status) for _, text, status in open_)

    def _summary(self) -> str:
        """The agent's own report: its last message nearly whole, and an earlier longer one when that is short."""
        last = self.ledger.last_say
        if last is None:
            return ""
        self.cite("summary", [last.line])
        text = self.tell_lines(last.text, MAX_SUMMARY_CHARS)
        turn = self.ledger.turns[-1] if self.ledger.turns else None
        longer = turn.longest if turn and turn.longest else None
        if len(text) < 300 and longer and longer is not last and len(longer.text) > 2 * len(text):
            text += (
                f"\n(before that, L{longer.line}:) {self.tell_lines(longer.text, MAX_SUMMARY_CHARS - 400)}"
            )
        return text

    def _next(self) -> str:
        ledger = self.ledger
        last = ledger.last_say
        if ledger.turns and ledger.end in ("prompt", "api-error", "interrupted", "open"):
            return "the last request was not answered; take it up first"
        if last and ends_in_question(last.text) and (question := question_of(last.text)):
            self.cite("next", [last.line])
            return f"the user has to answer: {self.tell(question, 300)}"
        said = next_of(last.text) if last else ""
        if last and said:
            self.cite("next", [last.line])
            return self.tell_lines(said, 700)
        for status in ("in_progress", "pending"):
            for line, text, now in ledger.todos.values():
                if now == status:
                    self.cite("next", [line])
                    return self.tell(text, 300)
        failing = next((item for item in ledger.checks.values() if item.outcome == "failed"), None)
        if failing:
            self.cite("next", [failing.at])
            return f"make `{self.tell(failing.command, 200)}` pass"
        return NONE

    def _uncertainties(self) -> tuple[str, ...]:
        ledger, out = self.ledger, list[tuple[int, str]]()
        for item in ledger.checks.values():
            stale = item.at < ledger.files.last_change
            if item is not ledger.last_check:
                note = ", files changed after it" if stale else ""
                out.append((item.at, f"{item.kind}: `{shorten(item.command, 120)}` {item.outcome}{note}"))
            elif item.outcome == UNKNOWN:
                out.append(
                    (item.at, "whether the last validation passed cannot be known: its exit code was hidden")
                )
        if ledger.end == "api-error" and ledger.error:
            out.append(
                (ledger.error.line, f"the session ended on an API error: {shorten(ledger.error.text, 160)}")
            )
        if ledger.end == "interrupted":
            out.append((self.facts.lines, "the user interrupted the agent and nothing followed"))
        for line, what in ledger.background.values():
            out.append((line, f"still running in the background when the session was read: {what}"))
        if ledger.stashed:
            out.append((ledger.stashed, "changes were put aside with git stash and not brought back"))
        if ledger.compactions:
            out.append(
                (ledger.compactions[-1], "the context was compacted; what came before was read from the file")
            )
        if ledger.unfinished:
            out.append((self.facts.lines, f"{ledger.unfinished} tool calls have no result in the transcript"))
        if self.facts.broken:
            out.append(
                (self.facts.lines, f"{self.facts.broken} broken lines of the transcript were left out")
            )
        return self._listed("uncertainties", out, 400)

    # -- files ----------------------------------------------------------------

    def _files(self) -> Files:
        files = self.ledger.files
        return Files(
            self._paths("created", files.created),
            self._paths("modified", files.modified),
            self._paths("deleted", files.deleted),
            self._renames(),
            tuple(relative(path, self.root) for path in list(files.read)[::-1][:MAX_READ]),
        )

    def _paths(self, kind: str, known: dict[str, int]) -> tuple[str, ...]:
        pairs = sorted((relative(path, self.root), line) for path, line in known.items())[:MAX_FILES]
        self.cite(f"files.{kind}", [line for _, line in pairs])
        return tuple(path for path, _ in pairs)

    def _renames(self) -> tuple[Rename, ...]:
        renamed = sorted(self.ledger.files.renamed.items())[:MAX_FILES]
        self.cite("files.renamed", [line for _, (_, line) in renamed])
        return tuple(Rename(relative(old, self.root), relative(new, self.root)) for new, (old, _) in renamed)

    # -- the rest -------------------------------------------------------------

    def _listed(self, name: str, items: list[tuple[int, str]], most: int) -> tuple[str, ...]:
        kept = items[-MAX_ITEMS:]
        self.cite(name, [line for line, _ in kept])
        return tuple(self.tell(text, most) for _, text in kept)

    def _context(self) -> str:
        """Everything the user said, newest first, longer the newer; then sub-agents' results."""
        out, room = list[str](), MAX_LOG_CHARS
        for age, turn in enumerate(reversed(self.ledger.turns)):
            text = " ".join(self._resolved(turn, max(120, 500 - 25 * age)).split())
            said = f"L{turn.prompt.line}: {text}"
            if len(said) > room:
                out.append(f"… {len(self.ledger.turns) - age} earlier prompts left out")
                break
            room -= len(said)
            out.append(said)
        for line, text in self.ledger.agents[-6:]:
            out.append(f"L{line}: sub-agent {self.tell(text, 300)}")
        return "\n".join(out)
