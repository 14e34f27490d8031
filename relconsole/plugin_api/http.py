"""HTTP as a plugin sees it: a Protocol and a frozen answer.

The client behind it belongs to the process that runs the plugin: it refuses redirects, sends the
credential to one origin only, and bounds time and bytes. No HTTP library is named here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol, TypeVar

import msgspec

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.errors import BadAnswer, Busy, CredentialRefused

Form = TypeVar("Form")
LONGEST_WAIT: Final = 900.0
"""Seconds; a target that asks for more is asked again after this."""

_EXCERPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a target; header names are in lower case; ``asked`` is method and path."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: str = ""

    def json(self) -> Json:
        """Give the body as JSON; BadAnswer for anything that is not strictly JSON, NaN included."""
        return self._decode(object)  # type: ignore[return-value]  # untyped JSON is exactly Json

    def read(self, form: type[Form]) -> Form:
        """Give the body in the form of a msgspec type; BadAnswer where it is not of that form."""
        return self._decode(form)

    def _decode(self, form: type[Form]) -> Form:
        try:
            return msgspec.json.decode(self.body, type=form)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
            raise BadAnswer(f"{self.asked}: no such form of JSON: {wrong}") from wrong

    def excerpt(self) -> str:
        """Give the beginning of the body as one line of printable text, for a message."""
        text = self.body[: 4 * _EXCERPT].decode("utf-8", "replace")
        shown = "".join(sign if sign.isprintable() else " " for sign in text)
        return " ".join(shown.split())[:_EXCERPT]

    def require(self, *statuses: int) -> Answer:
        """Give the answer itself where its status is one of these, else raise what it means.

        CredentialRefused for 401 and 403, Busy for 429 and 503, BadAnswer for any other.
        """
        if self.status in statuses:
            return self
        said = f"{self.asked} was answered {self.status}"
        if self.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise CredentialRefused(
                f"{said}.", do="Check the credential of this system and what it may do."
            )
        if self.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            raise Busy(f"{said}: {self.excerpt()}", retry_after=self.retry_after())
        raise BadAnswer(f"{said}: {self.excerpt()}")

    def retry_after(self) -> float | None:
        """Give the seconds that the target asked us to wait, at most 15 minutes.

        None where it did not say, or said it as a date: two clocks would have to agree.
        """
        written = self.headers.get("retry-after", "")
        if not written.isascii() or not written.isdigit():
            return None
        return min(float(written), LONGEST_WAIT)


class Http(Protocol):
    """A client bound to one base address."""

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
        """Give the answer, whatever its status; ``path`` begins with a slash, below the base.

        ``json`` None sends no body. Raises Unreachable and BadAnswer; a redirect is Redirected, a
        BadAnswer that holds the headers.
        """
        ...

    def elsewhere(self, url: str) -> Http:
        """Give a client for another base address; the credential stays with its own origin."""
        ...
