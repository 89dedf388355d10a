"""Enforcement: requests of users and role sessions are answered only if IAM allows them."""
