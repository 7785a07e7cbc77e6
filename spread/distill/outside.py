"""Files that somebody else changed while the session waited for the user: what was written or checked before may be otherwise.

That may be the client itself, where the user had it put the code back and went on with the conversation.
"""

import re
from typing import Final

from spread.distill.files import absolute, is_aside
from spread.distill.ledger_fields import Fields
from spread.distill.noise import is_noise, is_of_git
from spread.distillation_paths import is_within
from spread.transcript_events import Call, Mark

KEPT_BACK: Final = 40
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


def edited(ledger: Fields, call: Call, path: str) -> None:
    """Take note of an edit before it is taken over; of a sub-agent's nobody knows between which prompts it was."""
    if call.agent:
        ledger.touched.pop(path, None)
        return
    first, _, stood = ledger.touched.get(path) or (call.line, 0, ledger.files.modified.get(path, 0))
    ledger.touched[path] = first, call.line, stood


def copied(ledger: Fields, mark: Mark) -> None:
    """Take over what the client notes of files at a prompt: some are gone, some as they were before the edits of a turn.

    Of what is in a commit or in a stash git tells more.
    """
    files, touched = ledger.files, ledger.touched
    for sign, path in ((each[:1], absolute(each[1:], "")) for each in mark.text.split("\n")):
        at = files.created.get(path) or files.modified.get(path) or mark.line
        if at >= mark.line or path in files.held or ledger.git.stashed:
            continue
        _, last, stood = touched.get(path, (0, 0, 0))
        if sign == "-":
            files.delete(path, mark.line)
        elif last != at:
            continue
        elif path in files.created or stood:
            if stood and path in files.modified:
                files.modified[path] = stood
            if net := files.net.get(path):
                net.others = mark.line
            ledger.restored.append((mark.line, path))
            del ledger.restored[:-KEPT_BACK]
        else:
            files.revert(path, mark.line)
        files.last_change = files.moved = mark.line
    ledger.touched = {path: each for path, each in touched.items() if each[1] >= mark.line}


TAKES: Final = {"changed": changed, "copies": copied}  # by the kind of a mark
