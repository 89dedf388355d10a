"""Cloud Map's CloudFormation types, one module a type."""
