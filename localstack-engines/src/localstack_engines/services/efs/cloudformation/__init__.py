"""EFS's CloudFormation types, one module per type."""
