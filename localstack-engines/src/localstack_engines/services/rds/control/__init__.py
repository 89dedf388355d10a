"""Keeps servers as the API asked: their starts and changes, parameters, versions and log exports."""
