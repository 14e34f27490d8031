"""Tokens, theme, type, status shapes, icons and the one way to paint text."""
