"""File names that mean the same everywhere and nothing but a name (RELAY_SERVER_SPEC.md, "Share")."""

import unicodedata
from typing import Final

MAX_NAME_BYTES: Final = 200
_FORBIDDEN: Final = frozenset('/\\:*?"<>|')
# Control, format (bidi too), surrogates, line and paragraph.
_INVISIBLE: Final = (
    "Cc",
    "Cf",
    "Cs",
    "Zl",
    "Zp",
)
_RESERVED: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{device}{digit}" for device in ("com", "lpt") for digit in range(10))]
)


def is_portable(name: str) -> bool:
    """Tell whether `name` may be a file's name on every system: no path, no device, nothing hidden or invisible."""
    return (
        0 < len(name.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES
        and not any(_is_forbidden(c) for c in name)
        and name[0] not in ".- "
        and name[-1] not in ". "
        and not _is_reserved(name)
    )


def portable(text: str) -> str:
    """Return the portable name that is most like `text`; a portable one is returned as it is."""
    name = "".join("-" if _is_forbidden(c) else c for c in text).lstrip(".- ")
    if _is_reserved(name):
        name = "_" + name
    name = name.encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", "ignore").rstrip(". ")
    return name or "untitled"


def _is_forbidden(char: str) -> bool:
    return char in _FORBIDDEN or unicodedata.category(char) in _INVISIBLE


def _is_reserved(name: str) -> bool:
    return name.partition(".")[0].strip().lower() in _RESERVED
