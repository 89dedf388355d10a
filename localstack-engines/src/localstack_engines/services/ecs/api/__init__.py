"""ECS's API, one module a resource; `provider` puts them together."""
