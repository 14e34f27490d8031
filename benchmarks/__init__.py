"""Measurements of the project's own jobs beside their peers; nothing here is a test."""
