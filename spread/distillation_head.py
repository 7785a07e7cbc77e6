"""The head of the page: whose session it was, where and when, and in what state it left its work."""

from typing import Final

from spread.distillation_brief import Brief
from spread.distillation_codec import bare, command, on_one_line, shorten, texts_of
from spread.distillation_fields import OURS, UNKNOWN, Fields, Validation
from spread.distillation_reach import ALSO_IN, told_elsewhere
from spread.distillation_told import ALSO, DETACHED, TITLED

NO_CHECK: Final = "no test, build, lint or type check seen"
PASSED: Final = "passed"
UNSURE: Final = "needs verification"
TITLE_CHARS: Final = 90


def head(it: Fields, first: Brief) -> str:
    """Return the first lines of the page.

    Args:
        first: What the first lines say of how things stand.
    """
    project, known = it.project, it.session_id[:8]
    title = titled(it.goal)[1]
    where = [
        *([f"session {known}"] if title else []),
        f"revision {it.revision}",
        f"machine {it.machine or UNKNOWN}",
    ]
    if project.id or project.remote or not project.directory:
        where.append(f"project {project.id or project.remote or UNKNOWN}")
    if project.directory:
        where.append(f"in {project.directory}")
    if project.branch:
        where.append(f"branch {project.branch}" + (f" at {project.head[:12]}" if project.head else ""))
    elif project.head and project.dirty is not None:
        where.append(f"{DETACHED} at {project.head[:12]}")
    if project.dirty is not None:
        where.append("uncommitted changes" if project.dirty else "clean")
    own = it.redactions and not any(OURS in text for text in texts_of(it))
    key = "L12: transcript line 12" + ("; [redacted…]: taken out by this hand-off" if own else "")
    also = told_elsewhere(project.elsewhere or ())
    lines = [
        f"# {shorten(title, TITLE_CHARS) or f'Session {known}'}",
        f"{', '.join(where)}, {_when(it)} ({key})",
        *([f"{ALSO_IN}{', '.join(also)}"] if also else []),
        "",
        f"**State: {it.state}**; {_verdict(it.validation, first, it.state)}",
        *(f"{line[0].upper()}{line[1:]}." for line in first.lines if it.distiller.enriched),
    ]
    return "\n".join(map(on_one_line, lines)) + "\n"


def titled(goal: str) -> tuple[str, str]:
    """Return a goal without the title of its session, and that."""
    text, _, last = goal.rpartition("\n")
    if not last.startswith(TITLED):
        return goal, ""
    return text, last.removeprefix(TITLED).removesuffix("”)")


def _when(it: Fields) -> str:
    """Return from when to when, a day that is the same but once."""
    if not it.ended_at:
        return UNKNOWN
    begun, ended = (at[:16].replace("T", " ") for at in (it.started_at, it.ended_at))
    return f"{begun} to {ended.removeprefix(begun[:11])} UTC"


def _verdict(check: Validation, first: Brief, state: str) -> str:
    if not check.command:
        return NO_CHECK
    plain = check.exit_code is None or (check.exit_code == 0 and check.outcome == PASSED)
    code = "" if plain else f", exit code {check.exit_code}"
    if check.outcome == UNKNOWN:
        code = ": nothing proves that it passed"
    after = {True: "", False: f", but files changed after it{first.late}", None: ""}[check.after_last_edit]
    also = first.also and f"; {ALSO}{first.also}"
    counts = "" if check.outcome == UNKNOWN else check.counts
    told = f"{check.outcome}{code}{counts and f': {counts}'}"
    if check.outcome == PASSED and check.after_last_edit:
        counts = check.counts and f" {check.counts}"
        others = first.also and f", {first.also}"
        named = command(bare(check.command), 120)
        edit = ALSO.removeprefix("also ")
        if state == UNSURE:  # others, of whom there is no record, may have edited since
            edit = edit.replace(":", " seen:")
        return (
            f"{edit}`{named}`{counts} ({check.at}){others}{'; a test passed only before it' * first.untested}"
        )
    return f"last validation `{command(bare(check.command), 120)}` {told}{after} ({check.at}){also}"
