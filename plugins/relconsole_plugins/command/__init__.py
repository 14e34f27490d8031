"""Jobs that are local commands: an argument list, never a shell, started once and left to run."""
