"""Lambda's CloudFormation types."""
