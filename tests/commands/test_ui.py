"""`spread ui` as a command: its address, its end, its errors; who may start a browser."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from spread import store_inbox
from spread.ui import callers, guard
from tests.commands.conftest import Run
from tests.e2e.world import LIBRARY, World, open_files, wait_until
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
    assert done.err == "only this machine can open it; Ctrl-C ends it\n\nspread: interrupted\n"


def test_who_presses_ctrl_c_twice(world: World) -> None:
    """It leaves all the same, and says no more."""
    served = world.a.spread("ui", "--no-open")
    served.says("Ctrl-C ends it")
    served.process.send_signal(signal.SIGINT)
    done = served.stop(signal.SIGINT)
    assert done.code == 130
    assert done.err == "only this machine can open it; Ctrl-C ends it\n\nspread: interrupted\n"


def test_only_loopback_listens(world: World) -> None:
    """Whatever SPREAD_INTERFACES says, no other address of this machine has the port."""
    served = world.a.spread("ui", "--no-open", SPREAD_INTERFACES="0.0.0.0")
    port = int(served.line().split(":")[2].partition("/")[0])
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if line.split()[3] == "0A"
    ]
    assert [one for one in listening if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    assert served.stop(signal.SIGTERM).code != 0


def test_who_never_ends_asking(world: World) -> None:
    """Anybody here can connect; however many do, each keeps its place for moments, and the page answers."""
    served = world.a.spread("ui", "--no-open")
    url = served.line()
    port = urlsplit(url).port

    def sockets() -> int:
        return sum("socket:" in name for name in open_files(served.process.pid))

    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({}))
    with jar.open(url) as page:
        place = page.url
    with jar.open(f"{place}api/events") as events, contextlib.ExitStack() as strangers:
        assert events.readline().startswith(b"retry:")
        before = sockets()
        for _ in range(3 * callers.MAX_SILENT):
            one = strangers.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            one.sendall(b"GET / HTTP/1.1\r\nX: ")
        with jar.open(place) as page:
            assert page.status == 200
        wait_until("few are left", lambda: sockets() <= before + callers.MAX_SILENT)
        wait_until("none is left", lambda: sockets() <= before)
        with jar.open(place) as page:  # and whoever had asked was let alone
            assert page.status == 200
        wait_until("the stream goes on", lambda: sockets() == before)
    served.stop(signal.SIGINT)


def test_what_is_no_http(world: World) -> None:
    """Whoever sends it is told; the user, in whose terminal it would stand, is not."""
    served = world.a.spread("ui", "--no-open")
    port = urlsplit(served.line()).port
    with socket.create_connection(("127.0.0.1", port), timeout=60) as link:
        link.sendall(b"nonsense\r\n\r\n")
        assert link.makefile("rb").readline().startswith(b"HTTP/1.1 400 ")
    done = served.stop(signal.SIGINT)
    assert done.err == "only this machine can open it; Ctrl-C ends it\n\nspread: interrupted\n"


class Opened:
    """A `spread ui` that has started a browser: what the browser was given."""

    def __init__(self, world: World, folder: Path, *arguments: str) -> None:
        asked = folder / "asked"
        script = folder / "browser"
        script.write_text(f'#!/bin/sh\necho "$1" > {asked}.new && mv {asked}.new {asked}\n')
        script.chmod(0o700)
        self.served = world.a.spread(*(arguments or ("ui",)), DISPLAY=":none", BROWSER=str(script))
        wait_until("a browser is started", asked.exists)
        self.address = asked.read_text().strip()
        self.file = Path(urlsplit(self.address).path)
        self.page = self.file.read_text()
        found = re.search(r'url=([^"]+)"', self.page)
        assert found
        self.url = found[1]


def follow(caller: urllib.request.OpenerDirector, url: str) -> str:
    """Follow an address for a browser; return where it leads."""
    with caller.open(url) as page:
        found = re.search(r'url=([^"#]+)[^"]*"', page.read().decode())
    assert found
    return f"{url.partition('/?')[0]}{found[1]}"


def browser() -> urllib.request.OpenerDirector:
    """Return somebody who keeps cookies."""
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({}))


def test_a_browser_is_led_by_a_private_file(world: World, tmp_path: Path) -> None:
    """Everybody here can read a command line: there is a file's name, and what leads on only the user can read."""
    opened = Opened(world, tmp_path)
    assert opened.address.startswith("file:///")
    assert opened.file.parent == Path(world.a.paths.ui)
    assert (opened.file.stat().st_mode & 0o777, opened.file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    printed = opened.served.line()
    assert opened.url.partition("token=")[0] == printed.partition("token=")[0]
    assert opened.url != printed
    caller = browser()
    with caller.open(follow(caller, opened.url)) as page:
        assert page.status == 200
    assert not opened.file.exists()
    assert opened.served.stop().err == "only this machine can open it; Ctrl-C ends it\n"


def test_the_link_for_a_browser_used_twice(world: World, tmp_path: Path) -> None:
    """The second one is not let in; the first, who may be the thief, is shut out, and what it has begun is stopped."""
    opened = Opened(world, tmp_path)
    first = browser()
    place = follow(first, opened.url)
    origin = place.rpartition("/")[0].rpartition("/")[0]
    pair = urllib.request.Request(
        f"{place}api/pair", b"{}", {"Content-Type": "application/json", "Origin": origin}
    )
    with first.open(pair), first.open(f"{place}api/events") as events:
        while b'"waiting"' not in (line := events.readline()):
            assert line
        with pytest.raises(urllib.error.HTTPError, match="401") as second:
            browser().open(opened.url)
        assert second.value.read().startswith(b"This link was used before")
        opened.served.says("used twice: somebody else on this machine may have seen the page")
        rest = [event for event in events.read().split(b"\n\n") if b"data" in event]  # it ends
        assert all(b'"waiting"' in event for event in rest)  # told before; that the pairing is stopped is not
    with pytest.raises(urllib.error.HTTPError, match="401"):
        first.open(f"{place}api/state")
    anew = browser()
    with anew.open(opened.served.line()) as page, anew.open(f"{place}api/events") as events:
        assert page.status == 200  # the printed one goes on
        told = events.readline() + events.readline()
    assert b'"pairing": {"state": "idle"}' in told
    opened.served.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_file_goes_with_us(world: World, tmp_path: Path, number: int) -> None:
    """A browser that never came finds nothing; nor does anybody else."""
    opened = Opened(world, tmp_path)
    opened.served.says("Ctrl-C ends it")
    opened.served.stop(number)
    assert list(Path(world.a.paths.ui).iterdir()) == []


def test_what_a_killed_one_has_left(world: World, tmp_path: Path) -> None:
    """The next one takes it away, once it is worth nothing; one that is new may be another page's."""
    folder = Path(world.a.paths.ui)
    folder.mkdir()
    for name, age in (("old", guard.LAUNCH_S + 1), ("new", 1)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    opened = Opened(world, tmp_path)
    assert {path.name for path in folder.iterdir()} == {"new", opened.file.name}
    opened.served.stop()


def test_no_file_can_be_written(world: World, tmp_path: Path) -> None:
    """No browser is started then, and the printed address is there all the same."""
    Path(world.a.paths.ui).touch()
    served = world.a.spread("ui", DISPLAY=":none", BROWSER="false")
    served.says("no browser is started (File exists): open that address in one")
    with browser().open(served.line()) as page:
        assert page.status == 200
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
