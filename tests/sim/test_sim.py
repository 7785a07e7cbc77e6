"""Machines, a relay and everything that may happen to them: what was accepted arrives once, and only where it may."""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from spread import (
    engine_debts,
    intake,
    paths,
    peers,
    plan,
    rules,
    sequences,
    store,
    store_inbox,
    store_ledger,
    store_receipts,
)
from tests.sim.model import Op
from tests.sim.run import STEPS_EACH, shrink, simulate

STEPS: Final = int(os.environ.get("SPREAD_SIM_STEPS", "20000"))
FIRST: Final = int(os.environ.get("SPREAD_SIM_SEED", "0"))
NOTICED_WITHIN: Final = 40  # simulations


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(60 + STEPS // 10)  # a minute or two of work, which may have to wait for its turn
def test_nothing_is_lost_doubled_or_astray() -> None:
    """A failure is told with its seed and the fewest operations that still lead to it."""
    for seed in range(FIRST, FIRST + -(-STEPS // STEPS_EACH)):
        ops, problem = simulate(seed)
        if problem:
            fewest, told = shrink(seed, ops)
            pytest.fail("\n".join([f"seed {seed}: {problem}", f"shrunk: {told}", *map(str, fewest)]))


# -- what once did not hold --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "ops"),
    [
        # it dies between a debt and the end of the older one; the receipt for the older one names the newer
        (20261530, [
            ("engine", 0, 1, 721841), ("turn", 0, 2, 359970), ("take", 0, 1, 200038), ("crash", 0, 1, 159109),
            ("turn", 0, 2, 654648), ("take", 0, 1, 322499), ("engine", 1, 0, 453244), ("restart", 0, 1, 129873),
            ("engine", 0, 2, 83170), ("fate", 0, 1, 402390), ("engine", 1, 0, 932021), ("fate", 1, 0, 646421),
            ("engine", 0, 1, 983664), ("look", 1, 0, 453476),
        ]),
        # it dies at the last step of taking a turn, unpairs, and is paired again: what was owed is not any more
        (20263002, [
            ("turn", 1, 0, 958637), ("turn", 1, 0, 71688), ("engine", 1, 0, 581042), ("take", 1, 0, 565955),
            ("engine", 1, 0, 965386), ("engine", 0, 1, 577783), ("fate", 1, 0, 266907), ("take", 1, 0, 450168),
            ("turn", 1, 0, 758021), ("engine", 1, 0, 115020), ("fill", 1, 0, 449283), ("fate", 1, 0, 508274),
            ("unpair", 1, 0, 423807), ("engine", 0, 1, 554683), ("free", 1, 0, 207538), ("crash", 1, 0, 159469),
            ("fate", 0, 1, 201074), ("take", 1, 0, 666233), ("restart", 1, 0, 232060), ("pair", 1, 0, 574873),
        ]),
        # it dies between a file of the inbox and the ledger; somebody sends an older revision again
        (77001117, [
            ('cut', 0, 1, 582164), ('offline', 1, 0, 634763), ('engine', 0, 1, 140363), ('turn', 0, 1, 405826),
            ('take', 0, 1, 431368), ('turn', 0, 1, 832579), ('engine', 0, 1, 503302), ('mend', 0, 1, 606303),
            ('engine', 0, 1, 105807), ('take', 0, 1, 867792), ('cut', 1, 0, 104825), ('fate', 0, 1, 492587),
            ('crash', 1, 0, 639947), ('fate', 0, 1, 843542), ('engine', 0, 1, 459469), ('unpair', 0, 1, 514094),
            ('fate', 0, 1, 209198), ('engine', 0, 1, 465148), ('engine', 1, 0, 316696),
            ('online', 1, 0, 380696), ('engine', 1, 0, 703314), ('look', 1, 0, 867334), ('again', 0, 1, 471472),
            ('restart', 1, 0, 566872), ('engine', 1, 0, 95941),
        ]),
        # a farewell is the last thing on its way, and comes to a relay after its peer has had its last turn
        (9000910, [
            ("cut", 0, 1, 368238), ("engine", 1, 0, 980601), ("unpair", 1, 0, 480424), ("engine", 1, 2, 739195),
        ]),
    ],
    ids=["older_debt_left", "paired_again_after_a_death", "older_replayed_after_a_death", "farewell_comes_last"],
)  # fmt: skip
def test_what_once_did_not_hold(seed: int, ops: list[Op]) -> None:
    """What a simulation found stays mended."""
    assert simulate(seed, ops)[1] == ""


# -- what is broken is noticed -----------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def _forget_what_came(patch: Patch) -> None:
    patch.setattr(store_ledger, "load", lambda paths, peer: {})
    # else what still lies in the inbox tells nearly the same
    patch.setattr(store_inbox, "_is_replaced", lambda paths, item: False)


def _pay_without_a_receipt(patch: Patch) -> None:
    whole = engine_debts.Debts._put

    async def put(self: engine_debts.Debts, send: plan.Send) -> None:
        await whole(self, send)
        session, _, revision = send.debt.name.removesuffix(store.SUFFIX).rpartition(".")
        store.settle(self.paths, send.debt.peer, session, int(revision) if revision.isdigit() else 0)

    patch.setattr(engine_debts.Debts, "_put", put)


def _never_try_again(patch: Patch) -> None:
    whole = plan.plan

    def once(debts: Any, routes: Any, tried: Any, *more: Any) -> plan.Plan:
        return whole([debt for debt in debts if not any(key[:2] == (debt.peer, debt.name) for key in tried)],
                     routes, tried, *more)  # fmt: skip

    patch.setattr(plan, "plan", once)


def _write_in_place(patch: Patch) -> None:
    def write(path: str, data: bytes) -> None:
        spread_os: Any = vars(paths)["os"]  # as it is while a simulation runs
        handle = spread_os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            spread_os.write(handle, data)
        finally:
            os.close(handle)

    for module in (store, store_inbox, store_ledger, store_receipts, peers, intake):
        patch.setattr(module, "write_atomic", write)


def _leave_half_files(patch: Patch) -> None:
    patch.setattr("spread.engine_lock.sweep", lambda paths: None)


def _owe_to_anybody(patch: Patch) -> None:
    patch.setattr(rules.Rules, "entitled", lambda self, known, project: list(known.values()))


def _acknowledge_what_cannot_be_kept(patch: Patch) -> None:
    whole = store_inbox.accept

    def accept(*arguments: Any, **named: Any) -> bool:
        with contextlib.suppress(OSError):
            return whole(*arguments, **named)
        return False

    patch.setattr(store_inbox, "accept", accept)
    patch.setattr(store_receipts, "put", _unaffected(store_receipts.put))
    patch.setattr(sequences, "came", _unaffected(sequences.came))


def _unaffected(write: Callable[..., None]) -> Callable[..., None]:
    """Return what writes although the disk is full."""

    def call(home: Any, *arguments: Any) -> None:
        world = vars(store)["os"]._world
        world.here.full, was = False, world.here.full
        try:
            write(home, *arguments)
        finally:
            world.here.full = was

    return call


@pytest.mark.parametrize(
    "break_it",
    [
        _forget_what_came, _pay_without_a_receipt, _never_try_again, _write_in_place, _leave_half_files,
        _owe_to_anybody, _acknowledge_what_cannot_be_kept,
    ],
    ids=lambda broken: broken.__name__.strip("_"),
)  # fmt: skip
def test_what_is_broken_is_noticed(monkeypatch: Patch, break_it: Callable[[Patch], None]) -> None:
    """A simulation that finds nothing proves nothing; each of these does some harm, and soon."""
    break_it(monkeypatch)
    assert any(simulate(seed)[1] for seed in range(NOTICED_WITHIN))


def test_a_failure_is_made_smaller(monkeypatch: Patch) -> None:
    """What is left still fails; with a single operation less it does not."""
    _pay_without_a_receipt(monkeypatch)
    seed, ops = next((seed, ops) for seed in range(NOTICED_WITHIN) for ops, told in [simulate(seed)] if told)
    fewest, told = shrink(seed, ops)
    assert told
    assert len(fewest) < 20
    assert not any(simulate(seed, fewest[:at] + fewest[at + 1 :])[1] for at in range(len(fewest)))


def test_the_reference_is_short() -> None:
    """What must hold can be read in one go."""
    assert len(Path(__file__).with_name("reference.py").read_text().splitlines()) <= 80
