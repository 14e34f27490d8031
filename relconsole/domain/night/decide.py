"""The one door of a night: a command about a run comes to facts, or to a refusal with reasons."""

from __future__ import annotations

from typing import Final, TypeAlias, assert_never

from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.alert_commands import (
    AcknowledgeAlert,
    AlertCommand,
    ShelveAlert,
    UnshelveAlert,
)
from relconsole.domain.night.around import Around
from relconsole.domain.night.bridge_commands import (
    BridgeCommand,
    CloseLeftOpen,
    HandOverLeftOpen,
    Note,
)
from relconsole.domain.night.change_commands import (
    ChangeCommand,
    ConfirmClosure,
    SeeChange,
    SettleChange,
    TellChange,
)
from relconsole.domain.night.decide_alerts import decide_alert
from relconsole.domain.night.decide_bridge import decide_bridge
from relconsole.domain.night.decide_change import decide_change
from relconsole.domain.night.decide_end import (
    decide_followers,
    end_step,
    keep_check,
    repeat_step,
    wait_step,
)
from relconsole.domain.night.decide_gates import answer_station, decide_gate
from relconsole.domain.night.decide_messages import decide_message
from relconsole.domain.night.decide_relief import refuse_relief, start_relief
from relconsole.domain.night.decide_rollback import decide_rollback
from relconsole.domain.night.decide_run import decide_run
from relconsole.domain.night.decide_start import start_step
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.rollback_commands import (
    ArmRollback,
    AskSignature,
    CloseTotal,
    DisarmRollback,
    EndRollback,
    FireRollback,
    KeepPreserved,
    KeepRestorePoint,
    KeepTotal,
    RollbackCommand,
)
from relconsole.domain.night.run_commands import (
    EndRun,
    IntendEffect,
    KeepAnchor,
    LeaveRun,
    MoveEffect,
    OpenRun,
    RenewEffect,
    RunCommand,
    TakeUp,
)
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideFollowers,
    DecideGate,
    EndStep,
    KeepCheck,
    RepeatStep,
    StartStep,
    StepCommand,
    WaitStep,
)

NightCommand: TypeAlias = (
    RunCommand
    | StepCommand
    | BridgeCommand
    | RollbackCommand
    | ChangeCommand
    | AlertCommand
    | MarkSent
)
AFTER_THE_END: Final = (
    OpenRun,
    TakeUp,
    EndRun,
    IntendEffect,
    MoveEffect,
    RenewEffect,
    KeepAnchor,
    SeeChange,
    SettleChange,
    ConfirmClosure,
    CloseLeftOpen,
    HandOverLeftOpen,
    Note,
    AcknowledgeAlert,
    ShelveAlert,
    UnshelveAlert,
    MarkSent,
)
"""What may still be asked of a run that has ended: what was handed over, anchors, notes, and the
last message."""


def decide_night(
    around: Around, run: RunState, command: NightCommand
) -> tuple[NightFact, ...] | Refusal:
    """Give what a command about a run comes to; nothing is simulated and nothing is sent here."""
    if run.is_over and not isinstance(command, AFTER_THE_END):
        return refuse("run_over", run.id, f"run {run.id} has ended")
    match command:
        case (
            OpenRun()
            | TakeUp()
            | LeaveRun()
            | EndRun()
            | IntendEffect()
            | MoveEffect()
            | RenewEffect()
            | KeepAnchor()
        ):
            return decide_run(around, run, command)
        case (
            StartStep()
            | EndStep()
            | WaitStep()
            | RepeatStep()
            | DecideFollowers()
            | KeepCheck()
            | AnswerStation()
            | DecideGate()
        ):
            return _decide_step(around, run, command)
        case (
            AskSignature()
            | ArmRollback()
            | DisarmRollback()
            | FireRollback()
            | EndRollback()
            | KeepPreserved()
            | KeepTotal()
            | CloseTotal()
            | KeepRestorePoint()
        ):
            return decide_rollback(around, run, command)
        case TellChange() | SeeChange() | SettleChange() | ConfirmClosure():
            return decide_change(around, run, command)
        case AcknowledgeAlert() | ShelveAlert() | UnshelveAlert():
            return decide_alert(around, run, command)
        case MarkSent():
            return decide_message(around, run, command)
        case _:
            return decide_bridge(around, run, command)


def _decide_step(
    around: Around, run: RunState, command: StepCommand
) -> tuple[NightFact, ...] | Refusal:
    """Give what a command about a step or a gate comes to."""
    match command:
        case StartStep() if run.is_relief(command.step):
            return start_relief(around, run, command)
        case StartStep():
            return start_step(around, run, command)
        case RepeatStep() | DecideFollowers() if run.is_relief(command.step):
            return refuse_relief(command.step)
        case EndStep():
            return end_step(around, run, command)
        case WaitStep():
            return wait_step(around, run, command)
        case RepeatStep():
            return repeat_step(around, run, command)
        case DecideFollowers():
            return decide_followers(around, run, command)
        case KeepCheck():
            return keep_check(around, run, command)
        case AnswerStation():
            return answer_station(around, run, command)
        case DecideGate():
            return decide_gate(around, run, command)
        case _:
            assert_never(command)
