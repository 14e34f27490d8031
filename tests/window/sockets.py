"""The socket guard: which addresses a program and all that it starts tried to reach, or to serve.

The system calls themselves are read, so that it makes no difference which library makes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

_CALLS: Final = "connect,bind,sendto,sendmsg,sendmmsg"
_SIGNALS: Final = "TERM,KILL,INT,SEGV,ABRT,BUS"
_FAMILY: Final = re.compile(r"\{sa_family=(\w+)([^}]*)\}")
_ADDRESS: Final = re.compile(r'inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"')
_AT_HOME: Final = frozenset({"AF_UNIX", "AF_LOCAL", "AF_NETLINK", "AF_UNSPEC"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """``foreign`` is every call that named a place beyond this machine.

    ``refused`` says that the kernel would have let none of them through; ``calls`` how many were
    seen at all, which is never zero for a program that has a window. ``signals`` is what ended or
    crashed any of it, with the sender.
    """

    foreign: tuple[str, ...]
    calls: int
    refused: bool
    signals: tuple[str, ...]


def is_foreign(call: str) -> bool:
    """Tell whether a system call, as strace writes it, names a place beyond this machine."""
    for family, rest in _FAMILY.findall(call):
        if family in _AT_HOME:
            continue
        address = _ADDRESS.search(rest)
        if not address or not _is_loopback(address[1]):
            return True
    return False


def _is_loopback(address: str) -> bool:
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped.is_loopback
    return found.is_loopback


@dataclass(frozen=True, slots=True)
class SocketGuard:
    """Watches what is started by the words that it gives; its files stand in ``folder``."""

    folder: Path

    def around(self, python: str, words: Sequence[str]) -> list[str]:
        """Give the words that start a program, watched and cut off, in the process started."""
        here = Path(__file__).parent
        # The tracer is a grandchild: the process that was started becomes the program itself.
        return [
            *(python, str(here / "alone.py"), str(self.folder / "network")),
            *("strace", "-D", "-f", "--seccomp-bpf", "-qqq", "-s", "0", "-e", f"signal={_SIGNALS}"),
            *("-e", f"trace={_CALLS}", "-o", str(self.folder / "sockets"), "--"),
            *words,
        ]

    def seen(self) -> Sockets:
        """Give what was seen until now."""
        path = self.folder / "sockets"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        network = self.folder / "network"
        signals = tuple(line for line in lines if " --- SIG" in line)
        return Sockets(
            foreign=tuple(line for line in lines if is_foreign(line)),
            calls=len(lines) - len(signals),
            refused=network.exists() and network.read_text(encoding="utf-8") == "cut off",
            signals=signals,
        )
