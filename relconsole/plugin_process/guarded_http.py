"""The only HTTP client: bounded in time and bytes, bound to one origin, refusing redirects.

Named time-outs bound each step and a total deadline the whole, since a slow drip of bytes outlives
every time-out of a single read. No content encoding is asked for and none accepted, so the cap on
bytes is a cap on what is decoded too. Proxies and netrc of the environment are ignored.
"""

from __future__ import annotations

import asyncio
import base64
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

if TYPE_CHECKING:
    import ssl

    import httpx

TOTAL: Final = 20.0
"""Seconds for one request from first byte out to last byte in; a call's deadline may be shorter."""

MOST_BYTES: Final = 16 << 20
_CONNECT, _READ, _WRITE, _POOL = 5.0, 10.0, 10.0, 5.0
_CONNECTIONS: Final = 8
_KEPT_ALIVE: Final = 30.0
_REDIRECTS: Final = frozenset({301, 302, 303, 305, 306, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")

Origin = tuple[str, str, int]


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
    ) -> None:
        """Keep where it leads; PersonMustAct for an address that is none.

        An empty address makes a client that refuses every request.
        """
        self._base = _split(url) if url else None
        self._secret = secret
        self._credential = credential
        self._tls = tls
        self._total = total
        self._most_bytes = most_bytes
        self._client: httpx.AsyncClient | None = None
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
        if self._withheld is not None:
            secret = self._withheld.reveal()
            if any(secret in text for text in (url, *sent.values())) or secret.encode() in (
                body or b""
            ):
                raise QuestionRefused(f"{asked}: the credential belongs to another address.")
        try:
            async with asyncio.timeout(self._total):
                return await self._send(method, url, self._headers(sent), body, asked)
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
            tls=self._tls,
            total=self._total,
            most_bytes=self._most_bytes,
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
        """Close every connection."""
        for other in self._others.values():
            await other.close()
        if self._client is not None:
            await self._client.aclose()

    async def _send(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, asked: str
    ) -> Answer:
        import httpx

        if self._client is None:
            self._client = self._open()
        try:
            async with self._client.stream(method, url, headers=headers, content=body) as answer:
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

    def _open(self) -> httpx.AsyncClient:
        import httpx

        secure = self._base is not None and self._base.scheme == "https"
        return httpx.AsyncClient(
            # Without TLS nothing is verified, and a context takes longer to make than a call.
            verify=self._tls() if secure else False,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(connect=_CONNECT, read=_READ, write=_WRITE, pool=_POOL),
            limits=httpx.Limits(
                max_connections=_CONNECTIONS,
                max_keepalive_connections=_CONNECTIONS,
                keepalive_expiry=_KEPT_ALIVE,
            ),
        )

    def _headers(self, sent: dict[str, str]) -> dict[str, str]:
        """Give the headers to send; QuestionRefused for one that would break out of its line."""
        for name, value in sent.items():
            if not name or not set(name) <= _TOKEN or not value.isprintable():
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
        return full

    def _url(self, path: str, query: Sequence[tuple[str, str]]) -> str:
        """Give the whole address; it is always below the base, whatever the path holds."""
        if self._base is None:
            raise PersonMustAct("This system has no address.", do="Write its url.")
        if not path.startswith("/") or any(part in (".", "..") for part in path.split("/")):
            raise QuestionRefused(f"{path[:80]!r} is no path below the system's address.")
        # What the plugin has quoted stays; whatever else is not plain is quoted, "?" and "#" too.
        below = quote(path, safe="/%:@!$&'()*+,;=-._~")
        asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
        base = f"{self._base.scheme}://{self._base.netloc}{self._base.path.rstrip('/')}"
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


def _mapped(foreign: Exception, asked: str) -> WorldIsDown:
    """Give our error for one of the HTTP library: the one table."""
    import httpx

    said = f"{asked}: {type(foreign).__name__}" + (f": {foreign}" if str(foreign) else "")
    match foreign:
        case httpx.RemoteProtocolError() | httpx.DecodingError() | httpx.StreamError():
            return BadAnswer(said)
        case httpx.TransportError():
            return Unreachable(said)
        case _:
            return BadAnswer(said)
