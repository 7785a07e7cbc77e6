"""A real Chromium in a network of its own that has nothing but a loopback interface."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Playwright

CHROMIUM = "chromium"
OPTIONS = (
    "--no-sandbox", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
)  # fmt: skip


def missing() -> str:
    """Return what is not here that is needed, "" if nothing."""
    names = [name for name in ("unshare", "nsenter", "ip", CHROMIUM) if shutil.which(name) is None]
    return ", ".join(names) or ("" if os.geteuid() == 0 else "root")


class Alone:
    """A network namespace with only loopback up; a context manager. `through` starts a program inside."""

    def __enter__(self) -> "Alone":
        script = "ip link set lo up && echo up && exec cat"  # it ends with us: cat's input does
        self._holder = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == b"up\n"
        self.through = ["nsenter", "-t", str(self._holder.pid), "-n"]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.close()
        self._holder.wait(60)
        self._holder.stdout.close()

    def interfaces(self) -> list[str]:
        """Return the names of the interfaces inside."""
        shown = subprocess.run(
            [*self.through, "ip", "-o", "link"], capture_output=True, text=True, check=True
        )
        return [line.split(": ")[1] for line in shown.stdout.splitlines()]


@contextlib.contextmanager
def ahead(alone: Alone) -> Iterator[Alone]:
    """Let what is started before all else on the machine, where that can be had: others' work is not to be timed."""
    before = ["chrt", "-r", "5"]
    may = shutil.which("chrt") and subprocess.run([*before, "true"], capture_output=True).returncode == 0
    plain = alone.through
    alone.through = [*plain, *(before if may else [])]
    try:
        yield alone
    finally:
        alone.through = plain


@contextlib.contextmanager
def chromium(playwright: Playwright, alone: Alone, folder: Path) -> Iterator[Browser]:
    """Run a headless Chromium inside, driven through a pipe."""
    program = folder / "chromium-alone"
    program.write_text(f'#!/bin/sh\nexec {" ".join(alone.through)} {shutil.which(CHROMIUM)} "$@"\n')
    program.chmod(0o700)
    browser = playwright.chromium.launch(executable_path=str(program), args=list(OPTIONS))
    try:
        yield browser
    finally:
        browser.close()
