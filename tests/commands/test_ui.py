"""`spread ui` as a command: its address, its end, its errors; who may start a browser."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from spread import store_inbox
from tests.commands.conftest import Run
from tests.e2e.world import LIBRARY, World, wait_until
from tests.pairs import handoff


def test_it_prints_one_address_and_ends_by_ctrl_c(world: World) -> None:
    """One line on stdout, which answers at once; Ctrl-C ends it with a page still listening."""
    served = world.a.spread("ui")
    url = served.line()
    assert url.startswith("http://127.0.0.1:")
    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({}))
    with jar.open(url) as page:
        place = page.url
    with jar.open(f"{place}api/events") as events:
        assert events.readline().startswith(b"retry:")
        done = served.stop(signal.SIGINT)
    assert (done.code, done.out) == (130, f"{url}\n")
    assert done.err == "only this machine can open it; Ctrl-C ends it\n"


def test_only_loopback_listens(world: World) -> None:
    """Whatever SPREAD_INTERFACES says, no other address of this machine has the port."""
    served = world.a.spread("ui", "--no-open", SPREAD_INTERFACES="0.0.0.0")
    port = int(served.line().split(":")[2].partition("/")[0])
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if line.split()[3] == "0A"
    ]
    assert [one for one in listening if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    assert served.stop(signal.SIGTERM).code != 0


def test_a_browser_is_started_with_another_token(world: World, tmp_path: Path) -> None:
    """Everybody here can read a command line: what stands there works once."""
    asked = tmp_path / "asked"
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {asked}.new && mv {asked}.new {asked}\n')
    script.chmod(0o700)
    served = world.a.spread("ui", DISPLAY=":none", BROWSER=str(script))
    wait_until("a browser is started", asked.exists)
    url = asked.read_text().strip()
    assert url.startswith(served.line().partition("token=")[0])
    assert url != served.line()
    plain = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({}))
    with plain.open(url) as page:
        assert page.status == 200
    with pytest.raises(urllib.error.HTTPError, match="401"):
        plain.open(url)
    served.stop()


def test_show_web(world: World) -> None:
    """It opens the page at that hand-off; one that is not there is an error before anything listens."""
    store_inbox.accept(world.a.paths, "b", handoff("aaaa1111", 1), expected=("aaaa1111", 1), own=True)
    served = world.a.spread("show", "--web", "latest")
    assert served.line().endswith("#in/b/aaaa1111.1")
    served.stop()
    done = world.a.run("show", "--web", "nosuch")
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"] == "no hand-off nosuch in the inbox"


def test_a_port_that_is_taken(world: World) -> None:
    """What, why and what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = world.a.run("ui", "--no-open", "--port", str(port))
    assert (done.code, done.out) == (1, "")
    assert done.told() == {
        "error": f"cannot listen on port {port}", "cause": "Address already in use",
        "hint": "give another one with `spread ui --port N`, or none for any that is free",
    }  # fmt: skip


def test_no_port(home: object, run: Run) -> None:
    """Usage."""
    assert run("ui", "--port", "70000").code == 2


def test_other_commands_do_not_pay() -> None:
    """The server's libraries are loaded by `ui` alone."""
    code = "import sys, spread.cli; spread.cli.main([]); print({'starlette', 'uvicorn', 'anyio'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "set()"
