"""The use cases of accounts and sessions and their rules."""
