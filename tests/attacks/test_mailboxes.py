"""Attacks on mailboxes: by strangers, by other servers, by whoever stands in between, by writers against each other."""

import contextlib
import json
from dataclasses import replace
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from spread.errors import SpreadError
from spread.net import server as server_module
from spread.net import server_connection
from spread.net.client import Connection
from spread.net.server import LISTENER, Policy
from spread.net.server_mail import Mailboxes
from spread.net.stores import MemoryStore
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from tests.attacks.harness import Caller, always, fresh, hostile, serving, withstands_too

OWNER, ANN, EVIL = fresh(), fresh(), fresh()
BOX = crypto.public_key(OWNER)
ONE = bytes(15) + b"\1"
NONCE, MAC = bytes(32), bytes(64).hex()


def grant_for(writer_seed: bytes, owner: bytes = OWNER) -> bytes:
    return mailbox.grant(owner, crypto.public_key(writer_seed))


async def with_mail() -> MemoryStore:
    """Return a store in which one envelope of Ann's waits."""
    store = MemoryStore()
    await store.put(BOX, crypto.public_key(ANN), ONE, b"sealed by Ann")
    return store


async def put(caller: Caller, host: str, writer: bytes = EVIL, id: bytes = ONE, **other: Any) -> Message:
    """Put an envelope, with a grant that only its owner's key can make unless told otherwise."""
    given = {"mailbox": BOX, "grant": grant_for(writer, EVIL), "nonce": caller.nonce, **other}
    message = mailbox.put_message(writer_seed=writer, audience=host, id=id, body=b"evil's", **given)
    await caller.ws.send(wire.encode(message))
    return wire.decode(await caller.ws.recv())


async def test_an_unpaired_caller_on_every_verb() -> None:
    """Whoever has no key of a mailbox reads nothing, deletes nothing, revokes nobody and puts nothing."""

    async def attack() -> list[str]:
        store = await with_mail()
        worked = []
        async with serving(store) as server, Caller.at(server.port) as caller:
            await caller.hello()
            answers = {
                "OPEN": await caller.ask("OPEN", mailbox=BOX.hex(), proof=MAC),
                "DELETE": await caller.ask("DELETE", items=[[ONE.hex(), 1]]),
                "REVOKE": await caller.ask("REVOKE", writer=crypto.public_key(ANN).hex(), proof=MAC),
            }
            answers["PUT"] = await put(caller, f"127.0.0.1:{server.port}")
            worked += [verb for verb, answer in answers.items() if answer.type != "ERROR"]
        if [mail.body for mail in await store.waiting(BOX)] != [b"sealed by Ann"]:
            worked.append("the mailbox has changed")
        if await store.is_revoked(BOX, crypto.public_key(ANN)):
            worked.append("Ann is revoked")
        return worked

    checks = ("is_owner", "may_revoke", "may_put")
    await withstands_too(attack, *[(mailbox, check, always) for check in checks])


async def test_an_unpaired_caller_at_an_engines_listener() -> None:
    """There nobody opens the mailbox, and nobody makes or joins a room, whatever he can prove."""
    strict = replace(LISTENER, mailbox=BOX, remote_open=False, rooms=0, writers=lambda _: False)

    async def attack(policy: Policy) -> list[str]:
        async with serving(await with_mail(), policy) as server, Caller.at(server.port) as caller:
            await caller.hello()
            host = f"127.0.0.1:{server.port}"
            proof = mailbox.open_proof(OWNER, caller.nonce, host).hex()
            answers = [await put(caller, host, grant=grant_for(EVIL))]
            answers += [await caller.ask("OPEN", mailbox=BOX.hex(), proof=proof)]
            worked = [answer.type for answer in answers if answer.type != "ERROR"]
        async with serving(None, policy) as server, Caller.at(server.port) as caller:
            answers = [
                await caller.ask("JOIN_ROOM", room_id="nosuch"),
                await caller.ask("CREATE_ROOM", token="guess"),
            ]
            return worked + [answer.type for answer in answers if answer.type != "ERROR"]

    assert await attack(LISTENER) == ["STORED", "OPENED", "ROOM_CREATED"]
    assert await attack(strict) == []


