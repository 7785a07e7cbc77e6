"""Secrets known by what their names stand in: a manifest of the kind `Secret`, an object called `Jwt`, a list of keys.

`low` is the text in lower case, of the same length.
"""

import re
from collections.abc import Iterator
from typing import Final

from spread.redact_values import Span, is_random, is_secret, is_stand_in, name_class
from spread.redact_view import Lowered

# A manifest's secrets, whatever they are called.
_DATA: Final = re.compile(r"\n([ \t]*)(?:string)?data:[ \t]*\r?(?=\n)")
_ENTRY: Final = re.compile(
    r"\n(?P<i>[ \t]*)(?:[\w./-]{1,80}:[ \t]*(?:[\"'](?P<q>[^\"'\n]{6,4096})[\"']|(?P<s>[^\s\"'|>#&*!{\[][^\s]{5,16384}))?|\S[^\n]*)?"
)
MAX_MANIFEST_CHARS: Final = 4000


def manifests(text: str, low: Lowered) -> Iterator[Span]:
    """Find the values of a manifest of the kind `Secret`."""
    for at in low.places("kind: secret"):
        begin = max(low.rfind("\n---", 0, at), at - MAX_MANIFEST_CHARS, 0)
        data = _DATA.search(low, begin, at + MAX_MANIFEST_CHARS)
        while data:
            end = data.end()
            while (entry := _ENTRY.match(text, end)) and len(entry["i"]) > len(data[1]):
                end = entry.end()
                part = "q" if entry["q"] else "s"
                if entry[part] and is_secret("password", entry[part], quoted=part == "q", plain=True):
                    yield *entry.span(part), "secret-value"
            data = _DATA.search(low, max(end, data.end()), at + MAX_MANIFEST_CHARS)
    yield from _objects(text, low)


# The same in JSON, where the data may stand before the kind.
_KIND: Final = re.compile(r"kind\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"secret\\{0,3}\"")
_JSON_DATA: Final = re.compile(r"\"(?:string)?data\\{0,3}\"\s{0,4}:\s{0,4}\{(?P<s>[^{}]{0,4000})")
_MEMBER: Final = re.compile(r":\s{0,4}\\{0,3}\"(?P<s>[^\"\\\n]{6,4096})\\{0,3}\"")


def _objects(text: str, low: Lowered) -> Iterator[Span]:
    for at in low.places('kind"', 'kind\\"'):
        if _KIND.match(low, at) is None:
            continue
        begin, end = _object_around(text, at)
        for data in _JSON_DATA.finditer(low, begin, end):
            for member in _MEMBER.finditer(text, *data.span("s")):
                if is_secret("password", member["s"], quoted=True, plain=True):
                    yield *member.span("s"), "secret-value"


def _object_around(text: str, at: int) -> tuple[int, int]:
    """Return from where to where the object goes that has what stands at a place, as far as it is near."""
    depth, begin = 0, max(0, at - MAX_MANIFEST_CHARS)
    for place in range(at - 1, begin - 1, -1):
        depth += (text[place] == "}") - (text[place] == "{")
        if depth < 0:
            begin = place
            break
    depth, end = 0, min(len(text), at + MAX_MANIFEST_CHARS)
    for place in range(at, end):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth < 0:
            return begin, place
    return begin, end


# A key of what its object is called, and keys in a list.
_BARE_KEY: Final = re.compile(
    r"key\\{0,3}[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,3}[\"']?(?P<s>[^\s\"'`,;<>(){}\[\]\\]{16,4096})"
)
_OBJECT: Final = re.compile(r"(?P<n>[\w.-]{2,60})\\{0,3}[\"']?[ \t]{0,4}[:=]?[ \t]{0,4}\{[^{}]{0,300}\Z")
_BLOCK: Final = re.compile(r"(?:\A|\n)(?P<n>[\w.-]{2,60}):[ \t]*\r?\n(?:[ \t]+[^\n]*\n){0,8}[ \t]+\Z")
_OPENS: Final = frozenset(
    ("api", "encryption", "signing", "jwt", "hmac", "aes", "crypto", "openai", "anthropic", "stripe", "sendgrid", "bearer")
)  # fmt: skip
_LISTS: Final = ("keys", "secrets", "tokens", "passwords")
_NAME_BACK: Final = re.compile(r"[\w.-]*")
_LIST: Final = re.compile(
    r"[a-z]{4,9}[\w-]{0,12}\\{0,3}[\"']?[ \t]{0,4}[:=][ \t]{0,4}\[\s{0,40}(?=\\{0,3}[\"'])"
)
_LISTED: Final = re.compile(r"\\{0,3}[\"'](?P<s>[^\s\"'\\]{24,4096})\\{0,3}[\"'],?\s{0,40}")
MAX_LISTED: Final = 50
OWNER_CHARS: Final = 400


