"""Secrets Manager's CloudFormation types, one module per type."""
