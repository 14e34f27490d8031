"""Whole nights on a virtual clock: a loop that never waits, a world with a seed, and crashes."""
