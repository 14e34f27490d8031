"""Prometheus for values, rules and alerts, and its Alertmanager for silences."""
