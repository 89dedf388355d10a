"""The CloudFormation types of IAM, one module a type."""
