"""One pairing at a time, begun on the page: by a code of ours, or with the other machine's."""

import asyncio
from collections.abc import Callable
from typing import Any

from spread import config
from spread.commands import common, pair
from spread.errors import SpreadError
from spread.fingerprint import fingerprint
from spread.net.client_tokens import use_token
from spread.paths import Paths

Json = dict[str, Any]
IDLE: Json = {"state": "idle"}


class Pairing:
    """What the page shows of a pairing is `state`; `changed` is called with every new one."""

    def __init__(self, paths: Paths, changed: Callable[[], None]) -> None:
        self.state = IDLE
        self._paths = paths
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    def begin(self, code: str, *, teammate: bool) -> None:
        """Pair with the machine that has made `code`, or without one make it; what ran before ends.

        Raises:
            SpreadError: It is no code, or our own configuration cannot be used.
        """
        parsed = pair.whole_code(code) if code else None
        settings = config.load(self._paths)
        use_token(settings.relay, settings.relay_token)
        self.stop()
        ours = pair.prepare(self._paths, settings, teammate=teammate)
        self._set({"state": "joining" if parsed else "starting"})
        meeting = pair.join(ours, parsed) if parsed else pair.offer(ours, False, self._tell, self._note)
        self._task = asyncio.create_task(self._run(meeting))

    async def _run(self, meeting: Any) -> None:
        try:
            peer, check = await meeting
            done = {"name": peer.name, "fingerprint": fingerprint(peer.identity), "teammate": peer.teammate}
            self._set({"state": "done", "peer": done, "check": check})
        except SpreadError as problem:
            self._set({"state": "failed", "error": told(problem)})
        except OSError as problem:
            self._set({"state": "failed", "error": {"what": "pairing failed", "why": problem.strerror or ""}})

    def _tell(self, code: common.Code, command: str) -> None:
        self._set({"state": "waiting", "code": str(code), "command": command, "qr": qr(command)})

    def _note(self, text: str) -> None:
        if self.state["state"] == "waiting":
            self._set({**self.state, "note": text})

    def _set(self, state: Json) -> None:
        self.state = state
        self._changed()

    def stop(self) -> None:
        """Break a pairing off; its code holds no longer."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.state != IDLE:
            self._set(IDLE)

    async def close(self) -> None:
        """Break off, and wait until all is given back."""
        task = self._task
        self.stop()
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)


def qr(text: str) -> list[str]:
    """Return the rows of a QR code, "1" for a dark module, without the quiet zone."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return ["".join("1" if module else "0" for module in row) for row in code.matrix]


def told(problem: SpreadError) -> Json:
    """Return an error as the page shows it."""
    return {"what": problem.what, "why": problem.why, "hint": problem.hint}
