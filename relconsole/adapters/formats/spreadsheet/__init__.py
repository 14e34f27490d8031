"""Runbooks kept in spreadsheets: XLSX and CSV files read, and plans written as XLSX.

A file is taken apart under caps before anything of it is kept; no formula is evaluated, and a
workbook with macros is read for its cells alone. The mapping of a team and the answers to questions
are YAML files of their own (``mapping_keys.py``).
"""

from __future__ import annotations

from relconsole.adapters.formats.spreadsheet.mapping_file import (
    read_answers,
    read_mapping,
    write_mapping,
)
from relconsole.adapters.formats.spreadsheet.read import is_spreadsheet, read_workbook
from relconsole.adapters.formats.spreadsheet.write import write_release

__all__ = [
    "is_spreadsheet",
    "read_answers",
    "read_mapping",
    "read_workbook",
    "write_mapping",
    "write_release",
]
