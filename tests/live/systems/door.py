# ruff: noqa: S310 - the addresses are of the loopback interface
"""A door before a server: lets through what bears the token, and keeps count of what came.

    door.py PORT UPSTREAM LOG        the token is the first line of standard input

The log gets a line for each request, never with what it bore.
"""

import hmac
import json
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Door(BaseHTTPRequestHandler):
    """One request."""

    upstream = ""
    token = ""
    log = Path()

    def do_GET(self) -> None:
        """Answer what the server behind says; 401 without the token, 502 where nobody is behind."""
        bore = self.headers.get("Authorization", "")
        if not hmac.compare_digest(bore, f"Bearer {self.token}"):
            self._answer(401, b"", "text/plain")
            return
        try:
            with urllib.request.urlopen(f"{self.upstream}{self.path}", timeout=10) as answer:
                self._answer(200, answer.read(), answer.headers["Content-Type"])
        except urllib.error.HTTPError as refused:
            self._answer(refused.code, refused.read(), refused.headers["Content-Type"])
        except OSError:
            self._answer(502, b"", "text/plain")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        line = {"path": self.path.partition("?")[0], "status": status}
        with self.log.open("a") as log:
            log.write(json.dumps(line) + "\n")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's face
        """Keep nothing but the log."""


def main() -> None:
    """Serve until killed."""
    Door.token = sys.stdin.readline().rstrip("\n")
    Door.upstream, Door.log = sys.argv[2], Path(sys.argv[3])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()


if __name__ == "__main__":
    main()
