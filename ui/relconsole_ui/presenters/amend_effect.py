"""What an amendment would do, before it is recorded: the end, the way back, what it voids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.console.decide import around_release
from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor, Around
from relconsole.domain.night.eligible import Eligible, eligible_seconds
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.compare import AmendmentEffect
from relconsole.domain.record.request import Answer
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import sentence_of
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import initials
from relconsole_ui.presenters.two_people import Candidate, PersonRow, TwoPeopleRows
from relconsole_ui.presenters.words import clock, clock_seconds, counted, minutes, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendSight:
    """What a window knows of an amendment beside the record.

    ``thing`` is what a second person signs. ``asked`` is the request that waits for an answer,
    ``place`` where it lies, ``second`` whom a person chose to ask. ``problem`` is what the form
    still lacks, ``notice`` why the last act was not done; both are empty where nothing is.
    """

    effect: AmendmentEffect | None = None
    refusal: Refusal | None = None
    needs_second: bool = False
    is_weighing: bool = False
    is_signing: bool = False
    thing: Digest | None = None
    asked: Digest | None = None
    place: str = ""
    answer: Answer | None = None
    second: PersonId | None = None
    problem: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One thing that the amendment changes: what it is, how it becomes, and by how much."""

    label: str
    value: str
    note: str
    status: Status

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.label

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return ", ".join(part for part in (f"{self.label}: {self.value}", self.note) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendEffectRows:
    """What it would do; ``why_not`` says why it cannot be recorded now, empty where it can."""

    rows: tuple[EffectRow, ...]
    says: str
    may_record: bool
    why_not: str
    may_ask: bool
    people: TwoPeopleRows | None
    notice: str


def present_effect(seen: Seen, sight: AmendSight) -> AmendEffectRows:
    """Give what an amendment would do, and what stands between it and the record."""
    effect, run = sight.effect, seen.run
    if effect is None or run is None:
        says = "Working out what it does" if sight.is_weighing else sight.problem
        return AmendEffectRows(
            rows=(),
            says=says,
            may_record=False,
            why_not=says,
            may_ask=False,
            people=None,
            notice=sight.notice,
        )
    why_not = _why_not(seen, run, sight)
    return AmendEffectRows(
        rows=(
            _end(seen, effect),
            _window(effect),
            _way_back(seen, effect),
            _void(run, effect),
            _limit(seen, run, effect, sight),
        ),
        says="",
        may_record=not why_not,
        why_not=why_not,
        may_ask=sight.needs_second and sight.asked is None,
        people=_people(seen, run, sight) if sight.needs_second else None,
        notice=sight.notice,
    )


def _end(seen: Seen, effect: AmendmentEffect) -> EffectRow:
    before, after = effect.before.end_p90, effect.after.end_p90
    by = after - before
    note = "as before"
    if after > before:
        note = f"{minutes(by)} later"
    elif after < before:
        note = f"{minutes(-by)} earlier"
    return EffectRow(
        label="Forecast end (P90)",
        value=_change(seen, before, after),
        note=note,
        status=Status.WARNING if after > seen.release.window.end else Status.DONE,
    )


def _window(effect: AmendmentEffect) -> EffectRow:
    before, after = effect.before.in_window, effect.after.in_window
    same = percent(before) == percent(after)
    value = percent(after) if same else f"{percent(before)} → {percent(after)}"
    return EffectRow(
        label="In the window",
        value=value,
        note="as before" if same else "",
        status=Status.WARNING if after < before and not same else Status.DONE,
    )


def _way_back(seen: Seen, effect: AmendmentEffect) -> EffectRow:
    before, after = effect.before.latest_safe_start, effect.after.latest_safe_start
    if after is None:
        note = "as before" if before is None else f"was {clock(before, seen.zone)}"
        status = Status.ADVISORY if before is None else Status.CRITICAL
        return EffectRow(
            label="Latest safe rollback start", value="forward only", note=note, status=status
        )
    note = "as before"
    if before is not None and after != before:
        word = "earlier" if after < before else "later"
        note = f"{minutes(abs(after - before))} {word}"
    return EffectRow(
        label="Latest safe rollback start",
        value=clock(after, seen.zone) if before is None else _change(seen, before, after),
        note=note,
        status=Status.WARNING if before is not None and after < before else Status.DONE,
    )


def _void(run: RunState, effect: AmendmentEffect) -> EffectRow:
    """Give what is void: approvals and rehearsed times of the steps that are not as they were."""
    numbers = {step.id: number for number, step in enumerate(run.runbook.steps, 1)}
    voided = sorted(effect.voided, key=lambda step: numbers.get(step, 0))
    if effect.plan_before == effect.plan_after:
        return EffectRow(
            label="Voids", value="nothing", note="the plan stays as written", status=Status.DONE
        )
    added = counted(len(effect.difference.added), "new step")
    note = added if effect.difference.added else "untouched steps keep theirs"
    words = ", ".join(str(numbers[step]) for step in voided if step in numbers)
    noun = "step" if len(voided) == 1 else "steps"
    value = f"approval and rehearsed times of {noun} {words}" if words else "no step's approval"
    return EffectRow(label="Voids", value=value, note=note, status=Status.ADVISORY)


def _limit(seen: Seen, run: RunState, effect: AmendmentEffect, sight: AmendSight) -> EffectRow:
    limit = minutes(seen.state.workspace.policy.amendment_limit)
    later = effect.after.end_p90 - effect.before.end_p90
    if sight.needs_second:
        return EffectRow(
            label="Limit",
            value=f"{minutes(later)} later, beyond the commander's {limit}",
            note="a second person signs",
            status=Status.WARNING,
        )
    value = "a rehearsal has none" if run.rehearsal else f"within the commander's {limit}"
    return EffectRow(label="Limit", value=value, note="", status=Status.DONE)


def _change(seen: Seen, before: datetime, after: datetime) -> str:
    was, becomes = clock(before, seen.zone), clock(after, seen.zone)
    return becomes if was == becomes else f"{was} → {becomes}"


def _why_not(seen: Seen, run: RunState, sight: AmendSight) -> str:
    """Give why the amendment cannot be recorded now, empty where it can."""
    if sight.is_weighing:
        return "Working out what it does"
    if sight.needs_second:
        return _unsigned(seen, run, sight)
    if sight.refusal is not None:
        return " ".join(sentence_of(each.says) for each in sight.refusal.reasons)
    return ""


def _unsigned(seen: Seen, run: RunState, sight: AmendSight) -> str:
    """Give why no second signature carries the amendment, empty where one does."""
    if sight.answer is None or sight.thing is None:
        return "A second person has not signed"
    reasons = second_reasons(_around(seen), run, TwoPersonAct.AMEND, sight.thing, sight.answer)
    return " ".join(sentence_of(each.says) for each in reasons)


def eligible_for_amendment(seen: Seen, run: RunState) -> tuple[Eligible, ...]:
    """Give every enrolled person, those who may sign an amendment of this run first."""
    return eligible_seconds(_around(seen), run, TwoPersonAct.AMEND, run.id)


def _around(seen: Seen) -> Around:
    """Give what decisions about the release on the bridge may know."""
    actor = Actor(person=seen.person)
    found = around_release(seen.state, seen.release_id, actor, seen.now, journal="")
    if isinstance(found, Refusal):
        raise Bug(f"the release on the bridge is not known: {found}")
    return found


def second_for_amendment(
    found: tuple[Eligible, ...], chosen: PersonId | None, *, other: bool = False
) -> PersonId | None:
    """Give whom to ask: whom was chosen, the next in turn for ``other``, None where nobody may."""
    may = [each.person for each in found if each.ok]
    if chosen is None or chosen not in may:
        return may[0] if may else None
    return may[(may.index(chosen) + 1) % len(may)] if other else chosen


def _people(seen: Seen, run: RunState, sight: AmendSight) -> TwoPeopleRows:
    """Give who amends, who is asked to sign, and what may be done about it."""
    found = eligible_for_amendment(seen, run)
    may = [each.person for each in found if each.ok]
    second = second_for_amendment(found, sight.second)
    is_signed = sight.answer is not None and not _unsigned(seen, run, sight)
    waits = sight.asked is not None and not is_signed
    barred = len(found) - len(may)
    return TwoPeopleRows(
        note=f"{len(may)} may sign" + (f", {counted(barred, 'other')} may not" if barred else ""),
        rows=(_first(seen, run), _second(seen, run, sight, second)),
        second=second,
        second_name=seen.name(second) if second else "",
        candidates=tuple(
            Candidate(person=each.person, name=seen.name(each.person), why=each.why)
            for each in found
        ),
        place=sight.place,
        is_waiting=waits,
        is_signing=sight.is_signing,
        can_sign=waits and second is not None and not sight.is_signing,
        can_ask_other=waits and len(may) > 1,
    )


def _first(seen: Seen, run: RunState) -> PersonRow:
    people, person = seen.state.workspace.estate.people, seen.person
    commands = person is not None and are_one_person(people, person, run.commander)
    name = seen.name(person)
    return PersonRow(
        initials=initials(name),
        name=name,
        role="Commander" if commands else "",
        says="amends the plan",
        status=Status.GO if commands else Status.UNKNOWN,
    )


def _second(seen: Seen, run: RunState, sight: AmendSight, second: PersonId | None) -> PersonRow:
    if sight.answer is not None:
        name, wrong = seen.name(sight.answer.signer), _unsigned(seen, run, sight)
        at = clock_seconds(sight.answer.signed_at, seen.zone)
        return PersonRow(
            initials=initials(name),
            name=name,
            role=wrong or "second person",
            says="does not count" if wrong else f"signed {at}",
            status=Status.NO_GO if wrong else Status.GO,
        )
    if second is None:
        return PersonRow(
            initials="?",
            name="Nobody may sign",
            role="a second key has to be enrolled",
            says="",
            status=Status.UNKNOWN,
        )
    says = "signing" if sight.is_signing else "asked" if sight.asked else "not asked"
    return PersonRow(
        initials=initials(seen.name(second)),
        name=seen.name(second),
        role="eligible: not author, not requester",
        says=says,
        status=Status.WAITING,
    )
