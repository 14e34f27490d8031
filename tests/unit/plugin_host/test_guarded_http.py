"""Whatever comes over the network ends as an answer or a typed error, in time and within bounds."""

import asyncio
import gzip
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trustme

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.plugin_api.errors import (
    WORLD_BY_NAME,
    BadAnswer,
    QuestionRefused,
    Redirected,
    Unreachable,
)
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.manifest import Credential
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.boundary import failure_of
from relconsole.plugin_process.guarded_http import GuardedHttp

TOTAL = 0.4
MOST = 100_000
CANARY = "canary-91e2d3c4b5"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
Says = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Raw:
    """A server that sends exactly these bytes, whatever it is asked."""

    def __init__(self, say: bytes | Says) -> None:
        self._say = say
        self.heard: list[bytes] = []
        self.connections = 0
        self.talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks[asyncio.ensure_future(self._talk(reader, writer))] = writer

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (
                        int(line.partition(b":")[2])
                        for line in head.lower().split(b"\r\n")
                        if line.startswith(b"content-length:")
                    ),
                    0,
                )
                self.heard.append(head + await reader.readexactly(length))
                if isinstance(self._say, bytes):
                    writer.write(self._say)
                    await writer.drain()
                    if b"content-length: 2\r\n" not in self._say:
                        return
                else:
                    await self._say(writer)
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def raw(
    say: bytes | Says, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[tuple[Raw, str]]:
    target = Raw(say)
    server = await asyncio.start_server(target.take, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield target, f"http{'s' if tls else ''}://127.0.0.1:{port}"
    finally:
        await turns()  # a connection that comes this instant is taken in the next ones
        server.close()
        for talk, writer in target.talks.items():
            talk.cancel()
            writer.transport.abort()
        await asyncio.gather(*target.talks, return_exceptions=True)
        await turns()  # and lets its socket go in those after


async def turns() -> None:
    """Let the loop turn some times; what is ready comes to its end, however slow the machine."""
    for _ in range(20):
        await asyncio.sleep(0)


def _get(say: bytes | Says, path: str = "/x") -> Answer:
    async def play() -> Answer:
        async with raw(say) as (_, url):
            http = GuardedHttp(url, total=TOTAL, most_bytes=MOST)
            try:
                return await http.request("GET", path)
            finally:
                await http.close()

    return asyncio.run(play())


async def _hang(writer: asyncio.StreamWriter) -> None:
    del writer
    await asyncio.sleep(TOTAL * 2)


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(40):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(TOTAL / 10)


async def _drip_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(40):
        writer.write(b"x-%d: y\r\n" % number)
        await writer.drain()
        await asyncio.sleep(TOTAL / 10)


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        writer.write(b"x" * 10_000)
        await writer.drain()


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def _head(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((line, *headers, b"content-length: %d" % len(body), b"", body))


BOMB = gzip.compress(b"x" * 10_000_000)
FAULTS: tuple[tuple[str, bytes | Says, type[WorldIsDown]], ...] = (
    ("no byte", _hang, Unreachable),
    ("a slow drip of the body", _drip, Unreachable),
    ("a slow drip of headers", _drip_headers, Unreachable),
    ("a reset", _reset, WorldIsDown),
    ("nothing and the end", b"", WorldIsDown),
    ("half a body", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nxx", BadAnswer),
    ("half a chunk", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nx", BadAnswer),
    ("a broken chunk", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", BadAnswer),
    ("an endless body", _endless, BadAnswer),
    ("a long body", _head(b"HTTP/1.1 200 OK", body=b"x" * (MOST + 1)), BadAnswer),
    ("a bomb", _head(b"HTTP/1.1 200 OK", b"content-encoding: gzip", body=BOMB), BadAnswer),
    ("an encoding", _head(b"HTTP/1.1 200 OK", b"content-encoding: br", body=b"x"), BadAnswer),
    ("no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n", BadAnswer),
    ("a bad status", b"HTTP/1.1 abc OK\r\n\r\n", BadAnswer),
    ("a long header", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000 + b"\r\n\r\n", BadAnswer),
    ("a bad length", b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n", BadAnswer),
    (
        "two lengths",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 9\r\n\r\nxx",
        BadAnswer,
    ),
    *(
        (
            f"a redirect {code}",
            _head(b"HTTP/1.1 %d Moved" % code, b"location: http://x"),
            BadAnswer,
        )
        for code in (301, 302, 303, 307, 308)
    ),
)


def test_that_a_redirect_is_not_followed_and_gives_its_headers() -> None:
    head = b"HTTP/1.1 302 Found\r\nlocation: http://x\r\n"
    cookies = b"set-cookie: session=nobody\r\nset-cookie: session=mara\r\n"

    async def play() -> None:
        async with raw(head + cookies + b"content-length: 0\r\n\r\n") as (target, url):
            http = GuardedHttp(url)
            with pytest.raises(Redirected, match="not followed") as redirected:
                await http.request("GET", "/login")
            await http.close()
            assert len(target.heard) == 1
            headers = redirected.value.headers
            assert headers["set-cookie"] == "session=nobody, session=mara"
            assert headers["location"] == "http://x"

    asyncio.run(play())


def test_that_a_redirect_leaves_the_process_as_a_bad_answer() -> None:
    told = failure_of(1, Redirected("redirected", headers={}))
    assert (told.what, told.whose) == ("redirected", "world")
    assert WORLD_BY_NAME[told.kind] is BadAnswer


@pytest.mark.parametrize(
    ("say", "error"),
    [(say, error) for _, say, error in FAULTS],
    ids=[name for name, _, _ in FAULTS],
)
def test_that_a_faulty_answer_is_a_typed_error_in_time(
    say: bytes | Says, error: type[WorldIsDown]
) -> None:
    # What hangs and what drips would end otherwise than by the deadline if there were none.
    with pytest.raises(error):
        _get(say)


def test_that_nobody_listening_is_unreachable() -> None:
    async def play() -> None:
        http = GuardedHttp("http://127.0.0.1:9", total=TOTAL)
        with pytest.raises(Unreachable):
            await http.request("GET", "/")
        await http.close()

    asyncio.run(play())


def test_that_an_error_of_the_target_is_an_answer() -> None:
    answer = _get(_head(b"HTTP/1.1 418 Teapot", b"X-Why: tea", body=b"short and stout"))
    assert (answer.status, answer.headers["x-why"], answer.body) == (418, "tea", b"short and stout")


@pytest.mark.parametrize(
    ("credential", "sent"),
    [
        (Credential.BEARER, f"bearer {CANARY}"),
        (Credential.BASIC, "basic "),
        (Credential.NONE, None),
    ],
)
def test_that_the_credential_goes_to_its_own_origin_only(
    credential: Credential, sent: str | None
) -> None:
    async def play() -> None:
        async with raw(OK) as (ours, url), raw(OK) as (other, elsewhere):
            http = GuardedHttp(url, secret=Secret(CANARY), credential=credential)
            await http.request("GET", "/a")
            await http.elsewhere(url + "/below").request("GET", "/b")
            await http.elsewhere(elsewhere).request("GET", "/c")
            await http.close()
            for heard in ours.heard:
                assert ("authorization" in heard.decode().lower()) == (sent is not None)
                assert sent is None or sent in heard.decode().lower()
            assert [b"authorization" in heard.lower() for heard in other.heard] == [False]
            assert b"GET /below/b " in ours.heard[1]

    asyncio.run(play())


@pytest.mark.parametrize("where", ["header", "query", "body"])
def test_that_a_request_elsewhere_may_not_hold_the_credential(where: str) -> None:
    async def play() -> None:
        async with raw(OK) as (_, url), raw(OK) as (other, elsewhere):
            http = GuardedHttp(url, secret=Secret(CANARY), credential=Credential.BEARER)
            with pytest.raises(QuestionRefused) as raised:
                await http.elsewhere(elsewhere).request(
                    "POST",
                    "/",
                    query=[("key", CANARY)] if where == "query" else [],
                    headers={"x-key": CANARY} if where == "header" else {},
                    body=CANARY.encode() if where == "body" else None,
                )
            await http.close()
            assert other.heard == []
            assert CANARY not in str(raised.value)

    asyncio.run(play())


def test_that_one_connection_serves_many_requests() -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url)
            for _ in range(5):
                await http.request("GET", "/")
            await http.close()
            assert (target.connections, len(target.heard)) == (1, 5)

    asyncio.run(play())


def test_that_what_is_sent_is_plain_and_asks_for_no_encoding() -> None:
    async def play() -> bytes:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url)
            await http.request("POST", "/a b?c#d", query=[("q", "a&b=c #")], json={"é": [1, None]})
            await http.close()
            return target.heard[0]

    heard = asyncio.run(play())
    line, _, rest = heard.partition(b"\r\n")
    assert line == b"POST /a%20b%3Fc%23d?q=a%26b%3Dc%20%23 HTTP/1.1"
    assert b"accept-encoding: identity" in rest.lower()
    assert json.loads(heard.rpartition(b"\r\n\r\n")[2]) == {"é": [1, None]}


@pytest.mark.parametrize("path", ["x", "//evil/../..", "/a/../b", "/./x", "http://evil/"])
def test_that_a_path_never_leaves_the_base(path: str) -> None:
    with pytest.raises(QuestionRefused):
        _get(OK, path)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://x", "x", "http://", "http://u:p@h", "http://h/?q", "http://h/#f"),
        *("http://h:99999", "http://h\\x", "file:///etc", "http://h /", "http://[::1"),
    ],
)
def test_that_an_address_that_is_more_or_less_than_a_place_is_a_persons_move(url: str) -> None:
    with pytest.raises(PersonMustAct):
        GuardedHttp(url)


def test_that_a_system_without_an_address_refuses_every_request() -> None:
    async def play() -> None:
        with pytest.raises(PersonMustAct, match="no address"):
            await GuardedHttp("").request("GET", "/")

    asyncio.run(play())


def server_tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


@pytest.mark.parametrize(
    ("name", "trusted", "good"),
    [("127.0.0.1", True, True), ("127.0.0.1", False, False), ("example.org", True, False)],
    ids=["trusted", "unknown authority", "another name"],
)
def test_that_tls_is_verified_against_authority_and_name(
    name: str, trusted: bool, good: bool
) -> None:
    authority = trustme.CA()

    def trusting() -> ssl.SSLContext:
        context = ssl.create_default_context()
        if trusted:
            authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
        return context

    async def play() -> None:
        async with raw(OK, server_tls(authority, name)) as (_, url):
            http = GuardedHttp(url, tls=trusting)
            if good:
                assert (await http.request("GET", "/")).status == 200
            else:
                with pytest.raises(Unreachable):
                    await http.request("GET", "/")
            await http.close()

    asyncio.run(play())


def test_that_by_default_only_the_operating_systems_authorities_are_trusted() -> None:
    async def play() -> None:
        async with raw(OK, server_tls(trustme.CA(), "127.0.0.1")) as (_, url):
            http = GuardedHttp(url)
            with pytest.raises(Unreachable):
                await http.request("GET", "/")
            await http.close()

    asyncio.run(play())


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_that_a_proxy_of_the_environment_is_ignored(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert _get(OK).status == 200
