"""Measures the running system: `make bench` and `make bench-services`."""
