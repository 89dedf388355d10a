"""Keeps servers as the API asked: their life cycle, parameters, versions and log exports."""
