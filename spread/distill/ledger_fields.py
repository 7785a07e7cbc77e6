"""What a session came to: all that is kept of it."""

from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from spread.distill import own
from spread.distill.agents import SubAgent
from spread.distill.documents import Documents
from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.handed import Handed
from spread.distill.heard import Heard
from spread.distill.logged import Logs
from spread.distill.noticed import Noticed
from spread.distill.parsed import Parsed
from spread.distill.put_aside import Aside
from spread.distill.record import Record
from spread.distill.remote import Remote
from spread.distill.reworked import Work
from spread.distill.ruled import Ruled
from spread.distill.runs import Run
from spread.distill.stale import Stale
from spread.distill.stands import Shell
from spread.distill.taken_out import TakenOut
from spread.distill.thoughts import Thoughts
from spread.distill.trial import Trial
from spread.distill.turns import Turn
from spread.distill.warned import Warned
from spread.redact_known import without
from spread.transcript_events import Call, Mark, Say
from spread.transcript_rewinds import Left

KEPT_PROMPT_CHARS: Final = 4_000
KEPT_FOUND: Final = 60  # of what the agent found out
WORTH_TELLING: Final = 240  # an earlier message that is shorter only announces what is done next
KEPT_ITEMS: Final = 200  # of decisions, objections, commits and the like


