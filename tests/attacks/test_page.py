"""Attacks on the page of `spread ui` by another user of this machine."""

import asyncio
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from spread.commands import ui
from spread.paths import Paths
from spread.ui import guard as module
from spread.ui.guard import Guard
from spread.ui.launch import Redirect
from tests.attacks.harness import withstands
from tests.e2e.world import wait_until

TOKEN = re.compile(rb"[?&]token=([\w-]{40,})")


def seen_by_all() -> set[bytes]:
    """Return the tokens that stand in command lines of this machine, which every user can read."""
    found: set[bytes] = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            found |= set(TOKEN.findall(Path(f"/proc/{pid}/cmdline").read_bytes()))
        except OSError:
            continue
    return found


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Be what the guard stands before."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hand-offs"})


def ask(guard: Guard, path: str, query: str = "", cookie: str = "") -> tuple[int, str, str]:
    """Return status, cookie and the place that it holds for, of an answer."""
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    host = guard.url.split("/")[2].encode()
    headers = [(b"host", host), *([(b"cookie", cookie.encode())] if cookie else [])]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
    }
    asyncio.run(guard(scope, receive, send))
    given = dict(told[0]["headers"]).get(b"set-cookie", b"").decode()
    place = re.search("Path=([^;]+)", given)
    return told[0]["status"], given.partition(";")[0], place[1] if place else ""


def test_the_token_read_off_the_browsers_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser takes its time to start; who sees what it was started with is not let in before it."""
    script = tmp_path / "browser"
    script.write_text(
        f"#!/bin/sh\ntouch {tmp_path}/runs\nwhile [ -e {tmp_path}/runs ]; do sleep 0.02; done\n"
    )
    script.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    stub: Any = SimpleNamespace(asgi=page)

    def attack() -> bool:
        door = ui.Door(Paths(tmp_path / "home"), stub, 1)
        door.launch("")
        try:
            wait_until("the browser starts", (tmp_path / "runs").exists)
            tokens = seen_by_all()
        finally:
            (tmp_path / "runs").unlink(missing_ok=True)  # it ends
            door.shut()
        for token in tokens:
            _, cookie, place = ask(door.guard, "/", f"token={token.decode()}")
            if cookie and ask(door.guard, place, cookie=cookie)[0] == 200:
                return True
        return False

    def as_it_was(self: Redirect) -> str:
        found = re.search(r'url=([^"]+)"', Path(self._path).read_text())
        assert found
        return found[1]

    withstands(attack, (Redirect, "address", property(as_it_was)))


def test_a_thief_who_was_first() -> None:
    """Should the token get out all the same, the thief is in only until the browser comes."""

    def attack() -> bool:
        alarms: list[str] = []
        guard = Guard(page, 1, alarm=lambda: alarms.append("twice"))
        query = guard.launch_url().partition("?")[2]
        _, cookie, place = ask(guard, "/", query)
        assert ask(guard, place, cookie=cookie)[0] == 200
        assert ask(guard, "/", query)[0] == 401  # the browser
        return ask(guard, place, cookie=cookie)[0] == 200 or alarms != ["twice"]

    real = Guard._key_of

    def for_ever(self: Guard, headers: Any) -> str:
        self._keys |= {one.key for one in self._launched.values() if one.key}
        return real(self, headers)

    withstands(attack, (Guard, "_key_of", for_ever))


def test_a_token_that_nobody_has_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was meant for a browser that never came is worth nothing after a while."""

    def attack() -> bool:
        clock = [1000.0]
        monkeypatch.setattr("spread.ui.guard.time.monotonic", lambda: clock[0])
        guard = Guard(page, 1)
        query = guard.launch_url().partition("?")[2]
        clock[0] += 121
        return ask(guard, "/", query)[1] != ""

    withstands(attack, (module, "LAUNCH_S", 1e9))
