"""What a session came to, folded from its events one by one; bounded, whatever the session's length."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from spread import distill_agents as helpers
from spread import distill_asked, distill_trials
from spread import distill_own as own
from spread.distill_agents import SubAgent
from spread.distill_calls import LOOKING, acts_of, is_dull, task_of, what_of
from spread.distill_edits import comments_of, is_test
from spread.distill_files import FileLedger, absolute
from spread.distill_git import GitLedger, message_of
from spread.distill_reports import dense
from spread.distill_said import (
    COMMAND,
    DECIDED,
    DECISION_CHARS,
    DENIED,
    RAN,
    RUN_CHARS,
    Heard,
    keep,
    replaced,
)
from spread.distill_shell import Simple, effects, host_of, split
from spread.distill_trials import Trial
from spread.distill_turns import Turn, choices_of, turn_of
from spread.distill_validation import NEVER_RAN, Run, ends, run_of
from spread.distill_words import is_incidental, is_same, question_of, rules, still_binding
from spread.distillation_codec import shorten
from spread.transcript_events import Call, Event, Mark, Prompt, Say

KEPT_PROMPT_CHARS: Final = 4_000
KEPT_SAY_CHARS: Final = 8_000
KEPT_PLAN_CHARS: Final = 20_000
KEPT_PROSE_CHARS: Final = 4_000
KEPT_PROMPTS: Final = 200
SHOWN_TURNS: Final = 80
FULL_TURNS: Final = 6
OLD_SAY_CHARS: Final = 2_000
OLD_PROMPT_CHARS: Final = 1_300
FIRST_TURNS: Final = 20  # the goal is among these
KEPT_ITEMS: Final = 200  # of decisions, objections, commits and the like
KEPT_RUNS: Final = 4  # of each kind; a run may turn out to have proved nothing
KEPT_RULES: Final = 30

PROSE: Final = (".md", ".mdx", ".rst", ".txt")
_SETTINGS: Final = re.compile(r"(?:[A-Z][A-Z0-9_]*=[^\s;]+ )+\S")  # of a command's environment
_STATUS: Final = re.compile(r"<status>\s*(\w+)\s*</status>")


@dataclass
class Ledger:
    """Feed every event in file order to `add`; then read the fields."""

    files: FileLedger = field(default_factory=FileLedger)
    git: GitLedger = field(init=False)
    turns: list[Turn] = field(default_factory=list)
    constraints: list[tuple[int, str]] = field(default_factory=list)
    decisions: list[tuple[int, str]] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    trials: dict[str, Trial] = field(default_factory=dict)
    runs: dict[str, list[Run]] = field(default_factory=dict)  # by kind, the newest last
    settled: dict[str, tuple[int, str]] = field(default_factory=dict)
    todos: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)
    agents: list[SubAgent] = field(default_factory=list)
    background: dict[str, tuple[int, str]] = field(default_factory=dict)
    last_say: Say | None = None
    heard: list[Heard] = field(default_factory=list)  # the agent's words
    plan: tuple[int, str] | None = None
    end: str = ""  # what the session ended on: say, call, prompt, interrupted, api-error, open
    error: Mark | None = None
    at: int = 0  # the last line that said something, results of calls included
    interruptions: int = 0
    recap: Mark | None = None
    denied: tuple[int, str] | None = None  # the last acting call that the user denied without a word
    stopped: tuple[int, str] | None = None  # any call so denied, as long as nothing followed
    refused: dict[int, list[str]] = field(
        default_factory=dict
    )  # by line, what of such a call did not work later
    typed: str = ""  # the last command that the user ran
    side: int = 0  # the last line of a sub-agent's call
    unfinished: int = 0
    unfinished_what: str = ""
    unfinished_at: int = 0  # the line of the last call without a result
    hosts: dict[str, tuple[int, int]] = field(default_factory=dict)  # by ssh: last line, commands
    begun: int = 0  # the first prompt of the last of several sessions in one file
    another: bool = False  # another session goes on; nothing was asked in it so far
    unread: int = 0  # files of sub-agents that could not be read
    calls: int = 0
    root: str = ""  # the top of the work tree as far as working directories tell
    cwd: str = ""
    ours: bool = False  # the turn only shares this session or receives another
    secrets: list[str] = field(default_factory=list)  # passphrases given for that

    def __post_init__(self) -> None:
        self.git = GitLedger(self.files)

    def add(self, event: Event) -> None:
        if isinstance(event, Call):
            if not event.agent and event.result_line > self.at:
                self.at = event.result_line
            self._call(event)
            return
        self.at = max(self.at, event.line if event.text else 0)
        if self.secrets:
            event.text = own.without(event.text, self.secrets)[0]
        if isinstance(event, Say):
            self._say(event)
        elif isinstance(event, Prompt):
            self._prompt(event)
        else:
            self._mark(event)

    def settle(self) -> None:
        """Find out now, for the next revision too, what the document will want to know of the last turns."""
        for turn in self.turns[-SHOWN_TURNS:]:
            choices_of(turn)

    # -- words ----------------------------------------------------------------

    def _say(self, say: Say) -> None:
        if self.ours:
            return
        say.text = self.git.marked(say.text[-KEPT_SAY_CHARS:])
        self.last_say, self.end, self.stopped = say, "say", None
        keep(self.heard, say.line, say.text)
        if self.turns:
            turn = self.turns[-1]
            turn.last = say
            if turn.longest is None or len(say.text) >= len(turn.longest.text):
                turn.longest = say

    def _prompt(self, prompt: Prompt) -> None:
        given = own.given_to_us(prompt)
        self.ours = given is not None
        if given is not None:
            self._keep_secret(own.secret_of(given))
            return
        if prompt.kind == "shell":
            self.typed = prompt.text
        else:
            self.git.told(prompt.line, prompt.text)
        self._take_back(prompt)
        if (
            self.stopped
            and prompt.kind in ("typed", "queued")
            and not is_incidental(prompt.text, prompt.kind)
        ):
            self._worded(*self.stopped, prompt.text)
        self.stopped = None
        self.constraints = still_binding(prompt.text, self.constraints)
        for text in rules(prompt.text) if prompt.kind in ("typed", "queued", "command") else ():
            if all(text != known for _, known in self.constraints):
                self.constraints.append((prompt.line, text))
        prompt.text = prompt.text[:KEPT_PROMPT_CHARS]
        del self.constraints[20:-KEPT_RULES]
        if prompt.kind == "command" and is_incidental(prompt.text, prompt.kind):
            return
        before = self.last_say
        asked = question_of(before.text) if before and self.end in ("say", "interrupted") else ""
        if self.turns and prompt.line < self.turns[-1].prompt.line:  # queued, and never seen to be taken up
            at = next(at for at, turn in enumerate(self.turns) if turn.prompt.line > prompt.line)
            self.turns.insert(at, turn_of(prompt, "", None))
            return
        if self.another:
            self.begun, self.another = prompt.line, False
        turn = turn_of(prompt, asked, before)
        self.turns.append(turn)
        del self.turns[1:-KEPT_PROMPTS]
        for kept in (self.decisions, self.rejected, self.git.commits):
            del kept[:-KEPT_ITEMS]
        self._shorten_turns()
        if before and len(self.turns) > 1 and turn.objects:
            done = shorten(turn.about or dense(before.text), 160)
            self.rejected.append(
                (prompt.line, f"the user objected: “{shorten(prompt.text, 160)}”, to: {done}")
            )
        if prompt.kind != "shell":
            self.end = "prompt"

    def _take_back(self, prompt: Prompt) -> None:
        """Forget a prompt that was stopped and is now given again, a slip in it mended."""
        old = self.turns[-1].prompt if self.turns else None
        if old is None or self.end not in ("interrupted", "api-error") or not is_same(old.text, prompt.text):
            return
        self.turns.pop()
        self.constraints = [item for item in self.constraints if item[0] != old.line]
        self.another = self.another or self.begun == old.line

    def _shorten_turns(self) -> None:
        """Keep of older turns only what the document can show of them."""
        if len(self.turns) <= FULL_TURNS:
            return
        turn = self.turns[-FULL_TURNS - 1]
        turn.longest = None
        if len(self.turns) > FIRST_TURNS + FULL_TURNS:
            turn.prompt.text = turn.prompt.text[:OLD_PROMPT_CHARS]
        if turn.last is not None and len(turn.last.text) > OLD_SAY_CHARS:
            turn.last = Say(turn.last.line, turn.last.text[:OLD_SAY_CHARS])

    def _keep_secret(self, secret: str) -> None:
        if secret and secret not in self.secrets and len(self.secrets) < own.MAX_SECRETS:
            self.secrets.append(secret)

    def _mark(self, mark: Mark) -> None:
        if self.ours and mark.kind in ("interrupted", "api-error"):
            return
        if mark.kind == "interrupted":
            self.interruptions += 1
            self.end = "interrupted"
        elif mark.kind == "api-error":
            self.error, self.end = mark, "api-error"
        elif mark.kind == "link":
            self.links.setdefault(mark.text, mark.line)
        elif mark.kind == "session":
            self.another = True
        elif mark.kind == "recap":
            self.recap = mark
        elif mark.kind == "expansion":
            keep(self.heard, mark.line, mark.text[:KEPT_SAY_CHARS], COMMAND)
        elif mark.kind == "shell":
            self._typed(mark)
        elif mark.kind == "notice":
            self._notice(mark.line, mark.text)

    def _typed(self, mark: Mark) -> None:
        """Take over what git and gh told the user, who ran them in the session."""
        call = Call(mark.line, "", "Bash", {"command": self.typed}, self.cwd, ok=True, output=mark.text)
        if "git" in self.typed or "gh pr" in self.typed:
            self.git.add(call, split(self.typed), self.root)

    # -- tool calls -----------------------------------------------------------

    def _call(self, call: Call) -> None:
        if own.is_own(call):
            self._keep_secret(own.secret_in(call))
            return
        if call.name == "Bash" and self._only_ours(call):
            return
        self.calls += 1
        self.stopped = None
        if call.agent:
            self.side = max(self.side, call.line)
            helpers.seen(self.agents, call.agent)
        if call.cwd and not call.agent and call.cwd != self.cwd:
            self.cwd = call.cwd
            here = absolute(call.cwd, "")
            self.root = here if not self.root or self.root.startswith(here + "/") else self.root
        if not call.agent and not self.ours and (call.ok is not None or call.line >= self.at):
            if call.ok is not None:
                self.end = "call"
            elif call.line > max(self.last_say.line if self.last_say else 0, self._asked_at()):
                self.end = "open"  # what was said after a call that has no result answers all the same
        if call.ok is None:
            self.unfinished += 1
            self.unfinished_at = call.line
            self.unfinished_what = what_of(call) if call.name in _ACTING else ""
            if did := self.git.attempted(call):
                self.unfinished_what += f" (to {' and '.join(did)})"
            return
        if call.denied:
            self._denied(call)
            return
        if call.ok and self.refused:
            self._done(acts_of(call))
        if call.name not in ("Bash", "PowerShell"):
            distill_trials.note(self.trials, call, "")
        _HANDLERS.get(call.name, Ledger._on_other)(self, call)

    def _asked_at(self) -> int:
        return self.turns[-1].prompt.line if self.turns else 0

    def _only_ours(self, call: Call) -> bool:
        """Tell whether a shell call is a command of ours and nothing that matters beside it."""
        source = call.input.get("command")
        if not isinstance(source, str) or not own.speaks_of_us(source):
            return False
        commands = split(source)
        left = own.foreign(commands)
        if len(left) == len(commands):
            return False
        for item in commands:
            if item.name in ("echo", "printf") and item not in left:  # the passphrase, against our advice
                self._keep_secret(own.secret_of(item.words[-1]))
        return all(item.name in LOOKING for item in left)

    def _path(self, call: Call) -> str:
        given = call.input.get("file_path") or call.input.get("notebook_path") or call.input.get("path")
        return absolute(given, call.cwd) if isinstance(given, str) and given else ""

    def _on_edit(self, call: Call) -> None:
        path = self._path(call)
        if call.ok and path:
            self.files.write(path, call.line, created=call.created)
            new = call.input.get("new_string")
            if path.endswith(PROSE) and isinstance(new, str):
                who = f"written into {path.rpartition('/')[2]}"
                replaced(self.heard, who, str(call.input.get("old_string") or ""), new)
                keep(self.heard, call.line, new[:KEPT_PROSE_CHARS], who)
            elif not path.endswith(PROSE) and not is_test(path) and (said := comments_of(call)):
                keep(self.heard, call.line, said, f"comment in {path.rpartition('/')[2]}")
            if call.agent:
                helpers.wrote(self.agents, call.agent, path)

    def _on_read(self, call: Call) -> None:
        path = self._path(call)
        if call.ok and path:
            self.files.saw(path, call.line)

    def _on_shell(self, call: Call) -> None:
        source = call.input.get("command")
        if not isinstance(source, str):
            return
        if not call.ok and call.output.startswith(NEVER_RAN):
            self._tried(call, split(source), checked=False)
            return
        if call.ok and (call.extra.get("backgroundTaskId") or _SETTINGS.match(source)):
            keep(self.heard, call.line, shorten(source, RUN_CHARS), RAN)  # how a thing is to be started
        if call.ok and is_dull(call):
            return
        commands = own.foreign(split(source)) if own.speaks_of_us(source) else split(source)
        run = run_of(call, commands)
        if run is not None:
            for kind in run.kinds:
                kept = self.runs.setdefault(kind, [])
                kept.append(run)
                del kept[:-KEPT_RUNS]
        if task := call.extra.get("backgroundTaskId"):
            self.background.setdefault(str(task), (call.line, shorten(source, 120)))
        for item in commands:
            if item.name == "ssh" and (host := host_of(item.words)):
                self.hosts[host] = (call.line, self.hosts.pop(host, (0, 0))[1] + 1)
        for effect, here in effects(commands, ok=bool(call.ok)):
            if not call.ok and effect.path in call.output:
                continue  # the error speaks of it
            self.files.apply(effect, absolute(here, call.cwd) if here else call.cwd, call.line)
        if "git" in source or "commit" in source or "gh pr" in source:
            self.git.add(call, commands, self.root)
            if message := message_of(source):
                keep(self.heard, call.line, message, "commit message")
        self._tried(call, commands, checked=run is not None)

    def _tried(self, call: Call, commands: list[Simple], *, checked: bool) -> None:
        words = next((item.words for item in commands if item.words and item.name not in LOOKING), [])
        distill_trials.note(self.trials, call, " ".join(words[:2]), checked=checked)

    def _on_todos(self, call: Call) -> None:
        items = call.input.get("todos")
        if call.ok and isinstance(items, list):
            self.todos = {
                str(at): (call.line, str(item.get("content") or ""), str(item.get("status") or "pending"))
                for at, item in enumerate(items)
                if isinstance(item, dict)
            }

    def _on_task_create(self, call: Call) -> None:
        task = call.extra.get("task")
        told = re.search(r"#(\S+)", call.output)
        key = str(task.get("id")) if isinstance(task, dict) else told[1] if told else str(len(self.todos) + 1)
        if call.ok:
            self.todos[key] = (call.line, str(call.input.get("subject") or ""), "pending")

    def _on_task_update(self, call: Call) -> None:
        key, status = str(call.input.get("taskId")), call.input.get("status")
        if not call.ok or key not in self.todos:
            return
        if status == "deleted":
            del self.todos[key]
            return
        _, text, old = self.todos[key]
        subject = call.input.get("subject")
        self.todos[key] = (call.line, str(subject) if subject else text, str(status) if status else old)

    def _on_ask(self, call: Call) -> None:
        for told, answer in distill_asked.answers(call):
            self._decided(call.result_line, told)
            for text in rules(answer):
                self.constraints.append((call.result_line, text))

    def _on_plan(self, call: Call) -> None:
        if call.ok:
            plan = str(call.input.get("plan") or call.extra.get("plan") or "")
            title = next((line.strip("# ") for line in plan.splitlines() if line.strip("# ")), "untitled")
            self.plan = (call.result_line, plan[:KEPT_PROMPT_CHARS])
            keep(self.heard, call.result_line, plan[:KEPT_PLAN_CHARS], "the plan (not what was done)")
            self.decisions.append((call.result_line, f"the user approved the plan “{shorten(title, 160)}”"))

    def _on_agent(self, call: Call) -> None:
        if call.ok:
            made = helpers.started(self.agents, call)
            made.seen = self.side > call.line
            if made.report:
                keep(self.heard, made.ended_at, made.report, "sub-agent")
            if not made.end:
                self.background[made.id or call.id] = (call.line, f"sub-agent: {made.what}")

    def _on_output(self, call: Call) -> None:
        task = call.input.get("task_id") or call.input.get("bash_id") or call.input.get("shell_id")
        if isinstance(task, str):
            self._settle(task, call.result_line, call.output)

    def _on_kill(self, call: Call) -> None:
        task = call.input.get("task_id") or call.input.get("shell_id") or call.input.get("bash_id")
        if self.background.pop(str(task), None) and call.ok:
            helpers.ended(self.agents, str(task), call.line, "<status>stopped</status>")

    def _on_other(self, call: Call) -> None:
        if "pull_request" in call.name or "merge_request" in call.name:
            self.git.tried.add("pull request")

    def _notice(self, line: int, text: str) -> None:
        if task := task_of(text):
            self._settle(task, line, text)

    def _settle(self, task: str, line: int, text: str) -> None:
        """A background task told how it stands; a validation among them gets its outcome from that."""
        status = _STATUS.search(text)
        if not status or status[1] in ("running", "pending") or line < self.settled.get(task, (0, ""))[0]:
            return
        if report := helpers.ended(self.agents, task, line, text):
            keep(self.heard, line, report, "sub-agent")
        self.background.pop(task, None)
        self.settled[task] = (line, ends(text))

    def _done(self, acts: list[str]) -> None:
        """Forget what was denied without a word and then done all the same."""
        for line, left in list(self.refused.items()):
            self.refused[line] = [act for act in left if act not in acts]
            if not self.refused[line]:
                del self.refused[line]
                self.rejected = [item for item in self.rejected if item[0] != line]

    def _decided(self, line: int, told: str) -> None:
        self.decisions.append((line, told))
        keep(self.heard, line, shorten(told, DECISION_CHARS), DECIDED)

    def _denied(self, call: Call) -> None:
        what = what_of(call)
        if not call.words and call.name in _ACTING and (acts := acts_of(call)):
            self.denied, self.refused[call.result_line] = (call.result_line, what), acts
            if len(self.refused) > KEPT_ITEMS:
                del self.refused[min(self.refused)]
        if call.name == "AskUserQuestion":
            for told in distill_asked.put_back(call.words):
                self._decided(call.result_line, told)
        elif call.words:
            kind = "the plan was rejected" if call.name == "ExitPlanMode" else f"{DENIED}{what}"
            self._decided(call.result_line, f"{kind}; the user said: “{shorten(call.words, 480)}”")
            for text in rules(call.words):
                self.constraints.append((call.result_line, text))
        else:
            self.stopped = (call.result_line, what)
            self.rejected.append((call.result_line, f"denied by the user: {what}"))

    def _worded(self, line: int, what: str, words: str) -> None:
        """Take words that follow a denial for its reason."""
        self.rejected = [item for item in self.rejected if item[0] != line]
        self._decided(line, f"{DENIED}{what}; the user then said: “{shorten(words, 300)}”")


_ACTING: Final = frozenset(
    ("Bash", "PowerShell", "Edit", "Write", "MultiEdit", "NotebookEdit", "Task", "Agent")
)
_HANDLERS: Final[dict[str, Callable[[Ledger, Call], None]]] = {
    **dict.fromkeys(("Edit", "Write", "MultiEdit", "NotebookEdit"), Ledger._on_edit),
    **dict.fromkeys(("Read", "NotebookRead"), Ledger._on_read),
    **dict.fromkeys(("Bash", "PowerShell"), Ledger._on_shell),
    **dict.fromkeys(("Task", "Agent"), Ledger._on_agent),
    **dict.fromkeys(("TaskOutput", "BashOutput", "AgentOutputTool"), Ledger._on_output),
    **dict.fromkeys(("KillShell", "KillBash", "TaskStop"), Ledger._on_kill),
    "TodoWrite": Ledger._on_todos,
    "TaskCreate": Ledger._on_task_create,
    "TaskUpdate": Ledger._on_task_update,
    "AskUserQuestion": Ledger._on_ask,
    "ExitPlanMode": Ledger._on_plan,
}
