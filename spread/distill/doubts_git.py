"""What a successor must not take for granted of what git has: where the work trees stood, and what is in no commit."""

import os
from typing import Final

from spread.distill import replies, tags
from spread.distill.files import relative
from spread.distill.git import GitLedger
from spread.distill.heard import AGENT
from spread.distill.ledger import Ledger
from spread.distill.log import ID_CHARS, same
from spread.distill.next_git import SHOWN_LEFT
from spread.distill.place_tell import UNCOMMITTED
from spread.distill.stuck import still_stuck
from spread.distill.words import sentences
from spread.distillation_codec import shorten, some_of
from spread.distillation_told import LEFT
from spread.project import Project
from spread.transcript_events import Facts

MAX_PATHS: Final = 12
MAX_STASHED: Final = 4
SHOWN_IDS: Final = 6
Doubts = list[tuple[int, str]]
SHOWN: Final = 2
SAID_CHARS: Final = 150
MIN_NAME_CHARS: Final = 6  # a shorter one may be a word
MIN_WORDS: Final = 5


def standing(
    ledger: Ledger, facts: Facts, project: Project | None, root: str, left: dict[str, int]
) -> Doubts:
    """Return how each work tree stood, what git was not told of, and what is in no commit.

    Args:
        left: Of `left_out`.
    """
    at_hand = _at_hand(facts, project)
    stands = ledger.git.repos.told(root, ledger.files, at_hand.changed if at_hand else None)
    if ledger.end == "open" and "commit" in ledger.unfinished_what.partition("` (to ")[2]:
        # The call that commits may have done so: nothing is left of that status then.
        stands = [(line, text.replace(UNCOMMITTED, f"{UNCOMMITTED} by then")) for line, text in stands]
    out = [
        *stands,
        *tags.told(ledger.git.repos.tags, root),
        *replies.told(ledger.git.comments),
        *_reported(ledger),
        *_untracked(ledger),
    ]
    out += _past_git(ledger, root)
    known = [*(relative(path, root) for path in left), *(at_hand.changed if at_hand else ())]
    if not all(any(path.rstrip("/") in text for _, text in stands) for path in known):
        out += _uncommitted(facts, at_hand, root, left)
    return out + (_moved(ledger, facts, at_hand, root) if at_hand else [])


def lost(git: GitLedger, root: str) -> Doubts:
    """Return what was put aside and not brought back, or thrown away."""
    out = Doubts()
    if git.stashed:
        named = some_of(git.stash, MAX_STASHED, lambda path: relative(path, root))
        of = f": {named}" if named else ""
        out.append((git.stashed, f"changes were put aside with git stash and not brought back{of}"))
    if git.reset:
        out.append((git.reset, "git reset --hard: of the files listed, what was in no commit then is gone"))
    return out


def unsettled(git: GitLedger) -> Doubts:
    """Return what git stopped at, and that it rewrote commits."""
    rewritten = "rebase, reset or amend rewrote commits here; ids of commits seen before may be gone"
    again = [(it.rewritten, rewritten) for it in git.repos.places.values() if it.stale]
    return [*still_stuck(git.conflict), *again]


def _past_git(ledger: Ledger, root: str) -> Doubts:
    """Return which new files git does not see, and with which switches it was called."""
    out, switches = Doubts(), ledger.git.switches
    for line, how, paths in ledger.git.index.hidden(ledger.files.created):
        named = some_of(paths, MAX_PATHS, lambda path: relative(path, root))
        out.append((line, f"{how}, so in no commit: {named}"))
    if switches:
        told = ", ".join(
            f"{what}{f' ({count} times)' if count > 1 else ''}" for what, (count, _) in switches.items()
        )
        out.append((max(line for _, line in switches.values()), f"git was called with: {told}"))
    return out


def _reported(ledger: Ledger) -> Doubts:
    """Tell of the commits that only reports of sub-agents name."""
    ids = ledger.git.only_reported()[-SHOWN_IDS:]
    lines = [agent.ended_at for agent in ledger.agents if any(map(agent.report.__contains__, ids))]
    return [(max(lines), f"commits that only reports of sub-agents name: {', '.join(ids)}")] if lines else []


def _at_hand(facts: Facts, project: Project | None) -> Project | None:
    """Return the project where git itself could be asked in the session's directory."""
    if project is None or project.dirty is None or not project.root:
        return None
    return project if _below(facts.cwd, project.root) else None


def _moved(ledger: Ledger, facts: Facts, project: Project, root: str) -> Doubts:
    """Say that HEAD is not where the session saw it last: the user, or a call nobody understood, went on with git."""
    it, head = ledger.git.repos.places.get(root), project.head or ""
    if it is None or not it.sha or not head or same(it.sha, head):
        return []
    on = f"on {project.branch}" if project.branch else "on no branch"
    return [(facts.lines, f"HEAD is {head[:ID_CHARS]} {on} now; git told of {it.sha} last (L{it.at})")]


def _uncommitted(facts: Facts, project: Project | None, root: str, left: dict[str, int]) -> Doubts:
    """Say what git has not got: from git itself where the session's directory is at hand, else from the transcript."""
    if project is not None:
        listed = some_of(project.changed, MAX_PATHS)
        return [(facts.lines, f"uncommitted now: {listed}")] if listed else []
    if len(left) <= SHOWN_LEFT:
        return []  # stands in what comes next
    names = [name for path in left if not (name := relative(path, root)).startswith("/")]
    if not names:
        return []
    return [(max(left.values()), f"{LEFT}{some_of(sorted(names), MAX_PATHS)}")]


def _below(path: str, top: str) -> bool:
    inside = path == top or path.startswith(top.rstrip("/\\") + "/")
    return inside or os.path.realpath(path) == os.path.realpath(top)


def _untracked(ledger: Ledger) -> list[tuple[int, str]]:
    """Return (line, text) of the newest sentence of the agent that names an untracked file nobody made here."""
    made = {path.rpartition("/")[2] for path in ledger.files.born}
    out = list[tuple[int, str]]()
    for it in ledger.git.repos.places.values():
        for path in it.new:
            name = path.rstrip("/").rpartition("/")[2]
            if len(name) < MIN_NAME_CHARS or "." not in name or name in made:
                continue
            if found := _newest(ledger, name):
                line, said = found
                out.append(
                    (
                        line,
                        f"the agent of the untracked {name}, in no edit seen here: “{shorten(said, SAID_CHARS)}”",
                    )
                )
    return sorted(out)[-SHOWN:]


def _newest(ledger: Ledger, name: str) -> tuple[int, str] | None:
    """Return the line and the sentence, where it says more than the name."""
    for line, words, who in reversed(ledger.heard):
        if who != AGENT or name not in words:
            continue
        said = next((each for each in sentences(words, lambda part: name in part)), "")
        if len(said.split()) >= MIN_WORDS:
            return line, said
    return None
