"""Small transcripts for tests, built line by line in the shape Claude Code writes them."""

import json
from pathlib import Path
from typing import Any

from spread.distill import distill
from spread.distillation import Distillation, body

CWD = "/home/dev/app"
SESSION = "0f5ad3cc-6a52-4d6f-9c0a-3d1f2b8e7a10"


class Lines:
    """Collect the lines of one transcript; every method returns the line's number."""

    def __init__(self, cwd: str = CWD) -> None:
        self.cwd = cwd
        self.raw: list[str] = []
        self.calls = 0

    def add(self, entry: dict[str, Any] | str) -> int:
        text = (
            entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        )
        self.raw.append(text)
        return len(self.raw)

    def _entry(self, kind: str, content: Any, **more: Any) -> dict[str, Any]:
        number = len(self.raw) + 1
        message: dict[str, Any] = {"role": kind, "content": content}
        if kind == "assistant":
            message = {"model": "claude-test-1", "id": f"msg_{number}", "type": "message", **message}
        common = {"parentUuid": None, "isSidechain": False, "userType": "external", "cwd": self.cwd}
        own = {
            "sessionId": SESSION,
            "version": "2.1.330",
            "gitBranch": "main",
            "type": kind,
            "message": message,
        }
        stamp = f"2026-01-02T03:{number // 60:02}:{number % 60:02}.000Z"
        return {**common, **own, "uuid": f"u{number}", "timestamp": stamp, **more}

    def user(self, text: str, **more: Any) -> int:
        return self.add(self._entry("user", text, **more))

    def say(self, text: str, **more: Any) -> int:
        return self.add(self._entry("assistant", [{"type": "text", "text": text}], **more))

    def think(self, text: str, **more: Any) -> int:
        block = {"type": "thinking", "thinking": text, "signature": "c2lnbmVk"}
        return self.add(self._entry("assistant", [block], **more))

    def call(self, name: str, given: dict[str, Any], **more: Any) -> str:
        """Add a tool call without its result; return its id."""
        self.calls += 1
        key = f"toolu_{self.calls}"
        self.add(
            self._entry("assistant", [{"type": "tool_use", "id": key, "name": name, "input": given}], **more)
        )
        return key

    def result(self, key: str, output: Any, *, error: bool = False, twin: Any = None, **more: Any) -> int:
        block = {"tool_use_id": key, "type": "tool_result", "content": output, "is_error": error}
        return self.add(
            self._entry("user", [block], **({"toolUseResult": twin} if twin is not None else {}), **more)
        )

    def tool(
        self, name: str, given: dict[str, Any], output: Any = "ok", *, error: bool = False, twin: Any = None
    ) -> int:
        """Add a call and its result; return the call's line."""
        key = self.call(name, given)
        return self.result(key, output, error=error, twin=twin) - 1

    def copied(self, name: str, given: dict[str, Any], output: str = "ok", *, error: bool = False) -> int:
        """Add a sub-agent's call and its result as they are copied into the parent; return the result's line."""
        self.calls += 1
        key = f"toolu_{self.calls}"
        use = {"type": "tool_use", "id": key, "name": name, "input": given}
        told = {"type": "tool_result", "tool_use_id": key, "content": output, "is_error": error}
        for kind, block in (("assistant", use), ("user", told)):
            message = {"type": kind, "message": {"role": kind, "content": [block]}}
            data = {"message": message, "type": "agent_progress", "agentId": "a1"}
            entry = {"parentUuid": None, "cwd": self.cwd, "sessionId": "s", "type": "progress", "data": data}
            line = self.add(entry)
        return line

    def bash(self, command: str, output: str = "", *, code: int = 0) -> int:
        text = f"Exit code {code}\n{output}" if code else output
        return self.tool("Bash", {"command": command}, text, error=code != 0)

    def edit(self, path: str) -> int:
        return self.tool("Edit", {"file_path": path, "old_string": "a", "new_string": "b"})

    def write(self, path: str, *, created: bool = True) -> int:
        twin = {"type": "create" if created else "update", "filePath": path, "content": "x"}
        return self.tool("Write", {"file_path": path, "content": "x"}, twin=twin)

    def queue(self, operation: str, content: str | None = None) -> int:
        entry: dict[str, Any] = {"type": "queue-operation", "operation": operation, "sessionId": SESSION}
        return self.add(entry if content is None else {**entry, "content": content})

    def data(self) -> bytes:
        return ("\n".join(self.raw) + "\n").encode("utf-8", "surrogatepass")

    def save(self, folder: Path) -> str:
        path = folder / f"{SESSION}.jsonl"
        path.write_bytes(self.data())
        return str(path)

    def distilled(self, folder: Path) -> Distillation:
        """Save it and return what it is boiled down to."""
        return distill(self.save(folder), machine="box")

    def page(self, folder: Path) -> str:
        """Save it and return the page that Claude is shown of it."""
        return body(self.distilled(folder).to_markdown())


def begun() -> Lines:
    """Return a transcript with one request."""
    lines = Lines()
    lines.user("please mend the parser of the lists")
    return lines
