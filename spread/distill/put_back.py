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
    told = RESTORED.search(call.output) is not None
    if told and words[1] == "checkout" and "--" not in words:
        for path in (absolute(word, here) for word in words[2:] if not word.startswith("-")):
            if (
                path not in files.modified and path not in files.created
            ):  # else it was, before what came behind it
                files.revert(path, call.line)
    put = of_git(words[1:]) if lost else ()
    back = [absolute(it.path, here) for it in put if it.kind in ("revert", "modify") and (it.sure or told)]
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
