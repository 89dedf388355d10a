"""The processes that run Lambda functions. Knows nothing of AWS's API."""
