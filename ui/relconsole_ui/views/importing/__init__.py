"""Taking a workbook in: columns, problems, preview."""
