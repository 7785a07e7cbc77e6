"""Files that git put back as they were: changed ones, deleted ones, and moved ones under their old names."""

import re
from typing import Final

from spread.distill.files import FileLedger, absolute
from spread.distill.git_commands import source_of
from spread.distill.operands import of_git
from spread.distillation_paths import is_within
from spread.transcript_events import Call

RESTORED: Final = re.compile(r"(?m)^Updated \d+ paths? from ")
_TAKES_AWAY: Final = re.compile(
    r"\b(?:rm|mv|unlink|trash)\b|-delete\b|\.unlink\(|os\.re|shutil\.|rmSync|unlinkSync"
)
_STAGES: Final = re.compile(r"\bgit (?:-\S+ \S+ )?(?:rm|mv|add|commit|stash)\b")


def put_back(
    files: FileLedger, call: Call, words: list[str], here: str, lost: list[str], staged: list[str]
) -> None:
    """Take over what `git checkout` or `git restore` put back in the work tree.

    Args:
        lost: What was changed, deleted or moved since the last commit.
        staged: Paths, and directories with all below, that may be in the index: what is gone there does not come back.
    """
    if words[1] == "checkout" and "--" not in words:
        paths = [absolute(word, here) for word in words[2:] if not word.startswith("-")]
        # A file that was changed is no branch: it is put back also where nothing was printed of it.
        quiet = "Switched to " not in call.output and all(path in files.modified for path in paths)
        if quiet or RESTORED.search(call.output):
            for path in paths:
                files.revert(path, call.line)
    back = (
        [absolute(it.path, here) for it in of_git(words[1:]) if it.kind in ("revert", "modify")]
        if lost
        else []
    )
    source = source_of(call)
    for path in lost if back else ():
        old = files.renamed[path][0] if path in files.renamed else path
        if not any(is_within(old, it) for it in back) or any(is_within(old, it) for it in staged):
            continue
        line = files.deleted.get(path) or files.renamed.get(path, ("", 0))[1]
        if line == call.line and (_STAGES.search(source) or _last(source) > source.find(words[1])):
            continue  # it may have been done behind it, or be in the index
        if path in files.deleted:
            files.deleted.pop(path)
        elif path in files.renamed:
            del files.renamed[path]
            files.made(path, line)


def _last(source: str) -> int:
    """Return where a line takes files away last."""
    return max((found.start() for found in _TAKES_AWAY.finditer(source)), default=-1)
