"""How the facts about the change record change a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.change_facts import ChangeSeen, ChangeSettled, ClosureConfirmed
from relconsole.domain.night.state import ChangeStanding, ConfirmedClosure, RunState

ChangeFact: TypeAlias = ChangeSeen | ChangeSettled | ClosureConfirmed


def evolve_change(
    run: RunState, fact: ChangeFact, *, at: datetime, by: PersonId | None = None
) -> RunState:
    """Give the run after its change record was seen, or after a person decided a difference."""
    match fact:
        case ChangeSeen(system=system, change=change, state=state, in_step=in_step):
            standing = run.change or ChangeStanding(system=system, change=change)
            if state is None:
                return changed(run, change=replace(standing, unread=fact.why))
            accepted = state if in_step else standing.accepted
            seen = replace(standing, state=state, accepted=accepted, known_at=at, unread="")
            return changed(run, change=seen)
        case ChangeSettled(state=state, kept=kept, phase=phase):
            if run.change is None:
                return run
            settled = replace(run.change, accepted=state, kept=phase if kept else None, settled=at)
            return changed(run, change=settled)
        case ClosureConfirmed():
            return changed(run, closure=ConfirmedClosure(fact=fact, at=at, by=by))
        case _:
            assert_never(fact)
