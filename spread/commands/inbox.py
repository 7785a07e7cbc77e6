"""`spread inbox`, `show`, `forget`: what was received."""

import json
import os
import sys
from typing import Any

from spread import claude, store
from spread.commands import terminal
from spread.distillation_codec import shorten
from spread.errors import SpreadError
from spread.paths import Paths


def run(paths: Paths, *, as_json: bool = False) -> int:
    """List received hand-offs, what came last first."""
    rows = [_row(item) for item in store.received(paths)]
    if as_json:
        terminal.result(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        mark = " " if row["seen"] else "*"
        title = claude.sanitise(row["title"], 100)
        terminal.result(
            f"{mark} {row['id'][:8]}  {row['peer']:<16} {claude.sanitise(row['project'], 40)}  {title}"
        )
    if rows:
        terminal.say("* not shown to a session yet; next: spread show ID")
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
    row |= {"title": f"{shorten(told.get('goal', ''), 72)} [{state}]", "state": state}
    return row | {"ended_at": told.get("ended_at", "")}


def show(paths: Paths, wanted: str, *, as_json: bool = False) -> int:
    """Print one hand-off."""
    item = store.find(paths, wanted)
    made = store.read(item)
    if as_json:
        sys.stdout.write(made.to_json().rstrip("\n") + "\n")
        return 0
    if os.environ.get("CLAUDECODE"):  # run by Claude: what it reads is data, and says so
        shown = claude.frame(
            claude.body(made.to_markdown()),
            machine=item.peer,
            age="some time ago",
            ident=item.id,
            limit=claude.FRAME,
        )
        sys.stdout.write(shown + "\n")
        return 0
    terminal.say(claude.sanitise(f"from {item.peer}, {made.project.id} {made.project.branch}"))
    sys.stdout.write(claude.visible(claude.body(made.to_markdown())).rstrip("\n") + "\n")
    return 0


def forget(paths: Paths, wanted: str, *, as_json: bool = False) -> int:
    """Delete one hand-off; it does not come again."""
    item = store.find(paths, wanted)
    store.forget(paths, item)
    terminal.result(json.dumps({"forgotten": item.id}) if as_json else f"forgot {item.id}")
    return 0
