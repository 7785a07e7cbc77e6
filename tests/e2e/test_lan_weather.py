"""Three hosts on a private network with real mDNS, and what happens to networks: how soon delivery goes on."""

import os
import re
import secrets
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spread import peers
from spread.net import lan as lan_module
from tests.conftest import need
from tests.e2e.world import Machine, World, wait_until

RESUMES_S = 5.0  # of the network's return
TRIES = 3  # of which one has to be so quick: the machine may be busy
PATIENCE_S = 60.0
RELAY_HOST = "10.77.0.3"
pytestmark = pytest.mark.timeout(400)


@dataclass
class Weather:
    """A private network that a test steers; machines `a` and `b` are its hosts of that name."""

    script: Path
    world: World
    id: str

    def up(self, *options: str) -> None:
        """Make the network, with three hosts."""
        self._run("up", "--id", self.id, "--hosts", "3", *options)
        for machine in (self.world.a, self.world.b):
            machine.through = self.on(machine.name)

    def on(self, host: str) -> list[str]:
        """Return what a command on a host begins with; there is no interface to keep away from on it."""
        return [str(self.script), "exec", "--id", self.id, host, "env", "-u", "SPREAD_INTERFACES"]

    def does(self, action: str, *arguments: str) -> None:
        """Let something happen to the network."""
        self._run(action, "--id", self.id, *arguments)

    def _run(self, *arguments: str) -> None:
        done = subprocess.run([self.script, *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def begin(self, *, relay: bool = False) -> None:
        """Pair, start both engines, and see that both know each other's route."""
        url = ""
        if relay:
            url = self.world.start_relay(host=RELAY_HOST, through=self.on("c"))
        self.world.configure(relay=url)
        self.world.pair()
        for machine in (self.world.a, self.world.b):
            machine.start_engine()
        for machine in (self.world.a, self.world.b):
            wait_until("a route by lan", lambda machine=machine: "lan" in routes(machine))  # type: ignore[misc]

    def deliver(self, session: str) -> float:
        """Let `a` have a turn; return the seconds from the hook's exit until `b` holds it."""
        self.world.a.turn(session)
        return self.arrives(session)

    def arrives(self, session: str) -> float:
        """Return the seconds until `b` holds it."""
        began = time.monotonic()
        wait_until(f"{session} arrives", lambda: self.world.b.holds(session), timeout_s=PATIENCE_S)
        return time.monotonic() - began


def soon(what: str, event: Callable[[int], list[float]], within_s: float = RESUMES_S) -> None:
    """Let something happen until delivery takes no longer after it; fail if it never does."""
    for number in range(TRIES):
        seconds = event(number)
        print(f"{what}: {', '.join(f'{each:.2f} s' for each in seconds)}")
        if max(seconds) < within_s:
            return
    raise AssertionError(f"{what}: {seconds}")


def routes(machine: Machine) -> list[str]:
    """Return the routes to the machine's one peer, as it tells them."""
    return list(machine.peer().get("routes", []))


def lasts(seconds: float) -> None:
    """Let the weather be what it is for a while."""
    threading.Event().wait(seconds)


@pytest.fixture
def weather(lan: Path, world: World) -> Iterator[Weather]:
    """A network that is not there yet (`up`)."""
    need(os.geteuid() == 0, "root, to steer a private network from outside")
    made = Weather(lan, world, f"w{secrets.token_hex(4)}")
    yield made
    for command in world.commands:
        command.process.kill()
        command.process.wait()
    subprocess.run([lan, "down", "--id", made.id], capture_output=True, timeout=30)


@pytest.mark.parametrize(("goes", "returns"), [("cut", "restore"), ("drop", "undrop")])
def test_goes_on_when_the_network_is_back(weather: Weather, goes: str, returns: str) -> None:
    """Whether the cable was pulled or everything vanished without a word."""
    weather.up()
    weather.begin()
    weather.deliver("before")

    def away(number: int) -> list[float]:
        session = f"meanwhile-{number}"
        weather.does(goes, "b")
        weather.world.a.turn(session)
        lasts(7)
        assert not weather.world.b.holds(session)
        weather.does(returns, "b")
        return [weather.arrives(session), weather.deliver(f"after-{number}")]

    soon(f"{goes} and {returns}", away)


@pytest.mark.parametrize("who", ["a", "b"])
def test_goes_on_under_another_address(weather: Weather, who: str) -> None:
    """A new lease, while both engines run."""
    weather.up()
    weather.begin()
    weather.deliver("before")

    def moved(number: int) -> list[float]:
        weather.does("addr", who, f"10.77.0.{77 + number}")
        return [weather.deliver(f"after-{number}")]

    soon(f"another address of {who}", moved)


def test_a_bad_network(weather: Weather) -> None:
    """A fifth of all frames is lost, each takes 50 ms, more or less: slow, and nothing worse."""
    weather.up("--user-switch")
    weather.begin()
    weather.does("impair", "all", "loss=20", "delay=50", "jitter=20")

    def five(number: int) -> list[float]:
        return [statistics.median(weather.deliver(f"session-{number}-{each}") for each in range(5))]

    soon("20 % lost, 50 ms", five)
    weather.does("impair", "all", "none")
    weather.deliver("after")


def test_two_networks_and_a_relay_between(weather: Weather) -> None:
    """Two hosts that cannot reach each other, and then can."""
    weather.up()
    weather.begin(relay=True)
    weather.deliver("before")

    def apart(number: int) -> list[float]:
        for host in "ab":
            weather.does("isolate", host)
        seconds = [weather.deliver(f"isolated-{number}"), weather.deliver(f"again-{number}")]
        wait_until("it is told", lambda: weather.world.a.peer().get("last_route") == "relay")
        for host in "ab":
            weather.does("unisolate", host)
        return [*seconds, weather.deliver(f"together-{number}")]

    soon("isolated, and together again", apart)


def test_a_relay_that_is_cut_off(weather: Weather) -> None:
    """The LAN does not care, and the relay is found again."""
    weather.up()
    weather.begin(relay=True)

    def without(number: int) -> list[float]:
        weather.does("cut", "c")
        seconds = [weather.deliver(f"session-{number}-{each}") for each in range(3)]
        wait_until("it is told", lambda: weather.world.a.peer().get("last_route") == "lan")
        weather.does("restore", "c")
        for host in "ab":
            weather.does("isolate", host)
        seconds.append(weather.deliver(f"by-relay-{number}") / 2)
        for host in "ab":
            weather.does("unisolate", host)
        return seconds

    soon("without the relay, and then without the LAN (half of it)", without)


# -- avahi -------------------------------------------------------------------------------------------------


def test_avahi_sees_us(weather: Weather) -> None:
    """`avahi-browse` resolves what an engine announces: its address, its port, its tag."""
    need(shutil.which("avahi-browse") and shutil.which("avahi-daemon"), "avahi-daemon and avahi-utils")
    weather.up("--avahi", "c")
    weather.begin()
    found: Callable[[], str] = lambda: browse(weather, lan_module.SERVICE)  # noqa: E731
    port, ours = weather.world.a.status()["port"], weather.world.a.peer
    assert ours()
    wait_until(
        "avahi resolves us", lambda: re.search(rf"^=.*;10\.77\.0\.1;{port};.*t=", found(), re.MULTILINE)
    )


def browse(weather: Weather, service: str) -> str:
    """Return what it has seen so far: it waits without an end for a service that went before it was resolved."""
    asked = [*weather.on("c"), "timeout", "10", "avahi-browse", "-rpt", service.removesuffix(".local.")]
    return subprocess.run(asked, capture_output=True, text=True, timeout=60).stdout


def test_we_see_what_avahi_publishes(weather: Weather) -> None:
    """The tag of a peer, announced by avahi, is a route to it."""
    need(shutil.which("avahi-publish") and shutil.which("avahi-daemon"), "avahi-daemon and avahi-utils")
    weather.up("--avahi", "c")
    weather.world.configure(relay="")
    weather.world.pair()
    (peer,) = peers.load_all(weather.world.a.paths).values()
    weather.world.a.start_engine()
    assert routes(weather.world.a) == []
    tag = lan_module.tag(peer.mailbox, "0a1b2c3d")
    publish = subprocess.Popen(
        [*weather.on("c"), "avahi-publish", "-s", "by-avahi", lan_module.SERVICE.removesuffix(".local."),
         "4711", "v=1", "n=0a1b2c3d", f"t={tag}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until("a route by lan", lambda: routes(weather.world.a) == ["lan"], PATIENCE_S)
    finally:
        publish.kill()
        publish.wait()
