"""Workbooks of teams and the mappings they keep: what the window needs of the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.mapping import SheetMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A workbook, and the kept mapping that fits it; None where none does."""

    workbook: Workbook
    mapping: SheetMapping | None = None


class Workbooks(Protocol):
    """Reads workbooks, writes them, and keeps mappings for the next time."""

    def open(self, path: Path) -> Opened:
        """Give the workbook of a file; InputRejected where it is none."""
        ...

    def keep(self, mapping: SheetMapping) -> None:
        """Keep a mapping in the place of an earlier one of its sheet and team."""
        ...

    def write(self, workbook: Workbook, path: Path) -> None:
        """Write a workbook to a file; WorldIsDown where the disk refuses."""
        ...
