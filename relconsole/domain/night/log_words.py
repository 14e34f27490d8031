"""The words for each kind of fact of a night; who and when stand beside them in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias, assert_never

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.night.alert_facts import AlertAcknowledged, AlertShelved, AlertUnshelved
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HandoverOffered,
    HoldBegan,
    HoldEnded,
    LeftOpen,
    LeftOpenClosed,
    LeftOpenHandedOver,
    LineResumed,
    LineStopped,
    MonitoringWentDark,
    Noted,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.change_facts import ChangeSeen, ChangeSettled, ClosureConfirmed
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectRenewed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.evolve import BridgeFact, RollbackFact, RunFact
from relconsole.domain.night.evolve_alerts import AlertFact
from relconsole.domain.night.evolve_change import ChangeFact
from relconsole.domain.night.evolve_effects import EffectFact
from relconsole.domain.night.evolve_steps import StepFact
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    CheckRead,
    FollowersDecided,
    GateDecided,
    RunEnded,
    RunLeft,
    RunOpened,
    RunTakenUp,
    StationAnswered,
    StepEnded,
    StepReopened,
    StepStarted,
    StepWaits,
)
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    RehearsalCounted,
    RestorePointKept,
    RollbackArmed,
    RollbackDisarmed,
    RollbackEnded,
    RollbackFired,
    SignatureAsked,
    StatePreserved,
    TotalDifferenceClosed,
)
from relconsole.domain.night.wording import one_line, say_person
from relconsole.domain.record.effect import Outcome

Intents: TypeAlias = Mapping[EffectId, EffectIntended]
_DIGITS: Final = 12
"""Characters of a digest in a line; the whole stands in the record."""
_PASSED: Final = {None: "is unknown", True: "passes", False: "fails"}


def tell_life(fact: RunOpened | RehearsalCounted | MessageSent | RunFact) -> str:
    """Give the words for the life of a run."""
    match fact:
        case RunOpened():
            kind = "rehearsal" if fact.rehearsal else "live run"
            return (
                f"{kind} of {fact.release} opened, {len(fact.runbook.steps)} steps, plan "
                f"{fact.plan[:_DIGITS]}, {fact.commander} commands; approval: {fact.approval}"
            )
        case RunTakenUp():
            return f"run taken up by {fact.holder} under token {fact.fence}"
        case RunLeft():
            return f"run left, {fact.outcome}" + _because(fact.reasons)
        case RunEnded():
            return f"run ended, {fact.outcome}" + _because(fact.reasons)
        case CheckpointAnchored():
            return f"record anchored at {fact.place}: {fact.size} facts, root {fact.root[:_DIGITS]}"
        case ClockJumped():
            return f"the wall clock jumped by {fact.seconds:+g} s; automation froze"
        case Noted():
            return f"note: {fact.text}"
        case MonitoringWentDark():
            return f"{fact.system} no longer answers: {fact.says}; what it watches is unknown"
        case MessageSent():
            sent = format_instant(fact.sent_at)
            to = ", ".join(fact.to)
            return (
                f"message {fact.message} sent at {sent} to {to} by {fact.channel}: {fact.subject}"
            )
        case RehearsalCounted():
            return (
                f"times of the rehearsal of {format_instant(fact.at)} counted: "
                f"{len(fact.forward)} steps, {len(fact.undo)} undo steps"
            )
        case _:
            assert_never(fact)


def tell_step(fact: StepFact) -> str:
    """Give the words for a step or a gate."""
    match fact:
        case StepStarted():
            second = f"; {fact.commit.signer} signed the commit" if fact.commit else ""
            inputs = ", ".join(f"{name}={value}" for name, value in sorted(fact.inputs.items()))
            given = f", with {inputs}" if inputs else ""
            started = f"{fact.step} started, attempt {fact.attempt}{given}"
            return started + _noting(fact.note) + second
        case StepWaits():
            until = f" until {format_instant(fact.until)}" if fact.until else ""
            return f"{fact.step} waits{until}: {fact.reason}"
        case StepEnded():
            second = f"; {fact.second.signer} signed the override" if fact.second else ""
            return f"{fact.step} {_words(fact.state)}" + _noting(fact.note) + second
        case StepReopened():
            return f"{fact.step} is to be done again" + _noting(fact.note)
        case FollowersDecided():
            return f"followers of {fact.step}: {_words(fact.decision)}" + _noting(fact.note)
        case CheckRead():
            return f"check {fact.check} of {fact.step} {_PASSED[fact.passed]}: {fact.says}"
        case StationAnswered():
            return f"station {fact.station} at {fact.step}: {fact.vote}" + _noting(fact.note)
        case GateDecided():
            return (
                f"gate {fact.step} decided: {fact.decision}, over {fact.seen[:_DIGITS]}"
                + _noting(fact.note)
            )
        case _:
            assert_never(fact)


def tell_effect(fact: EffectFact, intents: Intents) -> str:
    """Give the words for an effect; what it is comes from the fact that intended it."""
    match fact:
        case EffectIntended():
            relief = " as relief" if fact.purpose is Purpose.RELIEF else ""
            return f"{_name_effect(fact)} intended{relief}" + (
                f", {fact.second_person} beside {say_person(fact.person)}"
                if fact.second_person
                else ""
            )
        case EffectSent():
            words = "sent"
        case EffectAcknowledged():
            words = f"taken as {fact.remote}"
        case EffectConfirmed():
            last = fact.output.strip().rpartition("\n")[2]
            said = f"; it said: {last}" if last and fact.outcome is not Outcome.SUCCEEDED else ""
            words = f"{fact.outcome}" + _noting(fact.detail) + said
        case EffectUnknown():
            words = f"unknown: {fact.why}"
            if fact.not_before is not None:
                words += f"; asked again from {format_instant(fact.not_before)}"
        case EffectRefused():
            words = f"refused: {fact.reason}"
        case EffectSettledByHand():
            how = "never happened" if fact.outcome is None else str(fact.outcome)
            words = f"settled by hand, {how}" + _noting(fact.note)
        case EffectRenewed():
            words = "is still to be done" + _noting(fact.note)
        case _:
            assert_never(fact)
    intended = intents.get(fact.effect)
    return f"{_name_effect(intended) if intended else f'effect {fact.effect}'} {words}"


def tell_change(fact: ChangeFact) -> str:
    """Give the words for what was seen of the change record, or decided about it."""
    match fact:
        case ChangeSeen(change=change, system=system, state=None, why=why):
            return f"{change} in {system} cannot be read: {why}"
        case ChangeSeen(change=change, system=system, state=state, in_step=in_step):
            return f"{change} is {state} in {system}" + (", in step" if in_step else "")
        case ChangeSettled(change=change, state=state, kept=True, note=note):
            return f"{change} stays {state}" + _noting(note)
        case ChangeSettled(change=change, state=state, note=note):
            return f"{change} is {state} and is put back" + _noting(note)
        case ClosureConfirmed(change=change, code=code, proposed=proposed, note=note):
            other = "" if code is proposed else f" instead of {proposed}"
            return f"closure code of {change} confirmed as {code}{other}" + _noting(note)
        case _:
            assert_never(fact)


def tell_muster(fact: MusterFact) -> str:
    """Give the words for what was said at a muster."""
    match fact:
        case PersonCalled():
            return (
                f"{fact.person} called"
                + (f" by {fact.way}" if fact.way else "")
                + _noting(fact.note)
            )
        case PersonHere():
            return f"{fact.person} is here" + _noting(fact.note)
        case PersonGone():
            return f"{fact.person} is gone" + _noting(fact.note)
        case _:
            assert_never(fact)


def tell_alert(fact: AlertFact) -> str:
    """Give the words for what somebody said of an alert."""
    match fact:
        case AlertAcknowledged():
            return f"alert {fact.alert} acknowledged ({fact.says})" + _noting(fact.note)
        case AlertShelved():
            during = f" while {fact.during} is under way" if fact.during else ""
            until = format_instant(fact.until)
            return f"alert {fact.alert} shelved until {until}{during} ({fact.says}): {fact.reason}"
        case AlertUnshelved():
            return f"alert {fact.alert} no longer shelved" + _noting(fact.note)
        case _:
            assert_never(fact)


def tell_bridge(fact: BridgeFact | LineStopped) -> str:
    """Give the words for what happens on the bridge."""
    match fact:
        case HoldBegan():
            return f"on hold for {_words(fact.cause)} {fact.thing}" + _because(fact.reasons)
        case HoldEnded():
            return f"hold for {_words(fact.cause)} {fact.thing} ended" + _noting(fact.note)
        case TriggerStood():
            return (
                f"trigger {fact.trigger} stands at {fact.value:g} since "
                f"{format_instant(fact.since)}" + _because(fact.reasons)
            )
        case TriggerCleared():
            return f"trigger {fact.trigger} is no longer true"
        case TriggerMarkedFalse():
            return f"trigger {fact.trigger} marked as a false positive" + _noting(fact.note)
        case LineStopped():
            return "the line is stopped" + _noting(fact.note)
        case LineResumed():
            return f"the line is resumed, {fact.second.signer} signed too" + _noting(fact.note)
        case PlanAmended():
            second = f"; {fact.second.signer} signed too" if fact.second else ""
            return f"plan amended ({fact.reason}): {'; '.join(fact.says)}{second}"
        case HandoverOffered():
            return f"command offered to {fact.to} over brief {fact.brief[:_DIGITS]}"
        case HandoverAccepted():
            return f"command accepted over brief {fact.brief[:_DIGITS]}"
        case ProblemOpened() | ProblemClosed():
            return _tell_problem(fact)
        case LeftOpen() | LeftOpenClosed() | LeftOpenHandedOver():
            return _tell_left_open(fact)
        case _:
            assert_never(fact)


def _tell_problem(fact: ProblemOpened | ProblemClosed) -> str:
    """Give the words for a problem."""
    match fact:
        case ProblemOpened():
            owner = f", owner {fact.owner}" if fact.owner else ", no owner"
            owner += f", incident {fact.incident}" if fact.incident else ""
            asks = ""
            if fact.question:
                by = f" by {format_instant(fact.decide_by)}" if fact.decide_by else ""
                asks = f"; {fact.decides or 'nobody named'} decides{by}: {fact.question}"
            return f"problem {fact.problem} ({fact.severity}){owner}: {fact.what}{asks}"
        case ProblemClosed():
            decided = f": {fact.decision}" if fact.decision else ""
            return f"problem {fact.problem} closed{decided}" + _noting(fact.note)
        case _:
            assert_never(fact)


def _tell_left_open(fact: LeftOpen | LeftOpenClosed | LeftOpenHandedOver) -> str:
    """Give the words for an entry of the left-open list."""
    match fact:
        case LeftOpen():
            until = f", expires {format_instant(fact.expires)}" if fact.expires else ""
            owner = fact.owner or "nobody"
            return f"left open: {fact.what}, owner {owner}{until}; closed by {fact.closes}"
        case LeftOpenClosed():
            return f"{fact.entry} is no longer open" + _noting(fact.note)
        case LeftOpenHandedOver():
            return f"{fact.entry} handed over to {fact.to}" + _noting(fact.note)
        case _:
            assert_never(fact)


def tell_rollback(fact: RollbackFact) -> str:
    """Give the words for the way back."""
    match fact:
        case SignatureAsked():
            return (
                f"a second signature asked for {_words(fact.act)} {fact.thing}, request "
                f"{fact.digest[:_DIGITS]}, until {format_instant(fact.expires)}"
            )
        case RollbackArmed():
            what = f"of {fact.only} alone" if fact.only else "of the release"
            forced = ", over a fleet that differs" if fact.forced else ""
            decayed = f"; not rehearsed: {'; '.join(fact.decayed)}" if fact.decayed else ""
            return (
                f"rollback {what} armed: {len(fact.steps)} steps, plan "
                f"{fact.plan[:_DIGITS]}{forced}{decayed}" + _noting(fact.reason)
            )
        case RollbackDisarmed():
            return "the armed rollback put away" + _noting(fact.note)
        case RollbackFired():
            second = f" and {fact.second.signer}" if fact.second else ", nobody else signed"
            return f"rollback fired by {fact.person}{second}"
        case StatePreserved():
            return f"{len(fact.files)} files of the present state kept in {fact.folder}"
        case ControlTotalTaken():
            value = "unknown" if fact.value is None else f"{fact.value:g}"
            return f"control total {fact.total} {_words(fact.moment)}: {value}" + _noting(fact.says)
        case TotalDifferenceClosed():
            return (
                f"difference of {fact.total} {_words(fact.moment)} closed, {fact.owner} owns it: "
                f"{fact.cause}; {fact.correction}"
            )
        case RestorePointKept():
            return f"restore point {fact.point} taken and verified: {fact.says}"
        case RollbackEnded():
            rows = "; ".join(f"{row.item}: {row.reason}" for row in fact.reconcile)
            return f"rollback ended, {_words(fact.ending)}" + (f"; to do: {rows}" if rows else "")
        case _:
            assert_never(fact)


def _name_effect(intended: EffectIntended) -> str:
    """Give an effect by its kind, its place and what it serves."""
    serves = intended.step or intended.serves
    return f"{intended.effect_kind} at {intended.system}" + (f" for {serves}" if serves else "")


def _words(name: str) -> str:
    """Give a word of the record as it is spoken."""
    return str(name).replace("_", " ")


def _because(reasons: Iterable[str]) -> str:
    """Give the reasons after a colon, nothing where there are none."""
    text = "; ".join(reasons)
    return f": {text}" if text else ""


def _noting(note: str) -> str:
    """Give a note after a colon, nothing where there is none."""
    return f": {one_line(note)}" if note else ""
