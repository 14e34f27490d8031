"""Who acts: owners by their own key, the bridge for them, and nobody for their own change."""

import pytest

from relconsole.domain.record.signature import SigningKey
from tests.e2e.night.plans import RELEASE, by_hand, by_job, gate, limit, release, talk
from tests.e2e.night.stage import Stage, rules_of
from tests.helpers.cli import in_pipe

APART = "segregation_of_duties"


@pytest.fixture
def opened(stage: Stage) -> Stage:
    """A night in which a manual step is ready, and a gate and a deployment come after it."""
    stage.bring(
        release(
            by_hand("drain", "asha"),
            gate("go", "drain", "payments", "ledger"),
            by_job("deploy", "payments-api", "jo", "go"),
            talk("close", "deploy"),
        )
    )
    stage.held()
    return stage


def test_that_what_the_bridge_records_for_an_owner_is_never_shown_as_the_owners_own(
    opened: Stage,
) -> None:
    said = ("--for", "asha", "--heard", "voice", "--note", "all writers are gone")
    opened.do("ines", "step", RELEASE, "drain", "done", *said)
    line = opened.status()["steps"]["drain"]
    assert (line["state"], line["by"], line["recorded_by"]) == ("done", "asha", "ines")
    ended = [line for line in opened.log("--step", "drain") if line["kind"] == "step_ended"]
    assert [
        (line["person"], line["for_person"], line["heard"], line["signed"]) for line in ended
    ] == [("ines", "asha", "voice", True)]
    report = opened.desk.run("report", RELEASE).out
    assert "by asha, recorded by ines (voice)" in report


def test_that_an_owner_acts_by_the_own_key_and_nobody_else_for_them(opened: Stage) -> None:
    assert set(opened.refused("jo", "step", RELEASE, "drain", "done")) == {"not_the_owner"}
    assert set(opened.refused("jo", "step", RELEASE, "drain", "done", "--for", "asha")) == {
        "not_the_owner"
    }
    opened.do("asha", "step", RELEASE, "drain", "done")
    line = opened.status()["steps"]["drain"]
    assert (line["by"], line["recorded_by"]) == ("asha", None)


def test_that_an_act_without_the_key_of_who_acts_is_refused(opened: Stage) -> None:
    nameless = opened.desk.run("step", RELEASE, "drain", "done", "--json")
    assert set(rules_of(nameless)) >= {"who_acts"}
    unsigned = opened.desk.run("step", RELEASE, "drain", "done", "--as", "asha", "--json")
    assert set(rules_of(unsigned)) >= {"who_acts"}
    # Jo knows a passphrase, but not the one of asha's key.
    words = ("step", RELEASE, "drain", "done", "--as", "asha", "--json", "--passphrase-fd")
    wrong = opened.desk.run(*words, in_pipe("a passphrase of nobody else jo\n"))
    assert wrong.status == 2
    assert "does not open the key of asha" in wrong.json["error"]["message"]
    assert opened.status()["steps"]["drain"]["state"] == "ready"


def test_that_a_key_counts_only_after_enrolment_and_no_longer_after_it_is_revoked(
    opened: Stage,
) -> None:
    opened.keyed.desk.make_key("petra")
    said = ("--for", "asha", "--note", "x")
    assert "unproven" in opened.refused("petra", "step", RELEASE, "drain", "done", *said)
    revoke = ("key", "revoke", opened.keyed.marks["asha"], "--reason", "laptop stolen")
    opened.do("lena", *revoke)
    assert "unproven" in opened.refused("asha", "step", RELEASE, "drain", "done")


@pytest.mark.practice("A7.4")
@pytest.mark.practice("E3.4")
@pytest.mark.practice("B2.5")
def test_that_requester_and_author_neither_start_nor_confirm_nor_vote_by_any_name(
    opened: Stage,
) -> None:
    # Mara records what she hears; it is refused whoever's voice under whatever name it was.
    names = ("ilka", "tnovak", "\uff34\uff2f\uff2d\uff21\uff33", "t\u043emas")
    voices = [("--for", name, "--heard", "voice", "--note", "now") for name in names]
    for voice in voices:
        for act in ("start", "done", "skip"):
            found = opened.refused("mara", "step", RELEASE, "drain", act, *voice)
            assert {APART, "person_unknown"} & found.keys(), (act, voice, found)
    opened.do("asha", "step", RELEASE, "drain", "done")
    for voice in voices:
        vote = ("gate", RELEASE, "go", "go", "--station", "payments", *voice)
        assert {APART, "person_unknown"} & opened.refused("mara", *vote).keys(), voice
    assert opened.fleet.log == []


