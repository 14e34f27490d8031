"""A runbook kept in a spreadsheet becomes steps, and what is not understood becomes questions.

Nothing is guessed: a cell is read, read with a remark, or asked about by sheet, row and cell.
"""
