"""What a server keeps mail in, and what of it is the same for all; memory (RELAY_SERVER_SPEC.md, "Mailboxes").

A store knows bytes, not rights: the server has checked the message before it asks. `seq` grows with every
put of a store, is never given twice, and follows the clock (microseconds) rather than a count, so that it
tells a mailbox's owner nothing about anyone else's mail.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from spread.errors import StoreError

AGE_S: Final = 14 * 24 * 3600
PAGE_ENVELOPES: Final = 64
PAGE_BYTES: Final = 4 * 1024 * 1024  # what one reader may make us hold at a time
RECOUNT_EVERY_S: Final = 10.0  # while the store is full
# Bytes that each counts for besides its own: names, indexes, what is lost to pages.
ENVELOPE_COST: Final = 1024
REVOKED_COST: Final = 256  # bytes that a revocation counts for
REVOKED_S: Final = 366 * 24 * 3600.0  # a revocation is kept after the writer's last try
RENEW_S: Final = 24 * 3600.0  # a try sooner after the one before is not noted
PURGE_EVERY_S: Final = 600.0

Clock = Callable[[], float]


class StoreFull(StoreError):
    """The mailbox is at its quota, or the disk is full."""


class Revoked(StoreError):
    """The mailbox's owner has revoked this writer."""


@dataclass(frozen=True)
class Mail:
    """One envelope as kept: which, the how-manyeth, and its bytes."""

    id: bytes
    seq: int
    body: bytes


@dataclass(frozen=True)
class Quota:
    """What one mailbox may hold, and for how long; less of it for each writer, so that none keeps the others out."""

    age_s: float = AGE_S
    mailbox_bytes: int = 64 * 1024 * 1024
    mailbox_envelopes: int = 1000
    writer_bytes: int = 16 * 1024 * 1024
    writer_envelopes: int = 250
    mailbox_revoked: int = 1000
    total_bytes: int = 10 * 1024 * 1024 * 1024  # of all mailboxes together


class Store(Protocol):
    """What a server needs. Every effect is durable before its call returns."""

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        """Keep an envelope; the same (mailbox, writer, id) replaces the earlier one and gets a new `seq`.

        Raises:
            StoreFull: The quota is reached; nothing has changed.
            Revoked: The owner has revoked this writer; nothing has changed.
            StoreError: The store does not work; try later.
        """

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = PAGE_ENVELOPES) -> list[Mail]:
        """Return mail with `seq` above `after`, in order: at most `limit` envelopes, and not past PAGE_BYTES
        (but at least one, if there is one)."""

    async def count(self, mailbox: bytes) -> int:
        """Return how many envelopes wait."""

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        """Drop exactly these (id, seq); what has been replaced since, or is not there, is left alone."""

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        """Drop the writer's mail and refuse its later puts, until it has tried none for REVOKED_S.

        Raises:
            StoreFull: The mailbox has revoked too many, or there is no place; nothing has changed.
            StoreError: The store does not work; try later.
        """

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        """Tell whether `revoke` was called for this writer."""

    async def free(self) -> float:
        """Return the part of all place that is free, 0 to 1, as it was some seconds ago at most.

        Raises:
            StoreError: The store does not work.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of the store."""


