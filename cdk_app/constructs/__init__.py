"""The constructs: logical units of the infrastructure, and functions that add something to one."""
