"""RDS's CloudFormation types, one module a type."""
