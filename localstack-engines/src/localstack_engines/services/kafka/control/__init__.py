"""Keeps brokers as the API asked: their starts and changes, properties and versions."""
