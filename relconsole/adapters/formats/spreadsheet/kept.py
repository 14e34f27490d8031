"""Mappings that are kept: beside their file, or in a folder of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from relconsole.adapters.formats.spreadsheet.mapping_file import read_mapping, write_mapping
from relconsole.adapters.formats.spreadsheet.read import read_workbook
from relconsole.adapters.formats.spreadsheet.write import write_release
from relconsole.adapters.formats.workspace.folder import file_name_for
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.choosing import fits
from relconsole.domain.plan.taking_in.mapping import SheetMapping
from relconsole.ports.workbooks import Opened

BESIDE: Final = ".mapping.yaml"
_MOST: Final = 200


class KeptWorkbooks:
    """Reads and writes workbooks; ``folder`` holds the mappings of earlier times."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not be there yet."""
        self._folder = folder

    def open(self, path: Path) -> Opened:
        """Give the workbook of a file with the first kept mapping that fits it.

        A CSV file that cannot be read as it is, is read as a kept mapping says. InputRejected where
        none of them helps.
        """
        kept = list(self._kept(path))
        try:
            workbook = read_workbook(path)
        except InputRejected:
            for mapping in kept:
                if not (mapping.encoding or mapping.delimiter):
                    continue
                found = _read_as(path, mapping)
                if found is not None and fits(mapping, found):
                    return Opened(workbook=found, mapping=mapping)
            raise
        fitting = (mapping for mapping in kept if fits(mapping, workbook))
        return Opened(workbook=workbook, mapping=next(fitting, None))

    def keep(self, mapping: SheetMapping) -> None:
        """Keep a mapping under its team and sheet."""
        name = file_name_for(f"{mapping.team or 'team'} {mapping.sheet}")
        write_mapping(mapping, self._folder / f"{name}{BESIDE}")

    def write(self, workbook: Workbook, path: Path) -> None:
        """Write a workbook to a file."""
        write_release(workbook, path)

    def _kept(self, path: Path) -> Iterator[SheetMapping]:
        """Give the mapping beside a file, then those of the folder; a broken one helps nobody."""
        beside = path.with_name(path.stem + BESIDE)
        held = sorted(self._folder.glob(f"*{BESIDE}"))[:_MOST] if self._folder.is_dir() else []
        for one in (beside, *held):
            if one.is_file():
                try:
                    yield read_mapping(one)
                except InputRejected:
                    continue


def _read_as(path: Path, mapping: SheetMapping) -> Workbook | None:
    """Give the workbook of a file as a mapping says, None where that is no help."""
    try:
        return read_workbook(path, mapping)
    except InputRejected:
        return None
