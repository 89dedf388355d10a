"""CloudWatch Logs's CloudFormation types, one module per type."""
