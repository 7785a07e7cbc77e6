"""What a server allows, and who is let in at all."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, cast

from websockets.asyncio.server import ServerConnection
from websockets.protocol import Event, State

from spread.net.bounds import Bounds
from spread.net.rooms import RoomLimits, network
from spread.net.stores import AGE_S
from spread.protocol import wire


@dataclass(frozen=True)
class Policy:
    """What one server allows; sizes in bytes, times in seconds.

    Args:
        connections: Open at a time; one more is hung up on before its handshake.
        per_address: Of these from one address; an IPv6 /64 is one address. Behind a proxy all come from one.
        room_id: If set, the id of the only room there can be.
        room_token: If set, only who shows it in CREATE_ROOM makes rooms here.
        mailbox: If set, the only mailbox there is.
        mailbox_seed: Its secret, where the server is its owner's own: WELCOME and STORED are then proven.
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
    message_bytes: int = wire.MAX_MESSAGE_BYTES
    envelope_bytes: int = 1024 * 1024
    age_s: int = AGE_S
    rooms: int = 1000
    room_id: str | None = None
    room_ttl_s: float = 1800.0
    room_token: str | None = None
    joins_per_minute: int = 30
    joins_per_room: int = 30
    mailbox: bytes | None = None
    mailbox_seed: bytes | None = field(default=None, repr=False)
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
            self.ping_s,
        )  # fmt: skip


# Where anyone in the same network can knock and few have reason to; memory: 64 messages that never end.
LISTENER: Final = Policy(
    connections=64, per_address=8, message_bytes=128 * 1024, joins_per_room=10, handshake_s=5.0, idle_s=30.0
)


class Gate:
    """Counts open connections, in all and by address, from the moment they are accepted."""

    def __init__(self, most: int, per_address: int) -> None:
        self._most = most
        self._per_address = per_address
        self._inside: set[ServerConnection] = set()
        self._by_address: Counter[str] = Counter()

    @property
    def kind(self) -> type[ServerConnection]:
        """The kind of connection that passes this gate, for `serve`."""
        gate = self

        class Guarded(ServerConnection):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self.address = network(str((transport.get_extra_info("peername") or ("",))[0]))
                self.is_inside = gate._enter(self, self.address)
                self.bounds = Bounds()
                if self.is_inside:
                    super().connection_made(transport)
                else:
                    cast(asyncio.Transport, transport).abort()

            def data_received(self, data: bytes) -> None:
                self.bounds.receive(self.transport, super().data_received, data)

            def process_event(self, event: Event) -> None:
                if self.bounds.allows(event):
                    super().process_event(event)
                else:
                    self.transport.abort()

            def connection_lost(self, exc: Exception | None) -> None:
                if self.is_inside:
                    gate._leave(self, self.address)
                    super().connection_lost(exc)

        return Guarded

    def _enter(self, connection: ServerConnection, address: str) -> bool:
        if len(self._inside) >= self._most or self._by_address[address] >= self._per_address:
            return False
        self._inside.add(connection)
        self._by_address[address] += 1
        return True

    def _leave(self, connection: ServerConnection, address: str) -> None:
        self._inside.discard(connection)
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def end_handshakes(self) -> None:
        """Hang up on all that have not become a WebSocket yet."""
        for connection in list(self._inside):
            if connection.state is State.CONNECTING:
                connection.transport.abort()
