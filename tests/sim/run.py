"""Run many simulations; a run that fails is made smaller and told. `python -m tests.sim.run STEPS [SEED] [--cheap]`."""

import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

from spread.commands import terminal
from tests.sim.ground import World, install
from tests.sim.model import Op, Simulation

STEPS_EACH = 400
CHECK_EACH = 20


def simulate(seed: int, ops: list[Op] | None = None, *, cheap: bool = False) -> tuple[list[Op], str]:
    """Run one simulation; return what was done, and what did not hold ("" if all did)."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="spread-sim-", dir=shm if shm.is_dir() else None))
    done: list[Op] = []
    with pytest.MonkeyPatch.context() as patch:
        world = World()
        install(patch, world, cheap=cheap)
        patch.setattr(terminal, "result", lambda text: None)
        try:
            simulation = Simulation(folder, seed, world)
            for number in range(STEPS_EACH if ops is None else len(ops)):
                op = simulation.choose() if ops is None else ops[number]
                done.append(op)
                simulation.do(op)
                if ops is not None or number % CHECK_EACH == 0:
                    simulation.check()
            simulation.heal()
        except Exception as problem:
            trace = problem.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
            return done, f"{type(problem).__name__}: {problem} ({where})"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return done, ""


def shrink(seed: int, ops: list[Op], *, cheap: bool = False) -> tuple[list[Op], str]:
    """Leave out operations for as long as something still does not hold."""
    told = simulate(seed, ops, cheap=cheap)[1]
    size = len(ops) // 2
    while size and told:
        at = 0
        while at < len(ops):
            fewer = ops[:at] + ops[at + size :]
            problem = simulate(seed, fewer, cheap=cheap)[1]
            if problem:
                ops, told = fewer, problem
            else:
                at += size
        size //= 2
    return ops, told


def main() -> int:
    steps, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    logging.disable(logging.CRITICAL)
    cheap, began, failed = "--cheap" in sys.argv, time.process_time(), 0
    for seed in range(first, first + -(-steps // STEPS_EACH)):
        ops, problem = simulate(seed, cheap=cheap)
        if problem:
            failed += 1
            print(f"seed {seed}: {problem}", flush=True)
            if "--shrink" in sys.argv:
                for op in (smaller := shrink(seed, ops, cheap=cheap))[0]:
                    print("   ", op)
                print("   ", smaller[1], flush=True)
        if (seed + 1) % 100 == 0:
            print(f"{(seed + 1 - first) * STEPS_EACH} steps, {time.process_time() - began:.0f} s", flush=True)
    print(f"{steps} steps from seed {first}, {failed} failed, {time.process_time() - began:.0f} s of CPU")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
