"""Builds what the contracts publish: gRPC stubs, event schemas and OpenAPI documents; refuses breaking changes."""
