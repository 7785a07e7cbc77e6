"""`spread inbox`, `show`, `forget`: what was received."""

import json
import os
import sys
from typing import Any

from spread import claude, store
from spread.commands import common
from spread.errors import SpreadError
from spread.paths import Paths


def run(paths: Paths, *, as_json: bool = False) -> int:
    """List received hand-offs, what came last first."""
    rows: list[dict[str, Any]] = []
    for item in store.received(paths):
        row: dict[str, Any] = {"id": item.id, "peer": item.peer, "seen": item.seen}
        try:
            made = store.read(item)
            row |= {"project": made.project.id, "branch": made.project.branch, "title": made.title}
            row |= {"state": made.state, "ended_at": made.ended_at}
        except SpreadError as problem:
            row |= {
                "title": f"({problem.what})",
                "state": "damaged",
                "project": "",
                "branch": "",
                "ended_at": "",
            }
        rows.append(row)
    if as_json:
        common.result(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        mark = " " if row["seen"] else "*"
        title = claude.sanitise(row["title"], 100)
        common.result(
            f"{mark} {row['id'][:8]}  {row['peer']:<16} {claude.sanitise(row['project'], 40)}  {title}"
        )
    if rows:
        common.say("* not shown to a session yet; next: spread show ID")
    else:
        common.say("the inbox is empty")
    return 0


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
    common.say(claude.sanitise(f"from {item.peer}, {made.project.id} {made.project.branch}"))
    sys.stdout.write(claude.visible(claude.body(made.to_markdown())).rstrip("\n") + "\n")
    return 0


def forget(paths: Paths, wanted: str, *, as_json: bool = False) -> int:
    """Delete one hand-off; it does not come again."""
    item = store.find(paths, wanted)
    store.forget(paths, item)
    common.result(json.dumps({"forgotten": item.id}) if as_json else f"forgot {item.id}")
    return 0
