"""OpenAPI 3 definitions of HTTP APIs: an import reads them, an export writes them."""
