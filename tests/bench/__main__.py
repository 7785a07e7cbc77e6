"""All we measure, against the best we know, in one table.

    python -m tests.bench [GROUP ...] [--quick] [--json FILE] [--add FILE] [--markdown FILE] [--readme]

Each figure stands beside its limit (what cannot be gone beyond on this machine, measured in the same run) and beside
others that do the same, where they are installed: `python -m tests.bench.peers install`. Everything runs in a network
of its own that has loopback only, where the system can make one; else the others are left out. A figure that misses
its target is reported as missed. Exit 1 if one is.
"""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.bench import peers, table
from tests.bench.table import Result, Row

ROOT: Final = Path(__file__).parents[2]
GROUPS: Final = {
    "startup": "how long each command takes to start",
    "hooks": "what a person waits for in Claude Code",
    "distill": "transcripts read and boiled down",
    "redact": "secrets taken out",
    "protocol": "sealing, handshakes, pairing",
    "share": "one hand-over by code, processes' start included",
    "turn": "from a finished turn to the other machine's inbox",
    "engine": "the engine: idle, start, first session",
    "growth": "more files, more peers",
    "relay": "what a relay holds and carries",
    "relay_redis": "two relays on one Redis",
    "client": "what our hooks cost the real client",
}


def rows_of(group: str, quick: bool) -> Iterator[Row]:
    """Measure one group.

    Raises:
        peers.Unavailable: It cannot be measured here.
    """
    found: Iterator[Row] = importlib.import_module(f"tests.bench.{group}").rows(quick)
    yield from found


def measure(groups: list[str], quick: bool, result: Result, each: Callable[[], None] = lambda: None) -> bool:
    """Measure, print, and add to a result; tell whether every group came to its end.

    Args:
        each: Called after each group.
    """
    good = True
    for group in groups:
        print(f"\n{group}: {GROUPS[group]}")
        result.left_out.pop(group, None)
        result.groups[group] = []
        try:
            table.show(rows_of(group, quick), result.groups[group])
        except peers.Unavailable as problem:
            result.left_out[group] = str(problem)
            print(f"left out: {problem}")
        except Exception:  # the others can be measured all the same
            traceback.print_exc()
            result.left_out[f"the rest of {group}"] = "it failed"
            good = False
        each()
    return good


def write(result: Result, asked: argparse.Namespace) -> None:
    """Write what there is so far to where it is asked for."""
    result.groups = {name: result.groups[name] for name in GROUPS if result.groups.get(name)}
    if asked.json:
        asked.json.write_text(result.as_json(), encoding="utf-8")
    if asked.markdown:
        asked.markdown.write_text(result.as_markdown(), encoding="utf-8")
    if asked.readme:
        readme = ROOT / "README.md"
        text = table.put_between(readme.read_text(encoding="utf-8"), result.as_markdown())
        readme.write_text(text, encoding="utf-8")


def main() -> int:
    """Measure what is asked for and write it down."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS) + "; all without")
    parser.add_argument(
        "--quick", action="store_true", help="fewer runs and smaller files: a look, no figures"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--add", type=Path, metavar="FILE", help="JSON of an earlier run, for the other groups"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    asked = parser.parse_args()
    for group in asked.groups:
        if group not in GROUPS:
            parser.error(f"no such group: {group}")
    peers.enter_own_network()
    os.environ["SPREAD_INTERFACES"] = "127.0.0.1"
    result = table.read(asked.add) if asked.add else Result()
    result.left_out |= peers.left_out()
    good = measure(asked.groups or list(GROUPS), asked.quick, result, lambda: write(result, asked))
    return 1 if not good or any(table.missed(rows) for rows in result.groups.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
