"""How fast redaction is, on every kind of text: `python -m tests.bench.redact`.

CPU time of this process, the best of a few runs, so that a busy machine hardly matters. Beside each figure stands
what one simple `re` scan of the same text takes: a limit that no redactor in Python can come near.
"""

import base64
import inspect
import json
import os
import pydoc_data.topics
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from spread.redact import Redactor
from tests.bench import table
from tests.bench.table import Row

AIM = 5.0  # MB/s
RUNS = 3
OF_KEYS = "nearly every line has a secret-like name, so that each value is judged on its own"
_SIMPLE = re.compile(r"(?:password|token)\s*=\s*\S+")


def code(size: int) -> str:
    """The standard library's own modules."""
    texts: list[str] = []
    for path in sorted(Path(inspect.getfile(os)).parent.glob("*.py")):
        texts.append(path.read_text(encoding="utf-8", errors="replace"))
        if sum(map(len, texts)) >= size:
            break
    return "\n".join(texts)[:size]


def commits(size: int) -> str:
    """A log in which every line names a commit, a tree or a blob."""
    rng = random.Random(1)
    lines = [
        f"commit {rng.randbytes(20).hex()}\ntree {rng.randbytes(20).hex()}\n"
        f"    core: say why number {n} fails\n\nindex {rng.randbytes(4).hex()}..{rng.randbytes(4).hex()} 100644\n"
        for n in range(size // 150)
    ]
    return "".join(lines)


def ids(size: int) -> str:
    """A service's log: a UUID and a trace on each line."""
    rng = random.Random(2)
    lines = []
    for n in range(size // 160):
        digits = rng.randbytes(16).hex()
        uuid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        lines.append(
            f"2026-03-01T10:{n % 60:02}:07.123Z INFO request_id={uuid} trace={rng.randbytes(16).hex()} "
            f"GET /v1/items/{n} 200 in {n % 97} ms\n"
        )
    return "".join(lines)


def lock_file(size: int) -> str:
    """A `package-lock.json`: half of it hashes."""
    rng = random.Random(3)
    packages = {
        f"node_modules/js-tokens-{n}": {
            "version": f"{rng.randrange(20)}.{rng.randrange(20)}.{n}",
            "resolved": f"https://registry.npmjs.org/p-{n}/-/p-{n}-1.0.0.tgz",
            "integrity": "sha512-" + base64.b64encode(rng.randbytes(64)).decode(),
            "dependencies": {"js-tokens": "^4.0.0", "passport": ">=0.6 <1"},
        }
        for n in range(size // 330)
    }
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


def minified(size: int) -> str:
    """One line of packed script."""
    rng = random.Random(4)
    letters = "abcdefghijklmnopqrstuvwxyz"
    forms = (
        "function {0}({1},{2}){{return {1}.{2}({0})}}",
        "var {0}={1}.{2}||{{}},{1}={2}[{3}];",
        '{0}.{1}=function({2}){{"use strict";return {2}?{0}(e({3})):null}},',
        "if({0}&&{1}!=={2}.key){{{0}.token={1};break}}",
        'e.exports={{type:"{0}{1}",value:{2}.{0},index:{3}}};',
    )
    pieces = [
        rng.choice(forms).format(*(rng.choice(letters) + rng.choice(letters) for _ in range(3)), n)
        for n in range(size // 42)
    ]
    return "".join(pieces)[:size]


def image(size: int) -> str:
    """A picture as base64, in JSON."""
    data = base64.b64encode(random.Random(5).randbytes(size * 3 // 4)).decode()
    return json.dumps({"type": "image", "source": {"media_type": "image/png", "data": data}})


def image_lines(size: int) -> str:
    """A picture as base64 in lines of 76."""
    return base64.encodebytes(random.Random(6).randbytes(size * 3 // 4)).decode()


def prose(size: int) -> str:
    """The language's reference, as plain text."""
    text = "\n".join(pydoc_data.topics.topics.values())
    return (text * (size // len(text) + 1))[:size]


def records(size: int) -> str:
    """Lines of JSON that hold text with escapes, as a transcript does."""
    lines, source = [], code(size).split("\n")
    for n in range(0, len(source), 40):
        content = "\n".join(source[n : n + 40])
        lines.append(
            json.dumps({"type": "user", "message": {"role": "user", "content": content}, "number": n})
        )
    return "\n".join(lines)[:size]


def settings(size: int) -> str:
    """Configuration full of names that promise secrets, with values that are none."""
    lines = [
        f"service_{n}:\n  password: ${{SERVICE_{n}_PASSWORD}}\n  api_key: <your-key>\n  token_count: {n}\n"
        f'  secret_name: "service-{n}-credentials"\n  token = get_token({n})\n'
        for n in range(size // 150)
    ]
    return "".join(lines)


def secrets(size: int) -> str:
    """Every third line a secret."""
    rng = random.Random(7)
    lines = [
        f"step {n} of the deploy\nAPI_{n}_TOKEN={base64.b64encode(rng.randbytes(24)).decode()}\nand it went on\n"
        for n in range(size // 80)
    ]
    return "".join(lines)


KINDS: tuple[Callable[[int], str], ...] = (
    code, commits, ids, lock_file, minified, image, image_lines, prose, records, settings, secrets,
)  # fmt: skip


def spent(call: Callable[[], object], runs: int = RUNS) -> float:
    """Return the CPU seconds of the fastest of a few runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def speed(text: str) -> float:
    """Return how many MB of `text` are redacted in a second of CPU time."""
    return len(text) / 1e6 / spent(lambda: Redactor().text(text))


def rows(quick: bool = False) -> Iterator[Row]:
    """Measure every kind of text."""
    Redactor().text("secret sk-")  # what is compiled once does not count
    for kind in KINDS:
        text = kind(100_000 if quick else 1_000_000)
        simple = len(text) / 1e6 / spent(lambda text=text: _SIMPLE.findall(text))  # type: ignore[misc]
        target = None if kind is secrets else AIM
        yield Row(
            f"redact, {kind.__name__}",
            "MB/s",
            speed(text),
            simple,
            "one scan",
            target,
            least=True,
            why=OF_KEYS,
        )


if __name__ == "__main__":
    sys.exit(table.told(rows()))
