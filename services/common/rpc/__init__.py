"""gRPC servers and channels, set up once."""
