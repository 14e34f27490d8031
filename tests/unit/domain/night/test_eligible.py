"""Who may sign beside somebody, and what is said to those who may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.night.eligible import eligible_seconds, owner_bars, say_eligible
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Runbook
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    EVERYBODY,
    PIA,
    Bridge,
    bridge,
    deploying,
    nameless,
)
from tests.unit.domain.night.scenes import ASHA, DEPLOY, INES, JO, MARA, RUN, TOMAS, runbook


def why(night: Bridge, act: TwoPersonAct, thing: str, by: str | None = MARA) -> dict[str, str]:
    found = eligible_seconds(night.around(by), night.run, act, thing)
    assert all(each.ok is not bool(each.why) for each in found)
    return {each.person: each.why for each in found}


@pytest.mark.parametrize("act", list(TwoPersonAct))
def test_that_every_enrolled_person_is_named_and_those_who_may_sign_come_first(
    act: TwoPersonAct,
) -> None:
    night = deploying()
    found = eligible_seconds(night.around(MARA), night.run, act, DEPLOY)
    assert sorted(each.person for each in found) == sorted(EVERYBODY)
    assert [each.ok for each in found] == sorted((each.ok for each in found), reverse=True)


def test_that_neither_who_acts_nor_requester_nor_author_may_sign() -> None:
    found = why(bridge(), TwoPersonAct.ROLLBACK, RUN)
    assert [person for person, bar in found.items() if not bar] == [ASHA, BEN, INES, JO]
    assert found[MARA] == "mara and mara are one person"
    assert "tomas is the requester" in found[TOMAS]
    assert "pia is an author" in found[PIA]


def test_that_another_name_of_who_acts_is_no_second_person() -> None:
    assert "one person" in why(bridge(), TwoPersonAct.RESUME, RUN, by="mokafor")[MARA]


def test_that_the_owner_of_a_step_may_sign_anything_but_the_override_of_its_checks() -> None:
    night = deploying()
    assert "jo owns deploy" in why(night, TwoPersonAct.OVERRIDE, DEPLOY)[JO]
    assert why(night, TwoPersonAct.COMMIT, DEPLOY)[JO] == ""


def test_that_a_step_of_nobody_belongs_to_whom_its_newest_attempt_was_recorded_for() -> None:
    night = bridge(Runbook(steps=(replace(runbook().steps[2], owner=None, after=()),)))
    assert owner_bars(night.around(), night.run, DEPLOY, JO) == ()
    night.does(night.start(DEPLOY, Said(for_person=ASHA, heard="voice")))
    assert [each.rule for each in owner_bars(night.around(), night.run, DEPLOY, ASHA)] == [
        "owner_overrides"
    ]
    assert owner_bars(night.around(), night.run, DEPLOY, JO) == ()


def test_that_an_unknown_step_belongs_to_nobody() -> None:
    night = bridge()
    assert owner_bars(night.around(), night.run, "no-such-step", JO) == ()


def test_that_only_holders_of_a_role_may_sign_where_the_policy_names_one() -> None:
    night = bridge()
    night.policy = Policy(authorities=(Authority(act="override_check", role="lead"),))
    found = why(night, TwoPersonAct.OVERRIDE, DEPLOY)
    assert [person for person, bar in found.items() if not bar] == [BEN]
    assert "holds no role" in found[ASHA]


def test_that_a_console_without_a_person_bars_nobody_for_being_the_first() -> None:
    night = bridge()
    around = night.around(replace(CONSOLE, person=None))
    found = eligible_seconds(around, night.run, TwoPersonAct.RESUME, RUN)
    assert {each.person for each in found if each.ok} == {ASHA, BEN, INES, JO, MARA}


def test_that_who_may_sign_is_said_by_name_or_that_nobody_may() -> None:
    night = deploying()
    said = say_eligible(night.around(), night.run, TwoPersonAct.OVERRIDE, DEPLOY)
    assert said == "one of these signs: asha, ben, ines"
    alone = nameless()
    assert say_eligible(alone.around(), alone.run, TwoPersonAct.RESUME, RUN) == (
        "nobody enrolled may sign it"
    )
