"""The engine as a service of the user's: a systemd unit, or a launchd agent (not tested on macOS)."""

import contextlib
import os
import plistlib
import subprocess
import sys
from typing import Final

from spread.commands.install_places import drop_folders
from spread.errors import SpreadError
from spread.hook import ENGINE_CODE, ENGINE_OPTIONS
from spread.paths import Paths, write_atomic

NAME: Final = "claude-spread"
SYSTEMCTL_TIMEOUT_S: Final = 20
RESTART_S: Final = 10  # the engine leaves when it is idle; started anew it costs nothing


def path() -> str:
    """Return where the service's file belongs.

    Raises:
        SpreadError: This system has no services that we know.
    """
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "LaunchAgents", f"{NAME}.plist")
    if sys.platform == "linux":
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        return os.path.join(base, "systemd", "user", f"{NAME}.service")
    raise SpreadError("there is no service for this system", hint="`spread sync` keeps an engine running")


def install(paths: Paths, home: str) -> tuple[str, str]:
    """Write the service; return its file, and the command that starts it ("" when it was started).

    Args:
        home: Our home where it is not the usual one.
    """
    target = path()
    with open(paths.interpreter, encoding="utf-8") as handle:
        python, lib = handle.read().splitlines()[:2]
    command = [python, *ENGINE_OPTIONS, ENGINE_CODE, lib, "sync"]
    data = plist(command, home) if target.endswith(".plist") else unit(command, home).encode()
    os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
    write_atomic(target, data, 0o644)
    if target.endswith(".plist"):
        return target, f"launchctl bootstrap gui/{os.getuid()} {target}"
    if _systemctl("daemon-reload") and _systemctl("enable", "--now", f"{NAME}.service"):
        return target, ""
    return target, f"systemctl --user enable --now {NAME}.service"


def remove() -> str:
    """Stop and remove the service if there is one; return its file, or ""."""
    try:
        target = path()
    except SpreadError:
        return ""
    if not os.path.lexists(target):
        return ""
    if target.endswith(".plist"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                ["launchctl", "bootout", f"gui/{os.getuid()}/{NAME}"],
                capture_output=True, timeout=SYSTEMCTL_TIMEOUT_S,
            )  # fmt: skip
    else:
        _systemctl("disable", "--now", f"{NAME}.service")
    os.unlink(target)
    if not target.endswith(".plist"):
        _systemctl("daemon-reload")
        units = os.path.dirname(target)
        drop_folders([os.path.dirname(units), units])  # empty they are of no use to systemd
    return target


def unit(command: list[str], home: str) -> str:
    """Return the systemd unit."""
    program, *arguments = command
    words = [_quoted(program), *(_quoted(word).replace("$", "$$") for word in arguments)]
    environment = f"Environment={_quoted(f'SPREAD_HOME={home}')}\n" if home else ""
    return (
        "[Unit]\nDescription=claude-spread: hands Claude Code sessions over to your other machines\n\n"
        f"[Service]\nExecStart={' '.join(words)}\n{environment}Restart=always\nRestartSec={RESTART_S}\n\n"
        "[Install]\nWantedBy=default.target\n"
    )


def _quoted(word: str) -> str:
    for special, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("\n", "\\n")):
        word = word.replace(special, written)
    return f'"{word}"'


def plist(command: list[str], home: str) -> bytes:
    """Return the launchd agent."""
    agent = {"Label": NAME, "ProgramArguments": command, "RunAtLoad": True, "KeepAlive": True}
    return plistlib.dumps({**agent, "EnvironmentVariables": {"SPREAD_HOME": home}} if home else agent)


def _systemctl(*arguments: str) -> bool:
    """Run `systemctl --user`; tell whether that worked."""
    try:
        done = subprocess.run(
            ["systemctl", "--user", *arguments], capture_output=True, timeout=SYSTEMCTL_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
