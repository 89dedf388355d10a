"""The CloudFormation types of RDS, one module a type."""
