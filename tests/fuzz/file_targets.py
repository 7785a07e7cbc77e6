"""The parsers of files: hand-offs, transcripts, and what we or the user wrote into our own home."""

import atexit
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Final

from spread import (
    claude,
    config,
    enrich,
    farewells,
    hook_inbox,
    identity,
    intake,
    narrative,
    peers,
    sequences,
    store_inbox,
    store_ledger,
    store_revocations,
)
from spread.distillation import Distillation
from spread.distillation_fields import Files, ProjectRef, Validation
from spread.errors import ConfigError, DistillationError, EnvelopeError, PairingError, StoreError
from spread.mailroom import Mailroom
from spread.paths import Paths
from spread.peers import Peer
from spread.project import Project
from spread.project_remote import normalise
from spread.protocol import crypto, envelope
from spread.transcript import Reader
from tests.fuzz import corpus
from tests.fuzz.protocol_targets import SEED, text_of
from tests.fuzz.target import Target

SESSION: Final = "0b0f8a3e-6b1c-4f7e-9f6e-0d7c2a1b3c4d"
PEER: Final = "laptop"


def made() -> Distillation:
    """Return a hand-off with something in most fields."""
    return Distillation(
        id=f"{SESSION}.2", session_id=SESSION, revision=2, machine="desk", goal="Make the parser accept dates",
        last_request="Now the tests", project=ProjectRef(id="example.org/us/it", branch="main", dirty=False),
        started_at="2026-03-01T10:00:00Z", ended_at="2026-03-01T11:00:00Z", summary="It parses.",
        completed=("Parser",), decisions=("ISO only",), failed=("regex",), files=Files(modified=("src/a.py",)),
        validation=Validation(command="pytest", outcome="failed", exit_code=1, at="L9", failure="1 failed"),
        next="Fix the test", evidence={"goal": ("L1",), "answer": ("L8",)}, redactions={"token": 1},
    )  # fmt: skip


# -- hand-offs and transcripts -----------------------------------------------------------------------------


def _read_back(it: Distillation) -> object:
    """What was accepted must be told, stored and read again, always the same."""
    assert Distillation.from_markdown(it.to_markdown()) == it
    return it.state[:20], it.answered, len(it.title) > 5


def _markdown(data: bytes) -> object:
    return _read_back(Distillation.from_markdown(text_of(data)))


def _json(data: bytes) -> object:
    return _read_back(Distillation.from_json(text_of(data)))


def _transcript(data: bytes) -> object:
    reader = Reader()
    events = [event for line in data.split(b"\n") for event in reader.feed(line)]
    return [type(event).__name__ for event in (*events, *reader.finish())][:8], reader.facts.broken > 0


def _lines() -> tuple[bytes, ...]:
    """Return short transcripts of all shapes of line."""
    ids = {
        "sessionId": SESSION,
        "uuid": SESSION,
        "cwd": "/home/me/it",
        "version": "2.1.0",
        "gitBranch": "main",
    }
    at = {"timestamp": "2026-03-01T10:00:00.000Z"}

    def call(name: str, **given: object) -> dict[str, object]:
        block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": given}
        return {"type": "assistant", "message": {"role": "assistant", "content": [block]}, **ids, **at}

    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "exit 1", "is_error": True}
    entries: list[dict[str, object]] = [
        {"type": "user", "message": {"role": "user", "content": "Fix it"}, **ids, **at},
        {"type": "assistant", "message": {"role": "assistant", "content": [{"type": "text", "text": "Done"}]}, **ids},
        {"type": "user", "message": {"role": "user", "content": [result]}, "toolUseResult": "Error: x", **ids},
        {"type": "system", "subtype": "compact_boundary", "content": "x", **ids},
        {"type": "queue-operation", "operation": "enqueue", "content": "also this", **ids},
        {"type": "attachment", "attachment": {"type": "queued_command", "prompt": "more"}, **ids},
        {"type": "progress", "data": {"type": "agent_progress", "message": call("Edit", file_path="a")}, **ids},
        {"type": "summary", "summary": "x", "leafUuid": SESSION}, {"type": "ai-title", "aiTitle": "x", **ids},
        {"type": "pr-link", "prUrl": "https://example.org/1", **ids},
    ]  # fmt: skip
    calls = [
        call("Bash", command="pytest -q", description="x"), call("Edit", file_path="/home/me/it/a.py", old_string="a"),
        call("TodoWrite", todos=[{"content": "x", "status": "pending"}]), call("Read", file_path="/etc/hosts"),
    ]  # fmt: skip
    lines = [json.dumps(entry, separators=(",", ":")).encode() for entry in (*entries, *calls)]
    return (*lines, b"\n".join([lines[0], lines[10], lines[2]]), b"\n".join(lines), lines[0][:90] + lines[1])


