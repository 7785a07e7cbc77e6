"""Who may ask: over a real socket, whatever another program or page of this machine may try."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from tests.e2e.world import Machine, World
from tests.ui.conftest import home_of

OTHER = "http://evil.example"


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


class Caller:
    """Any program that can reach the port; what a browser adds is given with each question."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.port is not None
        self.port = parts.port
        self.host = f"127.0.0.1:{parts.port}"
        self.origin = f"http://{self.host}"
        self.path = f"{parts.path}?{parts.query}"
        self.prefix, self.cookie = "", ""

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Got:
        """Ask, with the given headers (underscores are dashes) and the right Host unless another is given."""
        sent = {"Host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request(method, path, body, sent)
            got = link.getresponse()
            return Got(
                got.status, got.read().decode(), {name.lower(): value for name, value in got.getheaders()}
            )
        finally:
            link.close()

    def enter(self) -> "Caller":
        """Exchange the token for the cookie."""
        got = self.ask(self.path)
        self.prefix = got.headers["location"]
        self.cookie = got.headers["set-cookie"].partition(";")[0]
        return self

    def post(self, name: str, data: object, **headers: str) -> Got:
        """Do something as the page does it, but for the headers that are given."""
        given = {"Origin": self.origin, "Cookie": self.cookie, "Content_Type": "application/json"} | headers
        given = {key: value for key, value in given.items() if value}
        return self.ask(f"{self.prefix}api/{name}", "POST", json.dumps(data), **given)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which nothing is paired."""
    with World(tmp_path_factory.mktemp("guard") / "w") as world:
        home_of(world.a)
        yield world.a


@pytest.fixture(scope="module")
def caller(machine: Machine) -> Iterator[Caller]:
    """Somebody who has opened the page that runs there."""
    served = machine.spread("ui", "--no-open")
    yield Caller(served.line()).enter()
    served.stop()


def test_the_token_buys_a_strict_cookie(caller: Caller) -> None:
    """It leads on to an address without it; the cookie is for that place, and no script sees it."""
    got = caller.ask(caller.path)
    assert got.status == 303
    cookie = [part.strip() for part in got.headers["set-cookie"].split(";")]
    assert {"HttpOnly", "SameSite=strict", f"Path={got.headers['location']}"} <= set(cookie)
    assert caller.path.partition("token=")[2] not in str(got.headers) + got.body
    assert len(cookie[0]) > 40
    page = caller.ask(caller.prefix, Cookie=caller.cookie)
    assert page.status == 200
    assert "<title>claude-spread</title>" in page.body


@pytest.mark.parametrize(
    "path", ["/", "/?token=", "/?token=x", "/?token=%ff%00", "/?x=1", "/?" + "token=a&" * 99]
)
def test_without_the_token_nothing_is_told(caller: Caller, path: str) -> None:
    """The same answer to every guess; no cookie is set."""
    got = caller.ask(path)
    assert (got.status, "set-cookie" in got.headers) == (401, False)
    assert caller.prefix not in got.body


@pytest.mark.parametrize("cookie", ["", "spread=", "spread=x", "other=x", "spread=x; spread=y"])
def test_without_the_cookie_nothing_is_told(caller: Caller, cookie: str) -> None:
    """Neither the page nor what it asks for, however the cookie is guessed."""
    headers = {"Cookie": cookie} if cookie else {}
    for name in ("", "app.js", "api/state", "api/events", "api/nothing"):
        assert caller.ask(caller.prefix + name, **headers).status == 401
    assert caller.post("pause", {"on": True}, Cookie=cookie).status == 401
    assert (
        caller.ask("/favicon.ico", Cookie=caller.cookie).status == 204
    )  # browsers ask on the way to the page
    assert caller.ask("/api/state", Cookie=caller.cookie).status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1",
                                  "127.0.0.1.evil.example:{port}", "[::1]:{port}", ""])  # fmt: skip
def test_only_by_a_loopback_name(caller: Caller, host: str) -> None:
    """A name that somebody makes lead here (DNS rebinding) is refused, token and cookie or not."""
    name = host.format(port=caller.port)
    assert caller.ask(caller.path, Host=name).status == 421
    got = caller.ask(f"{caller.prefix}api/state", Host=name, Cookie=caller.cookie)
    assert (got.status, got.body) == (421, "not a name of this machine\n")


def test_localhost_is_one_of_them(caller: Caller) -> None:
    """With its port, and with an origin of the same name."""
    host = f"localhost:{caller.port}"
    assert caller.ask(f"{caller.prefix}api/state", Host=host, Cookie=caller.cookie).status == 200
    assert caller.post("pause", {"on": False}, Host=host, Origin=f"http://{host}").status == 200


@pytest.mark.parametrize(
    "origin", ["", OTHER, "null", "https://{host}", "http://127.0.0.1:1", "http://{host}.evil.example"]
)
def test_only_from_our_page(caller: Caller, machine: Machine, origin: str) -> None:
    """What is to change something comes with our own origin; other servers of this machine have another one."""
    given = origin.format(host=caller.host)
    assert caller.post("pause", {"on": True}, Origin=given).status == 403
    if given:
        assert caller.ask(f"{caller.prefix}api/state", Cookie=caller.cookie, Origin=given).status == 403
    assert not (machine.root / "spread" / "paused").exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_browser_says_of_the_asker(caller: Caller, site: str) -> None:
    """A page of another site or port is refused even where the browser sends it our cookie."""
    assert caller.ask(f"{caller.prefix}api/state", Cookie=caller.cookie, Sec_Fetch_Site=site).status == 403
    assert caller.post("pause", {"on": True}, Sec_Fetch_Site=site).status == 403


def test_a_link_from_elsewhere_is_asked_for_again(caller: Caller) -> None:
    """A strict cookie is not sent when another site's link led here; from our own answer it is."""
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "document"}
    got = caller.ask(caller.prefix, **headers)
    assert (got.status, 'http-equiv="refresh"' in got.body) == (200, True)
    assert caller.ask(f"{caller.prefix}api/state", **headers).status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods(caller: Caller, method: str) -> None:
    """There is nothing to put or to negotiate."""
    got = caller.ask(f"{caller.prefix}api/state", method, Cookie=caller.cookie, Origin=caller.origin)
    assert got.status == 405
    assert "access-control-allow-origin" not in got.headers


