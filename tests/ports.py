"""Ports for those who start at a port again, or want one at which nobody is."""

import secrets
import socket
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")  # what the system gives to whoever asks for any port
LOWEST = 10_000


def free_port() -> int:
    """Return a port at which nobody is, and that the system gives nobody meanwhile."""
    end = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
    while True:
        port = LOWEST + secrets.randbelow(end - LOWEST) if end > 2 * LOWEST else 0
        try:
            with socket.create_server(("127.0.0.1", port)) as trial:
                return int(trial.getsockname()[1])
        except OSError:
            continue
