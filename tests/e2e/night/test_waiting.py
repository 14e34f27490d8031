"""What has waited for a day for another system: it stays here until a person has said so."""

import asyncio
from datetime import UTC, datetime, timedelta

from relconsole.adapters.clock import SystemIds
from relconsole.adapters.journal_sql.opening import Wanted, identity_of, open_journal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.person_keys import read_store_key
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.console.facts import make_codec
from relconsole.domain.kernel.ids import ReleaseId, SystemId
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.run_commands import IntendEffect
from relconsole.ports.journal import JournalKind
from relconsole.services.desk import Desk, load_state
from tests.e2e.night.plans import RELEASE, Plan, at, by_job, release, talk
from tests.e2e.night.stage import Stage
from tests.e2e.night.test_change_record import CHANGE, SYSTEM, record
from tests.helpers.fakes.clock import FakeClock

NOTE = ("--note", "petra still asks for it")


def plan() -> Plan:
    """Give a release with a change record, whose first step a person does."""
    deploy = by_job("deploy", "payments-api", "jo", "open")
    return release(talk("open"), deploy, change=SYSTEM, approved_within="7d")


def intends(stage: Stage, text: str, hours: float) -> str:
    """Record that a word was intended so many hours ago, in the newest run; give its effect."""

    async def intend() -> str:
        path = StoreLayout(stage.desk.store).journal(JournalKind.LIVE)
        found = identity_of(path)
        assert found is not None
        clock = FakeClock(datetime.now(UTC) - timedelta(hours=hours))
        wanted = Wanted(
            journal=found.journal,
            kind=JournalKind.LIVE,
            key=await read_store_key(stage.desk.credentials, found.journal, JournalKind.LIVE),
            now=clock.now(),
            projection=EffectFacts(),
        )
        journal = await open_journal(path, wanted)
        codec = make_codec()
        state = await load_state(journal, codec)
        run = state.newest_run(ReleaseId(RELEASE))
        assert run is not None
        desk = Desk(journal=journal, clock=clock, ids=SystemIds(), codec=codec, state=state)
        word = IntendEffect(
            run=run.id,
            system=SystemId("itsm"),
            effect_kind="change.comment",
            purpose=Purpose.ANCHOR,
            payload={"change": CHANGE, "text": text},
        )
        (recorded,) = await desk.must(word, desk.console)
        await journal.close()
        return recorded.id

    return asyncio.run(intend())


def test_that_what_waited_for_a_day_leaves_once_a_person_says_that_it_is_still_to_be_done(
    stage: Stage,
) -> None:
    stage.bring(plan())
    path = record(stage, approver="petra", approved_at=at(-60))
    stage.held()
    late = intends(stage, "a late word", hours=25)
    young = intends(stage, "a young word", hours=23)
    (line,) = stage.status()["waiting"]
    assert (line["count"], line["expired"]) == (2, True)
    said = stage.desk.run("status", RELEASE).out
    assert f"say whether it is still to be done ({late})" in said
    assert young not in said
    doctor = stage.desk.run("doctor", "--json", "--offline").json
    (check,) = (each for each in doctor["checks"] if each["name"] == "waiting for itsm")
    assert not check["ok"]
    assert late in check["found"]
    assert "--send" in check["do"]
    run = stage.held()
    assert [(hold["cause"], hold["thing"]) for hold in run["holds"]] == [("effect", late)]
    assert "word" not in path.read_text(encoding="utf-8")
    send = ("settle", RELEASE, "--effect", late, "--send")
    assert "no_reason" in stage.refused("mara", *send)
    assert "segregation_of_duties" in stage.refused("tomas", *send, *NOTE)
    assert stage.do("mara", *send, *NOTE)["holds"] == []
    (said,) = stage.log("--fact", "effect_renewed")
    assert (said["person"], said["signed"]) == ("mara", True)
    stage.held()
    text = path.read_text(encoding="utf-8")
    assert (text.count("a late word"), text.count("a young word")) == (1, 1)
    assert text.index("a late word") < text.index("a young word")
    assert stage.status()["effects"][young]["state"] != "intended"
    assert stage.desk.ask("journal", "verify")["ok"]


def test_that_what_waited_in_a_night_before_is_shown_with_the_new_one_and_can_be_dropped(
    bare: Stage,
) -> None:
    bare.bring(plan())
    path = record(bare, approver="petra", approved_at=at(-60))
    bare.held()
    bare.do("mara", "step", RELEASE, "open", "done")
    assert bare.finished()["outcome"] == "finished"
    late = intends(bare, "a late word", hours=25)
    assert [line["expired"] for line in bare.status()["waiting"]] == [True]
    again = bare.night()
    assert "of a run that has ended: change.comment has waited since" in again.err
    assert "a late word" not in path.read_text(encoding="utf-8")
    run = bare.status()
    assert late not in run["effects"]
    assert run["waiting"][0]["expired"]
    assert late in bare.desk.run("status", RELEASE).out
    drop = ("settle", RELEASE, "--effect", late, "--outcome", "never-happened")
    bare.do("mara", *drop, "--note", "nobody needs it any more")
    bare.held()
    assert bare.status()["waiting"] == []
    assert "a late word" not in path.read_text(encoding="utf-8")


def test_that_only_an_effect_can_be_said_to_be_still_to_be_done(bare: Stage) -> None:
    bare.bring(plan())
    record(bare, approver="petra", approved_at=at(-60))
    bare.held()
    send = ("settle", RELEASE, "--total", "rows", "--send", *NOTE)
    ran = bare.act("mara", *send)
    assert (ran.status, "Only an effect" in ran.out) == (2, True)
    ended = ("--outcome", "succeeded")
    assert bare.act("mara", "settle", RELEASE, "--effect", "x", "--send", *ended).status == 2
