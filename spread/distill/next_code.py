"""Which of the changed files are code, and where they changed last."""

import re
from functools import lru_cache
from operator import itemgetter
from typing import Final

from spread.distill.ledger import Ledger

_PROSE: Final = re.compile(
    r"(?<!\bCMakeLists)\.(?:md|mdx|txt|rst|adoc|csv|svg|png|jpe?g|gif|ico|pdf|lock|log)$|(?:^|/)(?:LICENSE|NOTICE|\.gitignore)$"
)


def last_code(ledger: Ledger) -> int:
    """Return the line of the last edit of code, 0 where there is none."""
    files = ledger.files
    newest = sorted(files.edited().items(), key=itemgetter(1), reverse=True)
    return next((at for path, at in newest if path not in files.deleted and not is_prose(path)), 0)


def of_code(ledger: Ledger, line: int) -> str:
    """Return what the last edit of code is called where documents were edited after it."""
    return " of code" if max(ledger.files.edited().values(), default=0) > line else ""


@lru_cache(4_000)
def is_prose(path: str) -> bool:
    """Tell whether a file is a document or a picture, which no build or test is about."""
    return bool(_PROSE.search(path))
