"""Others that do the same, to be measured beside us: magic-wormhole, scp, syncthing, and croc where it is there.

    python -m tests.bench.peers install

puts what is missing into `.cache/peers`: magic-wormhole and its two servers from PyPI into an environment of their
own, Debian's syncthing and sshd unpacked and not installed, so that no service starts and no root is needed. They run
in a network of their own only, with nothing but loopback: none of them can reach anybody.
"""

import argparse
import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).parents[2] / ".cache" / "peers"
ENVIRONMENT: Final = CACHE / "wormhole" / "bin"
UNPACKED: Final = CACHE / "root"
SSHD: Final = UNPACKED / "usr/sbin/sshd"
SYNCTHING: Final = UNPACKED / "usr/bin/syncthing"
MARK: Final = "SPREAD_BENCH_NETWORK"
PACKAGES: Final = ("magic-wormhole", "magic-wormhole-mailbox-server", "magic-wormhole-transit-relay")
DEBS: Final = ("syncthing", "openssh-server", "libwrap0")
PATIENCE_S: Final = 60.0
# loopback with multicast; and what sshd wants to find: a user of its name, and its folder
SET_UP: Final = """
ip link set lo up && ip route add 224.0.0.0/4 dev lo || exit 77
{ cat /etc/passwd; echo 'sshd:x:74:65534::/run/sshd:/bin/false'; } > "$1/passwd"
mount --bind "$1/passwd" /etc/passwd && mount -t tmpfs none /run && mkdir -m 755 /run/sshd
shift; exec "$@"
"""


class Unavailable(Exception):
    """Something cannot be measured here; says why."""


# -- a network of our own --------------------------------------------------------------------------------------


def enter_own_network() -> None:
    """Start this program again where there is no network but loopback; go on here if the system cannot do it."""
    if MARK in os.environ or sys.platform != "linux":
        return
    unshare = ["unshare", "--net", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*unshare, "ip", "link", "set", "lo", "up"], capture_output=True).returncode:
        return
    folder = CACHE / "network"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[MARK] = "1"
    sys.stdout.flush()
    os.execvp("unshare", [*unshare, "sh", "-c", SET_UP, "sh", str(folder), *sys.orig_argv])


def has_own_network() -> bool:
    """Tell whether nothing we start can reach anybody."""
    return MARK in os.environ and {name for _, name in socket.if_nameindex()} == {"lo"}


def left_out() -> dict[str, str]:
    """Return the peers that are not measured, and why."""
    if not has_own_network():
        return {"magic-wormhole, scp, syncthing, croc": "this system gives us no network of our own"}
    why = "not installed: python -m tests.bench.peers install"
    found = {"magic-wormhole": ENVIRONMENT / "wormhole", "scp": SSHD, "syncthing": SYNCTHING}
    out = {name: why for name, path in found.items() if not path.exists()}
    return out if shutil.which("croc") else {**out, "croc": "not on PATH, and not in Debian"}


def has(name: str) -> bool:
    """Tell whether a peer can be measured."""
    return not any(name in names for names in left_out())


# -- processes -------------------------------------------------------------------------------------------------


def free_port() -> int:
    """Return a port on loopback that nobody has now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def serving(argv: list[str], port: int, folder: Path, **env: str) -> Iterator[None]:
    """Run a server until it is not needed any more; it is there as soon as its port answers."""
    log = folder / f"{port}.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, cwd=folder, env={**plain(folder), **env})
    try:
        _wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise Unavailable(f"does not start: {log.read_text(errors='replace')[-300:].strip()}")
        time.sleep(0.05)


def plain(folder: Path) -> dict[str, str]:
    """Return an environment with a HOME of its own."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}


def run(argv: list[str], folder: Path) -> None:
    """Run a command to its good end."""
    done = subprocess.run(
        argv, cwd=folder, env=plain(folder), capture_output=True, text=True, timeout=PATIENCE_S
    )
    if done.returncode:
        raise Unavailable(f"{Path(argv[0]).name} failed: {done.stderr[-300:].strip()}")


# -- magic-wormhole --------------------------------------------------------------------------------------------


class Wormhole:
    """magic-wormhole with its own two servers on loopback."""

    def __init__(self, folder: Path, mailbox: int, transit: int) -> None:
        self._folder = folder
        self._command = [
            str(ENVIRONMENT / "wormhole"), "--relay-url", f"ws://127.0.0.1:{mailbox}/v1",
            "--transit-helper", f"tcp:127.0.0.1:{transit}",
        ]  # fmt: skip

    def send(self, file: Path, out: Path, code: str = "") -> float:
        """Return the ms from the sender's start to the file at the receiver, who starts when the code is known.

        Args:
            code: One that both know before; then both start at once.
        """
        out.unlink(missing_ok=True)
        agreed = ["--code", code] if code else []
        began = time.perf_counter()
        sender = subprocess.Popen(
            [*self._command, "send", "--hide-progress", "--no-qr", *agreed, str(file)], env=plain(self._folder),
            cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert sender.stderr is not None
        said = ""
        while not code:
            said = sender.stderr.readline()
            found = re.search(r"\b\d+-[a-z]+-[a-z]+\b", said)
            code = found[0] if found else ""
        run(
            [*self._command, "receive", "--hide-progress", "--accept-file", "-o", str(out), code],
            self._folder,
        )
        taken = (time.perf_counter() - began) * 1000
        sender.communicate()
        assert out.stat().st_size == file.stat().st_size
        return taken


@contextlib.contextmanager
def wormhole(folder: Path) -> Iterator[Wormhole]:
    """Run magic-wormhole's servers."""
    mailbox, transit = free_port(), free_port()
    twist = str(ENVIRONMENT / "twist")
    database = str(folder / "mailbox.sqlite")
    first = [
        twist,
        "wormhole-mailbox",
        "--port",
        f"tcp:{mailbox}:interface=127.0.0.1",
        "--channel-db",
        database,
    ]
    second = [twist, "transitrelay", "--port", f"tcp:{transit}:interface=127.0.0.1"]
    with serving(first, mailbox, folder), serving(second, transit, folder):
        yield Wormhole(folder, mailbox, transit)


# -- scp -------------------------------------------------------------------------------------------------------


SSHD_CONFIG: Final = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
"""


class Scp:
    """scp over a new connection to our own sshd on loopback."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._command = [
            "scp", "-q", "-F", "/dev/null", "-P", str(port), "-i", str(folder / "user"),
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes",
        ]  # fmt: skip

    def send(self, file: Path, out: Path) -> float:
        """Return the ms from its start to its end."""
        out.unlink(missing_ok=True)
        began = time.perf_counter()
        run([*self._command, str(file), f"127.0.0.1:{out}"], self._folder)
        taken = (time.perf_counter() - began) * 1000
        assert out.stat().st_size == file.stat().st_size
        return taken


