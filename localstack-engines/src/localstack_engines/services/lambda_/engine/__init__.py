"""Runs Lambda functions as processes. Knows nothing of AWS's API."""
