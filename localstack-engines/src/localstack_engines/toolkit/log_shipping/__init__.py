"""Ships the log lines of engines and containers to CloudWatch Logs."""
