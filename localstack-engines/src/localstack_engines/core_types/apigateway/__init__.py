"""CloudFormation types of REST APIs (API Gateway v1), one module per type."""
