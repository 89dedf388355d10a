"""The CloudFormation types of CloudWatch Logs, one module a type."""
