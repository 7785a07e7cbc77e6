"""Commands that do no more than parse files of data: that tells little, yet is the only check some work has."""

import re
from typing import Final

from spread.distill.shell import Simple, split
from spread.distillation_codec import shorten
from spread.transcript_events import Call

SOURCE_CHARS: Final = 120
_HINTS: Final = ("json.tool", "json.load(open", "safe_load(open", "tomllib.load(open", "jq ", "xmllint")
_PYTHON: Final = re.compile(r"python[\d.]*|py")
_LOADS: Final = re.compile(
    r"(?:import [\w, ]{3,40}; ?)?(?:json\.load|yaml\.safe_load|tomllib\.load)\(open\([^()\n]{1,200}\)\)"
    r"(?:; ?print\([\"'][^\"'()\n]{0,40}[\"']\))?"
)

Parsed = tuple[int, str]  # the line of the last such command, and the command


def note(known: Parsed, call: Call, source: str) -> Parsed:
    """Return the last command that parsed a file for nothing else, where it ended without an error."""
    if not call.ok or not any(map(source.__contains__, _HINTS)) or "Error" in call.output:
        return known
    piped = False
    for item in split(source):
        if not piped and _only_parses(item):
            return call.line, shorten(" ".join(item.words).replace("`", ""), SOURCE_CHARS)
        piped = item.joint == "|"
    return known


def _only_parses(item: Simple) -> bool:
    """Tell whether a command reads a file of data and tells nothing but whether it can be read."""
    words = item.words
    if item.name == "jq":
        hidden = any(target == "/dev/null" for target, _ in item.writes)
        return len(words) > 2 and (words[1] == "empty" or (words[1] == "." and hidden))
    if item.name == "xmllint":
        return "--noout" in words
    if not _PYTHON.fullmatch(item.name):
        return False
    if words[1:3] == ["-m", "json.tool"]:
        return len(words) > 3
    return words[1:2] == ["-c"] and len(words) > 2 and bool(_LOADS.fullmatch(words[2].strip(" ;\n")))
