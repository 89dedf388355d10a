"""The CloudFormation types, one module each."""
