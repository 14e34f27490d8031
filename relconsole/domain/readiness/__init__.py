"""Readiness: who may act, what counts as an approval, whose key counts, what a poll says.

Nothing here knows a run, and nothing here signs.
"""
