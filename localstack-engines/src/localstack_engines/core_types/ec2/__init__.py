"""The CloudFormation types of EC2, one module a type."""
