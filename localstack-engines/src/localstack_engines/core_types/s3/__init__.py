"""The CloudFormation types of S3."""
