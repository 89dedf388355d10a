"""The CloudFormation types of Secrets Manager, one module a type."""
