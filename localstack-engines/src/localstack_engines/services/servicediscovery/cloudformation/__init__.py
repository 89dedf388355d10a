"""Cloud Map's CloudFormation types, one module per type."""
