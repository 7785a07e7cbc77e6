"""What was left with git and its host: changes in no commit, commits not pushed, drafts, issues opened."""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Final

from spread.distill.agents import unseen
from spread.distill.ends import Ends
from spread.distill.files import relative
from spread.distill.git_commands import DID
from spread.distill.index import Index
from spread.distill.ledger import Ledger
from spread.distill.net import Net
from spread.distill.net_back import stands_as_at
from spread.distill.net_lines import is_import
from spread.distill.next_code import is_prose
from spread.distill.place_tell import is_of_checks, made_on
from spread.distill.record import WROTE
from spread.distillation_codec import shorten, some_of
from spread.distillation_paths import is_within, within_any
from spread.distillation_told import LEFT
from spread.project import Project

RECENT_TURNS: Final = 4
SHOWN_LEFT: Final = 4  # changed files in no commit
FEW_LEFT: Final = 2
LEAST_CODE: Final = 8  # characters; less is a bracket or an end
FEW_CODE: Final = 2  # lines that are shown all
CODE_CHARS: Final = 80
SHOWN_ISSUES: Final = 3
_COMMENT: Final = ("//", "#", "/*", "*", "--", "<!--", ";", "%", '"""')
_IMPORTED: Final = re.compile(r"[\"']\S+[\"'][,;]?")  # on a line of its own
_COMMIT: Final = re.compile(r"\bgit (?:-\S+ )*commit\b")
READ_WHY: Final = 300  # characters
_NO_CHANGE: Final = re.compile(r"nothing (?:added )?to commit|no changes added to commit")
_PUSH: Final = re.compile(r"\b(?:push|pr|pull request)\b", re.I)
PUSHED_READ: Final = 400  # characters of a prompt
_PUSHED: Final = re.compile(  # begins what a user says that they did
    r"(?:^|[.,;:!\n])[ ]?(?:(?:ok(?:ay)?|done|yes|just|now|already|i|i've|i have|we|we've)[ ,]{1,2}){0,4}(?:pushed|merged|gepusht|gemergt)\b(?![^.,;!\n]{0,80}\?)",
    re.I,
)
_NO: Final = r"\b(?:don'?t|do not|never|without|no)\b[^.,;:!?\n]{0,20}\b"
_NO_PUSH: Final = re.compile(f"{_NO}push", re.I)
_NO_COMMIT: Final = re.compile(f"{_NO}(?:commit|check (?:it|this|that|them) in)", re.I)


def left_out(ledger: Ledger, project: Project | None) -> dict[str, int]:
    """Return the session's changed files that are in no commit, with lines; git itself decides where it is at hand."""
    agents = [agent.ended_at for agent in unseen(ledger.agents)]
    git, nets = ledger.git, ledger.files.net
    left = {
        path: line
        for path, line in git.left(max(agents, default=0)).items()
        if path not in nets or not _stands_as_committed(git.index, nets[path], path)
    }
    if project is None or project.dirty is None or not project.root:
        return left
    top = project.root.replace("\\", "/").rstrip("/")
    # Of a new folder git tells the name alone.
    changed = within_any(left, [f"{top}/{path}" for path in project.changed])
    return {path: line for path, line in left.items() if not is_within(path, top) or path in changed}


def _stands_as_committed(index: Index, net: Net, path: str) -> bool:
    """Tell whether the edits of a file since its last commit came to nothing, and that commit is still there."""
    known = index.known_up_to(path)
    return index.dirty.get(path, 0) <= known and stands_as_at(net, known)


def uncommitted(ledger: Ledger, left: dict[str, int], root: str) -> Ends:
    """Tell of changed files in no commit, the newest first.

    Args:
        left: Of `left_out`.
    """
    if not left:
        return []
    newest = sorted(left, key=lambda path: -left[path])

    def named(path: str) -> str:
        put_in = _put_in(ledger, path, left[path]) if len(newest) <= FEW_LEFT else ""
        return f"{short(relative(path, root))} (L{left[path]}{put_in})"

    request = ledger.git.repos.only_open()
    pushed = any(it.push for it in ledger.git.repos.places.values())
    into = f"; not seen in pull request #{request}" if request and pushed else ""
    return [(left[newest[0]], f"{LEFT}{some_of(newest, SHOWN_LEFT, named)}{into}")]


def _put_in(ledger: Ledger, path: str, line: int) -> str:
    """Return the first line of code that the last edit of a file put in: no commit tells of it."""
    if is_prose(path):
        return ""
    wrote = (
        item.said for item in ledger.record if item.kind == WROTE and (item.what, item.line) == (path, line)
    )
    lines = (text.strip() for said in wrote for text in said.splitlines())
    found = [text for text in lines if len(text) > LEAST_CODE and not text.startswith(_COMMENT)]
    found = [text for text in found if not (is_import(text) or _IMPORTED.fullmatch(text))] or found
    code = "; ".join(found if len(found) <= FEW_CODE else found[:1])
    return code and f": `{shorten(code.replace('`', chr(39)), CODE_CHARS)}`"


