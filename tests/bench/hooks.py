"""What a person waits for: the Stop and SessionStart hooks and the status line, against a bare interpreter.

    python -m tests.bench.hooks [RUNS]

Each is a whole process from start to end, by wall time; all take turns, so that a busy machine is busy for all. The
targets are ratios to the bare interpreter of the same run. Nothing leaves the machine and no engine is started.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import spread
from spread import engine_lock
from spread.paths import Paths
from spread.resources import bundled
from tests.bench import table
from tests.bench.table import LIMIT, Row
from tests.harness.home import SESSION, make_project, put_handoff, set_up

RUNS = 100
PENDING = 50
TRANSCRIPTS = {"1 KB": 1 << 10, "100 MB": 100 << 20}
MESSAGES = {"100 B": 100, "50 KB": 50_000}
LIBRARY = str(Path(spread.__file__).resolve().parent.parent)
STATUS_LINE = "import sys; sys.path.append(sys.argv[1]); from spread.statusline import main; main()"


@dataclass
class Case:
    """One thing to measure.

    Args:
        limit: What its median may be, in milliseconds if `is_ms`, else in medians of the bare interpreter.
        says: What must be on its stdout, so that nothing is measured which did not do its work.
        after: Puts things back as they were, after each run.
    """

    name: str
    argv: list[str]
    limit: float
    stdin: Path
    says: bytes = b""
    is_ms: bool = False
    after: Callable[[], None] = lambda: None
    times_s: list[float] = field(default_factory=list)

    def run(self, env: dict[str, str], out: Path) -> None:
        """Run it once, and look whether it did what it should."""
        files = [
            (os.POSIX_SPAWN_OPEN, 0, str(self.stdin), os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(out), os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600),
        ]
        started = time.perf_counter()
        pid = os.posix_spawn(self.argv[0], self.argv, env, file_actions=files)
        _, status = os.waitpid(pid, 0)
        self.times_s.append(time.perf_counter() - started)
        said = out.read_bytes()
        assert status == 0, f"{self.name}: status {status}"
        assert self.says in said, f"{self.name}: said {said[:200]!r}"
        assert self.says or not said, f"{self.name}: said {said[:200]!r}"
        self.after()

    @property
    def median_ms(self) -> float:
        return statistics.median(self.times_s) * 1000


def rows(quick: bool = False, runs: int = 0) -> Iterator[Row]:
    """Measure all, in turns."""
    runs = runs or (5 if quick else RUNS)
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        paths = Paths(root / "spread home")
        paths.make()
        set_up(paths)
        Path(paths.peers, "laptop.toml").touch()
        Path(paths.engine_pid).write_text(f"{os.getpid()}\n")
        project = make_project(root / "project")
        env = {
            "PATH": os.environ["PATH"], "HOME": str(root), "SPREAD_HOME": paths.home, "LANG": "C.UTF-8",
            "CLAUDE_CODE_SESSION_ID": SESSION, "CLAUDE_PROJECT_DIR": str(project),
        }  # fmt: skip
        bare, cases = _cases(root, paths, project)
        with engine_lock.locked(paths):
            for _ in range(runs):
                for case in (bare, *cases):
                    case.run(env, root / "out")
    for case in cases:
        of = "" if case.is_ms else LIMIT
        yield Row(case.name, "ms", case.median_ms, bare.median_ms, bare.name, case.limit, of)


def main() -> int:
    """Measure, print a table, and return 1 if a target is missed."""
    return table.told(rows(runs=int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))


def _cases(root: Path, paths: Paths, project: Path) -> tuple[Case, list[Case]]:
    empty = root / "empty"
    empty.touch()
    bare = Case("python3 -I -S -c pass", [sys.executable, "-I", "-S", "-c", "pass"], 1.0, empty)
    cases = []
    for number in range(PENDING):
        put_handoff(paths, f"{SESSION[:-3]}{number:03}")
    for kind, size in TRANSCRIPTS.items():
        transcript = root / f"{size}.jsonl"
        line = json.dumps({"type": "user", "message": {"role": "user", "content": "x" * 900}}) + "\n"
        transcript.write_text(line * (size // len(line) + 1))
        for message, length in MESSAGES.items():
            payload = _payload(root, transcript, project, "Stop", last_assistant_message="é" * (length // 2))
            cases.append(
                Case(
                    f"Stop, transcript {kind}, message {message}", _shim("stop"), 0.5, payload,
                    after=lambda: _take_checkpoint(paths),
                )
            )  # fmt: skip
        payload = _payload(root, transcript, project, "SessionStart", source="startup")
        cases.append(
            Case(
                f"SessionStart, {PENDING} pending, transcript {kind}", _shim("session-start"), 4.0, payload,
                b"additionalContext", after=lambda: _put_back(paths),
            )
        )  # fmt: skip
        payload = _payload(root, transcript, project, "", workspace={"current_dir": str(project)})
        cases.append(
            Case(
                f"statusline, {PENDING} pending, transcript {kind}", _status_line(), 30.0, payload,
                f"{PENDING} pending".encode(), is_ms=True,
            )
        )  # fmt: skip
    return bare, cases


def _payload(root: Path, transcript: Path, project: Path, event: str, **more: object) -> Path:
    data = {
        "session_id": SESSION, "transcript_path": str(transcript), "cwd": str(project), "hook_event_name": event, **more
    }  # fmt: skip
    path = root / f"payload-{len(list(root.glob('payload-*')))}.json"
    path.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _shim(name: str) -> list[str]:
    return ["/bin/sh", os.path.join(bundled("hooks"), name)]


def _status_line() -> list[str]:
    """Return the shim's command where there is a shim, else what it runs."""
    shim = _shim("statusline")
    return shim if os.path.exists(shim[1]) else [sys.executable, "-I", "-S", "-c", STATUS_LINE, LIBRARY]


def _take_checkpoint(paths: Paths) -> None:
    """Delete the checkpoint that a Stop hook must have left."""
    (left,) = os.listdir(paths.checkpoints)
    os.unlink(os.path.join(paths.checkpoints, left))


def _put_back(paths: Paths) -> None:
    """Make what a session was shown wait again."""
    for name in os.listdir(paths.inbox_seen):
        os.rename(os.path.join(paths.inbox_seen, name), os.path.join(paths.inbox_new, name))


if __name__ == "__main__":
    sys.exit(main())
