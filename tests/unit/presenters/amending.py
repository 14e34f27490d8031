"""Amendments of the night of the pictures: who may sign them, and what weighs them."""

from __future__ import annotations

import asyncio
from datetime import datetime

from relconsole.domain.console.commands import EnrolKey, RegisterKey
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.plan.amendment import Amendment
from relconsole.domain.record.request import Answer, answer_request, parse_request
from relconsole.domain.record.signature import SigningKey
from relconsole.services.amending import Amender, Weighed
from tests.helpers.fakes.plugins import WELL, FakePlugins, World
from tests.unit.presenters.night_plan import ASHA, JO, MARA, RUN, TOMAS
from tests.unit.presenters.scenes import Stage, drive

KEYS = {
    person: SigningKey(bytes([number]) * 32)
    for number, person in enumerate((MARA, ASHA, JO, TOMAS), 1)
}


def enrol(stage: Stage) -> Stage:
    """The stage once these people's keys count; Tomas asked for the change and may sign nothing."""
    for person, key in KEYS.items():
        assert not isinstance(
            drive(stage.desk.submit(RegisterKey(person=person, public_key=key.public.text))),
            Refusal,
        )
    for by, person in ((MARA, ASHA), (ASHA, MARA), (MARA, JO), (MARA, TOMAS)):
        confirms = EnrolKey(
            person=person, fingerprint=KEYS[person].public.fingerprint, means="face to face"
        )
        actor = Actor(person=by, key=KEYS[by].public.fingerprint)
        answer = drive(stage.desk.submit(confirms, actor))
        assert not isinstance(answer, Refusal), answer
    return stage


def amender_of(stage: Stage) -> Amender:
    """Give what weighs and records amendments of a staged night."""
    clock = stage.clock
    plugins = FakePlugins(World(time=clock.tick, wall=clock.now, goes=lambda _verb, _at: WELL))
    return Amender(desk=stage.desk, plugins=plugins, clock=clock)


def weigh(stage: Stage, *amendments: Amendment) -> Weighed:
    """What amendments would do, which must not be refused."""
    answer = asyncio.run(amender_of(stage).weigh(RUN, amendments))
    assert isinstance(answer, Weighed), answer
    return answer


def signed(
    stage: Stage, weighed: Weighed, person: PersonId = ASHA, at: datetime | None = None
) -> Answer:
    """The answer of somebody who was asked to sign what was weighed."""
    ask = AskSignature(
        run=RUN, act=TwoPersonAct.AMEND, thing=weighed.thing, person_asked=person, shows="{}"
    )
    records = drive(stage.desk.submit(ask))
    assert not isinstance(records, Refusal), records
    asked = next(each.fact for each in records if isinstance(each.fact, SignatureAsked))
    request = parse_request(asked.request.encode())
    return answer_request(request, person, KEYS[person], at or stage.now)
