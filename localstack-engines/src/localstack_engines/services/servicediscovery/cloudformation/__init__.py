"""Cloud Map's CloudFormation types."""
