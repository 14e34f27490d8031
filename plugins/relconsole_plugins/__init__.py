"""The bundled plugins, one folder a system, each found by its entry point and run in a child.

Nothing is shared here: a plugin sees the public contract and the domain, never its neighbour.
"""
