"""Keys of people: registering, confirming and revoking them, and taking them over."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from relconsole.domain.console.commands import EnrolKey, RegisterKey, RevokeKey, TakeOverKeys
from relconsole.domain.console.facts import ConsoleFact, EffectiveKey, KeysTakenOver
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.estate.people import find_person
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import Actor
from relconsole.domain.readiness.keys import (
    ENROL_ACT,
    KeyEnrolled,
    KeyRegistered,
    KeyRevoked,
    effective_key,
    enrol_reasons,
    entitled_to_enrol,
    register_reasons,
    revoke_reasons,
)
from relconsole.domain.record.request import Answer, check_answer, parse_request
from relconsole.domain.record.signature import PublicKey


def enrolment_binding(person: PersonId, fingerprint: Fingerprint) -> JsonObject:
    """Give what a signature under somebody else's key is over."""
    return {"person": person, "fingerprint": fingerprint}


def keep_key(
    state: ConsoleState,
    command: RegisterKey | EnrolKey | RevokeKey,
    actor: Actor,
    now: datetime,
    journal: str,
) -> tuple[ConsoleFact, ...] | Refusal:
    """Give a fact about a key, or why it is not taken."""
    match command:
        case RegisterKey():
            return _register(state, command, now)
        case EnrolKey():
            return _enrol(state, command, actor, now, journal)
        case RevokeKey():
            return _revoke(state, command, actor, now)
        case _:
            assert_never(command)


def _register(
    state: ConsoleState, command: RegisterKey, now: datetime
) -> tuple[ConsoleFact, ...] | Refusal:
    """Give a person's new key, which does not count yet."""
    people = state.workspace.estate.people
    reasons = register_reasons(
        state.keys, people, person=command.person, public_key=command.public_key
    )
    if reasons:
        return Refusal(reasons=reasons)
    return (KeyRegistered(person=command.person, public_key=command.public_key, at=now),)


def _enrol(
    state: ConsoleState, command: EnrolKey, actor: Actor, now: datetime, journal: str
) -> tuple[ConsoleFact, ...] | Refusal:
    """Give a confirmed key: by the actor, or by who answered the request in their own process."""
    if command.answer is None:
        by = actor.person
        unproven = _actor_reasons(state, actor, command.fingerprint)
    else:
        by = command.answer.signer
        unproven = _answer_reasons(state, command, command.answer, now, journal)
    if unproven or by is None:
        return Refusal(reasons=unproven)
    reasons = enrol_reasons(
        state.keys,
        state.workspace.estate.people,
        entitled_to_enrol(state.workspace.policy, state.workspace.estate),
        person=command.person,
        fingerprint=command.fingerprint,
        by=by,
    )
    if reasons:
        return Refusal(reasons=reasons)
    return (
        KeyEnrolled(
            person=command.person,
            fingerprint=command.fingerprint,
            by=by,
            means=command.means,
            at=now,
            request=command.request,
            answer=command.answer,
        ),
    )


def _revoke(
    state: ConsoleState, command: RevokeKey, actor: Actor, now: datetime
) -> tuple[ConsoleFact, ...] | Refusal:
    """Give a revoked key."""
    unproven = _actor_reasons(state, actor, command.fingerprint)
    by = actor.person
    if unproven or by is None:
        return Refusal(reasons=unproven)
    reasons = revoke_reasons(
        state.keys,
        state.workspace.estate.people,
        entitled_to_enrol(state.workspace.policy, state.workspace.estate),
        fingerprint=command.fingerprint,
        by=by,
    )
    if reasons:
        return Refusal(reasons=reasons)
    return (
        KeyRevoked(
            person=state.keys.owners[command.fingerprint],
            fingerprint=command.fingerprint,
            by=by,
            reason=command.reason,
            at=now,
        ),
    )


def _actor_reasons(state: ConsoleState, actor: Actor, thing: str) -> tuple[Reason, ...]:
    """Give why the actor's word about a key does not count.

    An act about a key is always signed: with the key that counts for the person, or, before
    anybody's does, with the newest one that the person registered and nobody revoked.
    """
    person = actor.person
    if person is None:
        return refuse("who_acts", thing, "a key is confirmed by a person", "use --as").reasons
    key = _key_for_keys(state, person)
    if isinstance(key, Reason):
        return (key,)
    if key.fingerprint == actor.key:
        return ()
    says = f"this act is not signed with the key of {person}"
    return refuse("unproven", person, says, f"unlock the key of {person}").reasons


def _key_for_keys(state: ConsoleState, person: PersonId) -> PublicKey | Reason:
    """Give the key with which a person acts on keys, or why there is none.

    Were a key that nobody confirmed enough once others count, whoever registers one in a
    colleague's name could revoke all that count and found the ring anew.
    """
    people = state.workspace.estate.people
    own = effective_key(state.keys, person, people)
    if not isinstance(own, Reason) or any(known in people for known in state.keys.effective):
        return own
    found = find_person(people, person)
    newest = None if found is None else state.keys.newest.get(found.id)
    if newest is None or newest in state.keys.revoked:
        return own
    return state.keys.keys[newest]


def _answer_reasons(
    state: ConsoleState, command: EnrolKey, answer: Answer, now: datetime, journal: str
) -> tuple[Reason, ...]:
    """Give why a signed answer does not confirm this key."""
    try:
        request = parse_request(command.request.encode())
    except InputRejected as broken:
        return refuse("no_such_request", answer.signer, str(broken)).reasons
    wanted = enrolment_binding(command.person, command.fingerprint)
    asked = (request.act, request.journal, request.what.get("binds"))
    if asked != (ENROL_ACT, journal, wanted):
        says = "what was signed is not the confirmation of this key"
        return refuse("no_such_request", answer.signer, says).reasons
    key = _key_for_keys(state, answer.signer)
    wrong = key if isinstance(key, Reason) else check_answer(answer, request, key, now)
    return () if wrong is None else (wrong,)


def take_over_keys(
    state: ConsoleState, command: TakeOverKeys, now: datetime
) -> tuple[ConsoleFact, ...]:
    """Give the keys that are new here, and which of all count; nothing where nothing differs.

    Keys of people whom this journal does not know yet stay where they are.
    """
    foreign = command.keys
    counting = {
        person: fingerprint
        for person, fingerprint in sorted(foreign.effective.items())
        if person in state.workspace.estate.people
    }
    new = tuple(
        KeyRegistered(person=person, public_key=foreign.keys[fingerprint].text, at=now)
        for person, fingerprint in counting.items()
        if fingerprint not in state.keys.keys
    )
    if counting == dict(state.keys.effective):
        return new
    effective = tuple(
        EffectiveKey(person=person, fingerprint=fingerprint)
        for person, fingerprint in counting.items()
    )
    return (*new, KeysTakenOver(effective=effective))
