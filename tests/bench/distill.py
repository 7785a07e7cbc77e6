"""How fast transcripts are distilled, against `json.loads` over every line of the same file in the same run.

    python -m tests.bench.distill [DIR] [--mb 10 100] [--runs 5] [--only NAME]

DIR holds real transcripts (*.jsonl); without it, one is made up. Files of the sizes asked for are made of their lines:
of each transcript alone, again and again as one long session, and of all of them, as one session and as many.
Copies get uuids and call ids of their own, so that no line is a repetition. CPU time, median of the runs.
"""

import argparse
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from spread.distill import distill
from spread.distillation import Distillation
from spread.errors import TranscriptError
from spread.redact import Redactor
from spread.redact_known import secrets_around
from spread.transcript import read
from tests.bench import table
from tests.bench.table import LIMIT, Row

MAX_RATIO: Final = 1.5  # times what json.loads takes
MAX_APPEND_MS: Final = 30.0
MAX_PEAK_MB: Final = 80.0
APPENDED_BYTES: Final = 50_000
MANY_COPIES: Final = 1_000_000  # no file is made of so many
OF_READING: Final = (
    "to parse a line is the smaller part; what each call did, came to and overtook is the larger"
)
OF_TURN: Final = "what the page tells is chosen anew from the whole session, however little was added"
MB: Final = 1_000_000
SIZES: Final = (10, 100)
ONE_SESSION: Final = b"5e551017-0000-4000-8000-000000000000"

_UUID: Final = re.compile(rb"\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)")
_CALL: Final = re.compile(rb"\btoolu_[0-9A-Za-z]{8}")
_SESSION: Final = re.compile(rb'(?<="sessionId":")[^"]*')
_PEAK: Final = """
import sys
from tests.bench.distill import distilled
distilled(sys.argv[1])
try:
    with open("/proc/self/status") as status:  # of this process alone; getrusage tells the parent's, too
        print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")))
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""


def distilled(path: str, state: str | None = None) -> Distillation:
    """Read, extract and redact: all that is done for a revision but for writing it down."""
    redactor = Redactor(secrets_around(os.environ, None))
    return distill(path, machine="bench", redactor=redactor, state=state)


def parsed(path: str) -> None:
    with open(path, "rb") as file:
        for line in file:
            try:
                json.loads(line)
            except ValueError:
                continue  # real files hold broken lines


def cpu(work: Callable[[], object]) -> float:
    """Return the milliseconds of CPU time that `work` takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


# -- files --------------------------------------------------------------------


def copies(sources: list[bytes], session: bytes, after: int = 0) -> Iterator[bytes]:
    """Yield the transcripts over and over, each copy with ids of its own; as one session when it has a name.

    Args:
        after: So many copies were made before, whose ids these do not have.
    """
    for number, source in enumerate(itertools.cycle(sources), after + 1):
        mark = b"%08x" % (number * 2_654_435_761 % 2**32)
        made = _UUID.sub(_other(int(mark, 16)), source)
        made = _CALL.sub(rb"\g<0>" + mark, made)
        yield _SESSION.sub(session, made) if session else made


def _other(number: int) -> Callable[[re.Match[bytes]], bytes]:
    return lambda found: b"%08x" % (int(found[0], 16) ^ number)


def made_up(prompts: int = 40) -> bytes:
    """Return a transcript as the client writes it: prompts, answers, tool calls and their results."""
    rng = random.Random(1)
    words = (Path(__file__).parents[2] / "RELAY_SERVER_SPEC.md").read_text(encoding="utf-8").split()
    out: list[bytes] = []

    def text(size: int) -> str:
        at = rng.randrange(len(words) - size)
        return " ".join(words[at : at + size])

    def add(kind: str, content: object, **more: object) -> None:
        ids = {"uuid": str(uuid.UUID(int=rng.getrandbits(128))), "sessionId": ONE_SESSION.decode()}
        message = {
            "role": kind,
            "content": content,
            **({"id": f"msg_{len(out)}"} if kind == "assistant" else {}),
        }
        at = f"2026-03-01T{len(out) // 3600 % 24:02}:{len(out) // 60 % 60:02}:{len(out) % 60:02}.000Z"
        line = {
            "type": kind,
            "message": message,
            "timestamp": at,
            "cwd": "/home/dev/parser",
            "version": "2.1.330",
        }
        out.append(json.dumps({**line, **ids, "parentUuid": None, **more}).encode() + b"\n")

    for number in range(prompts):
        add("user", f"Let it parse weeks, part {number}: {text(40)}", promptSource="sdk")
        for step in range(rng.randrange(3, 12)):
            call, path = f"toolu_{rng.getrandbits(64):016x}", f"/home/dev/parser/weeks_{step}.py"
            name, given = rng.choice([
                ("Read", {"file_path": path}),
                ("Edit", {"file_path": path, "old_string": text(30), "new_string": text(40)}),
                ("Bash", {"command": "pytest -q", "description": text(5)}),
            ])  # fmt: skip
            add("assistant", [{"type": "tool_use", "id": call, "name": name, "input": given}])
            said = text(rng.randrange(20, 1500))
            add("user", [{"type": "tool_result", "tool_use_id": call, "content": said}])
        add("assistant", [{"type": "text", "text": f"It parses them now. {text(60)}"}])
    return b"".join(out)


