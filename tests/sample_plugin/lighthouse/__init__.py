"""Lighthouse, a small monitoring service."""
