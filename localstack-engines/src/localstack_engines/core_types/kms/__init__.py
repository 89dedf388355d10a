"""The CloudFormation types of KMS."""
