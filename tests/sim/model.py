"""Machines that run the product's engine turn by turn, what may happen to them, and what must hold then."""

import contextlib
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from spread import (
    engine_lock,
    farewells,
    intake,
    peers,
    plan,
    rules,
    store,
    store_inbox,
    store_receipts,
    store_revocations,
)
from spread import identity as keys
from spread.commands import peers as commands
from spread.config import Config
from spread.distillation import Distillation
from spread.distillation_fields import ProjectRef
from spread.engine import Engine
from spread.engine_debts import Debts
from spread.engine_partings import Partings
from spread.engine_ready import Readiness
from spread.mailroom import Mailroom
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import crypto, mailbox
from tests.sim.ground import Crash, Ground, World
from tests.sim.network import URL, Flight, Network, SimCourier, drive
from tests.sim.reference import Reference

PROJECT: Final = "example.org/us/it"
Op = tuple[Any, ...]
WEIGHTS: Final = {
    "turn": 10, "take": 12, "engine": 40, "fate": 30, "look": 9, "wait": 8, "crash": 4, "restart": 8, "cut": 2,
    "mend": 4, "offline": 2, "online": 5, "clock": 2, "fill": 1, "free": 3, "unpair": 1, "pair": 2, "wipe": 1,
    "again": 4,
}  # fmt: skip
REST_S: Final = 60.0  # after everything works again; the longest wait that is left then is a peer's back-off


class SimPartings(Partings):
    """Its work is a flight, not a task."""

    machine: "Machine"

    def begin(self) -> None:
        if self.can_go_on and (self._task is None or self._task.done()):
            self._task = self.machine.fly(self._work())  # type: ignore[assignment]


class SimDebts(Debts):
    """Each sending is a flight, not a task."""

    machine: "Machine"

    def _begin(self, send: plan.Send) -> None:
        key = (send.debt.peer, send.debt.name, send.route)
        self.tried[key] = plan.started(self.tried.get(key, plan.Attempts()), self.machine.world.elapsed)
        self.machine.fly(self._send(send, key))


class SimEngine(Engine):
    """The product's engine; its loop, its threads and its network are the simulation's."""

    def __init__(self, machine: "Machine", network: Network) -> None:
        super().__init__(machine.paths, machine.config)
        engine_lock.sweep(self.paths)
        self.machine = machine
        self._report.recall({})
        self._peers = self._load_peers()
        self._mailroom = Mailroom(self.paths, machine.identity, URL)
        self.courier = self._courier = SimCourier(machine, network)
        self.debts = SimDebts(
            self.paths, self._mailroom, self._courier, self._report, self.known, self._sent
        )  # fmt: skip
        self.debts.machine = machine
        self._partings = SimPartings(self.paths, self._courier, lambda: None)
        self._partings.machine = machine
        self._readiness = Readiness(self.paths, self._courier, self._started)
        self._watch: Any = self
        self.polling = False
        self.courier.follow(self._peers)

    def known(self) -> dict[str, Peer]:
        return self._peers

    def turn(self) -> None:
        self.courier.connect()
        drive(self._turn())

    def _take(self) -> None:
        """It is an operation of its own, as the product does it in a thread."""


@dataclass
class Checkpoint:
    """What the hook left; `peers` were known all the time since it was first tried to take it."""

    session: str
    goal: str
    peers: set[str] | None = None


class Machine:
    """One machine: directories on a real disk, an engine that may die, a person that does things."""

    def __init__(self, folder: Path, name: str, world: World, network: Network, seed: int) -> None:
        self.name, self.world, self.network = name, world, network
        self.paths = Paths(folder / name)
        self.ground = Ground(seed)
        self.config = Config(name=name, relay=URL)
        self.up, self.online, self.boots = False, True, 0
        self.flights: list[Flight] = []
        self.checkpoints: list[Checkpoint] = []
        self.sessions = 0
        self.unfinished: set[int] = set()  # whom an `unpair` that failed was to part from
        self.paths.make()
        Path(self.paths.config).write_text(f'name = "{name}"\nrelay = "{URL}"\n')
        with self.acting():
            self.identity = keys.load(self.paths)
        self.start()

    @contextlib.contextmanager
    def acting(self) -> Iterator[None]:
        """Act on this machine; if it dies of it, all its processes do."""
        before, self.world.here = self.world.here, self.ground
        try:
            yield
        except Crash:
            self.die()
            raise
        finally:
            self.world.here = before

    def die(self) -> None:
        """Nothing is left but the directories, and what is on its way."""
        self.up = False
        self.ground.dead = True
        for flight in self.flights:
            flight.end()
        self.flights.clear()

    def start(self) -> None:
        """Start the engine, unless it runs."""
        if self.up:
            return
        self.ground.dead, self.ground.fuse = False, None
        self.boots += 1
        self.ground.pid = 2**30 + self.boots  # of no process here
        with self.acting():
            self.engine = SimEngine(self, self.network)
            self.up = True

    def fly(self, work: Any) -> Flight:
        flight = Flight(work)
        if not flight.done():
            self.flights.append(flight)
        return flight

    def hang_up(self) -> None:
        for link in self.engine.courier.links.values():
            link.connection = None

    def push(self, mail: list[Any]) -> None:
        """The relay sends on what has come, if our mailbox is open there."""
        link = self.engine.courier.links.get(URL)
        if self.up and link is not None and link.connection is not None and link.ours:
            link.connection.push(mail)  # type: ignore[attr-defined]

    def peers(self) -> dict[str, Peer]:
        return peers.load_all(self.paths)


