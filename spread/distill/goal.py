"""What a long request asks for: as it begins, and of each of its parts what tells most.

A plan that was made in one session is often all that another one is asked for.
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Final

from spread.distill.statements import statements
from spread.distillation_codec import shorten
from spread.transcript_events import Prompt

LONG: Final = 1_400  # characters of a request with parts
PARTS: Final = 3  # headings, so many
BEGINNING: Final = 500
WORDS: Final = 110  # of what its parts say
READ_CHARS: Final = 12_000
_HEADING: Final = re.compile(r"(?m)^#{1,4} \S")


def in_parts(prompt: Prompt, reported: str, safe: Callable[[str], str]) -> str:
    """Return what a long prompt asks for, each of its parts on a line of its own; nothing where it has no parts.

    Args:
        reported: What the agent said last, whose words need not be told again.
        safe: Gives a text redacted.
    """
    if len(prompt.text) < LONG or len(_HEADING.findall(prompt.text, 0, READ_CHARS)) < PARTS:
        return ""
    text = safe(prompt.text[:READ_CHARS])
    begins = shorten(text, BEGINNING)
    parts = statements(text, prompt.line, {}, f"{reported}\n{begins}", WORDS)
    told = [
        f"{title and f'{title}: '}{'; '.join(said for *_, said in each)}"
        for title, each in groupby(parts, key=lambda part: part[1])
    ]
    return "\n".join([begins, *told]) if told else ""