def test_every_answer_is_guarded(caller: Caller) -> None:
    """The policy and its companions are on pages, files, data and refusals alike."""
    answers = [
        caller.ask("/"),
        caller.ask("/x"),
        caller.ask(caller.path),
        caller.ask("/", Host="evil.example"),
    ]
    answers += [
        caller.ask(caller.prefix + name, Cookie=caller.cookie)
        for name in ("", "app.js", "app.css", "api/state", "nothing")
    ]
    for got in answers:
        policy = dict(
            part.strip().partition(" ")[::2] for part in got.headers["content-security-policy"].split(";")
        )
        assert (
            policy["default-src"]
            == policy["base-uri"]
            == policy["form-action"]
            == policy["frame-ancestors"]
            == "'none'"
        )
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert "unsafe" not in got.headers["content-security-policy"]
        assert policy["require-trusted-types-for"] == "'script'"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["referrer-policy"] == "no-referrer"
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["x-frame-options"] == "DENY"
        assert "server" not in got.headers


@pytest.mark.parametrize(("name", "data"), [
    ("pause", []), ("pause", {}), ("pause", {"on": "yes"}), ("pause", {"on": True, "peer": 1}),
    ("pause", {"on": True, "peer": "a", "project": "b"}), ("pause", {"on": True, "project": "a\nb"}),
    ("accept", {}), ("accept", {"key": 1}), ("forget", {"key": None}), ("pair", {"code": 5}),
    ("pair", {"code": "nonsense"}), ("pause", {"on": True, "x": "y" * 5000}),
])  # fmt: skip
def test_nonsense_is_refused(caller: Caller, name: str, data: object) -> None:
    """What the page never sends is told as such, and does nothing."""
    got = caller.post(name, data)
    assert got.status == 400, got.body
    assert json.loads(got.body)["error"]["what"]


@pytest.mark.parametrize(("name", "data"), [
    ("forget", {"key": "in/../../config.toml"}), ("accept", {"key": "in/laptop/x.1"}), ("forget", {"key": "out/x.1"}),
    ("pause", {"on": True, "peer": "nobody"}), ("pause", {"on": True, "peer": "../config"}),
])  # fmt: skip
def test_what_is_not_there(caller: Caller, machine: Machine, name: str, data: object) -> None:
    """A key is looked up among what there is, and never becomes a path."""
    assert caller.post(name, data).status == 409
    assert (machine.root / "spread" / "config.toml").exists()


def test_only_json_counts(caller: Caller) -> None:
    """A form, which any page may send, does nothing."""
    assert caller.post("pause", {"on": True}, Content_Type="text/plain").status == 400
    assert (
        caller.ask(
            f"{caller.prefix}api/pause", "POST", "on=1", Cookie=caller.cookie, Origin=caller.origin
        ).status
        == 400
    )


@pytest.mark.parametrize(
    "path", ["../app.py", "..%2fguard.py", "%2e%2e/guard.py", "static/app.js", "app.js%00", "//etc/passwd"]
)
def test_only_the_pages_files(caller: Caller, path: str) -> None:
    """Files are known by name; no path leads to another one."""
    assert caller.ask(caller.prefix + path, Cookie=caller.cookie).status in (401, 404)
