"""API Gateway v2's CloudFormation types, one module per type."""
