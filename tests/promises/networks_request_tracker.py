"""Request Tracker as P13 asks it: a linked change, a catalog, and another account of both."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import EffectRequest
from relconsole.plugin_api.http import Http
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.plugins.request_tracker.servers import Tracker
from tests.plugins.serving import Asked, Said, as_json
from tests.promises.networks import Networked, Verb

NOW: Final = datetime(2026, 4, 21, 1, 30, tzinfo=UTC)
_SETTINGS: Final[dict[str, Json]] = {
    "queue": "Changes",
    "lifecycle": "change",
    "approval_queue": "___Approvals",
    "digest_field": "",
    "sign_in": "basic",
    "catalog": "Services",
    "service_field": "Service",
    "version_field": "Version",
    "in_use": ["in-use"],
}
_COMMENT: Final = EffectRequest(
    id=EffectId("e1"), kind=CHANGE_COMMENT, payload={"change": "1", "text": "checks are green"}
)
_MOVE: Final = EffectRequest(
    id=EffectId("e2"), kind=CHANGE_TRANSITION, payload={"change": "1", "state": "assess"}
)


def _right() -> Tracker:
    return _linked(Tracker(), "Ledger", "2.31")


def _wrong() -> Tracker:
    tracker = _linked(Tracker(), "Wrong too", "9.9")
    tracker.tickets[1] |= {"Subject": "Wrong", "Status": "closed"}
    return tracker


def _linked(tracker: Tracker, title: str, version: str) -> Tracker:
    """Give a change with a link to a ticket and one to an asset that needs another."""
    change, other = tracker.add(), tracker.add()
    tracker.tickets[other]["Subject"] = title
    api = tracker.add_asset("payments-api", version, tracker.add_asset("ledger-db", "14"))
    tracker.link(change, "refers-to", type="ticket", id=str(other))
    tracker.link(change, "refers-to", type="asset", id=str(api))
    return tracker


def _mixed(asked: Asked) -> Said:
    """Give an answer to another question: a page for one thing, one thing for a page."""
    is_page = asked.path.endswith(("/history", "/transactions", "/tickets", "/assets"))
    return as_json({"id": 7, "Name": "Other"} if is_page else {"count": 0, "items": []})


def _made(url: str, http: Http) -> Plugin:
    del url  # it would stand in every change
    return Plugin(
        Context(
            system=SystemId("itsm"),
            url="https://rt.example.org",
            settings=_SETTINGS,
            folder="/nowhere",
            secret=Secret("console:secret"),
            http=http,
            now=lambda: NOW,
        )
    )


REQUEST_TRACKER: Final = Networked(
    name="request_tracker",
    make=_made,
    right=_right,
    wrong=_wrong,
    mixed=_mixed,
    untouched=lambda it: not it.comments("e1") and it.tickets[1]["Status"] == "new",
    verbs=(
        Verb(name="check", ask=lambda it: it.check()),
        Verb(name="read", ask=lambda it: it.read_change("1")),
        Verb(name="items", ask=lambda it: it.configuration_items()),
        Verb(
            name="comment",
            ask=lambda it: it.perform(_COMMENT),
            done=lambda it: it.comments("e1") > 0,
        ),
        Verb(
            name="move",
            ask=lambda it: it.perform(_MOVE),
            done=lambda it: it.tickets[1]["Status"] == "assess",
        ),
        Verb(name="find none", ask=lambda it: it.find(CHANGE_COMMENT, EffectId("e7"))),
        Verb(name="follow", ask=lambda it: it.follow(CHANGE_TRANSITION, "1#e2")),
    ),
)
