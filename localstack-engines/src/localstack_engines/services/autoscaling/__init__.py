"""Auto Scaling groups of EC2 instances, which moto keeps. They give ECS its container instances."""
