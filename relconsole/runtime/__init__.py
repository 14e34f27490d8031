"""Putting the console together: the only place that names adapters, and that creates tasks."""