async def test_enumeration_by_replies() -> None:
    """A mailbox with mail, an empty one and one that nobody ever used look the same, byte for byte."""

    async def attack() -> bool:
        store = await with_mail()
        used = fresh()
        await store.put(crypto.public_key(used), NONCE, ONE, b"x")
        for mail in await store.waiting(crypto.public_key(used)):
            await store.delete(crypto.public_key(used), [(mail.id, mail.seq)])
        async with serving(store) as server, Caller.at(server.port) as caller:
            await caller.hello()
            host = f"127.0.0.1:{server.port}"
            answers = set()
            for box in (BOX, crypto.public_key(used), crypto.public_key(fresh())):
                asked = [await put(caller, host, mailbox=box)]
                asked.append(await caller.ask("OPEN", mailbox=box.hex(), proof=MAC))
                answers.add(repr(asked))
            return len(answers) > 1

    await withstands_too(attack, (Mailboxes, "_keep", _telling))


async def _telling(
    self: Mailboxes, connection: Any, message: Message, box: bytes, writer: bytes, id: bytes
) -> str | None:
    """Look into the mailbox before the grant: the twin for all that tells mailboxes apart."""
    assert self._store is not None
    if not await self._store.count(box):
        return "no_such_mailbox"
    return await _real_keep(self, connection, message, box, writer, id)


_real_keep = Mailboxes._keep


async def test_enumeration_by_timing() -> None:
    """For a call that is refused the store is not asked at all: there is no difference to measure.

    Counted instead of timed: what is not done takes no time, on any machine.
    """

    async def attack() -> bool:
        asked: list[str] = []

        class Watched(MemoryStore):
            def __getattribute__(self, name: str) -> Any:
                if not name.startswith("_"):
                    asked.append(name)
                return super().__getattribute__(name)

        async with serving(Watched()) as server, Caller.at(server.port) as caller:
            await caller.hello()
            await put(caller, f"127.0.0.1:{server.port}")
            await caller.ask("OPEN", mailbox=BOX.hex(), proof=MAC)
            return asked != []

    await withstands_too(attack, (Mailboxes, "_keep", _telling))


async def test_replay_of_a_proof() -> None:
    """A proof heard on one connection opens nothing on the next, nor puts anything."""

    async def attack() -> list[str]:
        async with serving(await with_mail()) as server:
            host = f"127.0.0.1:{server.port}"
            async with Caller.at(server.port) as owner:
                await owner.hello()
                proof = mailbox.open_proof(OWNER, owner.nonce, host).hex()
                assert (await owner.ask("OPEN", mailbox=BOX.hex(), proof=proof)).type == "OPENED"
                put_once = mailbox.put_message(BOX, ANN, grant_for(ANN), owner.nonce, host, ONE, b"again")
            async with Caller.at(server.port) as evil:
                await evil.hello()
                await evil.ws.send(wire.encode(put_once))
                answers = [wire.decode(await evil.ws.recv())]
                answers.append(await evil.ask("OPEN", mailbox=BOX.hex(), proof=proof))
                return [answer.type for answer in answers if answer.type != "ERROR"]

    class Forgetful(server_connection.Connection):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.nonce = NONCE

    await withstands_too(attack, (server_module, "Connection", Forgetful))


async def test_another_server_passes_a_proof_on() -> None:
    """A server we talk to cannot open our mailbox at a relay that knows its own names.

    The twin is a relay without names: the attacker copies the `Host` header, as RELAY_SERVER_SPEC.md warns.
    """

    async def attack(names: tuple[str, ...]) -> bool:
        async with serving(await with_mail(), Policy(audiences=names)) as relay:
            taken = False

            async def talk(ws: ServerConnection) -> None:
                nonlocal taken
                assert ws.request is not None
                host = ws.request.headers["Host"]
                async with connect(
                    f"ws://{host}", proxy=None, compression=None, host="127.0.0.1", port=relay.port
                ) as far:
                    with contextlib.suppress(ConnectionClosed):
                        while True:
                            await far.send(await ws.recv())
                            answer = await far.recv()
                            taken = taken or wire.decode(answer).type == "OPENED"
                            await ws.send(answer)

            async with hostile(talk) as url:
                ours = await Connection.open(url)
                with contextlib.suppress(SpreadError):
                    await ours.open_mailbox(OWNER, BOX, lambda: None)
                await ours.close()
            return taken

    assert await attack(())
    assert not await attack(("relay.example",))


