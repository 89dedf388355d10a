"""gRPC interfaces; the `_pb2` modules are made by `python -m ops.contracts.generate`."""
