"""A connected system that behaves as a file beside its record says, as a plugin of its own."""
