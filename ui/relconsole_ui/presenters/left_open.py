"""What the night holds open, who owns each, until when, and the act that closes it."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.night.answer import OpenLine, open_lines
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import readable
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, count_down, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpenRow:
    """An entry; ``tone`` of the right-hand word is empty, ``warn`` or ``quiet``.

    ``why`` says why nobody closes it by hand, empty where somebody may.
    """

    key: str
    what: str
    who: str
    until: str
    closes: str
    status: Status
    tone: str = ""
    why: str = ""

    @property
    def sentence(self) -> str:
        """Give the entry as it is spoken."""
        return f"{self.what}, {self.who}, {self.until}, closed by: {self.closes}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpenRows:
    """The list, the overdue first, then by when each expires."""

    rows: tuple[LeftOpenRow, ...]
    note: str
    empty: str = ""
    is_overdue: bool = False


def present_left_open(seen: Seen) -> LeftOpenRows:
    """Give the left-open list."""
    run = seen.run
    found = () if run is None else open_lines(run)
    if run is None or not found:
        return LeftOpenRows(rows=(), note="none", empty="Nothing is held open.")
    entered = frozenset(run.left_open)
    ordered = sorted(found, key=lambda each: (each.expires is None, each.expires or seen.now))
    rows = tuple(_row(seen, each, may_close=each.entry in entered) for each in ordered)
    overdue = sum(row.tone == "warn" for row in rows)
    return LeftOpenRows(
        rows=rows,
        note=f"{len(rows)}, {overdue or 'none'} overdue",
        is_overdue=bool(overdue),
    )


def _row(seen: Seen, line: OpenLine, *, may_close: bool) -> LeftOpenRow:
    handed = line.handed_to
    is_over = line.expires is not None and line.expires < seen.now and handed is None
    who = short_name(seen.name(handed or line.owner))
    if is_over and line.expires is not None:
        until = f"overdue {count_down(seen.now - line.expires)}"
    elif line.expires is not None:
        until = f"until {clock(line.expires, seen.zone)}"
    else:
        until = f"until {line.closes}"
    return LeftOpenRow(
        key=line.entry,
        what=readable(line.what, seen.zone),
        who=f"handed to {who}" if handed is not None else who,
        until=until,
        closes=line.closes,
        status=Status.WARNING if is_over else Status.NOT_STARTED,
        tone="warn" if is_over else "quiet" if handed is not None else "",
        why="" if may_close else line.closes,
    )
