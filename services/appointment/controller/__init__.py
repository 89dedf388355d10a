"""The HTTP interface, a module for each resource."""
