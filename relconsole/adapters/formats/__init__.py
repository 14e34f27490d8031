"""Formats of files that people and other programs exchange with the console."""
