"""What the hooks need at a fixed place: the interpreter, and copies of the hook shims."""

import os
import sys

from spread.paths import Paths, write_atomic

HOOKS = ("stop", "session-start", "prompt")


def bundled(name: str) -> str:
    """Return the directory or file `name` of the plugin: in a checkout at the top level, in a wheel beside us."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "_bundle", name)
    return installed if os.path.exists(installed) else os.path.join(os.path.dirname(package), name)


def remember(paths: Paths) -> None:
    """Record the interpreter and the directory we are imported from, and refresh the copies of the hooks."""
    paths.make()
    library = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    _write_if_new(paths.interpreter, f"{sys.executable}\n{library}\n".encode())
    for name in HOOKS:
        with open(os.path.join(bundled("hooks"), name), "rb") as handle:
            target = os.path.join(paths.hooks, name)
            _write_if_new(target, handle.read())
            os.chmod(target, 0o700)


def _write_if_new(path: str, data: bytes) -> None:
    try:
        with open(path, "rb") as handle:
            if handle.read() == data:
                return
    except FileNotFoundError:
        pass
    write_atomic(path, data)
