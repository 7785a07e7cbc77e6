"""`spread distill`: boil one transcript down and print it; no network, nothing stored."""

import contextlib
import glob
import json
import os
import socket
import stat
import sys
from dataclasses import asdict
from typing import Final

from spread.commands import terminal
from spread.distill import distill
from spread.distillation import Distillation
from spread.errors import EXIT_DONE, SpreadError, TranscriptError, UsageError
from spread.paths import write_volatile
from spread.project import resolve
from spread.redact import Redactor
from spread.redact_audit import Auditor, Removed
from spread.redact_known import secrets_around
from spread.transcript_file import named

FORMS: Final = ("md", "json")


def run(source: str, *, form: str = "md", output: str | None = None, audit: bool = False) -> int:
    """Print the distillation of a transcript, or of the session with this id (or a unique beginning of it).

    Args:
        audit: Print what redaction took out, masked, in place of the document.

    Raises:
        TranscriptError: No such transcript or session, or it cannot be read.
        UsageError: An unknown form.
    """
    if form not in FORMS:
        raise UsageError(f"unknown format {form}", hint=f"use --format {' or --format '.join(FORMS)}")
    secrets = secrets_around(os.environ, resolve(os.getcwd()).root)
    redactor = Auditor(secrets) if audit else Redactor(secrets)
    path = find(source)
    naming = named(source) if path == source else contextlib.nullcontext()
    with terminal.Busy("reading the session"), naming:
        made = distill(path, machine=socket.gethostname().partition(".")[0], redactor=redactor)
    if made.says_nothing:
        terminal.say(f"note: no prompt, answer or change was found in {source}")
    if isinstance(redactor, Auditor):
        text = _audit(made, redactor.removed(made), form)
    else:
        text = made.to_json() if form == "json" else made.to_markdown()
    if output is None or output == "-" or _is_stdout(output):
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
        return EXIT_DONE
    try:
        _write(output, text.encode("utf-8"))
    except OSError as error:
        raise SpreadError(
            f"cannot write {output}", why=error.strerror or "", hint="choose another -o FILE"
        ) from error
    terminal.say(f"distilled {made.session_id} ({made.state}) to {output}")
    return EXIT_DONE


def _is_stdout(output: str) -> bool:
    """Tell whether a name is that of our stdout, as `/dev/stdout` is: others may have it open and go on there."""
    with contextlib.suppress(OSError, ValueError):
        return os.path.samestat(os.stat(output), os.fstat(sys.stdout.fileno()))
    return False


def _write(output: str, data: bytes) -> None:
    """Put data into a file whole or not at all; into what is no plain file, or cannot be replaced, as it goes.

    Raises:
        OSError: It cannot be written.
    """
    path = os.path.realpath(output)
    try:
        about = os.stat(output)
    except FileNotFoundError:
        write_volatile(path, data)
        return
    # `/dev/fd/3` may be a file, too, which others have open and go on with
    is_plain = stat.S_ISREG(about.st_mode) and not output.startswith(("/dev/", "/proc/"))
    if is_plain and os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK):
        write_volatile(path, data, stat.S_IMODE(about.st_mode))
    else:
        with open(output, "wb") as file:
            file.write(data)


def _audit(made: Distillation, removed: list[Removed], form: str) -> str:
    """Return what was removed, for people or as one JSON document."""
    if form == "json":
        items = [
            {**asdict(item), "places": [{"field": name, "line": line} for name, line in item.places]}
            for item in removed
        ]
        document = {"session_id": made.session_id, "removed": items}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if not removed:
        return f"nothing was removed from session {made.session_id}\n"
    times = sum(item.times for item in removed)
    lines = [
        f"removed from session {made.session_id}: {_count(len(removed), 'secret')}, {_count(times, 'time')}"
    ]
    for item in removed:
        where = ", ".join(f"{name} ({line})" if line else name for name, line in item.places)
        lines.append(
            f"- {item.rule}: {item.masked} ({item.characters} characters), {_count(item.times, 'time')}, "
            f"in {where or 'text that the document does not show'}"
        )
    return "\n".join(lines) + "\n"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def find(source: str) -> str:
    """Return the path of a transcript given by path, session id, or unique beginning of one.

    Raises:
        TranscriptError: None, or more than one, matches.
    """
    if os.path.exists(source) or os.sep in source or source.endswith(".jsonl"):
        return source
    home = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    pattern = os.path.join(glob.escape(home), "projects", "*", f"{glob.escape(source)}*.jsonl")
    found = [path for path in sorted(glob.glob(pattern)) if not os.path.basename(path).startswith("agent-")]
    exact = [path for path in found if os.path.basename(path) == f"{source}.jsonl"]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise TranscriptError(
            f"{len(found)} sessions begin with {source}",
            hint="give more of the id, or the path of the transcript",
        )
    raise TranscriptError(
        f"no session {source}",
        why=f"no transcript of that name under {os.path.join(home, 'projects')}",
        hint="give the path of a transcript; `ls -t ~/.claude/projects/*/*.jsonl` lists them, newest first",
    )
