"""Application Auto Scaling: changes the desired counts of ECS services by metrics and by schedule."""
