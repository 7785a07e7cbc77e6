"""An offline stub of the Anthropic Messages API for the real Claude Code client; loopback only.

A *script* says what to answer. It is a list of replies, used up by requests that carry tools (the main loop
and subagents), or an object::

    {"sequence": [REPLY, ...], "default": REPLY, "compact": REPLY, "side": REPLY,
     "rules": [{"match": REGEX, "where": "last_user" | "first_user" | "system" | "any",
                "times": 1, "reply": REPLY}, ...]}

Rules come first. `compact` answers the request that /compact makes, `side` any other without tools. A REPLY
is a string or `{"text", "thinking", "tools": [{"name", "input"}], "content", "stop_reason", "usage",
"delay"}`, or an API error `{"status": 529, "error": {"type", "message"}}`; `{{name}}` in a rule's reply is what
the group `(?P<name>…)` of this or an earlier rule matched last.

Every request is one line of the log, written before the answer: `n, time, kind, method, path, headers, body,
reply`, keys redacted.
"""

import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DEFAULT_TEXT = "Stub reply."
DEFAULT_SUMMARY = "<analysis>stub</analysis><summary>Stub summary.</summary>"
COMPACT_PROMPT = "CRITICAL: Respond with TEXT ONLY"
SECRET_HEADERS = {"x-api-key", "authorization", "cookie", "proxy-authorization"}

Json = dict[str, Any]
Reply = str | Json


def content_text(content: Any) -> str:
    """Return the text of a message's content, tool results included."""
    if isinstance(content, str):
        return content
    out = []
    for block in content or []:
        if isinstance(block, dict) and block.get("type") == "text":
            out.append(block.get("text") or "")
        elif isinstance(block, dict) and block.get("type") == "tool_result":
            out.append(content_text(block.get("content")))
    return "\n".join(out)


def user_text(body: Json, *, last: bool = True) -> str:
    """Return the text of the last (or first) user message of a request."""
    messages = [message for message in body.get("messages") or [] if message.get("role") == "user"]
    return content_text(messages[-1 if last else 0].get("content")) if messages else ""


class Script:
    """Chooses the reply of each request; used from many threads."""

    def __init__(self, data: list[Reply] | Json | None = None) -> None:
        given: Json = {"sequence": data} if isinstance(data, list) else data or {}
        self.sequence: list[Reply] = list(given.get("sequence") or [])
        self.rules: list[Json] = [dict(rule) for rule in given.get("rules") or []]
        self.default: Reply = given.get("default", DEFAULT_TEXT)
        self.compact: Reply = given.get("compact", DEFAULT_SUMMARY)
        self.side: Reply = given.get("side", DEFAULT_TEXT)
        self.kept: dict[str, str] = {}
        self.lock = threading.Lock()

    @staticmethod
    def _field(where: str, body: Json) -> str:
        if where == "any":
            return json.dumps(body, ensure_ascii=False)
        if where == "system":
            return content_text(body.get("system"))
        return user_text(body, last=where != "first_user")

    def _by_rule(self, body: Json) -> Reply | None:
        for rule in self.rules:
            times = rule.get("times")
            if times is not None and times <= 0:
                continue
            found = re.search(rule["match"], self._field(rule.get("where", "last_user"), body), re.DOTALL)
            if found:
                if times is not None:
                    rule["times"] = times - 1
                self.kept.update({name: text or "" for name, text in found.groupdict().items()})
                return self._filled(rule["reply"])
        return None

    def _filled(self, reply: Reply) -> Reply:
        text = json.dumps(reply)
        for name, value in self.kept.items():
            text = text.replace(f"{{{{{name}}}}}", json.dumps(value)[1:-1])
        filled: Reply = json.loads(text)
        return filled

    def choose(self, body: Json) -> Reply:
        """Return the reply to a request."""
        with self.lock:
            reply = self._by_rule(body)
            if reply is not None:
                return reply
            if user_text(body).lstrip().startswith(COMPACT_PROMPT):
                return self.compact
            if not body.get("tools"):
                return self.side
            return self.sequence.pop(0) if self.sequence else self.default


def build_message(reply: Reply, body: Json) -> Json:
    """Return a full Messages API response."""
    if isinstance(reply, str):
        reply = {"text": reply}
    blocks = reply.get("content")
    if blocks is None:
        blocks = []
        if reply.get("thinking"):
            blocks.append({"type": "thinking", "thinking": reply["thinking"], "signature": "c3R1Yg=="})
        if reply.get("text"):
            blocks.append({"type": "text", "text": reply["text"]})
        for tool in reply.get("tools") or []:
            ident = tool.get("id") or "toolu_" + uuid.uuid4().hex[:24]
            use = {"type": "tool_use", "id": ident, "name": tool["name"], "input": tool.get("input") or {}}
            blocks.append(use)
        blocks = blocks or [{"type": "text", "text": DEFAULT_TEXT}]
    uses_tool = any(block.get("type") == "tool_use" for block in blocks)
    usage = {"input_tokens": 10, "output_tokens": 5}
    usage.update(
        {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, **(reply.get("usage") or {})}
    )
    return {
        "id": "msg_" + uuid.uuid4().hex[:24], "type": "message", "role": "assistant",
        "model": body.get("model") or "stub", "content": blocks, "stop_sequence": None, "usage": usage,
        "stop_reason": reply.get("stop_reason") or ("tool_use" if uses_tool else "end_turn"),
    }  # fmt: skip


