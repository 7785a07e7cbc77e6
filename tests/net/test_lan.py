"""mDNS on loopback: what is found, and what a flood of announcements cannot do."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceInfo

from spread.errors import RouteError
from spread.net import lan, lan_questions
from spread.net.lan import Found

LOOPBACK = ["127.0.0.1"]
MAILBOX = os.urandom(32)
ROOM = "t" + os.urandom(5).hex()[:5]


class Heard:
    """A speaker that listens; `until` waits for what it is to know."""

    def __init__(self, wanted: Callable[[Found], bool] | None = None) -> None:
        self.news = asyncio.Event()
        self.count = 0
        self.speaker = lan.Lan(LOOPBACK, self._on_change, wanted)

    def _on_change(self) -> None:
        self.count += 1
        self.news.set()

    async def until(self, known: Callable[[], bool]) -> None:
        while not known():
            self.news.clear()
            await self.news.wait()


@contextlib.asynccontextmanager
async def started(*speakers: lan.Lan) -> AsyncIterator[None]:
    """Start speakers and close them in the end."""
    try:
        for speaker in speakers:
            await speaker.start()
        yield
    finally:
        for speaker in speakers:
            await speaker.close()


def found(name: str, *, tag: str = "", nonce: str = "", room: str = "") -> Found:
    """Return a listener as it was heard of."""
    return Found(name, ("ws://127.0.0.1:1",), nonce, tag, room, "share" if room else "")


def owner(name: str = "owner") -> Found:
    """Return the listener that has our peer's mailbox."""
    return found(name, nonce="ab", tag=lan.tag(MAILBOX, "ab"))


async def test_listeners_are_found_and_go() -> None:
    """A mailbox is known by its tag, a room by its id, and both are gone with a goodbye."""
    # others may speak on the same interface meanwhile
    heard = Heard(lambda each: each.is_of(MAILBOX) or each.room == ROOM)
    speaker = lan.Lan(LOOPBACK)

    def known() -> tuple[list[Found], list[Found]]:
        return heard.speaker.owners_of(MAILBOX), heard.speaker.rooms("share", ROOM)

    async with started(heard.speaker):
        async with started(speaker):
            await speaker.announce(4711, {"n": "ab", "t": lan.tag(MAILBOX, "ab")})
            await speaker.announce(4712, {"room": ROOM, "for": "share"})
            await heard.until(lambda: all(known()))
            assert [[each.urls for each in some] for some in known()] == [
                [("ws://127.0.0.1:4711",)],
                [("ws://127.0.0.1:4712",)],
            ]
            assert not heard.speaker.rooms("pair", ROOM)
            assert not heard.speaker.owners_of(bytes(32))
        await heard.until(lambda: not any(known()))


@pytest.mark.parametrize("room", ["a7f3b", "a7f3b2x", "A7F3B2", "a7f3b\x1b", "ä7f3b2"])
async def test_what_is_no_room(room: str) -> None:
    """An announced room that no server can have made is none."""
    heard, speaker = Heard(), lan.Lan(LOOPBACK)
    async with started(heard.speaker, speaker):
        await speaker.announce(4711, {"room": room, "for": "share", "n": "ab", "t": lan.tag(MAILBOX, "ab")})
        await heard.until(lambda: heard.speaker.owners_of(MAILBOX) != [])
        assert room not in [each.room for each in heard.speaker.rooms("share")]


