"""Application Auto Scaling's operations, one module per resource."""
