"""Kafka brokers as processes: their files, their properties, their ports. Knows nothing of AWS."""
