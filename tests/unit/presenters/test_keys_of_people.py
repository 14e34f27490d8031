"""The keys of people: order, state, history, what may be done, and who may confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from immutables import Map

from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.ids import Digest, Fingerprint, PersonId
from relconsole.domain.readiness.keys import (
    ENROL_ACT,
    KeyEnrolled,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
    fold_keyring,
)
from relconsole.domain.record.request import Answer
from relconsole.domain.record.signature import SigningKey
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.keys_of_people import present_confirmation, present_keys
from relconsole_ui.presenters.settings_seen import SettingsSeen
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, JO, MARA, ZONE

KEYS = {person: SigningKey(bytes([at]) * 32) for at, person in enumerate((MARA, JO, ASHA), 1)}
MARKS = {person: key.public.fingerprint for person, key in KEYS.items()}
AT = datetime(2026, 4, 20, 18, 5, tzinfo=UTC)
SIGNED = Answer(
    digest=Digest("d" * 64), signer=MARA, key=MARKS[MARA], signed_at=AT, expires=AT, signature="s"
)


def registered(person: PersonId, key: SigningKey | None = None) -> KeyFact:
    return KeyRegistered(person=person, public_key=(key or KEYS[person]).public.text, at=AT)


def enrolled(person: PersonId, by: PersonId, answer: Answer | None = None) -> KeyFact:
    return KeyEnrolled(
        person=person, fingerprint=MARKS[person], by=by, means="phone", at=AT, answer=answer
    )


def revoked(person: PersonId, by: PersonId) -> KeyFact:
    return KeyRevoked(person=person, fingerprint=MARKS[person], by=by, reason="lost", at=AT)


FOUNDED = (registered(MARA), registered(JO), enrolled(JO, MARA), enrolled(MARA, JO, SIGNED))


def seen(
    *facts: KeyFact, person: PersonId | None = MARA, policy: Policy | None = None
) -> SettingsSeen:
    stage = scenes.before()
    people = stage.state.workspace.estate.people
    workspace = replace(stage.state.workspace, policy=policy or Policy())
    state = replace(
        stage.state, keys=fold_keyring(facts, people, frozenset(people)), workspace=workspace
    )
    return SettingsSeen(state=state, kind=stage.kind, now=stage.now, zone=ZONE, person=person)


def test_that_nobody_having_a_key_says_how_it_begins() -> None:
    rows = present_keys(seen(), ())
    assert (rows.rows, rows.note) == ((), "none")
    assert "The first two people" in rows.says


def test_that_keys_that_nobody_confirmed_wait_for_each_other() -> None:
    facts = (registered(MARA), registered(JO))
    rows = present_keys(seen(*facts), facts)
    assert [(row.name, row.state, row.status) for row in rows.rows] == [
        ("Jo Reyes", "not confirmed", Status.WAITING),
        ("Mara Okafor", "not confirmed", Status.WAITING),
    ]
    assert "No key counts yet" in rows.says


def test_that_a_key_tells_who_confirmed_and_revoked_it_when_and_how() -> None:
    facts = (*FOUNDED, revoked(JO, MARA))
    rows = present_keys(seen(*facts), facts)
    jo, mara = rows.rows
    assert jo.history == (
        "Registered Mon 20 Apr 20:05",
        "Confirmed by Mara Okafor Mon 20 Apr 20:05: phone",
        "Revoked by Mara Okafor Mon 20 Apr 20:05: lost",
    )
    assert mara.history[-1].endswith("phone, signed in their own process")
    assert (rows.note, rows.says) == ("2 keys, 1 count", "")
    assert (jo.state, jo.status) == ("revoked", Status.SKIPPED)
    assert mara.sentence.startswith("Key of Mara Okafor, counts")


def test_that_the_newest_key_of_a_person_comes_before_the_replaced_and_the_revoked() -> None:
    newer = SigningKey(b"\x09" * 32)
    facts = (*FOUNDED, registered(ASHA), registered(ASHA, newer), revoked(MARA, JO))
    rows = present_keys(seen(*facts), facts).rows
    assert [(row.name, row.state) for row in rows] == [
        ("Asha Nair", "not confirmed"),
        ("Asha Nair", "replaced"),
        ("Jo Reyes", "counts"),
        ("Mara Okafor", "revoked"),
    ]
    assert [row.why_no_confirm for row in rows] == [
        "",
        "a newer key has replaced it",
        "it counts already",
        "it was revoked",
    ]


def test_that_a_key_is_revoked_by_its_person_or_somebody_entitled() -> None:
    only_leads = Policy(authorities=(Authority(act=ENROL_ACT, role="lead"),))

    def why(person: PersonId | None, about: PersonId, policy: Policy | None = None) -> str:
        found = seen(*FOUNDED, registered(ASHA), person=person, policy=policy)
        rows = present_keys(found, FOUNDED).rows
        return next(row.why_no_revoke for row in rows if row.key == MARKS[about])

    assert why(None, JO) == "open your key first"
    assert why(JO, MARA) == ""
    assert why(JO, MARA, only_leads) == "only Mara Okafor or somebody entitled may"
    assert why(JO, JO, only_leads) == ""
    assert why(MARA, JO, only_leads) == ""
    gone = seen(*FOUNDED, revoked(JO, MARA))
    row = next(row for row in present_keys(gone, ()).rows if row.key == MARKS[JO])
    assert row.why_no_revoke == "it was revoked already"


def test_that_a_key_of_the_taken_over_kind_has_no_history() -> None:
    (row,) = present_keys(seen(registered(ASHA)), ()).rows
    assert row.history == ()
    unknown = seen(registered(ASHA))
    bare = replace(unknown.state, keys=replace(unknown.state.keys, keys=Map()))
    (row,) = present_keys(replace(unknown, state=bare), (registered(ASHA),)).rows
    assert row.history == ()


def test_that_two_fingerprints_are_compared_by_somebody_whose_key_counts() -> None:
    rows = present_confirmation(seen(*FOUNDED, registered(ASHA)), MARKS[ASHA])
    assert rows is not None
    assert (rows.name, rows.own_name, rows.why_not_here) == ("Asha Nair", "Mara Okafor", "")
    assert rows.lines != rows.own_lines
    assert [choice.says for choice in rows.seconds] == ["Jo Reyes"]
    assert "both keys count" not in rows.says


def test_that_the_first_two_confirm_each_other() -> None:
    facts = (registered(MARA), registered(JO))
    rows = present_confirmation(seen(*facts), MARKS[JO])
    assert rows is not None
    assert rows.why_not_here == ""
    assert "both keys count" in rows.says
    assert rows.seconds == ()


def test_that_it_is_said_why_whoever_is_open_cannot_confirm() -> None:
    only_leads = Policy(authorities=(Authority(act=ENROL_ACT, role="lead"),))

    def why(person: PersonId | None, about: PersonId = ASHA, policy: Policy | None = None) -> str:
        found = seen(*FOUNDED, registered(ASHA), person=person, policy=policy)
        rows = present_confirmation(found, MARKS[about])
        assert rows is not None
        return rows.why_not_here

    assert why(None) == "No key is open here."
    assert why(MARA, MARA) == "Nobody confirms their own key."
    assert why(JO, ASHA, only_leads) == "Jo Reyes is not entitled to confirm keys."
    assert why(ASHA, JO) == "The key that is open does not count yet."


def test_that_a_key_that_nobody_registered_is_not_asked_about() -> None:
    assert present_confirmation(seen(), Fingerprint("f" * 64)) is None
    rows = present_confirmation(seen(*FOUNDED, person=None), MARKS[JO])
    assert rows is not None
    assert (rows.own_name, rows.own_lines) == ("", ())
