"""What API Gateway v2 does between its API and its engine."""
