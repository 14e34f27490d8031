"""What a real Buildbot answered is read whole, and the plugin asks what it was asked then."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.ci import JOB_START
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer, CredentialRefused, QuestionRefused
from relconsole_plugins.buildbot import parse
from relconsole_plugins.buildbot.plugin import Plugin
from tests.plugins.buildbot.recordings import JOBS, RECORDED, Exchange, Replay, plugin_of

OTHER = RECORDED.scenes["asked by another client"]
ROWS: Mapping[str, type[Any]] = {
    "builders": parse.Builder,
    "builds": parse.Build,
    "buildrequests": parse.Request,
    "buildsets": parse.Buildset,
    "forceschedulers": parse.Scheduler,
    "logs": parse.Log,
    "steps": parse.Step,
}


def _played(scene: str, call: Callable[[Plugin], Awaitable[Any]], jobs: Json = JOBS) -> Any:
    """The answer; the whole scene has been asked for."""
    http = Replay(scene)
    try:
        return asyncio.run(_awaited(call(plugin_of(http, jobs))))
    finally:
        assert http.rest == []


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work


def _effect(number: int, job: str = "deploy", **parameters: str) -> EffectRequest:
    return EffectRequest(
        id=EffectId(f"0190aaaabbbbccccddddeeeeffff{number:04d}"),
        kind=JOB_START,
        payload={"job": job, "parameters": parameters},
        release=ReleaseId("payments-2026.4"),
        step=StepId("deploy-api"),
        person=PersonId("mara"),
        second_person=PersonId("tomas"),
    )


def _remote(scene: str) -> str:
    """The request that a scene is about."""
    return next(
        one.path.removeprefix("/api/v2/").replace("buildrequests", "buildrequest")
        for one in RECORDED.scenes[scene]
        if one.path.startswith("/api/v2/buildrequests/")
    )


def test_that_check_names_the_version_and_the_jobs() -> None:
    assert _played("check", lambda it: it.check()) == "Buildbot 4.3.0; 2 jobs: deploy, silent"


def test_that_a_scheduler_that_is_not_there_is_named() -> None:
    jobs = {"x": {"scheduler": "force-nobody", "builder": "deploy"}}
    with pytest.raises(QuestionRefused, match="no force scheduler force-nobody"):
        _played("check of what is not there", lambda it: it.check(), jobs)


def test_that_a_definition_has_a_digest_and_a_missing_one_a_reason() -> None:
    described = _played("describe", lambda it: it.describe("deploy"))
    assert described.digest is not None
    assert described.summary == "the builder deploy, started by force-deploy"
    jobs = {"x": {"scheduler": "force-nobody", "builder": "nobody"}}
    missing = _played("describe of what is not there", lambda it: it.describe("x"), jobs)
    assert (missing.digest, missing.unreadable) == (None, "there is no builder nobody")


def test_that_other_fixed_properties_are_another_definition() -> None:
    first = _played("describe", lambda it: it.describe("deploy"))
    jobs = {"deploy": {"scheduler": "force-deploy", "builder": "deploy"}}
    assert _played("describe", lambda it: it.describe("deploy"), jobs).digest != first.digest


def test_that_a_start_sends_whose_it_is_and_is_found_by_its_id() -> None:
    request = _effect(1001, version="2.4.1", seconds="1")
    taken = _played("start", lambda it: it.perform(request))
    assert taken == Acknowledged(remote="buildrequest/1")
    sent = RECORDED.scenes["start"][-1].sent["params"]
    assert sent["reason"] == (
        f"relconsole effect {request.id} release payments-2026.4 step deploy-api by mara with tomas"
    )
    assert (sent["relconsole_effect_id"], sent["relconsole_person"]) == (request.id, "mara")
    found = _played("find", lambda it: it.find(JOB_START, request.id))
    assert found == Found(remote=taken.remote)
    never = EffectId("0190aaaabbbbccccddddeeeeffff9999")
    assert _played("find what is not there", lambda it: it.find(JOB_START, never)) == NotFound()


def test_that_a_request_is_found_whose_buildset_does_not_bear_the_reason() -> None:
    effect = _effect(1014).id
    assert (
        f"relconsole effect {effect}"
        not in RECORDED.bodies[RECORDED.scenes["find what left out its reason"][1].body]
    )
    found = _played("find what left out its reason", lambda it: it.find(JOB_START, effect))
    assert isinstance(found, Found)


@pytest.mark.parametrize(
    ("scene", "ending", "detail", "output"),
    [
        ("follow what waits", Ending.RUNNING, "it waits for a worker", ""),
        ("follow what runs", Ending.RUNNING, "step deploy", ""),
        ("follow a success", Ending.SUCCEEDED, "success; step smoke", "ok"),
        ("follow warnings", Ending.SUCCEEDED, "warnings; step smoke", "ok"),
        ("follow failure", Ending.FAILED, "failure; step deploy", "deployed 2.4.1, loud False"),
        ("follow exception", Ending.FAILED, "exception; step deploy", "deployed 2.4.1, loud False"),
        ("follow a retry", Ending.RUNNING, "given up by Buildbot", ""),
        ("follow a second attempt", Ending.SUCCEEDED, "success; step smoke", "ok"),
        ("follow what was merged", Ending.FAILED, "it was never built", ""),
        ("follow what was dropped", Ending.CANCELLED, "cancelled before it began", ""),
        (
            *("follow what was stopped", Ending.CANCELLED, "cancelled; step deploy"),
            "step 1 of 2.4.1 on prod\nstep 2 of 2.4.1 on prod",
        ),
        ("follow what nobody knows", Ending.UNKNOWN, "no such request any more", ""),
    ],
)
def test_that_a_request_is_followed(scene: str, ending: Ending, detail: str, output: str) -> None:
    state = _played(scene, lambda it: it.follow(JOB_START, _remote(scene)))
    assert (state.ending, state.output) == (ending, output)
    assert detail in state.detail


@pytest.mark.parametrize(
    ("scene", "done", "order"),
    [
        ("cancel what runs", True, "stop"),
        ("cancel what waits", True, "cancel"),
        ("cancel what is over", False, None),
    ],
)
def test_that_a_build_is_stopped_and_a_request_dropped(
    scene: str, done: bool, order: str | None
) -> None:
    reason = {"stop": "stop it", "cancel": "not tonight"}.get(str(order), "late")
    assert _played(scene, lambda it: it.cancel(JOB_START, _remote(scene), reason)) is done
    orders = [one.sent["method"] for one in RECORDED.scenes[scene] if one.method == "POST"]
    assert orders == ([order] if order else [])


def test_that_a_wrong_value_is_refused_in_the_targets_words() -> None:
    refused = _played("start with a wrong value", lambda it: it.perform(_effect(1010)))
    assert refused == TargetRefused(reason="version: 'Version' needs to be specified")


def test_that_who_may_not_is_refused_after_one_new_session() -> None:
    with pytest.raises(CredentialRefused, match="role 'admins'"):
        _played("start by one who may not", lambda it: it.perform(_effect(1011, version="2.4.1")))
    paths = [one.path for one in RECORDED.scenes["start by one who may not"]]
    assert paths.count("/auth/login") == 2


def test_that_a_wrong_password_is_refused() -> None:
    with pytest.raises(CredentialRefused, match="401"):
        _played("a wrong password", lambda it: it.perform(_effect(1012, version="2.4.1")))


@pytest.mark.parametrize(
    "recorded",
    [one for one in OTHER if one.path.rpartition("/")[2] in ROWS and one.status == 200],
    ids=lambda one: f"{one.path} {one.body}",
)
def test_that_rows_that_another_client_was_given_are_read(recorded: Exchange) -> None:
    name = recorded.path.rpartition("/")[2]
    rows = parse.read_rows(recorded.answer, name, ROWS[name])
    assert len(rows) == len(json.loads(recorded.answer.body)[name])


def test_that_what_another_client_ordered_is_read() -> None:
    forced = [one for one in OTHER if one.method == "POST"]
    assert [parse.read_started(one.answer, 1) for one in forced] == [4, 5]
    with pytest.raises(BadAnswer, match="not of 2 alone"):
        parse.read_started(forced[0].answer, 2)


def test_that_of_the_cookies_of_a_login_the_last_one_counts() -> None:
    (login,) = [one for one in OTHER if one.path == "/auth/login"]
    cookies = login.headers["set-cookie"].replace("session.of.somebody", "session.of.nobody", 1)
    session = parse.read_session(cookies)
    assert session is not None
    assert session.reveal() == "TWISTED_SESSION=session.of.somebody"


def test_that_a_row_that_is_not_there_is_none() -> None:
    (missing,) = [one for one in OTHER if one.status == 404]
    assert parse.read_row(missing.answer, "builds", parse.Build) is None


def test_that_what_buildbot_writes_into_a_log_is_left_out() -> None:
    (lines,) = [one for one in OTHER if one.path.endswith("/contents")]
    assert b"environment" in lines.answer.body
    log = parse.Log(logid=2, stepid=3, name="stdio", type="s", num_lines=5)
    assert parse.read_lines(lines.answer, log) == ""
