"""What may go to whom: paused projects, paused peers, and peers that may have some projects only.

`paused-projects` and `paused-peers` hold one name a line, `limits.toml` the projects of each peer that may not
have all. A file that cannot be understood allows nothing: all waits until it is mended.
"""

import contextlib
import os
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import tomli_w

from spread.distillation_fields import ELSEWHERE
from spread.errors import StoreError
from spread.paths import Paths, write_atomic
from spread.peers import Peer


@dataclass(frozen=True)
class Rules:
    """The rules as they are now; `limits` has an entry for each peer that may have some projects only."""

    paused: bool = False
    paused_projects: frozenset[str] = frozenset()
    paused_peers: frozenset[str] = frozenset()
    limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def allows(self, peer: str, project: str) -> bool:
        """Tell whether a peer may ever have a project's hand-offs."""
        patterns = self.limits.get(peer)
        return patterns is None or any(fnmatchcase(project, pattern) for pattern in patterns)

    def entitled(self, peers: Mapping[str, Peer], project: str | None) -> list[Peer]:
        """Return whom a turn of a project is owed to: who may have it; nobody for a local project.

        A teammate may have what was named for it in `limits`, and without an entry nothing.
        """
        if project is None:
            return []
        allowed = self.of(peers)
        return [peer for peer in peers.values() if allowed.allows(peer.name, project)]

    def of(self, peers: Mapping[str, Peer]) -> "Rules":
        """Return the rules for these peers: a teammate without an entry in `limits` may have no project."""
        none: dict[str, tuple[str, ...]] = {peer.name: () for peer in peers.values() if peer.teammate}
        return replace(self, limits={**none, **self.limits})

    def allows_all(self, peer: str, projects: Iterable[str]) -> bool:
        """Tell whether a peer may have what tells of these projects; places in none are looked at when it is made."""
        return all(project == ELSEWHERE or self.allows(peer, project) for project in projects)

    def hold(self, peer: str, *projects: str) -> str:
        """Return why what is owed must not go now, or "" if it may.

        Args:
            projects: Of which it tells.
        """
        if self.paused:
            return "all is paused"
        if peer in self.paused_peers:
            return "the peer is paused"
        if not self.paused_projects.isdisjoint(projects):
            return "the project is paused"
        return "" if self.allows_all(peer, projects) else "the peer may not have this project"

    @property
    def hold_some(self) -> bool:
        """Whether a debt's project matters at all."""
        return bool(self.paused_projects or self.limits)


def load(paths: Paths) -> Rules:
    """Read the rules.

    Raises:
        StoreError: A file cannot be understood; nothing may go.
    """
    return Rules(
        os.path.exists(paths.paused), frozenset(paused_projects(paths)), frozenset(_lines(paths.paused_peers)),
        limits(paths),
    )  # fmt: skip


def paused_projects(paths: Paths) -> set[str]:
    """Return the project keys the user has paused."""
    return _lines(paths.paused_projects)


def paused_peers(paths: Paths) -> set[str]:
    """Return the peers the user has paused."""
    return _lines(paths.paused_peers)


def _lines(path: str) -> set[str]:
    try:
        with open(path, encoding="utf-8") as handle:
            return {line.strip() for line in handle if line.strip()}
    except FileNotFoundError:
        return set()
    except (OSError, UnicodeDecodeError) as problem:
        raise _unusable(path, problem) from None


def _unusable(path: str, problem: Exception) -> StoreError:
    return StoreError(
        f"cannot use {path}", why=str(getattr(problem, "strerror", None) or problem),
        hint="mend it, or move it away; until then nothing is sent",
    )  # fmt: skip


def write_lines(path: str, names: Collection[str]) -> None:
    """Write the names, one a line; without any the file goes."""
    if names:
        write_atomic(path, "".join(f"{one}\n" for one in sorted(names)).encode("utf-8"))
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def limits(paths: Paths) -> dict[str, tuple[str, ...]]:
    """Return the projects (keys, or patterns with `*`) of each peer that may have some only.

    Raises:
        StoreError: The file cannot be understood.
    """
    try:
        with open(paths.limits, "rb") as handle:
            data = tomllib.load(handle)
        found = {}
        for peer, patterns in data.items():
            if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
                raise ValueError(f"{peer} must be a list of texts")
            found[peer] = tuple(patterns)
        return found
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        raise _unusable(paths.limits, problem) from None


def limit(paths: Paths, peer: str, projects: Iterable[str] | None) -> None:
    """Let a peer have these projects only; None: all again."""
    found = limits(paths)
    found.pop(peer, None)
    if projects is not None:
        found[peer] = tuple(sorted(set(projects)))
    if found:
        data = {name: list(patterns) for name, patterns in sorted(found.items())}
        write_atomic(paths.limits, tomli_w.dumps(data).encode("utf-8"))
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.limits)


def forget(paths: Paths, peer: str) -> None:
    """Drop the rules of a former peer: another machine may get its name."""
    with contextlib.suppress(StoreError):
        write_lines(paths.paused_peers, _lines(paths.paused_peers) - {peer})
    with contextlib.suppress(StoreError):
        limit(paths, peer, None)


def told(projects: Sequence[str] | None, *, teammate: bool = False) -> str:
    """Return how the projects that a peer may have are told, an empty string for all (None, but of a teammate)."""
    if projects is None and not teammate:
        return ""
    return f"only {', '.join(projects)}" if projects else "no project"
