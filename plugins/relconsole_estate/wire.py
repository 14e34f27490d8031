"""HTTP on loopback as the estate speaks it: one small server, one small connection.

Knows requests and answers as bytes and JSON; no business and no metric lives here.
"""

import errno
import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from relconsole_estate.values import Json, parse_object

HOST = "127.0.0.1"
"""The only address that anything here listens on or calls."""

_LARGEST_BODY = 1 << 20
_PORT_PATIENCE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller asks for. `fields` are the query's, and those of a form if one was sent."""

    method: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the caller gets."""

    status: int
    body: bytes
    content_type: str = "application/json"

    def value(self) -> dict[str, Json]:
        """The body as a JSON object."""
        return parse_object(self.body, "the answer")


def answer_json(value: Json, status: int = 200) -> Answer:
    """An answer with a JSON body."""
    return Answer(status=status, body=json.dumps(value).encode())


def answer_text(text: str, status: int = 200) -> Answer:
    """An answer in plain text, of the version that metrics are exposed in."""
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return Answer(status=status, body=text.encode(), content_type=kind)


class LoopbackServer(ThreadingHTTPServer):
    """A server that gives every request to one function, each connection on its own thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Request], Answer]) -> None:
        super().__init__((HOST, port), _Exchange)
        self.answer = answer


def open_server(port: int, answer: Callable[[Request], Answer]) -> LoopbackServer:
    """A server on that port; waits up to two seconds while something else still has it."""
    until = time.monotonic() + _PORT_PATIENCE
    while True:
        try:
            return LoopbackServer(port, answer)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise
        time.sleep(0.05)


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without it a kept connection waits 40 ms for the other side's delayed acknowledgement.
    disable_nagle_algorithm = True
    timeout = 30.0

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def _exchange(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > _LARGEST_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(size)
        address = urlsplit(self.path)
        pairs = parse_qsl(address.query, keep_blank_values=True)
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        request = Request(method=self.command, path=address.path, fields=dict(pairs), body=body)
        server = self.server
        if not isinstance(server, LoopbackServer):
            raise TypeError(type(server))
        self._send(server.answer(request))

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        try:
            self.wfile.write(answer.body)
        except (BrokenPipeError, ConnectionResetError):
            # The caller has gone; there is nobody left to tell.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Says nothing: twenty requests a second would drown what matters."""


class Connection:
    """A kept connection to one port. Used by one thread at a time."""

    def __init__(self, port: int, *, timeout: float) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=timeout)

    def call(self, method: str, path: str, value: Json = None) -> Answer:
        """Asks and reads the whole answer; any failure is an `OSError` and closes the connection.

        A kept connection that the other side has closed meanwhile is opened again, once:
        everything in the estate may be asked twice.
        """
        was_kept = self._connection.sock is not None  # pyright: ignore[reportUnnecessaryComparison] - None before the first call
        try:
            return self._exchange(method, path, value)
        except ConnectionError:
            if not was_kept:
                raise
        return self._exchange(method, path, value)

    def _exchange(self, method: str, path: str, value: Json) -> Answer:
        body = None if value is None else json.dumps(value).encode()
        try:
            self._connection.request(method, path, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            kind = response.getheader("Content-Type", "")
            return Answer(status=response.status, body=response.read(), content_type=kind)
        except http.client.RemoteDisconnected:
            self.close()
            raise
        except http.client.HTTPException as error:
            self.close()
            raise OSError(f"no proper HTTP answer: {error!r}") from error
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Closes it; the next call opens it again."""
        self._connection.close()


def ask_once(
    port: int, method: str, path: str, value: Json = None, *, timeout: float = 2.0
) -> Answer:
    """One question on a connection of its own."""
    connection = Connection(port, timeout=timeout)
    try:
        return connection.call(method, path, value)
    finally:
        connection.close()
