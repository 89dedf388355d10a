"""ECS's CloudFormation types."""
