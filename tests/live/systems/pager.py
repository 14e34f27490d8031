"""Whom an Alertmanager calls: keeps what it is told, a line each.

pager.py PORT LOG
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Pager(BaseHTTPRequestHandler):
    """One call."""

    log = Path()

    def do_POST(self) -> None:
        """Keep it."""
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.log.open("a") as log:
            log.write(json.dumps(told) + "\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        """Tell that it is there."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's face
        """Keep nothing but the log."""


def main() -> None:
    """Serve until killed."""
    Pager.log = Path(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Pager).serve_forever()


if __name__ == "__main__":
    main()
