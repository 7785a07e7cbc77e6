"""What one session is boiled down to: every field there is.

None of them ever holds control, bidi or tag characters, wherever its text came from.
"""

import json
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from spread.distillation_codec import cleaned, headline, plain

SCHEMA: Final = "claude-spread/distillation/1"
NONE: Final = "none observed"
WRITTEN_AGAIN: Final = "files.created.last"  # evidence: where what was created was last written
UNKNOWN: Final = "unknown"
ELSEWHERE: Final = "elsewhere"  # stands for a place in no project, or one whose name cannot be told
_TOLD: Final = (
    "goal", "last_request", "constraints", "summary", "completed", "decisions", "failed", "files", "validation",
    "todos", "next", "uncertainties", "context", "commits",
)  # fmt: skip
# Begins a mark where a session's own look like ours.
OURS: Final = "[in clear there, taken out by this hand-off: "


@dataclass(frozen=True)
class ProjectRef:
    """Which project, and where it stood: `dirty` None means unknown, `directory` is the work tree (`~/…`).

    `elsewhere` are the other projects that the session was in or was told of, `ELSEWHERE` where that is none; whoever
    may not have one of them may not have what goes on with this. None: there is no other.
    """

    id: str = ""
    remote: str = ""
    branch: str = ""
    head: str = ""
    dirty: bool | None = None
    directory: str = ""
    elsewhere: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Agent:
    name: str = "claude-code"
    version: str = ""
    model: str = ""


@dataclass(frozen=True)
class Rename:
    old: str
    new: str


@dataclass(frozen=True)
class Files:
    """Paths, repo-relative POSIX, outside the project `~/…` or absolute; each in one of the first four at most."""

    created: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    renamed: tuple[Rename, ...] = ()
    read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Validation:
    """The last build, test, lint or type check; `outcome` is passed only when it is proven to have passed."""

    command: str = ""
    outcome: str = NONE
    exit_code: int | None = None
    at: str = ""
    after_last_edit: bool | None = None
    failure: str = ""
    counts: str = ""


@dataclass(frozen=True)
class Todo:
    text: str
    status: str = "pending"


@dataclass(frozen=True)
class Distiller:
    name: str = "claude-spread"
    version: str = ""
    enriched: bool = False


@dataclass(frozen=True)
class Fields:
    """What a distillation says, one revision of one session (DESIGN.md, "The distillation").

    `evidence` maps a field to the transcript lines its value rests on, in the order of that field's
    items ("L12"); `evidence["answer"]` is where the last request was answered, absent when it was not.
    """

    id: str
    session_id: str
    revision: int = 1
    schema: str = SCHEMA
    project: ProjectRef = ProjectRef()
    machine: str = ""
    agent: Agent = Agent()
    started_at: str = ""
    ended_at: str = ""
    state: str = "no change"
    goal: str = UNKNOWN
    last_request: str = UNKNOWN
    constraints: tuple[str, ...] = ()
    summary: str = ""
    completed: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    files: Files = Files()
    validation: Validation = Validation()
    todos: tuple[Todo, ...] = ()
    next: str = NONE
    uncertainties: tuple[str, ...] = ()
    context: str = ""
    commits: tuple[str, ...] = ()
    evidence: dict[str, tuple[str, ...]] = field(default_factory=dict)
    redactions: dict[str, int] = field(default_factory=dict)
    distiller: Distiller = Distiller()

    def __post_init__(self) -> None:
        if cleaned(self.__dict__) is self.__dict__:  # as nearly always: all of it looked at in one go
            return
        for item in fields(self):
            object.__setattr__(self, item.name, cleaned(getattr(self, item.name)))

    def beside(self, **more: Any) -> Self:
        """Return the same with other values of some fields; only these are looked at."""
        made = copy(self)
        for name, value in more.items():
            object.__setattr__(made, name, cleaned(value))
        return made

    @property
    def answered(self) -> bool:
        return bool(self.evidence.get("answer"))

    @property
    def says_nothing(self) -> bool:
        """Whether it tells no more than where the project stood: nobody asked, said or changed anything."""
        return not self.evidence and all(getattr(self, name) == getattr(Fields, name) for name in _TOLD)

    @property
    def only_talked(self) -> bool:
        """Whether it tells of no goal, and of nothing done, found, decided or left open: only of what was said last."""
        spoken = ("last_request", "summary", "next")
        return all(getattr(self, name) == getattr(Fields, name) for name in _TOLD if name not in spoken)

    @property
    def title(self) -> str:
        """One line for lists: what it was about and how it stands."""
        return f"{headline(self.goal)} [{self.state}]"

    def lines_of(self, name: str) -> tuple[str, ...]:
        """Return the transcript lines a field rests on, one for each of its items."""
        return self.evidence.get(name, ())

    def to_data(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars; what is None is left out (TOML has no null)."""
        data = plain(self)
        assert isinstance(data, dict)
        return data

    def to_json(self) -> str:
        """Return the JSON form; every key of the design is there, null where unknown."""
        return json.dumps(plain(self, keep_none=True), ensure_ascii=False, indent=2) + "\n"
