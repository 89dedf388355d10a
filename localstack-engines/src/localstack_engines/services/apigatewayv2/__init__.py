"""API Gateway v2, HTTP APIs: moto keeps the records, HAProxy (`frontdoor`) serves them."""
