"""Logical units of the infrastructure, each small enough to read at once."""
