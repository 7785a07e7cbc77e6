"""`spread pair`: two machines come to trust each other for good (RELAY_SERVER_SPEC.md, "Pairing")."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from spread import __version__, config, identity, peers, rules, store
from spread.commands import common, joining, routes, terminal
from spread.commands.meeting import Meeting
from spread.config import Config
from spread.errors import (
    EnvelopeError,
    PairingError,
    ProtocolError,
    RoomError,
    RouteError,
    SpreadError,
    StoreError,
    UsageError,
)
from spread.fingerprint import fingerprint
from spread.identity import Identity
from spread.net import meet
from spread.net.client_tokens import use_token
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import crypto, envelope, mailbox, pairing
from spread.resources import remember

MAX_BROKEN_OFF: Final = 3  # who has the code and does that is not the one we wait for
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
    """What we bring to a pairing: keys, configuration, and the capability we hand out, in one conversation only."""

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
    if relay and not config.is_relay(relay):
        raise UsageError(f"{relay} is no relay's address", hint="it looks like wss://relay.example")
    parsed = whole_code(code) if code is not None else None
    if name is not None:  # nothing is changed before all else is in order
        settings = config.change(paths, name=config.machine_name(name))
        if settings.machine != name:
            _note(f"this machine is called {settings.machine}: a name has letters a to z, digits and dashes")
    before = {known.identity for known in peers.load_all(paths).values()}
    ours = prepare(paths, settings, relay=relay, teammate=teammate)
    meeting = offer(ours, relay is not None, _tell, _note) if parsed is None else join(ours, parsed)
    peer, check = asyncio.run(meeting)
    terminal.result(f"paired with {peer.name} ({fingerprint(peer.identity)}); next: work, or `spread status`")
    if peer.teammate:
        terminal.say(
            "as teammates: what comes is announced, not given to Claude, and nothing goes there but turns of projects "
            f"that you name: spread peers {peer.name} --projects ."
        )
    elif peer.name in _limited(paths):
        terminal.say(
            f"it gets what it was let have before: spread peers {peer.name} --projects all lifts that"
        )
    terminal.say(f"check words, the same on both screens: {check}")
    if name is not None and peer.identity in before:
        _note(
            f"{peer.name} has known this machine before, and goes on calling it as it did; for the new name "
            f"`spread unpair {peer.name}`, and pair again"
        )
    if peer.name == settings.machine:
        terminal.say(
            f"spread: note: this machine is called {peer.name} too; to tell them apart, `spread unpair {peer.name}` on "
            "both, and pair them again with `spread pair --name NAME` on one"
        )
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
    terminal.say(common.waits())
    terminal.show_qr(command)


def _note(text: str) -> None:
    terminal.say(f"spread: note: {text}")


async def offer(
    ours: Ours, relay_required: bool, tell: Callable[[common.Code, str], None], note: Callable[[str], None]
) -> tuple[Peer, str]:
    """Make a code and wait for the machine that has it; return that peer and the check words.

    Args:
        tell: Takes the code, and the command for the other machine.
        note: Takes what the user should know although it goes on, or although it was broken off.
    """
    words = common.new_words()
    found: list[tuple[Peer, str]] = []  # one at most: whoever is stored is who we say it is
    broken_off = 0

    async def talk(channel: meet.Channel, route: str) -> bool:
        nonlocal broken_off
        fresh = replace(ours, writer_seed=secrets.token_bytes(crypto.SEED_BYTES))  # each is handed out once
        try:
            await _as_creator(fresh, channel, found)
        except (ProtocolError, RoomError, RouteError) as problem:
            broken_off += 1
            note(f"who has the code broke off ({problem.what})")
            if broken_off >= MAX_BROKEN_OFF:
                raise PairingError(
                    "the pairing is given up", why="who has the code broke off three times",
                    hint="start again to get a new code; if that was not you, somebody else has the code",
                ) from None  # fmt: skip
            raise
        return True

    use_lan = ours.config.lan and not (relay_required and ours.relay)
    meeting = Meeting("pair", ours.relay, use_lan=use_lan, relay_required=relay_required)
    async with meeting:
        code = common.Code(meeting.room_id, words)
        tell(code, f"spread pair{f' --relay {ours.relay}' if relay_required and ours.relay else ''} {code}")
        serving = asyncio.create_task(meeting.serve(routes.secret_of(words, None, code.room), talk))
        try:
            await meeting.announce()
            await serving
        except SpreadError:
            if not found:
                raise
        except asyncio.CancelledError:
            if found:
                note(f"{found[0][0].name} is paired already; end it by `spread unpair`")
            raise
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    return found[0]


async def _as_creator(ours: Ours, channel: meet.Channel, found: list[tuple[Peer, str]]) -> None:
    """Pair with a joiner, and note it as found; once it is stored nothing else may become of this offer.

    Were it stored and then taken for one that broke off, the next one's check words would vouch for it as well.
    """
    promised = _hex(await channel.receive_json(), "commitment")
    nonce = secrets.token_bytes(pairing.NONCE_BYTES)
    async with _handing_out(ours, channel):
        await channel.send_json(ours.card(channel.binding, "creator") | {"nonce": nonce.hex()})
        answer = await channel.receive_json()
        try:
            peer, theirs = ours.peer(answer, channel.binding, "joiner"), _hex(answer, "nonce")
        except EnvelopeError as problem:  # of its sealing key: a card like any other that is not in order
            raise ProtocolError(problem.what, why=problem.why) from None
        pairing.opened(promised, channel.binding, answer["card"], theirs)
        peers.vet(ours.paths, peer)
        if answer.get("done") is not True:
            raise PairingError(
                "the other machine refuses to be paired with this one",
                why="it says there why",
                hint="look there",
            )
        _vacant(found)
        peer = _stored(ours, peer)  # from the check on without an await
        both = ours.identity.public, peer.identity
        found.append((peer, pairing.words(channel.binding, both, nonce, theirs)))
    with contextlib.suppress(RouteError, ProtocolError):  # its own matter, from now on
        await channel.send_json({"stored": True}, final=True)


def _stored(ours: Ours, peer: Peer) -> Peer:
    """Store a peer; what a machine of ours was let have, and is owed, is not for a teammate's, nor the reverse."""
    known = {other.identity: other for other in peers.load_all(ours.paths).values()}
    before = known.get(peer.identity)
    if before is not None and before.teammate and not peer.teammate:
        with contextlib.suppress(StoreError):  # as below
            rules.limit(ours.paths, before.name, rules.limits(ours.paths).get(before.name, ()))
    peer = peers.add(ours.paths, peer)
    if peer.teammate:
        with contextlib.suppress(StoreError):  # rules that cannot be read allow nothing
            rules.limit(ours.paths, peer.name, None)
        if before is not None and not before.teammate:
            store.drop_debts(ours.paths, peer.name)
    return peer


