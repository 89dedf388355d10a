"""What really runs behind ECR. Knows nothing of AWS's API."""
