"""Amazon MSK: every cluster is Apache Kafka in KRaft mode."""
