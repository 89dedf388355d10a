"""ECS, RDS, MSK, HTTP APIs, Cloud Map and ECR for the open LocalStack core.

Every service is a package with the same modules: ``provider`` (control plane),
``engine`` (processes and containers, knows nothing of AWS) and
``resource_providers`` (CloudFormation).
"""
