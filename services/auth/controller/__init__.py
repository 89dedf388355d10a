"""Routes of the auth service."""
