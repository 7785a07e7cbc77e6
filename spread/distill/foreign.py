"""Files that tools of other servers write: what such a tool does its name tells, and on which file what it is given."""

import re
from typing import Final

from spread.distill.effect import Effect
from spread.distill.files import absolute
from spread.distillation_paths import is_within
from spread.transcript_events import Call

FOREIGN: Final = "mcp__"
_WRITES: Final = re.compile(
    r"(?:^|_)(?:write|edit|create|replace|insert|delete|remove|rename|move|patch|append|modify|update)(?:_|$)"
)
_ANEW: Final = re.compile(r"(?:^|_)create_(?:\w+_)?file$")
_AWAY: Final = re.compile(r"(?:^|_)(?:delete|remove)_file$")
_MOVES: Final = re.compile(r"(?:^|_)(?:move|rename)_file$")
_PATHS: Final = (
    "relative_path", "pathInProject", "file_path", "filePath", "path", "target_file", "target_filepath", "source"
)  # fmt: skip
_OF_PROJECT: Final = ("relative_path", "pathInProject")
_TO: Final = ("destination", "new_path", "newPath")
# With these it is a file somewhere else.
_REMOTE: Final = ("owner", "repo", "repository", "project_id", "bucket", "vault", "branch", "url", "host")
# What is done to these is done elsewhere, though the tool is told a file that they belong to.
_OTHERS: Final = re.compile(
    r"_(?:comment|issue|task|message|row|record|document|page|screenshot|event|ticket|card|upload|directory|folder|memory|"
    r"thread|review|annotation|breakpoint|bookmark|index|embedding|watch)(?:e?s)?(?:_|$)"
)
_TRIALS: Final = ("dryRun", "dry_run", "preview")
# Many servers tell a failure as if it were a result.
_FAILED: Final = re.compile(
    r"\W{0,9}(?:(?:error|failed|failure)\b(?!\W{1,4}(?:null|false|0)\b)|(?:access|permission) denied|no match|(?:file |path )?not found|cannot|could not|unable)",
    re.I,
)
_FILE: Final = re.compile(r"[^/\\]\.\w{1,12}$")


def written(call: Call) -> Effect | None:
    """Return what a tool did to a file of the project, None where it is not sure to have done anything to one."""
    name = call.name.rpartition("__")[2]
    if (
        not call.name.startswith(FOREIGN)
        or not _WRITES.search(name)
        or _OTHERS.search(name)
        or any(map(call.input.get, _TRIALS))
        or _FAILED.match(call.output)
        or any(map(call.input.__contains__, _REMOTE))
    ):
        return None
    key = next((key for key in _PATHS if isinstance(call.input.get(key), str)), "")
    path = str(call.input.get(key) or "")
    if not _FILE.search(path) or (key == "source" and not _MOVES.search(name)):
        return None
    top, whole = absolute(call.cwd, ""), absolute(path, call.cwd)
    given = (
        key in _OF_PROJECT or absolute(path, "/") == whole or whole in call.output
    )  # another server may stand in another directory
    if not given or not is_within(whole, top):
        return None
    to = next((str(call.input[key]) for key in _TO if isinstance(call.input.get(key), str)), "")
    if to and _MOVES.search(name):
        return Effect("rename", whole, absolute(to, call.cwd))
    kind = "delete" if _AWAY.search(name) else "write" if _ANEW.search(name) else "modify"
    return Effect(kind, whole)
