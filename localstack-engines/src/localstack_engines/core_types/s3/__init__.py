"""S3's CloudFormation types, where LocalStack's drop what a template says."""
