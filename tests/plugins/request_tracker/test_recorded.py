"""What a real server answered is read whole, and the plugin asks it exactly what was recorded."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer, CredentialRefused, QuestionRefused
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION, ChangeRecord
from relconsole.plugin_api.secret import Secret
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.approvals import requester_of
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.plugins.request_tracker.recordings import BY_HAND, SCENES, Exchange, Replay

Given = TypeVar("Given")
NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CHANGE: Final = "6"
"""The ticket that the scenes of effects are about."""


def _replayed(
    scene: str | list[Exchange], call: Callable[[Plugin], Awaitable[Given]], **settings: Json
) -> Given:
    """Give the answer of a call, which has asked all that the scene holds and nothing else."""
    replay = Replay(SCENES[scene] if isinstance(scene, str) else scene)
    defaults: dict[str, Json] = {"queue": "Changes", "lifecycle": "change", "sign_in": "basic"}
    context = Context(
        system=SystemId("itsm"),
        url="https://rt.example.org",
        settings={
            **defaults,
            "approval_queue": "___Approvals",
            "digest_field": "Plan digest",
            **settings,
        },
        folder="/nowhere",
        secret=Secret("console:secret"),
        http=replay,
        now=lambda: NOW,
    )

    async def play() -> Given:
        return await call(Plugin(context))

    given = asyncio.run(play())
    assert len(replay.done) == len(replay.scene)
    return given


def _request(effect: str, kind: str, **payload: Json) -> EffectRequest:
    return EffectRequest(
        id=EffectId(effect),
        kind=kind,
        payload={"change": CHANGE, **payload},
        release=ReleaseId("payments-2026.4"),
        step=StepId("migrate"),
        person=PersonId("mara"),
        second_person=PersonId("ilka"),
    )


COMMENT: Final = _request("e1", CHANGE_COMMENT, text="checks are green")


def _moved(effect: str, state: str) -> EffectRequest:
    return _request(effect, CHANGE_TRANSITION, state=state)


def test_that_the_server_and_its_queue_are_named() -> None:
    said = _replayed("check", lambda it: it.check())
    assert said == "Request Tracker 5.0.3+dfsg-3~deb12u6, queue Changes, lifecycle change"


def test_that_a_wrong_password_is_refused() -> None:
    with pytest.raises(CredentialRefused):
        _replayed("wrong password", lambda it: it.check())


def test_that_a_missing_queue_is_named() -> None:
    with pytest.raises(QuestionRefused, match="no queue Cutovers"):
        _replayed("missing queue", lambda it: it.check(), queue="Cutovers")


def test_that_who_resolved_the_last_approval_approved_the_change() -> None:
    assert _replayed("approved", lambda it: it.read_change("1")) == ChangeRecord(
        id="1",
        title="Cutover",
        state="scheduled",
        requester="tomas",
        approver="ilka",
        approved_at=datetime(2026, 11, 20, 11, 56, 23, tzinfo=UTC),
        approved_digest="sha256:aa",
        url="https://rt.example.org/Ticket/Display.html?id=1",
    )


@pytest.mark.parametrize(
    ("scene", "change", "state"),
    [
        ("one approval open", "1", "authorize"),
        ("digest changed later", "1", "scheduled"),
        ("rejected", "4", "scheduled"),
    ],
)
def test_that_nothing_less_approves_it(scene: str, change: str, state: str) -> None:
    record = _replayed(scene, lambda it: it.read_change(change))
    assert record is not None
    assert (record.state, record.requester) == (state, "tomas")
    assert (record.approver, record.approved_at, record.approved_digest) == (None, None, None)


def test_that_an_approval_that_rt_resolved_itself_is_nobodys() -> None:
    scene = [
        replace(one, body=one.body.replace('"ilka"', '"RT_System"')) for one in SCENES["approved"]
    ]
    # Neither the other approval nor the history of the change is asked for then.
    record = _replayed(scene[:-4], lambda it: it.read_change("1"))
    assert record is not None
    assert (record.approver, record.approved_at) == (None, None)


def test_that_the_requestor_who_approved_is_not_hidden_by_another() -> None:
    person = '"id" : "tomas"'
    first = SCENES["approved"][0]
    assert person in first.body
    ticket = parse.read_ticket(first.answer())
    assert ticket is not None
    several = replace(ticket, requestors=("tomas", "ilka"))
    nobody = replace(ticket, requestors=(), creator="mara")
    histories = [
        parse.read_transactions(one.answer())
        for one in SCENES["approved"]
        if one.path.endswith("/history")
    ]
    resolved = next(
        move
        for history in histories
        if (move := parse.last_move(history)) is not None and move.creator == "ilka"
    )
    assert requester_of(several, resolved) == "ilka"
    assert requester_of(several, None) == "tomas"
    assert requester_of(nobody, resolved) == "mara"


def test_that_there_is_no_change_of_an_unknown_number() -> None:
    assert _replayed("no such ticket", lambda it: it.read_change("9999")) is None
    assert _replayed([], lambda it: it.read_change("CHG-1")) is None


def test_that_a_change_is_told_with_its_links_and_without_its_approval() -> None:
    record = _replayed("linked", lambda it: it.read_change("1"))
    assert record is not None
    assert (record.approver, record.approved_at) == (None, None)
    wiki, page = "https://wiki.example.org/cutover?page=1", "https://rt.example.org"
    assert [(it.kind, it.id, it.title, it.state, it.url) for it in record.links] == [
        ("depends_on", "2", "Ledger migration", "new", f"{page}/Ticket/Display.html?id=2"),
        ("refers_to", "asset:2", "", "", f"{page}/Asset/Display.html?id=2"),
        ("refers_to", "asset:3", "Payments API", "in-use", f"{page}/Asset/Display.html?id=3"),
        ("refers_to", wiki, "", "", wiki),
        ("refers_to", "3", "", "", f"{page}/Ticket/Display.html?id=3"),
        ("referred_to_by", "5", "Checkout is slow", "new", f"{page}/Ticket/Display.html?id=5"),
        ("parent", "5", "Checkout is slow", "new", f"{page}/Ticket/Display.html?id=5"),
    ]


def test_that_the_assets_of_a_catalog_are_its_items() -> None:
    catalog = {"catalog": "Services", "service_field": "Service", "version_field": "Version"}
    used = ["allocated", "in-use"]
    items = _replayed("catalog", lambda it: it.configuration_items(), in_use=used, **catalog)
    assert [(it.id, it.name, it.status, it.owner, it.in_use) for it in items] == [
        ("1", "Ledger database", "in-use", "ilka", True),
        ("3", "Payments API", "in-use", "", True),
        ("4", "Old gateway", "recycled", "", False),
        ("5", "Rack 7", "in-use", "", True),
    ]
    assert [(it.service, it.version, it.depends_on) for it in items] == [
        ("ledger-db", "14.2", ()),
        ("payments-api", "2.30.0", ("1", "2")),
        ("gateway", "0.9", ()),
        ("", None, ()),
    ]
    assert {it.kind for it in items} == {"Services"}
    assert items[0].fields == {"Service": "ledger-db", "Version": "14.2"}
    said = _replayed("check with a catalog", lambda it: it.check(), **catalog)
    assert said.endswith("lifecycle change, catalog Services")


@pytest.mark.parametrize(
    ("scene", "settings", "says"),
    [
        ("missing catalog", {"catalog": "Hosts"}, "no catalog Hosts that the account may see"),
        ("missing field", {"catalog": "Services", "version_field": "Release"}, "Release"),
    ],
)
def test_that_a_catalog_that_is_not_as_it_was_set_is_named(
    scene: str, settings: dict[str, Json], says: str
) -> None:
    fields: dict[str, Json] = {"service_field": "Service", **settings}
    with pytest.raises(QuestionRefused, match=says):
        _replayed(scene, lambda it: it.configuration_items(), **fields)


def test_that_a_page_without_what_was_asked_for_is_none() -> None:
    (page,) = (one for one in BY_HAND if one.path.startswith("/REST/2.0/assets?"))
    only = replace(SCENES["catalog"][1], body=page.body)
    scene = [SCENES["catalog"][0], only]
    with pytest.raises(BadAnswer, match="Status"):
        _replayed(scene, lambda it: it.configuration_items(), catalog="Services")


def test_that_a_comment_is_written_once() -> None:
    first = _replayed("comment", lambda it: it.perform(COMMENT))
    assert first == Acknowledged(remote=f"{CHANGE}#e1")
    sent = [one.sent for one in SCENES["comment"] if one.method == "POST"]
    assert sent == [
        {
            "Subject": "relconsole effect e1; comment",
            "Content": "checks are green\n\nrelconsole\neffect: e1\nrelease: payments-2026.4\n"
            "step: migrate\nperson: mara\nsecond person: ilka",
            "ContentType": "text/plain",
        }
    ]
    assert _replayed("comment again", lambda it: it.perform(COMMENT)) == first
    assert {one.method for one in SCENES["comment again"]} == {"GET"}


def test_that_a_comment_is_found_by_its_effect() -> None:
    found = _replayed("comment found", lambda it: it.find(CHANGE_COMMENT, EffectId("e1")))
    assert found == Found(remote=f"{CHANGE}#e1")
    unknown = _replayed("comment not found", lambda it: it.find(CHANGE_COMMENT, EffectId("e9")))
    assert unknown == NotFound()


def test_that_a_transition_follows_the_comment_that_asks_for_it() -> None:
    said = _replayed("transition", lambda it: it.perform(_moved("e2", "assess")))
    assert said == Acknowledged(remote=f"{CHANGE}#e2")
    scene = SCENES["transition"]
    assert [one.method for one in scene if one.method != "GET"] == ["POST", "PUT"]
    move = next(one for one in scene if one.method == "PUT")
    read = [one.etag for one in scene[: scene.index(move)] if one.etag]
    # Sent against the ticket as it was once the comment stood there.
    assert move.if_match in read
    assert move.if_match != read[0]
    found = _replayed("transition found", lambda it: it.find(CHANGE_TRANSITION, EffectId("e2")))
    assert found == Found(remote=f"{CHANGE}#e2")


@pytest.mark.parametrize(
    ("scene", "effect", "state", "says"),
    [
        ("transition refused", "e3", "implement", "You can't change status from 'assess' to"),
        ("open dependency", "e5", "closed", "That ticket has unresolved dependencies"),
        ("state already there", "e4", "assess", "is assess already, by console at 2026-11-20T11:"),
    ],
)
def test_that_a_refusal_is_told_in_its_words(
    scene: str, effect: str, state: str, says: str
) -> None:
    said = _replayed(scene, lambda it: it.perform(_moved(effect, state)))
    assert isinstance(said, TargetRefused)
    assert says in said.reason


def test_that_what_is_answered_by_hand_is_read() -> None:
    ticket = next(one for one in BY_HAND if one.path == "/REST/2.0/ticket/7" and one.etag)
    read = parse.read_ticket(ticket.answer())
    assert read is not None
    assert (read.number, read.type, read.status, read.etag) == (7, "ticket", "new", '"115"')
    assert (read.creator, read.requestors, read.depends_on) == ("root", ("rm@localhost",), ())
    said = [one.answer() for one in BY_HAND if one.method == "PUT" and one.status == 200]
    assert len(said) == 10
    assert all(len(parse.read_messages(one)) == 1 for one in said)
    (stale,) = (one for one in BY_HAND if one.status == 412)
    assert parse.read_refusal(stale.answer()) == "Precondition Failed"
    (missing,) = (one for one in BY_HAND if one.status == 404)
    assert parse.read_ticket(missing.answer()) is None


def test_that_a_history_that_does_not_say_who_is_none() -> None:
    histories = [one for one in BY_HAND if "/history?" in one.path]
    assert len(histories) == 2
    for one in histories:
        with pytest.raises(BadAnswer, match="Creator"):
            parse.read_transactions(one.answer())
