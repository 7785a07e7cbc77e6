"""What a here-document on a command line puts into a file: known as well as what a tool writes."""

import re
from typing import Final

_HEAD: Final = re.compile(
    r"(?m)^(?=[^\n]*+\n)(?P<to>[^\n]*?)<<(?P<tabs>-?)[ \t]*+(?P<quote>['\"\\]?)(?P<mark>\w++)['\"]?(?P<rest>[^\n]*+)\n"
)
MOST: Final = 40  # on one line: each file that it writes is looked for in all of them
_EXPANDS: Final = frozenset("$`\\")  # where the mark is not quoted


def text_for(source: str, path: str) -> str | None:
    """Return what the last `cat` with a here-document of its own writes to a path; None where that is not on the line.

    Args:
        path: As it is spelled there.
    """
    text, at = None, 0
    if source.count("<<") > MOST:
        return None
    target = re.compile(
        rf"(?:^|[\s;&|(])cat[ \t]*>\|?[ \t]*['\"]?{re.escape(path)}['\"]?(?=[ \t]*(?:$|[;&|)]))"
    )
    while found := _HEAD.search(source, at):
        tabs = r"\t*" if found["tabs"] else ""
        end = re.compile(rf"(?m)^{tabs}{re.escape(found['mark'])}\r?$").search(source, found.end())
        if end is None:
            break
        at, inside = end.end(), source[found.end() : end.start()]
        # The target may stand before the mark or behind it.
        line = f"{found['to'].rstrip()} {found['rest'].lstrip()}"
        if "<<" in found["rest"] or not target.search(line):
            continue
        if found["quote"] or _EXPANDS.isdisjoint(inside):
            text = re.sub(r"(?m)^\t+", "", inside) if found["tabs"] else inside
    return text
