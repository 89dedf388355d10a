"""Checks the code: `make lint` and `make test`."""
