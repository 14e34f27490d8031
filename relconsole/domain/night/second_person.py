"""Second signatures: what is asked of whom, and whether an answer counts at this moment.

A request binds what must still be true when the act is done, and shows what helps to judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never, cast

import msgspec

from relconsole.domain.kernel.errors import Bug, InputRejected
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import Around, attribution_reasons, gather, reason
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.readiness.segregation import second_person_reasons
from relconsole.domain.record.request import (
    Answer,
    check_answer,
    make_request,
    parse_request,
    request_bytes,
)


def binding(run: RunState, act: TwoPersonAct, thing: str) -> JsonObject | Refusal:
    """Give what a signature for this act is over, as the run stands now."""
    common: dict[str, Json] = {"release": run.release, "run": run.id, "thing": thing}
    match act:
        case TwoPersonAct.ROLLBACK:
            return _bind_rollback(run, common)
        case TwoPersonAct.COMMIT | TwoPersonAct.OVERRIDE:
            step = StepId(thing)
            if step not in run.steps:
                return refuse("unknown_step", thing, f"run {run.id} has no step {thing}")
            return {
                **common,
                "attempts": len(run.steps[step].attempts),
                "plan": run.plan,
                "step_digest": run.step_digests.get(step),
                "failing": _failing(run, step) if act is TwoPersonAct.OVERRIDE else [],
            }
        case TwoPersonAct.RESUME:
            if run.stop is None:
                return refuse("line_runs", run.id, "the line is not stopped")
            return {**common, "stop": run.stop.fact}
        case TwoPersonAct.AMEND:
            return {**common, "plan": run.plan, "amendments": len(run.amendments)}
        case _:
            assert_never(act)


def _failing(run: RunState, step: StepId) -> list[Json]:
    """Give the checks that the newest attempt has not passed: those that an override is over."""
    planned, newest = run.find_step(step), run.steps[step].attempt
    passed = {check.check for check in newest.checks if check.passed} if newest else set[str]()
    return [check.id for check in (planned.checks if planned else ()) if check.id not in passed]


def _bind_rollback(run: RunState, common: Mapping[str, Json]) -> JsonObject | Refusal:
    """Give what a signature under a rollback is over: the armed plan and the fleet it was shown."""
    if run.rollback is None:
        return refuse("not_armed", run.id, "no rollback is armed", "arm it first")
    armed = run.rollback.armed
    return {
        **common,
        "rollback": armed.plan,
        "steps": [step.id for step in armed.steps],
        "forced": armed.forced,
        "fleet": [
            {
                "service": row.service,
                "environment": row.environment,
                "expected": row.expected,
                "target": row.target,
                "observed": list(row.observed),
            }
            for row in armed.fleet
        ],
    }


def ask_signature(around: Around, run: RunState, command: AskSignature) -> SignatureAsked | Refusal:
    """Give the fact that a signature was asked, the request inside."""
    if around.actor.person is None:
        return refuse("who_asks", command.thing, "a person asks for a signature", "use --as")
    unattributed = gather(attribution_reasons(around, run, command.thing))
    if unattributed is not None:
        return unattributed
    bound = binding(run, command.act, command.thing)
    if isinstance(bound, Refusal):
        return bound
    try:
        shows = cast("Json", msgspec.json.decode(command.shows))
        made = make_request(
            act=command.act,
            journal=around.journal,
            person_asked=command.person_asked,
            asked_by=around.actor.person,
            what={"binds": bound, "shows": shows},
            asked_at=around.now,
            expires=around.now + around.policy.request_life,
        )
        # What is recorded here is read again when the answer comes; it must be readable then.
        request = parse_request(request_bytes(made))
    except (ValueError, RecursionError, InputRejected) as wrong:
        return refuse("no_request", command.thing, f"this makes no request: {wrong}")
    return SignatureAsked(
        run=run.id,
        act=command.act,
        thing=command.thing,
        digest=request.digest,
        request=request_bytes(request).decode(),
        expires=request.expires,
    )


def second_reasons(
    around: Around, run: RunState, act: TwoPersonAct, thing: str, answer: Answer
) -> tuple[Reason, ...]:
    """Give why a second person's answer does not carry this act now, none where it does.

    The first person is who acts; the second is never the same, by any name, nor requester or
    author of the change, and holds the role where the policy names one.
    """
    asked = run.asked.get(answer.digest)
    if asked is None or asked.act is not act or asked.thing != thing:
        return (_reason("no_such_request", answer, f"nobody asked {answer.signer} for this"),)
    try:
        request = parse_request(asked.request.encode())
    except InputRejected as broken:
        raise Bug(f"the record holds a broken request: {broken}") from broken
    bound = binding(run, act, thing)
    if isinstance(bound, Refusal):
        return bound.reasons
    if request.what.get("binds") != bound:
        return (_reason("request_is_old", answer, "what was signed is not what would be done now"),)
    key = around.key_of(answer.signer)
    if key is None:
        says = f"{answer.signer} has no enrolled key; the signature is unproven"
        return (_reason("unproven", answer, says),)
    wrong = check_answer(answer, request, key, around.now)
    if wrong is not None:
        return (wrong,)
    actor = around.actor.person or request.asked_by
    return tuple(
        dict.fromkeys(
            each
            for first in (actor, request.asked_by)
            for each in second_person_reasons(
                around.estate,
                around.policy,
                around.release,
                first=first,
                second=answer.signer,
                act=act,
            )
        )
    )


def _reason(rule: str, answer: Answer, says: str) -> Reason:
    """Give a reason about this answer."""
    lifts = "another entitled person signs a new request"
    return reason(rule, answer.signer, says, lifts)
