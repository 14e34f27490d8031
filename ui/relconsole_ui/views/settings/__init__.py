"""The settings: people and keys, connections, look, and the keys of the window."""
