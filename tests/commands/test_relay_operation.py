"""`spread relay` in operation: TLS, health, metrics, tokens, logs, and how it stops."""

import asyncio
import base64
import contextlib
import datetime
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from spread.commands import relay, relay_settings, relay_tls
from spread.errors import EXIT_DONE, ConfigError, UsageError
from spread.net import stores

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "spread" / "commands"


class Relay:
    """A relay process: where it is, and what it has logged."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url
        self.events: list[dict[str, object]] = []

    async def event(self, name: str) -> dict[str, object]:
        """Return the next event of this name that is logged."""
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.events.append(json.loads(line))
            if self.events[-1]["event"] == name:
                return self.events[-1]
        raise AssertionError(f"no event {name}: {self.events}")


@contextlib.asynccontextmanager
async def running(*options: str, **environment: str) -> AsyncIterator[Relay]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "spread.cli", "relay", "--host", "127.0.0.1", "--port", "0", "--store", "memory",
        *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ, **environment},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        assert "://127.0.0.1:" in line
        yield Relay(process, line.removeprefix("listening on ").strip())
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def make_certificate(folder: Path, name: str) -> tuple[str, str]:
    """Write a certificate for 127.0.0.1 and its key; return the paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(cert), str(private)


def spoil(path: str) -> None:
    Path(path).write_text("no key")


def trusting_anyone() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def certificate_of(url: str) -> str:
    """Return the name in the certificate that a new connection is shown."""
    async with connect(url, proxy=None, ssl=trusting_anyone()) as ws:
        shown = ws.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        name = x509.load_der_x509_certificate(shown).subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0]
        return str(name.value)


async def get(url: str) -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting_anyone())
        )
        try:
            with opener.open(url, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return await asyncio.to_thread(ask)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGHUP")
async def test_a_new_certificate(tmp_path: Path) -> None:
    """SIGHUP reads the certificate again: new connections see it, and those that are open go on."""
    cert, key = make_certificate(tmp_path, "first")
    async with running("--cert", cert, "--key", key) as server:
        assert server.url.startswith("wss://")
        async with connect(server.url, proxy=None, ssl=trusting_anyone()) as ws:
            assert await certificate_of(server.url) == "first"
            make_certificate(tmp_path, "second")
            server.process.send_signal(signal.SIGHUP)
            await server.event("certificate read")
            assert await certificate_of(server.url) == "second"
            spoil(key)
            server.process.send_signal(signal.SIGHUP)
            assert (await server.event("certificate not read"))["why"]
            assert await certificate_of(server.url) == "second"
            await ws.send('{"type": "HELLO", "version": 1}')
            assert '"WELCOME"' in str(await ws.recv())


def test_a_certificate_that_changes(tmp_path: Path) -> None:
    """A change of either file is seen once; a pair that does not fit leaves the old one in use."""
    cert, key = make_certificate(tmp_path, "first")
    certificate = relay_tls.Certificate(cert, key)
    assert not certificate.changed()
    make_certificate(tmp_path, "second")
    os.utime(cert, (1, 1))  # else the file system's clock may not have gone on meanwhile
    assert (certificate.changed(), certificate.changed()) == (True, False)
    assert certificate.reload() == ""
    Path(cert).unlink()
    assert certificate.changed()
    assert certificate.reload()


def test_bad_certificates(tmp_path: Path) -> None:
    """A certificate that cannot be used, or has no key, ends the relay before it listens."""
    cert, key = make_certificate(tmp_path, "first")
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ConfigError):
        relay_tls.Certificate(cert, make_certificate(other, "other")[1])
    with pytest.raises(ConfigError):
        relay.run("127.0.0.1", 0, "memory", cert=str(tmp_path / "none"), key=key)
    with pytest.raises(UsageError):
        relay.run("127.0.0.1", 0, "memory", cert=cert)


async def test_drain() -> None:
    """SIGTERM lets two that are in a room finish; nobody else is let in, and all is over when they leave."""
    async with running(RELAY_DRAIN_S="60") as server:
        async with connect(server.url, proxy=None) as creator, connect(server.url, proxy=None) as joiner:
            await creator.send('{"type": "CREATE_ROOM"}')
            room = json.loads(await creator.recv())["room_id"]
            await joiner.send(json.dumps({"type": "JOIN_ROOM", "room_id": room}))
            await joiner.recv()
            await creator.recv()
            server.process.send_signal(signal.SIGTERM)
            await server.event("stopping")
            with pytest.raises(OSError, match="Connect call failed"):
                async with connect(server.url, proxy=None):
                    pass
            await creator.send("last words")
            assert await joiner.recv() == "last words"
            await joiner.close()
            assert '"PEER_DISCONNECTED"' in str(await creator.recv())
            with pytest.raises(ConnectionClosed) as caught:
                await creator.recv()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
        assert await server.process.wait() == EXIT_DONE


