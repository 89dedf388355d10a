"""The CloudFormation types of EC2."""
