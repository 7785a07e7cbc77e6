"""Checks of this installation and of `SPREAD_HOME`: nothing here leaves the machine, or changes what stays there."""

import os
import platform
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from typing import Final

from spread import __version__, identity
from spread.commands.doctor_check import Check, ok, problem, warning
from spread.fingerprint import fingerprint
from spread.paths import Paths

LEAST_PYTHON: Final = (3, 11)
FEW_BYTES: Final = 50 << 20
SOME_BYTES: Final = 500 << 20
PROBE_BYTES: Final = 1 << 12


def python(needed: Sequence[str] | None = None) -> Check:
    """Our Python and the packages we need, in versions that will do."""
    versions = f"claude-spread {__version__}, Python {platform.python_version()}"
    if sys.version_info[:2] < LEAST_PYTHON:
        return problem(
            "python", versions, "3.11 is needed", "install a newer Python, and claude-spread with it"
        )
    try:
        wanted = metadata.requires("claude-spread") or [] if needed is None else needed
    except metadata.PackageNotFoundError:
        return warning("python", versions, "claude-spread is run without being installed", "pip install .")
    wrong, count = [], 0
    for line in wanted:
        parts = re.match(r"([\w.-]+)\s*(?:>=\s*([\w.]+))?\s*$", line)
        if parts is None:  # an extra's
            continue
        count += 1
        name, least = parts[1], parts[2] or "0"
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if _numbers(found) < _numbers(least):
            wrong.append(f"{name} is {found}, {least} is needed")
    if wrong:
        return problem(
            "python",
            versions,
            "; ".join(wrong),
            f"in a checkout: {sys.executable} -m pip install --upgrade .",
        )
    return ok("python", f"{versions}, {count} packages as needed")


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def home(paths: Paths) -> Check:
    """`SPREAD_HOME` is there, ours, and private."""
    if not os.path.isdir(paths.home):
        above = os.path.dirname(paths.home)
        if os.path.isdir(above) and not os.access(above, os.W_OK | os.X_OK):
            why = f"{above} cannot be written by this user"
            return problem(
                "home", f"{paths.home} cannot be made", why, "mend that, or set SPREAD_HOME to another place"
            )
        return warning("home", f"{paths.home} is not there", "nothing was set up yet", "spread install")
    found = os.stat(paths.home)
    if found.st_uid != os.geteuid():
        return problem(
            "home", f"{paths.home} is not yours", f"its owner has the user id {found.st_uid}",
            f"sudo chown -R $(id -u) '{paths.home}'",
        )  # fmt: skip
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        return problem(
            "home", f"{paths.home} is open to others", f"its mode is {mode:04o}, 0700 is needed",
            f"chmod 700 '{paths.home}'",
        )  # fmt: skip
    if not os.access(paths.home, os.R_OK | os.W_OK | os.X_OK):
        return problem(
            "home", f"{paths.home} cannot be written", f"its mode is {mode:04o}", f"chmod 700 '{paths.home}'"
        )
    return ok("home", f"{paths.home}, private")


def keys(paths: Paths) -> Check:
    """Our keys can be used, and only by us."""
    if not os.path.exists(paths.identity):
        return warning(
            "keys", "this machine has no keys yet", "they are made when it is paired", "spread pair"
        )
    for path in (paths.identity, *_files(paths.prekeys, ".json"), *_files(paths.peers, ".toml")):
        found = os.stat(path)
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid != os.geteuid():
            return problem(
                "keys", f"{path} is not yours", f"its owner has the user id {found.st_uid}",
                f"sudo chown $(id -u) '{path}'",
            )  # fmt: skip
        if mode & 0o077:
            return problem(
                "keys", f"{path} is open to others", f"its mode is {mode:04o}, 0600 is needed",
                f"chmod 600 '{path}'; if others use this machine, pair again",
            )  # fmt: skip
    ours = identity.load(paths)
    return ok("keys", f"private; this machine's fingerprint is {fingerprint(ours.public)}")


def _files(folder: str, suffix: str) -> list[str]:
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.endswith(suffix) and name[0] != "."]


def disk(paths: Paths, few: int = FEW_BYTES, some: int = SOME_BYTES) -> Check:
    """There is room for hand-offs, and they can be written: a hook that cannot write is silent."""
    place = paths.home
    while not os.path.isdir(place):
        place = os.path.dirname(place)
    free = shutil.disk_usage(place).free
    what = f"{free >> 20} MB free"
    why = f"on the disk of {place}; hand-offs are kept there until they are received"
    if free < few:
        return problem("disk", what, why, "make room there, or move it and set SPREAD_HOME")
    try:
        with tempfile.TemporaryFile(dir=place) as probe:  # without a name, where the system has such files
            probe.write(b"\0" * PROBE_BYTES)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        why = f"in {place} nothing can be written: {error.strerror}; no turn is handed over"
        return problem(
            "disk", what, why, "mend that disk or its permissions, or set SPREAD_HOME to another place"
        )
    if free < some:
        return warning("disk", what, why, "make room there")
    return ok("disk", what)


def git() -> Check:
    """Git is there: it tells which project a directory is, and only a known one leaves this machine."""
    found = shutil.which("git")
    if found is None:
        return problem(
            "git", "no `git` on PATH", "without it no directory is known as a project, and nothing is handed over",
            "install git",
        )  # fmt: skip
    return ok("git", found)


def quarantine(paths: Paths) -> Check:
    """Every turn could be distilled."""
    reasons = _files(paths.quarantine, ".why")
    if not reasons:
        return ok("quarantine", "empty")
    newest = max(reasons, key=os.path.getmtime)
    with open(newest, encoding="utf-8", errors="replace") as handle:
        why = ": ".join(line.strip() for line in handle.read(2000).splitlines()[:2] if line.strip())
    count = f"{len(reasons)} turn{'s' if len(reasons) > 1 else ''} could not be distilled"
    return warning(
        "quarantine", count, f"the newest: {why}",
        f"what is in the way mended, try again with: mv '{paths.quarantine}'/*.json '{paths.checkpoints}'; "
        f"or give them up with: rm '{paths.quarantine}'/*",
    )  # fmt: skip


def switches(paths: Paths) -> Check:
    """Nothing is switched off."""
    if (os.environ.get("SPREAD_OFF") or "0") != "0":
        return warning("switches", "the hooks do nothing here", "SPREAD_OFF is set", "unset SPREAD_OFF")
    if os.path.exists(paths.paused):
        return warning(
            "switches", "paused: nothing is handed over", f"{paths.paused} is there", "spread resume"
        )
    return ok("switches", "on")