class MemoryStore:
    """Mail that dies with the process; for tests, and for a listener whose engine takes mail at once."""

    def __init__(self, quota: Quota | None = None, clock: Clock = time.time) -> None:
        self._quota = quota or Quota()
        self._clock = clock
        self._seq = 0
        # Insertion order is seq order: a replaced entry is taken out and put back at the end.
        self._boxes: dict[bytes, _Box] = {}
        self._revoked: dict[bytes, dict[bytes, float]] = {}  # and when each last tried
        self._purged = clock()
        self._total = Total(self._quota.total_bytes, self._held)

    def _held(self) -> int:
        mail = sum(cost(mail.body) for box in list(self._boxes) for _, mail in self._box(box).values())
        return mail + sum(REVOKED_COST * len(self._refused(box)) for box in list(self._revoked))

    def _refused(self, mailbox: bytes) -> dict[bytes, float]:
        """Return whom a mailbox refuses, without those that have not tried for long; none leaves no trace."""
        revoked = self._revoked.get(mailbox, {})
        oldest = self._clock() - REVOKED_S
        for writer in [writer for writer, at in revoked.items() if at <= oldest]:
            del revoked[writer]
        if not revoked:
            self._revoked.pop(mailbox, None)
        return revoked

    def _box(self, mailbox: bytes) -> "_Box":
        """Return what a mailbox holds, without what is too old; an empty one leaves no trace."""
        box = self._boxes.get(mailbox, {})
        oldest = self._clock() - self._quota.age_s
        self._drop(box, [key for key, (at, _) in box.items() if at <= oldest])
        if not box:
            self._boxes.pop(mailbox, None)
        return box

    def _drop(self, box: "_Box", keys: list[tuple[bytes, bytes]]) -> None:
        for key in keys:
            self._total.shrink(cost(box.pop(key)[1].body))

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        refused, now, size = self._refused(mailbox), self._clock(), cost(body)
        if writer in refused:
            refused[writer] = now
            raise Revoked("this writer is revoked")
        box = self._box(mailbox)
        others = {key: cost(mail.body) for key, (_, mail) in box.items() if key != (writer, id)}
        check_mailbox(self._quota, len(others), sum(others.values()) + size)
        own = [size for key, size in others.items() if key[0] == writer]
        check_writer(self._quota, len(own), sum(own) + size)
        if not self._total.may_grow(size, now):
            raise StoreFull("the mail store is full")
        self._seq = next_seq(now, self._seq)
        if (writer, id) in box:
            self._drop(box, [(writer, id)])
        box[writer, id] = (now, Mail(id, self._seq, body))
        self._boxes[mailbox] = box

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = PAGE_ENVELOPES) -> list[Mail]:
        page: list[Mail] = []
        room = PAGE_BYTES
        for _, mail in self._box(mailbox).values():
            if mail.seq <= after:
                continue
            if len(page) == limit or (page and cost(mail.body) > room):
                break
            page.append(mail)
            room -= cost(mail.body)
        return page

    async def count(self, mailbox: bytes) -> int:
        return len(self._box(mailbox))

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        box = self._box(mailbox)
        wanted = set(items)
        self._drop(box, [key for key, (_, mail) in box.items() if (mail.id, mail.seq) in wanted])
        self._box(mailbox)

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        revoked, now = self._refused(mailbox), self._clock()
        if writer not in revoked:
            check_revoked(self._quota, len(revoked))
            if not self._total.may_grow(REVOKED_COST, now):
                raise StoreFull("the mail store is full")
        self._revoked[mailbox] = {**revoked, writer: now}
        box = self._box(mailbox)
        self._drop(box, [key for key in box if key[0] == writer])
        self._box(mailbox)

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        return writer in self._refused(mailbox)

    async def free(self) -> float:
        now = self._clock()
        if self._total.bytes is None or abs(now - self._purged) >= PURGE_EVERY_S:
            self._purged = now
            self._total.recount()
        return self._total.free()

    async def close(self) -> None:
        self._boxes.clear()


_Box = dict[tuple[bytes, bytes], tuple[float, Mail]]  # writer and id, and when each came


class Total:
    """How much there is in all: never more than we think; where it matters it is counted anew."""

    def __init__(self, most: int, count: Callable[[], int]) -> None:
        self._most = most
        self._count = count
        self.bytes: int | None = None  # not counted yet
        self._counted_s = float("-inf")

    def recount(self) -> None:
        """Count all there is."""
        self.bytes = self._count()

    def free(self) -> float:
        """Return the part that is free, as far as we know."""
        held = self.bytes or 0
        return max(0.0, 1.0 - held / self._most) if self._most else 0.0

    def shrink(self, size: int) -> None:
        """Note that there is so much less."""
        if self.bytes is not None:
            self.bytes = max(0, self.bytes - size)

    def may_grow(self, size: int, now_s: float) -> bool:
        """Tell whether there is place for so much more, and note it if there is."""
        if self.bytes is None or (
            self.bytes + size > self._most and abs(now_s - self._counted_s) >= RECOUNT_EVERY_S
        ):
            self.bytes = self._count()
            self._counted_s = now_s
        if self.bytes + size > self._most:
            return False
        self.bytes += size
        return True


def cost(body: bytes) -> int:
    """Return what an envelope counts for wherever bytes of mail are limited."""
    return len(body) + ENVELOPE_COST


def next_seq(now_s: float, last: int) -> int:
    return max(int(now_s * 1_000_000), last + 1)


def check_mailbox(quota: Quota, envelopes: int, new_bytes: int) -> None:
    """Refuse one more envelope beside so many, if all bytes are then so many."""
    if envelopes >= quota.mailbox_envelopes or new_bytes > quota.mailbox_bytes:
        raise StoreFull("this mailbox is full")


def check_writer(quota: Quota, envelopes: int, new_bytes: int) -> None:
    if envelopes >= quota.writer_envelopes or new_bytes > quota.writer_bytes:
        raise StoreFull("this writer's share of the mailbox is full")


def check_revoked(quota: Quota, revoked: int) -> None:
    if revoked >= quota.mailbox_revoked:
        raise StoreFull("this mailbox has revoked too many writers")
