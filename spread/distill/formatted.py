"""Formatters that wrote what their own check asked for: once one ended well, that check has nothing more to say."""

from collections.abc import Iterable
from typing import Final

from spread.distill.simple import Simple
from spread.distill.tools import FORMATS, FORMATTERS

_FORMATTERS: Final = FORMATTERS | FORMATS | {"pint"}


def writer_of(commands: list[Simple], checks: Iterable[Simple]) -> int:
    """Return the place of a command that formats just what one of some checks looked at, -1 where none does.

    Only where the line works if all of it does.
    """
    if any(item.joint not in ("", "&&") or item.unsure for item in commands):
        return -1
    looked = {_bare(item) for item in checks} - {frozenset()}
    return next((at for at, item in enumerate(commands) if _bare(item) in looked), -1)


def _bare(item: Simple) -> frozenset[str]:
    """Return the words of a formatter without its options, nothing of any other command."""
    words = frozenset([word for word in (item.name, *item.words[1:]) if word[:1] != "-"])
    named = any(word.rpartition("/")[2] in _FORMATTERS for word in words)
    return words if named else frozenset()
