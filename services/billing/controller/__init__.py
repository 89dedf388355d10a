"""The HTTP interface of the billing service."""