@dataclass
class Fields:
    """Plain data, bounded; `state` keeps it by these names."""

    files: FileLedger = field(default_factory=FileLedger)
    git: GitLedger = field(init=False)
    turns: list[Turn] = field(default_factory=list)
    constraints: list[tuple[int, str]] = field(default_factory=list)
    ruled: Ruled = field(default_factory=dict)  # rules that stand in files and skills
    decisions: list[tuple[int, str]] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    # The agent on its errors: line, kind, words.
    found: list[tuple[int, str, str]] = field(default_factory=list)
    work: Work = field(default_factory=Work)
    # The last change before each of what was said that one came before.
    mended: list[int] = field(default_factory=list)
    # Line, that of the rule, both words.
    lifted: list[tuple[int, int, str, str]] = field(default_factory=list)
    parsed: Parsed = (0, "")  # the last command that did no more than parse data
    trials: dict[str, Trial] = field(default_factory=dict)
    runs: dict[str, list[Run]] = field(default_factory=dict)  # by kind, the newest last
    aside: list[Aside] = field(default_factory=list)  # what was put aside or left, and how it stood then
    settled: dict[str, tuple[int, str]] = field(default_factory=dict)
    logs: Logs = field(default_factory=dict)  # files that checks wrote what they said to
    todos: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)  # of those, by key, what is to be done
    links: dict[str, int] = field(default_factory=dict)
    named_request: bool = False  # somebody gave the address of a pull request, which may be that of this work
    issues: dict[str, tuple[int, str]] = field(default_factory=dict)  # opened here: line, title
    agents: list[SubAgent] = field(default_factory=list)
    background: dict[str, tuple[int, str]] = field(default_factory=dict)
    last_say: Say | None = None
    heard: list[Heard] = field(default_factory=list)  # the agent's words
    thoughts: Thoughts = field(default_factory=list)  # the last ones, since anything was said or done
    mused: Thoughts = field(default_factory=list)  # the last ones, since anything was said
    record: Record = field(default_factory=list)  # what calls did and showed
    plan: tuple[int, str] | None = None
    # By document, the approved one by ""; with lines.
    plans: dict[str, tuple[int, str]] = field(default_factory=dict)
    planning: int = 0  # the line since when the session is in plan mode, with no plan approved since
    to_verify: tuple[int, list[str]] = (0, [])  # the checks that the last plan names, with its line
    documents: Documents = field(default_factory=dict)  # what the session wrote
    edits: list[str] = field(default_factory=list)  # the paths of the last ones
    end: str = ""  # what the session ended on: say, call, prompt, interrupted, api-error, open, waits
    waiting: tuple[int, str] = (0, "")  # what the user is asked then
    put_back: tuple[int, str] = (0, "")  # what was asked last that the user wants to speak about first
    error: Mark | None = None
    at: int = 0  # the last line that said something, results of calls included
    denied: tuple[int, str] | None = None  # the last acting call that the user denied without a word
    stopped: tuple[int, str] | None = None  # any call so denied, as long as nothing followed
    half: list[str] = field(default_factory=list)  # the files that it writes, if it ran after all
    # By line, what of such a call did not work later.
    refused: dict[int, list[str]] = field(default_factory=dict)
    typed: str = ""  # the last command that the user ran
    side: int = 0  # the last line of a sub-agent's call
    worked: int = 0  # the last line of a call of its own that did more than keep a list or ask
    # What the agent said was not run or verified.
    unproven: list[tuple[int, str]] = field(default_factory=list)
    unfinished: int = 0
    unfinished_what: str = ""
    unfinished_edits: bool = False  # whether calls without a result at the end may have edited files
    unfinished_gist: str = ""  # of an edit
    unfinished_at: int = 0  # the line of the last call without a result
    unrun: dict[str, int] = field(default_factory=dict)  # scripts and tests written here and not run so far
    # Definitions written here, and how often they stand there.
    names: dict[str, int] = field(default_factory=dict)
    # What was started, without its settings, with lines.
    started: dict[str, int] = field(default_factory=dict)
    noticed: Noticed = field(default_factory=list)  # defects in files just read
    versions: dict[str, tuple[str, int]] = field(default_factory=dict)  # that programs printed, with lines
    undone: dict[str, int] = field(default_factory=dict)  # those that are gone again, with lines
    became: dict[str, str] = field(default_factory=dict)  # the new names of those
    stale: Stale = field(default_factory=dict)  # clauses of the agent that an edit made untrue
    taken_out: TakenOut = field(default_factory=dict)  # what a diagnosis named
    # Absolute paths that a command took away, with lines.
    removed: dict[str, int] = field(default_factory=dict)
    hosts: dict[str, tuple[int, int]] = field(default_factory=dict)  # by ssh: last line, commands
    acted: bool = False  # any of these did more than look
    generated: dict[str, int] = field(default_factory=dict)  # files that programs say they wrote, with lines
    seen: dict[str, int] = field(default_factory=dict)  # files that searches and diffs showed, with lines
    machine: dict[str, int] = field(default_factory=dict)  # what was installed, cloned or set, with lines
    warned: Warned = field(default_factory=dict)  # what was said against what was set
    remote: Remote = field(default_factory=dict)  # files there
    # What was asked for before the record, by its summary; empty where the agent is at work first, with its line.
    resumed: tuple[int, str] = (0, "")
    ahead: tuple[int, str] = (0, "")  # what the client's last summary says comes next, until somebody goes on
    left_before: list[str] = field(default_factory=list)  # what that summary says was to be done then
    handed: list[Handed] = field(default_factory=list)  # what hand-offs say that the session was given
    # Files that tools edited since the client last noted its copies: the first and the last line, and where it was before.
    touched: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    # Files of which only the edits of one turn were put back, and the prompt at which that is seen.
    restored: list[tuple[int, str]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)  # lines that the user went back behind
    begun: int = 0  # the first prompt of the last of several sessions in one file
    another: bool = False  # another session goes on; nothing was asked in it so far
    unread: int = 0  # files of sub-agents that could not be read
    calls: int = 0
    beside: bool = False  # since the agent's last words several ran at once
    likely: str = ""  # what those say of the last failure, if they are no report that ends the turn
    root: str = ""  # the top of the work tree as far as working directories tell
    cwd: str = ""
    shell: Shell = ("", "")
    # Where a sub-agent's shell went, which others may share, as long as the record does not say so.
    strayed: str = ""
    astray: bool = False  # it certainly does: what the session has in the record's directory was not found
    ours: bool = False  # the turn only shares this session or receives another
    secrets: list[str] = field(default_factory=list)  # passphrases given for that, and what commands printed

    def __post_init__(self) -> None:
        self.git = GitLedger(self.files)

    def keep_secret(self, secret: str) -> None:
        """Note a passphrase, so that nothing told holds it."""
        if secret and secret not in self.secrets and len(self.secrets) < own.MAX_SECRETS:
            self.secrets.append(secret)

    def keep_printed(self, call: Call) -> Call:
        """Note the secrets that a call showed; return it without them, as what is told of it may be cut."""
        if not (shown := own.shown_by(call)):
            return call
        for secret in shown:
            if len(self.secrets) < own.MAX_PRINTED:
                self.keep_secret(secret)
        return replace(call, output=without(call.output, [*shown])[0])
