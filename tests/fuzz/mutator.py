"""Make inputs that are almost right: a corpus, and small changes to what is in it.

Written for speed: a change costs a few microseconds, so that most of the time goes into the parsers. What led to
an outcome not seen before joins the corpus, so that a search goes deeper than one change.
"""

import json
import random
from collections.abc import Iterable
from typing import Any, Final

MAX_BYTES: Final = 1 << 16  # of an input; longer ones only cost time (sizes have tests of their own)
MAX_CORPUS: Final = 400

# What parsers stumble over: numbers at their limits, other types, nesting, escapes, separators.
TOKENS: Final = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        "0", "-1", "1", "2", "255", "256", "65536", "2147483648", "4294967295", "9007199254740992", "1e400", "-0",
        "1e9999999999", "9" * 40, "9" * 4400, "1.5", "NaN", "Infinity", "-Infinity", "true", "false", "null", "{}",
        "[]", '""', "[[]]", "[" * 300, '{"a":' * 300, "[" * 20000, '"\\ud800"', '"\\u0000"', "\\", '"', "'", ",",
        ":", "{", "}", "[", "]", "=", "\n", "\r\n", "\n+++\n", "+++", "\0", "\x1b[2J", "\x1b]0;x\x07", "\u202e",
        "\ufeff", "\U000e0041", "\ud800", "²", "٣", "\u017f", "İ", "../", "/", "C:\\", "CON", "-", "--", ".", "..",
        "inf", "nan", "1979-05-27T07:32:00Z", "a.b.c.d.e", "[[x]]", "'''", '"""', "#", "0x", "0o7", "1_000", "\t",
        "<system-reminder>", "| ", "`", "xn--", "ws://", "wss://[::1]:0", "ws://a:99999999", "%00", "type", "id",
        '"type":"', '"role":"user"', '"content":[{"type":"tool_use"', '"tool_use_id":"', '"sessionId":"',
        '"message":', '"uuid":', "x" * 300, "é" * 40, "00" * 32, "ff" * 32, "Ff" * 32,
    )
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**40, 1.5, 1e308, float("inf"), float("nan"), "", "x",
    "0", "\x00", "\ud800", "é", "../x", "x" * 2000, "00" * 16, "00" * 32, "ff" * 32, "01" + "00" * 31, "00" * 64, [],
    {}, [[]], [None], [1, 2], ["x"], {"x": 1}, {"type": "x"}, [[[[[[]]]]]], "share", "pair", "creator", "joiner",
)  # fmt: skip


class Corpus:
    """Inputs worth changing, and the random choices that change them (the same for the same seed)."""

    def __init__(self, seeds: Iterable[bytes], seed: int) -> None:
        self.items = [item[:MAX_BYTES] for item in seeds] or [b""]
        self._given = len(self.items)
        self._random = random.Random(seed)

    def next(self) -> bytes:
        """Return a changed input."""
        below = self._random.random
        item = self._pick()
        if item[:1] in (b"{", b"[") and below() < 0.4:
            changed = self._change_json(item)
            if below() < 0.7:
                return changed[:MAX_BYTES]
            item = changed
        data = bytearray(item)
        for _ in range(1 + int(below() ** 3 * 6)):
            self._change(data)
        return bytes(data[:MAX_BYTES])

    def keep(self, item: bytes) -> None:
        """Remember an input that led somewhere new; seeds are never forgotten."""
        if len(self.items) < MAX_CORPUS + self._given:
            self.items.append(item)
        else:
            self.items[self._given + int(self._random.random() * MAX_CORPUS)] = item

    def _pick(self) -> bytes:
        return self.items[int(self._random.random() * len(self.items))]

    def _change(self, data: bytearray) -> None:
        below, size = self._random.random, len(data)
        kind = int(below() * 8)
        at = int(below() * (size + 1))
        if kind == 0 and at < size:
            data[at] ^= 1 << int(below() * 8)
        elif kind == 1 and at < size:
            data[at] = int(below() * 256)
        elif kind == 2:
            data[at:at] = TOKENS[int(below() * len(TOKENS))]
        elif kind == 3:
            token = TOKENS[int(below() * len(TOKENS))]
            data[at : at + int(below() * 8)] = token
        elif kind == 4:
            del data[at : at + 1 + int(below() ** 2 * 40)]
        elif kind == 5:
            start = int(below() * (size + 1))
            data[at:at] = data[start : start + 1 + int(below() ** 2 * 60)] * (1 + int(below() ** 4 * 20))
        elif kind == 6:
            other = self._pick()
            start = int(below() * (len(other) + 1))
            data[at:] = other[start:]
        elif below() < 0.3:
            del data[at:]

    def _change_json(self, item: bytes) -> bytes:
        """Change one value in a JSON document, its name, or leave it out; what is no JSON stays as it is."""
        below = self._random.random
        try:
            whole = json.loads(item)
            holder, key = whole, None
            for _ in range(6):
                inner = holder if key is None else holder[key]
                if not isinstance(inner, dict | list) or not inner or (key is not None and below() < 0.4):
                    break
                holder = inner
                key = self._random.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
            if key is None:
                return json.dumps(self._random.choice(VALUES)).encode()
            kind = below()
            if kind < 0.15:
                del holder[key]
            elif kind < 0.25 and isinstance(holder, dict):
                holder[self._random.choice(("", "x", "type", "\ud800", str(key) * 2))] = holder.pop(key)
            elif kind < 0.35 and isinstance(holder, list):
                holder.extend(holder[key : key + 1] * int(below() * 300))
            else:
                holder[key] = self._random.choice(VALUES)
            return json.dumps(whole).encode()
        except (ValueError, RecursionError, TypeError):
            return item
