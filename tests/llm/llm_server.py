"""A chat server on a loopback port that fails in the ways providers do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["_Handler"], None]


class FaultServer(ThreadingHTTPServer):
    """Answers each request with the next scripted reply, and the last one from then on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.script: list[Reply] = [answer()]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def replies(self, *script: Reply) -> None:
        self.script = list(script)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is part of the tests."""


@contextmanager
def running() -> Iterator[FaultServer]:
    """A server that answers while the block runs."""
    made = FaultServer()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FaultServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.times.append(time.monotonic())
            self.server.requests.append(body)
            self.server.headers.append(dict(self.headers))
            script = self.server.script
            reply = script.pop(0) if len(script) > 1 else script[0]
        reply(self)

    def send(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Tests print nothing."""


def completion(text: str | None = "A calm note.", reason: str = "stop", **more: Any) -> bytes:
    """A chat completion in OpenAI's layout."""
    message = {"role": "assistant", "content": text}
    data = {
        "id": "c-1", "object": "chat.completion", "created": 1, "model": "tiny",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16},
    }  # fmt: skip
    return json.dumps({**data, **more}).encode()


def answer(text: str | None = "A calm note.", reason: str = "stop", **more: Any) -> Reply:
    """A good answer."""
    return lambda h: h.send(200, completion(text, reason, **more))


def error(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    """An error in OpenAI's layout."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
    return lambda h: h.send(status, body, **headers)


def raw(body: bytes, kind: str = "application/json") -> Reply:
    """Status 200 with any body."""
    return lambda h: h.send(200, body, kind)


def slow(seconds: float) -> Reply:
    """An answer that comes late."""

    def reply(h: _Handler) -> None:
        time.sleep(seconds)
        h.send(200, completion())

    return reply


def cut_off(h: _Handler) -> None:
    """Half a body, then the connection is gone."""
    body = completion()
    h.send(200, body[: len(body) // 2], length=str(len(body)))
    h.wfile.flush()
    h.connection.close()
