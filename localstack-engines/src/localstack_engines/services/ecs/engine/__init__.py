"""Runs tasks as groups of Docker containers. Knows nothing of AWS's API."""
