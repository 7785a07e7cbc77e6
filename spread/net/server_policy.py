"""What a server allows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from spread.net.addresses import Proxies
from spread.net.daily import DailyLimits
from spread.net.flow import Rates
from spread.net.guests import Door
from spread.net.rooms import RoomLimits
from spread.net.stores import AGE_S
from spread.protocol import wire


@dataclass(frozen=True)
class Policy:
    """What one server allows; sizes in bytes, times in seconds.

    Args:
        connections: Open at a time; one more is hung up on before its handshake.
        per_address: Of these from one address.
        ipv6_bits: Of an IPv6 address, that make one address here.
        gives_way: As `Door` has it.
        connects_per_minute: New ones of one address.
        proxies: In front of us, whose word on the client's address is taken.
        token: If set, only who shows it is let in at all.
        messages_per_s, bytes_per_s: Of one connection; a burst may be four seconds' worth. 0 is no limit.
        held_back_s: Who had to be held back to that for so long is closed.
        memory_bytes: That wait in memory, of all connections; above it those that hold the most are closed.
        errors_per_minute: Answered on one connection; then it is closed.
        room_id: If set, the id of the only room there can be.
        room_token: If set, only who shows it in CREATE_ROOM makes rooms here.
        waiting_rooms: Rooms that nobody is in but their maker.
        waiting_per_address: Of these, made from one address.
        mailbox: If set, the only mailbox there is.
        mailbox_seed: Its secret, where the server is its owner's own: WELCOME and STORED are then proven.
        mailboxes_per_address: That mail from one address may go into, in a day.
        bytes_per_address: Of mail from one address in a day, each envelope with what it counts for; less where the
            store is not empty (daily.py).
        revocations_per_address: Asked for from one address in a day.
        remote_open: Whether a mailbox may be opened over the network at all.
        writers: Asked with the writer's key on each PUT that is otherwise in order.
        audiences: The names (`host` or `host:port`, as clients dial it) this server answers to. Empty: the
            `Host` header is believed, which does not stop another server from passing on a proof to this one.
        handshake_s: For the WebSocket handshake, and again for the first message.
        idle_s: Between messages of a connection that has neither a room nor an open mailbox.
        send_s: For a reader to make room for one message.
    """

    connections: int = 4000
    per_address: int = 1000
    ipv6_bits: int = 64
    gives_way: bool = False
    connects_per_minute: int = 600
    proxies: Proxies | None = None
    token: bytes | None = None
    messages_per_s: float = 2000.0
    bytes_per_s: float = 64 * 1024 * 1024
    held_back_s: float = 60.0
    memory_bytes: int = 256 * 1024 * 1024  # the process holds up to twice that
    errors_per_minute: int = 100
    message_bytes: int = wire.MAX_MESSAGE_BYTES
    envelope_bytes: int = 1024 * 1024
    age_s: int = AGE_S
    rooms: int = 1000
    room_id: str | None = None
    room_ttl_s: float = 1800.0
    room_token: str | None = None
    waiting_rooms: int = 1000
    waiting_per_address: int = 200
    joins_per_minute: int = 300
    joins_per_room: int = 30
    mailbox: bytes | None = None
    mailbox_seed: bytes | None = field(default=None, repr=False)
    mailboxes_per_address: int = 10_000
    bytes_per_address: int = 256 * 1024 * 1024
    revocations_per_address: int = 1000
    remote_open: bool = True
    writers: Callable[[bytes], bool] | None = None
    audiences: tuple[str, ...] = ()
    handshake_s: float = 10.0
    idle_s: float = 300.0
    send_s: float = 30.0
    ping_s: float = 20.0
    close_s: float = 5.0

    def room_limits(self) -> RoomLimits:
        """Return the part of the policy that concerns rooms."""
        return RoomLimits(
            self.rooms, self.room_id, self.room_ttl_s, self.joins_per_minute, self.joins_per_room, self.send_s,
            self.ping_s, self.waiting_rooms, self.waiting_per_address,
        )  # fmt: skip

    def talk_bytes(self) -> int:
        """Return how long a message may be outside rooms: an envelope, and one too large that is told so."""
        return min(self.message_bytes, 4 + wire.MAX_HEADER_BYTES + 2 * self.envelope_bytes)

    def door(self) -> Door:
        """Return the part that concerns who is let in."""
        return Door(
            self.connections, self.per_address, self.connects_per_minute, self.proxies, self.token, self.ipv6_bits,
            self.gives_way,
        )  # fmt: skip

    def daily(self) -> DailyLimits:
        """Return the part that concerns the mail of one address."""
        return DailyLimits(self.mailboxes_per_address, self.bytes_per_address, self.revocations_per_address)

    def rates(self) -> Rates:
        """Return the part that concerns how much is read."""
        return Rates(self.messages_per_s, self.bytes_per_s, self.held_back_s, self.memory_bytes)


# Where anyone in the same network can knock and few have reason to; memory: 64 messages that never end. On a LAN the
# machines of all are in one IPv6 /64.
LISTENER: Final = Policy(
    connections=64, per_address=8, ipv6_bits=128, gives_way=True, message_bytes=128 * 1024,
    memory_bytes=64 * 1024 * 1024, joins_per_minute=30, joins_per_room=10, handshake_s=5.0, idle_s=30.0,
)  # fmt: skip
