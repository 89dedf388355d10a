"""Log lines of engines and containers on their way to CloudWatch Logs."""
