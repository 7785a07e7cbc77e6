"""Changes that `git diff` saved as a patch: taken back with that, or put in again once they were gone."""

import posixpath
from typing import Final

from spread.distill.files import FileLedger, absolute
from spread.distill.newest import drop_oldest
from spread.distill.patched import BACK
from spread.distill.shell import UNKNOWABLE, Simple, placed
from spread.distill.spelling import folder_of
from spread.distillation_paths import is_within
from spread.transcript_events import Call

MOST: Final = 12  # patches
MOST_FILES: Final = 200  # of one
_LISTS: Final = ("--stat", "--numstat", "--shortstat", "--name-", "--summary", "--no-index", "--check", "-R")
_TRIES: Final = frozenset(("--check", "--stat", "--numstat", "--summary", "--cached"))
_HEAD: Final = frozenset(("HEAD", "@", "--"))


def keep(files: FileLedger, call: Call, commands: list[Simple]) -> None:
    """Keep which changed files a patch holds that a line saves; ask before what the line does to files, and after it."""
    for item, here in placed(commands):
        if not (item.writes and item.words[:2] == ["git", "diff"]) or here is None:
            continue
        if any(word.startswith(_LISTS) for word in item.words):
            continue
        place = folder_of(here, call.cwd)
        names = [word for word in item.words[2:] if word not in _HEAD and word[:1] != "-"]
        only = [absolute(name, place) for name in names]
        held = [path for path in files.modified if not only or any(is_within(path, it) for it in only)]
        for path, appends in item.writes:
            if not UNKNOWABLE.search(path):
                patch = absolute(path, place)
                old = files.patches.pop(patch, {}).items()
                before = {each: line for each, line in old if appends or line == call.line}
                files.patches[patch] = {**before, **dict.fromkeys(held[-MOST_FILES:], call.line)}
    drop_oldest(files.patches, MOST)


def apply(files: FileLedger, call: Call, commands: list[Simple]) -> None:
    """Take over that a line of a call that worked puts in such a patch, or takes it back."""
    for item, here in placed(commands) if files.patches and "error: " not in call.output else ():
        words = item.words
        if words[:2] != ["git", "apply"] or here is None or not _TRIES.isdisjoint(words):
            continue
        place = folder_of(here, call.cwd)
        for word in words[2:]:
            held = files.patches.get(absolute(word, place), {}) if posixpath.basename(word) else {}
            for path, line in held.items():
                if not BACK.isdisjoint(words):
                    if files.modified.get(path, line + 1) <= line:  # nothing was done to it since
                        files.revert(path, call.line)
                elif not files.touches(path):
                    files.write(path, call.line, created=False)
