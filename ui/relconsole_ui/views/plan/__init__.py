"""The plan as a table, its editing, and amendments of a running night."""
