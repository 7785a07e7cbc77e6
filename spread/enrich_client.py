"""The client that writes a narrative: run alone, without tools, settings or a stored session, in limited time.

It is in a directory of its own, and keeps the user's login.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from typing import Final

from spread import narrative
from spread.errors import DistillationError

MARKER: Final = "SPREAD_OFF"  # our hooks do nothing where it is set: no run leads to another
END_S: Final = 5.0  # for a killed one to be gone
MAX_ANSWER_BYTES: Final = 4 * narrative.MAX_CHARS

# --safe-mode leaves the login as it is (--bare does not); the others say once more what it turns off, or more.
ARGUMENTS: Final = (
    "-p", "--safe-mode", "--setting-sources=", "--strict-mcp-config", "--tools=", "--disable-slash-commands",
    "--no-session-persistence", "--output-format=text",
)  # fmt: skip
# What the client sets for the processes of one session, and what would point ours at it.
_OF_A_SESSION: Final = (
    "CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_PROJECT_DIR",
    "CLAUDE_PID", "CLAUDE_EFFORT", "CLAUDE_ENV_FILE", "CLAUDE_CODE_MESSAGING_", "CLAUDE_PLUGIN_",
)  # fmt: skip


def environment(around: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the client's environment: the user's, without the session we may have been started by."""
    kept = {name: value for name, value in around.items() if not name.startswith(_OF_A_SESSION)}
    ours = {
        MARKER: "1", "CLAUDE_CODE_TMPDIR": folder, "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }  # fmt: skip
    return {**kept, **ours}


async def ask(client: str, system: str, prompt: str, limit_s: float) -> str:
    """Return what the client answers; the prompt goes by stdin, as arguments can be seen by others.

    Raises:
        DistillationError: There is no answer in time, it is too long, or the client failed.
    """
    folder = tempfile.mkdtemp(prefix="spread-enrich-")
    try:
        process = await _started(client, system, folder)
        try:
            async with asyncio.timeout(limit_s):
                raw = await _talk(process, prompt.encode("utf-8", "replace"))
                code = await process.wait() if len(raw) <= MAX_ANSWER_BYTES else 0
        except TimeoutError:
            raise DistillationError("no narrative", why=f"no answer within {limit_s:.0f} s") from None
        finally:
            await _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if len(raw) > MAX_ANSWER_BYTES:
        raise DistillationError("no narrative", why="the answer is too long")
    if code != 0:
        raise DistillationError("no narrative", why=f"the client ended with code {code}")
    return raw.decode("utf-8", "replace")


async def _started(client: str, system: str, folder: str) -> asyncio.subprocess.Process:
    """Start the client in a session of its own; told to leave meanwhile, end it before we do."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            client, *ARGUMENTS, "--system-prompt", system, cwd=folder, env=environment(os.environ, folder),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    )  # fmt: skip
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the client and what it started, also when it ended well."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):  # whoever left the group and keeps our pipe is not waited for
        async with asyncio.timeout(END_S):
            await process.wait()
    # Of an answer that was too long a part is unread, and its pipe open; asyncio has no public way to close that.
    process._transport.close()  # type: ignore[attr-defined]
    await asyncio.sleep(0)  # it is closed in the loop's next round


async def _talk(process: asyncio.subprocess.Process, prompt: bytes) -> bytes:
    """Give the prompt and return the answer, up to one byte beyond MAX_ANSWER_BYTES."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(prompt)
        await process.stdin.drain()
        process.stdin.close()
    raw = b""
    while len(raw) <= MAX_ANSWER_BYTES and (part := await process.stdout.read(65_536)):
        raw += part
    return raw
