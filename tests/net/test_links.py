"""Changes of links and addresses: what Linux says of them, in a network of its own."""

import os
import shutil
import subprocess
import sys

import pytest

from spread.net.links import Links
from tests.conftest import need

INSIDE = """
import subprocess
from spread.net.links import Links
links = Links()
print(links.changed())
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
print(links.changed(), links.changed())
subprocess.run(["ip", "address", "add", "192.0.2.7/24", "dev", "lo"], check=True)
print(links.changed(), links.changed())
subprocess.run(["ip", "address", "del", "192.0.2.7/24", "dev", "lo"], check=True)
print(links.changed(), links.changed())
links.close()
"""


def test_what_changes_is_told_once() -> None:
    """A link that comes up, an address that comes and goes."""
    need(shutil.which("unshare") and shutil.which("ip") and os.geteuid() == 0, "root, unshare and ip")
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-c", INSIDE],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["False", "True False", "True False", "True False"]


def test_where_the_system_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look may find something."""
    monkeypatch.delattr("socket.AF_NETLINK", raising=False)
    links = Links()
    assert links.changed()
    assert links.changed()
    links.close()
