"""The operations of ECS's API, one module a resource."""
