"""Request Tracker: change tickets, their approvals, notes and transitions."""
