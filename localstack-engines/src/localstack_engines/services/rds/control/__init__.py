"""What RDS does between its API and its engine."""
