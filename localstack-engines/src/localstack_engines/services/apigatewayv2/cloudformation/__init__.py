"""API Gateway v2's CloudFormation types, one module a type."""
