"""The SQL, a module for each resource."""
