"""A relay of claudeSpread 1.x, which knows rooms and nothing else: what works, and what is said of the rest."""

import sys
from functools import partial
from pathlib import Path

import pytest

from spread import peers
from tests.e2e.world import Command, Machine, World, wait_until

SERVE = """
import asyncio, logging, sys
sys.path.insert(0, sys.argv[1])
from tests.net.legacy_relay import legacy_relay
async def main():
    async with legacy_relay(sys.argv[2]) as url:
        print(url, flush=True)
        logging.basicConfig(level="INFO")  # one "connection open" for each on stderr
        await asyncio.Event().wait()
asyncio.run(main())
"""
TOP = str(Path(__file__).resolve().parent.parent.parent)


def says_so(machine: Machine) -> bool:
    """Tell whether an engine has found out what the relay is."""
    return "keeps no mail" in str(machine.status().get("relays"))


def serve(world: World, hello: str = "error") -> Command:
    """Start such a relay; its first line is its URL."""
    argv = [sys.executable, "-c", SERVE, TOP, hello]
    command = Command(argv, world.a.env(), world.root, world.root / "legacy", None)
    world.commands.append(command)
    command.line()
    return command


def test_share_and_receive(world: World) -> None:
    """A share goes through it, as it does through one of ours."""
    url = serve(world).line()
    sharing = world.a.spread("share", "README", "--relay", url)
    done = world.b.run("receive", "--relay", url, sharing.line())
    assert (done.code, done.out) == (0, "a parser\n")
    assert sharing.end().code == 0


def test_three_wrong_codes_burn_a_share(world: World) -> None:
    """Who guesses is told no less than at ours."""
    url = serve(world).line()
    sharing = world.a.spread("share", "README", "--relay", url)
    room = sharing.line().partition("-")[0]
    told = [world.b.run("receive", "--relay", url, f"{room}-able-able-able").told() for _ in range(3)]
    assert "burned" in told[2]["error"]
    assert sharing.end().code == 1


@pytest.mark.parametrize("hello", ["error", "close", "ignore"])
def test_pair_and_then_work_over_the_lan(world: World, hello: str) -> None:
    """Pairing goes through it; it is asked for mail once, status says that it keeps none, the LAN delivers."""
    relay = serve(world, hello)
    url = relay.line()
    for machine in (world.a, world.b):
        machine.configure(relay=url, lan=False)
    world.pair()
    met = relay.err.count("connection open")
    for machine in (world.a, world.b):
        machine.configure(relay=url)
        machine.spread("sync")
    for machine in (world.a, world.b):
        wait_until("it is known", partial(says_so, machine))
    for number in range(3):
        world.a.turn(f"session-{number}")
        wait_until("it has come", partial(world.b.holds, f"session-{number}"))
    status = world.a.run("status")
    assert status.code == 0
    assert f"relay {url}: keeps no mail (it is a relay for rooms only)" in status.out
    assert relay.err.count("connection open") == met + 2
    assert peers.load(world.a.paths, "b").relay == url
