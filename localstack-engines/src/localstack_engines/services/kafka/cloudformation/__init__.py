"""MSK's CloudFormation types."""
