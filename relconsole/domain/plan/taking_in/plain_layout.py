"""The layout in which a plan is given out when no team's own is named."""

from __future__ import annotations

from typing import Final

from relconsole.domain.plan.runbook import StepKind
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    SheetMapping,
    Unit,
)

PLAIN_LAYOUT: Final = SheetMapping(
    team="relconsole",
    sheet="Runbook",
    columns=(
        Column(heading="Nr", becomes=Field.NUMBER),
        Column(heading="Title", becomes=Field.TITLE),
        Column(heading="Stream", becomes=Field.STREAM),
        Column(heading="Owner", becomes=Field.OWNER),
        Column(heading="Kind", becomes=Field.KIND),
        Column(heading="Mode", becomes=Field.MODE),
        Column(heading="Start", becomes=Field.PLANNED_START),
        Column(heading="Fixed start", becomes=Field.FIXED_START),
        Column(heading="Best", becomes=Field.BEST),
        Column(heading="Duration", becomes=Field.DURATION),
        Column(heading="Worst", becomes=Field.WORST),
        Column(heading="After", becomes=Field.AFTER),
        Column(heading="Services", becomes=Field.SERVICES),
        Column(heading="Stations", becomes=Field.STATIONS),
        Column(heading="Quorum", becomes=Field.QUORUM),
        Column(heading="Changes data", becomes=Field.CHANGES_DATA),
        Column(heading="Undo", becomes=Field.UNDO),
        Column(heading="Undo duration", becomes=Field.UNDO_DURATION),
        Column(heading="Undo title", becomes=Field.UNDO_TITLE),
        Column(heading="Note", becomes=Field.NOTE),
    ),
    numbers=Unit.MINUTES,
    after_names=AfterNames.NUMBER,
    no_kind=StepKind.MANUAL,
)
"""Every field of a step that a sheet can hold, under headings of one word."""