def _limited(paths: Paths) -> Collection[str]:
    with contextlib.suppress(StoreError):
        return rules.limits(paths)
    return ()


def _vacant(found: list[tuple[Peer, str]]) -> None:
    """Let nobody in beside who was found.

    Raises:
        RoomError: Somebody was.
    """
    if found:
        raise RoomError("this offer has ended", why="another machine was paired by its code")


async def join(ours: Ours, code: common.Code) -> tuple[Peer, str]:
    """Pair with the machine that made the code; return that peer and the check words."""
    channel, ws, _ = await joining.join("pair", code, None, use_lan=ours.config.lan, relay=ours.relay)
    try:
        return await _as_joiner(ours, channel)
    finally:
        await ws.close()


async def _as_joiner(ours: Ours, channel: meet.Channel) -> tuple[Peer, str]:
    nonce = secrets.token_bytes(pairing.NONCE_BYTES)
    card = ours.card(channel.binding, "joiner")
    promise = pairing.commitment(channel.binding, card["card"], nonce)
    await channel.send_json({"commitment": promise.hex()})
    answer = await channel.receive_json()
    theirs = _hex(answer, "nonce")
    async with _handing_out(ours, channel):
        try:
            peer = peers.vet(ours.paths, ours.peer(answer, channel.binding, "creator"))
        except PairingError:  # there it can be said as well why
            await channel.send_json({**card, "nonce": nonce.hex(), "done": False})
            raise
        await channel.send_json({**card, "nonce": nonce.hex(), "done": True})
        try:
            stored = (await channel.receive_json()).get("stored")
        except RouteError:
            stored = False
        if stored is not True:
            raise PairingError(
                "pairing did not finish", why="the other machine did not say that it has stored our keys",
                hint="run `spread pair` again on both machines",
            )  # fmt: skip
        peer = _stored(ours, peer)
    return peer, pairing.words(channel.binding, (ours.identity.public, peer.identity), theirs, nonce)


@contextlib.asynccontextmanager
async def _handing_out(ours: Ours, channel: meet.Channel) -> AsyncIterator[None]:
    """What goes wrong while our card is out leaves nobody with a capability that it bears."""
    try:
        yield
    except BaseException as problem:
        peers.revoke(ours.paths, crypto.public_key(ours.writer_seed).hex(), ours.relay)
        if isinstance(problem, PairingError):
            await channel.stop("refused")
        raise


def _hex(message: dict[str, Any], name: str) -> bytes:
    """Return 32 bytes of a message.

    Raises:
        ProtocolError: They are not there.
    """
    try:
        return crypto.unhex(message[name], 32)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ProtocolError(f"the other machine sent no {name}") from None
