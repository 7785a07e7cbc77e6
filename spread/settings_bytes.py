"""The bytes of a settings file and its text: what is no text comes out as it was."""

import codecs
from typing import Final

from spread.settings_text import SettingsError

_ERRORS: Final = {"utf-8": "surrogateescape", "utf-16-le": "surrogatepass"}


def decode(data: bytes) -> tuple[str, str]:
    """Return the text without its byte order mark, and what `encode` needs; the client reads UTF-16 too."""
    for mark, codec in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(codec, _ERRORS[codec]), "+" + codec
            except UnicodeDecodeError:
                raise SettingsError("it is neither UTF-8 nor UTF-16", 1) from None
    return data.decode("utf-8", "surrogateescape"), "utf-8"


def encode(text: str, how: str) -> bytes:
    """Return the bytes of a text that `decode` gave."""
    codec = how.removeprefix("+")
    mark = {"+utf-8": codecs.BOM_UTF8, "+utf-16-le": codecs.BOM_UTF16_LE}.get(how, b"")
    return mark + text.encode(codec, _ERRORS[codec])
