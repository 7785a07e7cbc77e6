"""Run one vector through the second reader."""

from collections.abc import Callable
from typing import Any

from tests.second_reader import basics, envelopes, rooms

Given = dict[str, Any]


def _bytes(given: Given, *names: str) -> list[bytes]:
    return [bytes.fromhex(given[name]) for name in names]


def _message(given: Given) -> tuple[dict[str, Any], bytes | None]:
    return basics.message(given["text"] if "text" in given else bytes.fromhex(given["hex"]))


def _frame(given: Given) -> Given:
    fields, body = _message(given)
    kind = fields.pop("type")
    return {"type": kind, "fields": fields, "body": None if body is None else body.hex()}


def _proof(given: Given) -> Given:
    basics.proof(given["kind"], {name: value for name, value in given.items() if name != "kind"})
    return {}


def _room(given: Given) -> Given:
    password, random = _bytes(given, "password", "random")
    talk = rooms.Talk(given["role"], given["purpose"], given["room"], password, random)
    for frame in given["frames"]:
        talk.receive(frame["text"] if isinstance(frame, dict) else bytes.fromhex(frame))
    for each in given["say"]:
        talk.say(bytes.fromhex(each["plaintext"]), each["final"])
    records = [{"plaintext": text.hex(), "final": final} for text, final in talk.records]
    return {
        "sent": [frame.hex() for frame in talk.sent],
        "binding": talk.binding.hex() or None,
        "records": records,
    }


def _prekey(given: Given) -> Given:
    record = given["record"]
    value = basics.parse(record, "prekey fields")
    return {"id": envelopes.prekey(value, bytes.fromhex(given["identity"]))}


def _seal_to(given: Given) -> Given:
    envelopes.can_seal_to(given["suite"], bytes.fromhex(given["public"]))
    return {}


def _envelope(given: Given) -> Given:
    whole, recipient, public, private = _bytes(given, "envelope", "recipient", "public", "private")
    return envelopes.unseal(whole, recipient, given["suite"], public, private)


def _code(given: Given) -> Given:
    room, words = rooms.code(given["text"])
    return {"room": room, "words": words}


DO: dict[str, Callable[[Given], Given]] = {
    "parts": lambda g: {"bytes": basics.frame_parts(g["label"], *map(bytes.fromhex, g["parts"])).hex()},
    "derive": lambda g: {"key": basics.derive(bytes.fromhex(g["secret"]), bytes.fromhex(g["salt"]), g["label"]).hex()},
    "lan-tag": lambda g: {"tag": basics.lan_tag(bytes.fromhex(g["mailbox"]), g["nonce"])},
    "frame": _frame,
    "field": lambda g: {"value": basics.field(_message(g)[0], g["name"], g["size"])},
    "deletions": lambda g: {"items": [list(item) for item in basics.deletions(_message(g)[0])]},
    "put": lambda g: {"id": basics.put(bytes.fromhex(g["frame"]), bytes.fromhex(g["nonce"]), g["audience"])},
    "proof": _proof,
    "code": _code,
    "draw": lambda g: {"words": rooms.draw(bytes.fromhex(g["random"]), g["count"])},
    "check-words": lambda g: {
        "words": rooms.check_words(
            bytes.fromhex(g["binding"]), [bytes.fromhex(key) for key in g["identities"]],
            bytes.fromhex(g["creator_nonce"]), bytes.fromhex(g["joiner_nonce"]),
        )
    },
    "commitment": lambda g: {
        "card": rooms.commitment(
            bytes.fromhex(g["binding"]), bytes.fromhex(g["commitment"]), g["card"], bytes.fromhex(g["nonce"])
        )
    },
    "password": lambda g: {
        "password": rooms.password(g.get("words"), g.get("passphrase", ""), g.get("room", "")).hex()
    },
    "room": _room,
    "announcement": lambda g: rooms.announcement(g["record"]),
    "acceptance": lambda g: {"from": rooms.acceptance(g["announcement"], g["record"])},
    "card": lambda g: rooms.card(g["record"], bytes.fromhex(g["binding"]), g["role"], bytes.fromhex(g["own"])),
    "prekey": _prekey,
    "seal-to": _seal_to,
    "envelope": _envelope,
    "padded": lambda g: {"padded": envelopes.padded(g["size"])},
    "distillation": lambda g: envelopes.distillation(g["markdown"]),
}  # fmt: skip
