"""Control totals: what must agree before the data step, after it, and after a rollback.

A difference is a row; it is open until a second person has closed it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from relconsole.domain.estate.people import Person, are_one_person, find_person
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.observation import Unknown
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.release.release import ControlTotal


class Moment(StrEnum):
    """When a control total is taken, in order of time."""

    BEFORE = "before"
    AFTER = "after"
    AFTER_ROLLBACK = "after_rollback"


Taken = Mapping[tuple[str, Moment], float | Unknown]
"""What was taken, by control total and moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRow:
    """A difference from before beyond the tolerance, or a total that nobody knows.

    ``amount`` is the later less the earlier, None where unknown. ``cause``, ``owner`` and
    ``correction`` are entered by ``entered_by`` and closed by somebody else.
    """

    total: str
    title: str
    moment: Moment
    amount: float | None
    tolerance: float
    why: str = ""
    cause: str = ""
    owner: PersonId | None = None
    correction: str = ""
    entered_by: PersonId | None = None
    closed_by: PersonId | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has closed it yet."""
        return self.closed_by is None

    @property
    def reason(self) -> Reason:
        """Give the row as a reason why the numbers do not agree."""
        found = (
            f"is unknown: {self.why}"
            if self.amount is None
            else f"differs by {self.amount:g}, tolerance {self.tolerance:g}"
        )
        return Reason(
            rule="control_total_open",
            thing=self.total,
            says=f"{self.title} {self.moment.replace('_', ' ')} {found}",
            lifts="cause, owner and correction, closed by a second person",
        )


def compare_totals(
    totals: Sequence[ControlTotal], taken: Taken, due: Sequence[Moment]
) -> tuple[TotalsRow, ...]:
    """Give a row for each total that differs from before, or is unknown, at a moment that is due.

    A difference as large as the tolerance is none. A total without a known figure before gets one
    row for that moment, and no other: there is nothing to compare with.
    """
    return tuple(row for total in totals for row in _compare(total, taken, due))


def _compare(total: ControlTotal, taken: Taken, due: Sequence[Moment]) -> tuple[TotalsRow, ...]:
    """Give the rows of one total."""
    before = _read(total, Moment.BEFORE, taken)
    if isinstance(before, Unknown):
        return (_make_row(total, Moment.BEFORE, None, before.why),) if due else ()
    rows: list[TotalsRow] = []
    for moment in due:
        figure = _read(total, moment, taken)
        if isinstance(figure, Unknown):
            rows.append(_make_row(total, moment, None, figure.why))
        elif abs(figure - before) > total.tolerance:
            rows.append(_make_row(total, moment, figure - before, ""))
    return tuple(rows)


def _read(total: ControlTotal, moment: Moment, taken: Taken) -> float | Unknown:
    """Give a figure, or why it is unknown; no finite number is unknown too."""
    figure = taken.get((total.id, moment), Unknown(why="not taken"))
    if not isinstance(figure, Unknown) and not math.isfinite(figure):
        return Unknown(why=f"{figure} is no figure")
    return figure


def _make_row(total: ControlTotal, moment: Moment, amount: float | None, why: str) -> TotalsRow:
    """Give a fresh row."""
    return TotalsRow(
        total=total.id,
        title=total.title,
        moment=moment,
        amount=amount,
        tolerance=total.tolerance,
        why=why,
    )


def explain_row(
    row: TotalsRow, *, cause: str, owner: PersonId, correction: str, by: PersonId
) -> TotalsRow | Refusal:
    """Give the row with its cause, owner and correction; a closed one is not changed."""
    if not row.is_open:
        return Refusal(reasons=(_name_closed(row),))
    if not cause.strip() or not correction.strip():
        return Refusal(
            reasons=(
                Reason(
                    rule="explanation_missing",
                    thing=row.total,
                    says="a difference needs a cause and a correction",
                    lifts="write both",
                ),
            )
        )
    return replace(row, cause=cause, owner=owner, correction=correction, entered_by=by)


def close_row(
    row: TotalsRow, people: Mapping[PersonId, Person], *, by: PersonId, at: datetime
) -> TotalsRow | Refusal:
    """Give the row closed; a second person closes it, not who entered or owns it."""
    if not row.is_open:
        return Refusal(reasons=(_name_closed(row),))
    if row.entered_by is None or row.owner is None:
        return Refusal(
            reasons=(
                Reason(
                    rule="explanation_missing",
                    thing=row.total,
                    says=f"nobody has explained the difference of {row.title}",
                    lifts="cause, owner and correction",
                ),
            )
        )
    if find_person(people, by) is None:
        return Refusal(
            reasons=(
                Reason(
                    rule="person_unknown",
                    thing=by,
                    says=f"the estate knows nobody called {by}",
                    lifts=f"{by} is entered among the people of the estate",
                ),
            )
        )
    for first in (row.entered_by, row.owner):
        if are_one_person(people, first, by):
            return Refusal(
                reasons=(
                    Reason(
                        rule="same_person",
                        thing=by,
                        says=f"{by} entered or owns the difference",
                        lifts="a second person closes it",
                    ),
                )
            )
    return replace(row, closed_by=by, closed_at=at)


def _name_closed(row: TotalsRow) -> Reason:
    """Give the reason that a row is closed already."""
    return Reason(rule="already_closed", thing=row.total, says=f"{row.closed_by} closed it already")
