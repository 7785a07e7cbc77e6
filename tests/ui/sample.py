"""A week of work on three machines and with one teammate, made up; for pictures and for tests of the page."""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from spread import accepted, store, store_inbox
from spread.distillation import Distillation
from spread.distillation_fields import Agent, Files, ProjectRef, Todo, Validation
from spread.paths import Paths

HOUR = 3600.0
PARSER = ProjectRef(
    "git.example/acme/parser", "git.example/acme/parser", "main", "e5417d5c09ab", True, "~/parser"
)
BILLING = ProjectRef(
    "git.example/acme/billing", "git.example/acme/billing", "retries", "77b1f0a2c3d4", False, "~/billing"
)
SITE = ProjectRef(
    "git.example/acme/site", "git.example/acme/site", "dark-mode", "0c9d8e7f6a5b", False, "~/site"
)
AGENT = Agent("claude-code", "2.1.330", "claude-opus-5-5")


def stamp(at: float) -> str:
    """Return unix seconds as hand-offs have them."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))


@dataclass(frozen=True)
class Turn:
    """One session as it stands in the sample: when it ended (hours ago), how long it took, and what it was."""

    session: str
    peer: str  # "" is this machine
    ago_h: float
    long_h: float
    seen: bool
    it: Distillation
    owed_to: tuple[str, ...] = ()


def _made(
    session: str, project: ProjectRef, goal: str, state: str, revision: int = 1, **more: object
) -> Distillation:
    bare = Distillation(
        id=f"{session}.{revision}", session_id=session, revision=revision, project=project, agent=AGENT
    )
    return replace(bare, goal=goal, state=state, **more)  # type: ignore[arg-type]


def durations(revision: int) -> Distillation:
    """Return the hand-off that the pictures show open; revision 2 fails, revision 3 is done but for one thing."""
    failing = revision == 2
    report = (
        "Empty text and trailing text are refused now. One test still fails: `test_repeated_unit` in "
        "`test_rejects.py`, because the pattern in `parse_duration` lets `1h1h` through and adds both hours."
        if failing
        else "Empty text, trailing text and a repeated unit are refused now; all 14 tests pass. The signature of "
        "`parse_duration` is as it was. What a negative duration should be is not decided: it raises `ValueError` "
        "for the time being."
    )
    return _made(
        "c523a40d-6879-4aee-adba-53a54d8f06e7", PARSER,
        'Let parse_duration accept days as well, so that "2d3h" works, with tests in test_days.py.',
        "failing" if failing else "validated", revision,
        last_request='Now make it strict: empty text, trailing text and a repeated unit like "1h1h" must raise '
        "ValueError. Tests first, please.",
        constraints=(
            "Never change the signature of parse_duration: the billing service imports it.",
            "Tests first, please.",
        ),
        summary=report,
        next="Collect the units seen so far in the loop of `parse_duration` and raise `ValueError` on a repeat; the "
        "signature stays as it is." if failing
        else "Ask whether `-5m` should be refused or be a negative duration; then tag 0.4.0.",
        completed=() if failing else ("`parse_duration` refuses a repeated unit",),
        decisions=("the user chose ValueError over a result of None for text that is no duration",),
        failed=("a single regular expression for all units: it let `1h1h` through",),
        files=Files(
            created=("test_days.py", "test_rejects.py"), modified=("duration.py", "README.md"),
            read=("billing/import.py",),
        ),
        validation=Validation(
            "python3 -m unittest", "failed" if failing else "passed", 1 if failing else 0, "L30" if failing else "L52",
            True,
            "FAIL: test_repeated_unit (test_rejects.Rejects.test_repeated_unit)\n"
            "AssertionError: ValueError not raised\nFAILED (failures=1)" if failing else "",
        ),
        todos=(Todo("tests for what must be refused", "completed"),
               Todo("refuse a repeated unit", "in_progress" if failing else "completed"),
               Todo("say in the README what is accepted", "pending")),
        uncertainties=("changed, in no commit seen: duration.py, test_rejects.py",) if failing
        else ("no push is seen; 2 commits here, the last 9b20c4e",),
        context="L24 agent: I'll write the tests for what must be refused first.\nL19 agent: Days work now: `2d3h` is "
        "183600 seconds.",
        commits=("e5417d5 accept days in durations",) if failing
        else ("e5417d5 accept days in durations", "9b20c4e refuse what is no duration"),
        evidence={
            "goal": ("L3",), "last_request": ("L23",), "answer": ("L31" if failing else "L53",),
            "constraints": ("L3", "L23"), "next": ("L31" if failing else "L53",), "decisions": ("L23",),
            "failed": ("L28",),
            "commits": ("L17",) if failing else ("L17", "L50"), "completed": () if failing else ("L52",),
            "files.created": ("L13", "L25"), "files.modified": ("L27", "L48"), "todos": ("L25", "L27", "L48"),
            "validation": ("L29", "L30") if failing else ("L51", "L52"),
        },
        redactions={"api-key": 1},
    )  # fmt: skip


def week() -> list[Turn]:
    """Return the sample, oldest first."""

    def one(
        session: str, peer: str, ago_h: float, long_h: float, project: ProjectRef, state: str, goal: str,
        *, seen: bool = True, owed_to: tuple[str, ...] = (),
    ) -> Turn:  # fmt: skip
        check = {
            "validated": Validation("pytest -q", "passed", 0, "L88", True),
            "failing": Validation("pytest -q", "failed", 1, "L73", True, "1 failed, 41 passed in 3.2s"),
        }.get(state, Validation())
        it = _made(
            f"{session}-0000-4000-8000-000000000000", project, goal, state, 2, validation=check, last_request=goal,
            evidence={"goal": ("L3",), "last_request": ("L3",), "answer": ("L90",)},
        )  # fmt: skip
        return Turn(it.session_id, peer, ago_h, long_h, seen, it, owed_to)

    return [
        one("0a1b2c3d", "laptop", 150, 3, SITE, "validated", "Move the navigation into one component"),
        one(
            "1b2c3d4e",
            "workstation",
            141,
            5,
            BILLING,
            "failing",
            "Find why invoices of February are sent twice",
        ),
        one(
            "2c3d4e5f",
            "laptop",
            122,
            2,
            PARSER,
            "no change",
            "Explain how the grammar of intervals is put together",
        ),
        one(
            "3d4e5f60", "workstation", 99, 4, BILLING, "validated", "Make the webhook idempotent, with a test"
        ),
        one(
            "4e5f6071",
            "laptop",
            76,
            1.5,
            SITE,
            "needs verification",
            "Colours for a dark mode, from the tokens we have",
        ),
        one(
            "5f607182",
            "ines",
            52,
            3,
            BILLING,
            "validated",
            "Retry policy: which errors of the bank may be tried again",
        ),
        one(
            "60718293", "workstation", 47, 6, BILLING, "validated", "Retries with a growing delay and a limit"
        ),
        one(
            "718293a4",
            "laptop",
            30,
            2,
            SITE,
            "question open",
            "Which of the two contrast values should buttons have?",
        ),
        one(
            "8293a4b5",
            "ines",
            22,
            1,
            PARSER,
            "validated",
            "Property tests for round trips of durations",
            seen=False,
        ),
        one(
            "93a4b5c6",
            "workstation",
            8,
            2.5,
            BILLING,
            "failing",
            "Bring the retries behind a flag and measure both ways",
            seen=False,
        ),
        one(
            "a4b5c6d7",
            "",
            3,
            1.5,
            PARSER,
            "needs verification",
            "Release notes for 0.4.0",
            owed_to=("workstation",),
        ),
        Turn(durations(3).session_id, "laptop", 0.6, 2.2, False, durations(3)),
    ]


def populate(paths: Paths, here: str, now: float, accept: bool = False) -> None:
    """Put the sample into a home whose peers are paired already."""
    for turn in week():
        ended = now - turn.ago_h * HOUR
        began = stamp(ended - turn.long_h * HOUR)
        it = replace(turn.it, machine=turn.peer or here, started_at=began, ended_at=stamp(ended))
        if not turn.peer:
            for peer in turn.owed_to:
                store.put(paths, peer, it.session_id, it.revision, it.to_markdown())
                os.utime(
                    Path(paths.outbox, peer, f"{it.session_id}.{it.revision}.md"), (ended + 60, ended + 60)
                )
            continue
        own = turn.peer != "ines"
        if it.session_id == durations(2).session_id:
            before = replace(durations(2), machine=turn.peer, started_at=began, ended_at=stamp(ended))
            store_inbox.accept(paths, turn.peer, before.to_markdown(), expected=(it.session_id, 2), own=own)
        store_inbox.accept(paths, turn.peer, it.to_markdown(), expected=(it.session_id, it.revision), own=own)
        name = f"{turn.peer}.{it.session_id}.{it.revision}.md"
        path = Path(paths.inbox_new, name)
        os.utime(path, (ended + 60, ended + 60))
        if turn.seen:
            path.rename(Path(paths.inbox_seen, name))
    store_inbox.reindex(paths, ("laptop", "workstation"))
    if accept:
        accepted.accept(paths, store.find(paths, "8293a4b5"))
