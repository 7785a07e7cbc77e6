"""What calls that worked said against what was set in this session: a setting that is not known does nothing."""

import re
from typing import Final

from spread.distill.newest import drop_oldest
from spread.distill.record import RAN, WROTE, Record
from spread.distill.signs import WEAK
from spread.distillation_codec import shorten
from spread.transcript_events import Call

READ_CHARS: Final = 8_000  # of an output; a longer one is a log
LINE_CHARS: Final = 200
MAX_LINES: Final = 12  # of one output that speak of something by its name
KEPT: Final = 8
SHOWN: Final = 2
QUOTED_CHARS: Final = 110
_NAME: Final = re.compile(r"['\"`]([A-Za-z_][\w.-]{2,40})['\"`](?!\s*:)")  # no key of what is printed as JSON
_BROKE: Final = re.compile(
    r"\s*(?:E {2,})?(?:\w*error\b|\w+Exception:)", re.I
)  # what a pipe hides did not work

Warned = dict[str, tuple[int, str]]  # by what was set: the line, and what was said of it


def note(warned: Warned, record: Record, call: Call, source: str) -> None:
    """Take over what the output of a call that worked says of names that an earlier call or edit set.

    A later command that speaks of such a name may have settled it.
    """
    for name in [name for name in warned if name in source]:
        del warned[name]
    output = call.output
    short = output.splitlines() if len(output) < READ_CHARS and _NAME.search(output) else []
    quoting = [line for line in short if len(line) < LINE_CHARS and _NAME.search(line)]
    words = WEAK.words_in("\n".join(quoting)) if quoting else []
    lines = [line for line in quoting if WEAK.on(line, words) and not ("|" in source and _BROKE.match(line))]
    for line in lines[:MAX_LINES]:
        for name in dict.fromkeys(_NAME.findall(line)):
            if name not in source and _was_set(record, name, call.line):
                warned.pop(name, None)
                warned[name] = (call.line, shorten(line.strip(), QUOTED_CHARS))
    drop_oldest(warned, KEPT)


def _was_set(record: Record, name: str, before: int) -> bool:
    """Tell whether a command or an edit before a line gave a value to a name."""
    sets = re.compile(rf"(?<!\w){re.escape(name)}['\"]?\s*[=:]")
    return any(
        item.line < before and item.ok and name in text and sets.search(text) is not None
        for item in record
        for text in ((item.what,) if item.kind == RAN else (item.said,) if item.kind == WROTE else ())
    )


def told(warned: Warned) -> list[tuple[int, str]]:
    """Return (line, text) of what was said last of a few of them."""
    return [
        (line, f"a call that worked said of `{name}`, which was set here: “{said}”")
        for name, (line, said) in list(warned.items())[-SHOWN:]
    ]
