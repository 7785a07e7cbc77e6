"""From checkpoints to debts: read what the Stop hook left, distil, owe the result to every own machine.

Whatever is interrupted is redone from the directories: a revision number is reserved on disk before anything of
that revision can leave, and a checkpoint goes last.
"""

import contextlib
import hashlib
import json
import logging
import os
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from spread import distill, store
from spread.distillation import Distillation
from spread.errors import SpreadError
from spread.paths import Paths, write_atomic
from spread.peers import Peer
from spread.project import Project, resolve
from spread.redact import Redactor, secrets_around

BROKEN_AFTER_S: Final = 120.0  # a checkpoint that is not whole by then never will be
MAX_CHECKPOINT_BYTES: Final = 4 * 1024 * 1024
TRANSCRIPT: Final = "\ntranscript: "  # after a copy in `enrich/`: where it was made from

log = logging.getLogger("spread.intake")


@dataclass(frozen=True)
class Checkpoint:
    """What one hook left."""

    path: str
    session: str
    transcript: str
    cwd: str
    last_message: str | None
    at: float


def take_all(
    paths: Paths, peers: Mapping[str, Peer], machine: str, now: float, *, enrich: bool = False
) -> bool:
    """Turn every whole checkpoint into a revision; tell whether there was any.

    What cannot be distilled is moved to quarantine with the reason beside it; nothing is lost.

    Args:
        enrich: Leave a copy of each revision that is owed, for a narrative.
    """
    newest: dict[str, Checkpoint] = {}
    taken: dict[str, list[str]] = {}
    for checkpoint in _whole(paths, now):
        taken.setdefault(checkpoint.session, []).append(checkpoint.path)
        newest[checkpoint.session] = _merged(newest.get(checkpoint.session), checkpoint)
    for session, checkpoint in newest.items():
        try:
            _take(paths, checkpoint, peers, machine, enrich)
        except SpreadError as problem:
            _quarantine(paths, checkpoint.path, problem.what, problem.why)
        except OSError as problem:  # a full disk, say: better later than never
            if now - checkpoint.at <= BROKEN_AFTER_S:
                log.error("session %s: %s; tried again", session, problem.strerror)
                continue
            _quarantine(paths, checkpoint.path, "cannot distil", problem.strerror or "")
        except Exception as problem:  # a bug of ours in one session must not stop the others for ever
            frames = traceback.extract_tb(problem.__traceback__)
            where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"
            _quarantine(paths, checkpoint.path, "a bug in distilling", f"{type(problem).__name__} at {where}")
        else:
            _unlink(checkpoint.path)
        for path in taken[session]:
            if path != checkpoint.path:  # in quarantine, or still here if that failed
                _unlink(path)
    return bool(newest)


def _merged(older: Checkpoint | None, newer: Checkpoint) -> Checkpoint:
    """A SessionEnd after a Stop knows no last message; the Stop's still holds."""
    if older is not None and newer.last_message is None:
        return replace(newer, last_message=older.last_message)
    return newer


def _whole(paths: Paths, now: float) -> list[Checkpoint]:
    """Return the whole checkpoints, oldest first."""
    found = []
    for entry in os.scandir(paths.checkpoints) if os.path.isdir(paths.checkpoints) else []:
        if entry.name.startswith("."):
            continue
        try:
            at = entry.stat().st_mtime
            with open(entry.path, "rb") as handle:
                raw = handle.read(MAX_CHECKPOINT_BYTES + 1)
        except OSError:
            continue
        checkpoint = _parse(entry.path, raw, at)
        if checkpoint is not None:
            found.append(checkpoint)
        elif now - at > BROKEN_AFTER_S:
            _quarantine(paths, entry.path, "a checkpoint is not one whole JSON line", "the hook was cut off")
    return sorted(found, key=lambda checkpoint: checkpoint.at)


def _parse(path: str, raw: bytes, at: float) -> Checkpoint | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    session, transcript, cwd = data.get("session_id"), data.get("transcript_path"), data.get("cwd")
    if not store.is_session(session) or not isinstance(transcript, str):
        return None
    last = data.get("last_assistant_message")
    return Checkpoint(
        path,
        str(session),
        transcript,
        cwd if isinstance(cwd, str) else "",
        last if isinstance(last, str) else None,
        at,
    )


