"""The only HTTP client: bounded in time and bytes, bound to one origin, refusing redirects.

Named time-outs bound each step and a total deadline the whole, since a slow drip of bytes outlives
every time-out of a single read. The deadline begins with a place among the connections of the
origin, so no slow neighbour in front fails a request; the call's own deadline bounds its waiting.
No content encoding is asked for and none accepted, so the cap on bytes is a cap on what is decoded
too. Proxies and netrc of the environment are ignored.
"""

from __future__ import annotations

import asyncio
import base64
import functools
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import SplitResult, quote, urlsplit

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.errors import BadAnswer, QuestionRefused, Redirected, Unreachable
from relconsole.plugin_api.frames import plain
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.manifest import Credential
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.connections import Early, Origin, Origins

if TYPE_CHECKING:
    import ssl

    import httpx

TOTAL: Final = 20.0
"""Seconds for one request from first byte out to last byte in; a call's deadline may be shorter.

Waiting for a place among the connections is not in it, and in the call's deadline.
"""

MOST_BYTES: Final = 16 << 20
_CONNECT, _READ, _WRITE, _POOL = 5.0, 10.0, 10.0, 5.0
_ADDRESSES: Final = 256
"""Parsed addresses that are kept: what is polled is asked for again and again."""

_REDIRECTS: Final = frozenset({301, 302, 303, 305, 306, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}
_OURS: Final = frozenset(
    {"connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade"}
)
"""Headers that say how a request travels, and where; a plugin gives none of them."""

_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


def default_tls() -> ssl.SSLContext:
    """Give a context that trusts what the operating system trusts, TLS 1.2 and newer."""
    import ssl

    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class GuardedHttp:
    """A client bound to one base address; made cheaply, connected at the first request."""

    def __init__(
        self,
        url: str,
        *,
        secret: Secret | None = None,
        credential: Credential = Credential.NONE,
        tls: Callable[[], ssl.SSLContext] = default_tls,
        total: float = TOTAL,
        most_bytes: int = MOST_BYTES,
        origins: Origins | None = None,
    ) -> None:
        """Keep where it leads; PersonMustAct for an address that is none.

        An empty address makes a client that refuses every request. ``origins`` are the connections
        that it shares with others, which then have their context of TLS already.
        """
        self._base = _split(url) if url else None
        self._secret = secret
        self._credential = credential
        self._origins = origins or Origins(tls)
        self._total = total
        self._most_bytes = most_bytes
        self._others: dict[Origin, GuardedHttp] = {}
        self._withheld: Secret | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        json: Json = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Give the answer, whatever its status; raises Unreachable and BadAnswer."""
        url = self._url(path, query)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if json is not None:
            body = msgspec.json.encode(json, enc_hook=plain)
            sent["content-type"] = "application/json"
        asked = f"{method} {path}"
        full = self._headers(sent)
        if self._withheld is not None:
            secret = self._withheld.reveal()
            if any(secret in text for text in (url, *sent.values())) or secret.encode() in (
                body or b""
            ):
                raise QuestionRefused(f"{asked}: the credential belongs to another address.")
        async with self._origins.at(_origin(self._place())).place() as transport:
            try:
                async with asyncio.timeout(self._total):
                    return await self._send(transport, method, url, full, body, asked)
            except TimeoutError as late:
                raise Unreachable(f"{asked}: no whole answer within {self._total:g} s") from late

    def elsewhere(self, url: str) -> GuardedHttp:
        """Give a client for another base address, without the credential unless its origin is ours.

        One client an origin: asked again, the same connections are used.
        """
        split = _split(url)
        ours = self._base is not None and _origin(split) == _origin(self._base)
        key = _origin(split)
        known = self._others.get(key)
        if known is not None and known.leads_to(split):
            return known
        made = GuardedHttp(
            url,
            secret=self._secret if ours else None,
            credential=self._credential if ours else Credential.NONE,
            total=self._total,
            most_bytes=self._most_bytes,
            origins=self._origins,
        )
        made.withhold(None if ours else self._secret)
        self._others[key] = made
        return made

    def withhold(self, secret: Secret | None) -> None:
        """Refuse every request that holds this secret: it belongs to another origin."""
        self._withheld = secret

    def leads_to(self, split: SplitResult) -> bool:
        """Tell whether this client's base is exactly that address."""
        return self._base == split

    async def close(self) -> None:
        """Close every connection, of the clients for elsewhere too."""
        await self._origins.close()

    async def _send(
        self,
        transport: httpx.AsyncHTTPTransport,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        asked: str,
    ) -> Answer:
        import httpx

        try:
            early = Early()
            steps = {"timeout": _timeouts(), "trace": early}
            request = httpx.Request(
                method, _parsed(url), headers=headers, content=body, extensions=steps
            )
            async with aclosing(await transport.handle_async_request(request)) as answer:
                if early.is_early:
                    raise BadAnswer(f"{asked}: the question before was answered twice")
                self._refuse(answer, asked)
                return Answer(
                    status=answer.status_code,
                    headers=dict(answer.headers.items()),
                    body=await self._body(answer, asked),
                    asked=asked,
                )
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as foreign:
            raise _mapped(foreign, asked) from foreign

    async def _body(self, answer: httpx.Response, asked: str) -> bytes:
        """Give the whole body; BadAnswer as soon as it is longer than the cap."""
        received = bytearray()
        # Closed here, since one that is left half read is closed by a task that nobody owns.
        raw = cast("AsyncGenerator[bytes]", answer.aiter_raw())
        async with aclosing(raw) as chunks:
            async for chunk in chunks:
                received += chunk
                if len(received) > self._most_bytes:
                    raise BadAnswer(f"{asked}: more than {self._most_bytes} bytes")
        return bytes(received)

    def _refuse(self, answer: httpx.Response, asked: str) -> None:
        """Raise BadAnswer or Redirected for what is refused before a byte of the body is read."""
        if answer.status_code in _REDIRECTS:
            where = answer.headers.get("location", "")[:200]
            raise Redirected(
                f"{asked} is redirected to {where!r}; redirects are not followed",
                headers=dict(answer.headers.items()),
            )
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            raise BadAnswer(f"{asked}: encoded as {encoding[:40]!r}, which was not asked for")

    def _headers(self, sent: dict[str, str]) -> dict[str, str]:
        """Give the headers to send; QuestionRefused for one that would break out of its line."""
        for name in sent:
            if not name or not set(name) <= _TOKEN or name in _OURS:
                raise QuestionRefused(f"The header {name!r} cannot be sent.")
        full = {"accept": "application/json", **sent, "accept-encoding": "identity"}
        full["user-agent"] = "relconsole"
        if self._secret is not None:
            match self._credential:
                case Credential.BEARER:
                    full["authorization"] = f"Bearer {self._secret.reveal()}"
                case Credential.BASIC:
                    pair = base64.b64encode(self._secret.reveal().encode()).decode()
                    full["authorization"] = f"Basic {pair}"
                case Credential.NONE:
                    pass
        for name, value in full.items():
            if not (value.isascii() and value.isprintable()) or value != value.strip():
                raise QuestionRefused(f"The header {name!r} cannot be sent.")
        return full

    def _place(self) -> SplitResult:
        """Give the base address; PersonMustAct where there is none."""
        if self._base is None:
            raise PersonMustAct("This system has no address.", do="Write its url.")
        return self._base

    def _url(self, path: str, query: Sequence[tuple[str, str]]) -> str:
        """Give the whole address; it is always below the base, whatever the path holds."""
        place = self._place()
        if not path.startswith("/") or any(part in (".", "..") for part in path.split("/")):
            raise QuestionRefused(f"{path[:80]!r} is no path below the system's address.")
        # What the plugin has quoted stays; whatever else is not plain is quoted, "?" and "#" too.
        below = quote(path, safe="/%:@!$&'()*+,;=-._~")
        asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
        base = f"{place.scheme}://{place.netloc}{place.path.rstrip('/')}"
        return f"{base}{below}{'?' if asked else ''}{asked}"


def _split(url: str) -> SplitResult:
    """Give the parts of a base address; PersonMustAct where it is none."""
    do = "Write it as http://host:port/path or https://host/path, without user, query or fragment."
    try:
        split = urlsplit(url)
        _origin(split)
    except ValueError as wrong:
        raise PersonMustAct(f"{url[:200]!r} is no address.", do=do) from wrong
    plain_text = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if split.username is not None or split.query or split.fragment or not plain_text:
        raise PersonMustAct(f"The address of {split.hostname} holds more than a place.", do=do)
    return split


def _origin(split: SplitResult) -> Origin:
    """Give scheme, host and port; ValueError where one is missing or unknown."""
    port = split.port or _PORTS.get(split.scheme)
    if port is None or not split.hostname:
        raise ValueError("neither http nor https, or no host")
    return split.scheme, split.hostname, port


@functools.lru_cache(_ADDRESSES)
def _parsed(url: str) -> httpx.URL:
    """Give an address as the HTTP library has it."""
    import httpx

    return httpx.URL(url)


@functools.cache
def _timeouts() -> dict[str, float | None]:
    """Give the time-outs of the single steps, as the HTTP library takes them with a request."""
    import httpx

    return httpx.Timeout(connect=_CONNECT, read=_READ, write=_WRITE, pool=_POOL).as_dict()


def _mapped(foreign: Exception, asked: str) -> WorldIsDown | PersonMustAct:
    """Give our error for one of the HTTP library: the one table."""
    import httpx

    said = f"{asked}: {type(foreign).__name__}" + (f": {foreign}" if str(foreign) else "")
    match foreign:
        case httpx.LocalProtocolError():
            # Its own words would repeat what was to be sent.
            return QuestionRefused(f"{asked} cannot be sent as HTTP.")
        case httpx.RemoteProtocolError() | httpx.DecodingError() | httpx.StreamError():
            return BadAnswer(said)
        case httpx.TransportError():
            return Unreachable(said)
        case _:
            return BadAnswer(said)
