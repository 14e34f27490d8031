"""A relay before a server, which may keep the answer to a request back for good.

    relay.py PORT UPSTREAM_PORT FOLDER

While FOLDER/withhold is there, a request that holds the words in it goes through, and from then on
nothing comes back on its connection. A connection that nobody behind takes is reset.
"""

import contextlib
import socket
import socketserver
import struct
import sys
import threading
from pathlib import Path

SIZE = 1 << 16


class Relay(socketserver.BaseRequestHandler):
    """One connection."""

    upstream = 0
    folder = Path()

    def handle(self) -> None:
        """Carry both ways until one side ends; reset it where nobody is behind."""
        try:
            behind = socket.create_connection(("127.0.0.1", self.upstream), 5)
        except OSError:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        behind.settimeout(None)
        silent = threading.Event()
        back = threading.Thread(target=self._carry_back, args=(behind, silent))
        back.start()
        with contextlib.suppress(OSError):
            while data := self.request.recv(SIZE):
                if any(words in data for words in self._withheld()):
                    silent.set()
                behind.sendall(data)
        self._end(behind)
        back.join()
        behind.close()

    def _carry_back(self, behind: socket.socket, silent: threading.Event) -> None:
        """Carry what the server says, unless it is kept back."""
        with contextlib.suppress(OSError):
            while data := behind.recv(SIZE):
                if not silent.is_set():
                    self.request.sendall(data)
        self._end(self.request)

    def _withheld(self) -> list[bytes]:
        try:
            return (self.folder / "withhold").read_bytes().splitlines()
        except FileNotFoundError:
            return []

    def _end(self, side: socket.socket) -> None:
        with contextlib.suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


class Server(socketserver.ThreadingTCPServer):
    """The listener."""

    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    """Serve until killed."""
    Relay.upstream, Relay.folder = int(sys.argv[2]), Path(sys.argv[3])
    Server(("127.0.0.1", int(sys.argv[1])), Relay).serve_forever()


if __name__ == "__main__":
    main()
