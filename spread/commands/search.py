"""`spread search`: hand-offs in which words are, received and sent."""

import json
from typing import Final

from spread import claude, search
from spread.commands import audience, common, terminal
from spread.paths import Paths
from spread.search import CLOSE, OPEN, Hit

COUNT: Final = 20


def run(
    paths: Paths, words: list[str], *, peer: str | None, project: str | None, count: int = COUNT,
    as_json: bool = False,
) -> int:  # fmt: skip
    """Print what fits, best first."""
    audience.refuse_json(as_json)
    with terminal.Bar("reading hand-offs", unit="hand-offs") as bar:
        hits = search.search(
            paths, " ".join(words), count=count, peer=peer or "", project=project or "", progress=bar.at
        )
    if as_json:
        terminal.result(json.dumps([hit.to_data() for hit in hits], indent=2))
        return 0
    fancy = terminal.is_fancy()
    if hits and not fancy:
        audience.note()
    for hit in hits:
        if fancy:
            _show(hit)
        else:
            whose, *facts = _facts(hit)
            audience.tell(f"{hit.session[:8]}  {whose}", "  ".join([*facts, _title(hit)]))
            audience.tell("  ", _plain(hit.snippet))
    terminal.say("next: spread show ID" if hits else common.nothing_fits(paths, peer))
    return 0


def _facts(hit: Hit) -> list[str]:
    """Return what tells a hit from others: from whom, which project, when."""
    whose = f"from {hit.peer}" if hit.peer else "sent"
    facts = [whose, audience.project(hit.project), claude.sanitise(hit.ended_at[:10])]
    return [fact for fact in facts if fact]


def _title(hit: Hit) -> str:
    return claude.sanitise(f"{hit.title} [{hit.state}]", 100)


def _plain(snippet: str) -> str:
    return claude.sanitise(snippet.replace(OPEN, "").replace(CLOSE, ""), 400)


def _show(hit: Hit) -> None:
    """Print one hit on a terminal: what fits stands out."""
    from rich.padding import Padding
    from rich.text import Text

    screen = terminal.console()
    head = Text.assemble((hit.session[:8], "cyan"), "  ", (_title(hit), "bold"))
    screen.print(head)
    screen.print(Padding(Text(" · ".join(_facts(hit)), "dim"), (0, 0, 0, 4)))
    found = Text()
    for at, part in enumerate(hit.snippet.split(OPEN)):
        inside, closed, after = part.partition(CLOSE)
        if at and closed:
            found.append(claude.visible(inside), "bold yellow").append(claude.visible(after))
        else:
            found.append(claude.visible(part.replace(CLOSE, "")))
    screen.print(Padding(found, (0, 0, 0, 4)))