def short(path: str) -> str:
    """Return a path, of a long one the end."""
    return path if len(path) <= 60 else "…/" + "/".join(path.split("/")[-3:])


def unpushed(ledger: Ledger) -> Ends:
    """Tell commits that were not pushed where the session pushes, or the user asked for it."""
    places = ledger.git.repos.places.values()
    habit = any(it.push for it in places)
    out = Ends()
    for it in places:
        asked = asked_to_push(ledger, it.push)
        even = it.status > max(it.commit, it.merged) and it.stands.startswith("up to date")
        if it.since and (habit or asked) and not even and not _says_pushed(ledger, it.commit):
            quiet = it.quiet > max(it.commit, it.rewritten, it.push) and it.quiet_on in ("", it.branch)
            count = it.since + quiet  # its id was not shown
            commits = f"{'at least ' * quiet}{count} commit{'' if count == 1 else 's'}"
            each = it.parted()
            on = f" on {it.on or it.branch}" if it.on or it.branch else ""
            where = f" ({made_on(each)})" if len(each) > 1 else on
            tried = it.in_vain() if it.refused > it.commit else ""
            out.append(
                (it.commit, f"not pushed as far as seen: {commits}{where}{it.head()}{tried and f'; {tried}'}")
            )
    return out


def _says_pushed(ledger: Ledger, since: int) -> bool:
    """Tell whether the user said, after a line, that what was done was pushed or merged."""
    first = bisect_right(ledger.turns, since, key=lambda turn: turn.prompt.line)
    return any([_tells_of_a_push(turn.prompt.text) for turn in ledger.turns[first:]])


@lru_cache(500)  # the prompts come again at the next revision
def _tells_of_a_push(said: str) -> bool:
    text = said[:PUSHED_READ]
    return ("ushed" in text or "erg" in text or "pusht" in text) and _PUSHED.search(text) is not None


def asked_to_push(ledger: Ledger, since: int = 0) -> bool:
    """Tell whether one of the last prompts, after a line, asks for a push."""
    recent = (turn.prompt for turn in ledger.turns[-RECENT_TURNS:] if turn.prompt.line > since)
    return any(_asks_to_push(prompt.text, prompt.kind) for prompt in recent)


def drafts(ledger: Ledger) -> Ends:
    """Tell of pull requests that were drafts when last seen."""
    repos = ledger.git.repos
    return [
        (line, f"pull request {repos.name_of(key)} still a draft when last seen")
        for key, (line, state) in repos.requests.items()
        if _is_draft(state)
    ]


def checks_failed(ledger: Ledger) -> Ends:
    """Tell of pull requests whose checks had failed when last seen, with nothing committed or pushed after that."""
    repos = ledger.git.repos
    done = max((max(it.commit, it.push, it.quiet) for it in repos.places.values()), default=0)
    return [
        (line, f"checks of pull request {repos.name_of(key)} failed, nothing committed since")
        for key, (line, state) in repos.requests.items()
        if " checks failed: " in state and is_of_checks(state) and line > done
    ]


def unfinished(ledger: Ledger) -> Ends:
    """Tell that git stopped at a conflict: what it was at is to be finished, or taken back."""
    line, verb, _ = ledger.git.conflict
    return [(line, f"`git {verb}` stopped at a conflict: finish it or take it back")] if line else []


def in_vain(ledger: Ledger) -> Ends:
    """Tell of a commit that came to nothing, with why, where none was made since, here or by the user, nor called off."""
    if not ledger.git.refused:
        return []
    found = [it for it in ledger.trials.values() if _COMMIT.search(it.what)]
    trial = max(found, key=lambda it: it.last, default=None)
    why = trial.causes[0] if trial and trial.causes else ""
    silent = not why or len(trial.output if trial else "") > READ_WHY  # in a long one it may have worked
    if trial is None or trial.worked or trial.checked or silent or _NO_CHANGE.search(trial.output):
        return []
    later = (turn.prompt.text[:PUSHED_READ] for turn in ledger.turns if turn.prompt.line > trial.last)
    if any(DID.search(said) or _NO_COMMIT.search(said) for said in later):
        return []
    return [(trial.last, f"the last commit came to nothing: {shorten(why, CODE_CHARS)}")]


def issues(ledger: Ledger) -> Ends:
    """Tell of the issues that were opened here: work for later."""
    newest = list(ledger.issues.items())[::-1]
    told = ", ".join(
        f"{key}{title and f' “{shorten(title, 70)}”'} (L{line})"
        for key, (line, title) in newest[:SHOWN_ISSUES]
    )
    return [(newest[0][1][0], f"issues opened here: {told}")] if newest else []


def _is_draft(state: str) -> bool:
    return state.endswith("a draft")


@lru_cache(4 * RECENT_TURNS)  # asked for each work tree
def _asks_to_push(text: str, kind: str) -> bool:
    text = text[:1_000]
    return kind in ("typed", "queued", "command") and bool(_PUSH.search(text)) and not _NO_PUSH.search(text)
