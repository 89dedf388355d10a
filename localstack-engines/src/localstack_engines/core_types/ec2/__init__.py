"""EC2's CloudFormation types, where LocalStack has none or drops what a template says."""
