"""CloudFormation: the executor of change sets, the base class of resource types, and the list of types."""
