"""CloudFormation's own types, one module per type."""
