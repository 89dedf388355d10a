"""The SQL of the auth service."""
