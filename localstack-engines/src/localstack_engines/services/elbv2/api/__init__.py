"""The operations of the ELBv2 API, one module per resource."""
