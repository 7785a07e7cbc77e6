"""What is shared: a text, or what a session is boiled down to; redacted in any case.

What boils a session down is loaded only for a session.
"""

import contextlib
import glob
import hashlib
import os
import sys
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from spread import names
from spread.commands import audience, terminal
from spread.config import Config
from spread.errors import DistillationError, StoreError
from spread.paths import Paths
from spread.resources import client_home, sessions_folder

if TYPE_CHECKING:
    from spread import history
    from spread.distillation import Distillation
    from spread.redact import Redactor

MAX_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True)
class Content:
    """What is shared: redacted already."""

    kind: str  # "distillation" or "text"
    name: str
    data: bytes = field(repr=False)
    made: "Distillation | None" = field(default=None, repr=False)

    @cached_property
    def sha256(self) -> str:
        """What it hashes to, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def manifest(self) -> dict[str, object]:
        """Return what the receiver is told before it accepts."""
        return {
            "kind": self.kind,
            "name": self.name,
            "size": len(self.data),
            "sha256": self.sha256,
        }


def read_text(file: str) -> tuple[str, bytes]:
    """Return the text of a file, or of stdin (`-`), as it is, and its bytes.

    Raises:
        StoreError: It is not there, no text, or too large.
    """
    named = "standard input" if file == "-" else file
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(file, "rb") as handle:
                raw = handle.read(MAX_BYTES + 1)
        text = raw.decode("utf-8")
    except OSError as problem:
        raise StoreError(f"cannot read {named}", why=problem.strerror or "", hint="check the path") from None
    except UnicodeDecodeError:
        raise StoreError(
            f"cannot share {named}", why="it is not UTF-8 text", hint="share a text or Markdown file"
        ) from None
    if not raw:
        raise StoreError(
            "there is nothing to share", why=f"{named} is empty",
            hint="give a file, a text, or nothing for this project's session",
        )  # fmt: skip
    if len(raw) > MAX_BYTES:
        raise StoreError(f"{named} is too large", why=f"at most {MAX_BYTES >> 20} MiB can be shared at once")
    return text, raw


def of_text(file: str, text: str, raw: bytes) -> Content:
    """Return a text as content, without its secrets.

    Args:
        raw: Its bytes, which are the content if nothing has to go.

    Raises:
        SpreadError: They cannot be taken out.
    """
    from spread.project import root_of
    from spread.redact import Redactor
    from spread.redact_known import secrets_around

    redactor = Redactor(secrets_around(os.environ, root_of(os.getcwd())))
    name = names.portable(os.path.basename(file)) if file != "-" else "text"
    with terminal.Busy("taking secrets out"):
        redacted = redactor.text(text)
    return Content("text", name, raw if redacted == text else redacted.encode("utf-8"))


def of_session(
    settings: Config, file: str | None, session: str | None, narrative_file: str | None
) -> Content:
    """Return what a session is boiled down to.

    Raises:
        SpreadError: There is no such session, or its transcript cannot be used.
    """
    from spread import ignore
    from spread.distill import distill
    from spread.distillation_reach import told_elsewhere
    from spread.intake_places import others_of
    from spread.project import Project, root_of
    from spread.redact import Redactor
    from spread.redact_known import secrets_around
    from spread.transcript_file import named

    root = root_of(os.getcwd())
    redactor = Redactor(secrets_around(os.environ, root))
    made, transcript = None, ""
    naming = named(file) if file else contextlib.nullcontext()
    with terminal.Busy("reading the session"), naming:
        for transcript in [file] if file else find_transcripts(session):
            places, reach = set[str](), set[str]()
            made = distill(
                transcript, machine=settings.machine, redactor=redactor, places=places, reach=reach
            )  # fmt: skip
            if not made.says_nothing:
                break
    if made is None or made.says_nothing:
        raise StoreError(
            "there is nothing to share", why=f"nothing was said in {file or 'this session'}",
            hint="give another with --session ID, or a file",
        )  # fmt: skip
    here = Project(made.project.id or None, root=root)  # whoever goes on with it is to know of the others
    others = others_of(transcript, places, here) | (reach - {made.project.id})
    elsewhere = tuple(told_elsewhere(others)) or None
    made = replace(made, project=replace(made.project, elsewhere=elsewhere))
    if not audience.for_claude():  # its goal may be another machine's words
        terminal.say(f"session {made.session_id[:8]}: {made.title}")
    if narrative_file is not None:
        made = ignore.load(root).apply(_told(made, narrative_file, redactor, transcript))
    return Content("distillation", names.portable(made.title), made.to_markdown().encode("utf-8"), made)


def _told(made: "Distillation", narrative_file: str, redactor: "Redactor", transcript: str) -> "Distillation":
    """Return a distillation with what holds of a narrative; the share goes on without it if nothing does."""
    from spread import narrative

    try:
        if narrative_file == "-":
            raw = sys.stdin.buffer.read(4 * narrative.MAX_CHARS + 1)
        else:
            with open(narrative_file, "rb") as handle:
                raw = handle.read(4 * narrative.MAX_CHARS + 1)
        told = narrative.parse(raw.decode("utf-8", "replace"))
        source = "" if narrative_file == "-" else os.path.abspath(narrative_file)
        merged, dropped = narrative.merge(made, told, redactor=redactor, transcript=transcript, source=source)
    except OSError as problem:
        terminal.say(f"shared without the narrative: cannot read {narrative_file} ({problem.strerror})")
        return made
    except DistillationError as problem:
        terminal.say(f"shared without the narrative: {problem.why}")
        return made
    if dropped:
        terminal.say(f"left out of the narrative: {'; '.join(dict.fromkeys(dropped))}")
    return merged


def note(paths: Paths, event: "history.Event", route: str, name: str, made: "Distillation | None") -> None:
    """Write down what was handed over by code, for `spread log`."""
    from spread import history  # not before it is handed over

    record = history.Record(time.time(), event, history.BY_CODE, route=route, title=name)
    if made is not None:
        record = replace(
            record, session=made.session_id, revision=made.revision, project=made.project.id, title=made.title
        )
    history.append(paths, record)


def find_transcripts(session: str | None) -> list[str]:
    """Return the transcript of a session, or all of this project, the newest first.

    Raises:
        StoreError: There is none.
    """
    root = client_home()
    session = session or os.environ.get("CLAUDE_CODE_SESSION_ID") or None
    if session is not None:
        fits = glob.glob(os.path.join(glob.escape(root), "projects", "*", glob.escape(session) + "*.jsonl"))
        if len(fits) == 1:
            return fits
        raise StoreError(
            f"{'no session' if not fits else 'more than one session'} is called {session}",
            why=f"looked in {root}/projects", hint="give the whole id, or the transcript's path",
        )  # fmt: skip
    folder = sessions_folder(os.environ.get("CLAUDE_PROJECT_DIR") or os.getcwd())
    fits = glob.glob(os.path.join(glob.escape(folder), "*.jsonl"))
    # older clients keep those of sub-agents there, too
    fits = [path for path in fits if not os.path.basename(path).startswith("agent-")]
    if not fits:
        raise StoreError(
            "there is no session of this directory", why=f"none in {folder}",
            hint="run it in the project's directory, or give --session ID or a file",
        )  # fmt: skip
    return sorted(fits, key=os.path.getmtime, reverse=True)
