"""What the services share with each other: event schemas, gRPC interfaces, topics, roles and routes."""
