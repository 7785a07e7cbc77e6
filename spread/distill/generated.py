"""Files of the project that programs say they wrote: mostly made anew at each build, and kept out of git."""

import re
from posixpath import dirname
from typing import Final

from spread.distill.calls import only_looks
from spread.distill.files import FileLedger, absolute, relative
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise
from spread.distillation_paths import in_folder, is_within
from spread.distillation_told import BUILT
from spread.transcript_events import Call

KEPT: Final = 20
MOST: Final = 8  # that are told
READ_CHARS: Final = 20_000
_HINTS: Final = ("rote ", "ritten ", "aved ", "xported ", "enerated ", "reated ", "endered ", "mitted ")
_VERB: Final = re.compile(
    r"\W{0,6}(?:successfully )?(?:wrote|written|saved|exported|generated|created|rendered|emitted)\b(?! 0\b)",
    re.I,
)
_PATH: Final = re.compile(
    r"(?<![^\s'\"`(])(?:[A-Za-z]:[\\/]|/)[^\s'\"`()<>|*?:]{1,240}\.\w{1,8}(?![^\s'\"`),.:])"
)


def note(made: dict[str, int], call: Call, root: str) -> None:
    """Take over which files of the project an output tells of as written, by their whole paths.

    Args:
        made: Absolute paths, with lines; the newest last.
    """
    output, top = call.output[:READ_CHARS], root.replace("\\", "/").rstrip("/").rpartition("/")[2]
    if top not in output or not any(map(output.__contains__, _HINTS)) or only_looks(call):
        return
    for line in output.splitlines():
        found = _PATH.search(line) if _VERB.match(line) else None
        path = absolute(found[0], root) if found else ""
        if path and is_within(path, root) and not is_noise(path):
            made.pop(path, None)
            made[path] = call.line
    drop_oldest(made, KEPT)


def told(made: dict[str, int], files: FileLedger, root: str) -> list[tuple[int, str]]:
    """Return (line, text) of those that are not among the files that the session changed, and not gone since."""
    left = {path: line for path, line in made.items() if not files.touches(path) and path not in files.gone}
    if not left:
        return []
    folders = dict[str, list[str]]()
    for path in [*left][-MOST:]:
        folders.setdefault(dirname(relative(path, root)), []).append(path.rpartition("/")[2])
    names = (in_folder(f"{folder}{folder and '/'}", each) for folder, each in folders.items())
    return [(max(left.values()), f"{BUILT}{', '.join(names)}")]
