"""`spread pair`: two machines come to trust each other for good (RELAY_SERVER_SPEC.md, "Pairing")."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from spread import __version__, config, identity, peers
from spread.commands import common, terminal
from spread.config import Config
from spread.errors import PairingError, ProtocolError, RouteError, UsageError
from spread.identity import Identity, fingerprint
from spread.net import meet
from spread.net.client import use_token
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import crypto, envelope, mailbox
from spread.protocol.words import check_words
from spread.resources import remember

CARD_KEYS: Final = {
    "name": str,
    "identity": str,
    "mailbox": str,
    "relay": str,
    "writer_seed": str,
    "grant": str,
}


@dataclass(frozen=True)
class Ours:
    """What we bring to a pairing: keys, configuration, and the capability we hand out."""

    identity: Identity
    config: Config
    relay: str
    teammate: bool
    writer_seed: bytes
    paths: Paths

    def card(self, binding: bytes, role: str) -> dict[str, Any]:
        """Return our signed card; the signature holds in this conversation only."""
        prekey = identity.current_prekey(self.paths, self.identity, time.time()).prekey
        grant = mailbox.grant(self.identity.mailbox_seed, crypto.public_key(self.writer_seed))
        card = {
            "name": self.config.machine,
            "identity": self.identity.public.hex(),
            "mailbox": self.identity.mailbox.hex(),
            "relay": self.relay,
            "writer_seed": self.writer_seed.hex(),
            "grant": grant.hex(),
            "teammate": self.teammate,
            "prekey": prekey.to_dict(),
            "version": __version__,
        }
        text = json.dumps(card)
        signature = crypto.sign(self.identity.seed, "card", binding, role.encode(), text.encode())
        return {"card": text, "signature": signature.hex()}

    def peer(self, message: dict[str, Any], binding: bytes, role: str) -> Peer:
        """Return the peer that a card describes.

        Raises:
            ProtocolError: The card is malformed or not signed by the key it names.
            PairingError: It is our own, or does not fit what we know.
        """
        try:
            card = json.loads(message["card"])
            if not all(isinstance(card[key], kind) for key, kind in CARD_KEYS.items()):
                raise TypeError
            theirs, box = crypto.unhex(card["identity"], 32), crypto.unhex(card["mailbox"], 32)
            signature, text = crypto.unhex(message["signature"], 64), message["card"].encode()
            writer_seed, grant = crypto.unhex(card["writer_seed"], 32), crypto.unhex(card["grant"], 64)
            granted_to = crypto.public_key(writer_seed)
            prekey = envelope.Prekey.from_dict(card["prekey"], theirs)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise ProtocolError("the other machine's card is malformed") from None
        relay = card["relay"] if config.is_relay(card["relay"]) else ""
        signed = crypto.is_signed(theirs, signature, "card", binding, role.encode(), text)
        if not signed or not mailbox.is_granted(box, granted_to, grant):
            raise ProtocolError("the other machine's card is not in order")
        if theirs == self.identity.public:
            raise PairingError(
                "this machine cannot be paired with itself",
                hint="run `spread pair` on one machine and `spread pair CODE` on the other",
            )
        return Peer(
            name=config.machine_name(card["name"]), identity=theirs, mailbox=box, writer_seed=writer_seed,
            grant=grant, granted=crypto.public_key(self.writer_seed), prekey=prekey.to_dict(), relay=relay,
            our_relay=self.relay, teammate=self.teammate or card.get("teammate") is True, paired_at=int(time.time()),
            version=peers.said_version(card.get("version")),
        )  # fmt: skip


def run(
    paths: Paths,
    code: str | None,
    *,
    name: str | None = None,
    relay: str | None = None,
    teammate: bool = False,
) -> int:
    """Pair with the machine that has the code, or make a code.

    Args:
        name: How this machine is called from now on.
        relay: The relay to meet at and to use with this peer from now on.
        teammate: The other machine is somebody else's.
    """
    settings = config.load(paths)
    use_token(settings.relay, settings.relay_token)
    if name is not None:
        settings = config.change(paths, name=config.machine_name(name))
    if relay and not config.is_relay(relay):
        raise UsageError(f"{relay} is no relay's address", hint="it looks like wss://relay.example")
    parsed = whole_code(code) if code is not None else None
    ours = prepare(paths, settings, relay=relay, teammate=teammate)
    meeting = offer(ours, relay is not None, _tell) if parsed is None else join(ours, parsed)
    peer, check = asyncio.run(meeting)
    terminal.result(f"paired with {peer.name} ({fingerprint(peer.identity)}); next: work, or `spread status`")
    if peer.teammate:
        terminal.say(
            "as teammates: nothing is sent by itself, and what comes is announced, not given to Claude"
        )
    terminal.say(f"check words, the same on both screens: {check}")
    return 0


def whole_code(text: str) -> common.Code:
    """Return a code with its words.

    Raises:
        UsageError: It is none, or has none.
    """
    parsed = common.given_code(text)
    if not parsed.words:
        raise UsageError("that is not the whole code", hint="it looks like a7f3b2-amber-tiger-lamp")
    return parsed


def prepare(paths: Paths, settings: Config, *, relay: str | None = None, teammate: bool = False) -> Ours:
    """Return what we bring to a pairing; keys of our own are made if there are none yet."""
    seed = secrets.token_bytes(crypto.SEED_BYTES)
    ours = Ours(
        identity.load(paths), settings, settings.relay if relay is None else relay, teammate, seed, paths
    )
    remember(paths)
    return ours


def _tell(code: common.Code, command: str) -> None:
    terminal.result(str(code))
    terminal.say(f"on the other machine run: {command}")
    terminal.show_qr(command)


async def offer(
    ours: Ours, relay_required: bool, tell: Callable[[common.Code, str], None]
) -> tuple[Peer, str]:
    """Make a code and wait for the machine that has it; return that peer and the check words.

    Args:
        tell: Takes the code, and the command for the other machine.
    """
    words = common.new_words()
    found: list[tuple[Peer, str]] = []

    async def talk(channel: meet.Channel, route: str) -> bool:
        found.append(await _as_creator(ours, channel))
        return True

    use_lan = ours.config.lan and not (relay_required and ours.relay)
    meeting = common.Meeting("pair", ours.relay, use_lan=use_lan, relay_required=relay_required)
    async with meeting:
        code = common.Code(meeting.room_id, words)
        tell(code, f"spread pair{f' --relay {ours.relay}' if relay_required and ours.relay else ''} {code}")
        serving = asyncio.create_task(meeting.serve(common.secret_of(words, None, code.room), talk))
        try:
            await meeting.announce()
            await serving
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    return found[0]


async def _as_creator(ours: Ours, channel: meet.Channel) -> tuple[Peer, str]:
    try:
        peer = ours.peer(await channel.receive_json(), channel.binding, "joiner")
        peers.vet(ours.paths, peer)
        await channel.send_json(ours.card(channel.binding, "creator"))
        if (await channel.receive_json()).get("done") is not True:
            raise ProtocolError("the other machine did not finish pairing")
        peer = peers.add(ours.paths, peer)
        await channel.send_json({"stored": True}, final=True)
    except PairingError:
        await channel.stop("refused")
        raise
    return peer, _check(ours, peer, channel)


async def join(ours: Ours, code: common.Code) -> tuple[Peer, str]:
    """Pair with the machine that made the code; return that peer and the check words."""
    channel, ws, _ = await common.join("pair", code, None, use_lan=ours.config.lan, relay=ours.relay)
    try:
        await channel.send_json(ours.card(channel.binding, "joiner"))
        peer = ours.peer(await channel.receive_json(), channel.binding, "creator")
        peer = peers.vet(ours.paths, peer)
        await channel.send_json({"done": True})
        try:
            stored = (await channel.receive_json()).get("stored")
        except RouteError:
            stored = False
        if stored is not True:
            raise PairingError(
                "pairing did not finish", why="the other machine did not say that it has stored our keys",
                hint="run `spread pair` again on both machines",
            )  # fmt: skip
        return peers.add(ours.paths, peer), _check(ours, peer, channel)
    except PairingError:
        await channel.stop("refused")
        raise
    finally:
        await ws.close()


def _check(ours: Ours, peer: Peer, channel: meet.Channel) -> str:
    """Return the four words that are the same on both screens if nobody is in between."""
    both = sorted([ours.identity.public, peer.identity])
    return check_words(crypto.digest("pair check", channel.binding, *both))
