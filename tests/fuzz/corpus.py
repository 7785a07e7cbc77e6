"""Inputs to begin with, taken from the vectors: what must hold and what must not, each wrong in one way."""

from functools import cache
from typing import Any

from tests import vectors
from tests.fuzz.mutator import MAX_BYTES


@cache
def _given(do: str) -> tuple[dict[str, Any], ...]:
    loaded = [vectors.load(path) for path in vectors.paths()]
    return tuple(vector["given"] for vector in loaded if vector["do"] == do)


def texts(do: str, name: str) -> tuple[bytes, ...]:
    """Return one text of every vector of a kind."""
    return _short(given[name].encode("utf-8", "surrogatepass") for given in _given(do))


def raw(do: str, name: str) -> tuple[bytes, ...]:
    """Return the bytes that one hex text of every vector of a kind stands for."""
    return _short(bytes.fromhex(given[name]) for given in _given(do))


def frames(*kinds: str) -> tuple[bytes, ...]:
    """Return frames to or from a server; binary ones after a byte 1."""
    found = [given for do in kinds for given in _given(do)]
    return _short(
        given["text"].encode("utf-8", "surrogatepass")
        if "text" in given
        else b"\1" + bytes.fromhex(given["hex"])
        for given in found
    )


def room_frames() -> tuple[bytes, ...]:
    """Return all binary frames of rooms."""
    found = [frame for given in _given("room") for frame in given["frames"] if isinstance(frame, str)]
    return _short({bytes.fromhex(frame): None for frame in found})


def _short(items: Any) -> tuple[bytes, ...]:
    return tuple(item for item in items if len(item) <= MAX_BYTES)
