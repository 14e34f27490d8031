"""The requests to the REST 2.0 API of Request Tracker; what the answers mean is in ``parse``."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.errors import BadAnswer
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.request_tracker.config import BASIC
from relconsole_plugins.request_tracker.parse import Transaction, read_transactions

_BELOW: Final = "/REST/2.0"
_FIELDS: Final = "Type,Creator,Created,Field,OldValue,NewValue,Data,ObjectId"
PAGE: Final = 100
"""The most that RT gives at once."""

_MOST_PAGES: Final = 100


class Tracker:
    """The REST 2.0 API of a Request Tracker."""

    def __init__(self, http: Http, secret: Secret | None, sign_in: str) -> None:
        """Keep the way to it and the credential; ``sign_in`` tells how it is sent."""
        self._http = http
        self._secret = secret
        self._sign_in = sign_in

    async def version(self) -> Answer:
        """Give what the server is."""
        return await self._ask("GET", "/rt")

    async def queue(self, queue: str) -> Answer:
        """Give a queue by its name or number."""
        return await self._ask("GET", f"/queue/{quote(queue, safe='')}")

    async def ticket(self, ticket: int) -> Answer:
        """Give a ticket; its ETag is the number of its last transaction."""
        return await self._ask("GET", f"/ticket/{ticket}")

    async def history(self, ticket: int) -> tuple[Transaction, ...]:
        """Give what happened to a ticket in order, as far as the account may see it.

        RT tells no total to an ordinary account and leaves out what it may not see, so that a page
        may be short before the last: it is asked until a page is empty.
        """
        found: list[Transaction] = []
        for page in range(1, _MOST_PAGES + 1):
            query = (
                ("fields", _FIELDS),
                ("orderby", "id"),
                ("per_page", str(PAGE)),
                ("page", str(page)),
            )
            answer = await self._ask("GET", f"/ticket/{ticket}/history", *query)
            items = read_transactions(answer)
            if not items:
                return tuple(found)
            found += items
        raise BadAnswer(f"ticket {ticket} has more than {PAGE * _MOST_PAGES} transactions")

    async def tickets(self, numbers: Sequence[int]) -> Answer:
        """Give what tickets say of themselves, as far as the account may see them."""
        # RT looks for tickets of Type ticket alone where no Type is asked for.
        types = " OR ".join(f"Type = '{kind}'" for kind in ("ticket", "approval", "reminder"))
        asked = f"({_one_of(numbers)}) AND ({types})"
        return await self._search("/tickets", asked, "Subject,Status")

    async def assets(self, numbers: Sequence[int]) -> Answer:
        """Give what assets say of themselves, as far as the account may see them."""
        return await self._search("/assets", _one_of(numbers), "Name,Status")

    async def catalog(self, catalog: str) -> Answer:
        """Give a catalog by its name or number."""
        return await self._ask("GET", f"/catalog/{quote(catalog, safe='')}")

    async def assets_after(self, catalog: str, number: int) -> Answer:
        """Give the next assets of a catalog after one's number: none is left out while some go.

        The name is free of quotes and brackets.
        """
        asked = f"Catalog = '{catalog}' AND id > {number}"
        return await self._search("/assets", asked, "Name,Status,Owner,CustomFields,_hyperlinks")

    async def comments_named(self, queue: str, words: str) -> tuple[Transaction, ...]:
        """Give the comments in a queue whose subject holds the words.

        Both are free of quotes and brackets. A queue that is not there gives none.
        """
        asked = (
            f"TicketQueue = '{queue}' AND ObjectType = 'RT::Ticket' AND Type = 'Comment'"
            f" AND Subject LIKE '{words}'"
        )
        query = (("query", asked), ("fields", _FIELDS), ("per_page", str(PAGE)))
        return read_transactions(await self._ask("GET", "/transactions", *query))

    async def comment(self, ticket: int, subject: str, text: str) -> Answer:
        """Write a comment; RT takes no If-Match here and answers 412 to any."""
        body: dict[str, Json] = {"Subject": subject, "Content": text, "ContentType": "text/plain"}
        return await self._ask("POST", f"/ticket/{ticket}/comment", json=body)

    async def set_status(self, ticket: int, status: str, etag: str) -> Answer:
        """Change the status where nothing has happened since ``etag``; 412 where something has."""
        return await self._ask(
            "PUT", f"/ticket/{ticket}", json={"Status": status}, headers={"if-match": etag}
        )

    async def _search(self, path: str, asked: str, fields: str) -> Answer:
        """Give the first page of what a query finds, in the order of its numbers."""
        paging = (("per_page", str(PAGE)), ("orderby", "id"))
        return await self._ask("GET", path, ("query", asked), ("fields", fields), *paging)

    async def _ask(
        self,
        method: str,
        path: str,
        *query: tuple[str, str],
        json: Json = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {**(headers or {}), **self._credential()}
        return await self._http.request(
            method, f"{_BELOW}{path}", query=query, json=json, headers=sent
        )

    def _credential(self) -> dict[str, str]:
        """Give the header that signs in; RT knows a token by a word of its own, never Bearer."""
        if self._secret is None:
            return {}
        secret = self._secret.reveal()
        if self._sign_in == BASIC:
            return {"authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
        return {"authorization": f"token {secret}"}


def _one_of(numbers: Sequence[int]) -> str:
    """Give the query for what has one of these numbers."""
    return " OR ".join(f"id = {number}" for number in numbers)