class Simulation:
    """A few machines and a relay. Every operation is plain data, so that a run can be repeated and made smaller."""

    def __init__(self, folder: Path, seed: int, world: World) -> None:
        self.random = random.Random(seed)
        self.world = world
        self.network = Network(seed)
        self.reference = Reference()
        self.goals = 0
        self.unheard: set[tuple[str, str]] = set()
        names = [f"m{number}" for number in range(2 + seed % 3)]
        for number, name in enumerate(names):
            machine = Machine(folder, name, world, self.network, seed * 10 + number)
            self.network.machines.append(machine)
        self.machines = self.network.machines
        self.mates = {frozenset(names[-2:])} if seed % 3 and seed % 5 == 0 else set()  # not of one person
        for one in range(len(names)):
            for other in range(one):
                self.pair(one, other)

    def choose(self) -> Op:
        """Return something that may happen now."""
        kind = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        one, other = self.random.sample(range(len(self.machines)), 2)
        number = self.random.randrange(10**6)
        return (kind, one, other, number)

    def do(self, op: Op) -> None:
        """Let it happen; a machine that dies of it is dead."""
        kind, one, other, number = op
        with contextlib.suppress(Crash):
            getattr(self, kind)(one, other, number)

    # -- what may happen -----------------------------------------------------------------------------------

    def turn(self, one: int, other: int, number: int) -> None:
        """A session ends a turn: its hook leaves a checkpoint."""
        machine = self.machines[one]
        if number % 4 == 0 or not machine.sessions:
            machine.sessions += 1
        session = f"{machine.name}-{1 + number % machine.sessions}"
        self.goals += 1
        machine.checkpoints.append(Checkpoint(session, f"goal-{self.goals}"))

    def take(self, one: int, other: int, number: int) -> None:
        """The engine takes a checkpoint, as `intake` does once it has distilled."""
        machine = self.machines[one]
        if not machine.up or not machine.checkpoints:
            return
        with machine.acting():
            checkpoint = machine.checkpoints[0]
            to = [peer.name for peer in rules.load(machine.paths).entitled(machine.engine.known(), PROJECT)]
            assert not self.mates & {frozenset((machine.name, name)) for name in to}, "owed to a teammate"
            checkpoint.peers = set(to) & (set(to) if checkpoint.peers is None else checkpoint.peers)
            self.reference.began(machine.name, checkpoint.session, checkpoint.goal, to)
            made = Distillation(
                id="x.1", session_id="x", revision=1, goal=checkpoint.goal, project=ProjectRef(id=PROJECT)
            )
            source = intake.Checkpoint("", checkpoint.session, "", "", None, 0.0)
            try:
                intake._number(machine.paths, source, made, to, False)
            except OSError:  # it stays, and is taken later
                return
        machine.checkpoints.pop(0)
        known = machine.peers()
        to = [name for name in checkpoint.peers if name in known and not known[name].gone]
        self.reference.accepted(machine.name, checkpoint.session, checkpoint.goal, to)

    def engine(self, one: int, other: int, number: int) -> None:
        """The engine has one of its turns."""
        machine = self.machines[one]
        if machine.up:
            try:
                with machine.acting(), contextlib.suppress(OSError):
                    machine.engine.turn()
            finally:
                self.world.elapsed += 0.01
                self.note_partings(machine)

    def note_partings(self, machine: Machine) -> None:
        for name, peer in machine.peers().items():
            if peer.gone:
                self.parted(machine, name)

    def parted(self, machine: Machine, name: str) -> None:
        """It owes this peer nothing more.

        A checkpoint that it died of may have been taken but for the last step, and is then not owed again: not to who
        is paired anew meanwhile, either.
        """
        self.reference.parted(machine.name, name)
        for checkpoint in machine.checkpoints:
            if checkpoint.peers is not None:
                checkpoint.peers.discard(name)

    def fate(self, one: int, other: int, number: int) -> None:
        """Some of what is under way comes to its end: well, or not."""
        machine = self.machines[one]
        for each in (number, *(() if number % 3 else (number // 2, number // 3))):
            self.land(machine, each)

    def land(self, machine: Machine, number: int) -> None:
        if machine.flights:
            flight = machine.flights.pop(number % len(machine.flights))
            with machine.acting():
                flight.go(("lost", "unheard", *["well"] * 8)[number // 1000 % 10])
            if not flight.done() and machine.up:
                machine.flights.append(flight)

    def again(self, one: int, other: int, number: int) -> None:
        """Somebody on the way sends again what he saw."""
        if self.network.past:
            route, letter = self.network.past[number % len(self.network.past)]
            if route == "relay" or self.network.owner(letter.mailbox).up:
                with contextlib.suppress(Exception):
                    self.network.put(letter, route)

    def look(self, one: int, other: int, number: int) -> None:
        """A session begins and is shown what is new: what the index names, as the hook does it."""
        machine = self.machines[one]
        listed = store_inbox.index(machine.paths)
        for item in store.received(machine.paths):
            if not item.seen and os.path.basename(item.path) in listed:
                goal = store.read(item).goal
                os.replace(item.path, os.path.join(machine.paths.inbox_seen, os.path.basename(item.path)))
                self.reference.show(item.peer, machine.name, item.session, goal)

    def wait(self, one: int, other: int, number: int) -> None:
        self.world.elapsed += (0.3, 1.0, 5.0, 60.0, 600.0)[number % 5]

    def crash(self, one: int, other: int, number: int) -> None:
        """It dies at once, or at one of its next changes of the disk."""
        machine = self.machines[one]
        if number % 3 == 0:
            machine.die()
        else:
            machine.ground.fuse = number % 25

    def restart(self, one: int, other: int, number: int) -> None:
        machine = self.machines[one]
        if machine.up and number % 4 == 0:
            machine.die()
        if not machine.up:
            machine.start()
            self.check_whole(machine)
            self.finish(one)

    def finish(self, one: int) -> None:
        """A person says again what did not work."""
        for other in list(self.machines[one].unfinished):
            self.unpair(one, other, 0)

    def cut(self, one: int, other: int, number: int) -> None:
        self.network.cut.add(frozenset((self.machines[one].name, self.machines[other].name)))

    def mend(self, one: int, other: int, number: int) -> None:
        self.network.cut.discard(frozenset((self.machines[one].name, self.machines[other].name)))

    def offline(self, one: int, other: int, number: int) -> None:
        self.machines[one].online = False
        self.machines[one].hang_up()

    def online(self, one: int, other: int, number: int) -> None:
        self.machines[one].online = True

    def clock(self, one: int, other: int, number: int) -> None:
        """The wall clock is set, by up to two days."""
        self.machines[one].ground.offset = ((number % 4001) - 2000) * 86.4

    def fill(self, one: int, other: int, number: int) -> None:
        self.machines[one].ground.full = True

    def free(self, one: int, other: int, number: int) -> None:
        self.machines[one].ground.full = False

    def wipe(self, one: int, other: int, number: int) -> None:
        self.network.wipe()

    def unpair(self, one: int, other: int, number: int) -> None:
        """`spread unpair`; a person says it again if it did not work."""
        machine, name = self.machines[one], self.machines[other].name
        if not machine.up or name not in machine.peers():
            return
        try:
            with machine.acting(), contextlib.suppress(OSError):
                commands.unpair(machine.paths, name)
        finally:
            if name in machine.peers():
                machine.unfinished.add(other)
            else:
                machine.unfinished.discard(other)
                self.parted(machine, name)

    def pair(self, one: int, other: int, number: int = 0) -> None:
        """`spread pair` on both, until it works on both."""
        first, second = self.machines[one], self.machines[other]
        if not (first.up and second.up):
            return
        seeds = {machine.name: crypto.digest("seed", os.urandom(32))[:32] for machine in (first, second)}
        contacts = {}
        for machine in (first, second):
            machine.ground.full, machine.ground.fuse = False, None
            with machine.acting():
                key = keys.current_prekey(machine.paths, machine.identity, self.world.wall)
            contacts[machine.name] = key.prekey.to_dict()
        for here, there in ((first, second), (second, first)):
            peer = Peer(
                name=there.name, identity=there.identity.public, mailbox=there.identity.mailbox,
                writer_seed=seeds[there.name],
                grant=mailbox.grant(there.identity.mailbox_seed, crypto.public_key(seeds[there.name])),
                granted=crypto.public_key(seeds[here.name]), prekey=contacts[there.name], relay=URL, our_relay=URL,
                teammate=frozenset((here.name, there.name)) in self.mates,
            )  # fmt: skip
            with here.acting():
                peers.add(here.paths, peer)
            here.unfinished.discard(self.machines.index(there))

    # -- what must hold ------------------------------------------------------------------------------------

    def check_whole(self, machine: Machine) -> None:
        """No half file is left once the engine has started again."""
        left = [str(path) for path in Path(machine.paths.home).rglob(".*.tmp")]
        assert not left, f"half files: {left}"
        for item in store.received(machine.paths):
            store.read(item)

    def check(self) -> None:
        """See that nothing is forgotten."""
        self.reference.check_known(self.held(), self.debts())

    def held(self) -> set[tuple[str, str, str]]:
        return {
            (item.peer, machine.name, store.read(item).goal)
            for machine in self.machines for item in store.received(machine.paths)
        }  # fmt: skip

    def debts(self) -> set[tuple[str, str, str]]:
        found = set()
        for machine in self.machines:
            known = machine.peers()
            for debt in store.owed(machine.paths):
                content = store.read_owed(machine.paths, debt)
                is_peer = debt.peer in known and not known[debt.peer].gone
                if content is not None and is_peer and (machine.name, debt.peer) not in self.unheard:
                    goal = Distillation.from_markdown(content.decode()).goal
                    found.add((machine.name, debt.peer, goal))
        return found

    def heal(self) -> None:
        """Everything works again; see that all come to rest, and everybody has everything."""
        self.network.cut.clear()
        healed = self.world.elapsed
        self.unheard = self.find_unheard()
        for machine in self.machines:
            machine.online, machine.ground.full, machine.ground.fuse = True, False, None
            machine.start()
            self.check_whole(machine)
        for number in range(len(self.machines)):
            self.finish(number)
        for rounds in range(80):
            for number, machine in enumerate(self.machines):
                while machine.checkpoints:
                    self.take(number, 0, 0)
                for _ in range(3):
                    self.engine(number, 0, 0)
                    for _ in range(2000):
                        if not machine.flights:
                            break
                        self.fate(number, 0, 9000)
            self.unheard = self.find_unheard()
            if self.is_at_rest():
                break
            self.world.elapsed += min(2.0**rounds, 7 * 3600.0)
        for number in range(len(self.machines)):
            self.look(number, 0, 0)
        for one, other in self.unheard:
            self.reference.parted(one, other)
        for machine in self.machines:
            assert not os.listdir(machine.paths.inbox_new), "there is something that was not shown"
        self.reference.check_end(self.held(), self.debts())
        assert self.is_at_rest(), f"it never comes to rest: {self.unrest()}"
        took = self.world.elapsed - healed
        assert took <= REST_S, f"it came to rest only after {took:.0f} s"
        self.check_told()

    def is_at_rest(self) -> bool:
        return not self.debts() and not self.unrest()

    def unrest(self) -> dict[str, list[object]]:
        """Return what is left to be done beside the debts, by machine; a former peer is told nothing more."""
        left = {
            machine.name: [
                *(one for one in store_receipts.waiting(machine.paths) if one[0] in machine.engine.known()),
                *os.listdir(machine.paths.incoming), *machine.engine.courier.unread(), *machine.flights,
                *farewells.load_all(machine.paths), *store_revocations.waiting(machine.paths),
            ]
            for machine in self.machines
        }  # fmt: skip
        return {name: things for name, things in left.items() if things}

    def check_told(self) -> None:
        """Whoever still takes another one for its peer is one for it, too."""
        known = {machine.name: machine.peers() for machine in self.machines}
        for name, others in known.items():
            for other, peer in others.items():
                told = peer.gone or name in known[other] or (name, other) in self.unheard
                assert told, f"{name} was not told that {other} has unpaired it"

    def find_unheard(self) -> set[tuple[str, str]]:
        """Return who cannot know that another has unpaired it: the farewell lay at a relay that was wiped.

        Its debts stay, and `spread status` tells them; a farewell has no receipt.
        """
        known = {machine.name: machine.peers() for machine in self.machines}
        return {
            (name, other)
            for name, others in known.items() for other, peer in others.items()
            if name in self.network.robbed and not peer.gone and name not in known[other]
        }  # fmt: skip
