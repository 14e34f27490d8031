"""One program conducts the night; people answer, stop and ask from others beside it."""

from datetime import UTC, datetime

import pytest

from relconsole.adapters.store.writer_lock import take_writer
from tests.e2e.night.away import away
from tests.e2e.night.plans import NEW, OLD, RELEASE, by_hand, by_job, gate, release, talk
from tests.e2e.night.stage import LEASE, Stage, rules_of
from tests.helpers.cli import in_pipe

STAY = ("night", RELEASE, "--stay", *LEASE)


@pytest.fixture
def planned(stage: Stage) -> Stage:
    """A night of a manual step, a gate, a deployment, and a last word."""
    stage.bring(
        release(
            by_hand("drain", "asha"),
            gate("go", "drain", "payments", "ledger"),
            by_job("deploy", "payments-api", "jo", "go"),
            talk("close", "deploy"),
        )
    )
    return stage


def test_that_people_answer_a_running_night_each_from_a_program_of_their_own(
    planned: Stage,
) -> None:
    with away(planned, "mara", *STAY) as night:
        night.hears("live run of pay-4 opened")
        posted = planned.act("asha", "step", RELEASE, "drain", "done")
        assert posted.status == 0
        assert "posted to the program that writes it" in posted.err
        planned.do("jo", "gate", RELEASE, "go", "go")
        assert "quorum_missing" in planned.refused("mara", "gate", RELEASE, "go", "go", "--decide")
        planned.do("asha", "gate", RELEASE, "go", "go")
        planned.do("mara", "gate", RELEASE, "go", "go", "--decide")
        night.hears("deploy done")
        planned.do("mara", "step", RELEASE, "close", "done")
        ended = night.ends()
    assert (ended.status, ended.document["outcome"]) == (0, "finished")
    assert planned.fleet.runs("payments-api") == NEW["payments-api"]
    by = {line["step"]: line for line in planned.log() if line["kind"] == "step_ended"}
    assert (by["drain"]["person"], by["drain"]["signed"]) == ("asha", True)
    assert planned.desk.ask("journal", "verify")["ok"]


def test_that_a_stop_that_nobody_can_record_stands_until_the_next_who_writes(
    planned: Stage,
) -> None:
    planned.night()
    with take_writer(planned.desk.store, "import", datetime.now(UTC)):
        told = planned.act("jo", "stop", RELEASE, "--note", "wrong amounts")
    assert told.status == 3
    assert "nothing leaves past it" in told.json["error"]["message"]
    ran = planned.night()
    assert (ran.status, ran.json["outcome"]) == (1, "stopped")
    assert "wrong amounts" in " ".join(ran.json["reasons"])
    (stopped,) = [line for line in planned.log() if line["kind"] == "line_stopped"]
    assert (stopped["person"], stopped["signed"]) == ("jo", True)


def test_that_a_stop_goes_unsigned_where_the_key_cannot_be_opened(planned: Stage) -> None:
    planned.night()
    wrong = ("--as", "asha", "--passphrase-fd", in_pipe("another passphrase\n"))
    told = planned.desk.run("stop", RELEASE, "--note", "wrong amounts", *wrong)
    assert told.status == 0
    assert "It goes unsigned" in told.err
    (stopped,) = [line for line in planned.log() if line["kind"] == "line_stopped"]
    assert (stopped["person"], stopped["signed"]) == (None, False)


def test_that_anybody_stops_the_line_from_elsewhere_and_two_people_resume_it(
    planned: Stage,
) -> None:
    with away(planned, "mara", *STAY) as night:
        night.hears("live run of pay-4 opened")
        planned.do("jo", "stop", RELEASE, "--note", "a customer reports wrong amounts")
        ended = night.ends()
    assert (ended.status, ended.document["outcome"]) == (1, "stopped")
    assert "a customer reports wrong amounts" in " ".join(ended.document["reasons"])
    assert "line_stopped" in planned.refused("asha", "step", RELEASE, "drain", "start")
    ran = planned.night()
    assert (ran.status, ran.json["outcome"]) == (1, "stopped")
    assert set(rules_of(planned.act("mara", "resume", RELEASE))) == {"second_person"}
    request = planned.request()
    alone = planned.act("mara", "resume", RELEASE, "--answer", planned.signed("mara", request))
    assert "same_person" in rules_of(alone)
    resume = ("resume", RELEASE, "--note", "the amounts were right")
    planned.do("mara", *resume, "--answer", planned.signed("lena", request))
    planned.do("asha", "step", RELEASE, "drain", "start")
    assert [line["person"] for line in planned.log("--fact", "line_stopped")] == ["jo"]


def test_that_only_one_program_writes_and_a_second_one_names_the_first(planned: Stage) -> None:
    with away(planned, "mara", *STAY) as night:
        night.hears("live run of pay-4 opened")
        second = planned.act("lena", "night", RELEASE)
        assert second.status == 3
        assert str(night.pid) in second.json["error"]["message"]
        # Readers are free.
        assert planned.status()["outcome"] is None
        assert planned.desk.ask("brief", RELEASE)["digest"]


