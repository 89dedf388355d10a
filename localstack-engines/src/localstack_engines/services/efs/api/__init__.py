"""EFS's operations, one module per resource."""
