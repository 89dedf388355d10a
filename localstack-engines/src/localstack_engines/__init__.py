"""ECS, RDS, MSK, HTTP APIs, Cloud Map and ECR for LocalStack's open core, each on a real engine.

The packages and the direction of their imports are described in the README.
"""
