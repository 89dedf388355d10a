"""What ECS does between its API and its engine."""