def _narrative(data: bytes) -> object:
    merged, dropped = narrative.merge(made(), narrative.parse(text_of(data)))
    return merged.distiller.enriched, len(dropped)


def _text(data: bytes) -> object:
    """What a peer wrote, shown to Claude and to a person: no line of it may pass as ours."""
    text = text_of(data)
    framed = claude.frame(text, machine=text[:80], age="just now", ident=text[-80:])
    ours = [line for line in framed.split("\n") if not line.startswith("|")]
    assert len(ours) <= 4, ours
    assert framed.endswith(claude.CLOSING)
    assert claude.units(framed) <= 6_000
    shown = claude.visible(text)
    assert not any((c < " " and c != "\n") or "\x7f" <= c <= "\x9f" for c in shown)
    assert "\n" not in claude.sanitise(text)
    return len(shown) > 0, len(ours), normalise(text[:300]) is None


# -- our own home ------------------------------------------------------------------------------------------


class Home:
    """A home in which one file after another is replaced by an input."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="spread-fuzz-")
        atexit.register(self.close)
        self.paths = Paths(self.folder)
        self.paths.make()
        os.makedirs(self.paths.peers, exist_ok=True)
        os.makedirs(self.paths.prekeys, exist_ok=True)
        self.identity = identity.load(self.paths)
        self.prekey = envelope.new_prekey(self.identity.seed, 1)
        self.peer = Peer(
            PEER, crypto.public_key(SEED), bytes(32), bytes(32), bytes(64), bytes(32),
            envelope.new_prekey(SEED, 1).prekey.to_dict(), relay="wss://relay.example", paired_at=1,
        )  # fmt: skip
        peers.save(self.paths, self.peer)
        self.index_name = f"{PEER}.{SESSION}.2.md"
        with open(os.path.join(self.paths.inbox_new, self.index_name), "w", encoding="utf-8") as handle:
            handle.write(made().to_markdown())

    def reading(self, path: str, read: Callable[[], object]) -> Callable[[bytes], object]:
        """Return what writes an input to a file and reads it as the program does."""

        def run(data: bytes) -> object:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(handle, data)
            finally:
                os.close(handle)
            return read()

        return run

    def config(self) -> object:
        return config.load(self.paths).lan

    def peers(self) -> object:
        return peers.load(self.paths, PEER).teammate

    def index(self) -> object:
        """Tell from the index what the hook tells a session, short of moving files."""
        entries = hook_inbox.pending(self.paths, "example.org/us/it")
        told = hook_inbox.waiting(entries) if entries else ""
        for entry in entries:
            hook_inbox._context(entry, made().to_markdown(), entries, Project("example.org/us/it"), 2e9)
        return len(entries), len(told) > 80, len(store_inbox.index(self.paths))

    def keys(self) -> object:
        return len(identity.prekeys(self.paths))

    def load(self) -> object:
        return len(identity.load(self.paths).public)

    def session(self) -> object:
        return len(intake._session(self.paths, SESSION))

    def sequences(self) -> object:
        sequences.came(self.paths, PEER, 7, 2e9)
        missing = sequences.missing(self.paths, PEER, 2e9)
        sequences.paid(self.paths, PEER, SESSION)
        return missing is None, len(str(missing)), sequences.number(self.paths, PEER, SESSION) > 5

    def farewells(self) -> object:
        return len(farewells.load_all(self.paths))

    def spent(self) -> object:
        return enrich._spent(self.paths, 20, 1e9)[0] == 20

    def ledger(self) -> object:
        held = store_ledger.held(self.paths, PEER, SESSION)
        return held is None, len(store_revocations.waiting(self.paths))

    def receipt(self, data: bytes) -> object:
        """Take the content of a contact, a receipt and a farewell, as signed by a peer."""
        room = Mailroom(self.paths, self.identity, "")
        out: list[object] = []
        for kind, take in (
            ("contact", room._take_contact), ("receipt", room._take_contact), ("farewell", room._take_farewell),
        ):  # fmt: skip
            opened = envelope.Opened(self.peer.identity, kind, SESSION, 2, 0, data)
            with contextlib.suppress(EnvelopeError, PairingError):
                out.append(take(opened, self.peer))
        return len(out)

    def close(self) -> None:
        """Delete it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _checkpoint(data: bytes) -> object:
    found = intake._parse("x", data if data.endswith(b"\n") else data + b"\n", 1.0)
    return found is None, found is not None and found.last_message is None