async def test_a_put_is_changed_on_the_way() -> None:
    """Nobody in between can put another body, or the same under another id, with a writer's proof."""

    async def attack() -> list[str]:
        store = MemoryStore()
        async with serving(store) as server, Caller.at(server.port) as caller:
            await caller.hello()
            host = f"127.0.0.1:{server.port}"
            sent = mailbox.put_message(BOX, ANN, grant_for(ANN), caller.nonce, host, ONE, b"Ann's")
            elsewhere = crypto.public_key(fresh()).hex()
            changed = [
                Message("PUT", sent.fields, b"evil's"),
                Message("PUT", {**sent.fields, "id": bytes(16).hex()}, sent.body),
                Message("PUT", {**sent.fields, "mailbox": elsewhere}, sent.body),
                Message("PUT", {**sent.fields, "writer": crypto.public_key(EVIL).hex()}, sent.body),
            ]
            worked = []
            for message in changed:
                await caller.ws.send(wire.encode(message))
                if wire.decode(await caller.ws.recv()).type == "STORED":
                    worked.append(json.dumps(message.fields))
            return worked

    await withstands_too(attack, (mailbox, "may_put", always))


async def test_one_writer_against_another() -> None:
    """A paired peer with a grant of its own can neither replace nor see nor delete what another has put."""

    async def attack() -> list[str]:
        store = await with_mail()
        (waiting,) = await store.waiting(BOX)
        async with serving(store) as server, Caller.at(server.port) as caller:
            await caller.hello()
            host = f"127.0.0.1:{server.port}"
            await put(caller, host, grant=grant_for(EVIL))
            await caller.ask("DELETE", items=[[ONE.hex(), waiting.seq]])
        return [] if b"sealed by Ann" in [mail.body for mail in await store.waiting(BOX)] else ["gone"]

    real = MemoryStore.put

    async def by_id(self: MemoryStore, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        await real(self, mailbox, b"", id, body)

    await withstands_too(attack, (MemoryStore, "put", by_id))


async def test_a_revoked_writer() -> None:
    """Whose capability was destroyed puts nothing any more, and what it had put is gone."""

    async def attack() -> list[str]:
        store = MemoryStore()
        worked = []
        async with serving(store) as server, Caller.at(server.port) as caller:
            await caller.hello()
            host = f"127.0.0.1:{server.port}"
            await put(caller, host, grant=grant_for(EVIL))
            await store.revoke(BOX, crypto.public_key(EVIL))
            if await store.count(BOX):
                worked.append("its mail still waits")
            if (await put(caller, host, grant=grant_for(EVIL))).type == "STORED":
                worked.append("it puts more")
        return worked

    async def nothing(*_: object) -> None: ...

    await withstands_too(attack, (MemoryStore, "revoke", nothing))


async def test_a_revocation_by_whoever_holds_the_connection() -> None:
    """A revocation, which cannot be taken back, needs its own proof: that of an OPEN does not do."""

    async def attack() -> bool:
        store = await with_mail()
        async with serving(store) as server, Caller.at(server.port) as caller:
            await caller.hello()
            proof = mailbox.open_proof(OWNER, caller.nonce, f"127.0.0.1:{server.port}").hex()
            await caller.ask("OPEN", mailbox=BOX.hex(), proof=proof)
            await caller.ws.recv()
            await caller.ask("REVOKE", writer=crypto.public_key(ANN).hex(), proof=proof)
            return await store.is_revoked(BOX, crypto.public_key(ANN))

    await withstands_too(attack, (mailbox, "may_revoke", always))


async def test_a_greeting_without_mailboxes() -> None:
    """A relay stripped of its features on the way is one that keeps no mail: nothing weaker is tried instead."""
    said: list[str] = []

    async def talk(ws: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                said.append(wire.decode(await ws.recv()).type)
                fields = {"version": 1, "features": ["rooms"], "nonce": NONCE.hex()}
                await ws.send(wire.encode(Message("WELCOME", fields)))

    async def attack() -> bool:
        said.clear()
        async with hostile(talk) as url:
            with contextlib.suppress(SpreadError):
                ours = await Connection.open(url)
                with contextlib.suppress(SpreadError, TimeoutError):
                    await ours.put(BOX, ANN, grant_for(ANN), ONE, b"sealed")
                await ours.close()
        return "PUT" in said

    async def greeted(self: Connection, timeout_s: float) -> None:
        self._nonce = NONCE

    from spread.net import client

    await withstands_too(attack, (Connection, "_greet", greeted), (client, "REPLY_TIMEOUT_S", 0.2))
