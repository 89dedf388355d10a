"""The CloudFormation types of KMS, one module a type."""