def nested(text: str, low: Lowered) -> Iterator[Span]:
    """Find the `key` of an object or block whose name says what it opens, and what is in a list with such a name."""
    for at in low.places("key"):
        if low[at - 1 : at].isalnum() or low[at - 1 : at] in ("_", "-", ".", "$"):
            continue
        found = _BARE_KEY.match(low, at)
        if found and _is_drawn(text[slice(*found.span("s"))]):
            before = low[max(0, at - OWNER_CHARS) : at].rstrip("\"'\\")
            owner = _OBJECT.search(before) or _BLOCK.search(before)
            if owner and (name_class(owner["n"]) == "secret" or owner["n"] in _OPENS):
                yield *found.span("s"), "secret-value"
    for begin in low.places(*_LISTS):
        if (match := _LIST.match(low, begin)) is None:
            continue
        left = _NAME_BACK.match(text[max(0, begin - 64) : begin][::-1])
        at = match.end()
        if left and name_class(text[begin - left.end() : at].rstrip("[ \t\r\n").rstrip(":= \t\"'\\")):
            for _ in range(MAX_LISTED):
                if (item := _LISTED.match(text, at)) is None:
                    break
                at = item.end()
                if _is_drawn(item["s"]):
                    yield *item.span("s"), "secret-value"


def _is_drawn(value: str) -> bool:
    return is_random(value) and not is_stand_in(value)


# What a property or a setting is where nothing else was set: `by lazy { "…" }`, `default('…')`.
_OTHERWISE: Final = {
    "by lazy": (
        re.compile(r"(?P<n>[\w.-]{2,60})(?:[ \t]?:[ \t]?string\??)?[ \t]\Z"),
        re.compile(r"by lazy(?:\([^()\n]{0,40}\))?\s{0,10}\{\s{0,40}\"(?P<s>[^\"\n\\]{4,400})\"\s{0,40}\}"),
    ),
    # What a check of forms says of what it was given.
    "input_value": (
        re.compile(r"(?:\A|[\n.])(?P<n>[\w-]{2,60})[ \t]*\n[^\n]{0,160}\Z"),
        re.compile(r"input_value='(?P<s>[^'\n\\]{4,400})'"),
    ),
    "input": (
        re.compile(r"loc\\{0,3}[\"']:\s{0,9}\[[^\[\]]{0,80}[\"'](?P<n>[\w-]{2,60})\\{0,3}[\"']\s{0,9}\][^{}\[\]]{0,200}\Z"),
        re.compile(r"input\\{0,3}[\"']:\s{0,9}\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,400})"),
    ),
    "fetch": (
        re.compile(r"\Z"),
        re.compile(
            r"fetch\(\\{0,3}[\"'](?P<n>[\w.-]{2,60})\\{0,3}[\"']\)[ \t]?\{[ \t]?\\{0,3}[\"'](?P<s>[^\"'\n\\]{4,400})"
        ),
    ),
    "default": (
        re.compile(r"(?P<n>[\w.-]{2,60})[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?\{\{[^{}\n]{0,160}\|[ \t]*\Z"),
        re.compile(r"default\([\"'](?P<s>[^\"'\n\\]{4,400})[\"']"),
    ),
}  # fmt: skip
NAME_CHARS: Final = 240


def otherwise(text: str, low: Lowered) -> Iterator[Span]:
    """Find what stands for a secret where none is set."""
    for word, (before, pattern) in _OTHERWISE.items():
        for at in low.places(word):
            if (found := pattern.match(low, at)) and (
                name := before.search(low, max(0, at - NAME_CHARS), at)
            ):
                named = found if "n" in pattern.groupindex else name
                kind = name_class(text[slice(*named.span("n"))])
                if kind and is_secret(kind, text[slice(*found.span("s"))], quoted=True, plain=False):
                    yield *found.span("s"), "password" if kind == "password" else "secret-value"