async def test_drain_ends(tmp_path: Path) -> None:
    """Those that stay in their room are closed with code 1001 when the time is over."""
    async with running(RELAY_DRAIN_S="0.1") as server:
        async with connect(server.url, proxy=None) as creator, connect(server.url, proxy=None) as joiner:
            await creator.send('{"type": "CREATE_ROOM"}')
            room = json.loads(await creator.recv())["room_id"]
            await joiner.send(json.dumps({"type": "JOIN_ROOM", "room_id": room}))
            await joiner.recv()
            server.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as caught:
                await joiner.recv()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
        assert await server.process.wait() == EXIT_DONE


async def test_health_and_metrics() -> None:
    """Health is told on the relay's own port, metrics only on theirs; counts follow what happens."""
    async with running("--metrics", "0") as server:
        port = (await server.event("metrics"))["port"]
        plain = server.url.replace("ws://", "http://")
        assert await get(f"{plain}/healthz") == (200, "ok\n")
        assert await get(f"{plain}/readyz") == (200, "ready\n")
        assert (await get(f"{plain}/metrics"))[0] == 426
        async with connect(server.url, proxy=None) as ws:
            await ws.send('{"type": "JOIN_ROOM", "room_id": "nosuch"}')
            await ws.recv()
            status, text = await get(f"http://127.0.0.1:{port}/metrics")
        assert status == 200
        assert 'spread_relay_refused_total{reason="room_not_found"} 1\n' in text
        assert "spread_relay_rooms 0\n" in text
        assert 'spread_relay_messages_total{type="JOIN_ROOM"} 1\n' in text
        assert (await get(f"http://127.0.0.1:{port}/else"))[0] == 404
        assert await get(f"http://127.0.0.1:{port}/readyz") == (200, "ready\n")


@pytest.mark.parametrize("text", ["", "x", "1:x", "70000", "host:-1", "1" * 5_000])
def test_no_address_for_metrics(text: str) -> None:
    """What is no port is a usage error."""
    with pytest.raises(UsageError):
        relay.metrics_address(text)


def test_address_for_metrics() -> None:
    """A port alone is on this machine alone."""
    assert relay.metrics_address("9785") == ("127.0.0.1", 9785)
    assert relay.metrics_address("[::]:9785") == ("::", 9785)


async def test_a_private_relay(tmp_path: Path) -> None:
    """Only who shows the token is let in, as Bearer or, as a 1.x client can, in the URL; health needs none."""
    token = os.urandom(16).hex()
    file = tmp_path / "token"
    file.write_text(token + "\n")
    file.chmod(0o600)
    async with running(RELAY_TOKEN_FILE=str(file)) as server:
        for headers in ({}, {"Authorization": "Bearer " + token[1:]}, {"Authorization": "Basic !"}):
            with pytest.raises(InvalidStatus) as caught:
                async with connect(server.url, proxy=None, additional_headers=headers):
                    pass
            assert caught.value.response.status_code == 401
        basic = base64.b64encode(f"x:{token}".encode()).decode()
        for shown in (f"Bearer {token}", f"Basic {basic}"):
            async with connect(server.url, proxy=None, additional_headers={"Authorization": shown}) as ws:
                await ws.send('{"type": "HELLO", "version": 1}')
                assert '"WELCOME"' in str(await ws.recv())
        assert (await get(server.url.replace("ws://", "http://") + "/healthz"))[0] == 200


@pytest.mark.parametrize("text", ["", "short", "with space in it 0123456789", "é" * 20])
def test_bad_tokens(tmp_path: Path, text: str) -> None:
    """A token that protects nothing, or no header can carry, is an error; so is one everyone can read."""
    file = tmp_path / "token"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(ConfigError):
        relay_settings.policy({"RELAY_TOKEN_FILE": str(file)})


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_a_token_for_everyone(tmp_path: Path) -> None:
    """A token file that everyone can read is refused, and one that is not there, too."""
    file = tmp_path / "token"
    file.write_text(os.urandom(16).hex())
    file.chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        relay_settings.policy({"RELAY_TOKEN_FILE": str(file)})
    assert "chmod 600" in caught.value.hint
    with pytest.raises(ConfigError):
        relay_settings.policy({"RELAY_TOKEN_FILE": str(tmp_path / "none")})


