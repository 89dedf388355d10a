"""The use cases, a module for each resource."""