@contextlib.contextmanager
def scp(folder: Path) -> Iterator[Scp]:
    """Run an sshd that knows one key, made here."""
    port = free_port()
    for name in ("host", "user"):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], folder)
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(port=port, folder=folder))
    library = ":".join(str(path) for path in (UNPACKED / "usr/lib").glob("*-linux-gnu*"))
    argv = [str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")]
    with serving(argv, port, folder, LD_LIBRARY_PATH=library):
        yield Scp(folder, port)


# -- syncthing -------------------------------------------------------------------------------------------------


SYNCTHING_CONFIG: Final = """<configuration version="35">
<folder id="f" path="{home}/folder" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true"
 fsWatcherDelayS="1"><device id="{a}"/><device id="{b}"/></folder>
<device id="{a}" compression="metadata"><address>tcp://127.0.0.1:{port_a}</address></device>
<device id="{b}" compression="metadata"><address>tcp://127.0.0.1:{port_b}</address></device>
<gui enabled="true"><address>127.0.0.1:{gui}</address><apikey>{key}</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:{port}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled><startBrowser>false</startBrowser>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH><reconnectionIntervalS>1</reconnectionIntervalS></options>
</configuration>
"""


class Syncthing:
    """Two syncthings that share a folder, each watching it at its fastest."""

    def __init__(self, here: Path, there: Path) -> None:
        self._here, self._there = here, there

    def appears(self, name: str, content: bytes) -> float:
        """Return the ms from a file being there on one side to its being on the other, whole."""
        made = self._here.parent / f"made-{name}"
        made.write_bytes(content)
        out = self._there / name
        began = time.perf_counter()
        made.rename(self._here / name)
        while not (out.exists() and out.stat().st_size == len(content)):
            if time.perf_counter() - began > PATIENCE_S:
                raise Unavailable("syncthing does not carry it")
            time.sleep(0.001)
        return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def syncthing(folder: Path) -> Iterator[Syncthing]:
    """Run two, connected and idle."""
    homes, ports, guis = (folder / "a", folder / "b"), (free_port(), free_port()), (free_port(), free_port())
    ids = [_syncthing_id(home, folder) for home in homes]
    key = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        for number, home in enumerate(homes):
            (home / "folder" / ".stfolder").mkdir(parents=True)
            config = SYNCTHING_CONFIG.format(
                home=home, a=ids[0], b=ids[1], port_a=ports[0], port_b=ports[1], port=ports[number],
                gui=guis[number], key=key,
            )  # fmt: skip
            (home / "config.xml").write_text(config)
            argv = [str(SYNCTHING), "serve", f"--home={home}", "--no-browser", "--no-restart", "--no-upgrade"]
            stack.enter_context(serving(argv, guis[number], folder, STNOUPGRADE="1"))
        end = time.monotonic() + PATIENCE_S
        while '"connected": true' not in _asked(guis[0], key, "system/connections"):
            if time.monotonic() > end:
                raise Unavailable("the two syncthings do not meet")
            time.sleep(0.2)
        both = Syncthing(homes[0] / "folder", homes[1] / "folder")
        both.appears("first", b"x")  # the folders have been scanned once
        yield both


def _syncthing_id(home: Path, folder: Path) -> str:
    run([str(SYNCTHING), "generate", f"--home={home}", "--no-default-folder"], folder)
    done = subprocess.run(
        [str(SYNCTHING), "--device-id", f"--home={home}"], env=plain(folder), capture_output=True, text=True
    )
    return done.stdout.strip()


def _asked(port: int, key: str, what: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/rest/{what}", headers={"X-API-Key": key})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


# -- installing ------------------------------------------------------------------------------------------------


def install() -> None:
    """Fetch what is missing."""
    if not (ENVIRONMENT / "wormhole").exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT.parent)], check=True)
        subprocess.run([str(ENVIRONMENT / "pip"), "install", "-q", *PACKAGES], check=True)
    if shutil.which("apt-get") and not (SSHD.exists() and SYNCTHING.exists()):
        debs = CACHE / "debs"
        debs.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", *DEBS], cwd=debs, check=True)
        for deb in debs.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(deb), str(UNPACKED)], check=True)


def main() -> int:
    """Install, and say what is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["install"])
    parser.parse_args()
    install()
    enter_own_network()  # and look again from there
    missing = left_out()
    print("\n".join(f"{name}: {why}" for name, why in missing.items()) or "all are there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
