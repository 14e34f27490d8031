"""The plugin against a real Request Tracker: approvals, comments, transitions, and lost answers."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    TargetRefused,
)
from relconsole.plugin_api.errors import CredentialRefused, QuestionRefused, Unreachable
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION, ChangeRecord
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.live.asking_request_tracker import SETTINGS, Way, asked, nothing
from tests.live.request_tracker import RequestTracker

EFFECT: Final = EffectId("0190aaaabbbbccccddddeeeeffff0001")
OTHER: Final = EffectId("0190aaaabbbbccccddddeeeeffff0002")
Call = Callable[[Plugin], Awaitable[object]]
CATALOG: Final[Mapping[str, Json]] = {
    **SETTINGS,
    "catalog": "Services",
    "service_field": "Service",
    "version_field": "Version",
    "in_use": ["allocated", "in-use"],
}


def _read(tracker: RequestTracker, change: str) -> ChangeRecord:
    record = asked(tracker, lambda it: it.read_change(change))
    assert record is not None
    return record


def _new_asset(
    tracker: RequestTracker, name: str, service: str = "", version: str = "", **fields: object
) -> str:
    """Give the number of an asset in use: in the catalog of the services, if nothing else."""
    said = {"Service": service, "Version": version} if service else {}
    made = {"Name": name, "Catalog": "Services", "Status": "in-use", "CustomFields": said, **fields}
    status, answer = tracker.ask("mara", "POST", "/asset", made)
    assert status == 201, answer
    return str(answer["id"])


def _comment(change: str, effect: EffectId = EFFECT) -> EffectRequest:
    return EffectRequest(
        id=effect,
        kind=CHANGE_COMMENT,
        payload={"change": change, "text": "checks are green"},
        release=ReleaseId("payments-2026.4"),
        step=StepId("migrate"),
        person=PersonId("mara"),
        second_person=PersonId("ilka"),
    )


def _transition(change: str, state: str, effect: EffectId = EFFECT) -> EffectRequest:
    return EffectRequest(
        id=effect,
        kind=CHANGE_TRANSITION,
        payload={"change": change, "state": state},
        person=PersonId("mara"),
    )


def _comments(tracker: RequestTracker, change: str, effect: EffectId = EFFECT) -> int:
    """How many comments bear the effect's id, by RT's own history."""
    return sum(
        one["Type"] == "Comment" and effect in one["Data"] for one in tracker.history(change)
    )


def _moves(tracker: RequestTracker, change: str) -> list[tuple[str, str, str]]:
    """Who brought the change from where to where, by RT's own history."""
    return [
        (one["Creator"]["id"], one["OldValue"], one["NewValue"])
        for one in tracker.history(change)
        if one["Type"] == "Status"
    ]


def test_that_the_server_and_its_queue_are_named(tracker: RequestTracker) -> None:
    said = asked(tracker, lambda it: it.check())
    assert said.startswith("Request Tracker 5.")
    assert said.endswith("queue Changes, lifecycle change")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"queue": "Cutovers"}, "no queue Cutovers"),
        ({"approval_queue": "Approvals"}, "no queue Approvals"),
        ({"lifecycle": "incident"}, "lifecycle change, not incident"),
    ],
)
def test_that_a_queue_that_is_not_as_it_was_set_is_named(
    tracker: RequestTracker, settings: Mapping[str, Json], says: str
) -> None:
    with pytest.raises(QuestionRefused, match=says):
        asked(tracker, lambda it: it.check(), settings={**SETTINGS, **settings})


def test_that_a_token_signs_in(tracker: RequestTracker) -> None:
    by_token = {**SETTINGS, "sign_in": "token"}
    said = asked(tracker, lambda it: it.check(), secret=tracker.token, settings=by_token)
    assert "queue Changes" in said


