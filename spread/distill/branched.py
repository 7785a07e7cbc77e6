"""What a command line says itself of how its check went: by what it prints in the one case, and in the other."""

import re
from typing import Final

from spread.distill.proof import answered, is_meant_to_fail
from spread.distill.runs import Run

_ITSELF: Final = r"(?:[^;|&\n]|>&|&>)*"  # the rest of a check that nothing stands beside
_CODE_AFTER: Final = re.compile(
    r"[^;|\n]*(?:;|\n|\|\|)[ \t]*(?:[\w-]+=|echo|printf|Write-\w+)[^;|\n]*\$(?:\?|LAST)"
)
# In a loop, what is printed of each of its checks that failed: behind a name that differs.
_OR_SAYS: Final = re.compile(
    rf"{_ITSELF}(?:&&\s*echo [^;|&\n]*)?\|\|\s*echo +[\"']?[^\"';|&\n]{{0,40}}\$\{{?\w+\}}?(?P<text>[^\"'$`;|&\n]{{3,40}})[\"']?\s*(?:[;\n)]|\Z)"
)


def told_by(run: Run) -> bool | None:
    """Return whether a line says that its checks passed, None where it does not say it of each."""
    if "echo" not in run.source or "timeout " in run.source:
        return None
    sure = not any(run.commands[at].unsure for at in run.places)
    return answered(run.commands, run.places, run.output) if sure else None


def asks_for_code(run: Run) -> bool:
    """Tell whether the next thing after the check takes its exit code: of a pipe it is that of the last command."""
    after = run.source[run.commands[run.places[0]].end :] if "$" in run.source else ""
    return "PIPESTATUS" in run.source or _CODE_AFTER.match(after) is not None


def says_badly(run: Run) -> bool:
    """Tell whether a loop printed of one of its checks that it failed."""
    if "||" not in run.source or "$" not in run.source or len(run.places) != 1 or run.places[0] < 0:
        return False
    found = _OR_SAYS.match(run.source, run.commands[run.places[0]].end)
    text = found["text"].strip() if found else ""
    if not text or run.source.count(text) > 1 or is_meant_to_fail(run.source):
        return False
    return any(line.rstrip().endswith(text) for line in run.output.split("\n"))
