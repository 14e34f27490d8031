"""Health: indicators against their limits, the analysis of repeated measurements, triggers.

Nothing here asks a system anything: readings come in as values. Nothing here decides to roll back.
"""
