"""The CloudFormation types of IAM."""
