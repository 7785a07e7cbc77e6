"""Whether what the user ran went well: no exit code is told of it."""

import re
from typing import Final

from spread.distill.git_commands import is_refused
from spread.distill.runs import Run
from spread.distill.signs import PASS
from spread.distill.validation import is_bad
from spread.transcript_events import Call

_WENT_WELL: Final = re.compile(
    r"(?m)^(?:(?:To|From) \S+$|Switched to |Already on |HEAD is now at |\[[^\]\n]{1,200} [0-9a-f]{7,40}\] |Everything up-to-date)"
)


def went_well(output: str) -> bool:
    """Tell whether errors say that all went well: older clients print so what git and some checks say of that."""
    return not _says_bad(output) and (PASS.search(output) or _WENT_WELL.search(output) is not None)


def is_proven(call: Call, run: Run) -> bool:
    """Tell whether a check of the user's is known to have passed or failed: no exit code is told of it."""
    bad, silent = _says_bad(call.output), not call.output.strip()
    if not call.ok:
        return bad
    return "test" not in run.kinds if silent else PASS.search(call.output) and not bad


def _says_bad(output: str) -> bool:
    return is_bad(output) or is_refused(output)
