"""What services agree on: event schemas, gRPC interfaces, topics, roles and routes. Imports no service."""
