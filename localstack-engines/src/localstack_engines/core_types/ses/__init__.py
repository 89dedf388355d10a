"""The CloudFormation types of SES, one module a type."""
