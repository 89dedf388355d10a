"""What stands between LocalStack's Lambda provider and the engine."""
