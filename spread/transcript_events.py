"""What the lines of a transcript mean, in the order of the file."""

from typing import Any, Final

import msgspec

# To a sub-agent, also where nobody was asked.
DENIED_TO_AGENT: Final = "Permission for this tool use was denied"
_SAYS_DENIALS: Final = [2, 1, 205]  # the first such client


class Prompt(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a person asked: `kind` is typed, queued (while the agent worked), command, shell, plan, memory,
    shown (an image without a word) or lead (what the lead of a team of agents told one of them)."""

    line: int
    text: str
    kind: str = "typed"
    planning: bool = False  # given in plan mode
    queued: int = 0  # the line where it was typed, if it waited for its turn


class Say(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the agent wrote to the person."""

    line: int
    text: str
    calls: bool = False  # the message goes on with a call


class Thought(msgspec.Struct, array_like=True, gc=False):
    """The end of what the agent thought before it spoke or acted: tentative, and said to nobody."""

    line: int
    text: str


class Call(msgspec.Struct, array_like=True, gc=False):
    """A tool call with its result; `ok` is None when there is none in the file.

    `line` is the line of the call, `result_line` that of its result. `agent` names the sub-agent.
    `words` is what the person said on denying it. `extra` is the structured result when small.
    """

    line: int
    id: str
    name: str
    input: dict[str, Any]
    cwd: str = ""
    agent: str = ""
    result_line: int = 0
    ok: bool | None = None
    output: str = ""
    denied: bool = False
    words: str = ""
    created: bool = False
    extra: dict[str, Any] = {}
    branch: str | None = None  # the one checked out at `cwd` by the line of the result, empty where none is


class Mark(msgspec.Struct, array_like=True, gc=False):
    """Anything else: `kind` is interrupted, compacted, api-error, title, link, notice, recap,
    shell (printed for the user; shell-errors where all of it is errors), skill (its text), tasks (the list of
    them, as the client reminds of it),
    memory (a file of rules: its path, and below it the text), hook (what one printed at the start),
    changed (a file that is another than when the session last saw it: its path), orphan (a result whose call
    is not on record), ended (the client notes that the agent's turn is over),
    plan_mode, plan_mode_exit (the client tells the agent that it is on, or no longer),
    or handed (a hand-off of ours that was given to the session, in its frame)."""

    line: int
    kind: str
    text: str


Event = Prompt | Say | Thought | Call | Mark


class Facts(msgspec.Struct, array_like=True, gc=False):
    """What the lines say about the session as a whole; the newest value unless said otherwise."""

    session_id: str = ""
    version: str = ""
    model: str = ""
    branch: str = ""
    went: int = 0  # the line where it became another one
    first_cwd: str = ""
    cwd: str = ""
    started_at: str = ""
    ended_at: str = ""
    lines: int = 0
    known: int = 0
    broken: int = 0
    title: str = ""

    def says_denials(self) -> bool:
        """Tell whether the client marks what was denied or interrupted; a server's error may have the same words."""
        numbers = self.version.partition("-")[0].split(".")
        return (
            all(part.isdecimal() and len(part) < 9 for part in numbers)
            and [*map(int, numbers)] >= _SAYS_DENIALS
        )
