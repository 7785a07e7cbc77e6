"""An interactive Claude Code session under tmux, for what `-p` does not show.

with Session(box, "--permission-mode", "manual") as term:
    term.ready()
    term.submit("hello")
    assert term.wait_for("OK")
"""

import os
import shlex
import subprocess
import time
import uuid
from types import TracebackType
from typing import Self

from tests.harness.client import Sandbox


class Session:
    """The client in a terminal of its own (a tmux server nobody else uses)."""

    def __init__(self, box: Sandbox, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.box = box
        self.arguments = arguments
        self.extra = env
        self.socket = "spread-test-" + uuid.uuid4().hex[:10]

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self.socket, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    def __enter__(self) -> Self:
        words = [f"{name}={value}" for name, value in self.box.env(self.extra).items()]
        command = shlex.join(["env", "-i", *words, self.box.client, *self.arguments])
        size = ["-x", "140", "-y", "50", "-c", str(self.box.project)]
        self._tmux(
            "-f", os.devnull, "new-session", "-d", "-s", "cc", *size, command + "; echo EXITED $?; cat"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux("kill-server")

    def screen(self) -> str:
        """Return what the terminal shows."""
        return self._tmux("capture-pane", "-p", "-t", "cc")

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: Enter, Escape, Down, C-c, …"""
        self._tmux("send-keys", "-t", "cc", *names)

    def submit(self, text: str) -> None:
        """Type a line and press Enter, apart, or the client takes it for a paste."""
        self._tmux("send-keys", "-t", "cc", "-l", text)
        assert self.wait_for(text[:60]), self.screen()
        time.sleep(0.3)
        self.keys("Enter")

    def wait_for(self, needle: str, timeout_s: float = 60) -> bool:
        """Tell whether the screen comes to show `needle`."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if needle in self.screen():
                return True
            time.sleep(0.1)
        return False

    def ready(self) -> None:
        """Wait for the input line."""
        assert self.wait_for("\u276f"), self.screen()