async def test_a_flood_does_not_shut_out_who_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many strangers announce themselves before and after, the peer is found, and they make no news."""
    monkeypatch.setattr(lan, "MAX_FOUND", 8)
    heard, speaker = Heard(lambda each: each.is_of(MAILBOX)), lan.Lan(LOOPBACK)
    async with started(heard.speaker, speaker):
        for number in range(12):
            await speaker.announce(4000 + number, {"n": "cd", "t": f"{number:016x}"})
        await speaker.announce(4711, {"n": "ab", "t": lan.tag(MAILBOX, "ab")})
        await heard.until(lambda: heard.speaker.owners_of(MAILBOX) != [])
        for number in range(12, 24):
            await speaker.announce(4000 + number, {"n": "cd", "t": f"{number:016x}"})
        await speaker.announce(4712, {"n": "ef", "t": lan.tag(MAILBOX, "ef")})
        await heard.until(lambda: len(heard.speaker.owners_of(MAILBOX)) == 2)
        assert len(heard.speaker.found) <= 8
        assert heard.count <= 4  # an announcement may come in more than one packet


def test_the_oldest_stranger_goes_first() -> None:
    """Of what does not matter the oldest is forgotten; of what matters only for something newer that does."""
    speaker = lan.Lan(LOOPBACK, wanted=lambda each: each.is_of(MAILBOX))
    speaker._remember(owner())
    for number in range(lan.MAX_FOUND + 5):
        speaker._remember(found(f"x{number}", tag=str(number)))
    assert len(speaker.found) == lan.MAX_FOUND
    assert list(speaker.found)[:2] == ["owner", "x6"]


def test_whoever_copies_an_announcement_takes_few_places() -> None:
    """Of one tag, and of one room, only the first few are remembered: whoever copies one comes later."""
    speaker = lan.Lan(LOOPBACK)
    for number in range(20):
        speaker._remember(owner(f"copy{number}"))
        speaker._remember(found(f"room{number}", room="a7f3b2"))
    assert [each.name for each in speaker.owners_of(MAILBOX)] == [f"copy{n}" for n in range(7, -1, -1)]
    assert len(speaker.rooms("share")) == lan.MAX_ALIKE
    speaker._remember(owner("copy0"))  # announced anew, as with another address
    assert speaker.owners_of(MAILBOX)[0].name == "copy0"
    speaker._remember(found("late", tag="other"))
    speaker._remember(owner("late"))
    assert len(speaker.owners_of(MAILBOX)) == lan.MAX_ALIKE


def test_who_comes_after_its_copies_is_found_when_they_are_gone() -> None:
    """The first few are remembered, and the next one when one of them turns out to be none, or says goodbye."""
    heard: list[int] = []
    speaker = lan.Lan(LOOPBACK, lambda: heard.append(1), lambda each: each.is_of(MAILBOX))
    for number in range(lan.MAX_ALIKE):
        speaker._remember(owner(f"copy{number}"))
    for number in range(20):
        speaker._remember(found(f"x{number}", tag="y"))  # strangers' copies take no place
    for name in ("gone", "true", "other"):
        speaker._remember(owner(name))
    speaker._drop("gone")
    news = len(heard)
    speaker.forget(speaker.owners_of(MAILBOX)[0])
    assert [each.name for each in speaker.owners_of(MAILBOX)][:2] == ["true", f"copy{lan.MAX_ALIKE - 2}"]
    assert len(heard) == news + 1
    speaker.forget(speaker.owners_of(MAILBOX)[-1])
    assert (speaker.owners_of(MAILBOX)[0].name, len(speaker._spare)) == ("other", 0)


async def test_names_that_nobody_answers_for_do_not_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more names than we look up some are left; a listener that announces itself whole is not among them."""
    monkeypatch.setattr(lan, "LOOKUPS_AT_ONCE", 4)
    monkeypatch.setattr(lan, "LOOKUPS_PER_S", 0)
    heard, speaker = Heard(), lan.Lan(LOOPBACK)
    async with started(heard.speaker, speaker):
        assert heard.speaker._zeroconf is not None
        zeroconf = heard.speaker._zeroconf.zeroconf
        for number in range(20):
            name = f"nobody{number}.{lan.SERVICE}"
            heard.speaker._heard(zeroconf, lan.SERVICE, name, ServiceStateChange.Added)
        assert list(heard.speaker._lookups) == [f"nobody{n}.{lan.SERVICE}" for n in range(4)]
        await speaker.announce(4711, {"room": "a7f3b2", "for": "share"})
        await heard.until(lambda: heard.speaker.rooms("share") != [])


def test_no_such_interface() -> None:
    """A name that is no interface is told, with those there are."""
    with pytest.raises(RouteError) as caught:
        lan.addresses(["no-such-interface"])
    assert not caught.value.transient
    assert "use one of" in caught.value.hint


def test_only_what_was_asked_for() -> None:
    """With interfaces given nothing else is listened on."""
    assert lan.addresses(LOOPBACK) == LOOPBACK


async def test_a_new_address_is_announced() -> None:
    """A listener whose machine has moved is found at its new address, under the same name."""
    here, there = Heard(), Heard()
    async with started(here.speaker, there.speaker), asyncio.timeout(100):
        await there.speaker.announce(4000, {"n": "ab", "t": lan.tag(MAILBOX, "ab")})
        await here.until(lambda: bool(here.speaker.owners_of(MAILBOX)))
        (before,) = here.speaker.owners_of(MAILBOX)
        await there.speaker.move(["127.0.0.1", "127.0.0.2"])
        await here.until(lambda: "ws://127.0.0.2:4000" in here.speaker.owners_of(MAILBOX)[0].urls)
        (after,) = here.speaker.owners_of(MAILBOX)
        assert (after.name, after.tag) == (before.name, before.tag)


async def test_who_asks_anew_finds_again() -> None:
    """After the network was away, what was forgotten is asked for."""
    here, there = Heard(), Heard()
    async with started(here.speaker, there.speaker), asyncio.timeout(100):
        await there.speaker.announce(4000, {"n": "ab", "t": lan.tag(MAILBOX, "ab")})
        await here.until(lambda: bool(here.speaker.owners_of(MAILBOX)))
        here.speaker.forget(here.speaker.owners_of(MAILBOX)[0])
        await here.speaker.move(LOOPBACK)
        await here.until(lambda: bool(here.speaker.owners_of(MAILBOX)))


