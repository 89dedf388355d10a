"""The use cases of billing and their rules."""