@pytest.mark.practice("A7.4")
@pytest.mark.practice("E3.4")
def test_that_the_requester_by_the_own_key_gets_production_moved_by_no_verb(
    opened: Stage,
) -> None:
    assert APART in opened.refused("tomas", "step", RELEASE, "drain", "done")
    opened.do("asha", "step", RELEASE, "drain", "done")
    assert APART in opened.refused("tomas", "gate", RELEASE, "go", "go")
    assert opened.refused("tomas", "gate", RELEASE, "go", "go", "--decide")
    for person in ("jo", "asha"):
        opened.do(person, "gate", RELEASE, "go", "go")
    opened.do("mara", "gate", RELEASE, "go", "go", "--decide")
    assert APART in opened.refused("tomas", "step", RELEASE, "deploy", "start")
    ran = opened.night(person="tomas")
    assert (ran.status, opened.fleet.log) == (1, [])
    assert APART in " ".join(ran.json["reasons"])
    opened.held()
    assert opened.fleet.begun == [("payments-api", "2.31.0")]
    # Neither is the requester the first nor the second person of the way back.
    first = opened.act("tomas", "rollback", RELEASE, "--reason=checkout fails")
    assert (first.status, first.json["state"]) == (1, "refused")
    assert "tomas is the requester" in first.json["reconcile"][0]["reason"]
    assert opened.act("mara", "rollback", RELEASE, "--reason=checkout fails").status == 1
    second = opened.act(
        "mara", "rollback", RELEASE, "--reason=checkout fails", "--answer", opened.signed("tomas")
    )
    assert "tomas is the requester" in second.json["reconcile"][0]["reason"]
    assert opened.fleet.begun == [("payments-api", "2.31.0")]


def test_that_nobody_seconds_themselves_under_any_name(stage: Stage) -> None:
    stage.bring(release(by_job("deploy", "payments-api", "jo"), talk("close", "deploy")))
    stage.held()
    assert stage.act("mara", "rollback", RELEASE, "--reason=checkout fails").status == 1
    own = stage.act(
        "mara", "rollback", RELEASE, "--reason=checkout fails", "--answer", stage.signed("mara")
    )
    assert own.json["state"] == "refused"
    assert "mara and mara are one person" in own.json["reconcile"][0]["reason"]
    # A key under another name of hers is a key of hers, and her own is registered already.
    text = SigningKey(b"\x07" * 32).public.text
    ran = stage.desk.run("key", "register", "mokafor", "--public", text, "--json")
    if ran.status == 0:
        assert ran.json["person"] == "mara"
    assert stage.fleet.begun == [("payments-api", "2.31.0")]


def test_that_a_signature_counts_once_for_what_was_seen_and_for_nothing_else(
    stage: Stage,
) -> None:
    stage.bring(
        release(
            by_job("deploy", "payments-api", "jo"),
            by_hand("drain", "asha", "deploy"),
            health=limit(),
        )
    )
    stage.metrics.values["error_ratio"] = 0.1
    stage.held()
    assert stage.act("mara", "rollback", RELEASE, "--reason=checkout fails").status == 1
    answer = stage.signed("lena")
    stage.do("mara", "stop", RELEASE, "--note", "wait")
    resumed = stage.act("mara", "resume", RELEASE, "--answer", answer)
    assert set(rules_of(resumed)) == {"no_such_request"}
    broken = stage.folder / "broken.answer.json"
    text = answer.read_text(encoding="utf-8")
    broken.write_text(text.replace('"signer":"lena"', '"signer":"jo"'), encoding="utf-8")
    assert broken.read_text() != text
    forged = stage.act("mara", "rollback", RELEASE, "--reason=checkout fails", "--answer", broken)
    assert forged.json["state"] == "refused"
    assert stage.fleet.begun == [("payments-api", "2.31.0")]
