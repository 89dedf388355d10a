"""The way of log lines from engines and containers to CloudWatch Logs."""