def test_proxies_from_the_environment() -> None:
    """Proxies are named by address or network, and the header by name."""
    rules = relay_settings.policy(
        {"RELAY_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8", "RELAY_PROXY_HEADER": "Forwarded"}
    )
    assert rules.proxies is not None
    assert rules.proxies.header == "forwarded"
    assert rules.proxies.is_one("10.1.2.3")
    for bad in ({"RELAY_TRUSTED_PROXIES": "proxy"}, {"RELAY_PROXY_HEADER": "X-Real-IP"}):
        with pytest.raises(ConfigError):
            relay_settings.policy(bad)


@pytest.mark.parametrize(("variable", "field"), [(each[0], each[1]) for each in relay_settings._LIMITS])
def test_every_limit_can_be_set(variable: str, field: str) -> None:
    """Each variable sets its own field, and is in the specification."""
    value = "2000000" if field == "memory_bytes" else "2000"
    assert getattr(relay_settings.policy({variable: value}), field) == float(value)
    assert f"`{variable}`" in (ROOT / "RELAY_SERVER_SPEC.md").read_text(encoding="utf-8")


def test_what_is_no_variable_of_ours() -> None:
    """Of all that the sources read and the specification names nothing is told; of another its name, not its value."""
    read = "".join(
        (SOURCES / name).read_text("utf-8") for name in ("relay.py", "relay_settings.py", "relay_redis.py")
    )
    named = (ROOT / "RELAY_SERVER_SPEC.md").read_text("utf-8") + (ROOT / "README.md").read_text("utf-8")
    known = set(re.findall(r"[`\"](RELAY_[A-Z_]+[A-Z])\b", read)) | set(re.findall(r"\bRELAY_[A-Z_]+", named))
    known -= {"RELAY_SERVER_SPEC"}
    assert set(relay_settings._KNOWN) == known
    assert relay_settings.unknown(dict.fromkeys(known, "1")) == []
    assert relay_settings.unknown({"RELAY_TOKEN": "hush", "RELAYS": "1", "MY_RELAY_X": "1"}) == [
        "RELAY_TOKEN in the environment sets nothing; did you mean RELAY_TOKEN_FILE?"
    ]


def test_quota_from_the_environment() -> None:
    """What a mailbox, and all of them, may hold is the operator's to say."""
    found = relay_settings.read(
        {
            "RELAY_MAX_DISK": "5",
            "RELAY_MAX_MAILBOX_BYTES": "4",
            "RELAY_MAX_MAILBOX_ENVELOPES": "3",
            "RELAY_MAX_WRITER_BYTES": "6",
            "RELAY_MAX_WRITER_ENVELOPES": "7",
            "RELAY_MAIL_AGE": "2",
        }
    )
    quota = found.quota
    assert quota == stores.Quota(
        age_s=2, mailbox_bytes=4, mailbox_envelopes=3, writer_bytes=6, writer_envelopes=7, total_bytes=5
    )
    assert found.policy.age_s == 2
    assert found.policy.bytes_per_address == 2 * found.policy.envelope_bytes


def test_the_share_of_an_address() -> None:
    """One address may bring a fortieth of all mail in a day, unless the operator says otherwise."""
    for environment, share in (
        ({}, 268_435_456),
        ({"RELAY_MAX_DISK": str(10**12)}, 10**12 // 40),
        ({"RELAY_MAX_DISK": str(10**12), "RELAY_MAX_BYTES_PER_ADDRESS": "7"}, 7),
    ):
        assert relay_settings.read(environment).policy.bytes_per_address == share


async def test_the_log_has_no_addresses() -> None:
    """Lines are JSON; who came is not in them, unless the operator asks."""
    for asked, told in (("", []), ("1", ["127.0.0.1"])):
        async with running(RELAY_LOG_ADDRESSES=asked) as server:
            async with connect(server.url, proxy=None) as ws:
                await ws.send('{"type": "JOIN_ROOM", "room_id": "nosuch"}')
                await ws.recv()
            server.process.send_signal(signal.SIGTERM)
            await server.event("stopped")
        assert [event["address"] for event in server.events if "address" in event] == told
        assert all({"time", "level", "event"} <= set(event) for event in server.events)
