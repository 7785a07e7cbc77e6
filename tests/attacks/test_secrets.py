"""Secrets in argv, in the environment of children, in logs and tracebacks; looked for after the whole has run."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spread import cli, mailroom
from spread.errors import EnvelopeError
from spread.paths import Paths
from tests.attacks.harness import fresh, withstands
from tests.e2e.world import MARK, Machine, World, wait_until
from tests.pairs import paired, seal_from

SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"
PHRASE = "correct horse battery staple"


class Watcher:
    """Looks at the arguments and environments of a world's processes, over and over, while something runs."""

    def __init__(self, world: World) -> None:
        self.arguments: set[bytes] = set()
        self.environments: set[bytes] = set()
        self._world = world
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        mark = f"{MARK}={self._world.mark}".encode()
        while not self._ended.wait(0.02):
            for pid in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError):
                    environment = Path(f"/proc/{pid}/environ").read_bytes()
                    if mark in environment:
                        self.environments.add(environment)
                        self.arguments.add(Path(f"/proc/{pid}/cmdline").read_bytes())

    def has_seen(self, command: bytes) -> bool:
        """Tell whether a process with this argument was looked at."""
        return any(command in one.split(b"\0") for one in list(self.arguments))

    def sees(self, command: bytes) -> None:
        """Wait until it was: for processes that go on."""
        wait_until(f"{command!r} is looked at", lambda: self.has_seen(command))

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def secrets_of(machine: Machine) -> dict[str, bytes]:
    """Return every secret in a machine's home, by what it is."""
    paths = machine.paths
    found: dict[str, str] = {}
    identity = json.loads(Path(paths.identity).read_bytes())
    found |= {f"{machine.name}'s {name}": identity[name] for name in ("seed", "mailbox_seed")}
    for path in Path(paths.prekeys).glob("*.json"):
        found[f"{machine.name}'s prekey"] = json.loads(path.read_bytes())["private"]
    for path in Path(paths.peers).glob("*.toml"):
        for line in path.read_text().splitlines():
            name, _, value = line.partition(" = ")
            if name in ("writer_seed", "grant"):
                found[f"{machine.name}'s {name}"] = value.strip('"')
    assert {"seed", "mailbox_seed", "prekey", "writer_seed", "grant"} == {
        name.partition("'s ")[2] for name in found
    }
    return {name: value.encode() for name, value in found.items()}


def needles(secret: bytes) -> list[bytes]:
    """Return the spellings of a secret: as it is and, of hex, its bytes."""
    spelt = [secret]
    with contextlib.suppress(ValueError):
        spelt.append(bytes.fromhex(secret.decode()))
    return spelt


def leaks(secrets: dict[str, bytes], places: dict[str, list[bytes]]) -> list[str]:
    """Return which secret is where."""
    return [
        f"{name} in {place}" for name, secret in secrets.items() for place, texts in places.items()
        if any(needle in text for needle in needles(secret) for text in texts)
    ]  # fmt: skip


def everything_said(world: World) -> list[bytes]:
    """Return the output of every command."""
    return [path.read_bytes() for path in world.root.glob("*/*.out")] + [
        path.read_bytes() for path in world.root.glob("*/*.err")
    ]


