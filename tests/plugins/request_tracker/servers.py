"""A small server that keeps tickets and answers as the recorded one did.

It stands in where a test needs state without a foreign server. It knows one queue of changes and
takes every move but those out of ``closed``; its assets stand in one catalog.
"""

import json
import re
from typing import Any

from tests.plugins.serving import Asked, Said, as_json

CHANGES, APPROVALS = 3, 2


class Tracker:
    """Tickets with their history, numbered over all of them."""

    def __init__(self) -> None:
        self.tickets: dict[int, dict[str, Any]] = {}
        self.histories: dict[int, list[dict[str, Any]]] = {}
        self.assets: dict[int, dict[str, Any]] = {}
        self._transactions = 40

    def add(self, status: str = "new") -> int:
        """Keep a ticket of tomas, and give its number."""
        number = len(self.tickets) + 1
        self.tickets[number] = {
            "id": number,
            "Type": "ticket",
            "Status": status,
            "Subject": "Cutover",
            "Queue": {"id": str(CHANGES), "type": "queue"},
            "Creator": {"id": "tomas", "type": "user"},
            "Requestor": [{"id": "tomas", "type": "user"}],
            "CustomFields": [],
            "_hyperlinks": [{"ref": "self", "type": "ticket", "id": number}],
        }
        self.histories[number] = []
        self.happened(number, "Create", "tomas")
        return number

    def add_asset(self, name: str, version: str, *needs: int, status: str = "in-use") -> int:
        """Keep an asset that needs others, and give its number."""
        number = len(self.assets) + 1
        fields = {"Service": name, "Version": version}
        links = [{"ref": "depends-on", "type": "asset", "id": str(need)} for need in needs]
        self.assets[number] = {
            "id": str(number),
            "type": "asset",
            "Name": name,
            "Status": status,
            "Owner": {"id": "Nobody", "type": "user"},
            "CustomFields": [
                {"id": str(at), "name": field, "values": [value] if value else []}
                for at, (field, value) in enumerate(fields.items(), 3)
            ],
            "_hyperlinks": [{"ref": "self", "type": "asset", "id": number}, *links],
        }
        return number

    def link(self, ticket: int, ref: str, **other: object) -> None:
        """Link a ticket with something."""
        self.tickets[ticket]["_hyperlinks"].append({"ref": ref, **other})

    def comments(self, words: str) -> int:
        """How many comments hold these words in their subject."""
        return sum(words in one["Data"] for history in self.histories.values() for one in history)

    def answer(self, asked: Asked) -> Said:
        match asked.method, asked.path.removeprefix("/REST/2.0/").split("/"):
            case "GET", ["rt"]:
                return as_json({"Version": "5.0.3"})
            case "GET", ["queue", "Changes"]:
                return as_json({"id": CHANGES, "Name": "Changes", "Lifecycle": "change"})
            case "GET", ["queue", "___Approvals"]:
                return as_json({"id": APPROVALS, "Name": "___Approvals", "Lifecycle": "approvals"})
            case "GET", ["ticket", number] if int(number) in self.tickets:
                said = as_json(self.tickets[int(number)])
                return Said(body=said.body, headers={**said.headers, "etag": self._etag(number)})
            case "GET", ["ticket", number, "history"]:
                return self._page(asked, self.histories.get(int(number), []))
            case "GET", ["transactions"]:
                return self._page(asked, self._searched(asked.query["query"]))
            case "GET", ["tickets"]:
                return self._page(asked, self._chosen(asked, self.tickets))
            case "GET", ["assets"]:
                return self._page(asked, self._chosen(asked, self.assets))
            case "GET", ["catalog", "Services"]:
                return as_json({"id": 2, "Name": "Services", "Lifecycle": "assets"})
            case "POST", ["ticket", number, "comment"] if int(number) in self.tickets:
                subject = json.loads(asked.body)["Subject"]
                self.happened(int(number), "Comment", "console", Data=f"{subject}\n")
                return as_json(["Comments added"], 201)
            case "PUT", ["ticket", number] if int(number) in self.tickets:
                return self._move(asked, int(number))
            case _:
                return as_json({"message": "Not Found"}, 404)

    def _etag(self, number: int | str) -> str:
        return f'"{self.histories[int(number)][-1]["id"]}"'

    def _move(self, asked: Asked, number: int) -> Said:
        if asked.headers.get("if-match", self._etag(number)) != self._etag(number):
            return as_json({"message": "Precondition Failed"}, 412)
        old, new = self.tickets[number]["Status"], json.loads(asked.body)["Status"]
        if old == "closed":
            return as_json([f"Ticket {number}: You can't change status from '{old}' to '{new}'."])
        self.tickets[number]["Status"] = new
        states = {"OldValue": old, "NewValue": new}
        self.happened(number, "Status", "console", Field="Status", **states)
        return as_json([f"Ticket {number}: Status changed from '{old}' to '{new}'"])

    def _searched(self, query: str) -> list[dict[str, Any]]:
        found = re.fullmatch(
            r"TicketQueue = 'Changes' AND ObjectType = 'RT::Ticket' AND Type = 'Comment'"
            r" AND Subject LIKE '(.+)'",
            query,
        )
        assert found is not None, query
        all_of_them = (one for history in self.histories.values() for one in history)
        return [
            one for one in all_of_them if one["Type"] == "Comment" and found.group(1) in one["Data"]
        ]

    def _chosen(self, asked: Asked, known: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        """Give the fields that were asked for of the records that a query names by number."""
        query, fields = asked.query["query"], ("id", *asked.query["fields"].split(","))
        after = re.fullmatch(r"Catalog = 'Services' AND id > (\d+)", query)
        if after is None:
            numbers = {int(number) for number in re.findall(r"\bid = (\d+)", query)}
            chosen = [one for number, one in known.items() if number in numbers]
        else:
            chosen = [one for number, one in known.items() if number > int(after.group(1))]
        return [{name: one[name] for name in fields} for one in chosen]

    def _page(self, asked: Asked, items: list[dict[str, Any]]) -> Said:
        """Give a page; an ordinary account is told no total."""
        size, page = int(asked.query["per_page"]), int(asked.query.get("page", "1"))
        shown = items[(page - 1) * size : page * size]
        counts = {"count": len(shown), "per_page": size, "page": page}
        return as_json({**counts, "total": None, "pages": None, "items": shown})

    def happened(self, number: int, kind: str, who: str, **more: str) -> None:
        """Add to a ticket's history."""
        self._transactions += 1
        nothing = {"Field": "", "OldValue": "", "NewValue": "", "Data": ""}
        self.histories[number].append(
            {
                **nothing,
                **more,
                "id": str(self._transactions),
                "type": "transaction",
                "Type": kind,
                "Creator": {"id": who, "type": "user"},
                "Created": "2026-11-20T11:39:32Z",
                "ObjectId": str(number),
            }
        )
