"""The HTTP interface of the auth service."""
