"""ECR's operations: they check requests and answer in AWS's words."""
