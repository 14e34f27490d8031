"""The window: everything that is painted. Rules live in the core, never here."""