def logs(*machines: Machine) -> list[bytes]:
    """Return all that is logged, tracebacks too."""
    return [path.read_bytes() for machine in machines for path in Path(machine.paths.log).rglob("*.log*")]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two machines that log all they can, and a relay."""
    with World(tmp_path / "w") as made:
        made.configure(log_level="debug")
        yield made


def test_after_a_full_run(world: World) -> None:
    """Paired, handed over by a relay and shared under a passphrase: no secret can be seen anywhere but in its file.

    The twin is a process that is given a secret by its arguments and its environment, and logs it.
    """
    a, b = world.a, world.b
    token = "ghp_" + fresh().hex()[:36]
    told = "what only the two machines may know"
    with Watcher(world) as watcher:
        relay = world.start_relay()
        world.configure(log_level="debug", relay=relay, lan=False)
        first = a.spread("pair")
        code = first.line()
        watcher.sees(b"pair")
        second = b.run("pair", code)
        assert (second.code, first.end().code) == (0, 0), second.err
        engines = a.start_engine(), b.start_engine()
        watcher.sees(b"sync")
        a.turn(SESSION, f"{told}: deploy with {token}")
        wait_until("b holds it", lambda: b.holds(SESSION, 1))
        wait_until("a's debt is paid", lambda: not list(Path(a.paths.outbox).rglob("*.md")))
        options = ("--keep-open", "5", "--relay", relay, "--passphrase-file")
        sharing = a.spread("share", "README", *options, "-", stdin=PHRASE + "\n")
        phrase = b.root / "phrase"
        phrase.write_text(PHRASE)
        room = sharing.line()
        watcher.sees(b"share")
        while not watcher.has_seen(b"receive"):  # most likely at once; it does not last long
            got = b.run("receive", "--relay", relay, "--room", room, "--passphrase-file", str(phrase))
            assert got.code == 0, got.err
        assert sharing.stop(signal.SIGINT).code == 130
        for engine in engines:
            assert engine.stop().code == 0
    secrets = {**secrets_of(a), **secrets_of(b), "the passphrase": PHRASE.encode(), "a token": token.encode()}
    places = {
        "arguments": list(watcher.arguments), "an environment": list(watcher.environments), "a log": logs(a, b),
        "an output": everything_said(world),
    }  # fmt: skip
    for command in (b"pair", b"sync", b"share", b"receive", b"relay"):
        assert watcher.has_seen(command), f"{command!r} was not looked at"
    assert all(places.values())
    assert leaks(secrets, places) == []
    assert leaks({"the content": told.encode()}, {name: places[name] for name in places}) == []
    # what is redacted is nowhere in what was handed over either
    files = [path.read_bytes() for path in Path(b.paths.home).rglob("*") if path.is_file()]
    assert leaks({"a token": token.encode()}, {"b's home": files}) == []
    assert told.encode() in b"".join(files)
    # the words are in the arguments of whoever types them: worth nothing once they were used
    words = code.partition("-")[2].encode()
    assert (
        leaks({"the words": words}, {"a log": logs(a, b), "environments": list(watcher.environments)}) == []
    )
    _finds_what_there_is(world, secrets)


def _finds_what_there_is(world: World, secrets: dict[str, bytes]) -> None:
    """Show that the search finds secrets where somebody does leave them."""
    name, secret = next(iter(secrets.items()))
    with Watcher(world) as watcher:
        environment = world.a.env(LEAK=secret.decode())
        code = "import sys; print('up', flush=True); sys.stdin.read()"
        careless = subprocess.Popen(
            [sys.executable, "-c", code, secret.decode()], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert careless.stdin is not None
        assert careless.stdout is not None
        careless.stdout.readline()
        wait_until("seen", lambda: any(secret in one for one in list(watcher.arguments)))
        careless.stdin.close()
        careless.stdout.close()
        careless.wait()
    (Path(world.a.paths.log) / "careless.log").write_bytes(b"key " + secret)
    (world.a.root / "careless.err").write_bytes(bytes.fromhex(secret.decode()))
    places = {
        "arguments": list(watcher.arguments), "an environment": list(watcher.environments), "a log": logs(world.a),
        "an output": everything_said(world),
    }  # fmt: skip
    assert leaks({name: secret}, places) == [f"{name} in {place}" for place in places]


def test_a_traceback(home: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    """What is kept of a bug of ours has no value that was being handled."""
    secret = fresh().hex()

    def attack() -> bool:
        try:
            raise RuntimeError(f"cannot use {secret}")
        except RuntimeError as problem:
            told = "\n".join(cli._bug(home, problem).lines())
        kept = "".join(path.read_text() for path in Path(home.log).glob("bug-*.log"))
        for path in Path(home.log).glob("bug-*.log"):
            path.unlink()
        return secret in told + kept

    def in_full(trace: object) -> list[str]:
        return traceback.format_exception(sys.exc_info()[1] or RuntimeError(secret))

    withstands(attack, (traceback, "format_tb", in_full))


def test_a_log_of_hostile_mail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is dropped is logged by size and kind: nothing of it, and nothing that it names."""
    count = 0

    def attack() -> bool:
        nonlocal count
        count += 1
        desk, laptop = paired(tmp_path / str(count), now=float(int(time.time())))
        marker = "evil\x1b[31m"
        caplog.clear()
        with caplog.at_level(logging.DEBUG):
            for kind, content in (("distillation", marker), ("receipt", marker), ("contact", marker)):
                raw = seal_from(laptop, desk, content.encode(), kind=kind, id=marker, revision=1)
                assert desk.mailroom.take(raw, desk.peers) is None
        assert len(caplog.records) == 3
        return "evil" in caplog.text

    def talkative(self: mailroom.Mailroom, opened: Any, peer: object, route: str = "") -> mailroom.Taken:
        raise EnvelopeError(f"cannot read {opened.content!r}")

    withstands(attack, (mailroom.Mailroom, "_take_contact", talkative))
