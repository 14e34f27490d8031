"""Use cases: what the console does, over ports; one verb a file."""
