"""Enrichment between two machines: the plain hand-off first, the narrative as a further revision."""

import json
import os
import shlex
from pathlib import Path

from spread import store
from tests.e2e.world import World, wait_until

SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"


def test_the_narrative_follows_the_plain_hand_off(world: World) -> None:
    """Revision 1 arrives without waiting for a client; revision 2 has its narrative; the run is counted."""
    world.pair()
    world.a.stop_engine()
    world.b.stop_engine()
    told = shlex.quote(
        json.dumps({"decisions": ["Weeks begin on Mondays."], "completed": ["All 99 tests pass."]})
    )
    client = world.root / "bin" / "claude"
    client.parent.mkdir()
    client.write_text(f"#!/bin/sh\ncat >/dev/null\necho {told}\n")
    client.chmod(0o755)
    world.a.configure(enrich="claude")
    world.b.start_engine()
    engine = world.a.spread("sync", PATH=f"{client.parent}{os.pathsep}{os.environ['PATH']}")
    wait_until("A's engine is ready", lambda: os.path.exists(world.a.paths.engine_ready))
    world.a.turn(SESSION)
    wait_until("the plain hand-off has come", lambda: world.b.holds(SESSION, 1))
    wanted = Path(world.a.paths.enrich, f"{SESSION}.md")
    wait_until("it waits to be enriched", wanted.exists)  # what is owed goes before it is left there
    os.utime(wanted, (wanted.stat().st_mtime - 60,) * 2)  # as if the session had been quiet for a minute
    Path(world.a.paths.outbox, "hint").touch()
    wait_until("the narrative has come", lambda: world.b.holds(SESSION, 2))
    item = store.find(world.b.paths, "latest")
    made = store.read(item)
    assert made.distiller.enriched
    assert made.decisions == ("agent: Weeks begin on Mondays.",)
    assert made.completed == ()
    assert "let it parse weeks" in made.goal
    wait_until("it is paid for", lambda: not store.owed(world.a.paths))
    assert json.loads(Path(world.a.paths.enrich_spent).read_text())["count"] == 1
    assert not wanted.exists()
    assert engine.stop().code == 0
