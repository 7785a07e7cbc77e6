"""From checkpoints to debts: read what the Stop hook left, distil, owe the result to every own machine.

Whatever is interrupted is redone from the directories: a revision number is reserved on disk before anything of
that revision can leave, and a checkpoint goes last.
"""

import contextlib
import errno
import hashlib
import json
import logging
import os
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from spread import rules, store, store_damage
from spread.distillation import Distillation
from spread.distillation_reach import told_elsewhere
from spread.errors import SpreadError, TranscriptError
from spread.intake_mates import for_mate, homes_of
from spread.intake_places import is_below, others_of, who_may_know
from spread.intake_settled import SETTLE_S, is_settled
from spread.paths import Paths, write_atomic
from spread.peers import Peer
from spread.project import Project, resolve
from spread.transcript_file import first_cwd

BROKEN_AFTER_S: Final = 120.0  # a checkpoint that is not whole by then never will be
# Of the machine, not of a session: however long it lasts, what waits can be done after it.
PASSES: Final = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
)
MAX_CHECKPOINT_BYTES: Final = 4 * 1024 * 1024
# After a copy in `enrich/`: how many bytes of which file it was made from.
TRANSCRIPT: Final = "\ntranscript: "
STILL_RUNNING: Final = "still running"

log = logging.getLogger("spread.intake")
_numbers = threading.Lock()  # the engine takes checkpoints in a thread, and receipts in another


@dataclass(frozen=True)
class Checkpoint:
    """What one hook left."""

    path: str
    session: str
    transcript: str
    cwd: str
    last_message: str | None
    at: float
    prompt_id: str = ""
    ended: bool = False  # the session
    busy: bool = False  # something runs in the background, and the client will go on when it ends
    size: int = 0  # bytes of the transcript, when it was taken


def take_all(
    paths: Paths, peers: Mapping[str, Peer], machine: str, now: float, *, enrich: bool = False,
    waiting: set[str] | None = None, sessions: dict[str, bool] | None = None,
) -> bool:  # fmt: skip
    """Turn every whole checkpoint into a revision; tell whether any was dealt with.

    What cannot be distilled is moved to quarantine with the reason beside it; nothing is lost.

    Args:
        enrich: Leave a copy of each revision that is owed, for a narrative.
        sessions: Takes the sessions that had a turn, and whether they go on.
        waiting: Takes the sessions whose transcript the client still writes; look again after LOOK_AGAIN_S.
    """
    newest: dict[str, Checkpoint] = {}
    last: dict[str, Checkpoint] = {}
    taken: dict[str, list[str]] = {}
    for checkpoint in _whole(paths, now):
        taken.setdefault(checkpoint.session, []).append(checkpoint.path)
        last[checkpoint.session] = checkpoint
        if sessions is not None:
            sessions[checkpoint.session] = not checkpoint.ended
        newest[checkpoint.session] = _merged(newest.get(checkpoint.session), checkpoint)
    unsettled = {session for session, checkpoint in last.items() if not _is_settled(checkpoint, now)}
    if waiting is not None:
        waiting |= unsettled
    for session in unsettled:
        del newest[session]
    dealt_with = False
    for session, checkpoint in newest.items():
        try:
            _take(paths, checkpoint, peers, machine, enrich)
        except SpreadError as problem:
            _quarantine(paths, checkpoint.path, problem.what, problem.why)
        except OSError as problem:  # a full disk, say: better later than never
            if problem.errno in PASSES or now - checkpoint.at <= BROKEN_AFTER_S:
                log.error("session %s: %s; tried again", session, problem.strerror)
                continue
            _quarantine(paths, checkpoint.path, "cannot distil", problem.strerror or "")
        except Exception as problem:  # a bug of ours in one session must not stop the others for ever
            frames = traceback.extract_tb(problem.__traceback__)
            where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"
            _quarantine(paths, checkpoint.path, "a bug in distilling", f"{type(problem).__name__} at {where}")
        else:
            _unlink(checkpoint.path)
        dealt_with = True
        for path in taken[session]:
            if path != checkpoint.path:  # in quarantine, or still here if that failed
                _unlink(path)
    return dealt_with


def _merged(older: Checkpoint | None, newer: Checkpoint) -> Checkpoint:
    """A SessionEnd after a Stop knows no last message; the Stop's still holds."""
    if older is not None and newer.last_message is None:
        return replace(newer, last_message=older.last_message)
    return newer


def _is_settled(checkpoint: Checkpoint, now: float) -> bool:
    if not 0 <= now - checkpoint.at < SETTLE_S:  # or the clock was set back
        return True
    return is_settled(checkpoint.transcript, checkpoint.prompt_id, checkpoint.last_message)


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
            _quarantine(
                paths, entry.path, "a checkpoint is not one whole JSON object", "the hook was cut off"
            )
    return sorted(found, key=lambda checkpoint: checkpoint.at)


