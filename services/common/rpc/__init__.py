"""gRPC: the server, the channels, and the translation of errors."""
