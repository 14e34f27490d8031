"""The night on paper: runbook, contacts, prepared rollback and present state as one PDF."""