def _block_events(index: int, block: Json) -> Iterator[tuple[str, Json]]:
    kind = block["type"]
    empty: Json = {
        "text": {"text": ""},
        "thinking": {"thinking": "", "signature": ""},
        "tool_use": {"input": {}},
    }
    yield "content_block_start", {"index": index, "content_block": {**block, **empty.get(kind, {})}}
    deltas: list[Json] = []
    if kind == "text":
        text = block["text"]
        deltas = [{"type": "text_delta", "text": text[at : at + 2000]} for at in range(0, len(text), 2000)]
    elif kind == "thinking":
        deltas = [
            {"type": "thinking_delta", "thinking": block["thinking"]},
            {"type": "signature_delta", "signature": block.get("signature", "")},
        ]
    elif kind == "tool_use":
        deltas = [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
    for delta in deltas:
        yield "content_block_delta", {"index": index, "delta": delta}
    yield "content_block_stop", {"index": index}


def sse_events(message: Json) -> Iterator[tuple[str, Json]]:
    """Yield the streaming events of a complete message, in the order of the real API."""
    usage = {**message["usage"], "output_tokens": 1}
    yield "message_start", {"message": {**message, "content": [], "stop_reason": None, "usage": usage}}
    for index, block in enumerate(message["content"]):
        yield from _block_events(index, block)
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"delta": stop, "usage": message["usage"]}
    yield "message_stop", {}


class StubServer(ThreadingHTTPServer):
    """The stub on a free loopback port; `server_address[1]` is the port."""

    daemon_threads = True

    def __init__(self, script: Script, log: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.log = log
        self.log_lock = threading.Lock()
        self.count = 0
        self.delayed_until = threading.Event()  # then nothing is delayed any more

    def record(self, entry: Json) -> None:
        """Append one request to the log."""
        with self.log_lock, open(self.log, "a", encoding="utf-8") as handle:
            self.count += 1
            line = {"n": self.count, "time": time.time(), **entry}
            handle.write(json.dumps(line, ensure_ascii=False) + "\n")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hangs up in the middle of an answer (an aborted turn)."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection of the client."""

    protocol_version = "HTTP/1.1"
    timeout = 120
    server: StubServer

    def log_message(self, format: str, *args: Any) -> None:
        """Be silent; the request log has it all."""

    def _read_body(self) -> bytes:
        if "chunked" not in (self.headers.get("Transfer-Encoding") or "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while True:
            size = int(self.rfile.readline().split(b";")[0].strip() or b"0", 16)
            if size:
                parts.append(self.rfile.read(size))
            self.rfile.readline()
            if not size:
                return b"".join(parts)

    def _record(self, kind: str, body: Any, reply: Reply) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        headers.update({name: "<redacted>" for name in SECRET_HEADERS & headers.keys()})
        entry = {"kind": kind, "method": self.command, "path": self.path, "headers": headers}
        self.server.record({**entry, "body": body, "reply": reply})

    def _json(self, status: int, data: Json) -> None:
        payload = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("request-id", "req_" + uuid.uuid4().hex[:24])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    def _error(self, status: int, kind: str, message: str) -> None:
        self._json(status, {"type": "error", "error": {"type": kind, "message": message}})

    def _route(self) -> None:
        raw = self._read_body()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = {"_unparsed": raw[:2000].decode("utf-8", "replace")}
        path = self.path.split("?")[0].rstrip("/")
        if self.command == "POST" and path == "/v1/messages":
            self._messages(body or {})
            return
        answers: dict[str, Json] = {
            "/v1/messages/count_tokens": {"input_tokens": max(1, len(raw) // 4)},
            "/v1/models": {"data": [], "has_more": False, "first_id": None, "last_id": None},
            "": {},
        }
        self._record("other", body, answers.get(path, {"status": 404}))
        if path in answers:
            self._json(200, answers[path])
        else:
            self._error(404, "not_found_error", "stub: no such endpoint")

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _route

    def _messages(self, body: Json) -> None:
        kind = "main" if body.get("tools") else "side"
        reply = self.server.script.choose(body)
        failed = isinstance(reply, dict) and reply.get("status", 200) >= 400
        message = {} if failed else build_message(reply, body)
        self._record(kind, body, reply if failed else message)
        if isinstance(reply, dict):
            self.server.delayed_until.wait(reply.get("delay", 0))
            if failed:
                error = reply.get("error") or {}
                told = error.get("message", "stub error")
                self._error(reply["status"], error.get("type", "api_error"), told)
                return
        if not body.get("stream"):
            self._json(200, message)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("request-id", "req_" + uuid.uuid4().hex[:24])
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for name, data in sse_events(message):
            self.wfile.write(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode())
            self.wfile.flush()