def build(path: Path, size: int, sources: list[bytes], session: bytes) -> None:
    """Write whole lines of the copies until the file has its size."""
    left = size
    with path.open("wb") as file:
        for copy in copies(sources, session):
            for line in copy.splitlines(keepends=True):
                file.write(line)
                left -= len(line)
                if left <= 0:
                    return


def transcripts(folder: Path) -> dict[str, bytes]:
    """Return the transcripts in a folder by name; files of other agents are left out."""
    out = {}
    for path in sorted(folder.glob("*.jsonl")):
        try:
            read(str(path))
        except TranscriptError:
            continue
        out[path.stem] = path.read_bytes().rstrip(b"\n") + b"\n"
    return out


def mixes(known: dict[str, bytes]) -> dict[str, tuple[list[bytes], bytes]]:
    """Return what the files are made of: name → (transcripts, session id or empty to leave theirs)."""
    return {
        "all, one session": (list(known.values()), ONE_SESSION),
        "all, many sessions": (list(known.values()), b""),
        **{name: ([data], ONE_SESSION) for name, data in known.items()},
    }


def turns_of(known: dict[str, bytes], size: int, session: bytes) -> Iterator[bytes]:
    """Yield whole lines of about `size` bytes, one piece after the other from the middle of the longest transcript on.

    Each has ids of its own: of a line that is there already nothing would be read.
    """
    lines = [line for line in max(known.values(), key=len).splitlines(keepends=True) if len(line) < size]
    pieces, out = list[bytes](), b""
    for line in [*lines[len(lines) // 2 :], *lines[: len(lines) // 2]]:
        out += line
        if len(out) >= size:
            pieces.append(out)
            out = b""
    return copies(pieces, session, after=MANY_COPIES)


# -- figures ------------------------------------------------------------------


def ratio(path: str, runs: int) -> tuple[float, float]:
    """Return (our time, that of json.loads), medians of runs taken in turns."""
    ours, limit = list[float](), list[float]()
    for _ in range(runs):
        limit.append(cpu(lambda: parsed(path)))
        ours.append(cpu(lambda: distilled(path)))
    return statistics.median(ours), statistics.median(limit)


def append(path: str, turns: Iterator[bytes], runs: int) -> float:
    """Return the median time of a revision after a turn was appended, each time another one."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "bench.state")
        distilled(path, state)
        for turn in itertools.islice(turns, runs):
            with open(path, "ab") as file:
                file.write(turn)
            taken.append(cpu(lambda: distilled(path, state)))
    return statistics.median(taken)


def peak(path: str) -> float:
    """Return the peak memory of a fresh process that distils the file, in MB."""
    done = subprocess.run([sys.executable, "-c", _PEAK, path], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) * 1024 / MB


def rows(
    quick: bool = False,
    folder: Path | None = None,
    sizes: Sequence[int] = SIZES,
    runs: int = 5,
    only: str = "",
) -> Iterator[Row]:
    """Measure the files made of a folder's transcripts; without one, of a transcript made here."""
    known = transcripts(folder) if folder else {"made": made_up()}
    sizes, runs = ((1,), 1) if quick else (sizes, runs)
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "bench.jsonl"
        for size in sizes:
            for name, (sources, session) in mixes(known).items():
                if only not in name or (folder is None and not name.startswith("all, one")):
                    continue
                build(path, size * MB, sources, session)
                what, turns = f"distil {size} MB, {name}", turns_of(known, APPENDED_BYTES, session)
                ours, limit = ratio(str(path), runs)
                yield Row(
                    what,
                    "MB/s",
                    size / ours * 1000,
                    size / limit * 1000,
                    "json.loads",
                    1 / MAX_RATIO,
                    LIMIT,
                    True,
                    why=OF_READING,
                )
                if name.startswith("all"):
                    yield Row(f"{what}, peak memory", "MB", peak(str(path)), target=MAX_PEAK_MB)
                    taken = append(str(path), turns, 3 * runs)
                    yield Row(f"{what}, one turn more", "ms", taken, target=MAX_APPEND_MS, why=OF_TURN)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--mb", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="files whose name holds this")
    asked = parser.parse_args()
    return table.told(rows(False, asked.folder, asked.mb, asked.runs, asked.only))


if __name__ == "__main__":
    sys.exit(main())
