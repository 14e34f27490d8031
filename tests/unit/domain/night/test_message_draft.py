"""Drafts: one situation in the words of each audience, and nothing that is not for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import PersonId, ServiceId
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, LineStopped, ProblemOpened
from relconsole.domain.night.facts import RunEnded, RunOutcome
from relconsole.domain.night.mailto import is_address, mailto
from relconsole.domain.night.message_draft import REHEARSAL, Draft, draft_message, text_digest
from relconsole.domain.night.rollback_facts import RollbackEnded, RollbackEnding, RollbackFired
from relconsole.domain.night.situation import NightState, situation_of
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.release.messages import Language
from relconsole.domain.release.release import Item, Release
from tests.unit.domain.night.scenes import (
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    RUN,
    Night,
    armed,
    at,
    begin,
    estate,
    release,
)
from tests.unit.domain.night.test_alert_rules import deploying
from tests.unit.domain.night.test_messages_due import END, START, plan, sent, with_gate

ITEMS = (Item(service=ServiceId("payments-api")),)


def stopped() -> Night:
    night = deploying()
    night.add(LineStopped(run=RUN, note="wrong amounts"), 12, JO)
    return night


def held(cause: HoldCause = HoldCause.CHECK) -> Night:
    night = deploying()
    night.add(HoldBegan(run=RUN, cause=cause, thing="deploy", reasons=("p95 is 1.4",)), 12)
    return night


def fired(ending: RollbackEnding | None = None) -> Night:
    night = deploying()
    night.add(armed(), 20, MARA)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, person=INES), 21, INES)
    if ending is not None:
        night.add(RollbackEnded(run=RUN, ending=ending, fleet=()), 25)
    return night


def ended(outcome: RunOutcome = RunOutcome.FINISHED) -> Night:
    night = deploying()
    night.add(RunEnded(run=RUN, outcome=outcome), 60)
    return night


def noted() -> Night:
    """A stopped line without a word, under a gate that waits."""
    night = held(HoldCause.GATE)
    night.add(LineStopped(run=RUN, note=""), 13, JO)
    return night


STATES = [
    (deploying(), NightState.RUNNING),
    (held(), NightState.ON_HOLD),
    (held(HoldCause.GATE), NightState.RUNNING),
    (held(HoldCause.NO_ANSWER), NightState.RUNNING),
    (stopped(), NightState.STOPPED),
    (noted(), NightState.STOPPED),
    (fired(), NightState.ROLLING_BACK),
    (fired(RollbackEnding.PARTIAL), NightState.ROLLING_BACK),
    (fired(RollbackEnding.ROLLED_BACK), NightState.ROLLED_BACK),
    (ended(), NightState.FINISHED),
    (ended(RunOutcome.ROLLED_BACK), NightState.ROLLED_BACK),
]


@pytest.mark.parametrize(("night", "state"), STATES)
def test_that_a_night_stands_one_way_for_everybody(night: Night, state: NightState) -> None:
    assert situation_of(night.run, release(), estate(), with_gate()).state is state


def draft(
    night: Night,
    language: Language = Language.BUSINESS,
    *,
    told: Forecast | None = None,
    minute: float = 30,
    every: float | None = None,
    base: Release | None = None,
) -> Draft:
    asked = replace(
        plan(START, END, every=every), language=language, rehearsal_to=("test@example.org",)
    )
    found = replace(base or release(), items=ITEMS, messages=(asked,))
    return draft_message(night.run, found, estate(), told, asked, at(minute))


@pytest.mark.parametrize(("night", "state"), STATES)
def test_that_all_audiences_are_told_of_one_situation(night: Night, state: NightState) -> None:
    drafts = [draft(night, language, told=with_gate()) for language in Language]
    assert len({each.facts for each in drafts}) == 1
    assert len({each.subject for each in drafts}) == 1
    ends = {line for each in drafts for line in each.body.splitlines() if "Expected end" in line}
    assert len({line.partition(",")[0] for line in ends}) <= 1
    assert state in NightState


def test_that_business_hears_what_it_means_and_when_it_ends() -> None:
    told = draft(held(), told=with_gate(), every=30, minute=29)
    assert told.subject == "Payments Core 2026.4: on hold"
    assert told.body.splitlines() == [
        "The change is paused while a question is looked at.",
        "Services: payments-api",
        "Expected end: 00:41Z (02:41), before the window ends at 02:30Z (04:30)",
        "Next message: by 00:29Z (02:29)",
    ]
    assert (told.to, told.moment, told.replaces) == (("retail@example.org",), "start", None)
    assert told.digest == text_digest(told.subject, told.body)


def test_that_an_end_after_the_window_is_said_to_be_one() -> None:
    late = replace(with_gate(), end_p50=at(190))
    assert "AFTER the window ends" in draft(deploying(), told=late).body


def test_that_technicians_hear_of_steps_causes_and_the_way_back() -> None:
    night = stopped()
    opened = ProblemOpened(run=RUN, problem="P1", what="queue grows", severity="major")
    night.add(opened, 13, JO)
    body = draft(night, Language.TECHNICAL, told=with_gate()).body
    for line in (
        "Change: CHG-48213",
        "Steps: 2 of 5 ended",
        "Under way: Deploy payments-api 2.31.0",
        "Because: wrong amounts",
        "Problem P1: queue grows",
        "Nine of ten nights end by",
        "Latest safe rollback start:",
    ):
        assert line in body, line
    bare = draft(begin(), Language.TECHNICAL, base=replace(release(), change=None)).body
    assert "Change:" not in bare
    assert "Under way:" not in bare


@pytest.mark.parametrize(("night", "_state"), STATES)
def test_that_a_customer_hears_no_name_cause_or_limit(night: Night, _state: NightState) -> None:
    told = draft(night, Language.CUSTOMER, told=with_gate())
    for hidden in ("wrong amounts", "p95", "mara", "window", "Steps", "CHG-48213", "Deploy"):
        assert hidden not in told.body, hidden
    assert "Planned work" in told.body


def test_that_an_unknown_end_is_said_to_be_unknown() -> None:
    assert "When it ends is not known." in draft(deploying()).body
    # The forecast knows the way forward only.
    assert "When it ends is not known." in draft(fired(), told=with_gate()).body


def test_that_the_last_message_says_since_when_it_is_over_and_promises_no_other() -> None:
    body = draft(ended(), every=30).body
    assert "Over since 00:30Z (02:30)" in body
    assert "No further message follows." in body
    assert "Next message" not in body
    back = draft(fired(RollbackEnding.ROLLED_BACK)).body
    assert "Over since" not in back
    assert "No further message follows." in back


def test_that_a_later_message_says_which_it_replaces() -> None:
    night = deploying()
    sent(night, 11)
    told = draft(night)
    assert told.replaces == at(11)
    assert told.body.endswith("This replaces the message of 23:41Z (01:41).\n")
    assert told.moment == "update"


def test_that_a_rehearsal_says_so_first_and_goes_to_its_own_list() -> None:
    told = draft(begin(rehearsal=True))
    assert told.subject.startswith("REHEARSAL: ")
    assert told.body.splitlines()[0] == REHEARSAL
    assert told.to == ("test@example.org",)


def test_that_what_is_known_of_a_service_is_its_name() -> None:
    bare = replace(release(), items=())
    assert situation_of(begin().run, bare, estate(), None).services == ()
    asked = plan(START)
    unnamed = replace(bare, messages=(asked,))
    body = draft_message(begin().run, unnamed, estate(), None, asked, at(1)).body
    assert "Services:" not in body
    assert PersonId("mara") not in body


def test_that_a_strangers_title_forges_no_line() -> None:
    forged = replace(release(), title="Core\nSubject: done")
    told = draft(deploying(), base=forged)
    assert "\n" not in told.subject


# Mail drafts.


def test_that_a_mail_draft_is_one_address_with_everything_encoded() -> None:
    found = mailto(("a+b@example.org", " ops@example.org "), "On hold: 5 %", "one\ntwo & three\n")
    assert found == (
        "mailto:a+b@example.org,ops@example.org?subject=On%20hold%3A%205%20%25"
        "&body=one%0D%0Atwo%20%26%20three"
    )


@pytest.mark.parametrize(
    "text", ["retail list", "@example.org", "a@", "a@b@c", "a b@c", "a@b,c@d", "<a@b>", ""]
)
def test_that_what_is_no_address_is_left_out(text: str) -> None:
    assert not is_address(text)
    assert mailto((text,), "s", "b") == "mailto:?subject=s&body=b"


@given(to=st.lists(st.text(), max_size=3), subject=st.text(), body=st.text())
def test_that_no_text_becomes_a_header(to: list[str], subject: str, body: str) -> None:
    found = mailto(to, subject, body)
    assert found.count("?") == 1
    assert found.count("&") == 1
    assert found.isascii()
    assert not any(letter.isspace() for letter in found)
