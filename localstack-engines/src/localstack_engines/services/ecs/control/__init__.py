"""What keeps tasks and services as they were asked for. It stands between ECS's API and the engine."""
