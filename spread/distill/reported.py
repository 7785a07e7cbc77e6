"""Which files a sub-agent's report names as made or changed by it."""

import re
from typing import Final

MAX_REPORTED: Final = 40
# How a sub-agent reports new files: `Created file: path`, or a heading with a list below it.
_MADE: Final = re.compile(
    r"(?i)^\W*(?:created|new|wrote|added)(?: (?:the )?(?:new )?files?)?\b[^\w`/~]*`([^`\s]+)`"
)
_MADE_LIST: Final = re.compile(
    r"(?i)^\W*(?:(?:new )?files (?:created|added|written)|(?:created|new) files)\b[^\w`]*(?:\(\d+\)\W*)?$"
)
_LISTED: Final = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s\W*`([^`\s]+)`")
_FILE: Final = re.compile(r"(?:/|^[A-Za-z]:\\).*\.\w{1,8}$")
_CHANGED_LIST: Final = re.compile(
    r"(?i)^\W*(?:all )?files? (?:changed|modified|updated|edited)\b(?:[^\w`]*$|[^\w`(]*\([^\n]*\)[^\w)]*$)"
)
_NEW: Final = re.compile(r"(?i)`[^`]+`\W{1,3}new\b")
_ABSOLUTE: Final = re.compile(r"/|~/|[A-Za-z]:[\\/]")


def named_by(report: str) -> tuple[list[str], list[str], list[str]]:
    """Return the paths that a report names as new files, those it lists as changed, and as new of its changed ones by
    paths from where it does not say; at most MAX_REPORTED of each.
    """
    made, changed, somewhere = dict[str, None](), dict[str, None](), dict[str, None]()
    listing = ""
    for line in report.splitlines() if "`" in report else ():
        quotes, heads = "`" in line, "file" in line.lower()  # without these no pattern fits
        item = _LISTED.match(line) if quotes else None
        found = (_MADE.match(line) or (item if listing == "made" else None)) if quotes else None
        if found and _FILE.search(found[1]):
            made[found[1]] = None
        elif item and listing == "changed" and "." in item[1] and not line.startswith((" ", "\t")):
            new = _NEW.search(line) is not None
            of = changed if not new else made if _ABSOLUTE.match(item[1]) else somewhere
            of[item[1]] = None
        inner = listing == "changed" and line.startswith((" ", "\t"))  # below an item
        if (listing or heads) and line.strip() and not item and not inner:
            listing = "made" if _MADE_LIST.match(line) else "changed" if _CHANGED_LIST.match(line) else ""
    return [*made][:MAX_REPORTED], [*changed][:MAX_REPORTED], [*somewhere][:MAX_REPORTED]
