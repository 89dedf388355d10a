"""Runs Kafka brokers: their processes, files, properties and ports. Knows nothing of AWS's API."""