def _take(
    paths: Paths, checkpoint: Checkpoint, peers: Mapping[str, Peer], machine: str, enrich: bool
) -> None:
    if not os.path.exists(checkpoint.transcript):
        log.info("session %s has no transcript yet", checkpoint.session)
        return
    project = resolve(checkpoint.cwd, with_state=True) if checkpoint.cwd else Project()
    state = _session(paths, checkpoint.session)
    if project.key is not None and project.key in paused_projects(paths):
        log.info("session %s: its project is paused", checkpoint.session)
        return
    revision = int(state.get("revision", 0)) + 1
    made = distill.distill(
        checkpoint.transcript, machine=machine, revision=revision, project=project,
        last_message=checkpoint.last_message, redactor=Redactor(secrets_around(os.environ, project.root)),
        state=paths.session_state(checkpoint.session),
    )  # fmt: skip
    # the transcript's own idea of its session may differ (a fork, a file put together by hand); the hook's counts
    made = replace(made, session_id=checkpoint.session, id=f"{checkpoint.session}.{revision}")
    digest = _digest(made)
    if state.get("sha256") == digest:
        log.info("session %s: nothing new since revision %d", checkpoint.session, revision - 1)
        return
    text = made.to_markdown()
    _remember(paths, checkpoint.session, revision, "")
    if project.key is not None:
        for peer in peers.values():
            if not peer.teammate:
                store.put(paths, peer.name, checkpoint.session, revision, text)
        if enrich and any(not peer.teammate for peer in peers.values()):
            os.makedirs(paths.enrich, mode=0o700, exist_ok=True)
            copy = os.path.join(paths.enrich, checkpoint.session + ".md")
            write_atomic(
                copy, f"{text}{TRANSCRIPT}{checkpoint.transcript}".encode("utf-8", "surrogateescape")
            )
    else:
        log.info("session %s: its project is known to this machine only; not sent", checkpoint.session)
    _remember(paths, checkpoint.session, revision, digest)
    log.info("session %s: revision %d, %d bytes", checkpoint.session, revision, len(text))


def _digest(made: Distillation) -> str:
    """Return what tells two revisions' contents apart: not their names, nor when and in which line things stood.

    The lines that the client adds at a session's end must not make the other machine be told the same again.
    """
    bare = replace(made, id="", revision=0, ended_at="", evidence={})
    return hashlib.sha256(bare.to_json().encode("utf-8")).hexdigest()


def _session_path(paths: Paths, session: str) -> str:
    return os.path.join(paths.sessions, session + ".json")


def _session(paths: Paths, session: str) -> dict[str, Any]:
    try:
        with open(_session_path(paths, session), "rb") as handle:
            data = json.load(handle)
        if isinstance(data, dict) and type(data.get("revision")) is int:
            return data
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        pass
    # without the number, peers would take the next revision for an old one: start far above it
    log.warning("session %s: its state was damaged; its revisions jump", session)
    return {"revision": int(os.path.getmtime(_session_path(paths, session)))}


def _remember(paths: Paths, session: str, revision: int, digest: str) -> None:
    data = {"revision": revision, "sha256": digest}
    write_atomic(_session_path(paths, session), json.dumps(data).encode("ascii"))


def follow(paths: Paths, peers: Mapping[str, Peer], made: Distillation) -> bool:
    """Owe an enriched revision to every own machine as the next one; not if a newer turn came meanwhile."""
    session, revision = made.session_id, made.revision + 1
    known = _session(paths, session)
    if known.get("revision") != made.revision or made.project.id in paused_projects(paths):
        log.info("session %s: its narrative came too late", session)
        return False
    _remember(paths, session, revision, str(known.get("sha256", "")))  # of the same transcript as before
    text = replace(made, revision=revision, id=f"{session}.{revision}").to_markdown()
    for peer in peers.values():
        if not peer.teammate:
            store.put(paths, peer.name, session, revision, text)
    log.info("session %s: revision %d with a narrative, %d bytes", session, revision, len(text))
    return True


def renumber(paths: Paths, peer: str, session: str, revision: int, to: int) -> None:
    """Owe a peer the same content under a higher revision, and count on from there."""
    content = store.read_owed(paths, store.Owed(peer, session, revision, 0.0))
    if content is None:
        return
    made = Distillation.from_markdown(content.decode("utf-8"))
    known = _session(paths, session)
    if to > int(known.get("revision", 0)):
        _remember(paths, session, to, str(known.get("sha256", "")))
    text = replace(made, revision=to, id=f"{session}.{to}").to_markdown()
    store.put(paths, peer, session, to, text)
    log.info("session %s: revision %d is %d now, its peer knows another one", session, revision, to)


def _quarantine(paths: Paths, path: str, what: str, why: str) -> None:
    log.error("%s: %s; kept in quarantine", what, why or "no cause known")
    name = os.path.basename(path)
    os.makedirs(paths.quarantine, mode=0o700, exist_ok=True)
    try:
        os.replace(path, os.path.join(paths.quarantine, name))
        note = f"{what}\n{why}\n".encode("utf-8", "replace")
        write_atomic(os.path.join(paths.quarantine, name + ".why"), note)
    except OSError as problem:
        log.error("cannot quarantine %s: %s", name, problem.strerror)


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def paused_projects(paths: Paths) -> set[str]:
    """Return the project keys the user has paused."""
    try:
        with open(paths.paused_projects, encoding="utf-8") as handle:
            return {line.strip() for line in handle if line.strip()}
    except FileNotFoundError:
        return set()
