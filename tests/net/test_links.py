"""Changes of links and addresses: what Linux says of them, in a network of its own."""

import asyncio
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


LISTENING = """
import asyncio, subprocess
from spread.net.links import Links
from tests.net.test_links import heard
async def main():
    links, told = Links(), []
    assert links.listen(lambda: told.append("another"))
    assert links.listen(lambda: told.append("change"))
    print(await heard(told), links.changed())
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    print(await heard(told))
    subprocess.run(["ip", "address", "add", "192.0.2.7/24", "dev", "lo"], check=True)
    print(await heard(told), links.changed(), links.changed())
    links.listen(lambda: told.append("again"))
    links.close()
    subprocess.run(["ip", "address", "del", "192.0.2.7/24", "dev", "lo"], check=True)
    print(await heard(told))
asyncio.run(main())
"""


async def heard(told: list[str]) -> list[str]:
    """Return what was told, once there was time for it."""
    await asyncio.sleep(0.05)
    return told


def test_what_changes_ends_a_rest() -> None:
    """It is told once, without having been read, until it is listened to again; never after closing."""
    need(shutil.which("unshare") and shutil.which("ip") and os.geteuid() == 0, "root, unshare and ip")
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-c", LISTENING],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == [
        "[] False", "['change']", "['change'] True False", "['change']",
    ]  # fmt: skip


def test_where_the_system_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look may find something."""
    monkeypatch.delattr("socket.AF_NETLINK", raising=False)
    links = Links()
    assert links.changed()
    assert links.changed()
    assert not links.listen(lambda: None)
    links.close()