def _parse(path: str, raw: bytes, at: float) -> Checkpoint | None:
    try:  # an object, which is whole once it can be read
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
        prompt if isinstance(prompt := data.get("prompt_id"), str) else "",
        data.get("hook_event_name") == "SessionEnd",
        _is_busy(data.get("background_tasks")),
    )


def _is_busy(tasks: object) -> bool:
    return isinstance(tasks, list) and any(
        isinstance(task, dict) and task.get("status", "running") == "running" for task in tasks
    )


def _take(
    paths: Paths, checkpoint: Checkpoint, peers: Mapping[str, Peer], machine: str, enrich: bool
) -> None:
    if not os.path.exists(checkpoint.transcript):
        log.info("session %s has no transcript yet", checkpoint.session)
        return
    if not os.path.isfile(checkpoint.transcript):  # a pipe, say, would be waited for without end
        raise TranscriptError("cannot read the transcript", why="it is no plain file")
    checkpoint = replace(checkpoint, size=os.path.getsize(checkpoint.transcript))
    project = _project(checkpoint)
    allowed = rules.load(paths)
    if project.key is not None and project.key in allowed.paused_projects:
        log.info("session %s: its project is paused", checkpoint.session)
        return
    # late: their patterns take a tenth of a second, which an engine that only fetches mail need not wait for
    from spread import distill
    from spread.redact import Redactor
    from spread.redact_known import secrets_around

    places, reach, others = set[str](), set[str](), set[str]()

    def made_of(hand_on: bool) -> Distillation:
        made = distill.distill(
            checkpoint.transcript, machine=machine, project=project,
            last_message=checkpoint.last_message, redactor=Redactor(secrets_around(os.environ, project.root)),
            state=paths.session_state(checkpoint.session), places=places, reach=reach, hand_on=hand_on,
        )  # fmt: skip
        kept = paths.session_places(checkpoint.session)
        others.update(others_of(checkpoint.transcript, places, project, kept), reach - {project.key})
        # at the session's end nothing is busy: what ran has ended with it
        state = f"{made.state}, {STILL_RUNNING}" if checkpoint.busy else made.state
        elsewhere = tuple(told_elsewhere(others)) or None
        return replace(made, state=state, project=replace(made.project, elsewhere=elsewhere))

    made = made_of(hand_on=True)
    if not allowed.paused_projects.isdisjoint(others):
        log.info("session %s: another project that it was in is paused", checkpoint.session)
        return
    entitled = allowed.entitled(peers, project.key)
    told = who_may_know(others, allowed, entitled)
    if told != entitled:
        log.info("session %s: it was where some peers may not know of", checkpoint.session)
    mates = [peer.name for peer in told if peer.teammate]
    # what others wrote for us is not ours to quote to a teammate
    bare = made_of(hand_on=False) if mates and reach else made
    less = dict.fromkeys(mates, for_mate(bare, *homes_of())) if mates else {}
    with _numbers:  # a narrative would go to all who may have the project, and rests on all that was said
        _number(
            paths, checkpoint, made, [peer.name for peer in told], enrich and told == entitled, less,
            mates if reach else [],
        )  # fmt: skip
    if project.key is None:
        log.info("session %s: its project is known to this machine only; not sent", checkpoint.session)


def _number(
    paths: Paths, checkpoint: Checkpoint, made: Distillation, owed_to: list[str], enrich: bool,
    less: Mapping[str, Distillation] | None = None, without: Sequence[str] = (),
) -> None:  # fmt: skip
    """Give what was made the next revision and owe it, unless it says nothing new.

    Args:
        less: What is owed instead to those who may not have all of it.
        without: Who gets no narrative of it.
    """
    # the transcript's own idea of its session may differ (a fork, a file put together by hand); the hook's counts
    made = replace(made, session_id=checkpoint.session)
    from spread.distillation_worth import tells_little  # late, as in `_take`

    if tells_little(made):  # told as the newest, it would stand before those that say something
        log.info("session %s: nothing to go on with was said in it; not sent", checkpoint.session)
        return
    state, digest = _session(paths, checkpoint.session), _digest(made)
    revision = int(state.get("revision", 0))
    if state.get("sha256") == digest:
        log.info("session %s: nothing new since revision %d", checkpoint.session, revision)
        return
    # if we died or failed half-way, some peer may have this very text already, and must not be told it again
    text = _text(made, revision) if "making" in state else ""
    if not text or state["making"] != _sha256(text):
        revision += 1
        text = _text(made, revision)
    _remember(paths, checkpoint.session, revision, "", _sha256(text))
    less = less or {}
    for name in owed_to:
        its = replace(less[name], session_id=checkpoint.session) if name in less else None
        store.put(paths, name, checkpoint.session, revision, _text(its, revision) if its else text)
    owed_to = [name for name in owed_to if name not in without]
    if enrich and owed_to:
        os.makedirs(paths.enrich, mode=0o700, exist_ok=True)
        copy = os.path.join(paths.enrich, checkpoint.session + ".md")
        source = f"{checkpoint.size} {checkpoint.transcript}"
        write_atomic(copy, f"{text}{TRANSCRIPT}{source}".encode("utf-8", "surrogateescape"))
    _remember(paths, checkpoint.session, revision, digest, told=owed_to)
    log.info("session %s: revision %d, %d bytes", checkpoint.session, revision, len(text))


