"""The HTTP server that HAProxy asks what it cannot answer itself."""
