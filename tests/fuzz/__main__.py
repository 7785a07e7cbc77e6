"""Search all parsers, or some, for input that breaks them; exit 1 if there is any."""

import argparse
import logging
import sys
import time
from pathlib import Path

from tests.fuzz import file_targets, protocol_targets
from tests.fuzz.target import Search

SLICE_S = 2.0  # of CPU, before the next target has its turn
SLOW_SLICE_S = 0.5  # for targets that are slow: a total of inputs is then reached sooner
SLOW_PER_S = 6_000


def main() -> int:
    """Run; with --seconds every target gets that much CPU time."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, help="CPU time for each target (default: 5)")
    parser.add_argument("--inputs", type=int, help="stop after so many inputs over all targets")
    parser.add_argument("--seed", type=int, default=0, help="another seed is another search")
    parser.add_argument("--save", type=Path, help="folder for inputs that break something")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all")
    options = parser.parse_args()
    logging.disable()  # what is passed over is logged, millions of times here
    home = file_targets.Home()
    try:
        known = {each.name: each for each in (*protocol_targets.targets(), *file_targets.targets(home))}
        unknown = set(options.targets) - set(known)
        if unknown:
            parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return _run([Search(known[name], options.seed) for name in options.targets or known], options)
    finally:
        home.close()


def _run(searches: list[Search], options: argparse.Namespace) -> int:
    seconds = options.seconds if options.seconds or options.inputs else 5.0
    begin = time.time()
    while True:
        for search in searches:
            slow = search.found.inputs < SLOW_PER_S * search.found.cpu_s
            left = SLOW_SLICE_S if slow and options.inputs else SLICE_S
            left = left if not seconds else min(left, seconds - search.found.cpu_s)
            inputs = sys.maxsize
            if options.inputs:
                turn = 1 + options.inputs // (4 * len(searches))  # a small number is for all targets too
                inputs = min(turn, options.inputs - sum(each.found.inputs for each in searches))
            if inputs > 0 and left > 0:
                search.rebase()
                search.go(inputs, left)
                search.measure()
        total = sum(each.found.inputs for each in searches)
        in_time = seconds is None or any(each.found.cpu_s < seconds for each in searches)
        if (options.inputs and total >= options.inputs) or not in_time:
            break
    for search in searches:
        print(search.found.line())
    print(
        f"{total:,} inputs in {sum(each.found.cpu_s for each in searches):,.0f} s of CPU, {time.time() - begin:,.0f} s"
    )
    return _report(searches, options.save)


def _report(searches: list[Search], folder: Path | None) -> int:
    for search in searches:
        for number, (what, data) in enumerate(search.found.failures.items()):
            print(f"{search.found.name}: {what}\n    {data[:300]!r}")
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{search.found.name}-{number}").write_bytes(data)
        if folder is not None and not search.found.is_good and search.found.slowest:
            (folder / f"{search.found.name}-slowest").write_bytes(search.found.slowest)
    return 0 if all(search.found.is_good for search in searches) else 1


if __name__ == "__main__":
    sys.exit(main())
