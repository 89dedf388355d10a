"""Runs PostgreSQL servers: their processes, files and roles. Knows nothing of AWS's API."""
