"""Two sides without a network: two conversations joined in memory, and homes that are already paired."""

import copy
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from spread import identity as keys
from spread import peers
from spread.distillation import Distillation
from spread.distillation_fields import ProjectRef
from spread.errors import SpreadError
from spread.identity import Identity
from spread.mailroom import Mailroom
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import crypto, envelope, mailbox, room
from spread.protocol.room import Conversation, Data, Event, Opened, Reply, Role

ROOM = "a7f3b2"
CODE = room.code_secret("amber-tiger-lamp")
Between = Callable[[Role, int, bytes], list[bytes]]


def untouched(sender: Role, number: int, frame: bytes) -> list[bytes]:
    """Deliver each frame as it was sent."""
    return [frame]


@dataclass
class Side:
    """One conversation, what it was told and how it ended."""

    talk: Conversation
    events: list[Event] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    error: SpreadError | None = None

    @property
    def binding(self) -> bytes | None:
        """What names the conversation, once this side holds it open."""
        return next((event.binding for event in self.events if isinstance(event, Opened)), None)

    @property
    def received(self) -> list[Data]:
        """The chunks this side has opened."""
        return [event for event in self.events if isinstance(event, Data)]

    def hear(self, frame: bytes) -> None:
        """Take a frame, unless this side has already stopped."""
        if self.error is not None:
            return
        try:
            self.events += self.talk.receive(frame)
        except SpreadError as problem:
            self.error = problem


class ConnectionPair:
    """A creator and a joiner; every frame between them passes `between` when there is one.

    `between` is given who sent the frame, the frame's number among that side's frames (from 0), and the frame; it
    returns what arrives instead.
    """

    def __init__(
        self, *, creator: bytes = CODE, joiner: bytes = CODE, purposes: tuple[str, str] = ("share", "share"),
        rooms: tuple[str, str] = (ROOM, ROOM),
    ) -> None:  # fmt: skip
        self.creator = Side(Conversation(Role.CREATOR, purposes[0], rooms[0], creator, os.urandom))
        self.joiner = Side(Conversation(Role.JOINER, purposes[1], rooms[1], joiner, os.urandom))

    def of(self, role: Role) -> Side:
        """Return one side."""
        return self.creator if role is Role.CREATOR else self.joiner

    def other(self, role: Role) -> Side:
        """Return the side that `role` talks to."""
        return self.joiner if role is Role.CREATOR else self.creator

    def meet(self, between: Between = untouched) -> "ConnectionPair":
        """Hold the conversation up to both proofs, or as far as it comes; return this pair."""
        travelling: deque[tuple[Role, bytes]] = deque()
        heard = {role: 0 for role in Role}
        for role in Role:
            self._send(role, self.of(role).talk.start(), between, travelling)
        while travelling:
            role, frame = travelling.popleft()
            self.other(role).hear(frame)
            for answerer in Role:
                events = self.of(answerer).events
                for event in events[heard[answerer] :]:
                    if isinstance(event, Reply):
                        self._send(answerer, event.frame, between, travelling)
                heard[answerer] = len(events)
        return self

    def _send(
        self, role: Role, frame: bytes, between: Between, travelling: deque[tuple[Role, bytes]]
    ) -> None:
        side = self.of(role)
        travelling.extend((role, changed) for changed in between(role, len(side.sent), frame))
        side.sent.append(frame)

    def fork(self) -> "ConnectionPair":
        """Return a copy of an open pair that goes its own way from here (a key exchange takes 30 ms)."""
        twin = copy.copy(self)
        twin.creator, twin.joiner = _fork(self.creator), _fork(self.joiner)
        return twin


def _fork(side: Side) -> Side:
    talk = copy.copy(side.talk)
    talk._in, talk._out = copy.copy(talk._in), copy.copy(talk._out)
    return Side(talk)


# -- homes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """One machine's directories and keys."""

    name: str
    paths: Paths
    identity: Identity

    @property
    def peers(self) -> dict[str, Peer]:
        """Whom this machine trusts, as on disk now."""
        return peers.load_all(self.paths)

    @property
    def mailroom(self) -> Mailroom:
        """What seals for and opens from this machine's peers."""
        return Mailroom(self.paths, self.identity, "")


def new_home(folder: Path, name: str) -> Home:
    """Return a machine set up anew below `folder`."""
    paths = Paths(folder / name)
    paths.make()
    return Home(name, paths, keys.load(paths))


def befriend(one: Home, other: Home, *, now: float, teammate: bool = False) -> None:
    """Pair two machines as `spread pair` would; their prekeys are made at `now` (unix seconds)."""
    seeds = {one.name: os.urandom(crypto.SEED_BYTES), other.name: os.urandom(crypto.SEED_BYTES)}
    for here, there in ((one, other), (other, one)):
        prekey = keys.current_prekey(there.paths, there.identity, now).prekey
        given, ours = (
            seeds[there.name],
            seeds[here.name],
        )  # each machine makes the key that its peer writes with
        peers.add(
            here.paths,
            Peer(
                name=there.name, identity=there.identity.public, mailbox=there.identity.mailbox, writer_seed=given,
                grant=mailbox.grant(there.identity.mailbox_seed, crypto.public_key(given)),
                granted=crypto.public_key(ours), prekey=prekey.to_dict(), teammate=teammate, paired_at=int(now),
            ),
        )  # fmt: skip


def paired(folder: Path, *, now: float, teammate: bool = False) -> tuple[Home, Home]:
    """Return two machines, `desk` and `laptop`, that are paired with each other."""
    desk, laptop = new_home(folder, "desk"), new_home(folder, "laptop")
    befriend(desk, laptop, now=now, teammate=teammate)
    return desk, laptop


def seal_from(
    sender: Home, to: Home, content: bytes, *, kind: str, id: str, revision: int, prekey: envelope.Prekey | None = None
) -> bytes:  # fmt: skip
    """Return an envelope with any content at all, sealed to `to`'s newest prekey unless told otherwise."""
    chosen = prekey if prekey is not None else keys.prekeys(to.paths)[0].prekey
    return envelope.seal(
        content, kind=kind, id=id, revision=revision, sequence=0, sender_seed=sender.identity.seed,
        recipient=to.identity.public, prekey=chosen,
    )  # fmt: skip


def handoff(
    session: str, revision: int, *, goal: str = "make it work", project: str = "example.org/us/it"
) -> str:
    """Return a hand-off in its stored form."""
    return Distillation(
        id=f"{session}.{revision}", session_id=session, revision=revision, goal=goal,
        project=ProjectRef(id=project, branch="main"),
    ).to_markdown()  # fmt: skip
