"""The prepared way back: its plan, its decay, the look before it, and the reckoning after it.

Nothing here starts anything.
"""