def test_that_a_stopped_line_lets_nothing_leave_and_what_runs_is_followed(
    stage: Stage,
) -> None:
    stage.bring(
        release(
            by_job("deploy", "payments-api", "jo"),
            by_job("again", "payments-api", "jo", "deploy"),
        )
    )
    stage.fleet.holds("payments-api", NEW["payments-api"])
    with away(stage, "mara", *STAY) as night:
        night.hears("deploy started")
        night.sees(lambda: stage.fleet.begun, "it has begun")
        stage.do("asha", "stop", RELEASE, "--note", "wait")
        assert night.ends().document["outcome"] == "stopped"
    stage.fleet.lets_go("payments-api", NEW["payments-api"])
    ran = stage.night()
    assert ran.json["outcome"] == "stopped"
    assert stage.fleet.begun == [("payments-api", NEW["payments-api"])]
    stage.act("mara", "resume", RELEASE)
    stage.do("mara", "resume", RELEASE, "--answer", stage.signed("lena"))
    assert stage.finished()["steps"]["again"]["state"] == "done"
    assert len(stage.fleet.begun) == 2


@pytest.mark.practice("B5.1")
@pytest.mark.practice("C5.2")
def test_that_a_console_killed_while_it_sends_is_resumed_and_each_job_ran_exactly_once(
    stage: Stage,
) -> None:
    stage.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    new, old = NEW["payments-api"], OLD["payments-api"]
    # The first thing that each job does is to kill the console that has just sent it.
    with away(stage, "mara", "night", RELEASE, *LEASE) as night:
        stage.fleet.kills(night.pid)
        assert night.ends().status == -9
    (effect,) = stage.status()["effects"].values()
    assert (effect["state"], effect["outcome"]) in {("sent", None), ("acknowledged", None)}
    stage.await_lease()
    run = stage.held()
    assert run["steps"]["deploy"]["state"] == "done"
    assert stage.fleet.begun == [("payments-api", new)]
    assert stage.act("mara", "rollback", RELEASE, "--reason=checkout fails").status == 1
    answer = stage.signed("lena")
    with away(
        stage, "mara", "rollback", RELEASE, "--reason=checkout fails", "--answer", answer, *LEASE
    ) as back:
        stage.fleet.kills(back.pid)
        assert back.ends().status == -9
    stage.await_lease()
    ran = stage.act("mara", "rollback", RELEASE, "--reason=checkout fails")
    assert (ran.status, ran.json["state"]) == (0, "rolled_back")
    assert stage.fleet.begun == [("payments-api", new), ("payments-api", old)]
    assert stage.desk.ask("journal", "verify")["ok"]


def test_that_what_a_dead_console_left_as_sent_can_be_settled_without_taking_the_run_up(
    stage: Stage,
) -> None:
    stage.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    with away(stage, "mara", "night", RELEASE, *LEASE) as night:
        stage.fleet.kills(night.pid)
        assert night.ends().status == -9
    (name,) = stage.status()["effects"]
    stage.await_lease()
    seen = ("--outcome", "succeeded", "--note", "the service answers with the new version")
    run = stage.do("mara", "settle", RELEASE, "--effect", name, *seen)
    assert run["effects"][name]["state"] == "settled_by_hand"
    assert stage.held()["steps"]["deploy"]["state"] == "done"
    assert stage.fleet.begun == [("payments-api", NEW["payments-api"])]


def test_that_a_job_of_which_nobody_can_tell_the_end_is_settled_by_a_person(
    stage: Stage,
) -> None:
    stage.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    stage.fleet.holds("payments-api", NEW["payments-api"])
    with away(stage, "mara", "night", RELEASE, *LEASE) as night:
        night.sees(lambda: stage.fleet.begun, "it has begun")
        night.sees(
            lambda: [e for e in stage.status()["effects"].values() if e["state"] == "acknowledged"],
            "it is acknowledged",
        )
    # Console and job are gone at once, as when the power fails.
    stage.fleet.dies("payments-api", NEW["payments-api"])
    stage.await_lease()
    run = stage.held()
    (name,) = run["effects"]
    assert [(hold["cause"], hold["thing"]) for hold in run["holds"]] == [("effect", name)]
    assert stage.fleet.begun == [("payments-api", NEW["payments-api"])]
    settle = ("settle", RELEASE, "--effect", name, "--outcome", "succeeded")
    assert "no_reason" in stage.refused("mara", *settle)
    seen = ("--note", "the service answers with the new version")
    assert "segregation_of_duties" in stage.refused("tomas", *settle, *seen)
    stage.do("mara", *settle, *seen)
    assert stage.held()["steps"]["deploy"]["state"] == "done"
    assert stage.fleet.begun == [("payments-api", NEW["payments-api"])]
    assert "settled by hand: 1" in " ".join(stage.desk.ask("report", RELEASE)["issues"])
