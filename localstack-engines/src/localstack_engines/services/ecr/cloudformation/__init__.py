"""ECR's CloudFormation types."""
