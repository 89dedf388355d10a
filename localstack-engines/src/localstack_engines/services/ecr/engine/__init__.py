"""Runs the image registry and reads its storage. Knows nothing of AWS's API."""