def test_that_a_wrong_password_is_refused(tracker: RequestTracker) -> None:
    calls: tuple[Call, ...] = (
        lambda it: it.check(),
        lambda it: it.read_change("1"),
        lambda it: it.find(CHANGE_COMMENT, EFFECT),
        lambda it: it.perform(_comment("1")),
    )
    for call in calls:
        with pytest.raises(CredentialRefused):
            asked(tracker, call, secret="console:wrong")


def test_that_a_change_without_approval_has_no_approver(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("mara", Requestor="tomas")
    record = _read(tracker, change)
    assert (record.title, record.state, record.requester) == ("Cutover", "new", "tomas")
    assert (record.approver, record.approved_at) == (None, None)
    assert record.url == f"{tracker.url}/Ticket/Display.html?id={change}"


def test_that_there_is_no_change_of_an_unknown_number(tracker: RequestTracker) -> None:
    assert asked(tracker, lambda it: it.read_change("9999999")) is None


def test_that_who_resolved_the_approval_is_the_approver(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas", CustomFields={"Plan digest": "sha256:aa"})
    approval = tracker.new_approval(change, "ilka")
    tracker.move("mara", change, "assess", "authorize")
    assert _read(tracker, change).approver is None
    tracker.move("ilka", approval, "resolved")
    tracker.move("mara", change, "scheduled")
    record = _read(tracker, change)
    (resolved,) = (one for one in tracker.history(approval) if one["NewValue"] == "resolved")
    assert record.approved_at == datetime.fromisoformat(resolved["Created"])
    assert record.approved_at is not None
    assert record.approved_at.tzinfo is UTC
    assert (record.state, record.requester, record.approver) == ("scheduled", "tomas", "ilka")
    assert record.approved_digest == "sha256:aa"


def test_that_a_digest_that_changed_after_the_approval_is_not_approved(
    tracker: RequestTracker,
) -> None:
    change = tracker.new_ticket("tomas", CustomFields={"Plan digest": "sha256:aa"})
    tracker.move("ilka", tracker.new_approval(change, "ilka"), "resolved")
    assert _read(tracker, change).approved_digest == "sha256:aa"
    fields = {"CustomFields": {"Plan digest": "sha256:bb"}}
    tracker.ask("tomas", "PUT", f"/ticket/{change}", fields)
    record = _read(tracker, change)
    assert (record.approver, record.approved_at, record.approved_digest) == (None, None, None)


def test_that_a_rejected_approval_approvesnothing(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    tracker.move("mara", change, "assess")
    tracker.move("ilka", tracker.new_approval(change, "ilka"), "rejected")
    # RT holds nothing back: the change goes on into a state that stands for an approved one.
    tracker.move("mara", change, "authorize", "scheduled")
    record = _read(tracker, change)
    assert (record.state, record.approver, record.approved_at) == ("scheduled", None, None)


def test_that_every_approval_has_to_be_resolved(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    first, second = tracker.new_approval(change, "ilka"), tracker.new_approval(change, "mara")
    tracker.move("mara", second, "resolved")
    assert _read(tracker, change).approver is None
    tracker.move("ilka", first, "resolved")
    assert _read(tracker, change).approver == "ilka"
    tracker.move("mara", second, "open")
    assert _read(tracker, change).approver is None


def test_that_an_approval_in_another_queue_approvesnothing(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    tracker.move("ilka", tracker.new_approval(change, "ilka"), "resolved")
    assert _read(tracker, change).approver == "ilka"
    # The account may not see this one, and so cannot tell what it is.
    tracker.new_ticket("mara", Queue="General", Type="approval", DependedOnBy=change)
    assert _read(tracker, change).approver is None


def test_that_the_links_of_a_change_are_told_without_its_approvals(
    tracker: RequestTracker,
) -> None:
    change, other = tracker.new_ticket("tomas"), tracker.new_ticket("tomas", Subject="Ledger")
    hidden = tracker.new_ticket("mara", Queue="General", Subject="not for the console")
    tracker.new_approval(change, "ilka")
    seen, unseen = _new_asset(tracker, "payments-api"), _new_asset(tracker, "db01", Catalog="Hosts")
    wiki = "https://wiki.example.org/cutover?page=1"
    links = {
        "DependsOn": other,
        "MemberOf": hidden,
        "RefersTo": [f"asset:{seen}", f"asset:{unseen}", wiki],
    }
    assert tracker.ask("mara", "PUT", f"/ticket/{change}", links)[0] == 200
    assert [(it.kind, it.id, it.title, it.state) for it in _read(tracker, change).links] == [
        ("depends_on", other, "Ledger", "new"),
        ("refers_to", f"asset:{seen}", "payments-api", "in-use"),
        ("refers_to", f"asset:{unseen}", "", ""),
        ("refers_to", wiki, "", ""),
        ("parent", hidden, "", ""),
    ]


def test_that_the_assets_of_a_catalog_are_told_to_the_last(tracker: RequestTracker) -> None:
    database = _new_asset(tracker, "ledger-db", service="ledger-db", version="14.2", Owner="ilka")
    host = _new_asset(tracker, "db02", Catalog="Hosts")
    needed = [f"asset:{number}" for number in (database, host)]
    ledger = _new_asset(tracker, "Ledger", service="ledger-api", version="5.2", DependsOn=needed)
    gone = _new_asset(tracker, "Old", service="gateway")
    assert tracker.ask("mara", "PUT", f"/asset/{gone}", {"Status": "recycled"})[0] == 200
    more = {_new_asset(tracker, f"service {number}") for number in range(100)}
    items = asked(tracker, lambda it: it.configuration_items(), settings=CATALOG)
    by_id = {item.id: item for item in items}
    assert len(by_id) == len(items)
    assert {database, ledger, gone, *more} <= set(by_id)
    assert host not in by_id
    found = by_id[database]
    assert (found.service, found.version, found.owner) == ("ledger-db", "14.2", "ilka")
    assert set(by_id[ledger].depends_on) == {database, host}
    assert (by_id[gone].status, by_id[gone].in_use) == ("recycled", False)


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"catalog": "Hosts"}, "no catalog Hosts"), ({"version_field": "Release"}, "no custom field")],
)
def test_that_a_catalog_that_is_not_as_it_was_set_is_named(
    tracker: RequestTracker, settings: Mapping[str, Json], says: str
) -> None:
    _new_asset(tracker, "payments-api")
    with pytest.raises(QuestionRefused, match=says):
        asked(tracker, lambda it: it.configuration_items(), settings={**CATALOG, **settings})


def test_that_a_comment_is_written_once(tracker: RequestTracker) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("comment-once")
    assert asked(tracker, lambda it: it.find(CHANGE_COMMENT, effect)) == NotFound()
    first = asked(tracker, lambda it: it.perform(_comment(change, effect)))
    again = asked(tracker, lambda it: it.perform(_comment(change, effect)))
    remote = f"{change}#{effect}"
    assert first == again == Acknowledged(remote=remote)
    assert _comments(tracker, change, effect) == 1
    assert asked(tracker, lambda it: it.find(CHANGE_COMMENT, effect)) == Found(remote=remote)
    assert asked(tracker, lambda it: it.find(CHANGE_TRANSITION, effect)) == NotFound()
    state = asked(tracker, lambda it: it.follow(CHANGE_COMMENT, remote))
    assert state.ending is Ending.SUCCEEDED
    assert not asked(tracker, lambda it: it.cancel(CHANGE_COMMENT, remote, "no"))


def test_that_a_comment_says_who_asked_for_it(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    asked(tracker, lambda it: it.perform(_comment(change)))
    text = tracker.text_of(tracker.history(change)[-1]["id"])
    assert text.startswith("checks are green\n")
    for line in (
        f"effect: {EFFECT}",
        "release: payments-2026.4",
        "step: migrate",
        "person: mara",
        "second person: ilka",
    ):
        assert line in text.splitlines()


def test_that_a_comment_whose_answer_was_lost_is_found(tracker: RequestTracker) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("comment-lost")
    with pytest.raises(Unreachable):
        asked(
            tracker,
            lambda it: it.perform(_comment(change, effect)),
            way=lambda http: Way(http, "POST", nothing, loses=True),
        )
    found = asked(tracker, lambda it: it.find(CHANGE_COMMENT, effect))
    assert found == Found(remote=f"{change}#{effect}")
    asked(tracker, lambda it: it.perform(_comment(change, effect)))
    assert _comments(tracker, change, effect) == 1


def test_that_a_transition_stands_with_its_effect_in_the_history(tracker: RequestTracker) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("transition-once")
    wanted = _transition(change, "assess", effect)
    first = asked(tracker, lambda it: it.perform(wanted))
    remote = f"{change}#{effect}"
    assert first == Acknowledged(remote=remote)
    last = tracker.history(change)[-2:]
    assert [one["Type"] for one in last] == ["Comment", "Status"]
    assert effect in last[0]["Data"]
    assert asked(tracker, lambda it: it.perform(wanted)) == first
    assert _moves(tracker, change) == [("console", "new", "assess")]
    assert _comments(tracker, change, effect) == 1
    found = asked(tracker, lambda it: it.find(CHANGE_TRANSITION, effect))
    assert found == Found(remote=remote)
    state = asked(tracker, lambda it: it.follow(CHANGE_TRANSITION, remote))
    assert state.ending is Ending.SUCCEEDED


def test_that_an_illegal_transition_is_refused_in_rts_words(tracker: RequestTracker) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("transition-illegal")
    said = asked(tracker, lambda it: it.perform(_transition(change, "implement", effect)))
    assert isinstance(said, TargetRefused)
    assert "can't change status from 'new' to 'implement'" in said.reason
    assert tracker.state(change) == "new"
    assert asked(tracker, lambda it: it.find(CHANGE_TRANSITION, effect)) == NotFound()
    # A later effect that does what was refused first does not make the first one done.
    tracker.move("mara", change, "assess", "authorize", "scheduled")
    later = _transition(change, "implement", EffectId("transition-later"))
    assert isinstance(asked(tracker, lambda it: it.perform(later)), Acknowledged)
    assert asked(tracker, lambda it: it.find(CHANGE_TRANSITION, effect)) == NotFound()
    state = asked(tracker, lambda it: it.follow(CHANGE_TRANSITION, f"{change}#{effect}"))
    assert state.ending is Ending.UNKNOWN


def test_that_a_change_with_an_open_dependency_is_not_closed(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    tracker.new_ticket("tomas", DependedOnBy=change)
    tracker.move("mara", change, "assess", "authorize", "scheduled", "implement", "review")
    said = asked(tracker, lambda it: it.perform(_transition(change, "closed")))
    assert isinstance(said, TargetRefused)
    assert "unresolved dependencies" in said.reason
    assert tracker.state(change) == "review"


def test_that_a_transition_whose_answer_was_lost_is_found(tracker: RequestTracker) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("transition-lost")
    with pytest.raises(Unreachable):
        asked(
            tracker,
            lambda it: it.perform(_transition(change, "assess", effect)),
            way=lambda http: Way(http, "PUT", nothing, loses=True),
        )
    found = asked(tracker, lambda it: it.find(CHANGE_TRANSITION, effect))
    assert found == Found(remote=f"{change}#{effect}")
    assert _moves(tracker, change) == [("console", "new", "assess")]


def test_that_a_transition_that_died_half_way_is_not_found_and_then_ended(
    tracker: RequestTracker,
) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("transition-half")
    wanted = _transition(change, "assess", effect)
    with pytest.raises(Unreachable):
        asked(
            tracker,
            lambda it: it.perform(wanted),
            way=lambda http: Way(http, "PUT", _away),
        )
    assert _comments(tracker, change, effect) == 1
    assert asked(tracker, lambda it: it.find(CHANGE_TRANSITION, effect)) == NotFound()
    assert isinstance(asked(tracker, lambda it: it.perform(wanted)), Acknowledged)
    assert _comments(tracker, change, effect) == 1
    assert _moves(tracker, change) == [("console", "new", "assess")]


def test_that_a_ticket_that_changed_meanwhile_is_read_again(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")

    def somebody_writes() -> None:
        body = {"Subject": "a word", "Content": "in between", "ContentType": "text/plain"}
        assert tracker.ask("ilka", "POST", f"/ticket/{change}/comment", body)[0] == 201

    said = asked(
        tracker,
        lambda it: it.perform(_transition(change, "assess")),
        way=lambda http: Way(http, "PUT", somebody_writes),
    )
    assert isinstance(said, Acknowledged)
    assert [one["Type"] for one in tracker.history(change)[-3:]] == ["Comment", "Comment", "Status"]


@pytest.mark.parametrize("state", ["canceled", "assess"])
def test_that_what_somebody_else_did_meanwhile_is_left_and_named(
    tracker: RequestTracker, state: str
) -> None:
    change = tracker.new_ticket("tomas")
    said = asked(
        tracker,
        lambda it: it.perform(_transition(change, "assess")),
        way=lambda http: Way(http, "PUT", lambda: tracker.move("ilka", change, state)),
    )
    assert isinstance(said, TargetRefused)
    assert f"is {state}, by ilka at " in said.reason
    assert _moves(tracker, change) == [("ilka", "new", state)]


def test_that_a_state_that_is_there_already_is_not_claimed(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    tracker.move("ilka", change, "assess")
    said = asked(tracker, lambda it: it.perform(_transition(change, "assess")))
    assert isinstance(said, TargetRefused)
    assert "is assess already, by ilka at " in said.reason
    assert _comments(tracker, change) == 0


def test_thatnothing_is_written_where_it_would_not_be_found(tracker: RequestTracker) -> None:
    change = tracker.new_ticket("tomas")
    other = {**SETTINGS, "queue": "___Approvals"}
    said = asked(tracker, lambda it: it.perform(_comment(change)), settings=other)
    assert isinstance(said, TargetRefused)
    assert "not in the queue ___Approvals" in said.reason
    assert _comments(tracker, change) == 0


def test_that_a_search_where_there_is_no_queue_findsnothing_out(tracker: RequestTracker) -> None:
    missing = {**SETTINGS, "queue": "Cutovers"}
    with pytest.raises(QuestionRefused, match="no queue Cutovers"):
        asked(tracker, lambda it: it.find(CHANGE_COMMENT, EFFECT), settings=missing)


def test_that_there_isnothing_to_comment_on_under_an_unknown_number(
    tracker: RequestTracker,
) -> None:
    said = asked(tracker, lambda it: it.perform(_comment("9999999")))
    assert said == TargetRefused(reason="there is no ticket 9999999")
    state = asked(tracker, lambda it: it.follow(CHANGE_COMMENT, "9999999#comment-nowhere"))
    assert state.ending is Ending.UNKNOWN


def test_that_a_server_that_was_stopped_is_found_again(tracker: RequestTracker) -> None:
    change, effect = tracker.new_ticket("tomas"), EffectId("comment-before")
    asked(tracker, lambda it: it.perform(_comment(change, effect)))
    tracker.stop()
    try:
        calls: tuple[Call, ...] = (
            lambda it: it.read_change(change),
            lambda it: it.find(CHANGE_COMMENT, effect),
            lambda it: it.perform(_comment(change, OTHER)),
        )
        for call in calls:
            with pytest.raises(Unreachable):
                asked(tracker, call)
    finally:
        tracker.start()
    found = asked(tracker, lambda it: it.find(CHANGE_COMMENT, effect))
    assert found == Found(remote=f"{change}#{effect}")
    assert _read(tracker, change).state == "new"
    assert _comments(tracker, change, OTHER) == 0


def _away() -> None:
    raise Unreachable("the console ended before it was sent")
