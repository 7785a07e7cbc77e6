"""Where the user went back in the conversation: what was said and asked from there on is no part of it any more.

What was done stays done, unless the client put the files back as they were.
"""

from typing import Final

from spread.distill.calls import AGENTS, EDITS, FORMS, acts_of
from spread.distill.ends import Ends
from spread.distill.files import absolute, relative
from spread.distill.ledger import Ledger
from spread.distillation_codec import some_of
from spread.transcript_events import Call, Event, Mark, Prompt
from spread.transcript_rewinds import Left

SHOWN: Final = 3  # files
_BACK: Final = "the client put back as they were: "
_STAY: Final = "edits from there on stay: "
_UNKNOWN: Final = "edits from there on may be undone: "
# Of the conversation alone.
_TALK: Final = frozenset((*AGENTS, *FORMS, "EnterPlanMode", "TodoWrite", "Skill"))
# Of what is so, whatever is said.
_MARKS: Final = frozenset(
    ("shell", "shell-errors", "notice", "link", "changed", "copies", "session", "memory", "hook", "handed")
)


def stays(event: Event, left: list[Left], cwd: str) -> bool:
    """Tell whether an event counts: it is on no line that was left behind, or did what was not put back."""
    on = [it for it in left if it.began <= event.line < it.line]
    if not on:
        return True
    if isinstance(event, Call):
        if event.name in EDITS:
            paths = [absolute(name, event.cwd or cwd) for name in acts_of(event)]
            return not any(path in it.back for it in on for path in paths)
        return event.name not in _TALK and not event.denied and event.ok is not None
    if isinstance(event, Prompt):
        return event.kind == "shell"
    return isinstance(event, Mark) and event.kind in _MARKS


def goes_on(ledger: Ledger, event: Event) -> None:
    """Take over, at the prompt behind which the conversation goes on, that files are others than before."""
    if any([it.line == event.line and it.back for it in ledger.left]):
        ledger.files.last_change = ledger.files.moved = event.line


def told(ledger: Ledger, root: str) -> Ends:
    """Return what became of the files that were edited on lines left behind; where the user went back again, once."""
    gone = list[tuple[int, int, dict[str, str]]]()
    for it in ledger.left:
        began, became = it.began, dict[str, str]()
        while gone and it.began <= gone[-1][1]:
            before = gone.pop()
            began, became = min(began, before[0]), {**before[2], **became}
        for paths, what in ((it.back, _BACK), (it.stay, _STAY), (it.unknown, _UNKNOWN)):
            became |= dict.fromkeys(paths, what)
        gone.append((began, it.line, became))
    out = Ends()
    for began, line, became in gone:
        for what in (_BACK, _STAY, _UNKNOWN):
            if names := [relative(path, root) for path, each in sorted(became.items()) if each == what]:
                out.append((line, f"the user went back to before L{began}; {what}{some_of(names, SHOWN)}"))
    for line in sorted({line for line, _ in ledger.restored}):
        names = sorted(relative(path, root) for at, path in ledger.restored if at == line)
        out.append((line, f"the edits of the turn before this prompt were put back: {some_of(names, SHOWN)}"))
    return out
