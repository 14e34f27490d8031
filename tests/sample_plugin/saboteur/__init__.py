"""A plugin that does everything a plugin may not."""
