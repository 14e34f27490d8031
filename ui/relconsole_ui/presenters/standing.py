"""What keeps the night from going on, and the one act that would let it: held, left, not opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.state import Hold, RunState
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock_seconds


class StandingAct(StrEnum):
    """What may be done about it."""

    NONE = ""
    OPEN = "open"
    TAKE_UP = "take up"
    END_HOLD = "end hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRows:
    """One sentence, more of it, and the act; an empty sentence where the night goes on."""

    says: str = ""
    more: str = ""
    status: Status = Status.HOLD
    act: StandingAct = StandingAct.NONE
    text: str = ""
    key: str = ""

    @property
    def sentence(self) -> str:
        """Give it as it is spoken."""
        return ". ".join(part for part in (self.says, self.more) if part)


def present_standing(
    seen: Seen, *, is_conducting: bool, waits_for: tuple[str, ...] = ()
) -> StandingRows:
    """Give why the night does not go on by itself, the most important reason first."""
    run = seen.run
    if run is None or run.is_over:
        return _not_open(seen, run)
    if not is_conducting:
        return StandingRows(
            says="Nobody conducts this night from here",
            more="Jobs and checks stand still. What is open is read back before anything goes on.",
            act=StandingAct.TAKE_UP,
            text="Take up the night",
            key="Ctrl Enter",
        )
    if run.stop is not None:
        note = f": {run.stop.note}" if run.stop.note else ""
        return StandingRows(
            says=f"{seen.name(run.stop.by)} stopped the line{note}", more="Two people resume it."
        )
    if run.holds:
        return _held(seen, run.holds)
    if waits_for:
        return StandingRows(says="Nothing moves", more="; ".join(waits_for), status=Status.ADVISORY)
    return StandingRows()


def _not_open(seen: Seen, run: RunState | None) -> StandingRows:
    """Give that the night is to be opened; one that is over needs nothing."""
    if run is not None and not seen.is_rehearsal:
        return StandingRows()
    what = "rehearsal" if seen.is_rehearsal else "night"
    says = f"The {what} is not open" if run is None else "The rehearsal is over"
    return StandingRows(
        says=says,
        more=f"Window {clock_seconds(seen.release.window.start, seen.zone)[:5]}"
        f" to {clock_seconds(seen.release.window.end, seen.zone)[:5]}",
        status=Status.NOT_STARTED,
        act=StandingAct.OPEN,
        text="Rehearse again" if run is not None else f"Open the {what}",
        key="Ctrl Enter",
    )


def _held(seen: Seen, holds: tuple[Hold, ...]) -> StandingRows:
    first = holds[0]
    rest = f"; {len(holds) - 1} more" if len(holds) > 1 else ""
    says = "; ".join(first.reasons) or str(first.cause)
    passing = first.cause is HoldCause.MONITORING
    return StandingRows(
        says=f"Held since {clock_seconds(first.since, seen.zone)}",
        more=f"{says}{rest}" + ("; ends by itself once production is seen" if passing else ""),
        act=StandingAct.NONE if passing else StandingAct.END_HOLD,
        text="" if passing else "End the hold",
        key="" if passing else "Shift H",
    )
