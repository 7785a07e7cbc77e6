"""`spread log`: what went where and when, by which route, what happened last first."""

import json
from typing import Final

from spread import claude, history
from spread.commands import audience, common, terminal
from spread.history import Record
from spread.paths import Paths

COUNT: Final = 20
STYLES: Final = {"sent": "blue", "receipt": "green", "received": "green", "held": "yellow"}  # all others red
TOWARDS: Final = ("sent", "failed", "held")


def run(
    paths: Paths, *, peer: str | None, project: str | None, count: int = COUNT, as_json: bool = False
) -> int:
    """Tell the last `count` things that happened."""
    audience.refuse_json(as_json)
    found = history.select(history.records(paths), peer=peer or "", project=project or "", count=count)
    if as_json:
        terminal.result(json.dumps([history.to_data(record) for record in found], indent=2))
        return 0
    rows = [_row(record) for record in found]
    if terminal.is_fancy() and rows:
        heads = ("WHEN", "WHAT", "PEER", "ROUTE", "ID", "TITLE")
        styles = ("dim", lambda event: STYLES.get(event, "red"), "bold", "dim", "cyan", "")
        terminal.table(rows, heads, cut=5, spare=(3, 0, 4), styles=styles)
    elif rows:
        audience.note()
        for when, event, who, route, ident, title in rows:
            audience.tell(f"{when}  {event:<8}  {who:<20}  {route:<5}  {ident:<8}", title)
    if not found:
        terminal.say(
            common.nothing_fits(paths, peer) if peer or project else "nothing was sent or received yet"
        )
    return 0


def _row(record: Record) -> tuple[str, ...]:
    who = record.peer
    if who != history.BY_CODE:
        who = f"{'to' if record.event in TOWARDS else 'from'} {who}"
    title = claude.sanitise(record.title, 100)
    if record.why:
        title += f" ({claude.sanitise(record.why)})" if title else claude.sanitise(record.why)
    when = terminal.local_time(record.at)
    return when, record.event, claude.sanitise(who, 40), record.route, record.session[:8], title
