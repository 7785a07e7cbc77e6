"""mDNS on loopback: being found by whom we know, and by nobody else."""

import asyncio
import contextlib
import gc
import os
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from spread.errors import RouteError
from spread.net import lan

LOOPBACK = ["127.0.0.1"]
NONCE = "00ff" * 4


class Ear:
    """A speaker that can be waited for."""

    def __init__(self, speaker: lan.Lan, changed: asyncio.Event) -> None:
        self.speaker = speaker
        self._changed = changed

    async def until(self, holds: Callable[[], object], timeout_s: float = 10) -> None:
        """Wait until something holds, looking again at each change."""
        async with asyncio.timeout(timeout_s):
            while not holds():
                self._changed.clear()
                await self._changed.wait()


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    """Start a speaker on loopback."""
    changed = asyncio.Event()
    speaker = lan.Lan(LOOPBACK, changed.set)
    await speaker.start()
    try:
        yield Ear(speaker, changed)
    finally:
        await speaker.close()


async def test_a_peer_is_found_by_its_tag() -> None:
    """Who knows the mailbox recognises its listener; with another mailbox it is a stranger's."""
    box, other = os.urandom(32), os.urandom(32)
    async with listening() as here, listening() as there:
        await there.speaker.announce(4000, {"n": NONCE, "t": lan.tag(box, NONCE)})
        await here.until(lambda: here.speaker.owners_of(box))
        (found,) = here.speaker.owners_of(box)
        assert found.urls == ("ws://127.0.0.1:4000",)
        assert here.speaker.owners_of(other) == []
        assert there.speaker.owners_of(box) == [], "nobody hears itself"


async def test_a_room_is_found_by_purpose_and_id() -> None:
    """Of all ids, or of one; a room for pairing is none for sharing."""
    room = os.urandom(3).hex()
    async with listening() as here, listening() as there:
        await there.speaker.announce(4000, {"room": room, "for": "share"})
        await here.until(lambda: here.speaker.rooms("share", room))
        assert room in [found.room for found in here.speaker.rooms("share")]
        assert here.speaker.rooms("pair", room) == []
        assert here.speaker.rooms("share", "nosuch") == []


async def test_the_last_heard_comes_first_and_goodbye_is_heard() -> None:
    """After a start anew both listeners are known, the new one first; one that leaves is dropped at once."""
    box = os.urandom(32)
    async with listening() as here:
        async with listening() as old, listening() as new:
            for port, ear in ((4000, old), (4001, new)):
                await ear.speaker.announce(port, {"n": NONCE, "t": lan.tag(box, NONCE)})
                await here.until(partial(hears, here, box, port))
            assert ports(here, box) == [4001, 4000]
            here.speaker.forget(here.speaker.owners_of(box)[0])
            assert ports(here, box) == [4000]
        await here.until(lambda: not ports(here, box))


def ports(ear: Ear, box: bytes) -> list[int]:
    """Return the ports at which a mailbox's listeners are announced."""
    return [int(found.urls[0].rpartition(":")[2]) for found in ear.speaker.owners_of(box)]


def hears(ear: Ear, box: bytes, port: int) -> bool:
    """Tell whether a mailbox's listener is announced at a port."""
    return port in ports(ear, box)


async def test_what_is_announced_names_nobody() -> None:
    """Neither the machine's name nor the mailbox is in it, and two starts have nothing in common."""
    box, seen = os.urandom(32), []
    async with listening() as here:
        for nonce in ("aa" * 8, "bb" * 8):
            async with listening() as there:
                await there.speaker.announce(4000, {"n": nonce, "t": lan.tag(box, nonce)})
                await here.until(lambda: here.speaker.owners_of(box))
                seen += here.speaker.owners_of(box)
            await here.until(lambda: not here.speaker.owners_of(box))
    one, two = seen
    assert one.name != two.name
    assert one.tag != two.tag
    for found in seen:
        assert box.hex()[:16] not in str(found)
        assert os.uname().nodename.lower() not in found.name.lower()


@contextlib.asynccontextmanager
async def stranger(properties: dict[bytes, bytes | None]) -> AsyncIterator[str]:
    """Announce, under our service, what none of us would; give its name."""
    speaker = AsyncZeroconf(interfaces=LOOPBACK)
    name = f"{os.urandom(4).hex()}.{lan.SERVICE}"
    info = AsyncServiceInfo(
        lan.SERVICE,
        name,
        port=4000,
        addresses=[bytes([127, 0, 0, 1])],
        server="x.local.",
        properties=properties,
    )
    await (await speaker.async_register_service(info, cooperating_responders=True))
    try:
        yield name
    finally:
        await speaker.async_close()


async def test_a_strangers_nonsense_is_harmless() -> None:
    """Properties that are no text, missing or long are taken as that, cut, and match nobody."""
    async with listening() as here, stranger({b"t": b"\xff" * 200, b"room": None, b"\xfe": b"x"}) as name:
        await here.until(lambda: name in here.speaker.found)
        found = here.speaker.found[name]
        assert len(found.tag) <= 64
        assert (found.room, found.nonce) == ("", "")


async def test_a_flood_does_not_fill_our_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more listeners are remembered than the limit."""
    monkeypatch.setattr(lan, "MAX_FOUND", 1)
    one, two = os.urandom(32), os.urandom(32)
    async with listening() as first, listening() as second, listening() as here:
        here.speaker.found.clear()
        for ear, box in ((first, one), (second, two)):
            await ear.speaker.announce(4000, {"n": NONCE, "t": lan.tag(box, NONCE)})
        await here.until(lambda: here.speaker.found)
        async with listening() as witness:
            monkeypatch.setattr(lan, "MAX_FOUND", 256)
            await witness.until(lambda: witness.speaker.owners_of(one) and witness.speaker.owners_of(two))
        assert len(here.speaker.found) == 1


async def test_closing_without_a_start_is_no_harm() -> None:
    """Nor is closing twice."""
    speaker = lan.Lan(LOOPBACK)
    await speaker.close()
    await speaker.start()
    await speaker.close()
    await speaker.close()


# zeroconf leaves the socket it could not use to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_an_address_that_is_not_ours() -> None:
    """Where nothing can be sent, that is told with a hint."""
    with pytest.raises(RouteError, match="cannot use mDNS") as caught:
        await lan.Lan(["192.0.2.1"]).start()
    assert "SPREAD_INTERFACES" in caught.value.hint
    del caught
    gc.collect()


# Which addresses


def test_interfaces_by_name_and_address() -> None:
    """Both are taken; a name stands for its addresses, link-local ones left out."""
    assert lan.addresses(["127.0.0.1"]) == LOOPBACK
    assert "127.0.0.1" in lan.addresses(["lo"])


def test_all_but_loopback_by_default() -> None:
    """Where nothing is named; with no other interface, loopback."""
    found = lan.addresses(None)
    assert found
    assert "127.0.0.1" not in found or found == LOOPBACK


@pytest.mark.parametrize("name", ["nosuch0", "192.0.2.1", "", "fe80::1"])
def test_no_such_interface(name: str) -> None:
    """A name that is none of this machine's is an error that lists those that are."""
    with pytest.raises(RouteError, match="no interface is called") as caught:
        lan.addresses([name])
    assert not caught.value.transient
    assert "lo" in caught.value.hint
