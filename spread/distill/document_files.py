"""The files that the parts of a document list as theirs, in few words: a name, and what is named beside it."""

import re
from typing import Final

from spread.distill.plans import LOOK, OF_FILES, OPENS, PATH

NAMED: Final = 2  # names beside a file
_LISTED: Final = re.compile(r"(?:[-*|]|\d+[.)])\s+(?:\[[ x]\] )?(\**[A-Za-z ]{2,20}:\**\s+)?\**(?=`)")
_OWN: Final = re.compile(r"(\**Files?\**:\**) (?=`)")
_CELLS: Final = re.compile(r"\|(?:[^|`]*\|)*[^|`]*()(?=`)")
_TREE: Final = re.compile(r"[├└]── +([\w.-]+\.\w+) +# *([Nn](?:EW|ew)\b.{,50})")
_NAME: Final = re.compile(r"`([^`\s]{3,40})`")


def files_of(title: str, body: str) -> tuple[dict[str, str], set[str]]:
    """Return the files that a part lists as its own by their names, each with how it is told, and the lines of these."""
    out, lines, fenced, here = dict[str, str](), set[str](), False, bool(OF_FILES.match(title))
    for line in body.splitlines():
        bare = line.strip()
        fenced ^= bare.startswith("```")
        if fenced or not bare:
            continue
        if not (lead := _LISTED.match(bare)):
            here = (here and bare.startswith("|")) or bool(OPENS.match(bare))
            lead = _OWN.match(bare) or _CELLS.match(bare)
        if not (lead and (here or lead[1])) or not (path := PATH.match(bare, lead.end())):
            continue
        if LOOK.search(bare):
            continue
        lines.add(bare)
        name = path[1].rpartition("/")[2]
        known = out.get(name, f"{name}:")
        beside = [each for each in _NAME.findall(bare, path.end()) if "/" not in each and each not in known]
        if beside:
            out[name] = f"{known}{' ' if known[-1] == ':' else ', '}{', '.join(beside[:NAMED])}"
        else:
            out[name] = known
    out = {name: told.rstrip(":") for name, told in out.items()}
    return out or {name: f"{name}: {what}" for name, what in _TREE.findall(body)}, lines


def besides(files: dict[str, str], said: str, room: int) -> tuple[str, int]:
    """Return the files of a part that what is said of it leaves out, and the words these take, at most so many."""
    out, words = list[str](), 1
    for name, told in files.items():
        size = told.count(" ") + 1
        if name not in said and words + size <= room:
            out.append(told)
            words += size
    return (f"Files: {'; '.join(out)}", words) if out else ("", 0)
