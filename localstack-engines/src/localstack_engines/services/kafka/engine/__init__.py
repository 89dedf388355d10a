"""What really runs behind MSK. Knows nothing of AWS's API."""
