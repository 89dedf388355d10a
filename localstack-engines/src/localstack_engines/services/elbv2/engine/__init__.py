"""Runs HAProxy for load balancers and checks targets. It knows nothing of the API and its records."""
