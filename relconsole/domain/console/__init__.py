"""The whole: state as one value of the parts, every command and fact, decide and evolve."""
