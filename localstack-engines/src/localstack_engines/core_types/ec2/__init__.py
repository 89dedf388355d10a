"""EC2's CloudFormation types, one module per type."""
