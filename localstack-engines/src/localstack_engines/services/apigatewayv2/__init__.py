"""API Gateway v2, HTTP APIs only: moto keeps the records, the gateway (`localstack_engines.gateway`) serves them."""
