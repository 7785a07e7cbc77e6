"""`.spreadignore` at the top of a project: paths that no hand-off may name.

The patterns are those of `.gitignore`: one a line, `#` begins a comment, `*`, `?`, `[…]` and `**`, a `/` inside or at
the beginning ties a pattern to the top, one at the end means a folder, `!` takes back what an earlier line
said (here also inside a folder that is left out). What is known as a path is left out of lists and stands as `[left
out]` in texts; a path with spaces in a text, and a bare name of a file below some folder, are not known as one.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from spread.distillation import Distillation
from spread.distillation_codec import map_text
from spread.distillation_fields import WRITTEN_AGAIN, Rename
from spread.paths import read_plain

NAME: Final = ".spreadignore"
LEFT_OUT: Final = "[left out]"
MAX_BYTES: Final = 64 * 1024  # it may be anyone's: a project is cloned
MAX_PATTERNS: Final = 500
MAX_SEGMENTS: Final = 64
# of one: no name is longer, and what is made of brackets takes the square of its length
MAX_SEGMENT_CHARS: Final = 255
# With a drive before it, as it may be spelled in a URL; a full stop at the end is the sentence's.
_PATH: Final = re.compile(r"(?<!\.)(?:/{0,3}(?<!\w)[A-Za-z]:(?=[\\/]))?(?:\.*+[\w~@+/\\-]++)++")
_MANY: Final = re.compile(r"//+")
_DRIVE: Final = re.compile(r"/?([A-Za-z]):(?=/|$)")
_SHELL_DRIVE: Final = re.compile(
    r"/(?:mnt/)?([A-Za-z])(?=/)"
)  # as the shells that people use on Windows spell it
_TEXTS: Final = (
    "goal", "last_request", "constraints", "summary", "completed", "decisions", "failed", "validation", "todos",
    "next", "uncertainties", "context", "commits",
)  # fmt: skip


@dataclass(frozen=True)
class _Pattern:
    segments: tuple[str, ...]
    leaves_out: bool
    folder: bool

    def covers(self, parts: list[str], is_folder: bool) -> bool:
        """Tell whether the path, or a folder that it is in, is meant."""
        reached = {0}
        for segment in self.segments:
            if segment == "**":
                reached = set(range(min(reached), len(parts) + 1))
            else:
                reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], segment)}
            if not reached:
                return False
        return any(0 < end < len(parts) or (end and (is_folder or not self.folder)) for end in reached)


class Ignore:
    """The patterns of one project.

    Args:
        root: The project's top level; absolute paths below it are known as the project's.
    """

    def __init__(self, lines: Iterable[str] = (), root: str = "") -> None:
        self._root = _plain(root).rstrip("/")
        self._has_drive = self._root[1:2] == ":"
        self._patterns = [found for line in lines if (found := _parse(line)) is not None][:MAX_PATTERNS]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def matches(self, path: str) -> bool:
        """Tell whether a path of the project is to be left out."""
        path = _plain(path)
        if self._has_drive and (found := _SHELL_DRIVE.match(path)):
            path = f"{found[1].lower()}:{path[found.end() :]}"
        if self._is_below_root(path):
            path = path[len(self._root) + 1 :]
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if not parts or len(parts) > MAX_SEGMENTS or path.startswith(("/", "~/", "../")) or path[1:3] == ":/":
            return False
        out = False
        for pattern in self._patterns:
            if pattern.leaves_out != out and pattern.covers(parts, path.endswith("/")):
                out = pattern.leaves_out
        return out

    def _is_below_root(self, path: str) -> bool:
        top = f"{self._root}/"
        same = path[: len(top)].lower() == top.lower() if self._has_drive else path.startswith(top)
        return bool(self._root) and same

    def text(self, text: str) -> str:
        """Return a text without the paths."""
        return _PATH.sub(lambda found: LEFT_OUT if self.matches(found[0]) else found[0], text)

    def apply(self, made: Distillation) -> Distillation:
        """Return a distillation that names none of the paths."""
        if not self:
            return made
        evidence = dict(made.evidence)
        files = made.files
        for kind in ("created", "modified", "deleted", "read"):
            paths = getattr(files, kind)
            kept = [at for at, path in enumerate(paths) if not self.matches(path)]
            files = replace(files, **{kind: tuple(paths[at] for at in kept)})
            _keep(evidence, f"files.{kind}", kept, len(paths))
            if kind == "created":
                _keep(evidence, WRITTEN_AGAIN, kept, len(paths))
        kept = [at for at, pair in enumerate(files.renamed) if not self._is_renamed(pair)]
        _keep(evidence, "files.renamed", kept, len(files.renamed))
        files = replace(files, renamed=tuple(files.renamed[at] for at in kept))
        texts = {name: map_text(getattr(made, name), self.text) for name in _TEXTS}
        return replace(made, files=files, evidence=evidence, **texts)

    def _is_renamed(self, pair: Rename) -> bool:
        return self.matches(pair.old) or self.matches(pair.new)


def _plain(path: str) -> str:
    """Return a path with single slashes and a small letter for its drive, whatever system or URL it is of."""
    path = path.replace("\\", "/")
    path = _MANY.sub("/", path) if "//" in path else path
    found = _DRIVE.match(path)
    return f"{found[1].lower()}:{path[found.end() :]}" if found else path


def _keep(evidence: dict[str, tuple[str, ...]], name: str, kept: list[int], count: int) -> None:
    """Let the lines follow the items that are left."""
    lines = evidence.get(name, ())
    if len(lines) == count and len(kept) < count:
        evidence[name] = tuple(lines[at] for at in kept)
        if not kept:
            del evidence[name]


def _parse(line: str) -> _Pattern | None:
    text = line.rstrip("\r\n")
    if not text.endswith("\\ "):
        text = text.rstrip()
    if not text or text.startswith("#"):
        return None
    leaves_out = not text.startswith("!")
    text = text.removeprefix("!").removeprefix("\\")
    folder = text.endswith("/")
    segments = [part for part in text.split("/") if part]
    tied = "/" in text.rstrip("/")
    if not segments or len(segments) > MAX_SEGMENTS or max(map(len, segments)) > MAX_SEGMENT_CHARS:
        return None
    if segments[-1] == "**":
        segments.append("*")
    return _Pattern(tuple(segments if tied else ["**", *segments]), leaves_out, folder)


def load(root: str | None) -> Ignore:
    """Return a project's patterns; without a file there are none.

    Raises:
        OSError: It is there and cannot be read; then nothing may be sent.
    """
    if root is None:
        return Ignore()
    try:
        text = read_plain(os.path.join(root, NAME), MAX_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return Ignore()
    return Ignore(text.split("\n"), root)
