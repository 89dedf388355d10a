"""S3's CloudFormation types, one module per type."""
