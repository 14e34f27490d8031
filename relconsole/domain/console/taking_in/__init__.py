"""What a workbook holds around its runbook: the release, its people, and its services.

A workbook alone is enough to found an estate; what stands in the workspace already is kept.
"""
