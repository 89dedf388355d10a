"""SES's CloudFormation types, where LocalStack's drop what a template says."""
