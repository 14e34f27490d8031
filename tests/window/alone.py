"""Runs a program in a network that has a loopback and nothing else.

`alone.py RECORD WORD...`: RECORD is told `cut off`, or why it could not be; the program is run in
either case, in this process.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path
from typing import Final

_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_SET_FLAGS: Final = 0x8914
_UP_AND_RUNNING: Final = 0x41


def leave_the_network() -> None:
    """Put this process into a network of its own; OSError where the system does not let it."""
    system = ctypes.CDLL(None, use_errno=True)
    if system.unshare(_NEW_NETWORK) != 0:
        if ctypes.get_errno() != errno.EPERM:
            raise OSError(ctypes.get_errno(), "no network of its own")
        user, group = os.getuid(), os.getgid()
        if system.unshare(_NEW_USER | _NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), "no user space and no network of its own")
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP_AND_RUNNING))


def main() -> None:
    """Cut this process off, say so, and become the program."""
    record, *words = sys.argv[1:]
    try:
        leave_the_network()
        said = "cut off"
    except OSError as error:
        said = str(error)
    Path(record).write_text(said, encoding="utf-8")
    os.execvp(words[0], words)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
