"""Application Auto Scaling's CloudFormation types, one module per type."""
