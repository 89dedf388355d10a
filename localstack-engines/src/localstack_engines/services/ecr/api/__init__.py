"""ECR's operations, one module per resource. They check requests and answer in AWS's words."""
