"""`spread inbox`, `show`, `accept`, `forget`: what was received, and what was sent."""

import json
import os
import sys
import time
from typing import Any

from spread import accepted, claude, hook_inbox, search, store, store_inbox, store_sent
from spread.commands import audience, common, terminal
from spread.distillation import Distillation
from spread.distillation_codec import headline
from spread.errors import SpreadError, StoreError, UsageError
from spread.paths import Paths


def run(paths: Paths, *, as_json: bool = False) -> int:
    """List received hand-offs, what came last first."""
    audience.refuse_json(as_json)
    rows = [_row(item) for item in store.received(paths)]
    if as_json:
        terminal.result(json.dumps(rows, indent=2))
        return 0
    shown = [
        (
            " " if row["seen"] else "*", row["id"][:8], row["peer"], audience.project(row["project"]),
            claude.sanitise(row["title"], 100),
        )
        for row in rows
    ]  # fmt: skip
    if terminal.is_fancy() and shown:
        styles = ("bold yellow", "cyan", "bold", "dim")
        terminal.table(shown, ("", "ID", "FROM", "PROJECT", "TITLE"), cut=4, spare=(3,), styles=styles)
    elif shown:
        audience.note()
        lines = (
            audience.told(f"{mark} {ident}  {peer:<16}", f"{project}  {title}")
            for mark, ident, peer, project, title in shown
        )
        terminal.result("\n".join(lines))
    if rows:
        legend = "" if all(row["seen"] for row in rows) else "* not shown to a session yet; "
        terminal.say(f"{legend}next: spread show ID")
    else:
        terminal.say("the inbox is empty")
    return 0


def _row(item: store.Received) -> dict[str, Any]:
    row: dict[str, Any] = {"id": item.id, "peer": item.peer, "seen": item.seen}
    try:
        told = store.glance(item)
    except SpreadError as problem:
        row |= {"title": f"({problem.what})", "state": "damaged"}
        return row | {"project": "", "branch": "", "ended_at": ""}
    row |= {"project": told.get("project.id", ""), "branch": told.get("project.branch", "")}
    state = told.get("state", "")
    row |= {"title": f"{headline(told.get('goal', ''))} [{state}]", "state": state}
    return row | {"ended_at": told.get("ended_at", "")}


def show(paths: Paths, wanted: str, *, as_json: bool = False) -> int:
    """Print one hand-off, received or sent."""
    audience.refuse_json(as_json)
    item = store_sent.find(paths, wanted)
    made = store.read(item)
    if as_json:
        sys.stdout.write(made.to_json().rstrip("\n") + "\n")
        return 0
    if audience.for_claude():  # run by Claude: what it reads is data, and says so
        page = claude.body(made.to_markdown())
        came = {"ended_at": made.ended_at, "received_at": os.stat(item.path).st_mtime}
        whose, age = item.peer or made.machine, hook_inbox.age_of(came, time.time())
        shown = claude.frame(page, machine=whose, age=age, ident=item.id, limit=claude.FRAME)
        sys.stdout.write(shown + "\n")
        return 0
    _show(item, made)
    return 0


def _show(item: store.Received, made: Distillation) -> None:
    page = claude.body(made.to_markdown())
    whose = f"from {item.peer}" if item.peer else "sent by this machine"
    terminal.say(claude.sanitise(f"{whose}, {made.project.id} {made.project.branch}"))
    if terminal.is_fancy():
        from spread.commands import inbox_view

        inbox_view.show(claude.visible(page))
    else:
        sys.stdout.write(claude.visible(page).rstrip("\n") + "\n")


def accept(paths: Paths, wanted: str) -> int:
    """Show one received hand-off and ask; accepted, the next session of its project is given it.

    Raises:
        UsageError: There is no person to ask.
        SpreadError: It is not confirmed.
    """
    if audience.for_claude() or not (common.can_ask() and sys.stdout.isatty()):
        raise UsageError(
            "to accept is for people", why="it asks once it has shown what the other machine wrote",
            hint="run it in a terminal of your own, or accept it in `spread ui`",
        )  # fmt: skip
    item = store.find(paths, wanted)
    made = store.read(item)
    _show(item, made)
    where = claude.sanitise(made.project.id, 100)
    if where and not common.confirmed(f"Accept it? The next session in {where} is given it."):
        raise SpreadError("nothing was changed", why="it was not confirmed")
    accepted.accept(paths, item)
    terminal.result(f"accepted {item.id}: the next session in {where} is given it")
    return 0


def forget(paths: Paths, wanted: str, *, as_json: bool = False) -> int:
    """Delete one hand-off; it does not come again."""
    item = store_sent.find(paths, wanted)
    if not item.peer and not item.seen:
        raise StoreError(
            f"{item.id} is still owed to a peer", why="what is owed stays until it has come",
            hint="wait until it has gone, or `spread unpair` that machine",
        )  # fmt: skip
    store_inbox.forget(paths, item)
    search.follow(paths, thoroughly=True)
    terminal.result(json.dumps({"forgotten": item.id}) if as_json else f"forgot {item.id}")
    return 0
