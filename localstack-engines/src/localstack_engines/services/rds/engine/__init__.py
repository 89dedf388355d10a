"""What really runs behind RDS. Knows nothing of AWS's API."""
