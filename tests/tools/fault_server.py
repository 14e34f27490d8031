"""A small HTTP server on the loopback interface that answers right, or with a fault of the network.

Give it what answers right, and at which request which fault befalls it:

    async with FaultServer(target.answer, wrong=other.answer) as server:
        server.plan = [None, FAULTS["a reset"]]  # the second request is reset
        await plugin_at(server.url).query("up")

``wrong`` answers in the right form with what is not so. It stands where nobody may read it: behind
a redirect, beyond the cap, in an encoding that was not asked for. Whoever gives its values back has
followed, read or decoded too much. ``mixed`` answers with the target's answer to something else.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

from tests.plugins.serving import Answering, Asked, Said

ELSEWHERE: Final = "/elsewhere"
BEYOND: Final = 2_000_000
"""Bytes of an answer that is too long; give the client a smaller cap."""

DRIP: Final = 0.04
"""Seconds between two bytes of a drip, each far sooner than a client gives up on one."""

_DEEP: Final = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One request, the way to answer it, and what the answers would be."""

    writer: asyncio.StreamWriter
    asked: Asked
    right: Callable[[], bytes]
    wrong: Callable[[], bytes]
    mixed: Callable[[], bytes]

    async def send(self, *pieces: bytes) -> None:
        """Send these bytes as they are."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()


Fault = Callable[[Talk], Awaitable[None]]


def whole(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """Give an answer that is right in its outer form."""
    lines = (b"HTTP/1.1 " + status, *headers, b"content-length: %d" % len(body), b"", body)
    return b"\r\n".join(lines)


def sends(*pieces: bytes) -> Fault:
    """Give the fault of answering with exactly these bytes."""

    async def say(talk: Talk) -> None:
        await talk.send(*pieces)

    return say


def answers(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Fault:
    """Give the fault of answering with this instead."""
    return sends(whole(body, *headers, status=status))


async def _reset(talk: Talk) -> None:
    talk.writer.transport.abort()


async def _reset_in_the_body(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{")
    talk.writer.transport.abort()


async def _hang(talk: Talk) -> None:
    del talk
    await asyncio.Event().wait()


async def _hang_in_the_body(talk: Talk) -> None:
    await talk.send(whole(talk.wrong())[:-1])
    await asyncio.Event().wait()


async def _cut_body(talk: Talk) -> None:
    await talk.send(whole(talk.wrong() + b"  ")[:-1])


async def _drip_body(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while True:
        await talk.send(b" ")
        await asyncio.sleep(DRIP)


async def _drip_headers(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await talk.send(b"x: y\r\n")
        await asyncio.sleep(DRIP)


async def _drip_continues(talk: Talk) -> None:
    while True:
        await talk.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(DRIP)


async def _lose_the_answer(talk: Talk) -> None:
    talk.right()
    talk.writer.transport.abort()


async def _answer_late(talk: Talk) -> None:
    talk.right()
    await asyncio.Event().wait()


async def _answer_twice(talk: Talk) -> None:
    # In one piece and without an end: both are seen on the socket before it is used again.
    await talk.send(whole(talk.right()) + whole(talk.wrong()))
    await asyncio.Event().wait()


async def _mix_up(talk: Talk) -> None:
    await talk.send(whole(talk.mixed()))


async def _endless(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await talk.send(b" " * 50_000)


async def _too_long(talk: Talk) -> None:
    await talk.send(whole(talk.wrong() + b" " * BEYOND))


async def _too_long_in_chunks(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    for piece in (talk.wrong(), b" " * BEYOND):
        if piece:
            await talk.send(b"%x\r\n%s\r\n" % (len(piece), piece))
    await talk.send(b"0\r\n\r\n")


async def _bomb(talk: Talk) -> None:
    body = gzip.compress(talk.wrong() + b" " * BEYOND)
    await talk.send(whole(body, b"content-encoding: gzip"))


async def _zipped(talk: Talk) -> None:
    await talk.send(whole(gzip.compress(talk.wrong()), b"content-encoding: gzip"))


async def _length_too_short(talk: Talk) -> None:
    body = talk.wrong()
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(body) // 2)
    await talk.send(head + body)


async def _two_lengths(talk: Talk) -> None:
    body = talk.wrong()
    two = b"content-length: %d\r\ncontent-length: 3" % len(body)
    await talk.send(b"HTTP/1.1 200 OK\r\n" + two + b"\r\n\r\n" + body)


async def _partial(talk: Talk) -> None:
    await talk.send(whole(talk.wrong(), status=b"206 Partial Content"))


async def _trailing(talk: Talk) -> None:
    await talk.send(whole(talk.wrong() + b"} and more"))


async def _in_utf16(talk: Talk) -> None:
    await talk.send(whole(talk.wrong().decode().encode("utf-16")))


def redirects(code: int, *, away: bool) -> Fault:
    """Give the fault of leading elsewhere, on this host or on another that is the same machine."""

    async def say(talk: Talk) -> None:
        host = f"http://localhost:{talk.asked.headers['host'].rpartition(':')[2]}" if away else ""
        where = f"{host}{ELSEWHERE}{talk.asked.path}".encode()
        await talk.send(whole(b"", b"location: " + where, status=b"%d Moved" % code))

    return say


SIGN_IN: Final = b"<!DOCTYPE html><html><title>Sign in</title><form method=post></form></html>"
_JSON: Final = b"content-type: application/json"
_HTML: Final = b"content-type: text/html"

FAULTS: Final[dict[str, Fault]] = {
    "a reset": _reset,
    "a reset in the body": _reset_in_the_body,
    "the end without a byte": sends(),
    "no byte": _hang,
    "half a body and silence": _hang_in_the_body,
    "a cut body": _cut_body,
    "cut headers": sends(b"HTTP/1.1 200 OK\r\ncontent-le"),
    "a drip of the body": _drip_body,
    "a drip of headers": _drip_headers,
    "a drip of interim answers": _drip_continues,
    "429 until 2099": answers(
        b"", b"retry-after: Thu, 01 Jan 2099 00:00:00 GMT", status=b"429 Too Many Requests"
    ),
    "429 for ages": answers(b"", b"retry-after: " + b"9" * 400, status=b"429 Too Many Requests"),
    "503 and a time gone by": answers(b"", b"retry-after: -5", status=b"503 Unavailable"),
    "500 with a page": answers(b"<h1>Oops</h1>", _HTML, status=b"500 Internal Server Error"),
    "502 without words": answers(b"", status=b"502 Bad Gateway"),
    "401": answers(SIGN_IN, _HTML, status=b"401 Unauthorized"),
    "403": answers(b"", status=b"403 Forbidden"),
    "a proxy's 404": answers(SIGN_IN, _HTML, status=b"404 Not Found"),
    "a proxy's 400": answers(SIGN_IN, _HTML, status=b"400 Bad Request"),
    "a sign-in page": answers(SIGN_IN, _HTML),
    "a sign-in page said to be JSON": answers(SIGN_IN, _JSON),
    "no body": answers(b"", _JSON),
    "204": sends(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "304": sends(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "another protocol": sends(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"),
    "a part": _partial,
    "too long": _too_long,
    "too long in chunks": _too_long_in_chunks,
    "without end": _endless,
    "no UTF-8": answers(b'{"status":"\xff\xfe"}'),
    "UTF-16": _in_utf16,
    "NaN": answers(b'{"status":"success","data":NaN}', _JSON),
    "null": answers(b"null", _JSON),
    "a list of nulls": answers(b"[null]", _JSON),
    "an empty object": answers(b"{}", _JSON),
    "something after the JSON": _trailing,
    "deep JSON": answers(b"[" * _DEEP, _JSON),
    "deep JSON inside": answers(
        b'{"status":"success","data":' + b"[" * _DEEP + b"]" * _DEEP + b"}", _JSON
    ),
    "301 on this host": redirects(301, away=False),
    "302 to another host": redirects(302, away=True),
    "307 to another host": redirects(307, away=True),
    "308 on this host": redirects(308, away=False),
    "a redirect to nowhere": answers(b"", b"location: \xff\xfe://", status=b"302 Found"),
    "a header of 300 kB": sends(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000 + b"\r\n\r\n{}"),
    "20,000 headers": sends(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000 + b"\r\n"),
    "a bomb": _bomb,
    "an encoding": _zipped,
    "an unknown encoding": answers(b"x", b"content-encoding: br"),
    "a banner of SSH": sends(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
    "a bad status": sends(b"HTTP/1.1 abc OK\r\n\r\n{}"),
    "no status": sends(b'{"status":"success"}'),
    "a length below zero": sends(b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n{}"),
    "a length in letters": sends(b"HTTP/1.1 200 OK\r\ncontent-length: ten\r\n\r\n{}"),
    "a length too short": _length_too_short,
    "two lengths": _two_lengths,
    "chunks of garbage": sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}"),
    "half a chunk": sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"),
    "a chunk of 2^70 bytes": sends(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"f" * 18 + b"\r\n{}"
    ),
    "an answer lost after it was done": _lose_the_answer,
    "done, and no word of it": _answer_late,
    "an answer twice": _answer_twice,
    "the answer to something else": _mix_up,
}
"""Every fault by its name."""

SILENT: Final = frozenset(
    {
        "no byte",
        "half a body and silence",
        "a drip of the body",
        "a drip of headers",
        "a drip of interim answers",
        "done, and no word of it",
    }
)
"""Those that only a deadline of the client ends; give it a short one."""


class FaultServer:
    """Answers right, but for the requests that its plan gives a fault."""

    def __init__(
        self,
        answer: Answering,
        *,
        wrong: Answering,
        mixed: Answering | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Keep what answers; nothing listens before it is entered."""
        self._answer = answer
        self._wrong = wrong
        self._mixed = mixed or wrong
        self._tls = tls
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.plan: Sequence[Fault | None] = ()
        self.requests = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        """Listen on a port of its own."""
        self._server = await asyncio.start_server(
            self._take,
            "127.0.0.1",
            0,
            ssl=self._tls,
            ssl_handshake_timeout=5 if self._tls else None,
        )
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up on everybody."""
        self._server.close()
        for _ in range(10):  # a connection that comes this instant is taken in the next turns
            await asyncio.sleep(0)
        for talk, writer in self._talks.items():
            talk.cancel()
            writer.transport.abort()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks[asyncio.ensure_future(self._talk(reader, writer))] = writer

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError, ssl.SSLError):
            try:
                while await self._serve(await _read(reader), writer):
                    pass
            finally:
                writer.close()

    async def _serve(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; gives whether another may come on this connection."""
        if asked.path.startswith(ELSEWHERE):
            said = self._wrong(_below(asked))
        else:
            number, self.requests = self.requests, self.requests + 1
            fault = self.plan[number] if number < len(self.plan) else None
            if fault is not None:
                await fault(self._with(asked, writer))
                return False
            said = self._answer(asked)
        writer.write(_written(said))
        await writer.drain()
        return True

    def _with(self, asked: Asked, writer: asyncio.StreamWriter) -> Talk:
        return Talk(
            writer=writer,
            asked=asked,
            right=lambda: self._answer(asked).body,
            wrong=lambda: self._wrong(asked).body,
            mixed=lambda: self._mixed(asked).body,
        )


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.split("\r\n")
    method, target, _ = line.split(" ", 2)
    pairs = (each.partition(":") for each in rest if each)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    split = urlsplit(target)
    query = dict(parse_qsl(split.query))
    return Asked(method=method, path=split.path, query=query, headers=headers, body=body)


def _below(asked: Asked) -> Asked:
    return Asked(
        method=asked.method,
        path=asked.path.removeprefix(ELSEWHERE),
        query=asked.query,
        headers=asked.headers,
        body=asked.body,
    )


def _written(said: Said) -> bytes:
    headers = (f"{name}: {value}".encode() for name, value in said.headers.items())
    return whole(said.body, *headers, status=b"%d Said" % said.status)
