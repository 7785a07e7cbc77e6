"""What relays are still to be told: whose mail to us they are to refuse."""

import json
import os
from collections.abc import Collection

from spread import store
from spread.paths import Paths, write_atomic


def put(paths: Paths, writer: str, relays: Collection[str]) -> None:
    """Note which relays are still to be told to refuse a writer (hex); none: the matter is settled."""
    path = os.path.join(paths.revocations, writer + ".json")
    if relays:
        os.makedirs(paths.revocations, mode=0o700, exist_ok=True)
        write_atomic(path, json.dumps(sorted(relays)).encode("ascii"))
    else:
        store.unlink(path)


def waiting(paths: Paths) -> dict[str, set[str]]:
    """Return, per writer (hex), the relays that are still to be told."""
    found = {}
    for name in os.listdir(paths.revocations) if os.path.isdir(paths.revocations) else []:
        if not name.endswith(".json") or name.startswith("."):
            continue
        try:
            with open(os.path.join(paths.revocations, name), "rb") as handle:
                found[name.removesuffix(".json")] = {str(relay) for relay in json.load(handle)}
        except (OSError, ValueError, TypeError, RecursionError):
            continue
    return found
