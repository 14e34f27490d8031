"""Servers that a client of HTTPS must not believe: each faulty in how it shows who it is."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme

from tests.plugins.serving import Answering
from tests.tools.fault_server import FaultServer

HOST: Final = "127.0.0.1"
TLS_FAULTS: Final = (
    "expired",
    "not yet valid",
    "of another host",
    "of an unknown authority",
    "signed by itself",
    "TLS 1.0 only",
    "TLS 1.1 only",
    "plain HTTP",
    "a banner of SSH",
    "no byte of a handshake",
    "the end in place of a handshake",
)
SILENT_TLS: Final = frozenset({"plain HTTP", "no byte of a handshake"})
"""Those that only a deadline of the client ends; give it a short one."""


class TlsGround:
    """An authority that the client trusts, one that it does not, and servers with their papers."""

    def __init__(self, folder: str) -> None:
        """Make the authorities; a folder for a certificate that none of them signed."""
        self._ours, self._theirs = trustme.CA(), trustme.CA()
        self._folder = Path(folder)

    def trusting(self) -> ssl.SSLContext:
        """Give the context of a client that trusts our authority, TLS 1.2 and newer."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._ours.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
        return context

    @contextlib.asynccontextmanager
    async def facing(self, fault: str, answer: Answering) -> AsyncGenerator[str]:
        """Give the address of a server with this fault; an answer of it is never to be believed.

        With a fault of no name it has none, and is to be believed.
        """
        if fault in _WITHOUT_TLS:
            server = await asyncio.start_server(_WITHOUT_TLS[fault], HOST, 0)
            try:
                yield f"https://{HOST}:{server.sockets[0].getsockname()[1]}"
            finally:
                server.close()
            return
        tls = None if fault == "plain HTTP" else self._context(fault)
        async with FaultServer(answer, wrong=answer, tls=tls) as faulty:
            yield faulty.url.replace("http://", "https://")

    def _context(self, fault: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        now = datetime.now(UTC)
        match fault:
            case "expired":
                papers = self._ours.issue_cert(HOST, not_after=now - timedelta(days=1))
            case "not yet valid":
                papers = self._ours.issue_cert(HOST, not_before=now + timedelta(days=1))
            case "of another host":
                papers = self._ours.issue_cert("example.org")
            case "of an unknown authority":
                papers = self._theirs.issue_cert(HOST)
            case "signed by itself":
                itself = trustme.CA()
                both = self._folder / "itself.pem"
                itself.cert_pem.write_to_path(both)
                itself.private_key_pem.write_to_path(both, append=True)
                context.load_cert_chain(both)
                return context
            case _:
                papers = self._ours.issue_cert(HOST)
        papers.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
        if fault in _OLD:
            with warnings.catch_warnings(action="ignore"):  # they are old, which is the point
                context.minimum_version = context.maximum_version = _OLD[fault]
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        return context


_OLD: Final = {"TLS 1.0 only": ssl.TLSVersion.TLSv1, "TLS 1.1 only": ssl.TLSVersion.TLSv1_1}


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        await reader.read()
    writer.close()


async def _banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    await _hang(reader, writer)


async def _end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del reader
    writer.close()


_WITHOUT_TLS: Final[
    dict[str, Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]]
] = {
    "a banner of SSH": _banner,
    "no byte of a handshake": _hang,
    "the end in place of a handshake": _end,
}
