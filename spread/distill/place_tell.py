"""How a work tree stood when git last told of it, in words."""

import posixpath
import re
from collections.abc import Collection, Iterable
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.place import Place
from spread.distillation_codec import some_of
from spread.distillation_paths import is_within
from spread.distillation_told import NO_PUSH, PUSHED, UNRECOGNISED

ANOTHER: Final = "another branch"
UNCOMMITTED: Final = "not committed"
_AHEAD: Final = re.compile(
    r"Your branch is (ahead of '[^']+' by \d+ commits?|behind '[^']+' by \d+ commits?)"
)
_APART: Final = re.compile(r"have diverged,\s+and have (\d+) and (\d+) different commits each")
_EVEN: Final = re.compile(r"Your branch is up to date with '([^']+)'")
_TRACKS: Final = re.compile(
    r"(?m)^[^\w\n]{0,8}\w[\w./-]{0,250}\.\.\.(\w[\w.-]{0,250}/\S{1,250})(?: \[((?:ahead|behind) \d+(?:, behind \d+)?)\])?$"
)


def place_told(it: Place, files: FileLedger, changed: Collection[str] | None = None) -> str:
    """Return how a work tree stood, an empty string where nothing is known of it.

    Args:
        changed: The paths from its top that git itself lists as changed now, where it is at hand.
    """
    parts = _commits_told(it)
    if tried := it.in_vain():
        parts.append(tried)
    if it.gone:
        lost = [*it.void.values()].count(it.gone)
        went = f", and with it {_commits(lost)} made there" if lost else ""
        return "; ".join([*parts, f"this work tree was removed since (L{it.gone}){went}"])
    if it.stands and it.status > it.push:
        made = max(it.commit, it.quiet)
        old = made > it.status or (made == it.status and it.outdated)
        before = ", before the last commit" if old else ", after that commit" if made == it.status else ""
        if it.joined > max(it.status, made):
            before = f", before a {it.joining}"
        parts.append(f"{it.stands} by a status (L{it.status}{before})")
    parts = [*parts, *_changes_told(it, files, changed)]
    return "; ".join(parts) or _head_told(it, files)


def _head_told(it: Place, files: FileLedger) -> str:
    """Return the head that a log showed after an edit: who edits here may have committed by hand."""
    edited = min(files.edited().values(), default=it.at) < it.at
    return (
        f"HEAD {it.sha} by git (L{it.at}); whether it holds the edits before is not seen"
        if it.sha and edited
        else ""
    )


def _commits_told(it: Place) -> list[str]:
    """Return which commits were made, pushed and taken back, as far as is known."""
    parts = []
    each = it.parted()
    on = f", on {it.on}" if it.on else ""
    if len(each) > 1 or (each and it.detached and not it.on and it.branch in each):
        on = f" ({made_on(each)})"
    if it.commit and not it.push:
        own = f"; at least {_commits(it.since)} here{on}{it.head()}" if it.since else ""
        parts.append(f"{NO_PUSH}{own}")
    elif it.since and it.push:
        parts.append(f"at least {_commits(it.since)} after the last push seen (L{it.push}){on}{it.head()}")
    elif it.push:
        sent = it.sent.removesuffix(f" {it.branch} -> {it.branch}")
        named = f", {it.source}" if it.source != "-" and not sent else ""
        other = f" {ANOTHER}{named}" if _is_of_another(it) else ""
        parts.append(f"{PUSHED}{other}{f' ({sent})' if sent else ''}")
    elif it.other:
        parts.append(f"commits that no call here made{it.head()}")
    if it.quiet > max(it.commit, it.rewritten):
        none = "" if parts or it.push else f"{NO_PUSH}; "
        said = it.said and f", “{it.said}”"
        where = f" on {it.quiet_on}" if it.quiet_on not in ("", it.branch) else ""
        parts.append(f"{none}a commit was called{said}{where}, its id not shown (L{it.quiet})")
    even = it.status > it.merged and it.stands.startswith("up to date")
    if it.merged > max(it.push, it.commit, it.quiet) and not even:
        none = "" if parts or it.push else f"{NO_PUSH}; "
        parts.append(f"{none}a merge made a commit{' since' * bool(it.push)} (L{it.merged})")
    if it.back:
        none = "" if parts or it.push else f"{NO_PUSH}; "
        parts.append(f"{none}{_commits(it.backs)} taken back by git reset (L{it.back})")
    return parts


