"""EventBridge Scheduler's CloudFormation types, one module per type."""
