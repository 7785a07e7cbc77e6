"""Drive the real Claude Code client, offline, in an isolated HOME with a stub API.

with Sandbox(tmp_path, script=["done"]) as box:
    box.settings({"hooks": {...}})
    result = box.run("-p", "hello", yolo=True)
    box.requests(), box.transcripts()
"""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.harness.stub_api import Json, Reply, Script, StubServer


def find_client() -> str | None:
    """Return the claude executable: `$CLAUDE_BIN`, else what `.ci/run` installed, else the one on PATH."""
    installed = Path(__file__).parents[2] / ".cache/claude/node_modules/.bin/claude"
    found = shutil.which(os.environ.get("CLAUDE_BIN") or str(installed)) or shutil.which("claude")
    return os.path.abspath(found) if found else None


def dummy_key() -> str:
    """Return what the client takes for an API key; the stub accepts anything."""
    return "-".join(["sk", "dummy", "for", "the", "offline", "stub"])


@dataclass(frozen=True)
class Result:
    """What one run of the client came to."""

    returncode: int
    stdout: str
    stderr: str
    seconds: float
    timed_out: bool


class Sandbox:
    """A HOME, a project folder and a stub API below `root`; a context manager."""

    def __init__(self, root: Path, script: list[Reply] | Json | None = None) -> None:
        client = find_client()
        assert client is not None, "no claude executable: set CLAUDE_BIN"
        self.client = client
        self.root = root.resolve()
        self.home = self.root / "home"
        self.project = self.root / "project"
        self.tmp = self.root / "tmp"
        self.log = self.root / "requests.jsonl"
        for folder in (self.home / ".claude", self.project, self.tmp):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.server = StubServer(Script(script), self.log)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.trust(self.project)

    def trust(self, folder: Path) -> None:
        """Answer onboarding, the API key question and the trust dialog of a project folder beforehand."""
        path = self.home / ".claude.json"
        state: Json = json.loads(path.read_text()) if path.exists() else {}
        state.update(hasCompletedOnboarding=True, theme="dark")
        state["customApiKeyResponses"] = {"approved": [dummy_key()[-20:]], "rejected": []}
        known = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
        state.setdefault("projects", {})[str(folder)] = known
        path.write_text(json.dumps(state, indent=2))

    def settings(self, data: Json) -> None:
        """Write the user's settings."""
        (self.home / ".claude" / "settings.json").write_text(json.dumps(data, indent=2))

    def reply_with(self, script: list[Reply] | Json) -> None:
        """Replace the stub's script between runs."""
        self.server.script = Script(script)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def env(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """Return the client's whole environment; of the caller's nothing leaks in but PATH and SPREAD_*."""
        ours = {name: value for name, value in os.environ.items() if name.startswith("SPREAD_")}
        return {
            "HOME": str(self.home), "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8", "TERM": "xterm-256color", "USER": "dev", "SHELL": "/bin/bash",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{self.server.server_address[1]}",
            "ANTHROPIC_API_KEY": dummy_key(), "NO_PROXY": "127.0.0.1,localhost",
            "DISABLE_TELEMETRY": "1", "DISABLE_ERROR_REPORTING": "1", "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "IS_SANDBOX": "1",  # lets root use --dangerously-skip-permissions
            "CLAUDE_CODE_TMPDIR": str(self.tmp),
            **ours, **(extra or {}),
        }  # fmt: skip

    def run(
        self,
        *arguments: str,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        stdin: str = "",
        timeout_s: float = 100,
        yolo: bool = False,
    ) -> Result:
        """Run the client once; its whole process group is ended when the time is up."""
        command = [self.client, *(["--dangerously-skip-permissions"] if yolo else []), *arguments]
        started = time.monotonic()
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(
            command, cwd=cwd or self.project, env=self.env(env), encoding="utf-8", errors="replace",
            start_new_session=True, **pipes,
        ) as process:  # fmt: skip
            try:
                out, err = process.communicate(stdin, timeout_s)
                timed_out = False
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
                timed_out = True
        return Result(process.returncode, out, err, time.monotonic() - started, timed_out)

    def requests(self, kind: str = "main") -> list[Json]:
        """Return the API requests of a kind logged so far, oldest first."""
        with self.server.log_lock:  # no half line
            text = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        entries = [json.loads(line) for line in text.splitlines()]
        return [entry for entry in entries if entry["kind"] == kind]

    def sent(self) -> list[str]:
        """Return the messages of each main request as one text each, oldest first."""
        return ["\n".join(_texts(entry["body"].get("messages"))) for entry in self.requests()]

    def transcripts(self) -> list[Path]:
        """Return the session transcripts, newest last."""
        found = (self.home / ".claude" / "projects").glob("*/*.jsonl")
        return sorted(found, key=lambda path: path.stat().st_mtime)


def _texts(value: Any) -> list[str]:
    """Return every string inside a JSON value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _texts(item)]
