"""Several relay processes on one Redis (RELAY_SERVER_SPEC.md, "Several processes").

A room lives in the process its creator came to. Redis knows which that is, and where it can be reached; the process
a joiner came to connects there and forwards, as one connection for another. So all that holds for a room holds across
processes, a slow reader holds its sender back through both, and nothing of what is said in rooms is ever in Redis,
where each frame would be written to the disk twice.

Mail is in Redis. A process says there which mailboxes are open at it, and whoever puts mail into one of these
adds the mailbox to that process's stream of news, in the same step.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server as Listening
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException

from spread.errors import ProtocolError, RouteError
from spread.net import redis_scripts
from spread.net.redis_store import ANSWER_S, Failures, RedisStore, dial, explain
from spread.net.rooms import send
from spread.net.server_policy import Policy
from spread.net.siblings import Join, News
from spread.protocol import crypto, wire
from spread.protocol.wire import Message

BEAT_S: Final = 3.0  # how often we say that we are there,
GONE_S: Final = 15.0  # and after how long without it we are not
AGAIN_S: Final = 0.2  # between tries to reach a Redis that is away
GREETING_S: Final = 5.0  # to reach another process, and for it to show that it is one
FAREWELL_S: Final = 2.0  # for the last words to Redis
WATCH_AGAIN_S: Final = 12 * 3600.0  # what we watch is forgotten after twice that
QUEUED_FRAMES: Final = 4
TOGETHER: Final = 1000  # that we say, or are told, in one go
NONCE_BYTES: Final = 32

log = logging.getLogger(__name__)
_silent = logging.getLogger(f"{__name__}.websockets")
_silent.setLevel(logging.CRITICAL + 1)


class RedisSiblings:
    """The other relay processes on the Redis of a store.

    Args:
        store: Where mail is kept; it stays the caller's to close.
        policy: The server's.
        host: One of our addresses, which the other processes can reach and nobody else should.
        port: 0 for any.
    """

    def __init__(self, store: RedisStore, policy: Policy, host: str = "127.0.0.1", port: int = 0) -> None:
        self._redis = store.redis
        self._reading = dial(store.url, connections=2, answer_s=BEAT_S + ANSWER_S)
        self._process = store.process
        self._policy = policy
        self._host, self._port = host, port
        self._token = os.urandom(32)
        self._join: Join | None = None
        self._news: News = lambda mailbox: None
        self._rooms: set[str] = set()
        self._watched: Counter[bytes] = Counter()
        self._unsaid: dict[bytes, bool] = {}  # mailboxes that Redis must learn we watch, or no longer
        self._asking: list[asyncio.Future[None]] = []  # who waits for that
        self._saying = False
        self._listening: Listening | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._hearing: asyncio.Task[None] | None = None
        register = self._redis.register_script
        self._beat_script = register(redis_scripts.BEAT)
        self._watch_script = register(redis_scripts.WATCH)
        self._release_script = register(redis_scripts.RELEASE)

    async def start(self, join: Join, news: News) -> None:
        """Be one of them from now on.

        Raises:
            RouteError: The address is not ours, or the port is taken.
            StoreError: Redis cannot be reached.
        """
        self._join, self._news = join, news
        policy = self._policy
        try:
            self._listening = await serve(
                self._serve, self._host, self._port, compression=None, open_timeout=GREETING_S,
                ping_interval=policy.ping_s, ping_timeout=policy.ping_s, close_timeout=policy.close_s,
                max_size=policy.message_bytes, max_queue=QUEUED_FRAMES, server_header=None, logger=_silent,
            )  # fmt: skip
        except OSError as error:
            raise RouteError(
                f"cannot listen for the other relay processes on {self._host}",
                why=error.strerror or str(error),
                hint="set RELAY_SIBLINGS to one of this machine's private addresses",
                transient=False,
            ) from None
        self._port = self._listening.sockets[0].getsockname()[1]
        try:
            await self._beat()
        except Failures as error:
            raise explain(error) from None
        self._hearing = self._spawn(self._hear())

    async def close(self) -> None:
        """Be one of them no longer."""
        if self._listening is not None:
            self._listening.close()
            await self._listening.wait_closed()
        if self._hearing is not None:
            self._hearing.cancel()
        if self._tasks:  # what is no longer watched, and rooms that have ended: Redis should learn of them
            await asyncio.wait(self._tasks, timeout=FAREWELL_S)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(*Failures):
            news, about = redis_scripts.news_of(self._process), self._about(self._process)
            await self._redis.delete(news, about, *map(self._room, self._rooms))
        await self._reading.aclose()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @staticmethod
    def _room(id: str) -> str:
        return f"{redis_scripts.PREFIX}room:{id}"

    @staticmethod
    def _about(process: str) -> str:
        return f"{redis_scripts.PREFIX}process:{process}"

    # Rooms

    async def claim(self, room_id: str) -> bool:
        ttl_ms = int((self._policy.room_ttl_s + self._policy.close_s + 1) * 1000)
        try:
            if not await self._redis.set(self._room(room_id), self._process, nx=True, px=ttl_ms):
                return False
        except Failures:
            return False
        self._rooms.add(room_id)
        return True

    def release(self, room_id: str) -> None:
        if room_id in self._rooms:
            self._rooms.discard(room_id)
            self._spawn(self._release(room_id))

    async def _release(self, room_id: str) -> None:
        with contextlib.suppress(*Failures):  # then it goes when its time is over
            await self._release_script(keys=[self._room(room_id)], args=[self._process])

    async def join(self, joiner: ServerConnection, room_id: str, address: str) -> str | None:
        try:
            found = await self._find(room_id)
        except Failures:
            return "unavailable"
        if found is None:
            return "room_not_found"
        url, token = found
        policy = self._policy
        try:
            async with connect(
                url, compression=None, proxy=None, open_timeout=GREETING_S, ping_interval=policy.ping_s,
                ping_timeout=policy.ping_s, close_timeout=policy.send_s, max_size=policy.message_bytes,
                max_queue=QUEUED_FRAMES, logger=_silent,
            ) as inner:  # fmt: skip
                reason = await self._enter(inner, joiner, token, room_id, address)
                if reason is None:
                    await _carry(joiner, inner, policy.send_s)
                return reason
        except (OSError, TimeoutError, WebSocketException, ProtocolError):
            return "room_not_found"  # its process is gone, or going

    async def _find(self, room_id: str) -> tuple[str, bytes] | None:
        """Return where the process with that room is reached, and what proves there that we are one."""
        process = await self._redis.get(self._room(room_id)) if room_id.isascii() else None
        if not isinstance(process, bytes) or process.decode() == self._process:
            return None
        about = await self._redis.get(self._about(process.decode()))
        if about is None:
            return None
        known = json.loads(about)
        return known["url"], bytes.fromhex(known["token"])

    async def _enter(
        self, inner: ClientConnection, joiner: ServerConnection, token: bytes, room_id: str, address: str
    ) -> str | None:
        """Ask for the room; return None once the joiner has heard that it is in, or the reason why it is not."""
        # Until its answer, however long the creator takes to settle.
        async with asyncio.timeout(self._policy.room_limits().settle_s + 2 * GREETING_S):
            nonce = wire.decode(await inner.recv()).key("nonce", NONCE_BYTES)
            proof = _proof(token, nonce, room_id, address)
            fields = {"room_id": room_id, "address": address, "proof": proof.hex()}
            await inner.send(wire.encode(Message("JOIN", fields)))
            answer = await inner.recv()
        message = wire.decode(answer)
        if message.type == "ERROR":
            return message.text("reason")
        await send(joiner, answer, self._policy.send_s)
        return None

    async def _serve(self, inner: ServerConnection) -> None:
        """Let somebody who came to another process into a room of ours."""
        nonce = os.urandom(NONCE_BYTES)
        try:
            async with asyncio.timeout(GREETING_S):
                await inner.send(wire.encode(Message("SIBLING", {"nonce": nonce.hex()})))
                message = wire.decode(await inner.recv())
            room_id, address = message.text("room_id"), message.text("address")
            proof = message.key("proof", hashlib.sha256().digest_size)
            if not crypto.same(proof, _proof(self._token, nonce, room_id, address)) or self._join is None:
                return
            reason = await self._join(inner, room_id, address)
            if reason is not None:
                await send(inner, wire.encode(Message("ERROR", {"reason": reason})), self._policy.send_s)
        except (ConnectionClosed, TimeoutError, ProtocolError):
            pass
        except Exception as error:
            log.error("another process's connection failed: %s", type(error).__name__)

    # Mail

    async def watch(self, mailbox: bytes) -> None:
        self._watched[mailbox] += 1
        try:
            await self._say(mailbox, True)
        except BaseException:
            self.unwatch(mailbox)
            raise

    def unwatch(self, mailbox: bytes) -> None:
        self._watched[mailbox] -= 1
        if not self._watched[mailbox]:
            del self._watched[mailbox]
            self._say(mailbox, False).add_done_callback(lambda said: said.cancelled() or said.exception())

    def _say(self, mailbox: bytes, is_watched: bool) -> "asyncio.Future[None]":
        """Tell Redis whether we watch a mailbox; what is said meanwhile goes together, the last word counts."""
        said: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unsaid[mailbox] = is_watched
        self._asking.append(said)
        if not self._saying:
            self._saying = True
            self._spawn(self._say_all())
        return said

    async def _say_all(self) -> None:
        try:
            while self._unsaid:
                words, asking = self._unsaid, self._asking
                self._unsaid, self._asking = {}, []
                failure: Exception | None = None
                try:
                    await self._say_these(list(words.items()))
                except Failures as error:
                    failure = explain(error)
                for said in asking:
                    if not said.done():
                        said.set_exception(failure) if failure else said.set_result(None)
        finally:
            self._saying = False

    async def _say_these(self, words: Sequence[tuple[bytes, bool]]) -> None:
        for start in range(0, len(words), TOGETHER):
            async with self._redis.pipeline(transaction=False) as pipe:
                for mailbox, is_watched in words[start : start + TOGETHER]:
                    keys = redis_scripts.keys_of(mailbox)
                    if is_watched:
                        kept_ms = int(2 * WATCH_AGAIN_S * 1000)
                        await self._watch_script(keys=keys, args=[self._process, kept_ms], client=pipe)
                    else:
                        pipe.srem(keys[3], self._process)
                await pipe.execute()

    # Being there

    async def _beat(self) -> bool:
        """Say that we are there; tell whether Redis had forgotten us, and with us what we watch."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        about = json.dumps({"url": f"ws://{host}:{self._port}", "token": self._token.hex()})
        keys = [self._about(self._process), redis_scripts.news_of(self._process)]
        return bool(await self._beat_script(keys=keys, args=[about, int(GONE_S * 1000)]))

    async def _hear(self) -> None:
        """Take the news as it comes, and say that we are there, until cancelled."""
        beaten_s, watched_s = time.monotonic(), time.monotonic()
        last, was_away = "0", False
        while True:
            try:
                now_s = time.monotonic()
                if was_away or now_s - beaten_s >= BEAT_S:
                    forgotten = await self._beat()
                    beaten_s = now_s
                    if forgotten or was_away or now_s - watched_s >= WATCH_AGAIN_S:
                        await self._say_all_again()
                        last, was_away, watched_s = "0", False, now_s
                        self._news(None)
                    elif await self._forget_read(last):
                        self._news(None)
                last = await self._read(last)
            except Failures as error:
                if not was_away:
                    log.error("Redis is away: %s", type(error).__name__)
                was_away = True
                await asyncio.sleep(AGAIN_S)

    async def _read(self, last: str) -> str:
        """Wait for news after `last`, not for long; return the last one there was."""
        key = redis_scripts.news_of(self._process)
        found = await self._reading.xread({key: last}, count=TOGETHER, block=int(BEAT_S * 1000))
        mailboxes: dict[bytes, None] = {}
        for _, entries in cast(list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]], found or []):
            for id, entry in entries:
                last = id.decode()
                if b"mailbox" in entry:
                    mailboxes[entry[b"mailbox"]] = None
        for mailbox in mailboxes:
            self._news(mailbox)
        return last

    async def _forget_read(self, last: str) -> bool:
        """Drop the news we have read from Redis; tell whether there was so much that some may be lost."""
        key = redis_scripts.news_of(self._process)
        kept = int(await self._redis.xlen(key))
        if last != "0":
            await self._redis.xtrim(key, minid=last, approximate=False)
        return kept >= redis_scripts.NEWS_KEPT

    async def _say_all_again(self) -> None:
        await self._say_these([(mailbox, True) for mailbox in self._watched])
        for room_id in list(self._rooms):
            ttl_ms = int((self._policy.room_ttl_s + self._policy.close_s + 1) * 1000)
            await self._redis.set(self._room(room_id), self._process, nx=True, px=ttl_ms)


def _proof(token: bytes, nonce: bytes, room_id: str, address: str) -> bytes:
    text = json.dumps([room_id, address]).encode()
    return hmac.digest(token, nonce + text, "sha256")


async def _carry(joiner: ServerConnection, inner: ClientConnection, send_s: float) -> None:
    """Forward both ways until one side has gone, then let the other one get all and go too."""

    async def out() -> None:
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            async for frame in joiner:
                await inner.send(frame)
        await inner.close()

    going_out = asyncio.create_task(out())
    has_gone = False
    try:
        with contextlib.suppress(ConnectionClosed):
            async for frame in inner:
                try:
                    if not has_gone:
                        await send(joiner, frame, send_s)
                except (ConnectionClosed, TimeoutError):
                    has_gone = True  # what still comes is read, so that the other side's farewell is
        await joiner.close(reason="the room is closed")
    finally:
        going_out.cancel()
        await asyncio.gather(going_out, return_exceptions=True)
