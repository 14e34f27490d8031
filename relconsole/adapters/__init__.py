"""Where the program meets the world: each folder owns one library or format and hides it.

Nothing here decides; nothing here is named outside ``runtime.composition``.
"""
