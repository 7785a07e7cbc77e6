"""Files of the project that programs say they wrote: mostly made anew at each build, and kept out of git."""

import re
from posixpath import dirname
from typing import Final

from spread.distill import patched
from spread.distill.calls import LOOKING, only_looks
from spread.distill.files import FileLedger, absolute, relative
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise, own_of
from spread.distill.shell import split
from spread.distill.stands import runs_in
from spread.distillation_paths import in_folder, is_within
from spread.distillation_told import BUILT
from spread.transcript_events import Call

KEPT: Final = 20
MOST: Final = 8  # that are told
READ_CHARS: Final = 20_000
MOST_CHARS: Final = 200  # of a line that names a file from where the command ran
_HINTS: Final = (
    "rote ", "ritten ", "aved ", "xported ", "enerated ", "reated ", "endered ", "mitted ", "pdated "
)  # fmt: skip
_ENDS: Final = ("ed ", "rote ", "ritten ")  # how these end, which is looked for first
_VERB: Final = re.compile(
    r"\W{0,6}(?:successfully )?(?:wrote|written|saved|exported|generated|created|rendered|emitted)\b(?! 0\b)",
    re.I,
)
_WORDS: Final = r"wrote|written|saved|exported|generated|created|rendered|emitted|updated"
# A path from where the command ran, as the whole of what a line says: “Wrote a/b.json”, “Settings updated (a/b.json)”.
_NEAR: Final = re.compile(
    rf"\W{{0,6}}(?:[\w-]{{1,20}} ){{0,4}}?(?:{_WORDS})(?: (?:to|in|at|as|into))?:? ?[(`'\"]{{0,2}}"
    r"(?P<path>(?:\.{1,2}/)?(?:[\w@.+-]{1,60}/){0,12}[\w@+.-]{0,80}\.[A-Za-z]\w{0,7})[)`'\"]{0,2}(?: \([^()]{1,40}\))?[.!]?\s*$",
    re.I,
)
_NOT: Final = re.compile(r"\b(?:not|no|would|will|can|could|should|must|never|already|if|when)\b|n't\b", re.I)
TELLING: Final = LOOKING | {"git", "gh", "glab"}  # what these print was done before, or by others
_PATH: Final = re.compile(
    r"(?<![^\s'\"`(])(?:[A-Za-z]:[\\/]|/)[^\s'\"`()<>|*?:]{1,240}\.\w{1,8}(?![^\s'\"`),.:])"
)


def note(made: dict[str, int], call: Call, root: str, *, sure: bool = False) -> None:
    """Take over which files of the project an output tells of as written: by whole paths, or such as the command has.

    Args:
        made: Absolute paths, with lines; the newest last.
        sure: The command ran where the record says.
    """
    output, top = call.output[:READ_CHARS], root.replace("\\", "/").rstrip("/").rpartition("/")[2]
    near = sure and "." in str(call.input.get("command"))  # else the command names no file
    if not (near or top in output) or only_looks(call):
        return
    if not (any(map(output.__contains__, _ENDS)) and any(map(output.__contains__, _HINTS))):
        return
    if near:
        _from_here(made, call, output, root)
    for line in output.splitlines() if top in output else ():
        found = _PATH.search(line) if _VERB.match(line) else None
        path = absolute(found[0], root) if found else ""
        if path and is_within(path, root) and not is_noise(path, own_of(root)):
            made.pop(path, None)
            made[path] = call.line
    drop_oldest(made, KEPT)


def _from_here(made: dict[str, int], call: Call, output: str, root: str) -> None:
    """Take over those that are named from where the command ran, if it names them as well: then they are meant."""
    source = call.input.get("command")
    place = runs_in(source, call.cwd) if isinstance(source, str) else ""
    if not isinstance(source, str) or not place or all(item.name in TELLING for item in split(source)):
        return
    for line in output.splitlines():
        found = (
            _NEAR.match(line) if "." in line and len(line) <= MOST_CHARS and not _NOT.search(line) else None
        )
        path = absolute(found["path"], place) if found and _has(source, found["path"]) else ""
        if path and is_within(path, root) and not is_noise(path, own_of(root)):
            made.pop(path, None)
            made[path] = call.line


def _has(source: str, path: str) -> bool:
    return path in source and re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-])", source) is not None


def made_anew(files: FileLedger, call: Call) -> None:
    """Take over that what was deleted is said to have been made again."""
    made = files.deleted and patched.made_anew(call.output, files.deleted)
    if made and any(item.name not in TELLING for item in split(str(call.input.get("command")))):
        for path in made:
            files.write(path, call.line, created=False)


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
