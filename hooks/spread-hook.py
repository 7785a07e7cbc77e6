"""The hooks where there is no sh (Windows, not tested there): `spread-hook.py session-start|prompt|stop`."""

import contextlib
import os
import sys


def main(shim: str) -> None:
    """Do what the shim of that name does, but for starting the engine at Stop."""
    home = os.environ.get("SPREAD_HOME") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    os.environ["SPREAD_HOME"] = home
    if os.environ.get("SPREAD_OFF", "0") not in ("", "0"):
        return
    with open(os.path.join(home, "interpreter"), encoding="utf-8") as recorded:
        sys.path.append(recorded.read().splitlines()[1])
    if shim == "stop":
        _checkpoint(home)
        return
    from spread import hook

    (hook.main if shim == "session-start" else hook.prompt)()


def _checkpoint(home: str) -> None:
    payload = sys.stdin.buffer.read()
    session = os.environ.get("CLAUDE_CODE_SESSION_ID", "s")
    session = session if session.replace("-", "").isalnum() and session.isascii() else "s"
    if payload and not os.path.exists(os.path.join(home, "paused")):
        with open(os.path.join(home, "checkpoints", f"{session}.{os.getpid()}.json"), "wb") as handle:
            handle.write(payload)


if __name__ == "__main__":
    with contextlib.suppress(Exception):  # whatever it is, the session must go on
        main(sys.argv[1])