def made_on(each: dict[str, int]) -> str:
    """Return how many commits were made on each branch, in words."""
    return ", ".join(f"{count} made on {name}" for name, count in each.items())


def _changes_told(it: Place, files: FileLedger, changed: Collection[str] | None) -> list[str]:
    """Return what the last status listed, as far as that still holds."""
    inside = [path for path in it.loose if not path.startswith("../") and _is_still(path, it, changed)]
    new = [
        f"./{path}" if it.at_top and "/" not in path.rstrip("/") else path  # no file of that name elsewhere
        for path in it.new
        if not path.startswith("../") and not files.took_away(path) and _is_still(path, it, changed)
    ]
    if it.by_user > max(it.status, it.commit, it.quiet):
        return [f"committed by the user since, as they say (L{it.by_user})"]
    newest = _is_last(it) and it.status >= files.last_change + (not it.ends)
    stay = newest or (_is_last(it) and files.moved <= it.status)  # whatever was edited since
    own = [path for path in inside if files.knows_end(path)] if stay else []
    foreign = [path for path in inside if path not in own] if stay else []
    if not newest:
        then = f"by a status (L{it.status})"
        others = _named(f"{UNCOMMITTED} {then}, no edit of it recognised", foreign)
        return [*others, *_named(f"untracked {then}, not added since", new)] if it.status else []
    if own and foreign:  # these first: the others stand among the files, too
        told = f"{len(own) + len(foreign)} modified files {UNCOMMITTED}, {len(foreign)}{UNRECOGNISED}"
    else:
        told = f"{UNCOMMITTED}, and no edit of it recognised (a script or somebody else)"
    return [*_named(told, foreign), *_named(UNCOMMITTED, own), *_named("untracked", new)]


def _is_still(path: str, it: Place, changed: Collection[str] | None) -> bool:
    """Tell whether what a status at the top listed still is, in a folder or as one."""
    if changed is None or not it.at_top:
        return True
    return any(is_within(each, path) or is_within(path, each) for each in changed)


def _is_of_another(it: Place) -> bool:
    """Tell whether what was pushed last was another branch than the one checked out now."""
    if not it.sent:
        return it.source not in ("", it.branch)
    source = it.sent.rpartition(" -> ")[0].split()[-1:]
    return bool(it.branch and source) and source[0] not in (it.branch, "HEAD")


def standing(text: str) -> str:
    """Return how a status says that its branch stands beside its upstream."""
    if found := _APART.search(text):
        return f"{found[1]} ahead and {found[2]} behind its upstream"
    if found := _AHEAD.search(text):
        return found[1].replace("'", "")
    if found := _EVEN.search(text):
        return f"up to date with {found[1]}"
    if found := _TRACKS.search(text):
        return f"{found[2] or 'up to date'} ({found[1]})"
    return ""


def is_of_checks(state: str) -> bool:
    """Tell whether what is known of a pull request is how its checks went."""
    return state.endswith(("checks passed", "checks pending")) or " checks failed: " in state


def pushed_since(state: str, line: int, places: Iterable[Place]) -> str:
    """Return since when the checks of a pull request are no longer those of what was pushed."""
    pushes = [it.push for it in places if it.push]
    old = len(pushes) == 1 and pushes[0] > line and is_of_checks(state)
    return f", before the last push (L{pushes[0]})" if old else ""


def _is_last(it: Place) -> bool:
    """Tell whether nothing was committed or pushed since the last status, which may come right after that in a call."""
    done = max(it.commit, it.push, it.quiet, 1)
    return it.status > done or (it.status == done and not it.outdated)


def _named(what: str, paths: list[str]) -> list[str]:
    names = some_of(paths, 6, lambda path: f"{'./' * path.startswith('./')}{posixpath.normpath(path)}")
    return [f"{what}: {names}"] if paths else []


def _commits(count: int) -> str:
    return f"{count} commit{'' if count == 1 else 's'}"