def test_the_network_by_addresses_and_carriers(tmp_path: Path) -> None:
    """A carrier that goes makes another network; where the system tells nothing, addresses alone do."""
    plain = lan.network(["127.0.0.1"], str(tmp_path))
    assert plain == {"127.0.0.1"}
    (carrier,) = (tmp_path / name / "carrier" for name in ("lo",))
    carrier.parent.mkdir()
    carrier.write_text("1\n")
    assert lan.network(["127.0.0.1"], str(tmp_path)) == plain
    carrier.write_text("0\n")
    assert lan.network(["127.0.0.1"], str(tmp_path)) == {"127.0.0.1 without carrier"}
    assert lan.network(["lo"], str(tmp_path)) != plain
    assert "127.0.0.1" not in lan.network(None, str(tmp_path))


async def test_who_asks_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands there already is found by one question from a port of its own, before any browser asks."""
    speaker, heard = lan.Lan(LOOPBACK), Heard()
    async with started(speaker):
        await speaker.announce(4242, {"room": ROOM, "for": "share"})
        await asyncio.gather(*speaker._broadcasts)  # said thrice, and silent from now on
        monkeypatch.setattr(heard.speaker, "_browse", lambda: None)
        take, answered = heard.speaker._answered, asyncio.Event()

        def took(*given: Any) -> None:
            take(*given)
            answered.set()

        monkeypatch.setattr(heard.speaker, "_answered", took)
        async with started(heard.speaker):
            await heard.speaker.ask()
            await answered.wait()
            cache = heard.speaker._zeroconf.zeroconf.cache  # type: ignore[union-attr]
            assert cache.entries_with_name(lan.SERVICE)


async def test_what_is_no_answer_is_dropped() -> None:
    """Anyone may write to the port that asked: questions and noise change nothing."""
    heard = Heard()
    async with started(heard.speaker):
        before = dict(heard.speaker.found)  # others may speak on the same interface
        for noise in (
            b"",
            b"x",
            lan_questions.pointers_of(lan.SERVICE),
            os.urandom(600),
            bytes(12),
            b"\x00\x00\x84\x00" + b"\xff" * 8,
        ):
            heard.speaker._answered(noise, ("127.0.0.1", 5353))
        assert heard.speaker.found == before


async def test_no_question_is_asked_where_there_is_no_such_address() -> None:
    """An address that is not ours, and one of IPv6, are left to the browser."""
    speaker = lan.Lan(LOOPBACK)
    async with started(speaker):
        speaker._ips = ["192.0.2.1", "::1"]
        await speaker.ask()
        assert speaker._asking == []


async def test_a_listener_is_asked_again_for_what_it_did_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question's time is over at once where one of us was held up; there will be no other news of it."""
    asked = 0
    request = AsyncServiceInfo.async_request

    async def late(info: AsyncServiceInfo, *args: Any) -> bool:
        nonlocal asked
        asked += 1
        return asked > 1 and await request(info, *args)

    monkeypatch.setattr(AsyncServiceInfo, "async_request", late)
    monkeypatch.setattr(lan.Lan, "_knows", lambda *_: False)
    one, heard = lan.Lan(LOOPBACK), Heard(lambda found: found.is_room("share", ROOM))
    async with started(one, heard.speaker):
        await one.announce(9, {"room": ROOM, "for": "share"})
        await heard.until(lambda: bool(heard.speaker.rooms("share", ROOM)))
    assert asked >= 2


async def test_who_took_its_leave_is_not_there_for_an_answer_that_was_on_its_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes after the goodbye; what is said once that is past counts."""
    monkeypatch.setattr(lan, "GONE_S", 0.3)
    one, heard = lan.Lan(LOOPBACK), Heard(lambda found: found.is_room("share", ROOM))
    async with started(heard.speaker):
        assert heard.speaker._zeroconf is not None
        zeroconf = heard.speaker._zeroconf.zeroconf
        async with started(one):
            await one.announce(9, {"room": ROOM, "for": "share"})
            await heard.until(lambda: bool(heard.speaker.rooms("share", ROOM)))
            (listener,) = heard.speaker.rooms("share", ROOM)
            heard.speaker._heard(zeroconf, lan.SERVICE, listener.name, ServiceStateChange.Removed)
            heard.speaker._heard(zeroconf, lan.SERVICE, listener.name, ServiceStateChange.Added)
            assert heard.speaker.rooms("share", ROOM) == []
            await asyncio.sleep(0.35)
            await heard.speaker._browse_anew()
            await heard.until(lambda: bool(heard.speaker.rooms("share", ROOM)))
