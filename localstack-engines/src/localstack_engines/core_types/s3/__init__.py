"""The CloudFormation types of S3, one module a type."""
