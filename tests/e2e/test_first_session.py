"""The first session on a machine that was off: it starts the engine, and is told what came meanwhile."""

from spread import store
from tests.e2e.world import World, wait_until


def test_it_is_told_the_newest_hand_off_over_the_lan(world: World) -> None:
    """Without a relay the peer still owes it; what had come before is older, and is not given in its place."""
    world.pair()
    world.a.start_engine()
    world.b.start_engine()
    world.a.turn("older", "let it parse days")
    wait_until("the older one has come", lambda: world.b.holds("older"))
    for number in range(2):
        world.b.stop_engine()
        wait_until("a knows that b has gone", lambda: world.a.peer().get("routes") == [])
        world.a.turn(f"newer-{number}", f"let it parse year {number}")
        wait_until("a owes the newer one", lambda: store.owed(world.a.paths))
        assert f"let it parse year {number}" in world.b.told()
        wait_until("it is paid for", lambda: not store.owed(world.a.paths))
