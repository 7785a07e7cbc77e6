"""Whether a pull brought what the session pushed to another branch: then its pull request was merged, as it seems."""

import re
from collections.abc import Iterable
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.git_lines import target_of
from spread.distill.repo import SEEMS_MERGED, Repositories
from spread.distillation_paths import is_within
from spread.transcript_events import Call

_BROUGHT: Final = re.compile(r"(?m)^ (\S[^|\n]*)\| +(?:\d|Bin)")
_REF: Final = re.compile(r"(?m)^ [ +*] \S+ +(\S+) +-> \S+$")
_ENDED: Final = ("merged", "closed")
ENOUGH: Final = 2  # files; a single one that is not new may have been changed by others


def arrived(repos: Repositories, files: FileLedger, call: Call, branch: str) -> None:
    """Take over what a pull that succeeded brought.

    Args:
        branch: The one that it went to, as far as known.
    """
    waiting = [
        key
        for key, (_, state) in repos.requests.items()
        if not state.startswith(_ENDED) and repos.may_hold(key)
    ]
    brought = [name.strip() for name in _BROUGHT.findall(call.output)] if len(waiting) == 1 else []
    changed = {**files.modified, **files.created}
    refs = _REF.findall(call.output) or [branch]
    for top, it in repos.places.items() if brought else ():
        sent = target_of(it.sent)
        own = [
            path
            for path, line in changed.items()
            if is_within(path, top) and line <= it.push and path not in files.deleted
        ]
        enough = len(own) >= ENOUGH or any(path in files.created for path in own)
        if not sent or not enough or sent in refs or refs == [""]:
            continue
        if all(_is_among(path[len(top) + 1 :], brought) for path in own):
            into = f" of {refs[0]}" if len(refs) == 1 else ""
            repos.note(waiting[0], call.line, f"{SEEMS_MERGED}: a pull{into} brought its files")
            return


def _is_among(path: str, brought: Iterable[str]) -> bool:
    """Tell whether git lists a path; it leaves out the beginning of a long one."""
    return any(
        path == name or (name.startswith(".../") and f"/{path}".endswith(name[3:])) for name in brought
    )
