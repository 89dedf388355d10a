"""ECR's CloudFormation type."""
