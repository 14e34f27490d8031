"""The bridge of a night."""
