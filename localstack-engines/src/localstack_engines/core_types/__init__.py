"""CloudFormation types of services that LocalStack's core has, where the core drops what a template says."""
