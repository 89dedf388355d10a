"""The discovery function: the issuer's metadata and keys, and the API's documentation. All of it needs no token."""
