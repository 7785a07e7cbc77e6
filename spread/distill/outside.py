"""Files that somebody else changed while the session waited for the user: what was written or checked before may be otherwise."""

import re
from typing import Final

from spread.distill.files import absolute, is_aside
from spread.distill.ledger_fields import Fields
from spread.distill.noise import is_noise, is_of_git
from spread.distillation_paths import is_within
from spread.transcript_events import Mark

_PROSE: Final = re.compile(r"\.(?:md|mdx|rst|txt)$", re.I)


def changed(ledger: Fields, mark: Mark) -> None:
    """Take over that the client found a file to be another than when the session last saw it.

    It looks for that at each prompt and after each call. After a call that was most likely the call itself, of which is
    known what it did; right after a prompt nobody of the session can have been it.
    """
    prompt = ledger.turns[-1].prompt if ledger.turns else None
    path = absolute(mark.text, ledger.cwd)
    if prompt is None or prompt.kind != "typed" or prompt.line != ledger.at:
        return
    if net := ledger.files.net.get(path):
        net.others = mark.line
    if not mark.text or is_noise(path, ledger.files.own) or is_of_git(path) or _PROSE.search(path):
        return
    if is_within(path, absolute(ledger.cwd, "")) and not is_aside(path, ledger.cwd):
        ledger.files.last_change = ledger.files.moved = mark.line
