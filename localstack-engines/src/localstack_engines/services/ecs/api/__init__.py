"""ECS's operations, one module a resource. They check requests and answer in AWS's words."""
