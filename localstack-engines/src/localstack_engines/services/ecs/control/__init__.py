"""Keeps services and tasks as the API asked: scheduling, reconciliation, and the runs of tasks."""
