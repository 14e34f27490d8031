"""What a night's decisions may know beside the run: the hour, who asks, and the workspace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import are_one_person, is_one_of
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.readiness.keys import Keyring, effective_key
from relconsole.domain.readiness.segregation import Duty, duty_reasons
from relconsole.domain.record.signature import PublicKey
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks.

    ``key`` is the key that will sign the facts, None where nobody signs. ``is_console`` is the
    console itself, which records what it observed and decides nothing; a person who conducts the
    night stands in ``person`` even then, as the one under whose order the console goes on.
    """

    person: PersonId | None = None
    key: Fingerprint | None = None
    is_console: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The hour in UTC, the journal's id, who asks, and what the workspace says."""

    now: datetime
    journal: str
    actor: Actor
    estate: Estate
    calendar: Calendar
    policy: Policy
    release: Release
    keys: Keyring

    def key_of(self, person: PersonId) -> PublicKey | None:
        """Give the key that counts for a person, under any name; None where there is none."""
        found = effective_key(self.keys, person, self.estate.people)
        return None if isinstance(found, Reason) else found


def attribution_reasons(around: Around, run: RunState, thing: str) -> tuple[Reason, ...]:
    """Give why the act cannot be counted as the actor's own, none where it can.

    Once anybody is enrolled, an act of a live run counts only under the enrolled key of who acts;
    before that names are taken at their word. A rehearsal takes everybody's word.
    """
    return () if run.rehearsal else signer_reasons(around, thing)


def signer_reasons(around: Around, thing: str) -> tuple[Reason, ...]:
    """Give why an act on something live is not signed as it must be, none where it is."""
    person = around.actor.person
    if not around.keys.effective:
        return ()
    if person is None:
        return (
            reason(
                "who_acts",
                thing,
                "an act of a live run needs a person",
                "name yourself with --as, and sign",
            ),
        )
    enrolled = around.key_of(person)
    if enrolled is None:
        says = f"{person} has no enrolled key; the act would be unproven"
        lifts = f"somebody confirms a key of {person}, or the commander records the act"
        return (reason("unproven", person, says, lifts),)
    if enrolled.fingerprint == around.actor.key:
        return ()
    return (
        reason(
            "unproven",
            person,
            f"{person} has an enrolled key and this act is not signed with it",
            f"unlock the key of {person}",
        ),
    )


def is_on_bridge(around: Around, run: RunState, person: PersonId) -> bool:
    """Tell whether a person keeps the record of the bridge: its commander or its scribe."""
    scribe = around.release.scribe
    bridge = (run.commander,) if scribe is None else (run.commander, scribe)
    return is_one_of(around.estate.people, person, bridge)


def owner_reasons(
    around: Around, run: RunState, said: Said, owner: PersonId | None, thing: str
) -> tuple[Reason, ...]:
    """Give why this person may not act on the owner's step, none where they may.

    The owner acts alone; only the commander and the scribe record for anybody else.
    """
    person = around.actor.person
    if person is None or run.rehearsal or is_on_bridge(around, run, person):
        return ()
    whose = next(
        (
            each
            for each in (owner, said.for_person)
            if each is not None and not are_one_person(around.estate.people, person, each)
        ),
        None,
    )
    if whose is None:
        return ()
    return (
        reason(
            "not_the_owner",
            thing,
            f"{thing} is {whose}'s; {person} may not record it",
            f"{whose} acts, or {run.commander} records it for {whose}",
        ),
    )


def commander_reasons(around: Around, run: RunState, thing: str) -> tuple[Reason, ...]:
    """Give why this person may not decide what the commander decides."""
    person = around.actor.person
    if run.rehearsal or person is None:
        return ()
    if are_one_person(around.estate.people, person, run.commander):
        return ()
    says = f"{run.commander} commands, not {person}"
    return (reason("not_the_commander", thing, says, "a hand-over, offered and accepted"),)


def duties(around: Around, run: RunState, said: Said, act: Duty) -> tuple[Reason, ...]:
    """Give why the separation of duties forbids this act on a production step.

    Where nobody is named as acting, it is asked of whom the act is recorded for.
    """
    actor = around.actor.person or said.for_person
    if run.rehearsal or actor is None:
        return ()
    return duty_reasons(
        around.estate.people,
        around.release,
        actor=actor,
        for_person=said.for_person,
        act=act,
    )


def reason(rule: str, thing: str, says: str, lifts: str = "") -> Reason:
    """Give a reason."""
    return Reason(rule=rule, thing=thing, says=says, lifts=lifts)


def gather(*groups: Iterable[Reason]) -> Refusal | None:
    """Give one refusal with all reasons, None where there is none."""
    reasons = tuple(each for group in groups for each in group)
    return Refusal(reasons=reasons) if reasons else None
