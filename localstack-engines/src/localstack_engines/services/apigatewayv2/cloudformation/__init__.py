"""API Gateway v2's CloudFormation types."""
