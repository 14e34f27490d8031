"""The plan: runbook, steps and their undo, digests, amendments, and the schedule over them.

A plan is written before the night and knows nothing of how the night goes.
"""