def targets(home: Home) -> list[Target]:
    """Return the targets of files; `home` is theirs alone."""
    paths, it = home.paths, made()
    small = Distillation(id="s1.1", session_id="s1")
    index = {
        "schema": 1,
        "entries": {home.index_name: {**store_inbox.entry_of(it, PEER, 10**18), "own": True}},
    }
    with open(os.path.join(paths.peers, PEER + ".toml"), "rb") as handle:
        peer_file = handle.read()
    prekey = json.dumps({**home.prekey.prekey.to_dict(), "private": home.prekey.private.hex()}).encode()
    prekey_path = os.path.join(paths.prekeys, home.prekey.prekey.id.hex() + ".json")
    ledger = json.dumps({SESSION: [2, "00" * 32]}).encode()
    contact = {"contact": {"prekey": home.peer.prekey, "relay": ""}, "have": [2, "00" * 32]}
    told = {"summary": "It parses dates now.", "next": "Fix the test.", "decisions": ["ISO only", "no regex"]}
    checkpoint = {
        "session_id": SESSION,
        "transcript_path": "/x.jsonl",
        "cwd": "/",
        "last_assistant_message": "Done",
    }
    for folder in (paths.ledger, paths.sequences, paths.farewells):
        os.makedirs(folder, exist_ok=True)
    farewell = {
        "writer": "00" * 32, "name": PEER, "identity": "", "mailbox": "", "writer_seed": "", "grant": "", "relay": "",
        "id": "00" * 16, "envelope": "00", "since": 1e10, "others": ["00" * 16],
    }  # fmt: skip
    os.makedirs(paths.enrich, exist_ok=True)
    return [
        Target(
            "markdown",
            (*(each.to_markdown().encode() for each in (it, small)), *corpus.texts("distillation", "markdown")),
            _markdown, (DistillationError,),
        ),
        Target("json", tuple(each.to_json().encode() for each in (it, small)), _json, (DistillationError,)),
        Target("transcript", _lines(), _transcript),
        Target("narrative", (json.dumps(told).encode(), b"{}"), _narrative, (DistillationError,)),
        Target("text", (b"# Goal\n\n- a <b>\n", b"\x1b[31mred\x1b[0m", "é\u202e".encode()), _text),
        Target(
            "config", (b'name = "desk"\nlan = false\nlisten_port = 0\nidle_s = 1.5\n', b'relay = "wss://r.example"'),
            home.reading(paths.config, home.config), (ConfigError,),
        ),
        Target(
            "peers", (peer_file,), home.reading(os.path.join(paths.peers, PEER + ".toml"), home.peers), (StoreError,)
        ),
        Target("index", (json.dumps(index).encode(),), home.reading(paths.inbox_index, home.index), HOOK_MAY_LOG),
        Target("prekeys", (prekey,), home.reading(prekey_path, home.keys)),
        Target(
            "identity", (json.dumps({"seed": "00" * 32, "mailbox_seed": "01" * 32}).encode(),),
            home.reading(paths.identity, home.load), (StoreError,),
        ),
        Target(
            "ledger", (ledger,), home.reading(os.path.join(paths.ledger, PEER + ".json"), home.ledger), (StoreError,)
        ),
        Target(
            "session", (b'{"revision": 2, "sha256": ""}',),
            home.reading(os.path.join(paths.sessions, SESSION + ".json"), home.session),
        ),
        Target(
            "spent", (b'{"day": 11574, "count": 3, "last": 1000000000.5}',),
            home.reading(paths.enrich_spent, home.spent),
        ),
        *(
            Target(
                f"sequences-{way}", seeds,
                home.reading(os.path.join(paths.sequences, f"{PEER}.{way}.json"), home.sequences),
            )
            for way, seeds in (
                ("in", (b'{"seen": [[1, 4], [6, 6]], "since": 1000000000.5}',)),
                ("out", (json.dumps({"last": 7, "unpaid": {SESSION: 7}}).encode(),)),
            )
        ),
        Target(
            "farewells", (json.dumps(farewell).encode(),),
            home.reading(os.path.join(paths.farewells, "00" * 32 + ".json"), home.farewells),
        ),
        Target(
            "contact", (json.dumps(contact).encode(), b'{"writer": "' + b"00" * 32 + b'"}'), home.receipt, (StoreError,)
        ),
        Target("checkpoint", (json.dumps(checkpoint).encode(),), _checkpoint),
    ]  # fmt: skip


# `hook.main` writes these to its log and the session starts without a word of us
HOOK_MAY_LOG: Final = (ValueError, RecursionError)
