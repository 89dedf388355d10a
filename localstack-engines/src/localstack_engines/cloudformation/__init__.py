"""CloudFormation: the base of our resource types, and the registry that LocalStack asks."""
