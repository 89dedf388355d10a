"""Amazon ECS: clusters, task definitions, services and tasks that are containers."""