def _text(made: Distillation, revision: int) -> str:
    return replace(made, revision=revision, id=f"{made.session_id}.{revision}").to_markdown()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _project(checkpoint: Checkpoint) -> Project:
    """Return the project of a session: where it is now, unless it only went into another repository inside its own."""
    if not checkpoint.cwd:
        return Project()
    here = resolve(checkpoint.cwd, with_state=True)
    began = first_cwd(checkpoint.transcript)
    if began and began != checkpoint.cwd and is_below(checkpoint.cwd, began):
        home = resolve(began)
        if home.key != here.key:
            return resolve(began, with_state=True)
    return here


def _digest(made: Distillation) -> str:
    """Return what tells two revisions' contents apart: not their names, nor when and in which line things stood.

    The lines that the client adds at a session's end must not make the other machine be told the same again.
    """
    bare = replace(made, id="", revision=0, ended_at="", evidence={})
    return hashlib.sha256(bare.to_json().encode("utf-8")).hexdigest()


def _session_path(paths: Paths, session: str) -> str:
    return os.path.join(paths.sessions, session + ".json")


def _session(paths: Paths, session: str) -> dict[str, Any]:
    """Return what is noted of a session; of damaged notes a revision far above all that there were.

    Raises:
        OSError: They cannot be read now.
    """
    try:
        with open(_session_path(paths, session), "rb") as handle:
            data = json.load(handle)
        if isinstance(data, dict) and type(data.get("revision")) is int:
            return data
    except FileNotFoundError:
        return {}
    except OSError as problem:
        if problem.errno in PASSES:  # what stands there is whole, and is read when that is over
            raise
    except (ValueError, RecursionError):
        pass
    # without the number, peers would take the next revision for an old one: start far above it
    log.warning("session %s: its state was damaged; its revisions jump", session)
    return {"revision": int(os.path.getmtime(_session_path(paths, session)))}


def _remember(
    paths: Paths, session: str, revision: int, digest: str, making: str = "", told: Sequence[str] = ()
) -> None:
    """Note the newest revision, what it says, and whom it was owed to; while it is being made, what its text is."""
    data: dict[str, Any] = {"revision": revision, "sha256": digest, **({"making": making} if making else {})}
    data |= {"told": list(told)} if told else {}
    write_atomic(_session_path(paths, session), json.dumps(data).encode("ascii"))


def projects_of(made: Distillation) -> set[str]:
    """Return the projects that a distillation may tell of."""
    return {made.project.id, *(made.project.elsewhere or ())}


def follow(paths: Paths, peers: Mapping[str, Peer], made: Distillation) -> bool:
    """Owe an enriched revision as the next one to every own machine, and to others that were owed the one before.

    Not if a newer turn came meanwhile.
    """
    session, revision = made.session_id, made.revision + 1
    allowed = rules.load(paths)
    with _numbers:
        known = _session(paths, session)
        paused = not allowed.paused_projects.isdisjoint(projects_of(made))
        if known.get("revision") != made.revision or paused:
            log.info("session %s: its narrative came too late", session)
            return False
        # of the same transcript as before
        _remember(paths, session, revision, str(known.get("sha256", "")))
        text = _text(made, revision)
        entitled = allowed.entitled(peers, made.project.id)
        for peer in who_may_know({*(made.project.elsewhere or ())}, allowed, entitled):
            if peer.name in known.get("told", ()) or (not peer.teammate and peer.name not in allowed.limits):
                its = _text(for_mate(made, *homes_of()), revision) if peer.teammate else text
                store.put(paths, peer.name, session, revision, its)
    log.info("session %s: revision %d with a narrative, %d bytes", session, revision, len(text))
    return True


def renumber(paths: Paths, peer: str, session: str, revision: int, to: int) -> None:
    """Owe a peer the same content under a higher revision, and count on from there."""
    with _numbers:
        content = store.read_owed(paths, store.Owed(peer, session, revision, 0.0))
        if content is None:
            return
        made = Distillation.from_markdown(content.decode("utf-8"))
        known = _session(paths, session)
        text = _text(made, to)
        if to > int(known.get("revision", 0)):
            # if we died while it was made, it is taken again, and must not be told again
            is_half = known.get("making") == hashlib.sha256(content).hexdigest()
            _remember(paths, session, to, str(known.get("sha256", "")), _sha256(text) if is_half else "")
        store.put(paths, peer, session, to, text)
    log.info("session %s: revision %d is %d now, its peer knows another one", session, revision, to)


def _quarantine(paths: Paths, path: str, what: str, why: str) -> None:
    store_damage.quarantine(paths, path, what, why)


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
