"""Generates the gRPC stubs, publishes event schemas and OpenAPI documents, and rejects breaking changes."""
