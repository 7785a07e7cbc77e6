"""What the hooks need at a fixed place: the interpreter, and copies of the hook shims; and where Claude Code is."""

import os
import shutil
import sys
from collections.abc import Iterable
from string import ascii_lowercase, digits

from spread.paths import Paths, write_atomic

LONGEST_FOLDER = 200  # of the client's folders of transcripts, before what tells long ones apart
DIGITS = digits + ascii_lowercase


def bundled(name: str) -> str:
    """Return the directory or file `name` of the plugin: in a checkout at the top level, in a wheel beside us."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "_bundle", name)
    return installed if os.path.exists(installed) else os.path.join(os.path.dirname(package), name)


def shims() -> list[str]:
    """Return the names of the hooks (the plugin's `hooks.json` lies beside them)."""
    with os.scandir(bundled("hooks")) as found:
        return sorted(one.name for one in found if one.is_file() and not one.name.endswith(".json"))


def remember(paths: Paths) -> None:
    """Record the interpreter and the directory we are imported from, and refresh the copies of the hooks."""
    paths.make()
    library = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    _write_if_new(paths.interpreter, f"{sys.executable}\n{library}\n".encode())
    for name in shims():
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


def client_home() -> str:
    """Return where the client keeps its settings and transcripts."""
    return os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")


def sessions_folder(directory: str) -> str:
    """Return where the client keeps the transcripts of the sessions that were begun in a directory.

    Its name is the directory's, as the client counts: by UTF-16 units, and a long one is cut and told apart by a hash.
    """
    native = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
    units = memoryview(os.path.realpath(directory).encode(native, "surrogatepass")).cast("H")
    name = "".join(chr(unit) if unit < 128 and chr(unit).isalnum() else "-" for unit in units)
    if len(name) > LONGEST_FOLDER:
        name = f"{name[:LONGEST_FOLDER]}-{_client_hash(units)}"
    return os.path.join(client_home(), "projects", name)


def _client_hash(units: Iterable[int]) -> str:
    value = 0
    for unit in units:
        value = (31 * value + unit) % 2**32
    value, told = min(value, 2**32 - value), ""  # a signed number without its sign, to the base of 36
    while value:
        value, digit = divmod(value, 36)
        told = DIGITS[digit] + told
    return told or "0"


def client_program() -> str | None:
    """Return the client: on PATH, else where it installs itself, as a service's PATH is short; None where it is not."""
    usual = os.path.expanduser("~/.local/bin"), os.path.join(client_home(), "local")
    return shutil.which("claude", path=os.pathsep.join([os.environ.get("PATH", ""), *usual]))
