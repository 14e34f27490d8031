"""Who may say that a message went out, to whom, and when; and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from relconsole.domain.night.decide_messages import LONGEST_BODY, LONGEST_SUBJECT
from relconsole.domain.night.facts import RunEnded, RunOutcome
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.message_draft import text_digest
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.message_report import list_sent, say_sent
from relconsole.domain.night.step_commands import Said
from relconsole.domain.release.messages import Channel
from tests.unit.domain.night.nights import BEN, Bridge, bridge, release
from tests.unit.domain.night.scenes import ASHA, INES, JO, MARA, RUN, at
from tests.unit.domain.night.test_messages_due import START, plan

TEST = "test@example.org"


def night(*, rehearsal: bool = False, heard: bool = True) -> Bridge:
    found = bridge(rehearsal=rehearsal)
    asked = replace(plan(START), rehearsal_to=(TEST,) if heard else ())
    found.release = replace(release(), messages=(asked,))
    return found


def mark(
    *,
    message: str = "retail",
    to: tuple[str, ...] = (),
    subject: str = "On hold",
    body: str = "It is on hold.",
    said: Said | None = None,
    sent_at: datetime | None = None,
    channel: Channel | None = None,
) -> MarkSent:
    return MarkSent(
        run=RUN,
        message=message,
        moment="start",
        subject=subject,
        body=body,
        facts="f",
        to=to,
        channel=channel,
        sent_at=sent_at,
        said=said or Said(),
    )


def kept(bridge_: Bridge, command: MarkSent, by: str = MARA) -> MessageSent:
    (fact,) = bridge_.does(command, by=by)
    assert isinstance(fact, MessageSent)
    return fact


def test_that_what_went_out_is_kept_word_for_word() -> None:
    fact = kept(night(), mark())
    assert (fact.to, fact.channel, fact.sent_at) == (
        ("retail@example.org",),
        Channel.MAIL,
        at(5),
    )
    assert (fact.subject, fact.body) == ("On hold", "It is on hold.")
    assert (fact.digest, fact.facts) == (text_digest("On hold", "It is on hold."), "f")


def test_that_others_may_be_told_by_another_channel_at_an_earlier_hour() -> None:
    told = mark(to=("+49 1", "+49 2"), channel=Channel.PHONE, sent_at=at(2))
    fact = kept(night(), told)
    assert (fact.to, fact.channel, fact.sent_at) == (("+49 1", "+49 2"), Channel.PHONE, at(2))


def test_that_only_the_commander_sends_and_the_scribe_records_it() -> None:
    found = night()
    assert found.refuses(mark(), by=BEN) == ("not_the_commander",)
    assert found.refuses(mark(), by=INES) == ("not_the_commander",)
    assert found.refuses(mark(), by=None) == ("who_acts",)
    meant = Said(for_person=MARA, heard="voice", note="read out")
    assert found.refuses(mark(said=meant), by=BEN) == ("not_the_commander",)
    fact = kept(found, mark(said=meant), by=INES)
    assert (fact.for_person, fact.heard, fact.note) == (MARA, "voice", "read out")
    for_another = Said(for_person=ASHA, heard="voice")
    assert found.refuses(mark(said=for_another), by=INES) == ("not_the_commander",)
    found.release = replace(found.release, scribe=None)
    assert found.refuses(mark(said=meant), by=INES) == ("not_the_commander",)
    assert kept(found, mark(said=meant)).for_person == MARA


def test_that_a_message_that_nobody_planned_is_not_sent() -> None:
    assert night().refuses(mark(message="other")) == ("no_message",)


def test_that_a_rehearsal_reaches_nobody_outside_its_own_list() -> None:
    found = night(rehearsal=True)
    assert found.refuses(mark(to=("retail@example.org", TEST)), by=JO) == ("outside_the_rehearsal",)
    assert kept(found, mark(), by=JO).to == (TEST,)
    nobody = night(rehearsal=True, heard=False)
    assert nobody.refuses(mark()) == ("nobody_told",)
    unnamed = night()
    unnamed.release = replace(release(), messages=(replace(plan(START), to=()),))
    assert unnamed.refuses(mark()) == ("nobody_told",)


@pytest.mark.parametrize(
    ("subject", "body", "rule"),
    [
        (" ", "text", "no_text"),
        ("subject", "\n", "no_text"),
        ("s" * (LONGEST_SUBJECT + 1), "text", "text_too_long"),
        ("subject", "b" * (LONGEST_BODY + 1), "text_too_long"),
    ],
)
def test_that_a_message_has_a_text_that_can_be_kept(subject: str, body: str, rule: str) -> None:
    assert night().refuses(mark(subject=subject, body=body)) == (rule,)
    longest = mark(subject="s" * LONGEST_SUBJECT, body="b" * LONGEST_BODY)
    assert kept(night(), longest).body


def test_that_nothing_went_out_before_the_run_or_will_have_in_the_future() -> None:
    assert night().refuses(mark(sent_at=at(-1))) == ("not_then",)
    assert night().refuses(mark(sent_at=at(5.1))) == ("not_then",)
    assert kept(night(), mark(sent_at=at(0))).sent_at == at(0)


def test_that_the_last_message_goes_out_after_the_end() -> None:
    found = night()
    found.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    assert kept(found, mark()).message == "retail"


# What is shown of it.


def test_that_an_earlier_message_of_a_plan_is_superseded_by_the_later_one() -> None:
    found = night()
    found.release = replace(
        found.release, messages=(*found.release.messages, plan(START, name="ops"))
    )
    kept(found, mark(sent_at=at(3)))
    kept(found, mark(message="ops", sent_at=at(2)))
    kept(found, mark(sent_at=at(4), said=Said(for_person=MARA, heard="voice")), by=INES)
    rows = list_sent(found.run)
    assert [(row.message, row.superseded) for row in rows] == [
        ("ops", False),
        ("retail", True),
        ("retail", False),
    ]
    assert say_sent(rows[1], "UTC") == (
        "23:33Z retail to retail@example.org by mail, sent by mara: On hold; superseded"
    )
    assert say_sent(rows[2], "UTC") == (
        "23:34Z retail to retail@example.org by mail, sent by mara, recorded by ines (voice): "
        "On hold"
    )
    assert rows[2].recorded_at == at(5)
